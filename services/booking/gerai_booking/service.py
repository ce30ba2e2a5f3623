"""The agency on the bus: requests from the gateway, the opening of days, the relay."""

from datetime import timedelta
from typing import Any

from eventlet import sleep
from gerai_shared import commands
from gerai_shared.borders import load
from gerai_shared.bus.relay import relay
from gerai_shared.bus.rpc import Request, rpc
from gerai_shared.clock import local_date
from gerai_shared.commands import fingerprint
from gerai_shared.context import new_context
from gerai_shared.deployment import Deployment, Resources
from gerai_shared.logs import get_logger
from gerai_shared.refusals import IdempotencyKeyMissing, IdempotencyKeyReused, Refused, to_wire
from nameko.extensions import Entrypoint

from gerai_booking import schemas
from gerai_booking.usecases import (
    availability,
    booking,
    changes,
    groups,
    holding,
    plan,
    planning,
    road_map,
    views,
)
from gerai_booking.usecases.applicants import applicant_of
from gerai_booking.usecases.catalogue import catalogue
from gerai_booking.usecases.office import Office

log = get_logger(__name__)

_batch = schemas.BatchSchema()
_booking = schemas.BookingSchema()
OPENING_INTERVAL = timedelta(minutes=10)


class Openings(Entrypoint):
    """Opens coming days and closes past ones, every few minutes; any number of replicas may."""

    def start(self) -> None:
        """Begin."""
        self.container.spawn_managed_thread(self._run, identifier="openings")

    def _run(self) -> None:
        deployment = self.container.config["gerai"]
        while True:
            try:
                self._open_and_close(deployment)
            except Exception as error:  # noqa: BLE001 - the database may be away; days ahead are open already
                log.warning("days_not_opened", reason=type(error).__name__)
            sleep(OPENING_INTERVAL.total_seconds())

    def _open_and_close(self, deployment: Deployment) -> None:
        office, now = deployment.extras["office"], deployment.clock.now()
        with deployment.database.transaction() as session:
            # Quotas first: a day that is opened without them stays without them.
            plan.follow_catalogue(session, office, now=now)
            planning.open_days(session, office, now=now)
        with deployment.database.reading() as session:
            due = groups.due(session, office, now=now)
        for group_id in due:
            with deployment.database.transaction() as session:
                groups.give_back_due(session, group_id=group_id, now=now)
        ended = True
        while ended:
            with deployment.database.transaction() as session:
                ended = planning.close_days(session, office, now=now) > 0


class BookingService:
    """Answers the gateway."""

    name = "booking"
    deployment = Resources()

    @property
    def _office(self) -> Office:
        office: Office = self.deployment.extras["office"]
        return office

    @Openings.decorator
    def openings(self) -> None:
        """Open coming days."""

    @rpc
    def catalogue(self, _request: Request) -> dict[str, Any]:
        """Tell what the agency offers."""
        now = self.deployment.clock.now()
        today = local_date(now, self._office.agency.sites[0].time_zone)
        return catalogue(self._office, today=today)

    @rpc
    def availability(self, request: Request) -> dict[str, Any]:
        """Tell what can be booked."""
        asked = load(schemas.AvailabilitySchema(), request.payload)
        with self.deployment.database.reading() as session:
            return availability.availability(session, self._office, now=self.deployment.clock.now(), **asked)

    @rpc
    def hold(self, request: Request) -> dict[str, Any]:
        """Hold a place."""
        asked = load(schemas.HoldSchema(), request.payload)

        def run(session: Any, now: Any) -> dict[str, Any]:
            ticket = holding.hold(session, self._office, now=now, **asked)
            return {**views.receipt(ticket), "held_until": ticket.held_until}

        # Who asks and from where is not of the citizen's writing: a repeat may come from another network.
        sent = {name: value for name, value in request.payload.items() if name not in ("holder", "network")}
        answer = self._once(request, "hold", run, body=sent)
        return views.with_token(self._office, answer)

    @rpc
    def book_batch(self, request: Request) -> dict[str, Any]:
        """Book for many citizens at once."""
        items = load(_batch, request.payload)["requests"]
        wanted: dict[str, booking.BookingRequest] = {}
        refused: dict[int, Refused] = {}
        for place, item in enumerate(items):
            try:
                one = self._booking_request(item)
                if wanted.setdefault(one.key, one).fingerprint != one.fingerprint:
                    raise IdempotencyKeyReused
            except Refused as refusal:
                refused[place] = refusal
        now = self.deployment.clock.now()
        with self.deployment.database.transaction() as session:
            answers = booking.book_batch(session, self._office, list(wanted.values()), now=now)
        return {
            "answers": [
                _answer(refused[place] if place in refused else answers[item["key"]])
                for place, item in enumerate(items)
            ]
        }

    def _booking_request(self, item: dict[str, Any]) -> booking.BookingRequest:
        data = load(_booking, item["body"])
        return booking.BookingRequest(
            key=item["key"],
            fingerprint=fingerprint(item["body"]),
            context=new_context(correlation_id=item["correlation_id"], traceparent=item["traceparent"]),
            slot_id=data.get("slot_id"),
            hold_id=self._office.ticket_id(data["hold_token"]) if "hold_token" in data else None,
            applicant=applicant_of(data, self._office),
        )

    @rpc
    def ticket(self, request: Request) -> dict[str, Any]:
        """Show a ticket to its holder."""
        asked = load(schemas.TokenSchema(), request.payload)
        with self.deployment.database.reading() as session:
            ticket = views.load_ticket(session, self._office, asked["token"])
            return views.ticket_view(session, self._office, ticket, now=self.deployment.clock.now())

    @rpc
    def cancel(self, request: Request) -> dict[str, Any]:
        """Cancel a ticket."""
        asked = load(schemas.ChangeSchema(), request.payload)
        self._once(
            request,
            "cancel",
            lambda session, now: views.receipt(changes.cancel(session, self._office, now=now, **asked)),
        )
        return self._view(asked["token"])

    @rpc
    def reschedule(self, request: Request) -> dict[str, Any]:
        """Move a ticket to another hour; answers the new ticket."""
        asked = load(schemas.RescheduleSchema(), request.payload)
        answer = self._once(
            request,
            "reschedule",
            lambda session, now: views.receipt(changes.reschedule(session, self._office, now=now, **asked)),
        )
        return self._view(self._office.token(answer["ticket"]["id"]))

    @rpc
    def check_in(self, request: Request) -> dict[str, Any]:
        """Record that a ticket's holder is there."""
        asked = load(schemas.ChangeSchema(), request.payload)
        self._once(
            request,
            "check_in",
            lambda session, now: views.receipt(
                changes.check_in(session, self._office, token=asked["token"], now=now)
            ),
        )
        return self._view(asked["token"])

    @rpc
    def complaint_facts(self, request: Request) -> dict[str, Any]:
        """Tell what a complaint about a visit needs."""
        asked = load(schemas.TokenSchema(), request.payload)
        with self.deployment.database.reading() as session:
            return views.complaint_facts(session, self._office, asked["token"])

    @rpc
    def board(self, request: Request) -> dict[str, Any]:
        """Tell a site's board of today."""
        asked = load(schemas.SiteSchema(), request.payload)
        with self.deployment.database.reading() as session:
            return views.board(session, self._office, site=asked["site"], now=self.deployment.clock.now())

    @rpc
    def road_map(self, request: Request) -> dict[str, Any]:
        """Tell which counters are planned at a site."""
        asked = load(schemas.SiteSchema(), request.payload)
        with self.deployment.database.reading() as session:
            return road_map.published(
                session, self._office, site=asked["site"], now=self.deployment.clock.now()
            )

    def _once(
        self, request: Request, scope: str, run: Any, *, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Carry out `run` once for the request's key; `body` is what a repeat has to repeat, else all."""
        if not request.idempotency_key:
            raise IdempotencyKeyMissing
        now = self.deployment.clock.now()
        with self.deployment.database.transaction() as session:
            return commands.once(
                session,
                scope=scope,
                key=request.idempotency_key,
                body=request.payload if body is None else body,
                now=now,
                run=lambda: run(session, now),
            )

    def _view(self, token: str) -> dict[str, Any]:
        with self.deployment.database.reading() as session:
            ticket = views.load_ticket(session, self._office, token)
            return views.ticket_view(session, self._office, ticket, now=self.deployment.clock.now())


class RelayService:
    """Publishes the agency's outbox."""

    name = "relay"
    deployment = Resources()

    @relay
    def relay(self) -> None:
        """Runs by itself."""


def _answer(answer: dict[str, Any] | Refused) -> dict[str, Any]:
    return {"refused": to_wire(answer)} if isinstance(answer, Refused) else {"result": answer}
