"""PVL on the spot (S0-1): states of an event, the plan of a year, and which place to visit next.

Standard library only. PVL is *Penerimaan dan Verifikasi Laporan*: the Ombudsman receives and verifies
reports where the public service is given.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gerai_shared.refusals import Refused

#: What each ground adds to a place's points at most; together 100.
POINTS_OF_COMPLAINTS, POINTS_OF_COVERAGE, POINTS_OF_TIME = 50, 30, 20
#: Longer ago than this counts no more: the place waits as if nobody had ever been there.
LONGEST_AGO = 365


class EventState(StrEnum):
    """What became of an event."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class TeamRole(StrEnum):
    """What somebody does at an event (S0-3): the head of PVL leads, assistants stand by."""

    HEAD = "head"
    ASSISTANT = "assistant"


class IntakeKind(StrEnum):
    """What somebody came with (S0-1)."""

    CONSULTATION = "consultation"
    COMPLAINT = "complaint"


class EventNotBegun(Refused):
    """This event has not begun yet. Please say what became of it on its first day or later."""

    code = "event_not_begun"
    status = 409


class EventHasIntake(Refused):
    """People were received at this event already, so that it was held. Please leave it as it is."""

    code = "event_has_intake"
    status = 409


def check_state(to: EventState, *, first_day: date, today: date, intake: int) -> None:
    """Refuse what cannot have become of an event. Raises EventNotBegun, EventHasIntake.

    `intake` is how many people were received there: one is proof that it was held.
    """
    if to is EventState.HELD and first_day > today and not intake:
        raise EventNotBegun
    if to is not EventState.HELD and intake:
        raise EventHasIntake


@dataclass(frozen=True, kw_only=True)
class YearOfEvents:
    """The events of a year against its plan; `target` is None where nobody has planned.

    `proposed` is a plan that increases what was (S2-7): one more than was planned and held the year before.
    """

    year: int
    held: int
    to_come: int
    cancelled: int
    target: int | None
    proposed: int | None

    @property
    def missing(self) -> int | None:
        """How many are still to be planned."""
        return None if self.target is None else max(0, self.target - self.held - self.to_come)

    @property
    def is_increased(self) -> bool:
        """Whether the plan is more than the year before; true where there is nothing to compare."""
        return self.target is None or self.proposed is None or self.target >= self.proposed


def years_of(
    events: Iterable[tuple[date, EventState]], targets: dict[int, int], *, years: range
) -> list[YearOfEvents]:
    """Return each of `years` with the events, (first day, state), that begin in it."""
    counted = {(year, state): 0 for year in (years.start - 1, *years) for state in EventState}
    for day, state in events:
        if (day.year, state) in counted:
            counted[day.year, state] += 1
    found = []
    for year in years:
        before = max(targets.get(year - 1, 0), counted[year - 1, EventState.HELD])
        found.append(
            YearOfEvents(
                year=year,
                held=counted[year, EventState.HELD],
                to_come=counted[year, EventState.PLANNED],
                cancelled=counted[year, EventState.CANCELLED],
                target=targets.get(year),
                proposed=before + 1 if before else None,
            )
        )
    return found


@dataclass(frozen=True, kw_only=True)
class PlaceFacts:
    """What is known of an agency's site: complaints of the last year, regencies covered, days since a visit.

    `days_since` is None where no event was ever held; `planned_for` is the next one, None without any.
    """

    agency: str
    site: str
    complaints: int
    regencies: int
    days_since: int | None
    planned_for: date | None


@dataclass(frozen=True, kw_only=True)
class RankedPlace:
    """A place with its points, 0 to 100, and their grounds in `facts`."""

    facts: PlaceFacts
    points: int


def rank(places: Iterable[PlaceFacts]) -> list[RankedPlace]:
    """Return the places in the order in which to visit them (S0-4).

    Points grow with the complaints about a place and the regencies it covers, each against the most of all,
    and with the days since somebody was there. Where an event is planned, nobody waits for one: those
    places come last, whatever their points.
    """
    known = list(places)
    most_complaints = max((each.complaints for each in known), default=0)
    most_regencies = max((each.regencies for each in known), default=0)
    ranked = [
        RankedPlace(facts=each, points=_points(each, most_complaints, most_regencies)) for each in known
    ]
    ranked.sort(
        key=lambda each: (
            each.facts.planned_for is not None,
            -each.points,
            each.facts.agency,
            each.facts.site,
        )
    )
    return ranked


def _points(place: PlaceFacts, most_complaints: int, most_regencies: int) -> int:
    ago = LONGEST_AGO if place.days_since is None else min(place.days_since, LONGEST_AGO)
    return round(
        POINTS_OF_COMPLAINTS * (place.complaints / most_complaints if most_complaints else 0)
        + POINTS_OF_COVERAGE * (place.regencies / most_regencies if most_regencies else 0)
        + POINTS_OF_TIME * ago / LONGEST_AGO
    )
