"""One visit over several agencies: proposed, booked step by step, shown from what each agency tells.

Nobody keeps a list of visits. A visit is an id that its tickets share; its token is that id with the
gateway's signature. Which agencies take part is asked of all of them: each knows its own tickets.
"""

import hmac
import json
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from gerai_shared.clock import local_date
from gerai_shared.refusals import InvalidRequest, Refused, to_wire
from gerai_shared.tokens import VISIT_REALM, make_token, read_token

from gerai_gateway import errands
from gerai_gateway.catalogues import Catalogue, Json
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import ErrandsOverlap, NotBookable, UnknownVisit
from gerai_gateway.rules.visit_order import Errand, Hour, overlap, propose
from gerai_gateway.schemas.taken import CHOOSE_AN_HOUR

#: What of a booking is each errand's own; everything else is the person's.
OWN = ("slot_id", "purpose", "precondition_met", "police_report", "urgent", "validity_years")
#: An id has its 128 bits from a longer hash.
ID_BYTES = 16
#: How the id of an hour ends: when it begins, in UTC.
SLOT_TIME = "%Y%m%dT%H%MZ"
#: After these nobody knows yet whether it went through.
UNANSWERED = frozenset({"unavailable", "saturated", "fault", "took_too_long"})


def token_of(mall: Mall, visit_id: str) -> str:
    """Return the token by which a visit's holder refers to it."""
    return make_token(secret=mall.deployment.settings.secret_key, realm=VISIT_REALM, identifier=visit_id)


def visit_id_of(mall: Mall, token: str) -> str:
    """Return the visit that a token of ours is of. Raises UnknownVisit."""
    found = read_token(secret=mall.deployment.settings.secret_key, token=token)
    if found is None or not token.startswith(f"{VISIT_REALM}."):
        raise UnknownVisit
    return found


def proposal(mall: Mall, site: str, day: date, wanted: Sequence[tuple[str, str]]) -> list[Json] | None:
    """Return `wanted` (agency, service) in the order that takes the shortest time on a day, an hour each.

    Items are {agency, service, slot_id, starts_at, ends_at}; None when they do not fit on that day. Raises
    UnknownAgency, UnknownSite, UnknownService, NotBookable, Unavailable.
    """
    asked = []
    for place, (agency, service) in enumerate(wanted):
        catalogue = mall.catalogues.of(agency)
        if not catalogue.is_bookable(site, service):
            raise NotBookable
        free = errands.availability(mall, agency, site=site, service=service, first=day, last=day).values
        hours = [
            Hour(name=slot["id"], starts_at=datetime.fromisoformat(slot["starts_at"]))
            for each in free["days"]
            if each["open"]
            for slot in each["slots"]
            if slot["places"] > 0
        ]
        asked.append(
            Errand(
                name=str(place),
                lasts=_lasts(catalogue, service),
                hours=tuple(hour for hour in hours if hour.starts_at > mall.now()),
            )
        )
    found = propose(asked)
    if found is None:
        return None
    return [
        {
            "agency": wanted[int(step.errand.name)][0],
            "service": wanted[int(step.errand.name)][1],
            "slot_id": step.hour.name,
            "starts_at": step.hour.starts_at.isoformat(),
            "ends_at": step.ends_at.isoformat(),
        }
        for step in found
    ]


def _lasts(catalogue: Catalogue, service: str) -> timedelta:
    return timedelta(minutes=int(catalogue.service(service)["duration_minutes"]))


def book(mall: Mall, body: Json, *, key: str) -> Json:
    """Book the errands of a visit with a body that VisitBookingSchema has found good, one after the other.

    The first that is booked gives the visit its number. A refused one is told and stops no other; a repeat
    with the same key gets what is booked already. Answers {token, number, steps}; raises the first refusal
    when none was booked, and UnknownAgency, UnknownService, InvalidRequest, ErrandsOverlap before anything
    is.
    """
    _check(mall, body)
    visit_id = _visit_id(mall, body, key)
    number: str | None = None
    steps: list[Json] = []
    refusals: list[Refused] = []
    for place, errand in enumerate(body["errands"]):
        own = {name: errand[name] for name in OWN if name in errand}
        shared = {name: value for name, value in body.items() if name != "errands"}
        step = {"agency": errand["agency"], "slot_id": errand["slot_id"]}
        try:
            asked = {**shared, **own, "visit": {"id": visit_id, "number": number}}
            # One key for each step, made of the visit: a repeat of the whole repeats none of them.
            answer = errands.book(mall, errand["agency"], asked, key=f"{visit_id}.{place}")
        except Refused as refusal:
            if number is None and refusal.code in UNANSWERED:
                # It may be booked and have given the visit its number: the repeat tells.
                raise
            refusals.append(refusal)
            steps.append({**step, "ticket": None, "token": None, "problem": to_wire(refusal)})
        else:
            number = number or answer["ticket"]["number"]
            mall.availability.outdate(errand["agency"], answer["ticket"]["site"])
            steps.append({**step, "ticket": answer["ticket"], "token": answer["token"], "problem": None})
    if number is None:
        raise refusals[0]
    return {"token": token_of(mall, visit_id), "number": number, "steps": steps}


def _check(mall: Mall, body: Json) -> None:
    """Refuse errands that are not one visit: at another site, on another day, or at the same time."""
    places = set()
    times = []
    for errand in body["errands"]:
        site, _, rest = errand["slot_id"].partition(".")
        service, _, minute = rest.partition(".")
        catalogue = mall.catalogues.of(errand["agency"])
        catalogue.offer(site, service)
        starts_at = _minute(minute)
        zone = catalogue.site(site)["time_zone"]
        places.add((site, local_date(starts_at, zone)))
        times.append((starts_at, _lasts(catalogue, service)))
    if len(places) > 1 or overlap(times):
        raise ErrandsOverlap


def _minute(text: str) -> datetime:
    try:
        return datetime.strptime(text, SLOT_TIME).replace(tzinfo=UTC)
    except ValueError:
        raise InvalidRequest(fields={"slot_id": [CHOOSE_AN_HOUR]}) from None


def _visit_id(mall: Mall, body: Json, key: str) -> str:
    """Return the id of the visit that this very request makes: the same for its repeats, nobody else's."""
    asked = json.dumps([key, body], sort_keys=True, default=str).encode()
    secret = mall.deployment.settings.secret_key.encode()
    digest = hmac.digest(secret, b"visit\0" + asked, "sha256")
    return str(uuid.UUID(bytes=digest[:ID_BYTES]))


def view(mall: Mall, token: str) -> Json:
    """Return everything that its holder may see of a visit: {token, number, steps, missing}.

    `steps` are views of tickets in the order of their hours; `missing` are agencies that do not answer now.
    Raises UnknownVisit when all answer and none knows it, Unavailable when nobody answers.
    """
    visit_id = visit_id_of(mall, token)
    steps: list[Json] = []
    missing: list[str] = []
    silence: Refused | None = None
    for agency in mall.catalogues.agencies:
        try:
            told = mall.ask(
                f"booking-{agency}", "visit", {"visit_id": visit_id}, deadline=errands.PART_SECONDS
            )
        except Refused as refusal:
            silence = refusal
            missing.append(agency)
        else:
            steps += told["tickets"]
    if not steps:
        if silence is not None:
            raise silence
        raise UnknownVisit
    steps.sort(key=_place)
    return {"token": token, "number": _number(steps), "steps": steps, "missing": missing}


def _place(step: Json) -> tuple[str, str]:
    ticket = step["ticket"]
    moment = datetime.fromisoformat(ticket["slot_starts_at"] or ticket["created_at"])
    return moment.astimezone().isoformat(), str(ticket["id"])


def _number(steps: Sequence[Json]) -> str:
    """Return the number that most steps carry; of several the first: one that was moved has its own."""
    numbers = [str(step["ticket"]["number"]) for step in steps]
    return max(numbers, key=lambda number: (numbers.count(number), -numbers.index(number)))


def check_in(mall: Mall, token: str) -> Json:
    """Tell every agency that a visit's holder is there; return the visit. Again it changes nothing.

    An agency that does not answer learns it from the others' news. Raises UnknownVisit, Unavailable.
    """
    visit_id = visit_id_of(mall, token)
    for agency in mall.catalogues.agencies:
        try:
            mall.ask(
                f"booking-{agency}", "visit_check_in", {"visit_id": visit_id}, deadline=errands.PART_SECONDS
            )
        except Refused:
            continue
    return view(mall, token)
