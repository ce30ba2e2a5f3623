"""Officers work on complaints: take in hand, verify, ask, forward, answer, note."""

from datetime import datetime

from gerai_shared import accounts, tables
from gerai_shared.database import insert_into
from gerai_shared.refusals import InvalidRequest
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from gerai_complaints.models import Agency, Complaint, DeskAgency, VerificationCheck
from gerai_complaints.refusals import UnknownAgency, UnknownComplaint
from gerai_complaints.rules.case import (
    AT_THE_OMBUDSMAN,
    FINAL_STATES,
    OPEN_STATES,
    Actor,
    Classification,
    State,
    TransitionNotAllowed,
    may_move,
)
from gerai_complaints.rules.dossier import Reason
from gerai_complaints.rules.due import OVERSIGHT
from gerai_complaints.rules.ladder import Level, higher
from gerai_complaints.rules.numbers import NUMBER
from gerai_complaints.shapes import Case, Keyring, Order
from gerai_complaints.usecases import dossiers
from gerai_complaints.usecases.case_view import find
from gerai_complaints.usecases.cases import announce, note, part_joined, step
from gerai_complaints.usecases.clock import end_pause, note_due, pause, wait_for_reply
from gerai_complaints.usecases.escalating import change_agency, move_due_date
from gerai_complaints.usecases.orders import actor_of, carry_out
from gerai_complaints.usecases.places import THE_MALL
from gerai_complaints.usecases.reading import must_read, works_for
from gerai_complaints.usecases.refusing import drop_proposal, must_be_first_round
from gerai_complaints.usecases.times import rule_in_force


def take(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Take a complaint in hand: whoever does has it, and may read it, though it be confidential.

    Raises UnknownComplaint, StaleRevision, TransitionNotAllowed.
    """

    def run(complaint: Complaint) -> None:
        step(complaint, State.IN_PROGRESS, actor=actor_of(order), now=now)
        complaint.assigned_to = order.officer.id
        _note(session, complaint, order, "taken", now)

    return carry_out(session, "take", order, run, keyring=keyring, now=now)


def verify(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Begin to go through the check list. Raises as `take` does."""

    def run(complaint: Complaint) -> None:
        step(complaint, State.VERIFICATION, actor=actor_of(order), now=now)
        complaint.assigned_to = order.officer.id
        _note(session, complaint, order, "verification", now)

    return carry_out(session, "verify", order, run, keyring=keyring, now=now)


def check(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Keep what was found on the check list (`order.checks`).

    Raises UnknownComplaint, ConfidentialCase, StaleRevision, TransitionNotAllowed.
    """

    def run(complaint: Complaint) -> None:
        must_read(session, complaint, order.officer)
        if State(complaint.state) is not State.VERIFICATION:
            raise TransitionNotAllowed
        complaint.revision += 1
        for item, is_fulfilled in order.checks:
            found = {"is_fulfilled": is_fulfilled, "officer_id": order.officer.id, "at": now}
            session.execute(
                insert_into(session, VerificationCheck)
                .values(complaint_id=complaint.id, item=item, **found)
                .on_conflict_do_update(index_elements=["complaint_id", "item"], set_=found)
            )
        _note(session, complaint, order, "checked", now)

    return carry_out(session, "check", order, run, keyring=keyring, now=now)


def reply(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Answer a complaint, and those that were joined to it; who brought them is told.

    Raises UnknownComplaint, ConfidentialCase, StaleRevision, TransitionNotAllowed, AnswerNeedsText.
    """

    def run(complaint: Complaint) -> None:
        must_read(session, complaint, order.officer)
        _answer(session, complaint, order, keyring=keyring, now=now)
        joined = session.scalars(
            select(Complaint)
            .where(Complaint.joined_to == complaint.id)
            .order_by(Complaint.id)
            .with_for_update()
        )
        for each in joined:
            state = State(each.state)
            # What the Ombudsman asked about one is not answered by what was said to another.
            if state not in AT_THE_OMBUDSMAN and may_move(state, State.ANSWERED, Actor.OFFICER):
                _answer(session, each, order, keyring=keyring, now=now)

    return carry_out(session, "reply", order, run, keyring=keyring, now=now)


def _answer(session: Session, complaint: Complaint, order: Order, *, keyring: Keyring, now: datetime) -> None:
    previous = step(complaint, State.ANSWERED, actor=actor_of(order), text=order.text, now=now)
    wait_for_reply(session, complaint, now=now)
    drop_proposal(session, complaint, now=now)
    _note(session, complaint, order, "answered", now, text=order.text)
    session.flush()
    announce(session, complaint, "complaint.answered.v1", previous=previous, keyring=keyring, now=now)


def note_internally(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Write something down for colleagues; it moves neither the clock nor the revision.

    Raises UnknownComplaint, ConfidentialCase.
    """

    def run(complaint: Complaint) -> None:
        must_read(session, complaint, order.officer)
        _note(session, complaint, order, "note", now, text=order.text)

    return carry_out(session, "note", order, run, keyring=keyring, now=now)


def ask(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Ask whoever complained for what lacks; the clock stands still meanwhile, and they are told.

    Raises UnknownComplaint, ConfidentialCase, StaleRevision, TransitionNotAllowed, ReasonNeeded,
    TooManyPauses.
    """

    def run(complaint: Complaint) -> None:
        must_read(session, complaint, order.officer)
        must_be_first_round(complaint)
        previous = step(complaint, State.TO_COMPLETE, actor=actor_of(order), text=order.text, now=now)
        drop_proposal(session, complaint, now=now)
        pause(
            session,
            complaint,
            reason=order.text or "",
            is_supervisor=order.officer.is_supervisor,
            now=now,
        )
        _note(session, complaint, order, "asked", now, text=order.text)
        session.flush()
        announce(session, complaint, "complaint.incomplete.v1", previous=previous, keyring=keyring, now=now)

    return carry_out(session, "ask", order, run, keyring=keyring, now=now)


def complete(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Write down what somebody completed in person or by phone; the clock goes on.

    Raises UnknownComplaint, ConfidentialCase, StaleRevision, TransitionNotAllowed, ReasonNeeded.
    """

    def run(complaint: Complaint) -> None:
        must_read(session, complaint, order.officer)
        step(complaint, State.VERIFICATION, actor=actor_of(order), text=order.text, now=now)
        end_pause(session, complaint, goes_on=True, now=now)
        _note(session, complaint, order, "completed", now, text=order.text)

    return carry_out(session, "complete", order, run, keyring=keyring, now=now)


def forward(
    session: Session, order: Order, *, agencies: tuple[str, ...], keyring: Keyring, now: datetime
) -> Case | None:
    """Pass a complaint on to the agency (`order.choice`) that it is for; who brought it is told.

    Its clock goes on. Returns None when it is no business of the officer any more. Raises UnknownComplaint,
    ConfidentialCase, StaleRevision, TransitionNotAllowed, ReasonNeeded, UnknownAgency.
    """
    to = order.choice or ""
    if _is_forwarded(session, order):
        # A repeat, of whose first answer nobody knows: it is no business of theirs any more.
        return None
    complaint = find(session, order.number, officer=order.officer)
    if to not in (*agencies, THE_MALL.code):
        raise UnknownAgency

    def run(complaint: Complaint) -> None:
        must_read(session, complaint, order.officer)
        if to == complaint.agency:
            raise InvalidRequest(fields={"agency": ["It is with this agency already."]})
        previous = step(complaint, State.FORWARDED, actor=actor_of(order), text=order.text, now=now)
        change_agency(session, complaint, to)
        complaint.service = complaint.assigned_to = complaint.joined_to = None
        part_joined(session, complaint)
        drop_proposal(session, complaint, now=now)
        if to != THE_MALL.code:
            session.execute(insert_into(session, Agency).values(code=to, ask_at=now).on_conflict_do_nothing())
        _note(session, complaint, order, "forwarded", now, text=order.text)
        session.flush()
        announce(session, complaint, "complaint.forwarded.v1", previous=previous, keyring=keyring, now=now)

    try:
        return carry_out(session, "forward", order, run, keyring=keyring, now=now)
    except UnknownComplaint:
        if works_for(session, order.officer, complaint.agency):
            raise
        return None


def _is_forwarded(session: Session, order: Order) -> bool:
    """Tell whether this very order has passed the complaint on to where the officer does not work."""
    done = select(Complaint.agency).where(
        Complaint.number == order.number,
        exists().where(
            tables.commands.c.scope == "complaints.forward." + Complaint.id,
            tables.commands.c.key == order.key,
        ),
    )
    agency = session.scalar(done) if NUMBER.fullmatch(order.number) else None
    return agency is not None and not works_for(session, order.officer, agency)


def assign(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Give a complaint to the officer named `order.choice`, or to nobody (None); a supervisor does.

    Raises Forbidden, UnknownComplaint, StaleRevision, TransitionNotAllowed, InvalidRequest.
    """
    order.officer.must_be_supervisor()
    officers = accounts.officers.c
    chosen = None
    if order.choice is not None:
        chosen = session.execute(
            select(officers.id, officers.name).where(
                officers.username == order.choice,
                officers.active,
                officers.role.in_(("officer", "supervisor")),
            )
        ).one_or_none()
        if chosen is None:
            raise InvalidRequest(fields={"officer": ["Please choose one of these."]})

    def run(complaint: Complaint) -> None:
        if State(complaint.state) in FINAL_STATES:
            raise TransitionNotAllowed
        if chosen is not None and not _is_business_of(session, chosen.id, complaint.agency):
            raise InvalidRequest(fields={"officer": ["Please choose one of these."]})
        complaint.revision += 1
        complaint.assigned_to = chosen.id if chosen else None
        _note(session, complaint, order, "assigned", now, text=chosen.name if chosen else None)

    return carry_out(session, "assign", order, run, keyring=keyring, now=now)


def _is_business_of(session: Session, officer_id: str, agency: str) -> bool:
    own = set(session.scalars(select(DeskAgency.agency).where(DeskAgency.officer_id == officer_id)))
    return not own or agency in own


def qualify(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Say what went wrong: its category (`order.choice`), the rule that was broken (`order.reference`).

    With `order.flag` it is of the kind that oversight bodies look into, which has a longer time: a supervisor
    says so of a complaint to which an answer is owed, and who brought it is told.

    Raises UnknownComplaint, ConfidentialCase, StaleRevision, Forbidden, TransitionNotAllowed.
    """

    def run(complaint: Complaint) -> None:
        must_read(session, complaint, order.officer)
        complaint.revision += 1
        complaint.maladministration, complaint.breached_rule = order.choice, order.reference
        _note(session, complaint, order, "qualified", now)
        if order.flag and not complaint.is_oversight:
            _lengthen_for_oversight(session, complaint, order, keyring=keyring, now=now)

    return carry_out(session, "qualify", order, run, keyring=keyring, now=now)


def _lengthen_for_oversight(
    session: Session, complaint: Complaint, order: Order, *, keyring: Keyring, now: datetime
) -> None:
    order.officer.must_be_supervisor()
    state = State(complaint.state)
    if state not in OPEN_STATES or complaint.classification != Classification.COMPLAINT.value:
        raise TransitionNotAllowed
    rule = rule_in_force(
        session, classification=OVERSIGHT, agency=complaint.agency, day=complaint.received_on
    )
    complaint.is_oversight = True
    more = rule.working_days - complaint.working_days
    if more <= 0:
        return
    complaint.working_days, complaint.due_basis = rule.working_days, rule.basis
    move_due_date(session, complaint, working_days=more)
    note_due(session, complaint, now)
    session.flush()
    announce(session, complaint, "complaint.extended.v1", previous=state, keyring=keyring, now=now)


def mark_urgent(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Mark a complaint on which a life depends: it goes before all others, and to the Ombudsman at once.

    After the rapid response of the Ombudsman (RCO). Raises UnknownComplaint, ConfidentialCase, StaleRevision,
    TransitionNotAllowed.
    """

    def run(complaint: Complaint) -> None:
        must_read(session, complaint, order.officer)
        if State(complaint.state) not in OPEN_STATES or complaint.urgent_at is not None:
            raise TransitionNotAllowed
        complaint.revision += 1
        _note(session, complaint, order, "urgent", now, text=order.text)
        begin_rapid_response(session, complaint, keyring=keyring, now=now)

    return carry_out(session, "urgent", order, run, keyring=keyring, now=now)


def begin_rapid_response(session: Session, complaint: Complaint, *, keyring: Keyring, now: datetime) -> None:
    """Put a complaint before all others, and raise it to the Ombudsman at once."""
    complaint.urgent_at = now
    complaint.level = higher(Level(complaint.level) if complaint.level else None, Level.OMBUDSMAN).value
    note(session, complaint, kind="escalated", by="system", text=Level.OMBUDSMAN.value, now=now)
    session.flush()
    dossiers.due(session, complaint, reason=Reason.RAPID_RESPONSE, now=now)
    announce(
        session,
        complaint,
        "complaint.urgent.v1",
        previous=State(complaint.state),
        keyring=keyring,
        now=now,
    )


def join(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Have a complaint be answered together with another one (number `order.choice`) about the same thing.

    Raises UnknownComplaint, ConfidentialCase, StaleRevision, TransitionNotAllowed, InvalidRequest.
    """
    main = _main_of(session, order)
    must_read(session, main, order.officer)

    def run(complaint: Complaint) -> None:
        must_read(session, complaint, order.officer)
        if State(complaint.state) not in OPEN_STATES or complaint.joined_to is not None:
            raise TransitionNotAllowed
        complaint.revision += 1
        complaint.joined_to = main.id
        for each in session.scalars(select(Complaint).where(Complaint.joined_to == complaint.id)):
            each.joined_to = main.id
        _note(session, complaint, order, "joined", now, text=order.choice)

    return carry_out(session, "join", order, run, keyring=keyring, now=now)


def _main_of(session: Session, order: Order) -> Complaint:
    """Return the complaint that another one is joined to, both locked in the order of their ids."""
    find(session, order.number, officer=order.officer)
    pair = {order.number, order.choice or ""}
    found = {}
    if all(NUMBER.fullmatch(number) for number in pair):
        found = {
            each.number: each
            for each in session.scalars(
                select(Complaint)
                .where(Complaint.number.in_(sorted(pair)))
                .order_by(Complaint.id)
                .with_for_update()
            )
        }
    main = found.get(order.choice or "")
    if (
        main is None
        or main.number == order.number
        or main.joined_to is not None
        or State(main.state) not in OPEN_STATES
        or not works_for(session, order.officer, main.agency)
    ):
        raise InvalidRequest(fields={"main": ["There is no open complaint with this number."]})
    return main


def _note(
    session: Session, complaint: Complaint, order: Order, kind: str, now: datetime, *, text: str | None = None
) -> None:
    note(session, complaint, kind=kind, by="officer", officer_id=order.officer.id, text=text, now=now)
