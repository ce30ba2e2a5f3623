"""The fairness of the queue of a site: for its supervisors, and for overseers."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.ticket import State
from sqlalchemy.orm import Session

from gerai_booking.models import fairness
from gerai_booking.rules.catalogue import LaneRule
from gerai_booking.rules.fairness import Broken, LaneFigures, Wait, beyond_bound, figures_of, out_of_order
from gerai_booking.rules.lanes import LANES, head_start, lane_of, overtaken_within
from gerai_booking.rules.suppression import Shown, few
from gerai_booking.rules.visits import counts_from
from gerai_booking.usecases import rulebook
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.statistics import must_see_statistics

#: So many days are counted at once.
MOST_DAYS = 31


@dataclass(frozen=True, kw_only=True)
class Fairness:
    """The days of a site: figures by lane, all of them last, small numbers hidden.

    `head_starts` and `bounds` are by lane, on the last day. `out_of_order` and `beyond_bound` say where the
    order of the queue was not kept; who was called out of turn by a supervisor, or came back into the queue,
    is counted apart.
    """

    first: date
    last: date
    lanes: list[LaneFigures]
    head_starts: dict[str, timedelta]
    bounds: dict[str, timedelta]
    out_of_turn: Shown
    came_back: Shown
    out_of_order: list[Broken]
    beyond_bound: list[Broken]

    @property
    def is_kept(self) -> bool:
        """Whether nobody was passed over against the rule."""
        return not self.out_of_order and not self.beyond_bound


def fairness_of(
    session: Session, office: Office, *, officer: Officer, site: str, first: date, last: date
) -> Fairness:
    """Return how fair the queue of a site was on at most MOST_DAYS days. Raises Forbidden, UnknownSite."""
    must_see_statistics(officer)
    code = office.site(site).code
    last = min(last, first + timedelta(days=MOST_DAYS - 1))
    rules = rulebook.in_force(session, office).lane_rules
    taken = fairness.called_out_of_turn(session, site=code, first=first, last=last)
    found = fairness.waits(session, site=code, first=first, last=last)
    waits = [_wait(row, rules, out_of_turn=row.id in taken) for row in found]
    return Fairness(
        first=first,
        last=last,
        lanes=figures_of(waits),
        head_starts={lane: head_start(rules, lane, last) for lane in LANES},
        bounds={lane: overtaken_within(rules, lane, last) for lane in LANES},
        out_of_turn=few(sum(wait.out_of_turn for wait in waits)),
        came_back=few(sum(wait.came_back for wait in waits)),
        out_of_order=out_of_order(waits),
        beyond_bound=beyond_bound(waits, rules),
    )


def _wait(row: Any, rules: tuple[LaneRule, ...], *, out_of_turn: bool) -> Wait:
    # Whoever was sent on from another service has come before, and waits here since then.
    arrived_at = max(row.checked_in_at, row.created_at)
    base = counts_from(booked_for=row.slot_starts_at, checked_in_at=row.checked_in_at)
    queue_at = row.queue_at or base
    lane = lane_of(row.lane, row.priority_ground)
    if row.is_shared:
        # Whoever was in the house before for an errand at another agency counts from then.
        base = min(base, queue_at + head_start(rules, lane, row.day))
    return Wait(
        id=row.id,
        day=row.day,
        service=row.service,
        lane=lane,
        rank=row.queue_rank,
        counts_from=base,
        queue_at=queue_at,
        arrived_at=arrived_at,
        stood_from=max(arrived_at, row.moved_at or arrived_at),
        called_at=row.first_called_at,
        until=row.first_called_at or _left_at(row),
        out_of_turn=out_of_turn,
        came_back=bool(row.times_back) or queue_at > base,
    )


def _left_at(row: Any) -> datetime | None:
    """Return when somebody left who was never called; None for who still waits."""
    if row.state == State.CHECKED_IN.value:
        return None
    left: datetime = row.finished_at or row.checked_in_at
    return left
