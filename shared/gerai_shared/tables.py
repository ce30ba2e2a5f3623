"""The tables that every deployment's database has beside its own: outbox, inbox, parking, commands."""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from gerai_shared.database import CountingKey
from gerai_shared.times import AwareDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)

#: Events that happened; the relay publishes them. Written in the transaction of the change itself.
outbox = Table(
    "outbox",
    metadata,
    Column("position", CountingKey, primary_key=True, autoincrement=True),
    Column("event_id", String(36), nullable=False, unique=True),
    Column("type", String(80), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("stream", String(160), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", AwareDateTime, nullable=False),
    Column("sequence", CountingKey, nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", AwareDateTime, nullable=True),
    Column("last_error", Text, nullable=True),
    Column("sent_at", AwareDateTime, nullable=True),
)
Index(
    "ix_outbox_unsent",
    outbox.c.position,
    postgresql_where=outbox.c.sent_at.is_(None),
    sqlite_where=outbox.c.sent_at.is_(None),
)
Index("ix_outbox_sent_at", outbox.c.sent_at)

#: The last sequence number given out in each stream (`<agency>/<site>`).
streams = Table(
    "streams",
    metadata,
    Column("stream", String(160), primary_key=True),
    Column("last_sequence", CountingKey, nullable=False),
)

#: Events whose effect has happened here, once for each consumer.
inbox = Table(
    "inbox",
    metadata,
    Column("consumer", String(100), primary_key=True),
    Column("event_id", String(64), primary_key=True),
    Column("received_at", AwareDateTime, nullable=False, index=True),
)

#: Messages whose handling failed: `retrying` until their attempts are used up, then `parked`.
failed_messages = Table(
    "failed_messages",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("consumer", String(100), nullable=False),
    Column("event_id", String(64), nullable=True),
    Column("type", String(80), nullable=True),
    Column("content_type", String(100), nullable=True),
    Column("raw", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("next_attempt_at", AwareDateTime, nullable=True),
    Column("first_failed_at", AwareDateTime, nullable=False),
    Column("last_failed_at", AwareDateTime, nullable=False),
    Index("uq_failed_messages_consumer_event_id", "consumer", "event_id", unique=True),
    Index("ix_failed_messages_state_next_attempt_at", "state", "next_attempt_at"),
)

#: Commands that were carried out, by idempotency key, with the answer they got.
commands = Table(
    "commands",
    metadata,
    Column("scope", String(100), primary_key=True),
    Column("key", String(100), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("response", Text, nullable=True),
    Column("created_at", AwareDateTime, nullable=False, index=True),
)
