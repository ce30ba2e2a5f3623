"""The tables of webhooks, and the queries on them."""

from datetime import datetime
from typing import Any

from gerai_shared.database import AwareDateTime, CountingKey, insert_into
from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from gerai_notifications.models import Base
from gerai_notifications.webhooks.rules import UNDER_WAY, DeliveryState, SubscriptionState


class Subscription(Base):
    """Another system that asked to be told.

    `event_types` are patterns with spaces between them; `agency` limits it to one agency's events. The
    secrets are sealed objects {secret}; the previous one signs beside the new until `previous_until`.
    `ready_at` is from when on it may be taken for sending: while a process sends to it the end of its lease,
    after failures (`failures` in a row) the end of the rest it is given.
    """

    __tablename__ = "webhook_subscriptions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    url: Mapped[str] = mapped_column(Text)
    event_types: Mapped[str] = mapped_column(Text)
    agency: Mapped[str | None] = mapped_column(String(40))
    secret: Mapped[str] = mapped_column(Text)
    previous_secret: Mapped[str | None] = mapped_column(Text)
    previous_until: Mapped[datetime | None] = mapped_column(AwareDateTime)
    state: Mapped[str] = mapped_column(String(10))
    paused_because: Mapped[str | None] = mapped_column(Text)
    failures: Mapped[int] = mapped_column(Integer)
    ready_at: Mapped[datetime] = mapped_column(AwareDateTime)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)


class Delivery(Base):
    """One event for one subscription: once, says its key. `body` is what is sent, and holds nobody's data.

    `next_attempt_at` is when it may be tried (again): while it is being sent the moment from which its sender
    counts as dead. After `expires_at` it is parked.
    """

    __tablename__ = "webhook_deliveries"

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("webhook_subscriptions.id", ondelete="CASCADE"))
    event_id: Mapped[str] = mapped_column(String(64))
    event_type: Mapped[str] = mapped_column(String(80))
    correlation_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    expires_at: Mapped[datetime] = mapped_column(AwareDateTime)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    delivered_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    last_status: Mapped[int | None] = mapped_column(Integer)
    last_error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("subscription_id", "event_id"),)


_under_way = Delivery.state.in_([state.value for state in UNDER_WAY])
Index(
    "ix_webhook_deliveries_under_way",
    Delivery.subscription_id,
    Delivery.next_attempt_at,
    postgresql_where=_under_way,
    sqlite_where=_under_way,
)
_parked = Delivery.state == DeliveryState.PARKED.value
# What is counted every few seconds, however much was delivered.
Index(
    "ix_webhook_deliveries_parked",
    Delivery.subscription_id,
    postgresql_where=_parked,
    sqlite_where=_parked,
)


def subscriptions(session: Session) -> list[Subscription]:
    """Return every subscription, by name."""
    return list(session.scalars(select(Subscription).order_by(Subscription.name)))


def find_subscription(session: Session, name: str, *, lock: bool = False) -> Subscription | None:
    """Return the subscription of a name."""
    query = select(Subscription).where(Subscription.name == name)
    return session.scalar(query.with_for_update(key_share=True) if lock else query)


def add_deliveries(session: Session, rows: list[dict[str, Any]]) -> bool:
    """Write deliveries, each unless there is one of its event for its subscription; tell whether any was.

    The table itself: the mapper would double the price of what is written for every event.
    """
    table = Delivery.__table__
    statement = (
        insert_into(session, table)
        .on_conflict_do_nothing(index_elements=[table.c.subscription_id, table.c.event_id])
        .returning(table.c.id)
    )
    return bool(session.scalars(statement, rows).all())


def claim_subscription(session: Session, *, now: datetime, lease_ends_at: datetime) -> str | None:
    """Take a subscription for which something is due, for this process alone until `lease_ends_at`.

    Returns its id; None when there is none. Whoever was served longest ago goes first. SKIP LOCKED: any
    number of processes work side by side.
    """
    due = exists().where(
        Delivery.subscription_id == Subscription.id, _under_way, Delivery.next_attempt_at <= now
    )
    found = session.scalar(
        select(Subscription)
        .where(Subscription.state == SubscriptionState.ACTIVE, Subscription.ready_at <= now, due)
        .order_by(Subscription.ready_at)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    if found is None:
        return None
    found.ready_at = lease_ends_at
    return found.id


def claim_delivery(
    session: Session, subscription_id: str, *, now: datetime, lease_ends_at: datetime
) -> tuple[Subscription, Delivery] | None:
    """Take the delivery of a subscription that is due longest, and renew the lease; None without one."""
    subscription = session.scalar(
        # Not against new deliveries, whose foreign key leads here: events do not wait for senders.
        select(Subscription).where(Subscription.id == subscription_id).with_for_update(key_share=True)
    )
    if subscription is None or subscription.state != SubscriptionState.ACTIVE:
        return None
    delivery = session.scalar(
        select(Delivery)
        .where(Delivery.subscription_id == subscription_id, _under_way, Delivery.next_attempt_at <= now)
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(1)
    )
    if delivery is None:
        return None
    delivery.state = DeliveryState.SENDING
    delivery.next_attempt_at = subscription.ready_at = lease_ends_at
    return subscription, delivery


def park_expired(session: Session, *, now: datetime) -> int:
    """Park what waited too long, whether it was ever tried or not; return how many."""
    statement = (
        update(Delivery)
        .where(_under_way, Delivery.expires_at <= now, Delivery.next_attempt_at <= now)
        .values(
            state=DeliveryState.PARKED,
            next_attempt_at=None,
            last_error=func.coalesce(Delivery.last_error, "not tried in time"),
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(statement).all())


def park_all(session: Session, subscription_id: str, *, reason: str) -> None:
    """Park everything that still waits for a subscription."""
    session.execute(
        update(Delivery)
        .where(Delivery.subscription_id == subscription_id, _under_way)
        .values(state=DeliveryState.PARKED, next_attempt_at=None, last_error=reason)
        .execution_options(synchronize_session=False)
    )


def replay(
    session: Session, subscription_id: str, *, delivery_id: int | None, now: datetime, expires_at: datetime
) -> int:
    """Have parked deliveries, or any one that is not under way, sent anew; return how many."""
    chosen = _parked if delivery_id is None else (Delivery.id == delivery_id) & ~_under_way
    statement = (
        update(Delivery)
        .where(Delivery.subscription_id == subscription_id, chosen)
        .values(
            state=DeliveryState.WAITING,
            attempts=0,
            next_attempt_at=now,
            expires_at=expires_at,
            delivered_at=None,
            last_status=None,
            last_error=None,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(statement).all())


def deliveries(
    session: Session, *, subscription_id: str | None, state: str | None, limit: int
) -> list[tuple[Delivery, str]]:
    """Return deliveries with the names of their subscriptions, the newest first."""
    query = select(Delivery, Subscription.name).join(
        Subscription, Subscription.id == Delivery.subscription_id
    )
    if subscription_id is not None:
        query = query.where(Delivery.subscription_id == subscription_id)
    if state is not None:
        query = query.where(Delivery.state == state)
    rows = session.execute(query.order_by(Delivery.id.desc()).limit(limit))
    return [(delivery, name) for delivery, name in rows]


def counts(session: Session) -> dict[tuple[str, str], int]:
    """Return how many deliveries there are, by subscription and state."""
    rows = session.execute(
        select(Delivery.subscription_id, Delivery.state, func.count()).group_by(
            Delivery.subscription_id, Delivery.state
        )
    )
    return {(subscription, state): count for subscription, state, count in rows}


def standing(session: Session) -> tuple[int, datetime | None, int]:
    """Return how many deliveries are under way, since when the oldest is, and how many are parked."""
    waiting, oldest = session.execute(
        select(func.count(), func.min(Delivery.created_at)).where(_under_way)
    ).one()
    parked = session.scalar(select(func.count()).where(_parked))
    return waiting, oldest, parked or 0


def settle(session: Session, delivery_id: int, **values: object) -> None:
    """Write the outcome of an attempt. What was delivered stays so, should a second sender come late."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state != DeliveryState.DELIVERED)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def delete_old(session: Session, *, before: datetime) -> None:
    """Delete deliveries from before a moment; what is under way stays."""
    session.execute(
        delete(Delivery)
        .where(Delivery.created_at < before, ~_under_way)
        .execution_options(synchronize_session=False)
    )
