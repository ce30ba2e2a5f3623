"""The sender: hands due messages to the channel. Any number of processes may run one.

Each message is marked `sending`, and that is committed, before it is handed over, and settled
afterwards. When a process dies between the two nobody knows whether the other side took the
message; after the lease it is sent again with the same Message-ID. So a citizen may, very rarely,
get a mail twice, which mail programs can recognise, and never goes without.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from eventlet import sleep
from eventlet.event import Event
from eventlet.timeout import Timeout
from gerai_shared import inbox
from gerai_shared.context import new_context, working_in
from gerai_shared.database import is_outage
from gerai_shared.logs import get_logger, redact
from gerai_shared.sealing import BrokenSeal
from nameko.extensions import Entrypoint
from sqlalchemy.orm import Session

from gerai_notifications import models, usecases
from gerai_notifications.channels import (
    Channel,
    Connection,
    Delivery,
    Interrupted,
    PutOff,
    Rejected,
    Unreachable,
)
from gerai_notifications.measures import MESSAGES, measure_waiting
from gerai_notifications.rules import MessageState

log = get_logger(__name__)

#: Shorter than the lease, so that a slow hand-over has ended before anybody else takes the message.
HAND_OVER_SECONDS = 45.0
MESSAGES_PER_CONNECTION = 100
#: Even without being woken the sender looks this often: another process may have written messages.
IDLE_SECONDS = 1.0
FIRST_BACK_OFF_SECONDS = 0.5
LONGEST_BACK_OFF_SECONDS = 30.0
MEASURING_SECONDS = 5.0
HOUSEKEEPING_SECONDS = 3600.0
RECORDING_ATTEMPTS = 5
LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended: the state it leads to, why, whether the connection is good for more."""

    state: MessageState
    reason: str = ""
    connected: bool = True


class Sender(Entrypoint):
    """Runs the sender as long as its container lives."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._stopping = False
        self._woken = Event()
        self._idle = Event()
        self._measure_at = self._clean_at = 0.0

    def start(self) -> None:
        """Begin; needs neither the channel nor the database to be there yet."""
        self._resources.database.on_announcement(self.wake)
        self._clean_at = time.monotonic() + HOUSEKEEPING_SECONDS
        self.container.spawn_managed_thread(self._run, identifier="sender")

    def stop(self) -> None:
        """Finish the message under way."""
        self._stopping = True
        self.wake()
        with Timeout(HAND_OVER_SECONDS + 1, exception=False):
            self._idle.wait()

    def wake(self) -> None:
        """Have the sender look for messages now."""
        if not self._woken.ready():
            self._woken.send()

    @property
    def _resources(self) -> Any:
        return self.container.config["gerai"]

    @property
    def _channel(self) -> Channel:
        channel: Channel = self._resources.extras["channel"]
        return channel

    def _run(self) -> None:
        back_off = FIRST_BACK_OFF_SECONDS
        while not self._stopping:
            self._woken = Event()
            try:
                self._send_due()
            except Exception as error:  # noqa: BLE001 - whatever it was, the table still holds every message
                log.warning("sending_interrupted", reason=_reason(error))
                self._pause(back_off * random.uniform(0.5, 1.0))  # noqa: S311 - spreads attempts, guards nothing
                back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)
            else:
                back_off = FIRST_BACK_OFF_SECONDS
                with Timeout(IDLE_SECONDS, exception=False):
                    self._woken.wait()
        self._idle.send()

    def _pause(self, seconds: float) -> None:
        """Wait, whatever is written meanwhile, until it is time or the process stops."""
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            sleep(min(0.2, seconds))

    def _send_due(self) -> None:
        """Send until nothing is due. Raises Unreachable, and the database's errors."""
        self._keep_house()
        while not self._stopping and self._anything_due():
            try:
                with self._channel.connect() as connection:
                    self._send_through(connection)
            except Unreachable as error:
                self._in_transaction(partial(models.note_outage, reason=_reason(error), now=self._now()))
                raise

    def _anything_due(self) -> bool:
        now = self._now()
        with self._resources.database.transaction() as session:
            expired = models.expire_messages(session, now=now)
            due = models.is_message_due(session, now=now)
        if expired:
            MESSAGES.labels(outcome=MessageState.EXPIRED.value).inc(expired)
            log.info("messages_expired", count=expired)
        return due

    def _send_through(self, connection: Connection) -> None:
        """Send over one connection until nothing is due or the connection breaks."""
        for _ in range(MESSAGES_PER_CONNECTION):
            if self._stopping:
                return
            with self._resources.database.transaction() as session:
                message = usecases.take_message(session, now=self._now())
            if message is None:
                return
            with working_in(new_context(correlation_id=message.correlation_id)):
                outcome = self._attempt(connection, message)
                self._record(message, outcome)
            if not outcome.connected:
                return
            # Neither SQLite nor the mailbox ever waits: a backlog would hold up the whole process.
            sleep(0)

    def _attempt(self, connection: Connection, message: models.Message) -> Outcome:
        try:
            name, address, letter = usecases.letter_of(message, self._resources.sealer)
        except (BrokenSeal, KeyError, TypeError):
            return Outcome(state=MessageState.TEMPORARY_FAILURE, reason="cannot be unsealed with our keys")
        delivery = Delivery(
            id=message.id,
            message_id=message.message_id,
            language=message.language,
            name=name,
            address=address,
            letter=letter,
            written_at=message.created_at,
            reply_to=usecases.reply_to(message, self._resources.settings.complaints_mail),
        )
        try:
            with Timeout(HAND_OVER_SECONDS):
                connection.hand_over(delivery)
        except Rejected as error:
            return Outcome(state=MessageState.PERMANENT_FAILURE, reason=_reason(error, address))
        except (Interrupted, Timeout) as error:
            reason = _reason(error, address)
            return Outcome(state=MessageState.TEMPORARY_FAILURE, reason=reason, connected=False)
        except PutOff as error:
            return Outcome(state=MessageState.TEMPORARY_FAILURE, reason=_reason(error, address))
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("message_cannot_be_sent", template=message.template)
            return Outcome(
                state=MessageState.TEMPORARY_FAILURE, reason=_reason(error, address), connected=False
            )
        return Outcome(state=MessageState.DELIVERED)

    def _record(self, message: models.Message, outcome: Outcome) -> None:
        """Settle a message, waiting as long as the database is away: what is not recorded is sent again."""
        now = self._now()
        if outcome.state is MessageState.DELIVERED:
            settle = partial(usecases.record_delivered, identifier=message.id, now=now)
        elif outcome.state is MessageState.PERMANENT_FAILURE:
            settle = partial(
                usecases.record_rejected,
                identifier=message.id,
                attempts=message.attempts + 1,
                reason=outcome.reason,
            )
        else:
            settle = partial(
                usecases.record_put_off,
                identifier=message.id,
                attempts=message.attempts + 1,
                reason=outcome.reason,
                chance=random.random(),  # noqa: S311 - spreads attempts, guards nothing
                now=now,
            )
        self._in_transaction(settle)
        MESSAGES.labels(outcome=outcome.state.value).inc()
        log.info(
            "message_settled",
            message=message.id,
            template=message.template,
            state=outcome.state.value,
            reason=outcome.reason,
        )

    def _in_transaction(self, work: Callable[[Session], None]) -> None:
        attempts = 0
        while True:
            try:
                with self._resources.database.transaction() as session:
                    work(session)
                return
            except Exception as error:
                attempts += 1
                if self._stopping or (attempts >= RECORDING_ATTEMPTS and not is_outage(error)):
                    raise
                log.warning("outcome_not_recorded_yet", reason=_reason(error))
                self._pause(1.0)

    def _keep_house(self) -> None:
        now, tick = self._now(), time.monotonic()
        if tick >= self._measure_at:
            self._measure_at = tick + MEASURING_SECONDS
            with self._resources.database.reading() as session:
                measure_waiting(session, now=now)
        if tick >= self._clean_at:
            self._clean_at = tick + HOUSEKEEPING_SECONDS
            with self._resources.database.transaction() as session:
                # Together: a message's row and its event's row in the inbox both keep a repeat away.
                models.delete_old_messages(session, before=now - inbox.KEPT)
                inbox.delete_old(session, before=now - inbox.KEPT)

    def _now(self) -> Any:
        return self._resources.clock.now()


def _reason(error: BaseException, address: str = "") -> str:
    """Return what went wrong, naming nobody: servers like to repeat the address in their answers."""
    text = str(error) or type(error).__name__
    if address:
        text = text.replace(address, "[email]")
    return redact(" ".join(text.split()))[:LONGEST_REASON]


sender = Sender.decorator
