"""What is done with messages: written when something happened, taken, settled. One transaction each."""

from datetime import datetime
from typing import Any, Protocol

from gerai_shared.database import ANNOUNCES
from gerai_shared.events.envelope import Event
from gerai_shared.ids import new_id
from gerai_shared.sealing import Sealer
from sqlalchemy import update
from sqlalchemy.orm import Session

from gerai_notifications import rules
from gerai_notifications.mail import message_id_of
from gerai_notifications.models import Message, add_message, claim_message, delete_messages_about
from gerai_notifications.rules import LEASE, MOST_ATTEMPTS, MessageState
from gerai_notifications.schemas import Contact, ContactSchema
from gerai_notifications.writing import Letter, Writer, appointment_end


class Addressing(Protocol):
    """What a use case has to know of a channel."""

    name: str

    def address_of(self, contact: Contact) -> str | None:
        """Return the address of `contact`, None when there is none."""


def tell_citizen(
    session: Session,
    *,
    event: Event,
    channel: Addressing,
    writer: Writer,
    sealer: Sealer,
    mail_from: str,
    now: datetime,
) -> None:
    """Write the message that `event` causes; whoever left no address gets a row that says so.

    Raises BrokenSeal when contact or token were sealed with a key that is not ours.
    """
    cause = rules.CAUSES[event.type]
    contact = _contact(event, sealer)
    address = channel.address_of(contact) if contact else None
    identifier = new_id()
    message = Message(
        id=identifier,
        event_id=event.id,
        template=cause.template,
        subject=event.subject,
        correlation_id=event.correlation_id,
        language=event.data["language"],
        channel=channel.name,
        state=MessageState.NO_CHANNEL,
        attempts=0,
        valid_until=rules.valid_until(
            cause.template,
            happened_at=event.time,
            appointment_ends_at=appointment_end(event),
            offer_ends_at=event.data.get("offer_ends"),
        ),
        message_id=message_id_of(identifier, mail_from, about=_complaint_of(event)),
        created_at=now,
    )
    if contact is not None and address is not None:
        token = str(sealer.unseal(event.data["sealed_token"])["token"])
        letter = writer.write(event, name=contact.name, token=token)
        message.recipient = sealer.seal({"name": contact.name, "address": address})
        message.content = sealer.seal(letter.to_json())
        message.state = MessageState.CREATED
        message.next_attempt_at = now
    if add_message(session, message):
        # Wakes the sender of this process after the commit.
        session.info[ANNOUNCES] = True


def _complaint_of(event: Event) -> str:
    """Return the id of the complaint that an event is about, '' for all others and whatever is no id."""
    is_one = rules.is_about_complaint(rules.CAUSES[event.type].template)
    return event.subject if is_one and rules.COMPLAINT_ID.fullmatch(event.subject) else ""


def reply_to(message: Message, complaints_mail: str) -> str:
    """Return the address that reads answers to a message: of those about complaints `complaints_mail`."""
    return complaints_mail if rules.is_about_complaint(message.template) else ""


def _contact(event: Event, sealer: Sealer) -> Contact | None:
    sealed = event.data["recipient"]
    if sealed is None:
        return None
    contact: Contact = ContactSchema().load(sealer.unseal(sealed))
    return contact


def forget_messages(session: Session, *, about: str) -> None:
    """Erase the messages about one complaint, sent or waiting, and their copies in the mailbox.

    One that is just being sent goes out; its sender then finds nothing to write an outcome to.
    """
    delete_messages_about(session, about)


def take_message(session: Session, *, now: datetime) -> Message | None:
    """Take the next message for sending; nobody else does so until the lease is over.

    The caller commits before it hands the message over: should it die in between, the message is
    sent again after the lease, with the same Message-ID.
    """
    return claim_message(session, now=now, lease_ends_at=now + LEASE)


def record_delivered(session: Session, *, identifier: str, now: datetime) -> None:
    """Record that the other side has taken the message."""
    _settle(session, identifier, state=MessageState.DELIVERED, sent_at=now)


def record_rejected(session: Session, *, identifier: str, attempts: int, reason: str) -> None:
    """Record that the other side will never take the message. `reason` names nobody."""
    _settle(session, identifier, state=MessageState.PERMANENT_FAILURE, attempts=attempts, reason=reason)


def record_put_off(
    session: Session, *, identifier: str, attempts: int, reason: str, chance: float, now: datetime
) -> None:
    """Have the message tried again later, or give it up after its last attempt.

    `attempts` counts this one; `chance` in [0, 1) spreads the next ones.
    """
    if attempts >= MOST_ATTEMPTS:
        record_rejected(session, identifier=identifier, attempts=attempts, reason=reason)
        return
    _settle(
        session,
        identifier,
        state=MessageState.TEMPORARY_FAILURE,
        attempts=attempts,
        next_attempt_at=now + rules.wait_after(attempts, chance=chance),
        reason=reason,
    )


def _settle(
    session: Session,
    identifier: str,
    *,
    state: MessageState,
    next_attempt_at: datetime | None = None,
    reason: str | None = None,
    **values: Any,
) -> None:
    """Write the outcome of an attempt. What was delivered stays so, should a second sender come late."""
    session.execute(
        update(Message)
        .where(Message.id == identifier, Message.state != MessageState.DELIVERED)
        .values(state=state, next_attempt_at=next_attempt_at, last_error=reason, **values)
        .execution_options(synchronize_session=False)
    )


def letter_of(message: Message, sealer: Sealer) -> tuple[str, str, Letter]:
    """Return name, address and letter of a message. Raises BrokenSeal."""
    recipient = sealer.unseal(message.recipient or "")
    return recipient["name"], recipient["address"], Letter.from_json(sealer.unseal(message.content or ""))
