"""Demand for the services of an agency by district, for studies of where to serve (S4-5)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from gerai_booking.models import establishment
from gerai_booking.rules import demand
from gerai_booking.usecases.office import Office


@dataclass(frozen=True, kw_only=True)
class Question:
    """Whose demand is asked for: of a regency, from `first` to `last` both included, at one site or all."""

    regency: str
    first: date
    last: date
    site: str | None = None
    service: str | None = None


def by_district(session: Session, office: Office, question: Question) -> demand.Demand:
    """Return the demand of a regency by district, without numbers below five.

    Raises UnknownSite, UnknownService.
    """
    if question.site is not None:
        office.site(question.site)
    if question.service is not None:
        office.service(question.service)
    counts: dict[str, int] = {}
    for origin, district, count in establishment.origins(
        session,
        regency=question.regency,
        first=question.first,
        last=question.last,
        site=question.site,
        service=question.service,
    ):
        found = demand.district_of(origin, district)
        counts[found] = counts.get(found, 0) + count
    return demand.demand(counts)
