"""What those who look on from outside read (S0-8): the public, and overseers such as the Ombudsman.

Nothing here names an applicant or a ticket, nor tells what an officer wrote about one: it may name people.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.accounts import Officer
from sqlalchemy.orm import Session

from gerai_booking.models import acts, oversight
from gerai_booking.models.outages import outage_of
from gerai_booking.rules.directives import CLOSING_STATES
from gerai_booking.rules.oversight import months_until
from gerai_booking.rules.quota import ALL
from gerai_booking.rules.suppression import Line, Shown, few, suppress
from gerai_booking.usecases import figures
from gerai_booking.usecases.calendar import KIND as CALENDAR
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.plan import QUOTA, RESTRICTION, SLOT_QUOTA

ABOUT, OPENED = "oversight", "opened"
LONGEST_ADDRESS = 100
CHANGES_SHOWN, ORDERS_SHOWN, OUTAGES_SHOWN, OPENED_SHOWN = 200, 100, 100, 200
_CHANGES = (QUOTA, SLOT_QUOTA, RESTRICTION, CALENDAR)


def record_opened(session: Session, officer: Officer, *, address: str, now: datetime) -> None:
    """Write down that an overseer opened a page."""
    acts.record(
        session,
        officer_id=officer.id,
        officer_name=officer.name,
        about=ABOUT,
        act=OPENED,
        what=address[:LONGEST_ADDRESS],
        now=now,
    )


def opened(session: Session, *, officer: Officer) -> list[Any]:
    """Return what overseers opened last, the newest first. Raises Forbidden."""
    officer.may_oversee()
    return acts.newest(session, about=ABOUT, limit=OPENED_SHOWN)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Quotas and restrictions of a site, past ones too, and who changed them when and why.

    `changes` are pairs of a row and what it set.
    """

    quotas: list[Any]
    restrictions: list[Any]
    changes: list[tuple[Any, dict[str, Any]]]


def plan_of(session: Session, office: Office, *, officer: Officer, site: str) -> Plan:
    """Return the plan of a site. Raises Forbidden, UnknownSite."""
    officer.may_oversee()
    office.site(site)
    rows = oversight.all_changes(session, sites=[site, ALL], limit=CHANGES_SHOWN)
    return Plan(
        quotas=oversight.all_quotas(session, site=site),
        restrictions=oversight.all_restrictions(session),
        changes=[(row, json.loads(row.after)) for row in rows if row.kind in _CHANGES],
    )


@dataclass(frozen=True, kw_only=True)
class Given:
    """How many places of a kind an officer gave beyond the quota."""

    officer_name: str
    kind: str
    count: int


def given(
    session: Session, office: Office, *, officer: Officer, first: date, last: date
) -> tuple[list[Given], list[Any]]:
    """Return who gave how many places beyond the quota, the most first, and when where. Raises Forbidden."""
    officer.may_oversee()
    sites = [site.code for site in office.agency.sites]
    rows = oversight.grants_of(session, sites=sites, first=first, last=last)
    counted = Counter((row.officer_name, row.kind) for row in rows)
    found = [Given(officer_name=name, kind=kind, count=count) for (name, kind), count in counted.items()]
    return sorted(found, key=lambda each: (-each.count, each.officer_name, each.kind)), rows


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order that was put in force: its row, and what became of how many tickets, as it may be told."""

    row: Any
    treated: dict[str, Shown]


def orders(session: Session, *, officer: Officer) -> list[Order]:
    """Return the orders in force and past. Raises Forbidden."""
    officer.may_oversee()
    rows = oversight.orders(session, from_day=date(2000, 1, 1), limit=ORDERS_SHOWN)
    treated: dict[str, dict[str, Shown]] = {row.id: {} for row in rows}
    for each in oversight.treated_by_orders(session, list(treated)):
        treated[each.directive_id][each.treatment] = few(each.count)
    return [Order(row=row, treated=treated[row.id]) for row in rows]


#: What is counted of missed visits; the appeals are those against them.
MISSES = ("missed", "appeals", "accepted", "refused", "waiting")


def misses(
    session: Session, office: Office, *, officer: Officer, site: str, now: datetime
) -> list[tuple[date | None, dict[str, Shown]]]:
    """Return, by month and last for all, missed visits and appeals. Raises Forbidden, UnknownSite."""
    officer.may_oversee()
    office.site(site)
    spans = months_until(office.today(site, now))
    months = [month.first for month in spans]
    first, last = months[-1], spans[0].last
    cells: dict[Any, int] = {(month, name): 0 for month in (*months, None) for name in MISSES}

    def add(day: date, name: str, count: int) -> None:
        for month in (day.replace(day=1), None):
            cells[month, name] += count

    for row in oversight.missed_by_day(session, site=site, first=first, last=last):
        add(row.day, "missed", row.count)
    for row in oversight.appeals_by_day(session, site=site, first=first, last=last):
        add(row.day, "appeals", row.count)
        add(row.day, {True: "accepted", False: "refused", None: "waiting"}[row.accepted], row.count)
    lines = [Line(total=(None, name), parts=tuple((month, name) for month in months)) for name in MISSES]
    lines += [
        Line(total=(month, "appeals"), parts=tuple((month, name) for name in MISSES[2:]))
        for month in (*months, None)
    ]
    told = suppress(cells, lines)
    return [(month, {name: told[month, name] for name in MISSES}) for month in (*months, None)]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An outage with how many minutes it lasted, None while it goes on."""

    row: Any
    minutes: int | None


def failures(session: Session, office: Office, *, officer: Officer, now: datetime) -> list[Failure]:
    """Return the outages of the last months. Raises Forbidden."""
    officer.may_oversee()
    return _failures(session, office, now=now)


def _failures(session: Session, office: Office, *, now: datetime) -> list[Failure]:
    found = []
    for row in oversight.outages_since(session, _since(office, now), limit=OUTAGES_SHOWN):
        place = office.site(row.site) if row.site else office.agency.sites[0]
        ends = outage_of(row).ends_at(place.time_zone, now)
        over = row.ended_at is not None or ends < now
        minutes = int((ends - row.started_at).total_seconds() // 60) if over else None
        found.append(Failure(row=row, minutes=minutes))
    return found


def _since(office: Office, now: datetime) -> datetime:
    """Return when the months that are told began."""
    place = office.agency.sites[0]
    first = months_until(office.today(place.code, now))[-1].first
    return datetime.combine(first, datetime.min.time(), ZoneInfo(place.time_zone))


def published(session: Session, office: Office, *, now: datetime) -> dict[str, Any]:
    """Return what everybody reads of an agency, as JSON: figures by site and month, orders, outages."""
    since = (_since(office, now) - timedelta(days=1)).date()
    return {
        "agency": office.code,
        "made_at": now.isoformat(),
        "sites": [
            {
                "site": site.code,
                "months": [
                    figures.as_json(month)
                    for month in figures.figures_of(session, office, site=site.code, now=now)
                ],
            }
            for site in office.agency.sites
        ],
        "orders": [_order(row) for row in oversight.orders(session, from_day=since, limit=ORDERS_SHOWN)],
        "outages": [_outage(each) for each in _failures(session, office, now=now)],
    }


def _order(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "issuer": row.issuer,
        "dated": row.dated.isoformat(),
        "scope": row.scope,
        "code": row.code,
        "services": row.services.split(),
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "text": {"id": row.text_id, "en": row.text_en},
        "is_closing": row.state in CLOSING_STATES,
    }


def _outage(failure: Failure) -> dict[str, Any]:
    row = failure.row
    return {
        "site": row.site or None,
        "failed": row.failed,
        "started_at": row.started_at.isoformat(),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "minutes": failure.minutes,
    }
