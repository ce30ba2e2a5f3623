"""What is done with subscriptions and deliveries. One transaction each."""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gerai_shared.database import ANNOUNCES
from gerai_shared.events.catalogue import REGISTRY
from gerai_shared.events.envelope import Event, to_wire
from gerai_shared.ids import new_id
from gerai_shared.sealing import Sealer
from sqlalchemy.orm import Session

from gerai_notifications.rules import CAUSES
from gerai_notifications.webhooks import models, rules
from gerai_notifications.webhooks.models import Subscription
from gerai_notifications.webhooks.rules import DeliveryState, SubscriptionState

GONE = 410
#: The subscriptions that a transaction has read.
KNOWN = "webhook_subscriptions"


class NotDone(Exception):
    """Why an order was not carried out, as the operator is told."""


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A delivery opened for its way. `secrets` sign it, the newest first."""

    delivery_id: int
    subscription_id: str
    subscription: str
    event_id: str
    event_type: str
    correlation_id: str
    url: str
    body: bytes
    secrets: tuple[str, ...]
    attempts: int
    failures: int
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended: delivered, or why not. `rest_asked` are the seconds the receiver asked for."""

    delivered: bool
    status: int | None = None
    reason: str = ""
    rest_asked: float | None = None


def queue(session: Session, event: Event, *, now: datetime) -> None:
    """Write a delivery of `event` for each subscription that asked for it, paused ones too."""
    if KNOWN not in session.info:
        # Once for all events of a transaction.
        session.info[KNOWN] = models.subscriptions(session)
    wanted = [
        each
        for each in session.info[KNOWN]
        if rules.matches(each.event_types.split(), event.type) and each.agency in (None, event.agency)
    ]
    if not wanted:
        return
    wire = to_wire(replace(event, data=REGISTRY.dump(event.type, event.data)))
    body = json.dumps(rules.shown(wire), separators=(",", ":"), ensure_ascii=False)
    rows = [
        {
            "subscription_id": subscription.id,
            "event_id": event.id,
            "event_type": event.type,
            "correlation_id": event.correlation_id,
            "body": body,
            "state": DeliveryState.WAITING.value,
            "attempts": 0,
            "next_attempt_at": now,
            "expires_at": now + rules.WORTH_SENDING,
            "created_at": now,
        }
        for subscription in wanted
    ]
    if models.add_deliveries(session, rows):
        # Wakes the senders of this process after the commit.
        session.info[ANNOUNCES] = True


def subscribe(
    session: Session,
    *,
    name: str,
    url: str,
    event_types: list[str],
    agency: str | None,
    sealer: Sealer,
    production: bool,
    now: datetime,
) -> str:
    """Add a subscription and return its secret, which is shown this once. Raises NotDone, UnusableUrl."""
    rules.check_url(url, production=production)
    unheard = rules.unheard(event_types, CAUSES)
    if unheard or not event_types:
        raise NotDone(f"no event is ever of the type {', '.join(unheard) or 'that was not given'}")
    if models.find_subscription(session, name) is not None:
        raise NotDone(f"there is a subscription {name} already")
    secret = _new_secret()
    session.add(
        Subscription(
            id=new_id(),
            name=name,
            url=url,
            event_types=" ".join(dict.fromkeys(event_types)),
            agency=agency,
            secret=sealer.seal({"secret": secret}),
            state=SubscriptionState.ACTIVE,
            failures=0,
            ready_at=now,
            created_at=now,
        )
    )
    return secret


def rotate(session: Session, name: str, *, sealer: Sealer, overlap: timedelta, now: datetime) -> str:
    """Give a subscription a new secret and return it; the old one signs, too, for `overlap`."""
    subscription = _known(session, name)
    secret = _new_secret()
    subscription.previous_secret = subscription.secret if overlap else None
    subscription.previous_until = now + overlap if overlap else None
    subscription.secret = sealer.seal({"secret": secret})
    return secret


def pause(session: Session, name: str, *, reason: str) -> None:
    """Send nothing to a subscription until it is resumed; what happens meanwhile waits."""
    subscription = _known(session, name)
    subscription.state, subscription.paused_because = SubscriptionState.PAUSED, reason


def resume(session: Session, name: str, *, now: datetime) -> None:
    """Send to a subscription (again), at once."""
    subscription = _known(session, name)
    subscription.state, subscription.paused_because = SubscriptionState.ACTIVE, None
    subscription.failures, subscription.ready_at = 0, now


def remove(session: Session, name: str) -> None:
    """Forget a subscription and its deliveries."""
    session.delete(_known(session, name))


def replay(session: Session, name: str, *, delivery_id: int | None, now: datetime) -> int:
    """Send one delivery, or with None every parked one, anew with all its attempts; return how many."""
    subscription = _known(session, name)
    return models.replay(
        session,
        subscription.id,
        delivery_id=delivery_id,
        now=now,
        expires_at=now + rules.WORTH_SENDING,
    )


def _known(session: Session, name: str) -> Subscription:
    subscription = models.find_subscription(session, name, lock=True)
    if subscription is None:
        raise NotDone(f"there is no subscription {name}")
    return subscription


def _new_secret() -> str:
    return rules.secret_of(secrets.token_bytes(rules.SECRET_BYTES))


def take_subscription(session: Session, *, now: datetime) -> str | None:
    """Take a subscription that something is due for; nobody else does so until the lease is over."""
    return models.claim_subscription(session, now=now, lease_ends_at=now + rules.LEASE)


def take_parcel(session: Session, subscription_id: str, *, sealer: Sealer, now: datetime) -> Parcel | None:
    """Take the next delivery of a subscription that was taken; None when nothing is due.

    The caller commits before it sends: should it die in between, the event is sent again after the lease,
    with the same webhook-id. Raises BrokenSeal when the secret was sealed with a key that is not ours.
    """
    taken = models.claim_delivery(session, subscription_id, now=now, lease_ends_at=now + rules.LEASE)
    if taken is None:
        return None
    subscription, delivery = taken
    sealed = [subscription.secret]
    until = subscription.previous_until
    if subscription.previous_secret and until and now < until:
        sealed.append(subscription.previous_secret)
    return Parcel(
        delivery_id=delivery.id,
        subscription_id=subscription.id,
        subscription=subscription.name,
        event_id=delivery.event_id,
        event_type=delivery.event_type,
        correlation_id=delivery.correlation_id,
        url=subscription.url,
        body=delivery.body.encode(),
        secrets=tuple(str(sealer.unseal(each)["secret"]) for each in sealed),
        attempts=delivery.attempts,
        failures=subscription.failures,
        expires_at=delivery.expires_at,
    )


def record(
    session: Session, parcel: Parcel, outcome: Outcome, *, chance: float, now: datetime
) -> DeliveryState:
    """Record how an attempt ended and return the state it leads to. `chance` in [0, 1) spreads waits."""
    subscription = session.get(Subscription, parcel.subscription_id, with_for_update={"key_share": True})
    if subscription is None:
        return DeliveryState.PARKED
    if outcome.delivered:
        subscription.failures = 0
        models.settle(
            session,
            parcel.delivery_id,
            state=DeliveryState.DELIVERED,
            attempts=parcel.attempts + 1,
            next_attempt_at=None,
            delivered_at=now,
            last_status=outcome.status,
            last_error=None,
        )
        return DeliveryState.DELIVERED
    return _record_failure(session, subscription, parcel, outcome, chance=chance, now=now)


def _record_failure(
    session: Session,
    subscription: Subscription,
    parcel: Parcel,
    outcome: Outcome,
    *,
    chance: float,
    now: datetime,
) -> DeliveryState:
    attempts = parcel.attempts + 1
    subscription.failures = parcel.failures + 1
    subscription.ready_at = now + rules.rest_after(
        subscription.failures, chance=chance, asked=outcome.rest_asked
    )
    gone = outcome.status == GONE
    parked = gone or rules.is_given_up(attempts, expires_at=parcel.expires_at, now=now)
    state = DeliveryState.PARKED if parked else DeliveryState.PUT_OFF
    models.settle(
        session,
        parcel.delivery_id,
        state=state,
        attempts=attempts,
        next_attempt_at=None if parked else now + rules.wait_after(attempts, chance=chance),
        last_status=outcome.status,
        last_error=outcome.reason,
    )
    if gone:
        subscription.state, subscription.paused_because = SubscriptionState.PAUSED, outcome.reason
        models.park_all(session, subscription.id, reason=outcome.reason)
    return state


def release(session: Session, subscription_id: str, *, now: datetime) -> None:
    """Give a subscription back that was sent to without failure."""
    subscription = session.get(Subscription, subscription_id, with_for_update={"key_share": True})
    if subscription is not None:
        subscription.ready_at = now
