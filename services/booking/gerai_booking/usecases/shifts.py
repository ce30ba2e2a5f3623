"""Shifts: who has which counter open, pauses, hand-over."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.clock import local_date
from sqlalchemy.orm import Session

from gerai_booking.models import acts, shifts, tickets
from gerai_booking.refusals import CounterBusy, CounterNotOpen, CounterTaken, ShiftChanged
from gerai_booking.rules.catalogue import Counter
from gerai_booking.rules.shifts import (
    BY_OFFICER,
    BY_SUPERVISOR,
    DAY_END,
    MOVED,
    TAKEN_OVER,
    Pause,
    Shift,
)
from gerai_booking.usecases import skills
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.shift_news import tell


@dataclass(frozen=True, kw_only=True)
class OpenCounter:
    """A counter that somebody has open today: what is served there, and whether it pauses."""

    code: str
    services: tuple[str, ...]
    since: datetime
    is_paused: bool
    #: When it is expected to go on, None where it does not pause or nobody said.
    paused_until: datetime | None
    shift: Shift


@dataclass(frozen=True, kw_only=True)
class AtCounter:
    """What the screen of a counter tells of its shift: whose it is, a note of whoever had it before."""

    shift: Shift | None
    note: Any | None
    services: tuple[str, ...]


def open_counters(session: Session, office: Office, *, site: str, now: datetime) -> list[OpenCounter]:
    """Return the counters of a site that are open now or pause, in their order. Raises UnknownSite."""
    services = skills.services_at(session, office, site=site, day=office.today(site, now))
    there = {
        shift.counter: shift
        for shift in shifts.all_open(session, site=site)
        if not _is_over(office, shift, now)
    }
    return [
        OpenCounter(
            code=code,
            services=served,
            since=there[code].since,
            is_paused=there[code].pause is not None,
            paused_until=there[code].paused_until,
            shift=there[code],
        )
        for code, served in services.items()
        if code in there
    ]


def counters_of(
    session: Session, office: Office, *, site: str, now: datetime
) -> list[tuple[Counter, tuple[str, ...], Shift | None]]:
    """Return every counter of a site with what it serves today and who has it open, None if nobody.

    Raises UnknownSite.
    """
    counters = office.counters_at(site)
    if not counters:
        return []
    services = skills.services_at(session, office, site=site, day=office.today(site, now))
    there = {each.code: each.shift for each in open_counters(session, office, site=site, now=now)}
    return [(each, services[each.code], there.get(each.code)) for each in counters]


def at_counter(
    session: Session, office: Office, *, site: str, counter: str, officer: Officer, now: datetime
) -> AtCounter:
    """Return what the screen of a counter tells an officer of its shift.

    Raises UnknownSite, UnknownCounter.
    """
    services = skills.services_of(
        session,
        office,
        site=site,
        counter=counter,
        officer_id=officer.id,
        day=office.today(site, now),
    )
    shift = shifts.open_at(session, site=site, counter=counter)
    if shift is not None and _is_over(office, shift, now):
        shift = None
    note = shifts.unread_note(session, site=site, counter=counter)
    return AtCounter(shift=shift, note=note, services=services)


def at_work(session: Session, office: Office, desk: Desk, *, officer: Officer, calls: bool) -> None:
    """Let an officer act at a counter: one that nobody has open is opened by that.

    Who has another counter open leaves it for this one when they call (`calls`), and is a guest here
    otherwise. Supervisors act at everybody's counter. Raises UnknownSite, UnknownCounter, CounterTaken.
    """
    shift = _current(session, office, desk)
    if shift is not None:
        if shift.officer_id != officer.id and not officer.is_supervisor:
            raise CounterTaken(officer=shift.officer_name)
        return
    if calls or _elsewhere(session, office, officer, now=desk.now) is None:
        _open(session, office, desk, officer)


def open_counter(session: Session, office: Office, desk: Desk, *, officer: Officer) -> None:
    """Open a counter; one's own stays as it is. Raises UnknownSite, UnknownCounter, CounterTaken."""
    shift = _current(session, office, desk)
    if shift is None:
        _open(session, office, desk, officer)
    elif shift.officer_id != officer.id:
        raise CounterTaken(officer=shift.officer_name)


def take_over(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    officer: Officer,
    shift_id: str | None = None,
    note: str | None = None,
) -> None:
    """Take a counter over from whoever has it open: from the shift `shift_id`, when the screen showed one.

    Whoever is at the counter stays there, and is the new officer's. Raises UnknownSite, UnknownCounter,
    ShiftChanged.
    """
    shift = _current(session, office, desk)
    if shift is not None:
        if shift.officer_id == officer.id:
            return
        _must_be_meant(shift, shift_id)
        # Two who swap their counters at the same moment would wait for each other.
        left = shifts.open_of(session, officer.id)
        shifts.lock(session, [shift.id, *([left.id] if left else [])])
        _end(session, shift, by=TAKEN_OVER, note=note, now=desk.now)
    _open(session, office, desk, officer)


def pause(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    officer: Officer,
    reason: str,
    minutes: int | None = None,
    note: str | None = None,
    shift_id: str | None = None,
) -> None:
    """Call nobody for a while, about `minutes` if that is known; who is at the counter is served to the end.

    Raises UnknownSite, UnknownCounter, CounterNotOpen, CounterTaken, ShiftChanged.
    """
    shift = _own(session, office, desk, officer, shift_id)
    if shift.pause is not None:
        # Another reason or another time for the same pause.
        shifts.end_pause(session, shift, now=desk.now)
    until = desk.now + timedelta(minutes=minutes) if minutes else None
    shifts.begin_pause(session, shift, reason=reason, note=note, until=until, now=desk.now)
    _record_if_anothers(session, officer, shift, "paused", now=desk.now, why=note)
    paused = replace(shift, pause=Pause(reason=reason, note=note, since=desk.now, until=until))
    _tell(session, office, "counter.paused.v1", paused, now=desk.now)


def resume(
    session: Session, office: Office, desk: Desk, *, officer: Officer, shift_id: str | None = None
) -> None:
    """Go on after a pause; without one nothing changes.

    Raises UnknownSite, UnknownCounter, CounterNotOpen, CounterTaken, ShiftChanged.
    """
    shift = _own(session, office, desk, officer, shift_id)
    if shift.pause is None:
        return
    shifts.end_pause(session, shift, now=desk.now)
    _record_if_anothers(session, officer, shift, "resumed", now=desk.now)
    _tell(session, office, "counter.resumed.v1", replace(shift, pause=None), now=desk.now)


def close(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    officer: Officer,
    note: str | None = None,
    shift_id: str | None = None,
) -> None:
    """Close a counter, with a note for whoever has it next.

    Raises UnknownSite, UnknownCounter, CounterNotOpen, CounterTaken, ShiftChanged, CounterBusy.
    """
    shift = _own(session, office, desk, officer, shift_id)
    busy = tickets.at_counter(session, site=desk.site, counter=desk.counter, agency=office.code)
    if busy is not None:
        raise CounterBusy(number=busy.number)
    is_own = shift.officer_id == officer.id
    _end(session, shift, by=BY_OFFICER if is_own else BY_SUPERVISOR, note=note, now=desk.now)
    _record_if_anothers(session, officer, shift, "closed", now=desk.now, why=note)
    _tell_closed(session, office, shift, now=desk.now)


def confirm_note(session: Session, office: Office, desk: Desk, *, officer: Officer) -> None:
    """Confirm the notes that earlier officers left at a counter. Raises UnknownCounter, CounterTaken."""
    shift = _current(session, office, desk)
    if shift is not None and shift.officer_id != officer.id and not officer.is_supervisor:
        raise CounterTaken(officer=shift.officer_name)
    shifts.mark_read(session, site=desk.site, counter=desk.counter, officer_name=officer.name, now=desk.now)


def end_past(session: Session, office: Office, *, now: datetime) -> int:
    """End the shifts that past days left open, of sites that left the catalogue, too; return how many."""
    past = [shift for shift in shifts.all_open(session) if _is_over(office, shift, now)]
    for shift in past:
        _end_of_day(session, office, shift, now=now)
    return len(past)


def _current(session: Session, office: Office, desk: Desk) -> Shift | None:
    """Return today's shift at a counter; one that an earlier day left open ends here."""
    office.counter(desk.site, desk.counter)
    shift = shifts.open_at(session, site=desk.site, counter=desk.counter)
    if shift is not None and _is_over(office, shift, desk.now):
        _end_of_day(session, office, shift, now=desk.now)
        return None
    return shift


def _own(session: Session, office: Office, desk: Desk, officer: Officer, shift_id: str | None) -> Shift:
    """Return the shift at a counter, which is this officer's unless they are a supervisor."""
    shift = _current(session, office, desk)
    if shift is None:
        raise CounterNotOpen
    _must_be_meant(shift, shift_id)
    if shift.officer_id != officer.id and not officer.is_supervisor:
        raise CounterTaken(officer=shift.officer_name)
    return shift


def _must_be_meant(shift: Shift, shift_id: str | None) -> None:
    if shift_id not in {None, shift.id}:
        raise ShiftChanged(officer=shift.officer_name)


def _elsewhere(session: Session, office: Office, officer: Officer, *, now: datetime) -> Shift | None:
    """Return the counter that an officer has open today; one of an earlier day ends here."""
    shift = shifts.open_of(session, officer.id)
    if shift is not None and _is_over(office, shift, now):
        _end_of_day(session, office, shift, now=now)
        return None
    return shift


def _open(session: Session, office: Office, desk: Desk, officer: Officer) -> None:
    left = _elsewhere(session, office, officer, now=desk.now)
    if left is not None and shifts.end(session, left, by=MOVED, now=desk.now):
        _tell_closed(session, office, left, now=desk.now)
    is_first = shifts.add(
        session,
        site=desk.site,
        counter=desk.counter,
        officer_id=officer.id,
        officer_name=officer.name,
        now=desk.now,
    )
    shift = shifts.open_at(session, site=desk.site, counter=desk.counter)
    if not is_first:
        # Two opened it at once, and the index let one of them; or this officer opened two counters.
        if shift is not None and shift.officer_id != officer.id and not officer.is_supervisor:
            raise CounterTaken(officer=shift.officer_name)
        return
    if shift is not None:
        _tell(session, office, "counter.opened.v1", shift, now=desk.now)


def _end(session: Session, shift: Shift, *, by: str, note: str | None, now: datetime) -> None:
    if not shifts.end(session, shift, by=by, note=note, now=now):
        # Somebody else ended it at the same moment: what was asked for was meant for a shift that is over.
        there = shifts.open_at(session, site=shift.site, counter=shift.counter)
        if there is None:
            raise CounterNotOpen
        raise ShiftChanged(officer=there.officer_name)


def _end_of_day(session: Session, office: Office, shift: Shift, *, now: datetime) -> None:
    if shifts.end(session, shift, by=DAY_END, now=now):
        _tell_closed(session, office, shift, now=now)


def _is_over(office: Office, shift: Shift, now: datetime) -> bool:
    """Tell whether a shift is of an earlier day, or of a counter that is in the catalogue no more."""
    if office.counter_name(shift.site, shift.counter) is None:
        return True
    return local_date(shift.since, office.site(shift.site).time_zone) < office.today(shift.site, now)


def _tell(session: Session, office: Office, event_type: str, shift: Shift, *, now: datetime) -> None:
    services = skills.services_of(
        session,
        office,
        site=shift.site,
        counter=shift.counter,
        officer_id=shift.officer_id,
        day=office.today(shift.site, now),
    )
    tell(
        session,
        office,
        event_type,
        site=shift.site,
        counter=shift.counter,
        shift=shift,
        services=services,
        now=now,
    )


def _tell_closed(session: Session, office: Office, shift: Shift, *, now: datetime) -> None:
    services: tuple[str, ...] = ()
    if office.counter_name(shift.site, shift.counter) is not None:
        services = skills.services_of(
            session,
            office,
            site=shift.site,
            counter=shift.counter,
            officer_id=None,
            day=office.today(shift.site, now),
        )
    tell(
        session,
        office,
        "counter.closed.v1",
        site=shift.site,
        counter=shift.counter,
        shift=None,
        services=services,
        now=now,
    )


def _record_if_anothers(
    session: Session, officer: Officer, shift: Shift, act: str, *, now: datetime, why: str | None = None
) -> None:
    """Write down what a supervisor did at somebody else's counter."""
    if officer.id == shift.officer_id:
        return
    acts.record(
        session,
        officer_id=officer.id,
        officer_name=officer.name,
        about=acts.COUNTER,
        about_id=shift.id,
        act=act,
        what=f"{shift.site}.{shift.counter}"[:100],
        why=why,
        now=now,
    )
