"""Booking: a day and an hour, then who comes, then a ticket."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.borders import load
from gerai_shared.clock import local_date
from gerai_shared.http import client_address
from gerai_shared.refusals import IdempotencyKeyReused, InvalidRequest, Refused
from gerai_shared.ticket import HoldExpired, State, TransitionNotAllowed
from gerai_shared.tokens import realm_of
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands, proofs
from gerai_gateway.catalogues import Catalogue, Json
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms, opening, shapes
from gerai_gateway.portal.base import PortalPages, see_other
from gerai_gateway.portal.rooms import room_token, room_url
from gerai_gateway.refusals import NotBookable, UnknownSite, UnknownTicket
from gerai_gateway.rules.pages_of_days import page_of_days
from gerai_gateway.schemas import taken

_booking = taken.BookingSchema()
_hold = taken.HoldSchema()
#: An offer to who waits: two hours, and a night that does not count.
LONGEST_HOLD = timedelta(hours=12)


class BookingPages(PortalPages):
    """Mixin: from a service to a ticket, in two forms."""

    @public("GET", "/book/<agency>/<service>", page=True)
    def page_book(self, request: Request, agency: str, service: str) -> Response:
        """Show days and hours with free places."""
        return self._hours(request, agency, service)

    @public("POST", "/book/<agency>/<service>", page=True)
    def form_hold(self, request: Request, agency: str, service: str) -> Response:
        """Hold the chosen hour, instead of the one held before, and go on to the details."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        try:
            wanted = load(_hold, {"slot_id": request.form.get("slot_id", "")})
        except InvalidRequest:
            return self._hours(request, agency, service, refusal=no_hour())
        try:
            held = errands.hold(
                self.mall,
                agency,
                **wanted,
                address=client_address(request, self.deployment.settings.trusted_proxies),
                holder=self.pages.form_token(request),
                replaces=_given_up(request, agency),
                room_token=waited(request, agency, wanted["slot_id"], now=self.now),
                proof=request.form.get("proof") or None,
                key=key,
            )
        except Refused as refusal:
            if refusal.code in ROOM_CODES:
                site, day = _site_of(wanted["slot_id"]), request.form.get("day", "")
                return see_other(room_url(agency, site, service=service, day=day, again=True))
            return self._hours(request, agency, service, refusal=refusal)
        self.mall.availability.outdate(agency, held["ticket"]["site"])
        return see_other(f"/book/{agency}/{service}/details/{held['token']}")

    @public("GET", "/book/<agency>/<service>/details/<token>", page=True)
    def page_details(self, request: Request, agency: str, service: str, token: str) -> Response:
        """Show the form for the applicant, with the time for which the place is kept."""
        view = self._held(agency, service, token)
        if view["ticket"]["state"] not in {State.HELD, State.EXPIRED}:
            return see_other(f"/t/{token}")
        return self._details(request, view, form={})

    @public("POST", "/book/<agency>/<service>/details/<token>", page=True)
    def form_book(self, request: Request, agency: str, service: str, token: str) -> Response:
        """Book; whatever goes wrong, nothing that was typed is lost."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        form = request.form.to_dict()
        body = forms.booking_body(form, hold_token=token, language=language_of(request))
        if "slot_id" in body:
            room = waited(request, agency, body["slot_id"], now=self.now)
            given = {"room_token": room, "proof": form.get("proof")}
            body |= {name: value for name, value in given.items() if value}
        try:
            self._check(body, self.mall.catalogues.of(agency).service(service), form)
            if not form.get("advised") and (advice := errands.advice(self.mall, agency, body)):
                # Said once, before anything is booked; whoever goes on has decided.
                return self._details(request, self._held(agency, service, token), form=form, advice=advice)
            booked = errands.book(self.mall, agency, body, key=key)
        except Refused as refusal:
            if refusal.code in forms.UNANSWERED and (seen := self._seen(agency, service, token, form)):
                # Whoever gave no answer now would give none about the hold either.
                return self._details(request, seen, form=form, refusal=refusal)
            view = self._held(agency, service, token)
            if view["ticket"]["state"] == State.BOOKED and refusal.code in ALREADY_SENT:
                # The answer to the first sending was lost on the way; the booking was not.
                return see_other(f"/t/{token}?new=1")
            return self._details(request, view, form=form, refusal=refusal)
        self.mall.availability.outdate(agency, booked["ticket"]["site"])
        return see_other(f"/t/{booked['token']}?new=1")

    def _check(self, body: Json, service: Json, form: Mapping[str, str]) -> None:
        """Refuse with everything that is wrong at once. Raises InvalidRequest."""
        problems: dict[str, list[str]] = {}
        try:
            load(_booking, body)
        except InvalidRequest as refusal:
            problems = refusal.details["fields"]
        if service["purposes"] and not body.get("purpose"):
            problems["purpose"] = [CHOOSE_A_PURPOSE]
        if form.get("asks_urgency") and "urgent" not in body:
            problems["urgent"] = [taken.CHOOSE]
        if service["precondition"] and not body["precondition_met"]:
            problems["precondition_met"] = [CONFIRM]
        if service.get("ages", "any") != "any" and "birth_date" not in body["person"]:
            problems["person.birth_date"] = [taken.EMPTY]
        if service.get("police_report") and "police_report" not in body:
            problems["police_report.number"] = [taken.EMPTY]
        if problems:
            raise InvalidRequest(fields=problems)

    def _hours(
        self, request: Request, agency: str, service: str, *, refusal: Refused | None = None
    ) -> Response:
        catalogue = self.mall.catalogues.of(agency)
        found = catalogue.service(service)
        bookable = [
            catalogue.site(o["site"]) for o in found["offers"] if catalogue.is_bookable(o["site"], service)
        ]
        site = self._chosen_site(bookable, request.values.get("site"))
        page = page_of_days(
            day_of(request.values.get("day") or request.args.get("from")), today=self._today(site)
        )
        free = errands.availability(
            self.mall, agency, site=site["code"], service=service, first=page.first, last=page.last
        ).values
        chosen = chosen_day(free["days"], request.values.get("day"))
        by_field, summary = self.errors(request, refusal)
        instead = f"&instead={given_up}" if (given_up := _given_up(request, agency)) else ""
        address = f"/book/{agency}/{service}?site={site['code']}{instead}"
        return self.page(
            request,
            "book.html",
            section="services",
            catalogues=[catalogue],
            status=refusal.status if refusal else 200,
            agency_slug=agency,
            agency=catalogue.agency,
            service=found,
            site=site,
            sites=bookable,
            address=address,
            given_up=given_up,
            instead=instead,
            release=(release := shapes.release_at(catalogue, site["code"], now=self.now)),
            is_room_open=release is not None and shapes.is_room_open(release, now=self.now),
            **self._task(request, agency, site["code"], service, chosen["day"] if chosen else ""),
            days=page,
            cells=shapes.day_cells(free["days"], address=address, language=language_of(request)),
            noted=shapes.noted_days(free["days"]),
            full=shapes.full_days(free["days"]),
            wait=self._wait_now(catalogue, site["code"], service),
            chosen=chosen,
            hours=shapes.hours_of(chosen, time_zone=site["time_zone"], now=self.now) if chosen else [],
            errors=by_field,
            summary=summary,
        )

    def _wait_now(self, catalogue: Catalogue, site: str, service: str) -> Json | None:
        """Return how long somebody would wait who came now, while the site is open."""
        if not opening.today_at([catalogue], site, now=self.now).is_open:
            return None
        return self.mall.wait_estimates.of_services(catalogue.code, site).get(service)

    def _task(self, request: Request, agency: str, site: str, service: str, day: str) -> dict[str, Any]:
        """Return what a form for a place needs while demand is high: the task, and where else to turn."""
        token = waited(request, agency, site, now=self.now)
        return {
            "task": proofs.task_for(self.mall, agency, room_token=token),
            "room_url": room_url(agency, site, service=service, day=day, again=True),
        }

    def _chosen_site(self, bookable: list[Json], wanted: str | None) -> Json:
        if not bookable:
            raise NotBookable
        if not wanted:
            return bookable[0]
        for site in bookable:
            if site["code"] == wanted:
                return site
        raise UnknownSite

    def _today(self, site: Json) -> date:
        return local_date(self.now, site["time_zone"])

    def _held(self, agency: str, service: str, token: str) -> Json:
        view = errands.ticket(self.mall, token)
        if (view["ticket"]["agency"], view["ticket"]["service"]) != (agency, service):
            raise UnknownTicket
        return view

    def _seen(self, agency: str, service: str, token: str, form: dict[str, str]) -> Json | None:
        """Return the hold as the form itself showed it, while it is alive; None when that cannot be told."""
        try:
            starts_at = datetime.fromisoformat(form.get("seen_starts_at", ""))
            held_until = datetime.fromisoformat(form.get("seen_held_until", ""))
            site = self.mall.catalogues.of(agency).site(form.get("seen_site", ""))
            day = local_date(starts_at, site["time_zone"])
        except (ValueError, OverflowError, Refused):
            return None
        if starts_at.tzinfo is None or held_until.tzinfo is None:
            return None
        # Whoever sends the form could write anything into it.
        if not self.now < held_until <= self.now + LONGEST_HOLD:
            return None
        return {
            "token": token,
            "time_zone": site["time_zone"],
            "site_name": site["name"],
            "site_address": site["address"],
            "ticket": {
                "agency": agency,
                "service": service,
                "site": site["code"],
                "state": State.HELD,
                "day": day.isoformat(),
                "slot_starts_at": starts_at.isoformat(),
                "held_until": held_until.isoformat(),
            },
        }

    def _details(
        self,
        request: Request,
        view: Json,
        *,
        form: dict[str, str],
        refusal: Refused | None = None,
        advice: Sequence[Json] = (),
    ) -> Response:
        ticket = view["ticket"]
        catalogue = self.mall.catalogues.of(ticket["agency"])
        is_kept = ticket["state"] == State.HELD and datetime.fromisoformat(ticket["held_until"]) > self.now
        if refusal is None and not is_kept:
            refusal = HoldExpired()
        by_field, summary = self.errors(request, refusal)
        if not is_kept and by_field and "slot_id" not in by_field and not form.get("slot_id"):
            by_field["slot_id"] = self.said(request, HoldExpired())
        return self.page(
            request,
            "details.html",
            section="services",
            catalogues=[catalogue],
            status=refusal.status if refusal else 200,
            agency_slug=ticket["agency"],
            agency=catalogue.agency,
            service=catalogue.service(ticket["service"]),
            view=view,
            ticket=ticket,
            is_kept=is_kept,
            choices=[] if is_kept else self._choices(catalogue, ticket),
            **self._task(request, ticket["agency"], ticket["site"], ticket["service"], ticket["day"]),
            needs_number=refusal is not None and refusal.code in ROOM_CODES,
            form=form,
            advice=advice,
            regencies=catalogue.contents.get("regencies", []),
            errors=by_field,
            summary=summary,
            key=forms.key_to_keep(form, refusal),
        )

    def _choices(self, catalogue: Catalogue, ticket: Json) -> list[dict[str, Any]]:
        """Return the days and hours that are free in the next two weeks, for a hold that has run out."""
        site = catalogue.site(ticket["site"])
        page = page_of_days(None, today=self._today(site))
        free = errands.availability(
            self.mall,
            catalogue.code,
            site=ticket["site"],
            service=ticket["service"],
            first=page.first,
            last=page.last,
        ).values
        return [
            {"day": day["day"], "hours": shapes.hours_of(day, time_zone=site["time_zone"], now=self.now)}
            for day in free["days"]
            if day["open"]
        ]


CHOOSE_A_PURPOSE = "Please choose what you need this for."
CONFIRM = "Please confirm this first."
ALREADY_SENT = frozenset({IdempotencyKeyReused.code, TransitionNotAllowed.code, "open_ticket_exists"})


#: Refusals that a number of the waiting room is the answer to.
ROOM_CODES = frozenset({"waiting_room", "not_your_turn", "number_expired", "unknown_number"})


def no_hour() -> InvalidRequest:
    """Return the refusal of a form in which no hour was chosen."""
    return InvalidRequest(fields={"slot_id": [taken.CHOOSE_AN_HOUR]})


def _given_up(request: Request, agency: str) -> str | None:
    """Return the token of the hold for which another hour is looked for, None when there is none."""
    token = str(request.values.get("instead", ""))
    return token if errands.TOKEN.fullmatch(token) and realm_of(token) == agency else None


def waited(request: Request, agency: str, place: str, *, now: datetime) -> str | None:
    """Return this browser's number of a room when it has come up, else None; `place` is a site or an hour."""
    token = room_token(request, agency, _site_of(place))
    return token if proofs.has_waited(token, now=now) else None


def _site_of(slot_id: str) -> str:
    return slot_id.partition(".")[0]


def day_of(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def chosen_day(days: list[Json], wanted: str | None) -> Json | None:
    """Return the wanted day when it is open, else the first open one."""
    is_open = [day for day in days if day["open"]]
    return next((day for day in is_open if day["day"] == wanted), is_open[0] if is_open else None)
