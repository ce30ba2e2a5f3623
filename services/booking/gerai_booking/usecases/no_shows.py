"""Missed visits: what they lead to when somebody books, and what their holders are told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.refusals import Refused
from gerai_shared.ticket import State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import missed, outages, tickets
from gerai_booking.models.people import person_of
from gerai_booking.refusals import PausedAfterNoShows, UnknownSite
from gerai_booking.rules.catalogue import NoShowRule
from gerai_booking.rules.no_show import (
    COUNTS_FROM,
    Grade,
    count_at,
    grade_of,
    paused_until,
    reaches_back,
    rule_on,
)
from gerai_booking.rules.outages import Outage
from gerai_booking.usecases.announcing import announce, news
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import Orders, orders_in_force
from gerai_booking.usecases.rulebook import in_force


@dataclass(frozen=True, kw_only=True)
class Missed:
    """The days of the visits that count as missed, by person, and the rules by which they do."""

    days: Mapping[str, list[date]]
    rules: Sequence[NoShowRule]

    def paused_until(self, person_hash: str) -> date | None:
        """Return the last day of the pause that somebody's missed visits led to, None without one."""
        return paused_until(self.rules, self.days.get(person_hash, []))


def missed_of(session: Session, office: Office, hashes: Iterable[str], *, now: datetime) -> Missed:
    """Return the missed visits of these persons that count."""
    found: dict[str, list[date]] = {}
    for row in counting(session, office, hashes, now=now):
        found.setdefault(row.person_hash, []).append(row.day)
    return Missed(days=found, rules=in_force(session, office).no_show_rules)


def counting(session: Session, office: Office, hashes: Iterable[str], *, now: datetime) -> list[Any]:
    """Return the rows of missed visits that count, by day."""
    back = reaches_back(in_force(session, office).no_show_rules)
    if back is None:
        return []
    rows = missed.missed_visits(session, hashes, from_day=(now - back).date())
    if not rows:
        return rows
    # A day more: it may have begun earlier somewhere in the country.
    found = outages.not_over_before(session, now - back - timedelta(days=1))
    orders = orders_in_force(session, office, from_day=rows[0].day)
    return [row for row in rows if not _excused(office, row, found, orders, now=now)]


def _excused(office: Office, row: Any, found: Iterable[Outage], orders: Orders, *, now: datetime) -> bool:
    """Tell whether nobody could come: an outage or an order closed the day, or the site left the catalogue.

    Of a site that left nobody knows any more which days were its own.
    """
    try:
        site = office.site(row.site)
    except UnknownSite:
        return True
    if orders.closing(site=row.site, service=row.service, day=row.day) is not None:
        return True
    return any(outage.touches(site, row.day, now=now) for outage in found)


def refuse_paused(office: Office, found: Missed, person_hash: str, *, now: datetime) -> Refused | None:
    """Return the refusal of somebody for whom online booking pauses today, None when it does not."""
    until = found.paused_until(person_hash)
    if until is None or until < office.today(office.agency.sites[0].code, now):
        return None
    return PausedAfterNoShows(until=until.isoformat())


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a missed visit leads to: it is the `count`-th of its window."""

    grade: Grade
    count: int
    paused_at: int
    pause_days: int
    window_days: int
    paused_until: date | None


def standing_of(session: Session, office: Office, ticket: Ticket, *, now: datetime) -> Standing | None:
    """Return what a missed ticket leads to, None when it does not count."""
    person_hash = tickets.own_of(session, ticket.id)["person_hash"]
    rules = in_force(session, office).no_show_rules
    rule = rule_on(rules, ticket.day)
    if ticket.state is not State.NO_SHOW or person_hash is None or rule is None:
        return None
    rows = counting(session, office, [person_hash], now=now)
    if ticket.id not in {row.ticket_id for row in rows}:
        return None
    days = [row.day for row in rows]
    count = count_at(rule, days, ticket.day)
    return Standing(
        grade=grade_of(rule, count),
        count=count,
        paused_at=rule.paused_at,
        pause_days=rule.pause_days,
        window_days=rule.window_days,
        paused_until=paused_until(rules, days),
    )


def view(session: Session, office: Office, ticket: Ticket, *, now: datetime) -> dict[str, Any] | None:
    """Return what the holder of a missed ticket may know of it as JSON, None for any other ticket.

    `counts` is false when it leads to nothing: excused, never called, or longer ago than counts.
    """
    if ticket.state is not State.NO_SHOW:
        return None
    standing = standing_of(session, office, ticket, now=now)
    appeal = missed.find_appeal(session, ticket.id)
    return {
        "counts": standing is not None,
        "can_appeal": standing is not None and appeal is None,
        "grade": standing.grade.value if standing else None,
        "count": standing.count if standing else None,
        "paused_at": standing.paused_at if standing else None,
        "pause_days": standing.pause_days if standing else None,
        "window_days": standing.window_days if standing else None,
        "paused_until": standing.paused_until.isoformat() if standing and standing.paused_until else None,
        "appeal": {
            "filed_at": appeal.filed_at.isoformat(),
            "decided_at": appeal.decided_at.isoformat() if appeal.decided_at else None,
            "accepted": appeal.accepted,
            "reason": appeal.reason,
        }
        if appeal
        else None,
    }


def tell(session: Session, office: Office, before: Ticket, after: Ticket, *, now: datetime) -> None:
    """Tell a holder of a visit that counts as missed, or that it does not any more; else tell nothing.

    Called after every change that leads to or from a missed visit, in its transaction.
    """
    if after.state is State.NO_SHOW:
        standing = standing_of(session, office, after, now=now)
        if standing is not None:
            _tell_of(session, office, before, after, standing, now=now)
    elif before.state is State.NO_SHOW:
        person = person_of(session, after.id)
        came_from = missed.came_from(session, before.id, revision=before.revision)
        if person is not None and came_from in COUNTS_FROM:
            event = news(office, "no_show.withdrawn.v1", after, before.state, person)
            announce(session, office, event, now=now)


def _tell_of(
    session: Session, office: Office, before: Ticket, after: Ticket, standing: Standing, *, now: datetime
) -> None:
    person = person_of(session, after.id)
    event = news(office, "no_show.recorded.v1", after, before.state, person)
    told = {
        "grade": standing.grade.value,
        "count": standing.count,
        "paused_at": standing.paused_at,
        "pause_days": standing.pause_days,
        "window_days": standing.window_days,
        "paused_until": standing.paused_until if standing.grade is Grade.PAUSE else None,
    }
    announce(session, office, replace(event, data={**event.data, **told}), now=now)
