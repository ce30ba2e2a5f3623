"""Personal data on the bus: given to whoever it is about, erased at their wish, and erased by time."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gerai_shared.borders import load
from gerai_shared.bus.rpc import Request, rpc
from gerai_shared.database import is_outage
from gerai_shared.deployment import Deployment
from gerai_shared.logs import get_logger
from nameko.timer import timer

from gerai_complaints.attachment_requests import AttachmentRequests, refuse_impossible_token
from gerai_complaints.keyring import keyring_of
from gerai_complaints.privacy_settings import retention_of
from gerai_complaints.schemas.complaints import TrackedSchema, TrackSchema
from gerai_complaints.schemas.fields import checked_key
from gerai_complaints.usecases import privacy

log = get_logger(__name__)

#: How often it is looked whether something is to be erased.
ERASING_SECONDS = 60.0
#: One tick erases so many batches of a kind at most; what is left waits for the next.
BATCHES_A_TICK = 20


class PrivacyRequests(AttachmentRequests):
    """Mixin of the service on the bus; a view of a complaint has its files."""

    deployment: Deployment

    @rpc
    def personal_data(self, request: Request) -> dict[str, Any]:
        """Answer everything that is kept of whoever holds a complaint's token."""
        refuse_impossible_token(request.payload)
        token = load(TrackSchema(), request.payload)["token"]
        with self.deployment.database.transaction() as session:
            return privacy.access(
                session,
                token,
                retention=retention_of(self.deployment),
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )

    @rpc
    def erase(self, request: Request) -> dict[str, Any]:
        """Erase who brought a complaint, at once or when it is over; answers as `track` does."""
        refuse_impossible_token(request.payload)
        token = load(TrackSchema(), request.payload)["token"]
        key = checked_key(request.idempotency_key)
        with self.deployment.database.transaction() as session:
            tracked = privacy.erase(
                session,
                token,
                key=key,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )
            answer: dict[str, Any] = {
                **TrackedSchema().dump(tracked),
                **self.files_seen(session, token),
            }
            return answer

    @timer(interval=ERASING_SECONDS)
    def erase_personal_data(self) -> None:
        """Erase what was asked for of cases that are over by now, and what is kept long enough."""
        keyring, retention = keyring_of(self.deployment), retention_of(self.deployment)
        try:
            for some in (
                partial(privacy.carry_out_wishes, keyring=keyring),
                partial(privacy.forget_people, keyring=keyring, retention=retention),
                partial(privacy.forget_contents, keyring=keyring, retention=retention),
            ):
                self._erase_in_batches(some)
        except Exception as error:
            if not is_outage(error):
                raise
            log.info("erasing_waits_for_database", reason=type(error).__name__)

    def _erase_in_batches(self, some: Callable[..., int]) -> None:
        for _ in range(BATCHES_A_TICK):
            with self.deployment.database.transaction() as session:
                erased = some(session, now=self.deployment.clock.now())
            if erased < privacy.BATCH:
                return
