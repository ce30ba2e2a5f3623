"""A mail comes in: it becomes a complaint, or a message on one that its writer has, or it is refused."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gerai_shared.borders import load
from gerai_shared.database import insert_into
from gerai_shared.refusals import InvalidRequest
from gerai_shared.sealing import keyed_hash
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, MailIn, Person
from gerai_complaints.rules.case import Classification
from gerai_complaints.rules.channels import Channel
from gerai_complaints.rules.mail import Mail
from gerai_complaints.rules.mail_text import language_of, shortened
from gerai_complaints.schemas.complaints import FileSchema
from gerai_complaints.schemas.fields import LONGEST_NAME, LONGEST_TEXT, LONGEST_TITLE
from gerai_complaints.shapes import Keyring
from gerai_complaints.usecases.cases import contact_of, note
from gerai_complaints.usecases.filing import file
from gerai_complaints.usecases.places import THE_MALL

FILED, COMMENT, REFUSED, REPEAT = "filed", "comment", "refused", "repeat"
#: What one address may send within a day; whoever is ill-used by a loop sends more.
MOST_A_DAY = 10
DAY = timedelta(days=1)
#: For how long a mail is recognised: longer than any server tries to send it.
KEPT = timedelta(days=90)
#: What is added to a text, in its language.
NOT_TAKEN_OVER = {"id": "Lampiran tidak ikut disimpan: ", "en": "Attachments were not taken over: "}
CUT_OFF = {"id": "\n[pesan dipotong di sini]", "en": "\n[the message was cut off here]"}
NO_SUBJECT = {"id": "Pengaduan lewat surel", "en": "Complaint by e-mail"}


@dataclass(frozen=True, kw_only=True)
class Received:
    """What became of a mail: FILED or COMMENT with the complaint's number, REFUSED with a reason, REPEAT."""

    outcome: str
    reason: str = ""
    number: str = ""


def receive(
    session: Session,
    mail: Mail,
    *,
    raw: bytes,
    own_addresses: frozenset[str],
    agencies: tuple[str, ...],
    keyring: Keyring,
    now: datetime,
) -> Received:
    """Take a mail once. `own_addresses` are those that the mall itself writes from.

    Nothing here answers a mail: who files gets the receipt that everybody gets, all others get nothing.
    """
    identifier = _identifier(mail, raw)
    sender = keyed_hash(keyring.secret, mail.address)
    if not _is_new(session, identifier, sender=sender, now=now):
        return Received(outcome=REPEAT)
    received = _received(
        session,
        mail,
        key=f"mail-{identifier}",
        reason=_reason_against(session, mail, sender=sender, own_addresses=own_addresses, now=now),
        agencies=agencies,
        keyring=keyring,
        now=now,
    )
    complaint_id = session.scalar(select(Complaint.id).where(Complaint.number == received.number))
    session.execute(
        update(MailIn)
        .where(MailIn.id == identifier)
        .values(outcome=received.outcome, reason=received.reason or None, complaint_id=complaint_id)
    )
    session.execute(delete(MailIn).where(MailIn.received_at < now - KEPT))
    return received


def note_unreadable(session: Session, raw: bytes, *, reason: str, now: datetime) -> None:
    """Record a mail that nobody can be answered for."""
    session.execute(
        insert_into(session, MailIn)
        .values(
            id=hashlib.sha256(raw).hexdigest(), received_at=now, sender="", outcome=REFUSED, reason=reason
        )
        .on_conflict_do_nothing(index_elements=[MailIn.id])
    )


def _identifier(mail: Mail, raw: bytes) -> str:
    """Return what recognises a repeat: by the Message-ID and who wrote it, without one by all of it."""
    named = f"{mail.message_id}\n{mail.address}".encode() if mail.message_id else raw
    return hashlib.sha256(named).hexdigest()


def _is_new(session: Session, identifier: str, *, sender: str, now: datetime) -> bool:
    """Claim a mail for this transaction; a second delivery at the same moment waits here for the first."""
    statement = (
        insert_into(session, MailIn)
        .values(id=identifier, received_at=now, sender=sender, outcome=REFUSED)
        .on_conflict_do_nothing(index_elements=[MailIn.id])
        .returning(MailIn.id)
    )
    return session.scalar(statement) is not None


def _reason_against(
    session: Session, mail: Mail, *, sender: str, own_addresses: frozenset[str], now: datetime
) -> str:
    """Return why a mail is not taken, '' when nothing speaks against it."""
    if mail.not_from_a_person:
        return mail.not_from_a_person
    if mail.address in own_addresses:
        return "own"
    if not mail.text and not mail.subject:
        return "no_text"
    taken = session.scalar(
        select(func.count())
        .select_from(MailIn)
        .where(MailIn.sender == sender, MailIn.received_at > now - DAY, MailIn.outcome.in_((FILED, COMMENT)))
    )
    return "too_many" if (taken or 0) >= MOST_A_DAY else ""


def _received(
    session: Session,
    mail: Mail,
    *,
    key: str,
    reason: str,
    agencies: tuple[str, ...],
    keyring: Keyring,
    now: datetime,
) -> Received:
    if reason:
        return Received(outcome=REFUSED, reason=reason)
    answered = _answered(session, mail, keyring)
    if answered is not None:
        # Only a word more: the state, the revision and the clock stay as they are.
        text = _text(mail, answered.language)
        note(session, answered, kind="message", by="citizen", text=text, now=now)
        return Received(outcome=COMMENT, number=answered.number)
    body = _body(mail, agencies)
    try:
        filing = replace(load(FileSchema(), body), channel=Channel.EMAIL)
    except InvalidRequest:
        # An address that no answer could go to.
        return Received(outcome=REFUSED, reason="no_sender")
    filed = file(session, filing, key=key, body=body, agencies=agencies, keyring=keyring, now=now)
    return Received(outcome=FILED, number=filed.number)


def _answered(session: Session, mail: Mail, keyring: Keyring) -> Complaint | None:
    """Return the complaint that a mail answers a mail about; None when it is not its writer's own.

    The id was only ever told in a mail to the complainant, and whoever writes has to have their address.
    """
    for identifier in mail.about:
        complaint, person = session.get(Complaint, identifier), session.get(Person, identifier)
        if complaint is not None and person is not None:
            address = contact_of(person, keyring).email
            if address is not None and address.strip().lower() == mail.address:
                return complaint
    return None


def _body(mail: Mail, agencies: tuple[str, ...]) -> dict[str, Any]:
    """Return the request that a mail stands for."""
    language = language_of(f"{mail.subject}\n{mail.text}")
    return {
        "classification": Classification.COMPLAINT.value,
        "title": shortened(mail.subject or NO_SUBJECT[language], LONGEST_TITLE),
        "text": _text(mail, language),
        "agency": _agency(mail, agencies),
        "anonymous": False,
        "confidential": False,
        "language": language,
        "person": {
            "name": shortened(mail.name or mail.address.partition("@")[0], LONGEST_NAME),
            "email": mail.address,
        },
    }


def _text(mail: Mail, language: str) -> str:
    text = mail.text or mail.subject
    names = ", ".join(shortened(name, 80) for name in mail.attachments)
    ending = f"\n\n[{NOT_TAKEN_OVER[language]}{names}]" if names else ""
    return shortened(text, LONGEST_TEXT - len(ending), ending=CUT_OFF[language]) + ending


def _agency(mail: Mail, agencies: tuple[str, ...]) -> str:
    """Return the agency named in the address it was sent to (pengaduan+immigration@), else the mall."""
    for address in mail.recipients:
        named = address.partition("@")[0].partition("+")[2]
        if named in agencies:
            return named
    return THE_MALL.code
