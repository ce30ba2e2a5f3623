"""Outages: written down by any officer, told to whom they hit, who may go to a later hour without limit."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.outbox import NewEvent
from gerai_shared.ticket import Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import acts, outages
from gerai_booking.models.people import person_of
from gerai_booking.refusals import OutageNotBegun, OutageOver, OutageWithoutTime, UnknownOutage
from gerai_booking.rules.outages import EVERYWHERE, Outage, hitting
from gerai_booking.usecases.announcing import announce, news
from gerai_booking.usecases.office import Office

ABOUT = "outage"
SHOWN, ACTS_SHOWN = 50, 30
#: How long after its end an outage is still told of to those whom nobody told in time.
TOLD_AFTER_ITS_END = timedelta(days=1)
#: In one transaction; of more, the rest follows by itself.
TOLD_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Report:
    """Who reports something about an outage, when, and why."""

    officer: Officer
    why: str
    now: datetime


def record(
    session: Session,
    office: Office,
    report: Report,
    *,
    site: str,
    failed: str,
    started_at: datetime,
    expected_end_at: datetime | None,
    reference: str | None,
) -> str:
    """Write an outage down and tell whose hour it hits, the first of them at once; return its id.

    Raises UnknownSite, OutageNotBegun, OutageWithoutTime.
    """
    if site != EVERYWHERE:
        office.site(site)
    if started_at > report.now:
        raise OutageNotBegun
    _check_end(started_at, expected_end_at)
    outage_id = outages.add(
        session,
        {
            "site": site,
            "failed": failed,
            "reference": reference,
            "started_at": started_at,
            "expected_end_at": expected_end_at,
            "recorded_by": report.officer.name,
            "recorded_at": report.now,
        },
    )
    _report(session, report, "recorded", outage_id)
    tell(session, office, outage_id=outage_id, now=report.now)
    return outage_id


def expect(
    session: Session, office: Office, report: Report, *, outage_id: str, expected_end_at: datetime
) -> None:
    """Say anew until when an outage is expected to last.

    Raises UnknownOutage, OutageOver, OutageWithoutTime.
    """
    found = _open(session, outage_id)
    _check_end(found.started_at, expected_end_at)
    outages.change(session, outage_id, expected_end_at=expected_end_at)
    _report(session, report, "expected", outage_id)
    tell(session, office, outage_id=outage_id, now=report.now)


def end(session: Session, office: Office, report: Report, *, outage_id: str, ended_at: datetime) -> None:
    """Let an outage end, now or earlier.

    Raises UnknownOutage, OutageOver, OutageNotBegun, OutageWithoutTime.
    """
    found = _open(session, outage_id)
    if ended_at > report.now:
        raise OutageNotBegun
    _check_end(found.started_at, ended_at)
    outages.change(session, outage_id, ended_at=ended_at)
    _report(session, report, "ended", outage_id)
    tell(session, office, outage_id=outage_id, now=report.now)


def to_tell(session: Session, *, now: datetime) -> list[str]:
    """Return the ids of the outages of which somebody may have to be told, in the order they began."""
    return [outage.id for outage in outages.not_over_before(session, now - TOLD_AFTER_ITS_END)]


def tell(
    session: Session, office: Office, *, outage_id: str, now: datetime, limit: int = TOLD_AT_ONCE
) -> int:
    """Tell up to `limit` holders of tickets that an outage hit, each once; return how many.

    An outage that goes on hits more hours as time passes: this may run any number of times, and goes on where
    it was interrupted.
    """
    outage = outages.read(session, outage_id)
    if outage is None:
        return 0
    hit: list[Ticket] = []
    for site in office.agency.sites:
        if outage.is_at(site.code) and len(hit) < limit:
            room = limit - len(hit)
            hit += outages.untold(session, outage, site, agency=office.code, now=now, limit=room)
    # In one order at all places: two that tell at once never wait for each other in a circle.
    wanted = sorted(ticket.id for ticket in hit)
    ours = outages.mark_told(session, outage.id, wanted, now=now)
    events = [_news(session, office, ticket, outage) for ticket in hit if ticket.id in ours]
    announce(session, office, *events, now=now)
    return len(events)


def that_hit(session: Session, office: Office, ticket: Ticket, *, now: datetime) -> Outage | None:
    """Return the outage for which a ticket that was not served may go to a later hour, None without one.

    Raises UnknownSite.
    """
    if ticket.state not in outages.UNSERVED or ticket.slot_starts_at is None:
        return None
    found = outages.not_over_before(session, ticket.slot_starts_at)
    return hitting(found, office.site(ticket.site), ticket.slot_starts_at, now=now)


def as_json(outage: Outage) -> dict[str, str | None]:
    """Return what everybody may know of an outage, moments in ISO 8601."""
    expected, ended = outage.expected_end_at, outage.ended_at
    return {
        "failed": outage.failed,
        "started_at": outage.started_at.isoformat(),
        "expected_end_at": expected.isoformat() if expected else None,
        "ended_at": ended.isoformat() if ended else None,
    }


def current(session: Session, *, now: datetime) -> list[dict[str, Any]]:
    """Return the outages that go on now, as JSON for everybody; `site` is null for every one of them.

    Not those whose end somebody forgot: past its expected end, or a day, nothing is said of one any more.
    """
    return [
        {"site": outage.site or None, **as_json(outage)}
        for outage in outages.not_over_before(session, now)
        if outage.ended_at is None
    ]


def site_of(session: Session, outage_id: str) -> str:
    """Return where an outage is, '' for everywhere. Raises UnknownOutage."""
    found = outages.find(session, outage_id)
    if found is None:
        raise UnknownOutage
    return str(found.site)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Outages as officers see them: the last ones, and what was reported about any."""

    rows: list[Any]
    acts: list[Any]


def overview(session: Session) -> Overview:
    """Return the outages that began last."""
    return Overview(
        rows=outages.newest(session, limit=SHOWN), acts=acts.newest(session, about=ABOUT, limit=ACTS_SHOWN)
    )


def _open(session: Session, outage_id: str) -> Any:
    found = outages.find(session, outage_id)
    if found is None:
        raise UnknownOutage
    if found.ended_at is not None:
        raise OutageOver
    return found


def _check_end(started_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at <= started_at:
        raise OutageWithoutTime


def _report(session: Session, report: Report, act: str, outage_id: str) -> None:
    acts.record(
        session,
        officer_id=report.officer.id,
        officer_name=report.officer.name,
        about=ABOUT,
        about_id=outage_id,
        act=act,
        why=report.why,
        now=report.now,
    )


def _news(session: Session, office: Office, ticket: Ticket, outage: Outage) -> NewEvent:
    event = news(office, "outage.hit.v1", ticket, ticket.state, person_of(session, ticket.id))
    told = {
        "failed": outage.failed,
        "started_at": outage.started_at,
        "expected_end_at": outage.expected_end_at,
    }
    return replace(event, data={**event.data, **told})
