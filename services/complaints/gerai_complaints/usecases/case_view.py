"""One complaint as officers see it."""

from datetime import datetime

from gerai_shared.accounts import Officer
from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from gerai_complaints.models import (
    Complaint,
    Extension,
    Pause,
    RefusalProposal,
    VerificationCheck,
)
from gerai_complaints.privacy_shapes import Erased
from gerai_complaints.refusals import UnknownComplaint
from gerai_complaints.rules.acts import Situation
from gerai_complaints.rules.case import State
from gerai_complaints.rules.due import is_overdue, working_days_between
from gerai_complaints.rules.numbers import NUMBER
from gerai_complaints.shapes import (
    Case,
    CaseSummary,
    Extended,
    Keyring,
    Named,
    Paused,
    Proposal,
    TicketFacts,
    Turn,
)
from gerai_complaints.usecases.cases import contact_of, history, person_of, proxy_of, today_at
from gerai_complaints.usecases.erasing import erasure_of
from gerai_complaints.usecases.places import Calendars, Names, calendars, names
from gerai_complaints.usecases.reading import must_read, own_cases, works_for

#: What most cases have nothing of is asked for together, before anything is read.
_THERE = select(
    *(
        exists().where(table.complaint_id == bindparam("complaint"), *more).label(name)
        for name, table, more in (
            ("checks", VerificationCheck, ()),
            ("pauses", Pause, ()),
            ("extensions", Extension, ()),
            ("proposal", RefusalProposal, (RefusalProposal.decided_at.is_(None),)),
        )
    ),
    exists().where(Complaint.joined_to == bindparam("complaint")).label("joined"),
)


def summary_of(
    complaint: Complaint, calendar: Calendars, known: Names, now: datetime, *, title: str | None
) -> CaseSummary:
    """Return a line of the list; `title` is None for whom the case is confidential."""
    today, due_on, days = today_at(complaint, now), complaint.due_on, calendar.of(complaint.site)
    left = (
        working_days_between(days, today, due_on)
        if due_on >= today
        else -working_days_between(days, due_on, today)
    )
    return CaseSummary(
        number=complaint.number,
        title=title,
        classification=complaint.classification,
        agency=known.agency(complaint.agency),
        state=complaint.state,
        revision=complaint.revision,
        received_on=complaint.received_on,
        due_on=due_on,
        overdue=is_overdue(State(complaint.state), due_on=due_on, today=today),
        working_days_left=left,
        level=complaint.level,
        confidential=complaint.confidential,
        is_urgent=complaint.urgent_at is not None,
        officer=known.officer(complaint.assigned_to),
    )


def case(session: Session, number: str, *, officer: Officer, keyring: Keyring, now: datetime) -> Case:
    """Return one case. Raises UnknownComplaint, ConfidentialCase."""
    complaint = find(session, number, officer=officer)
    return case_of(session, complaint, officer=officer, keyring=keyring, now=now)


def case_of(
    session: Session, complaint: Complaint, *, officer: Officer, keyring: Keyring, now: datetime
) -> Case:
    """Return the case of a complaint that was found. Raises UnknownComplaint, ConfidentialCase."""
    if not works_for(session, officer, complaint.agency):
        raise UnknownComplaint
    must_read(session, complaint, officer)
    person = person_of(session, complaint)
    assert person is not None, "a complaint without anybody who brought it"
    there = session.execute(_THERE, {"complaint": complaint.id}).one()
    contact = contact_of(person, keyring)
    proposed = proposal_of(session, complaint) if there.proposal else None
    known = names(session)
    calendar = calendars(session, sites=[complaint.site])
    return Case(
        summary=summary_of(complaint, calendar, known, now, title=complaint.title),
        text=complaint.text,
        site=known.site(complaint.agency, complaint.site) if complaint.site else None,
        service=known.service(complaint.agency, complaint.service) if complaint.service else None,
        occurred_on=complaint.occurred_on,
        anonymous=complaint.anonymous,
        language=complaint.language,
        time_zone=complaint.time_zone,
        received_at=complaint.received_at,
        due_basis=complaint.due_basis,
        working_days=complaint.working_days,
        answered_at=complaint.answered_at,
        closed_at=complaint.closed_at,
        # Of a complaint filed before anonymous ones were kept without a name, it stays unknown, too.
        name=None if complaint.anonymous else contact.name,
        is_told_by_email=contact.email is not None,
        ticket=_ticket(complaint),
        ticket_awaited=complaint.link_at is not None,
        ticket_names=_ticket_names(complaint, known),
        thread=_thread(session, complaint, known),
        channel=complaint.channel,
        received_by=known.officer(complaint.received_by),
        proxy=proxy_of(person, keyring),
        is_oversight=complaint.is_oversight,
        maladministration=complaint.maladministration,
        breached_rule=complaint.breached_rule,
        ombudsman_number=complaint.ombudsman_number,
        verify_by=complaint.verify_by,
        follow_up_by=complaint.follow_up_by,
        checks=_checks(session, complaint) if there.checks else {},
        pauses=_pauses(session, complaint) if there.pauses else (),
        extensions=_extensions(session, complaint, known) if there.extensions else (),
        proposal=_proposal(proposed, officer, known),
        joined_to=_number(session, complaint.joined_to, officer),
        joined=_joined(session, complaint, officer) if there.joined else (),
        waits_until=complaint.lapses_at,
        may=frozenset() if officer.is_overseer else _acts(complaint, officer, proposed),
        erasure=Erased.of(erasure) if (erasure := erasure_of(session, complaint)) else None,
    )


def _acts(complaint: Complaint, officer: Officer, proposed: RefusalProposal | None) -> frozenset[str]:
    return Situation(
        state=State(complaint.state),
        officer=officer.id,
        is_supervisor=officer.is_supervisor,
        is_urgent=complaint.urgent_at is not None,
        is_joined=complaint.joined_to is not None,
        is_first_round=complaint.answered_at is None and complaint.ombudsman_number is None,
        proposed_by=proposed.proposed_by if proposed else None,
    ).acts()


def _number(session: Session, complaint_id: str | None, officer: Officer) -> str | None:
    if complaint_id is None:
        return None
    is_theirs = own_cases(session, officer)
    return session.scalar(select(Complaint.number).where(Complaint.id == complaint_id, is_theirs))


def _joined(session: Session, complaint: Complaint, officer: Officer) -> tuple[str, ...]:
    theirs = own_cases(session, officer)
    joined = select(Complaint.number).where(Complaint.joined_to == complaint.id, theirs)
    return tuple(session.scalars(joined.order_by(Complaint.number)))


def _checks(session: Session, complaint: Complaint) -> dict[str, bool]:
    rows = session.scalars(select(VerificationCheck).where(VerificationCheck.complaint_id == complaint.id))
    return {row.item: row.is_fulfilled for row in rows}


def _pauses(session: Session, complaint: Complaint) -> tuple[Paused, ...]:
    rows = session.scalars(select(Pause).where(Pause.complaint_id == complaint.id).order_by(Pause.id))
    return tuple(
        Paused(began_on=row.began_on, ended_on=row.ended_on, working_days=row.working_days) for row in rows
    )


def _extensions(session: Session, complaint: Complaint, known: Names) -> tuple[Extended, ...]:
    rows = session.scalars(
        select(Extension).where(Extension.complaint_id == complaint.id).order_by(Extension.id)
    )
    return tuple(
        Extended(
            at=row.at,
            officer=known.officer(row.officer_id) or "",
            working_days=row.working_days,
            reason=row.reason,
            due_on=row.due_on,
        )
        for row in rows
    )


def proposal_of(session: Session, complaint: Complaint) -> RefusalProposal | None:
    """Return the proposal to refuse a complaint on which nobody has decided."""
    return session.scalar(
        select(RefusalProposal).where(
            RefusalProposal.complaint_id == complaint.id, RefusalProposal.decided_at.is_(None)
        )
    )


def _proposal(proposed: RefusalProposal | None, officer: Officer, known: Names) -> Proposal | None:
    if proposed is None:
        return None
    return Proposal(
        ground=proposed.ground,
        text=proposed.text,
        officer=known.officer(proposed.proposed_by) or "",
        at=proposed.proposed_at,
        is_own=proposed.proposed_by == officer.id,
    )


def find(session: Session, number: str, *, officer: Officer, locked: bool = False) -> Complaint:
    """Return the complaint of a number, if it is one of an agency that `officer` works for.

    `locked`, nobody else changes it until the transaction ends, and it is as it is now. Raises
    UnknownComplaint, for those of other agencies as for those that do not exist.
    """
    complaint = None
    if NUMBER.fullmatch(number):
        # In one question, so that the time it takes does not tell the one from the other either.
        wanted = select(Complaint).where(Complaint.number == number, own_cases(session, officer))
        if locked:
            wanted = wanted.with_for_update().execution_options(populate_existing=True)
        complaint = session.scalar(wanted)
    if complaint is None:
        raise UnknownComplaint
    return complaint


def _ticket(complaint: Complaint) -> TicketFacts | None:
    if (
        complaint.ticket_id is None
        or complaint.ticket_agency is None
        or complaint.ticket_site is None
        or complaint.ticket_service is None
        or complaint.ticket_number is None
        or complaint.ticket_day is None
    ):
        return None
    return TicketFacts(
        agency=complaint.ticket_agency,
        site=complaint.ticket_site,
        service=complaint.ticket_service,
        counter=complaint.ticket_counter,
        ticket_id=complaint.ticket_id,
        number=complaint.ticket_number,
        day=complaint.ticket_day,
        waited_minutes=complaint.ticket_waited_minutes,
    )


def _ticket_names(complaint: Complaint, known: Names) -> tuple[Named, Named, Named] | None:
    facts = _ticket(complaint)
    if facts is None:
        return None
    agency = facts.agency
    return known.agency(agency), known.site(agency, facts.site), known.service(agency, facts.service)


def _thread(session: Session, complaint: Complaint, known: Names) -> tuple[Turn, ...]:
    return tuple(
        Turn(at=each.at, by=each.by, kind=each.kind, text=each.text, officer=known.officer(each.officer_id))
        for each in history(session, complaint)
    )
