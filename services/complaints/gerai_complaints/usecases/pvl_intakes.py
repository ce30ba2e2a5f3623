"""People who are received on the spot: a complaint is filed, a consultation is advised and closed (S0-1).

A tablet sends again what it has no answer to: what it sends is written down once for its key, for ever.
"""

from datetime import datetime
from typing import Any

from gerai_shared import accounts, commands
from gerai_shared.accounts import Officer
from gerai_shared.ids import new_id
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, PvlConsultation, PvlEvent, PvlIntake
from gerai_complaints.pvl_refusals import NotOnTeam, UnknownConsultation
from gerai_complaints.pvl_shapes import Advice, EventView, Intake, IntakeLine, IntakeReceipt
from gerai_complaints.refusals import UnknownAgency
from gerai_complaints.rules.case import Classification
from gerai_complaints.rules.channels import Channel
from gerai_complaints.rules.pvl import EventState, IntakeKind
from gerai_complaints.shapes import Contact, Filing, Keyring
from gerai_complaints.usecases import filing
from gerai_complaints.usecases.cases import note, token_of
from gerai_complaints.usecases.places import THE_MALL, Names, names, time_zone_of
from gerai_complaints.usecases.pvl_events import find, intake_of, is_on_team, line_of, team_of
from gerai_complaints.usecases.reading import own_cases

SCOPE = "pvl.intake"
#: The kind of the entry in a complaint's history.
ON_THE_SPOT = "on_the_spot"


def view(session: Session, event_id: str, *, officer: Officer, keyring: Keyring) -> EventView:
    """Return an event with who was received there. Raises UnknownEvent.

    What was said in a consultation is read by the team and the supervisors alone.
    """
    event = find(session, event_id, officer=officer)
    known, may_work = names(session), is_on_team(session, event_id, officer)
    return EventView(
        line=line_of(event, known, intake_of(session, [event_id])),
        time_zone=time_zone_of(session, agency=event.agency, site=event.site),
        team=team_of(session, event_id),
        intake=_lines(session, event_id, known, officer, keyring if may_work else None),
        may_work=may_work,
        may_change=officer.is_supervisor,
    )


def _lines(
    session: Session, event_id: str, known: Names, officer: Officer, keyring: Keyring | None
) -> tuple[IntakeLine, ...]:
    officers = accounts.officers.c
    is_theirs = and_(Complaint.id == PvlIntake.complaint_id, own_cases(session, officer))
    rows = session.execute(
        select(PvlIntake, PvlConsultation, Complaint.number, officers.name)
        .join(accounts.officers, officers.id == PvlIntake.officer_id)
        .outerjoin(PvlConsultation, PvlConsultation.intake_id == PvlIntake.id)
        .outerjoin(Complaint, is_theirs)
        .where(PvlIntake.event_id == event_id)
        .order_by(PvlIntake.taken_at.desc(), PvlIntake.id)
    )
    return tuple(
        IntakeLine(
            id=intake.id,
            kind=intake.kind,
            local_number=intake.local_number,
            officer=name,
            taken_at=intake.taken_at,
            number=number,
            consultation=_advice(consultation, known, keyring) if consultation and keyring else None,
        )
        for intake, consultation, number, name in rows
    )


def _advice(row: PvlConsultation, known: Names, keyring: Keyring) -> Advice:
    return Advice(
        title=row.title,
        question=row.question,
        advice=row.advice,
        legal_basis=row.legal_basis,
        agency=known.agency(row.agency),
        name=None if row.anonymous else Contact(**keyring.sealer.unseal(row.contact)).name,
        confidential=row.confidential,
        language=row.language,
    )


def take_in(
    session: Session,
    event_id: str,
    intake: Intake,
    *,
    officer: Officer,
    key: str,
    body: dict[str, Any],
    agencies: tuple[str, ...],
    keyring: Keyring,
    now: datetime,
) -> IntakeReceipt:
    """Write down who was received, and return the receipt; the same `key` again returns the same receipt.

    `body` is the request as it came. An event at which somebody is received was held, whatever was written
    down of it. Raises UnknownEvent, NotOnTeam, UnknownAgency, InvalidRequest, IdempotencyKeyReused.
    """
    event = find(session, event_id, officer=officer, locked=True)
    if not is_on_team(session, event_id, officer):
        raise NotOnTeam

    def run() -> dict[str, Any]:
        # Commands are forgotten after a month; a tablet may have lain in a drawer for longer.
        known = session.scalar(select(PvlIntake).where(PvlIntake.key == key))
        if known is None:
            known = _write(session, event, intake, officer, key, agencies=agencies, keyring=keyring, now=now)
        return {"id": known.id}

    sent = {"event": event_id, **body}
    answer = commands.once(session, scope=SCOPE, key=key, body=sent, now=now, run=run)
    return _receipt(session, session.get_one(PvlIntake, answer["id"]), keyring)


def _write(
    session: Session,
    event: PvlEvent,
    intake: Intake,
    officer: Officer,
    key: str,
    *,
    agencies: tuple[str, ...],
    keyring: Keyring,
    now: datetime,
) -> PvlIntake:
    row = PvlIntake(
        id=new_id(),
        event_id=event.id,
        key=key,
        kind=intake.kind,
        local_number=intake.local_number,
        officer_id=officer.id,
        # A tablet's clock may run ahead of ours; nobody was received in the future.
        taken_at=min(intake.taken_at, now),
        received_at=now,
    )
    if intake.kind == IntakeKind.COMPLAINT:
        wanted = _filing(event, intake, officer)
        row.complaint_id = _file(session, wanted, row.id, agencies=agencies, keyring=keyring, now=now)
        session.add(row)
    else:
        if agencies and intake.agency not in (*agencies, THE_MALL.code):
            raise UnknownAgency
        session.add(row)
        session.flush()
        session.add(_consultation(row, intake, keyring))
    event.state, event.reason = EventState.HELD.value, None
    session.flush()
    return row


def _filing(event: PvlEvent, intake: Intake, officer: Officer) -> Filing:
    return Filing(
        classification=intake.classification or Classification.COMPLAINT.value,
        title=intake.title,
        text=intake.text,
        agency=intake.agency,
        site=event.site,
        service=intake.service,
        occurred_on=intake.occurred_on,
        anonymous=intake.anonymous,
        confidential=intake.confidential,
        language=intake.language,
        person=intake.person,
        channel=Channel.ON_THE_SPOT,
        received_by=officer.id,
    )


def _file(
    session: Session,
    wanted: Filing,
    intake_id: str,
    *,
    agencies: tuple[str, ...],
    keyring: Keyring,
    now: datetime,
) -> str:
    """File a complaint and return its id; its history says where it came from."""
    filed = filing.file(
        session,
        wanted,
        key=f"{SCOPE}.{intake_id}",
        body={"intake": intake_id},
        agencies=agencies,
        keyring=keyring,
        now=now,
    )
    complaint = session.scalars(select(Complaint).where(Complaint.number == filed.number)).one()
    # By nobody in particular: who wrote it down for somebody does not read the case for that.
    note(session, complaint, kind=ON_THE_SPOT, by="system", now=now)
    return complaint.id


def _consultation(row: PvlIntake, intake: Intake, keyring: Keyring) -> PvlConsultation:
    person = intake.person
    name = None if intake.anonymous else person.name
    return PvlConsultation(
        intake_id=row.id,
        title=intake.title,
        question=intake.text,
        advice=intake.advice,
        legal_basis=intake.legal_basis,
        agency=intake.agency,
        service=intake.service,
        anonymous=intake.anonymous,
        confidential=intake.confidential,
        language=intake.language,
        contact=keyring.sealer.seal({"name": name, "email": person.email, "phone": person.phone}),
    )


def _receipt(session: Session, intake: PvlIntake, keyring: Keyring) -> IntakeReceipt:
    complaint = session.get(Complaint, intake.complaint_id) if intake.complaint_id else None
    return IntakeReceipt(
        kind=intake.kind,
        local_number=intake.local_number,
        officer=accounts.name_of(session, intake.officer_id) or "",
        taken_at=intake.taken_at,
        received_at=intake.received_at,
        number=complaint.number if complaint else None,
        token=token_of(complaint, keyring) if complaint else None,
        due_on=complaint.due_on if complaint else None,
    )


def carry_over(
    session: Session,
    event_id: str,
    intake_id: str,
    *,
    officer: Officer,
    agencies: tuple[str, ...],
    keyring: Keyring,
    now: datetime,
) -> IntakeReceipt:
    """Make a complaint of a consultation and return its receipt; doing it again files nothing more.

    Raises UnknownEvent, NotOnTeam, UnknownConsultation, UnknownAgency.
    """
    event = find(session, event_id, officer=officer)
    if not is_on_team(session, event_id, officer):
        raise NotOnTeam
    intake = session.scalar(
        select(PvlIntake).where(PvlIntake.id == intake_id, PvlIntake.event_id == event_id).with_for_update()
    )
    asked = session.get(PvlConsultation, intake_id) if intake else None
    if intake is None or asked is None:
        raise UnknownConsultation
    if intake.complaint_id is None:
        wanted = Filing(
            classification=Classification.COMPLAINT.value,
            title=asked.title,
            text=asked.question,
            agency=asked.agency,
            site=event.site,
            service=asked.service,
            anonymous=asked.anonymous,
            confidential=asked.confidential,
            language=asked.language,
            person=Contact(**keyring.sealer.unseal(asked.contact)),
            channel=Channel.ON_THE_SPOT,
            received_by=officer.id,
        )
        intake.complaint_id = _file(session, wanted, intake.id, agencies=agencies, keyring=keyring, now=now)
        session.flush()
    return _receipt(session, intake, keyring)
