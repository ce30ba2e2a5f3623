"""Counts for those who look on from outside: groups and numbers, never a person, never an officer's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.ticket import State
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from gerai_booking.models.applications import applications
from gerai_booking.models.directives import directive_tickets, directives
from gerai_booking.models.grants import grants
from gerai_booking.models.missed import appeals
from gerai_booking.models.outages import outages
from gerai_booking.models.plan import plan_changes, quotas, restrictions
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.catalogue.stages import CLOSED


def granted_by_day(session: Session, *, site: str, first: date, last: date) -> list[Any]:
    """Return rows of (day, kind, count) of what was given beyond the quota."""
    query = select(grants.c.day, grants.c.kind, func.count().label("count"))
    query = query.where(grants.c.site == site, grants.c.day.between(first, last))
    return list(session.execute(query.group_by(grants.c.day, grants.c.kind)))


def grants_of(session: Session, *, sites: Sequence[str], first: date, last: date) -> list[Any]:
    """Return what was given beyond the quota, the newest first, without numbers and reasons."""
    columns = (grants.c.at, grants.c.day, grants.c.site, grants.c.service, grants.c.kind)
    query = select(*columns, grants.c.officer_name).where(
        grants.c.site.in_(sites), grants.c.day.between(first, last)
    )
    return list(session.execute(query.order_by(grants.c.at.desc(), grants.c.ticket_id)))


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A result that was promised for a day, and whether it was ready by then."""

    promise_on: date
    is_kept: bool


def promises(session: Session, *, site: str, time_zone: str, first: date, last: date) -> list[Promise]:
    """Return the results of a site that were promised for these days, whether they are ready by now or not.

    Not those that were given up, nor those whose clock stands because the citizen has to bring something.
    """
    column = applications.c
    query = select(column.promise_on, column.ready_on, column.closed_at).where(
        column.site == site,
        column.promise_on.between(first, last),
        # Of what was ready it does not matter what became of it; the rest was finished otherwise, or goes on.
        or_(column.ready_on.is_not(None), column.stage.not_in(CLOSED)),
        column.stopped_since.is_(None),
    )
    zone = ZoneInfo(time_zone)
    return [Promise(promise_on=row.promise_on, is_kept=_is_kept(row, zone)) for row in session.execute(query)]


def _is_kept(row: Any, zone: ZoneInfo) -> bool:
    closed: datetime | None = row.closed_at
    done_on = row.ready_on or (closed.astimezone(zone).date() if closed else None)
    return done_on is not None and done_on <= row.promise_on


def missed_by_day(session: Session, *, site: str, first: date, last: date) -> list[Any]:
    """Return rows of (day, count) of visits that were missed."""
    query = select(tickets.c.day, func.count().label("count")).where(
        tickets.c.site == site, tickets.c.day.between(first, last), tickets.c.state == State.NO_SHOW.value
    )
    return list(session.execute(query.group_by(tickets.c.day)))


def appeals_by_day(session: Session, *, site: str, first: date, last: date) -> list[Any]:
    """Return rows of (day of the visit, accepted, count) of appeals; `accepted` is None while undecided."""
    query = (
        select(tickets.c.day, appeals.c.accepted, func.count().label("count"))
        .join(tickets, tickets.c.id == appeals.c.ticket_id)
        .where(tickets.c.site == site, tickets.c.day.between(first, last))
    )
    return list(session.execute(query.group_by(tickets.c.day, appeals.c.accepted)))


def orders(session: Session, *, from_day: date, limit: int) -> list[Any]:
    """Return the orders that were ever put in force and close some day since then, the newest first."""
    where = (directives.c.applied_at.is_not(None), directives.c.last_day >= from_day)
    order = (directives.c.first_day.desc(), directives.c.id.desc())
    return list(session.execute(select(directives).where(*where).order_by(*order).limit(limit)))


def treated_by_orders(session: Session, ids: Sequence[str]) -> list[Any]:
    """Return rows of (directive_id, treatment, count): what became of how many tickets."""
    column = directive_tickets.c
    query = select(column.directive_id, column.treatment, func.count().label("count"))
    query = query.where(column.directive_id.in_(ids)).group_by(column.directive_id, column.treatment)
    return list(session.execute(query))


def outages_since(session: Session, moment: datetime, *, limit: int) -> list[Any]:
    """Return the outages that began since a moment or go on, the newest first."""
    column = outages.c
    query = select(outages).where(or_(column.started_at >= moment, column.ended_at > moment))
    return list(session.execute(query.order_by(column.started_at.desc(), column.id.desc()).limit(limit)))


def all_quotas(session: Session, *, site: str) -> list[Any]:
    """Return every dated quota of a site that held, holds or will, by its bound, the newest first."""
    column = quotas.c
    # One that ends before it begins was taken back before it held.
    held = or_(column.valid_to.is_(None), column.valid_to >= column.valid_from)
    order = (column.channel, column.service, column.valid_from.desc())
    return list(session.execute(select(quotas).where(column.site == site, held).order_by(*order)))


def all_restrictions(session: Session) -> list[Any]:
    """Return every restriction that was put in force, the newest first."""
    return list(session.execute(select(restrictions).order_by(restrictions.c.id.desc())))


def all_changes(session: Session, *, sites: Sequence[str], limit: int) -> list[Any]:
    """Return the last changes of plans and calendars of these sites, the newest first."""
    query = select(plan_changes).where(plan_changes.c.site.in_(sites))
    order = (plan_changes.c.at.desc(), plan_changes.c.id.desc())
    return list(session.execute(query.order_by(*order).limit(limit)))
