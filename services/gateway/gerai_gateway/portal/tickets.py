"""A ticket's page, and what its holder does there."""

from gerai_shared.borders import load
from gerai_shared.clock import local_date
from gerai_shared.http import json_response
from gerai_shared.refusals import Refused
from gerai_shared.ticket import State
from gerai_shared.tokens import VISIT_REALM, realm_of
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import board_view, errands, visits, waiting
from gerai_gateway.catalogues import Catalogue, Json
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms, shapes
from gerai_gateway.portal.base import PortalPages, see_other
from gerai_gateway.portal.booking import chosen_day, day_of, no_hour, waited
from gerai_gateway.rules.board import entry_of
from gerai_gateway.rules.pages_of_days import page_of_days
from gerai_gateway.schemas import taken

PAGES_OF_REALMS = {errands.COMPLAINT_REALM: "c", VISIT_REALM: "visits"}
STATUS_KINDS = {
    "booked": "info",
    "checked_in": "success",
    "called": "called",
    "serving": "success",
    "served": "success",
    "parked": "warning",
    "no_show": "warning",
    "cancelled": "danger",
    "expired": "danger",
}


class TicketPages(PortalPages):
    """Mixin: pages behind a ticket's token."""

    @public("GET", "/tickets", page=True)
    def page_tickets(self, request: Request) -> Response:
        """Find a ticket or a complaint by its code or the address of its page."""
        text = request.args.get("code", "").strip()
        token = forms.token_in(text)
        if waiting.is_token(token):
            return see_other(f"/w/{token}")
        if errands.TOKEN.fullmatch(token):
            page = PAGES_OF_REALMS.get(realm_of(token), "t")
            return see_other(f"/{page}/{token}")
        return self.page(request, "tickets.html", section="ticket", code=text, status=404 if text else 200)

    @public("GET", "/t/<token>", page=True)
    def page_ticket(self, request: Request, token: str) -> Response:
        """Show a ticket."""
        view = errands.ticket(self.mall, token)
        ticket = view["ticket"]
        if ticket["state"] == State.HELD:
            return see_other(f"/book/{ticket['agency']}/{ticket['service']}/details/{token}")
        return self._ticket(request, view)

    @public("GET", "/t/<token>/referral", page=True)
    def page_referral(self, request: Request, token: str) -> Response:
        """Show the letter with which a holder has the NIK's record looked at, ready for printing."""
        view = errands.ticket(self.mall, token)
        if view.get("identity_note") is None:
            return see_other(f"/t/{token}")
        return self.page(
            request, "referral.html", section="ticket", agency_slug=view["ticket"]["agency"], view=view
        )

    @public("GET", "/t/<token>/live", page=True)
    def ticket_live(self, request: Request, token: str) -> Response:
        """Answer what a ticket's stream would tell, for pages whose stream does not get through."""
        entry = entry_of(errands.ticket(self.mall, token)["ticket"])
        if entry.state == State.CHECKED_IN:
            self.mall.wait_estimates.of(entry.agency, entry.site)
        return json_response(board_view.ticket_state(self.mall, entry, language=language_of(request)))

    @public("POST", "/t/<token>/check-in", page=True)
    def form_check_in(self, request: Request, token: str) -> Response:
        """Check in."""
        return self._changed(request, token, "check_in")

    @public("GET", "/t/<token>/cancel", page=True)
    def page_cancel(self, request: Request, token: str) -> Response:
        """Ask whether the ticket is really to be cancelled."""
        view = errands.ticket(self.mall, token)
        if not view["can"]["cancel"]:
            return see_other(f"/t/{token}")
        return self.page(
            request, "cancel.html", section="ticket", agency_slug=view["ticket"]["agency"], view=view
        )

    @public("POST", "/t/<token>/cancel", page=True)
    def form_cancel(self, request: Request, token: str) -> Response:
        """Cancel."""
        return self._changed(request, token, "cancel")

    @public("GET", "/t/<token>/appeal", page=True)
    def page_appeal(self, request: Request, token: str) -> Response:
        """Ask why a visit was missed."""
        view = errands.ticket(self.mall, token)
        if not (view.get("missed") or {}).get("can_appeal"):
            return see_other(f"/t/{token}")
        return self._appeal(request, view)

    @public("POST", "/t/<token>/appeal", page=True)
    def form_appeal(self, request: Request, token: str) -> Response:
        """Take the word of somebody who missed a visit."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        text = request.form.get("text", "").replace("\r\n", "\n").strip()
        try:
            body = load(taken.AppealSchema(), {"text": text})
            errands.change_ticket(self.mall, token, "appeal", body, key=key)
        except Refused as refusal:
            return self._appeal(request, errands.ticket(self.mall, token), text=text, refusal=refusal)
        return see_other(f"/t/{token}")

    @public("GET", "/t/<token>/reschedule", page=True)
    def page_reschedule(self, request: Request, token: str) -> Response:
        """Show the hours to which a ticket can be moved."""
        view = errands.ticket(self.mall, token)
        if not view["can"]["reschedule"]:
            return see_other(f"/t/{token}")
        return self._move(request, view)

    @public("POST", "/t/<token>/reschedule", page=True)
    def form_reschedule(self, request: Request, token: str) -> Response:
        """Move the ticket to the chosen hour."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        slot_id = request.form.get("slot_id", "")
        try:
            if not slot_id:
                raise no_hour()
            room = waited(request, realm_of(token), slot_id, now=self.now)
            body = {"slot_id": slot_id, **({"room_token": room} if room else {})}
            moved = errands.change_ticket(self.mall, token, "reschedule", body, key=key)
        except Refused as refusal:
            return self._move(request, errands.ticket(self.mall, token), refusal=refusal)
        return see_other(f"/t/{moved['token']}?moved=1")

    def _appeal(
        self, request: Request, view: Json, *, text: str = "", refusal: Refused | None = None
    ) -> Response:
        by_field, summary = self.errors(request, refusal)
        return self.page(
            request,
            "appeal.html",
            section="ticket",
            status=refusal.status if refusal else 200,
            agency_slug=view["ticket"]["agency"],
            view=view,
            text=text,
            errors=by_field,
            summary=summary,
        )

    def _changed(self, request: Request, token: str, change: str) -> Response:
        self.pages.check_form(request)
        try:
            errands.change_ticket(self.mall, token, change, {}, key=forms.form_key(request))
        except Refused as refusal:
            return self._ticket(request, errands.ticket(self.mall, token), refusal=refusal)
        return see_other(f"/t/{token}")

    def _ticket(self, request: Request, view: Json, *, refusal: Refused | None = None) -> Response:
        ticket = view["ticket"]
        if ticket["state"] == State.CHECKED_IN:
            self.mall.wait_estimates.of(ticket["agency"], ticket["site"])
        catalogue = self._catalogue(ticket["agency"])
        language = language_of(request)
        return self.page(
            request,
            "ticket.html",
            section="ticket",
            status=refusal.status if refusal else 200,
            agency_slug=ticket["agency"],
            agency=catalogue.agency if catalogue else None,
            service=catalogue.services.get(ticket["service"]) if catalogue else None,
            view=view,
            ticket=ticket,
            live=board_view.ticket_state(self.mall, entry_of(ticket), language=language),
            status_kind=STATUS_KINDS.get(ticket["state"], "neutral"),
            page_url=f"{self.mall.public_url}/t/{view['token']}",
            visit_url=f"/visits/{visits.token_of(self.mall, ticket['visit_id'])}"
            if view.get("is_shared_visit")
            else "",
            refused=self.said(request, refusal) if refusal else "",
            is_new="new" in request.args,
            is_moved="moved" in request.args,
        )

    def _catalogue(self, agency: str) -> Catalogue | None:
        """Return an agency's catalogue when it is known: a ticket is shown without it, too."""
        try:
            return self.mall.catalogues.of(agency)
        except Refused:
            return None

    def _move(self, request: Request, view: Json, *, refusal: Refused | None = None) -> Response:
        ticket = view["ticket"]
        language = language_of(request)
        wanted = request.values.get("day") or request.args.get("from")
        today = local_date(self.now, view["time_zone"])
        page = page_of_days(day_of(wanted or ticket["day"]), today=today)
        free = errands.availability(
            self.mall,
            ticket["agency"],
            site=ticket["site"],
            service=ticket["service"],
            first=page.first,
            last=page.last,
        ).values
        chosen = chosen_day(free["days"], request.values.get("day"))
        by_field, summary = self.errors(request, refusal)
        address = f"/t/{view['token']}/reschedule?"
        return self.page(
            request,
            "reschedule.html",
            section="ticket",
            status=refusal.status if refusal else 200,
            agency_slug=ticket["agency"],
            view=view,
            ticket=ticket,
            address=address,
            days=page,
            cells=shapes.day_cells(free["days"], address=address, language=language),
            noted=shapes.noted_days(free["days"]),
            chosen=chosen,
            hours=shapes.hours_of(chosen, time_zone=view["time_zone"], now=self.now) if chosen else [],
            errors=by_field,
            summary=summary,
        )
