"""Holds and tickets."""

from collections.abc import Callable, Iterator

from gerai_shared.borders import load
from gerai_shared.deployment import Deployment
from gerai_shared.http import client_address, json_body, json_response
from gerai_shared.refusals import (
    IdempotencyKeyReused,
    InvalidRequest,
    NotFound,
    Refused,
    Saturated,
    TooManyRequests,
    Unavailable,
)
from gerai_shared.ticket import HoldExpired, NotYetOpen, StaleRevision, TooLateToChange, TransitionNotAllowed
from gerai_shared.translations import language_of
from marshmallow import Schema
from werkzeug.wrappers import Request, Response

from gerai_gateway import board_view, errands, files
from gerai_gateway.boards import Follower
from gerai_gateway.catalogues import Json
from gerai_gateway.entrypoints import Operation, idempotency_key, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import ProofRequired, UnknownAgency, UnknownTicket
from gerai_gateway.rules.board import entry_of
from gerai_gateway.schemas import taken
from gerai_gateway.schemas.tickets import BookedSchema, HeldSchema, TicketStateSchema, TicketViewSchema
from gerai_gateway.streams import CountedStream, Message, listen, stream_response

TAG = "Tickets"
_booking = taken.BookingSchema()
_hold = taken.HoldSchema()
_change = taken.ChangeSchema()
_move = taken.RescheduleSchema()
_appeal = taken.AppealSchema()
#: What an agency may say to who wants a place, with the status of each.
PLACE_CODES = (
    (404, "unknown_slot"),
    (409, "slot_past"),
    (409, "slot_full"),
    (409, "day_full"),
    (409, "slot_closed"),
    (409, "day_not_open_yet"),
    (429, "waiting_room"),
    (429, "not_your_turn"),
    (410, "number_expired"),
    (404, "unknown_number"),
)
DEFAULT_MINUTES = 30


class TicketsApi:
    """Mixin: from a free place to a ticket, and what its holder does with it."""

    mall: Mall
    deployment: Deployment

    @public(
        "POST",
        "/api/v1/agencies/<agency>/holds",
        operation=Operation(
            summary="Hold a place while its citizen fills in the form",
            tag=TAG,
            status=201,
            body=taken.HoldSchema,
            answer=HeldSchema,
            refusals=(UnknownAgency, InvalidRequest, IdempotencyKeyReused, ProofRequired, Unavailable),
            codes=(*PLACE_CODES, (409, "proof_used"), (429, "too_many_holds")),
        ),
    )
    def api_hold(self, request: Request, agency: str) -> Response:
        """Hold a place."""
        key = idempotency_key(request)
        errands.deployment_of_agency(self.mall, agency)
        body = load(_hold, json_body(request))
        address = client_address(request, self.deployment.settings.trusted_proxies)
        answer = errands.hold(self.mall, agency, **body, address=address, key=key)
        return json_response(answer, 201)

    @public(
        "POST",
        "/api/v1/agencies/<agency>/tickets",
        operation=Operation(
            summary="Book a place: a free one by slot_id, or a held one by hold_token",
            tag=TAG,
            status=201,
            body=taken.BookingSchema,
            answer=BookedSchema,
            refusals=(
                UnknownAgency,
                UnknownTicket,
                InvalidRequest,
                IdempotencyKeyReused,
                HoldExpired,
                TransitionNotAllowed,
                ProofRequired,
                Unavailable,
            ),
            codes=(
                *PLACE_CODES,
                (409, "proof_used"),
                (409, "open_ticket_exists"),
                (422, "precondition_not_met"),
                (422, "wrong_citizenship"),
                (403, "suspended"),
                (403, "paused_after_no_shows"),
                (409, "too_many_for_contact"),
            ),
        ),
    )
    def api_book(self, request: Request, agency: str) -> Response:
        """Book a place."""
        key = idempotency_key(request)
        body = json_body(request)
        load(_booking, body)
        answer = errands.book(self.mall, agency, body, key=key)
        return json_response({**answer, "url": f"{self.mall.public_url}/t/{answer['token']}"}, 201)

    @public(
        "GET",
        "/api/v1/tickets/<token>",
        operation=Operation(
            summary="A ticket as its holder sees it",
            tag=TAG,
            answer=TicketViewSchema,
            refusals=(UnknownTicket, Unavailable),
        ),
    )
    def api_ticket(self, _request: Request, token: str) -> Response:
        """Answer a ticket's view."""
        return json_response(errands.ticket(self.mall, token))

    @public(
        "GET",
        "/api/v1/tickets/<token>/calendar.ics",
        operation=Operation(
            summary="The calendar file of a booked ticket (RFC 5545)",
            tag=TAG,
            query=taken.LanguageQuerySchema,
            answer_type=files.CALENDAR_TYPE,
            refusals=(UnknownTicket, NotFound, Unavailable),
        ),
    )
    def api_calendar(self, request: Request, token: str) -> Response:
        """Answer the calendar file."""
        view = errands.ticket(self.mall, token)
        body = files.calendar_file(
            view,
            duration_minutes=self._duration(view),
            url=f"{self.mall.public_url}/t/{token}",
            language=language_of(request),
            now=self.deployment.clock.now(),
        )
        if body is None:
            raise NotFound
        headers = {"Content-Disposition": f'attachment; filename="{view["ticket"]["number"]}.ics"'}
        return Response(
            body,
            content_type=f"{files.CALENDAR_TYPE}; charset=utf-8",
            headers={"Cache-Control": "no-store", **headers},
        )

    @public(
        "GET",
        "/api/v1/tickets/<token>/qr.svg",
        operation=Operation(
            summary="A QR code that holds the address of the ticket's page",
            tag=TAG,
            answer_type=files.SVG_TYPE,
            refusals=(UnknownTicket,),
        ),
    )
    def api_qr_code(self, _request: Request, token: str) -> Response:
        """Answer the QR code; it says nothing about whether there is such a ticket."""
        errands.deployment_of_ticket(self.mall, token)
        body = files.qr_code(f"{self.mall.public_url}/t/{token}")
        return Response(body, mimetype=files.SVG_TYPE, headers={"Cache-Control": "private, max-age=3600"})

    @public(
        "POST",
        "/api/v1/tickets/<token>/cancel",
        operation=Operation(
            summary="Cancel a ticket; its place goes to who waits for one, else back to everybody",
            tag=TAG,
            body=taken.ChangeSchema,
            is_body_optional=True,
            answer=TicketViewSchema,
            refusals=(
                UnknownTicket,
                InvalidRequest,
                StaleRevision,
                TooLateToChange,
                TransitionNotAllowed,
                IdempotencyKeyReused,
                Unavailable,
            ),
        ),
    )
    def api_cancel(self, request: Request, token: str) -> Response:
        """Cancel a ticket."""
        return self._change(request, token, "cancel", _change)

    @public(
        "POST",
        "/api/v1/tickets/<token>/reschedule",
        operation=Operation(
            summary="Move a ticket to another hour; answers the new ticket, with a token of its own",
            tag=TAG,
            body=taken.RescheduleSchema,
            answer=TicketViewSchema,
            refusals=(
                UnknownTicket,
                InvalidRequest,
                StaleRevision,
                TooLateToChange,
                TransitionNotAllowed,
                IdempotencyKeyReused,
                Unavailable,
            ),
            codes=(*PLACE_CODES, (403, "suspended"), (409, "not_later"), (409, "open_ticket_exists")),
        ),
    )
    def api_reschedule(self, request: Request, token: str) -> Response:
        """Move a ticket."""
        return self._change(request, token, "reschedule", _move)

    @public(
        "POST",
        "/api/v1/tickets/<token>/check-in",
        operation=Operation(
            summary="Tell that the ticket's holder is there; again it changes nothing",
            tag=TAG,
            body=taken.ChangeSchema,
            is_body_optional=True,
            answer=TicketViewSchema,
            refusals=(
                UnknownTicket,
                InvalidRequest,
                StaleRevision,
                NotYetOpen,
                TransitionNotAllowed,
                IdempotencyKeyReused,
                Unavailable,
            ),
            codes=((409, "wrong_day"),),
        ),
    )
    def api_check_in(self, request: Request, token: str) -> Response:
        """Check a ticket in."""
        return self._change(request, token, "check_in", _change)

    @public(
        "POST",
        "/api/v1/tickets/<token>/appeal",
        operation=Operation(
            summary="Tell why a visit was missed, once; answers the ticket, where the decision will stand",
            tag=TAG,
            body=taken.AppealSchema,
            answer=TicketViewSchema,
            refusals=(UnknownTicket, InvalidRequest, IdempotencyKeyReused, Unavailable),
            codes=((409, "nothing_to_appeal"), (409, "appeal_exists")),
        ),
    )
    def api_appeal(self, request: Request, token: str) -> Response:
        """Take the word of somebody who missed a visit."""
        return self._change(request, token, "appeal", _appeal)

    @public(
        "GET",
        "/api/v1/tickets/<token>/stream",
        operation=Operation(
            summary="A ticket's state, live: events `ticket` with a TicketState each, and `alive`",
            tag=TAG,
            query=taken.LanguageQuerySchema,
            answer=TicketStateSchema,
            answer_type="text/event-stream",
            refusals=(UnknownTicket, Saturated, TooManyRequests, Unavailable),
        ),
    )
    def api_ticket_stream(self, request: Request, token: str) -> Response:
        """Answer the live state of a ticket."""
        address = client_address(request, self.deployment.settings.trusted_proxies)
        leave = self.mall.seats.take(address)
        try:
            view = errands.ticket(self.mall, token)
        except BaseException:
            leave()
            raise
        follower = Follower(entry=entry_of(view["ticket"]))
        chunks = _follow(self.mall, follower, token, request)
        return stream_response(request, CountedStream(chunks, leave=leave))

    def _change(self, request: Request, token: str, change: str, schema: Schema) -> Response:
        key = idempotency_key(request)
        errands.deployment_of_ticket(self.mall, token)
        body = load(schema, json_body(request) if request.get_data(cache=True) else {})
        return json_response(errands.change_ticket(self.mall, token, change, body, key=key))

    def _duration(self, view: Json) -> int:
        ticket = view["ticket"]
        for catalogue in self.mall.catalogues.known():
            if catalogue.code == ticket["agency"] and ticket["service"] in catalogue.services:
                return int(catalogue.services[ticket["service"]]["duration_minutes"])
        return DEFAULT_MINUTES


def _follow(mall: Mall, follower: Follower, token: str, request: Request) -> Iterator[bytes]:
    """Yield a ticket's stream; it is followed from the first look at it to the end of the connection."""
    language = language_of(request)
    render = _renderer(mall, follower, token, language)
    place = (follower.entry.agency, follower.entry.site)
    mall.boards.follow(follower)
    mall.wait_estimates.follow(*place)
    try:
        yield from listen(
            mall.boards.ticket_feed(follower.entry.site),
            render,
            is_closing=mall.is_closing,
            last_id=request.headers.get("Last-Event-ID", ""),
        )
    finally:
        mall.wait_estimates.unfollow(*place)
        mall.boards.unfollow(follower)


def _renderer(mall: Mall, follower: Follower, token: str, language: str) -> Callable[[], Message | None]:
    def render() -> Message | None:
        if follower.is_doubtful:
            # Events may have passed unseen while the bus was away: the agency knows.
            try:
                follower.is_doubtful = False
                follower.learn(entry_of(errands.ticket(mall, token)["ticket"]))
            except Refused:
                follower.is_doubtful = True
        return board_view.ticket_message(mall, follower.entry, language=language)

    return render
