"""What somebody is advised before they book, and told again with the booking: never a refusal."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from gerai_shared.ticket import Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import places, plan, tickets
from gerai_booking.refusals import UnknownSlot, UnknownTicket
from gerai_booking.rules.catalogue import Route
from gerai_booking.rules.quota import Regime, regimes_in_force
from gerai_booking.rules.routing import route_of
from gerai_booking.usecases.applicants import Applicant
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.restrictions import free_from
from gerai_booking.usecases.rulebook import in_force
from gerai_booking.usecases.views import both

Key = TypeVar("Key", bound=Hashable)
Advice = dict[str, Any]


def advise(
    session: Session, office: Office, applicant: Applicant, *, slot_id: str | None, hold_id: str | None
) -> list[Advice]:
    """Return what somebody is advised who is about to book a slot or a held place.

    Raises UnknownTicket, UnknownSlot.
    """
    if hold_id is not None:
        held = tickets.find(session, hold_id, agency=office.code)
        if held is None:
            raise UnknownTicket
        site, day = held.site, held.day
    else:
        slot = places.find_slots(session, [slot_id or ""]).get(slot_id or "")
        if slot is None:
            raise UnknownSlot
        site, day = slot.site, slot.day
    return _advice(
        office,
        applicant,
        site=site,
        day=day,
        routes=in_force(session, office).routes,
        regimes=_regimes(session, [applicant]),
    )


def advice_for_many(
    session: Session, office: Office, booked: Mapping[Key, tuple[Applicant, Ticket]]
) -> dict[Key, list[Advice]]:
    """Return what each of these is advised beside the ticket they have now, which stays as it is."""
    routes = in_force(session, office).routes
    regimes = _regimes(session, [applicant for applicant, _ticket in booked.values()])
    return {
        key: _advice(office, applicant, site=ticket.site, day=ticket.day, routes=routes, regimes=regimes)
        for key, (applicant, ticket) in booked.items()
    }


def _regimes(session: Session, applicants: Sequence[Applicant]) -> list[Regime]:
    """The regimes, asked for only where somebody says that it is not urgent."""
    return plan.regimes(session) if any(each.urgent is False for each in applicants) else []


def _advice(
    office: Office,
    applicant: Applicant,
    *,
    site: str,
    day: date,
    routes: Sequence[Route],
    regimes: list[Regime],
) -> list[Advice]:
    found = []
    route = route_of(routes, purpose=applicant.purpose, regency=applicant.origin, site=site, day=day)
    if route is not None:
        found.append(_other_office(route))
    regency = office.site(site).regency_code
    if applicant.urgent is False and regimes_in_force(regimes, regency=regency, day=day):
        free = free_from(office, regimes, site=site, day=day)
        found.append({**_NOTHING, "kind": "postpone", "day": free.isoformat() if free else None})
    return found


_NOTHING: Advice = {"kind": "", "office": None, "site": None, "why": None, "basis": None, "day": None}


def _other_office(route: Route) -> Advice:
    return {
        **_NOTHING,
        "kind": "other_office",
        "office": both(route.office),
        "site": route.site,
        "why": both(route.why),
        "basis": route.basis,
    }
