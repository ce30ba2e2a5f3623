"""Officers work on complaints: list, look, take in hand, answer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from gerai_shared import accounts, commands
from gerai_shared.accounts import Officer
from gerai_shared.clock import local_date
from gerai_shared.refusals import InvalidRequest
from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, Person
from gerai_complaints.refusals import UnknownComplaint
from gerai_complaints.rules.case import OPEN_STATES, Actor, State, may_move
from gerai_complaints.rules.due import is_overdue, working_days_between
from gerai_complaints.rules.numbers import NUMBER
from gerai_complaints.shapes import Case, CaseList, CaseSummary, Keyring, Named, Order, TicketFacts, Turn
from gerai_complaints.usecases.cases import announce, contact_of, history, note, step, today_at
from gerai_complaints.usecases.places import Calendars, Names, calendars, names
from gerai_complaints.usecases.reading import must_read, readable

PAGE_SIZE = 25
NUMBER_CHARACTERS = "P-0123456789"
OPEN, REMINDED, OVERDUE, ESCALATED, ALL = "open", "reminded", "overdue", "escalated", "all"
FILTERS = (OPEN, REMINDED, OVERDUE, ESCALATED, *(state.value for state in State), ALL)


def list_cases(
    session: Session, *, officer: Officer, wanted: str, search: str, page: int, now: datetime
) -> CaseList:
    """Return one page of the cases that `wanted` (one of FILTERS) names.

    What is due first comes first, and so what is overdue before all. `search` is a part of a number,
    or ''. What `officer` may not read has no title. Raises InvalidRequest.
    """
    if wanted not in FILTERS:
        raise InvalidRequest(fields={"state": ["Please choose one of these."]})
    conditions = _conditions(session, now)
    where = conditions[wanted]
    if search:
        part = "".join(each for each in search.upper() if each in NUMBER_CHARACTERS)
        where = and_(where, Complaint.number.contains(part, autoescape=True))
    total = session.scalar(select(func.count()).select_from(Complaint).where(where)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    order = Complaint.due_on if wanted not in (State.CLOSED, ALL) else Complaint.received_at.desc()
    found = session.scalars(
        select(Complaint)
        .where(where)
        .order_by(order, Complaint.number)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    calendar, known = calendars(session, sites=[each.site for each in found]), names(session)
    read = readable(session, found, officer)
    return CaseList(
        cases=tuple(
            _summary(each, calendar, known, now, title=each.title if each.id in read else None)
            for each in found
        ),
        counts=_counts(session, conditions),
        total=total,
        page=page,
        pages=pages,
    )


def _conditions(session: Session, now: datetime) -> dict[str, ColumnElement[bool]]:
    is_open = Complaint.state.in_([state.value for state in OPEN_STATES])
    # The day changes an hour earlier in Gorontalo than in Lebak.
    zones = session.scalars(select(Complaint.time_zone).distinct()).all()
    past = [and_(Complaint.time_zone == zone, Complaint.due_on < local_date(now, zone)) for zone in zones]
    overdue = or_(*past) if past else false()
    return {
        OPEN: is_open,
        REMINDED: and_(is_open, Complaint.climbed > 0, not_(overdue)),
        ESCALATED: and_(is_open, Complaint.level.is_not(None)),
        OVERDUE: and_(is_open, overdue),
        ALL: Complaint.id.is_not(None),
        **{state.value: Complaint.state == state.value for state in State},
    }


def _counts(session: Session, conditions: dict[str, ColumnElement[bool]]) -> dict[str, int]:
    counted = [func.count().filter(condition) for condition in conditions.values()]
    row = session.execute(select(*counted).select_from(Complaint)).one()
    return dict(zip(conditions, row, strict=True))


def _summary(
    complaint: Complaint, calendar: Calendars, known: Names, now: datetime, *, title: str | None
) -> CaseSummary:
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
    )


def case(session: Session, number: str, *, officer: Officer, keyring: Keyring, now: datetime) -> Case:
    """Return one case. Raises UnknownComplaint, ConfidentialCase."""
    complaint = _find(session, number)
    must_read(session, complaint, officer)
    contact = contact_of(session.get_one(Person, complaint.id), keyring)
    known = names(session)
    state = State(complaint.state)
    calendar = calendars(session, sites=[complaint.site])
    return Case(
        summary=_summary(complaint, calendar, known, now, title=complaint.title),
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
        thread=_thread(session, complaint),
        # Overseers change nothing, and so are shown no form.
        may_take=not officer.is_overseer and may_move(state, State.IN_PROGRESS, Actor.OFFICER),
        may_reply=not officer.is_overseer and may_move(state, State.ANSWERED, Actor.OFFICER),
    )


def _find(session: Session, number: str) -> Complaint:
    complaint = None
    if NUMBER.fullmatch(number):
        complaint = session.scalar(select(Complaint).where(Complaint.number == number))
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
    )


def _ticket_names(complaint: Complaint, known: Names) -> tuple[Named, Named, Named] | None:
    facts = _ticket(complaint)
    if facts is None:
        return None
    agency = facts.agency
    return known.agency(agency), known.site(agency, facts.site), known.service(agency, facts.service)


def _thread(session: Session, complaint: Complaint) -> tuple[Turn, ...]:
    entries = history(session, complaint)
    ids = {entry.officer_id for entry in entries if entry.officer_id}
    officers = accounts.officers.c
    known: dict[str, str] = {}
    if ids:
        known = {
            row.id: row.name
            for row in session.execute(select(officers.id, officers.name).where(officers.id.in_(ids)))
        }
    return tuple(
        Turn(at=each.at, by=each.by, kind=each.kind, text=each.text, officer=known.get(each.officer_id or ""))
        for each in entries
    )


def take(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Take a received complaint in hand: whoever does may read it, though it be confidential.

    Raises UnknownComplaint, StaleRevision, TransitionNotAllowed.
    """

    def run(complaint: Complaint) -> None:
        step(complaint, State.IN_PROGRESS, actor=Actor.OFFICER, now=now, revision=order.revision)
        note(session, complaint, kind="taken", by="officer", officer_id=order.officer.id, now=now)

    return _carry_out(session, "take", order, run, keyring=keyring, now=now)


def reply(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Answer a complaint; who brought it is told.

    Raises UnknownComplaint, ConfidentialCase, StaleRevision, TransitionNotAllowed, AnswerNeedsText.
    """

    def run(complaint: Complaint) -> None:
        must_read(session, complaint, order.officer)
        previous = step(
            complaint, State.ANSWERED, actor=Actor.OFFICER, text=order.text, now=now, revision=order.revision
        )
        note(
            session,
            complaint,
            kind="answered",
            by="officer",
            officer_id=order.officer.id,
            text=order.text,
            now=now,
        )
        session.flush()
        announce(session, complaint, "complaint.answered.v1", previous=previous, keyring=keyring, now=now)

    return _carry_out(session, "reply", order, run, keyring=keyring, now=now)


def _carry_out(
    session: Session,
    verb: str,
    order: Order,
    run: Callable[[Complaint], None],
    *,
    keyring: Keyring,
    now: datetime,
) -> Case:
    complaint = _find(session, order.number)
    body = {"officer": order.officer.id, "revision": order.revision, "text": order.text}

    def run_locked() -> dict[str, Any]:
        session.refresh(complaint, with_for_update=True)
        run(complaint)
        session.flush()
        return {"revision": complaint.revision}

    commands.once(
        session, scope=f"complaints.{verb}.{complaint.id}", key=order.key, body=body, now=now, run=run_locked
    )
    return case(session, order.number, officer=order.officer, keyring=keyring, now=now)
