"""What citizens ask for, told to the right agency: the same for the interface and for the portal's forms."""

import re
from datetime import date
from typing import Any

from gerai_shared.refusals import InvalidRequest, Refused, Unavailable
from gerai_shared.tokens import realm_of
from gerai_shared.waiting_room import NUMBER_LASTS, REALM, site_mark, told_number

from gerai_gateway import proofs
from gerai_gateway.availability import Answer, Question
from gerai_gateway.catalogues import Json
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import (
    RangeTooLong,
    UnknownAgency,
    UnknownCheckCode,
    UnknownComplaint,
    UnknownNumber,
    UnknownService,
    UnknownTicket,
)
from gerai_gateway.rules.board import Entry, entry_of
from gerai_gateway.rules.limiting import network_of

TOKEN = re.compile(r"[a-z][a-z-]{0,59}\.[A-Za-z0-9_-]{43}")
COMPLAINT_REALM = "complaint"
CHECK_REALM = "check-"
#: What belongs to no agency, such as doors and lifts, is complained about to the mall itself.
THE_MALL = "mall"
LONGEST_RANGE_DAYS = 62
ADVICE_SECONDS = 2.0
#: How long each of several agencies may take: who is missing is said, rather than keep a reader waiting.
PART_SECONDS = 2.0


def deployment_of_agency(mall: Mall, agency: str) -> str:
    """Return the name on the bus of an agency. Raises UnknownAgency."""
    if agency not in mall.catalogues.agencies:
        raise UnknownAgency
    return f"booking-{agency}"


def deployment_of_ticket(mall: Mall, token: str) -> str:
    """Return whom to ask about a ticket. Raises UnknownTicket for what cannot be a token of ours."""
    agency = realm_of(token)
    if agency not in mall.catalogues.agencies or not TOKEN.fullmatch(token):
        raise UnknownTicket
    return f"booking-{agency}"


def check_complaint_token(token: str) -> None:
    """Raise UnknownComplaint for what cannot be a token of ours."""
    if realm_of(token) != COMPLAINT_REALM or not TOKEN.fullmatch(token):
        raise UnknownComplaint


def availability(mall: Mall, agency: str, *, site: str, service: str, first: date, last: date) -> Answer:
    """Return the free places of a service at a site on the days from `first` to `last`.

    Raises UnknownAgency, UnknownSite, UnknownService, RangeTooLong, Unavailable.
    """
    mall.catalogues.of(agency).offer(site, service)
    if (last - first).days >= LONGEST_RANGE_DAYS:
        raise RangeTooLong(days=LONGEST_RANGE_DAYS)
    question = Question(
        agency=agency, site=site, service=service, first=first.isoformat(), last=last.isoformat()
    )
    return mall.availability.of(question)


def free_days(mall: Mall, site: str, *, first: date, last: date) -> Json:
    """Return on which days each service of a site can be booked, by agency, and which agency does not answer.

    Raises UnknownSite, RangeTooLong, Unavailable when nobody has ever told of the site.
    """
    _place, present = mall.catalogues.site(site)
    if (last - first).days >= LONGEST_RANGE_DAYS:
        raise RangeTooLong(days=LONGEST_RANGE_DAYS)
    agencies: list[Json] = []
    missing = mall.catalogues.unknown()
    for catalogue in present:
        question = Question(agency=catalogue.code, site=site, first=first.isoformat(), last=last.isoformat())
        try:
            told = mall.availability.of(question, deadline=PART_SECONDS).values
        except Refused:
            # Whatever it says no with, an older version of it included: the others' days are shown.
            missing.append(catalogue.code)
            continue
        agencies.append(
            {"agency": catalogue.code, "name": catalogue.agency["name"], "services": told["services"]}
        )
    time_zone = present[0].sites[site]["time_zone"]
    return {"site": site, "time_zone": time_zone, "agencies": agencies, "missing": missing}


def hold(
    mall: Mall,
    agency: str,
    *,
    slot_id: str,
    address: str,
    holder: str | None = None,
    replaces: str | None = None,
    room_token: str | None = None,
    proof: str | None = None,
    key: str,
) -> Json:
    """Hold a place: {"ticket", "token", "held_until"}. Raises Refused.

    `address` is where it is asked from, `holder` tells its browsers apart; `replaces` is the token of the
    hold that is given up for this one; see `proofs.wanted` for `room_token` and `proof`.
    """
    deployment = deployment_of_agency(mall, agency)
    asked = {"slot_id": slot_id, "holder": holder, "network": network_of(address), "replaces": replaces}
    given = {"room_token": room_token, "proof": proof}
    body = {name: value for name, value in (asked | given).items() if value is not None}
    return mall.ask(deployment, "hold", proofs.wanted(mall, agency, body), key=key)


def enter_room(
    mall: Mall, agency: str, *, site: str, day: date, address: str, holder: str | None = None, key: str
) -> Json:
    """Draw a number for a day at a site; return where in line it is. Raises Refused.

    `address` and `holder` as of a hold.
    """
    mall.catalogues.of(agency).site(site)
    asked = {"site": site, "day": day.isoformat(), "network": network_of(address)}
    if holder is not None:
        asked["holder"] = holder
    token = str(mall.ask(deployment_of_agency(mall, agency), "enter_room", asked, key=key)["token"])
    return place_in_line(mall, token)


def place_in_line(mall: Mall, token: str) -> Json:
    """Return where in line a number is, computed from itself: nobody is asked. Raises UnknownNumber.

    It is not proven here that an agency gave it: whoever lets its holder in does that.
    """
    number = told_number(token) if TOKEN.fullmatch(token) else None
    agency = realm_of(token).removeprefix(REALM)
    if number is None or agency not in mall.catalogues.agencies:
        raise UnknownNumber
    sites = mall.catalogues.of(agency).sites
    site = next((code for code in sites if site_mark(code) == number.room.site_mark), None)
    if site is None:
        raise UnknownNumber
    now = mall.now()
    return {
        "token": token,
        "agency": agency,
        "site": site,
        "number": number.number,
        "position": number.position(now),
        "opens_at": number.room.opens_at.isoformat(),
        "admitted": number.is_admitted(now),
        "admitted_at": number.admitted_at.isoformat(),
        "expires_at": (number.admitted_at + NUMBER_LASTS).isoformat(),
        "expected_wait_seconds": number.wait_seconds(now),
        "retry_after": number.pause_seconds(now),
    }


def agency_of_check(mall: Mall, code: str) -> str:
    """Return whom to ask about a check code. Raises UnknownCheckCode for what cannot be one of ours."""
    realm = realm_of(code)
    agency = realm.removeprefix(CHECK_REALM)
    if agency == realm or agency not in mall.catalogues.agencies or not TOKEN.fullmatch(code):
        raise UnknownCheckCode
    return agency


def check(mall: Mall, code: str) -> Json:
    """Return what a check code tells of its ticket. Raises UnknownCheckCode, Unavailable."""
    return mall.ask(f"booking-{agency_of_check(mall, code)}", "check", {"token": code})


def book(mall: Mall, agency: str, body: Json, *, key: str) -> Json:
    """Book with a body that BookingSchema has found good: {"ticket", "token"}. Raises Refused."""
    deployment = deployment_of_agency(mall, agency)
    person = body["person"]
    mall.limiter.admit_identity(person.get("nik") or person["passport_number"])
    if "slot_id" in body:
        body = proofs.wanted(mall, agency, body)
    else:
        # Whoever holds a place has shown these for it.
        body = {name: value for name, value in body.items() if name not in {"room_token", "proof"}}
    with mall.waits.place(deployment):
        return mall.bookings.book(agency, key=key, body=body)


def advice(mall: Mall, agency: str, body: Json) -> list[Json]:
    """Return what an agency advises before a booking is made; nothing where it gives no answer.

    It is asked only where there may be something to say, and it holds nobody up.
    """
    routes = mall.catalogues.of(agency).contents.get("routes", [])
    is_routed = any(body.get("purpose") in route["purposes"] for route in routes)
    if not is_routed and body.get("urgent") is not False:
        return []
    try:
        answer = mall.ask(deployment_of_agency(mall, agency), "advise", body, deadline=ADVICE_SECONDS)
    except Refused:
        return []
    found: list[Json] = answer["advice"]
    return found


def ticket(mall: Mall, token: str) -> Json:
    """Return everything its holder may see of a ticket. Raises UnknownTicket, Unavailable."""
    view = mall.ask(deployment_of_ticket(mall, token), "ticket", {"token": token})
    ahead = live_ahead(mall, entry_of(view["ticket"]))
    return {**view, "ahead": ahead} if ahead is not None else view


def live_ahead(mall: Mall, entry: Entry) -> int | None:
    """Return how many are called before a ticket as the boards know it, None when they do not."""
    board = mall.boards.boards.get((entry.agency, entry.site))
    return board.people_ahead_of(entry.id) if board is not None and board.is_reached else None


def change_ticket(mall: Mall, token: str, change: str, body: Json, *, key: str) -> Json:
    """Cancel, reschedule or check_in a ticket; return its view, or the new one's. Raises Refused."""
    view = mall.ask(deployment_of_ticket(mall, token), change, {"token": token, **body}, key=key)
    mall.availability.outdate(view["ticket"]["agency"], view["ticket"]["site"])
    return view


def file_complaint(mall: Mall, body: dict[str, Any], *, key: str) -> Json:
    """File a complaint with a body that ComplaintSchema has loaded; return its receipt.

    With a ticket's token the agency is asked what visit it was; does it not answer, the complaint goes
    without. What the citizen sent goes on as it is: a repeat is recognised by it, whatever the agency
    says then. Raises Refused.
    """
    token = body["ticket_token"]
    facts: Json | None = None
    if token is not None:
        try:
            facts = mall.ask(deployment_of_ticket(mall, token), "complaint_facts", {"token": token})
        except Unavailable:
            facts = None
        except Refused as refusal:
            if refusal.code == Unavailable.code:
                facts = None
            elif refusal.code == UnknownTicket.code:
                raise InvalidRequest(fields={"ticket_token": [UnknownTicket().template]}) from refusal
            else:
                raise
    else:
        check_place(mall, body)
    sent = {name: value for name, value in body.items() if name not in ("attachments", "public") or value}
    return mall.ask("complaints", "file", {**sent, "ticket_facts": facts}, key=key)


def check_place(mall: Mall, body: Json) -> None:
    """Refuse a complaint about what does not exist; an agency that is silent now may be complained about.

    Raises UnknownAgency, UnknownSite, UnknownService.
    """
    if body["agency"] == THE_MALL:
        _check_place_of_mall(mall, site=body["site"], service=body["service"])
        return
    if body["agency"] not in mall.catalogues.agencies:
        raise UnknownAgency
    if body["agency"] in mall.catalogues.unknown():
        return
    catalogue = mall.catalogues.of(body["agency"])
    if body["site"] is not None:
        catalogue.site(body["site"])
    if body["service"] is not None:
        catalogue.service(body["service"])


def _check_place_of_mall(mall: Mall, *, site: str | None, service: str | None) -> None:
    """Refuse services, which only agencies have, and places that are not even a silent agency's."""
    if service is not None:
        raise UnknownService
    if site is not None and not mall.catalogues.unknown():
        mall.catalogues.site(site)


def complaint(mall: Mall, token: str) -> Json:
    """Return a complaint as its sender sees it. Raises UnknownComplaint, Unavailable."""
    check_complaint_token(token)
    return mall.ask("complaints", "track", {"token": token})


def personal_data(mall: Mall, token: str) -> Json:
    """Return all that is kept of whoever brought a complaint. Raises UnknownComplaint, Unavailable."""
    check_complaint_token(token)
    return mall.ask("complaints", "personal_data", {"token": token})


def erase(mall: Mall, token: str, *, key: str) -> Json:
    """Have who brought a complaint be erased, at once or when it is over; return the complaint.

    Raises UnknownComplaint, IdempotencyKeyReused, Unavailable.
    """
    check_complaint_token(token)
    return mall.ask("complaints", "erase", {"token": token}, key=key)


def unpublish(mall: Mall, token: str) -> Json:
    """Let the public read a complaint no more; return the complaint. Raises UnknownComplaint, Unavailable."""
    check_complaint_token(token)
    return mall.ask("complaints", "unpublish", {"token": token})


def decide(mall: Mall, token: str, decision: str, text: str | None, *, key: str) -> Json:
    """Carry out what the holder of a complaint decides; return the complaint. Raises Refused."""
    check_complaint_token(token)
    payload = {"token": token, "decision": decision, **({"text": text} if text else {})}
    return mall.ask("complaints", "decide", payload, key=key)
