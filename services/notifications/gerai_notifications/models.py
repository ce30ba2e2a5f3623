"""The tables of messages and of the demonstration mailbox, and the queries on them."""

from datetime import datetime

from gerai_shared.database import AwareDateTime, insert_into
from gerai_shared.tables import NAMING
from sqlalchemy import (
    ColumnElement,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from gerai_notifications.rules import WAITING_STATES, MessageState


class Base(DeclarativeBase):
    """The service's tables."""

    metadata = MetaData(naming_convention=NAMING)


class Message(Base):
    """One message for one cause. Whom it goes to and what it says are sealed.

    `next_attempt_at` is when it may be taken (again): for a message being sent, the moment from
    which its sender counts as dead. `message_id` is the header that a repeat carries again.
    """

    __tablename__ = "messages"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64))
    template: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(100), index=True)
    correlation_id: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2))
    channel: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str | None] = mapped_column(Text)
    content: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(AwareDateTime)
    message_id: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("event_id", "template"),)


_waiting = Message.state.in_([state.value for state in WAITING_STATES])
Index(
    "ix_messages_waiting",
    Message.valid_until,
    Message.next_attempt_at,
    postgresql_where=_waiting,
    sqlite_where=_waiting,
)


class MailboxMail(Base):
    """A mail that the demonstration mailbox got; its MIME form is sealed. `id` is the message's."""

    __tablename__ = "mailbox"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    mail: Mapped[str] = mapped_column(Text)


def add_message(session: Session, message: Message) -> bool:
    """Write a message unless one for the same cause stands there; tell whether it was written."""
    # The table itself, and the values beside the statement: the mapper would double the price of a line
    # that is written for every event.
    table = Message.__table__
    values = {column.key: getattr(message, column.key) for column in table.columns}
    statement = (
        insert_into(session, table)
        .on_conflict_do_nothing(index_elements=[table.c.event_id, table.c.template])
        .returning(table.c.id)
    )
    return session.scalar(statement, values) is not None


def claim_message(session: Session, *, now: datetime, lease_ends_at: datetime) -> Message | None:
    """Take the most urgent message that is due, for this sender alone until `lease_ends_at`.

    What expires first goes first. SKIP LOCKED: any number of senders work side by side.
    """
    message = session.scalar(
        select(Message)
        .where(_due(now), or_(Message.valid_until.is_(None), Message.valid_until > now))
        .order_by(Message.valid_until.asc().nulls_last(), Message.next_attempt_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if message is not None:
        message.state = MessageState.SENDING
        message.next_attempt_at = lease_ends_at
    return message


def is_message_due(session: Session, *, now: datetime) -> bool:
    """Tell whether a message waits for a sender."""
    return session.scalar(select(Message.id).where(_due(now)).limit(1)) is not None


def expire_messages(session: Session, *, now: datetime) -> int:
    """Drop messages whose time is over and that nobody is sending; return how many."""
    statement = (
        update(Message)
        .where(_due(now), Message.valid_until <= now)
        .values(state=MessageState.EXPIRED, next_attempt_at=None)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(statement).all())


def note_outage(session: Session, *, reason: str, now: datetime) -> None:
    """Mark what is due as put off because of `reason`. Nothing is counted against the messages."""
    session.execute(
        update(Message)
        .where(_due(now), Message.state != MessageState.SENDING)
        .values(state=MessageState.TEMPORARY_FAILURE, last_error=reason)
        .execution_options(synchronize_session=False)
    )


def count_waiting(session: Session) -> tuple[int, datetime | None]:
    """Return how many messages wait, and since when the oldest does."""
    count, oldest = session.execute(select(func.count(), func.min(Message.created_at)).where(_waiting)).one()
    return count, oldest


def delete_old_messages(session: Session, *, before: datetime) -> None:
    """Delete messages and mailbox contents from before a moment; what still waits stays."""
    session.execute(
        delete(Message)
        .where(Message.created_at < before, ~_waiting)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(MailboxMail)
        .where(MailboxMail.received_at < before)
        .execution_options(synchronize_session=False)
    )


def delete_messages_about(session: Session, subject: str) -> None:
    """Delete every message that is about `subject`, and the mailbox's copies of them."""
    theirs = select(Message.id).where(Message.subject == subject)
    for statement in (
        delete(MailboxMail).where(MailboxMail.id.in_(theirs)),
        delete(Message).where(Message.subject == subject),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(_waiting, Message.next_attempt_at <= now)


def put_into_mailbox(session: Session, *, message_id: str, mail: str, now: datetime) -> None:
    """Keep a sealed mail; the same message again changes nothing."""
    session.execute(
        insert_into(session, MailboxMail)
        .values(id=message_id, received_at=now, mail=mail)
        .on_conflict_do_nothing(index_elements=[MailboxMail.id])
    )


def list_mailbox(session: Session, *, limit: int, offset: int) -> list[MailboxMail]:
    """Return mails, the newest first."""
    query = select(MailboxMail).order_by(MailboxMail.received_at.desc(), MailboxMail.id.desc())
    return list(session.scalars(query.limit(limit).offset(offset)))


def find_mail(session: Session, message_id: str) -> MailboxMail | None:
    """Return one mail of the mailbox."""
    return session.get(MailboxMail, message_id)
