"""Printing tickets: each once, in order, and what nobody can know is said and not tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gerai_shared.ticket import State, Ticket
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gerai_booking.models import print_jobs, queue_order, tickets
from gerai_booking.refusals.devices import CopiesUsedUp, NotYetPrinted
from gerai_booking.rules.devices import Printer
from gerai_booking.usecases.office import Office

#: Longer than the longest printing takes with all its waits: who holds a job for so long is dead.
CLAIM_LASTS = timedelta(minutes=1)
#: Nobody stands at the kiosk any more.
KEPT_WAITING = timedelta(minutes=5)
MOST_COPIES = 3
UNDER_WAY = frozenset({print_jobs.WAITING, print_jobs.PRINTING})


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What stands on a printed ticket; `code` opens its page, None when it is not to be printed.

    `copy` counts from 1 for copies, and is 0 for the ticket itself.
    """

    job_id: str
    paper_mm: int
    language: str
    copy: int
    number: str
    site: str
    agency: str
    service: str
    priority: bool
    ahead: int | None
    came_at: datetime
    time_zone: str
    code: str | None


def have_printed(
    session: Session, ticket: Ticket, printer: Printer, *, language: str, with_code: bool, now: datetime
) -> None:
    """Have a ticket printed, in the transaction that makes it; asked again it is printed once."""
    print_jobs.add_ticket(session, _row(ticket, printer, language=language, with_code=with_code, now=now))


def have_copied(
    session: Session, ticket: Ticket, printer: Printer, *, language: str, with_code: bool, now: datetime
) -> None:
    """Have a locked ticket printed: for the first time, or once more as a copy that is counted.

    Raises NotYetPrinted, CopiesUsedUp.
    """
    jobs = print_jobs.of_ticket(session, ticket.id)
    row = _row(ticket, printer, language=language, with_code=with_code, now=now)
    if not jobs:
        print_jobs.add_ticket(session, row)
        return
    if any(job.state in UNDER_WAY for job in jobs):
        raise NotYetPrinted
    if len(jobs) > MOST_COPIES:
        raise CopiesUsedUp
    print_jobs.add_copy(session, row)


def told(session: Session, ticket_id: str) -> dict[str, Any] | None:
    """Return what became of the printing of a ticket, as JSON: {state, kind, error, copies}; None without."""
    jobs = print_jobs.of_ticket(session, ticket_id)
    if not jobs:
        return None
    newest = jobs[0]
    return {
        "state": newest.state,
        "kind": newest.kind,
        "error": newest.error,
        "copies": sum(job.kind == print_jobs.COPY for job in jobs),
        "can_copy": newest.state not in UNDER_WAY and len(jobs) <= MOST_COPIES,
    }


def has_work(session: Session) -> bool:
    """Tell whether something waits or is being printed: nearly always nothing does."""
    return print_jobs.has_unfinished(session)


def tidy(session: Session, *, now: datetime) -> None:
    """Say of what was cut off that nobody knows, and let go what has waited for too long."""
    print_jobs.give_up(session, claimed_before=now - CLAIM_LASTS, now=now)
    print_jobs.cancel_old(session, created_before=now - KEPT_WAITING, now=now)


def claim(session: Session, office: Office, address: tuple[str, int], *, now: datetime) -> Slip | None:
    """Take the next ticket of a printer; None when there is none, or another process prints there.

    From the end of this transaction on it counts as sent: whoever dies later leaves it unsure.
    """
    try:
        with session.begin_nested():
            job = print_jobs.claim_first(session, address, now=now)
    except IntegrityError:
        # The index let one of them through.
        return None
    return _slip(session, office, job) if job is not None else None


def finish(session: Session, slip: Slip, *, error: str | None, now: datetime) -> bool:
    """End a job as printed, or with an `error` as unsure; return whether it was still ours."""
    state = print_jobs.UNSURE if error else print_jobs.PRINTED
    return print_jobs.finish(session, slip.job_id, state, error=error, now=now)


def _slip(session: Session, office: Office, job: Any) -> Slip:
    ticket = tickets.find(session, job.ticket_id, agency=office.code)
    if ticket is None:
        raise LookupError("a job without its ticket")
    site, service = office.site(ticket.site), office.find_service(ticket.service)
    jobs = print_jobs.of_ticket(session, ticket.id)
    copies = [each.id for each in reversed(jobs) if each.kind == print_jobs.COPY]
    language = str(job.language)
    return Slip(
        job_id=job.id,
        paper_mm=job.paper_mm,
        language=language,
        copy=copies.index(job.id) + 1 if job.id in copies else 0,
        number=ticket.number,
        site=site.name.in_language(language),
        agency=office.agency.name.in_language(language),
        service=service.name.in_language(language) if service else ticket.service,
        priority=ticket.lane.value not in {"walk_in", "appointment", "regular"},
        ahead=queue_order.count_ahead(session, ticket) if ticket.state is State.CHECKED_IN else None,
        came_at=ticket.checked_in_at or ticket.created_at,
        time_zone=site.time_zone,
        code=office.token(ticket.id) if job.with_code else None,
    )


def _row(
    ticket: Ticket, printer: Printer, *, language: str, with_code: bool, now: datetime
) -> dict[str, Any]:
    return {
        "device_id": printer.id,
        "ticket_id": ticket.id,
        "printer_host": printer.host,
        "printer_port": printer.port,
        "paper_mm": printer.paper_mm,
        "language": language,
        "with_code": with_code,
        "created_at": now,
    }
