"""The sender of webhooks, apart from that of mails. Any number of processes may run one.

A process takes a subscription, sends what is due for it one by one, and gives it back. So each receiver has
one request at a time, and one that hangs holds up its own news alone: it keeps one green thread for the
time of an attempt and is left alone for a while after it. A delivery is marked and that committed before it
is sent; should the process die over it, it is sent again after the lease with the same webhook-id.
"""

import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from eventlet import sleep
from eventlet.event import Event
from eventlet.timeout import Timeout
from gerai_shared import inbox
from gerai_shared.context import new_context, working_in
from gerai_shared.database import is_outage
from gerai_shared.events.envelope import CONTENT_TYPE
from gerai_shared.logs import get_logger
from nameko.extensions import Entrypoint
from sqlalchemy.orm import Session

from gerai_notifications.webhooks import models, posting, rules, usecases
from gerai_notifications.webhooks.measures import DELIVERIES, measure
from gerai_notifications.webhooks.usecases import Outcome, Parcel

log = get_logger(__name__)

#: Receivers that one process sends to at the same time.
MOST_AT_ONCE = 20
#: What is sent to one receiver before others get their turn again.
PARCELS_A_TURN = 50
IDLE_SECONDS = 1.0
BACK_OFF_SECONDS = 5.0
MEASURING_SECONDS = 5.0
HOUSEKEEPING_SECONDS = 3600.0
RECORDING_ATTEMPTS = 5
LOWEST_SUCCESS, LOWEST_REDIRECT = 200, 300
LOWEST_ERROR = 400

Result = TypeVar("Result")


class WebhookSender(Entrypoint):
    """Runs the sender as long as its container lives."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._stopping = False
        self._woken = Event()
        self._active = 0
        self._measure_at = self._clean_at = 0.0

    def start(self) -> None:
        """Begin; needs no receiver and no database to be there yet."""
        self._resources.database.on_announcement(self.wake)
        self._clean_at = time.monotonic() + HOUSEKEEPING_SECONDS
        self.container.spawn_managed_thread(self._run, identifier="webhooks")

    def stop(self) -> None:
        """Finish the attempts under way."""
        self._stopping = True
        self.wake()
        until = time.monotonic() + rules.ATTEMPT_SECONDS + 1
        while self._active and time.monotonic() < until:
            sleep(0.02)

    def wake(self) -> None:
        """Have the sender look for deliveries now."""
        if not self._woken.ready():
            self._woken.send()

    @property
    def _resources(self) -> Any:
        return self.container.config["gerai"]

    def _run(self) -> None:
        while not self._stopping:
            self._woken = Event()
            try:
                self._keep_house()
                self._start_turns()
            except Exception as error:  # noqa: BLE001 - whatever it was, the table still holds every delivery
                log.warning("webhooks_interrupted", reason=type(error).__name__)
                self._pause(BACK_OFF_SECONDS)
            else:
                with Timeout(IDLE_SECONDS, exception=False):
                    self._woken.wait()

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            sleep(0.1)

    def _start_turns(self) -> None:
        """Begin a turn for each receiver that something is due for, as many as go at once."""
        while not self._stopping and self._active < MOST_AT_ONCE:
            with self._resources.database.transaction() as session:
                taken = usecases.take_subscription(session, now=self._now())
            if taken is None:
                return
            self._active += 1
            self.container.spawn_managed_thread(partial(self._turn, taken), identifier="webhook-turn")

    def _turn(self, subscription_id: str) -> None:
        """Send to one receiver until nothing is due for it, or an attempt fails."""
        try:
            for _ in range(PARCELS_A_TURN):
                if self._stopping:
                    break
                with self._resources.database.transaction() as session:
                    parcel = usecases.take_parcel(
                        session, subscription_id, sealer=self._resources.sealer, now=self._now()
                    )
                if parcel is None:
                    break
                with working_in(new_context(correlation_id=parcel.correlation_id)):
                    outcome = self._attempt(parcel)
                    self._record(parcel, outcome)
                if not outcome.delivered:
                    return
            self._in_transaction(partial(usecases.release, subscription_id=subscription_id, now=self._now()))
        except Exception as error:  # noqa: BLE001 - taken again after the lease
            log.warning("webhook_turn_broken", reason=type(error).__name__)
        finally:
            self._active -= 1
            # What became due meanwhile, and receivers beyond the most at once, wait for this.
            self.wake()

    def _attempt(self, parcel: Parcel) -> Outcome:
        timestamp = int(self._now().timestamp())
        headers = {
            "content-type": CONTENT_TYPE,
            "webhook-id": parcel.event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": rules.signatures(
                parcel.secrets, message_id=parcel.event_id, timestamp=timestamp, body=parcel.body
            ),
        }
        production = self._resources.settings.environment == "production"
        try:
            with Timeout(rules.ATTEMPT_SECONDS):
                answer = posting.post(parcel.url, headers=headers, body=parcel.body, production=production)
        except posting.Undeliverable as error:
            return Outcome(delivered=False, reason=str(error))
        except Timeout:
            return Outcome(delivered=False, reason="it did not answer in time")
        if LOWEST_SUCCESS <= answer.status < LOWEST_REDIRECT:
            return Outcome(delivered=True, status=answer.status)
        reason = f"answered {answer.status}"
        if LOWEST_REDIRECT <= answer.status < LOWEST_ERROR:
            reason += ", and redirects are not followed"
        return Outcome(delivered=False, status=answer.status, reason=reason, rest_asked=answer.retry_after)

    def _record(self, parcel: Parcel, outcome: Outcome) -> None:
        """Settle a delivery, waiting as long as the database is away: what is not recorded is sent again."""
        state = self._in_transaction(
            partial(
                usecases.record,
                parcel=parcel,
                outcome=outcome,
                chance=random.random(),  # noqa: S311 - spreads attempts, guards nothing
                now=self._now(),
            )
        )
        DELIVERIES.labels(outcome=state.value).inc()
        log.info(
            "webhook_settled",
            subscription=parcel.subscription,
            type=parcel.event_type,
            event_id=parcel.event_id,
            state=state.value,
            reason=outcome.reason,
        )

    def _in_transaction(self, work: Callable[[Session], Result]) -> Result:
        attempts = 0
        while True:
            try:
                with self._resources.database.transaction() as session:
                    return work(session)
            except Exception as error:
                attempts += 1
                if self._stopping or (attempts >= RECORDING_ATTEMPTS and not is_outage(error)):
                    raise
                log.warning("webhook_not_recorded_yet", reason=type(error).__name__)
                self._pause(1.0)

    def _keep_house(self) -> None:
        now, tick = self._now(), time.monotonic()
        if tick >= self._measure_at:
            self._measure_at = tick + MEASURING_SECONDS
            with self._resources.database.transaction() as session:
                parked = models.park_expired(session, now=now)
                measure(session, now=now)
            if parked:
                DELIVERIES.labels(outcome="parked").inc(parked)
                log.warning("webhooks_parked", count=parked)
        if tick >= self._clean_at:
            self._clean_at = tick + HOUSEKEEPING_SECONDS
            with self._resources.database.transaction() as session:
                models.delete_old(session, before=now - inbox.KEPT)

    def _now(self) -> Any:
        return self._resources.clock.now()


webhook_sender = WebhookSender.decorator
