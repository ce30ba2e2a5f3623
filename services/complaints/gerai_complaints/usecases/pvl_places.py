"""Which places PVL on the spot should visit next: by complaints, regencies covered, and time (S0-4)."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.clock import local_date
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, PlaceName, PvlEvent, SiteCoverage
from gerai_complaints.pvl_shapes import PlaceLine, PlaceList
from gerai_complaints.rules.pvl import EventState, PlaceFacts, rank
from gerai_complaints.usecases.places import DEFAULT_TIME_ZONE, SITE, names
from gerai_complaints.usecases.reading import agencies_of, own_cases

#: Complaints of so long are counted.
COUNTED = timedelta(days=365)
#: An agency and one of its sites, by their codes.
Place = tuple[str, str]


def ranked(session: Session, *, officer: Officer, now: datetime) -> PlaceList:
    """Return every site of every agency that is an officer's business in the order in which to visit them."""
    today = local_date(now, DEFAULT_TIME_ZONE)
    complaints = _complaints(session, today - COUNTED, own_cases(session, officer))
    regencies: dict[Place, list[str]] = defaultdict(list)
    for covered in session.scalars(select(SiteCoverage).order_by(SiteCoverage.name)):
        regencies[covered.agency, covered.site].append(covered.name)
    last, planned = _visits(session, today)
    sites = session.execute(select(PlaceName.agency, PlaceName.code).where(PlaceName.kind == SITE))
    without = sum(count for (_, site), count in complaints.items() if site is None)
    places = {(agency, site) for agency, site in sites}
    places |= {(agency, site) for agency, site in complaints if site is not None}
    agencies = agencies_of(session, officer)
    if agencies:
        places = {place for place in places if place[0] in agencies}
    found = rank(
        PlaceFacts(
            agency=place[0],
            site=place[1],
            complaints=complaints.get(place, 0),
            regencies=len(regencies.get(place, ())),
            days_since=(today - last[place]).days if place in last else None,
            planned_for=planned.get(place),
        )
        for place in places
    )
    known = names(session)
    return PlaceList(
        places=tuple(
            PlaceLine(
                ranked=each,
                agency=known.agency(each.facts.agency),
                site=known.site(each.facts.agency, each.facts.site),
                regencies=tuple(regencies.get((each.facts.agency, each.facts.site), ())),
            )
            for each in found
        ),
        without_place=without,
    )


def _complaints(session: Session, since: date, own: ColumnElement[bool]) -> dict[tuple[str, str | None], int]:
    rows = session.execute(
        select(Complaint.agency, Complaint.site, func.count())
        .where(Complaint.received_on >= since, own)
        .group_by(Complaint.agency, Complaint.site)
    )
    return {(agency, site): count for agency, site, count in rows}


def _visits(session: Session, today: date) -> tuple[dict[Place, date], dict[Place, date]]:
    """Return the last day of the last event held at each place, and the first of the next one planned."""
    rows = session.execute(
        select(PvlEvent.agency, PvlEvent.site, PvlEvent.state, PvlEvent.first_day, PvlEvent.last_day)
        .where(PvlEvent.state != EventState.CANCELLED.value)
        .order_by(PvlEvent.first_day)
    )
    last: dict[Place, date] = {}
    planned: dict[Place, date] = {}
    for agency, site, state, first_day, last_day in rows:
        if site is None:
            continue
        if state == EventState.HELD:
            last[agency, site] = max(last.get((agency, site), last_day), min(last_day, today))
        elif last_day >= today:
            planned.setdefault((agency, site), first_day)
    return last, planned


def learn_coverage(session: Session, agency: str, catalogue: dict[str, Any]) -> None:
    """Keep for which regencies each site of an agency is there, as its catalogue tells.

    Raises KeyError on another shape; a catalogue without coverage covers none.
    """
    rows = {
        (site, covered["code"]): SiteCoverage(
            agency=agency, site=site, regency=covered["code"], name=covered["name"]
        )
        for covered in catalogue.get("coverage", ())
        for site in covered["sites"]
    }
    session.execute(delete(SiteCoverage).where(SiteCoverage.agency == agency))
    session.add_all(rows.values())
