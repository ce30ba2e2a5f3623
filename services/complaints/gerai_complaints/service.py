"""The complaints service on the bus: requests, the clock, questions to the agencies, the relay."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gerai_shared.borders import is_storable, load
from gerai_shared.bus.relay import relay
from gerai_shared.bus.rpc import Request, Rpcs, rpc
from gerai_shared.database import is_outage
from gerai_shared.deployment import Resources
from gerai_shared.logs import get_logger
from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.tokens import realm_of
from marshmallow import Schema
from nameko.timer import timer

from gerai_complaints.auditing import Auditing
from gerai_complaints.keyring import keyring_of
from gerai_complaints.privacy_requests import PrivacyRequests
from gerai_complaints.public_reports_service import PublicReportRequests
from gerai_complaints.pvl_requests import PvlRequests
from gerai_complaints.refusals import UnknownComplaint
from gerai_complaints.schemas.complaints import (
    DecideSchema,
    FiledSchema,
    FileSchema,
    TicketFactsSchema,
    TrackedSchema,
    TrackSchema,
)
from gerai_complaints.schemas.fields import checked_key
from gerai_complaints.shapes import Keyring
from gerai_complaints.survey_service import SurveyRequests
from gerai_complaints.usecases import (
    asking,
    clock,
    dossier_content,
    dossier_making,
    dossiers,
    escalating,
    filing,
    following,
)

log = get_logger(__name__)

#: How often it is looked whether an agency is to be asked something.
ASKING_SECONDS = 5.0
#: How often it is looked whose time has come.
CLIMBING_SECONDS = 60.0
#: How often it is looked whether a dossier is to be made.
DOSSIER_SECONDS = 10.0
#: One tick makes so many at most.
DOSSIERS_A_TICK = 20
#: One tick asks so much at most; what is left waits for the next.
QUESTIONS_A_TICK = 20
SERVER_FAULTS = 500
# Made once: a schema copies all of its fields as it is made.
_FILE, _FILED, _TRACK, _TRACKED, _DECIDE = (
    FileSchema(),
    FiledSchema(),
    TrackSchema(),
    TrackedSchema(),
    DecideSchema(),
)


class Complaints(Auditing, PrivacyRequests, PublicReportRequests, PvlRequests, SurveyRequests):
    """Requests of the gateway, the clock, and what the agencies are asked afterwards."""

    name = "complaints"

    deployment = Resources()
    agencies = Rpcs()

    @rpc
    def file(self, request: Request) -> dict[str, Any]:
        """Receive a complaint; answers number, token and due date."""
        wanted = load(_FILE, request.payload)
        key = checked_key(request.idempotency_key)
        with self.deployment.database.transaction() as session:
            filed = filing.file(
                session,
                wanted,
                key=key,
                body=request.payload,
                agencies=self.deployment.settings.agencies,
                keyring=self._keyring,
                now=self.deployment.clock.now(),
            )
        return _dump(_FILED, filed)

    @rpc
    def track(self, request: Request) -> dict[str, Any]:
        """Answer where a complaint stands, to whoever holds its token."""
        _refuse_impossible_token(request.payload)
        token = load(_TRACK, request.payload)["token"]
        with self.deployment.database.reading() as session:
            tracked = following.track(session, token, keyring=self._keyring, now=self.deployment.clock.now())
            return {**_dump(_TRACKED, tracked), **self.files_seen(session, token)}

    @rpc
    def decide(self, request: Request) -> dict[str, Any]:
        """Accept or dispute the answer; answers as `track` does."""
        _refuse_impossible_token(request.payload)
        wanted = load(_DECIDE, request.payload)
        key = checked_key(request.idempotency_key)
        with self.deployment.database.transaction() as session:
            tracked = following.decide(
                session,
                wanted["token"],
                decision=wanted["decision"],
                text=wanted["text"],
                key=key,
                body=request.payload,
                keyring=self._keyring,
                now=self.deployment.clock.now(),
            )
            return {**_dump(_TRACKED, tracked), **self.files_seen(session, wanted["token"])}

    @timer(interval=CLIMBING_SECONDS)
    def climb(self) -> None:
        """Remind of complaints, escalate them, and end what waited too long, until none has waited for it."""
        keyring = self._keyring
        try:
            self._until_none_is_left(escalating.adopt)
            self._until_none_is_left(partial(escalating.climb, keyring=keyring))
            self._until_none_is_left(clock.adopt_answered)
            self._until_none_is_left(partial(clock.lapse, keyring=keyring))
        except Exception as error:
            if not is_outage(error):
                raise
            log.info("climbing_waits_for_database", reason=type(error).__name__)

    def _until_none_is_left(self, some: Callable[..., int]) -> None:
        """Do `some` in one transaction after the other, while each finds as many as one can take."""
        seen = escalating.BATCH
        while seen == escalating.BATCH:
            with self.deployment.database.transaction() as session:
                seen = some(session, now=self.deployment.clock.now())

    @timer(interval=DOSSIER_SECONDS)
    def make_dossiers(self) -> None:
        """Make the dossiers that are due, danger to life before all."""
        database, clock = self.deployment.database, self.deployment.clock
        try:
            self._until_none_is_left(partial(dossiers.adopt, limit=escalating.BATCH))
            for _ in range(DOSSIERS_A_TICK):
                with database.transaction() as session:
                    held = dossier_making.claim(session, now=clock.now())
                if held is None:
                    return
                self._make_dossier(held)
        except Exception as error:
            if not is_outage(error):
                raise
            log.info("dossiers_wait_for_database", reason=type(error).__name__)

    def _make_dossier(self, held: dossier_making.Claim) -> None:
        database, keyring, now = self.deployment.database, self._keyring, self.deployment.clock.now()
        try:
            with database.reading() as session:
                collected = dossier_content.collect(session, held.dossier_id, keyring=keyring, now=now)
            made = dossier_making.build(collected, keyring=keyring)
            with database.transaction() as session:
                dossier_making.store(session, held, made, keyring=keyring, now=now)
        except Exception as error:
            if is_outage(error):
                raise
            # It is tried again when its claim lapses; the others go on.
            log.exception("dossier_cannot_be_made", dossier=held.dossier_id)

    @timer(interval=ASKING_SECONDS)
    def ask_agencies(self) -> None:
        """Ask for the visits and names that are still unknown, as far as the agencies answer."""
        if not self.agencies.connected:
            return
        try:
            for _ in range(QUESTIONS_A_TICK):
                if not self._ask_for_visit() and not self._ask_for_names():
                    return
        except Exception as error:
            if not is_outage(error):
                raise
            log.info("asking_waits_for_database", reason=type(error).__name__)

    def _ask_for_visit(self) -> bool:
        database, clock = self.deployment.database, self.deployment.clock
        with database.transaction() as session:
            question = asking.next_visit(session, keyring=self._keyring, now=clock.now())
        if question is None:
            return False
        agency = realm_of(question.ticket_token)
        try:
            answer = self.agencies.call(
                f"booking-{agency}", "complaint_facts", {"token": question.ticket_token}
            )
            facts = load(TicketFactsSchema(), answer)
        except Refused as refusal:
            with database.transaction() as session:
                # An answer that cannot be read will not get better by itself, but a repaired agency may.
                if refusal.status >= SERVER_FAULTS or isinstance(refusal, InvalidRequest):
                    asking.no_answer(session, question.complaint_id, now=clock.now())
                else:
                    asking.no_such_visit(session, question.complaint_id, now=clock.now())
            log.info("visit_not_linked", code=refusal.code)
            return True
        with database.transaction() as session:
            asking.link_visit(session, question.complaint_id, facts, now=clock.now())
        return True

    def _ask_for_names(self) -> bool:
        database, clock = self.deployment.database, self.deployment.clock
        with database.transaction() as session:
            agency = asking.next_agency(session, agencies=self.deployment.settings.agencies, now=clock.now())
        if agency is None:
            return False
        try:
            catalogue = self.agencies.call(f"booking-{agency}", "catalogue", {})
            with database.transaction() as session:
                asking.learn_names(session, agency, catalogue, now=clock.now())
        except (Refused, KeyError, TypeError) as error:
            log.info("names_not_learned", agency=agency, reason=type(error).__name__)
        return True

    @property
    def _keyring(self) -> Keyring:
        return keyring_of(self.deployment)


class ComplaintsRelay:
    """Publishes the outbox."""

    name = "complaints-relay"

    deployment = Resources()

    @relay
    def relay(self) -> None:
        """Never called: the entrypoint itself works."""


def _dump(schema: Schema, value: object) -> dict[str, Any]:
    dumped: dict[str, Any] = schema.dump(value)
    return dumped


def _refuse_impossible_token(payload: dict[str, Any]) -> None:
    """Answer a token that no database could hold like every other wrong one: it opens nothing."""
    if not is_storable(payload.get("token")):
        raise UnknownComplaint
