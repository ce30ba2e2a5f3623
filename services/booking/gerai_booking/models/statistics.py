"""Counts over tickets for statistics: grouped in the database, however many tickets there are.

Nothing here tells of a person: rows are groups and counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gerai_shared.ticket import State
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Label,
    Select,
    and_,
    cast,
    extract,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from gerai_booking.models.applications import UNDONE, application_steps, applications, incomplete_files
from gerai_booking.models.grants import grants
from gerai_booking.models.places import day_quotas
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.quota import ALL

#: States in which somebody was called and has not been sent back to wait.
CALLED = (State.CALLED, State.SERVING, State.SERVED, State.PARKED, State.NO_SHOW)
#: Places that were held while a form was filled in: nobody had a ticket yet.
_NEVER_BOOKED = (State.HELD, State.EXPIRED)
#: Tickets that another one goes on from; that one counts.
_GONE_ON = (State.RESCHEDULED, State.TRANSFERRED)

#: By what tickets are grouped: the columns of each dimension.
DIMENSIONS: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "origin": (tickets.c.origin,),
    "province": (func.substr(tickets.c.origin, literal_column("1"), literal_column("2")),),
    "coverage": (tickets.c.site, tickets.c.origin),
    "service": (tickets.c.service,),
    "site": (tickets.c.site,),
    "channel": (tickets.c.channel,),
    "lane": (tickets.c.lane,),
    "quota_channel": (tickets.c.quota_channel,),
    "outcome": (),
    "day": (tickets.c.day,),
}

#: The values of a group; None stands for what is not known.
Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which tickets are counted: those of these sites for days from `first` to `last`, both included.

    `only` holds what further columns (service, channel, lane, origin) must be; None is an unknown origin.
    """

    sites: Sequence[str]
    first: date
    last: date
    only: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def _conditions(self) -> list[ColumnElement[bool]]:
        return [
            tickets.c.site.in_(self.sites),
            tickets.c.day.between(self.first, self.last),
            *(tickets.c[name].is_not_distinct_from(value) for name, value in self.only.items()),
        ]

    def where(self) -> ColumnElement[bool]:
        """Return what a row of `tickets` must be to count."""
        given_up_hold = and_(
            tickets.c.state == State.CANCELLED.value,
            tickets.c.person_hash.is_(None),
            or_(tickets.c.holder_hash.is_not(None), tickets.c.network_hash.is_not(None)),
        )
        never = tickets.c.state.in_([state.value for state in _NEVER_BOOKED])
        return and_(*self._conditions, not_(never), not_(given_up_hold))


def by_state(session: Session, scope: Scope, dimension: str) -> dict[tuple[Key, State], int]:
    """Return how many tickets each group has in each state, but places that were only held."""
    columns = _columns(dimension)
    query = select(*columns, tickets.c.state, func.count()).where(scope.where())
    rows = session.execute(query.group_by(*columns, tickets.c.state))
    return {(tuple(row[:-2]), State(row[-2])): row[-1] for row in rows}


def granted(session: Session, scope: Scope, dimension: str) -> dict[Key, int]:
    """Return how many tickets of each group were given beyond the quota; a transferred one counts no more."""
    columns = _columns(dimension)
    query = select(*columns, func.count()).join(grants, grants.c.ticket_id == tickets.c.id)
    query = query.where(scope.where(), tickets.c.state.not_in([state.value for state in _GONE_ON]))
    return {tuple(row[:-1]): row[-1] for row in session.execute(query.group_by(*columns))}


def minutes_waited(session: Session, scope: Scope, dimension: str) -> dict[Key, dict[int, int]]:
    """Return, by group, how many people waited how many whole minutes from check-in until they were called.

    Whoever was called again counts until the last call.
    """
    return _minutes(session, scope, dimension, "checked_in_at", "called_at", CALLED)


def minutes_served(session: Session, scope: Scope, dimension: str) -> dict[Key, dict[int, int]]:
    """Return, by group, how many people were served for how many whole minutes."""
    return _minutes(session, scope, dimension, "started_at", "finished_at", (State.SERVED,))


def _minutes(
    session: Session, scope: Scope, dimension: str, start: str, end: str, states: Sequence[State]
) -> dict[Key, dict[int, int]]:
    columns = _columns(dimension)
    # Grouped by the minute, because SQLite has no percentiles; there are never many different ones.
    minutes = ((_second(end) - _second(start)) // 60).label("minutes")
    query: Select[Any] = select(*columns, minutes, func.count()).where(
        scope.where(),
        tickets.c.state.in_([state.value for state in states]),
        tickets.c[start] <= tickets.c[end],
    )
    found: dict[Key, dict[int, int]] = {}
    for row in session.execute(query.group_by(*columns, minutes)):
        found.setdefault(tuple(row[:-2]), {})[row[-2]] = row[-1]
    return found


def quota_use(session: Session, scope: Scope) -> list[Any]:
    """Return rows of (day, channel, taken, capacity) of the quotas that bound places on these days.

    Of the quotas over all services, or of the one service in `scope.only`; several sites are added up.
    """
    service = scope.only.get("service") or ALL
    return list(
        session.execute(
            select(
                day_quotas.c.day,
                day_quotas.c.channel,
                func.sum(day_quotas.c.taken).label("taken"),
                func.sum(day_quotas.c.capacity).label("capacity"),
            )
            .where(
                day_quotas.c.site.in_(scope.sites),
                day_quotas.c.day.between(scope.first, scope.last),
                day_quotas.c.service == service,
                day_quotas.c.capacity.is_not(None),
            )
            .group_by(day_quotas.c.day, day_quotas.c.channel)
            .order_by(day_quotas.c.day, day_quotas.c.channel)
        )
    )


def handed_back(session: Session, *, site: str, service: str | None, begins: datetime, ends: datetime) -> int:
    """Return how many files were handed back as incomplete at a site, of a service or all.

    From one moment until before another.
    """
    query = select(func.count()).where(
        incomplete_files.c.site == site, incomplete_files.c.at >= begins, incomplete_files.c.at < ends
    )
    if service is not None:
        query = query.where(incomplete_files.c.service == service)
    return session.scalar(query) or 0


def corrected(session: Session, *, site: str, service: str | None, begins: datetime, ends: datetime) -> int:
    """Return how many steps were taken back as wrong of applications of a site; the rest as `handed_back`."""
    query = select(func.count()).join(applications, applications.c.id == application_steps.c.application_id)
    query = query.where(
        applications.c.site == site,
        application_steps.c.kind == UNDONE,
        application_steps.c.at >= begins,
        application_steps.c.at < ends,
    )
    if service is not None:
        query = query.where(applications.c.service == service)
    return session.scalar(query.select_from(application_steps)) or 0


def _columns(dimension: str) -> list[Label[Any]]:
    return [column.label(f"key_{index}") for index, column in enumerate(DIMENSIONS[dimension])]


def _second(name: str) -> ColumnElement[int]:
    return cast(extract("epoch", tickets.c[name]), BigInteger)
