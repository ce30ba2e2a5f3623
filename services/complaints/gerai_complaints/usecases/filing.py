"""A citizen files a complaint."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from gerai_shared import commands
from gerai_shared.clock import local_date
from gerai_shared.database import insert_into
from gerai_shared.ids import new_id
from gerai_shared.refusals import InvalidRequest
from sqlalchemy.orm import Session

from gerai_complaints.models import Agency, Complaint, NumberCounter, Person
from gerai_complaints.refusals import UnknownAgency
from gerai_complaints.rules.case import State
from gerai_complaints.rules.numbers import format_number
from gerai_complaints.shapes import Filed, Filing, Keyring
from gerai_complaints.usecases import audit
from gerai_complaints.usecases.attachments import CITIZEN, attach
from gerai_complaints.usecases.cases import announce, attach_visit, note, token_of
from gerai_complaints.usecases.escalating import begin_period
from gerai_complaints.usecases.places import THE_MALL, time_zone_of
from gerai_complaints.usecases.publishing import publish_later
from gerai_complaints.usecases.times import rule_in_force, set_first_steps

SCOPE = "complaints.file"


def file(
    session: Session,
    filing: Filing,
    *,
    key: str,
    body: dict[str, Any],
    agencies: tuple[str, ...],
    keyring: Keyring,
    now: datetime,
) -> Filed:
    """Receive a complaint and return its receipt; the same `key` again returns the same receipt.

    `body` is the request as it came, `agencies` those of the mall (empty when nobody told).
    Raises UnknownAgency, InvalidRequest, IdempotencyKeyReused, and what `attachments.attach` raises.
    """
    received: list[Complaint] = []

    def run() -> dict[str, Any]:
        placed = _where_it_happened(filing)
        if agencies and placed.agency not in (*agencies, THE_MALL.code):
            raise UnknownAgency
        # The receipt's token is not stored with the answer: a copy of the database opens nothing.
        received.append(_receive(session, placed, keyring=keyring, now=now))
        return {"id": received[0].id}

    # The facts are the agency's word, not the citizen's: when a request is repeated, the agency may be
    # back, or have called the ticket to another counter.
    sent = {name: value for name, value in body.items() if name != "ticket_facts"}
    answer = commands.once(session, scope=SCOPE, key=key, body=sent, now=now, run=run)
    complaint = received[0] if received else session.get_one(Complaint, answer["id"])
    return Filed(
        number=complaint.number,
        token=token_of(complaint, keyring),
        received_at=complaint.received_at,
        due_on=complaint.due_on,
        working_days=complaint.working_days,
        state=State.RECEIVED,
    )


def _where_it_happened(filing: Filing) -> Filing:
    """Return the filing about the place of its visit, whatever the form says."""
    facts = filing.ticket_facts
    if facts is None:
        return filing
    return replace(filing, agency=facts.agency, site=facts.site, service=facts.service)


def _receive(session: Session, filing: Filing, *, keyring: Keyring, now: datetime) -> Complaint:
    time_zone = time_zone_of(session, agency=filing.agency, site=filing.site)
    today = local_date(now, time_zone)
    if filing.occurred_on is not None and filing.occurred_on > today:
        raise InvalidRequest(fields={"occurred_on": ["This day is still to come."]})
    rule = rule_in_force(session, classification=filing.classification, agency=filing.agency, day=today)
    complaint = Complaint(
        id=new_id(),
        classification=filing.classification,
        title=filing.title,
        text=filing.text,
        agency=filing.agency,
        site=filing.site,
        service=filing.service,
        occurred_on=filing.occurred_on,
        anonymous=filing.anonymous,
        confidential=filing.confidential,
        language=filing.language,
        state=State.RECEIVED.value,
        revision=1,
        received_at=now,
        received_on=today,
        time_zone=time_zone,
        working_days=rule.working_days,
        due_basis=rule.basis,
        link_attempts=0,
        channel=str(filing.channel),
        received_by=filing.received_by,
    )
    begin_period(session, complaint, begins=today)
    set_first_steps(session, complaint)
    _link(complaint, filing, now)
    # Held by its name, so that the session still has it when the news is written.
    person = _person(complaint, filing, keyring)
    # As late as can be: all who file wait here for each other, until the one before has committed.
    complaint.number = _next_number(session, today.year)
    session.add(complaint)
    session.add(person)
    _remember_agency(session, filing.agency, now)
    audit.record(
        session,
        act=audit.FILED,
        by=audit.CITIZEN,
        content=audit.content_of_complaint(complaint),
        complaint=complaint,
        now=now,
    )
    session.flush()
    if filing.public is not None:
        publish_later(session, complaint, filing.public, now=now)
    attach(session, complaint, filing.attachments, by=CITIZEN, keyring=keyring, now=now)
    announce(session, complaint, "complaint.filed.v1", previous=None, keyring=keyring, now=now)
    if filing.claims_danger:
        note(session, complaint, kind="danger_claimed", by="citizen", now=now)
    return complaint


def _next_number(session: Session, year: int) -> str:
    """Take the next number of a year; the row stays locked until the commit, so that none is given twice."""
    statement = (
        insert_into(session, NumberCounter)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": NumberCounter.last + 1})
        .returning(NumberCounter.last)
    )
    return format_number(year, session.execute(statement).scalar_one())


def _link(complaint: Complaint, filing: Filing, now: datetime) -> None:
    if filing.ticket_facts is not None:
        attach_visit(complaint, filing.ticket_facts)
    elif filing.ticket_token is not None:
        complaint.link_at = now


def _person(complaint: Complaint, filing: Filing, keyring: Keyring) -> Person:
    person, seal = filing.person, keyring.sealer.seal
    # What is not kept cannot be told to anybody; an address alone is enough for sending the answer.
    name = None if filing.anonymous else person.name
    awaited = filing.ticket_token if complaint.link_at is not None else None
    return Person(
        complaint_id=complaint.id,
        contact=seal({"name": name, "email": person.email, "phone": person.phone}),
        reachable=person.reachable,
        proxy=seal(asdict(filing.proxy)) if filing.proxy else None,
        ticket_token=seal({"token": awaited}) if awaited else None,
    )


def _remember_agency(session: Session, agency: str, now: datetime) -> None:
    """Note an agency whose names are to be asked for."""
    if agency != THE_MALL.code:
        session.execute(insert_into(session, Agency).values(code=agency, ask_at=now).on_conflict_do_nothing())
