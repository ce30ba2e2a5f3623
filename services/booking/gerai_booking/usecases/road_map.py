"""The road map of a mall: supervisors plan counters, and the public reads when what opens."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from gerai_booking.models import road_map
from gerai_booking.models.places import put_missing
from gerai_booking.refusals import PlanInThePast, UnknownPlannedCounter, UnknownServiceGroup
from gerai_booking.rules import road_map as rules
from gerai_booking.rules.catalogue import Text
from gerai_booking.usecases import outreach
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.outreach import record
from gerai_booking.usecases.plan import Change


def record_catalogue(session: Session, office: Office) -> None:
    """Write the catalogue's road map as rows; rows that are there already stay as they are."""
    put_missing(
        session,
        road_map.planned_counters,
        [
            {
                "id": f"{office.code}.{planned.code}",
                "site": planned.site,
                "group_id": planned.group.id,
                "group_en": planned.group.en,
                "counters": planned.counters,
                "target_on": planned.target_on,
                "state": planned.state,
                "reason": None,
                "responsible": planned.responsible,
                "basis": planned.basis,
            }
            for planned in office.agency.road_map
        ],
    )


def groups_of(office: Office) -> dict[str, Text]:
    """Return the groups of the agency's services by their Indonesian name, in the catalogue's order."""
    return {service.group.id: service.group for service in office.agency.services}


def plan_counter(
    session: Session,
    office: Office,
    change: Change,
    *,
    site: str,
    group: str,
    counters: int,
    target_on: date,
    responsible: str,
    basis: str,
) -> str:
    """Put counters for a group of services on the road map of a site; return the id of the entry.

    Raises Forbidden, UnknownSite, UnknownServiceGroup, PlanInThePast.
    """
    change.officer.must_be_supervisor()
    office.site(site)
    found = groups_of(office).get(group)
    if found is None:
        raise UnknownServiceGroup
    _check_target(office, site, target_on, now=change.now)
    row = {
        "site": site,
        "group_id": found.id,
        "group_en": found.en,
        "counters": counters,
        "target_on": target_on,
        "state": rules.PLANNED,
        "reason": None,
        "responsible": responsible,
        "basis": basis,
    }
    counter_id = road_map.add_counter(session, row)
    record(session, change, kind="counter", subject=counter_id, before=None, after=row)
    return counter_id


def revise_counter(
    session: Session,
    office: Office,
    change: Change,
    *,
    site: str,
    counter_id: str,
    state: str,
    target_on: date | None = None,
    counters: int | None = None,
    responsible: str | None = None,
) -> None:
    """Change an entry; what it was stays on record with who and why, and the public reads earlier dates.

    What is None stays as it is. Raises Forbidden, UnknownSite, UnknownPlannedCounter, PlanInThePast.
    """
    change.officer.must_be_supervisor()
    office.site(site)
    found = road_map.find_counter(session, counter_id)
    if found is None or found.site != site:
        raise UnknownPlannedCounter
    day = target_on or found.target_on
    if day != found.target_on and state != rules.OPEN:
        _check_target(office, site, day, now=change.now)
    after: dict[str, Any] = {
        "state": state,
        "target_on": day,
        "counters": counters or found.counters,
        "responsible": responsible or found.responsible,
        "reason": found.reason,
    }
    if state == rules.POSTPONED or day != found.target_on:
        after["reason"] = change.why
    before = {name: getattr(found, name) for name in after}
    road_map.set_counter(session, counter_id, **after)
    record(session, change, kind="counter", subject=counter_id, before=before, after=after)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What supervisors see of a site's road map."""

    counters: list[Any]
    late: set[str]
    changes: Mapping[str, list[Any]]
    years: list[rules.Year]


def overview(session: Session, office: Office, *, site: str, now: datetime) -> Overview:
    """Return the road map of a site with its changes, and how many events the agency has a year.

    Raises UnknownSite.
    """
    today = office.today(site, now)
    found = road_map.counters_at(session, site=site)
    return Overview(
        counters=found,
        late={row.id for row in found if rules.is_late(row.target_on, row.state, today=today)},
        changes=road_map.changes_of(session, [row.id for row in found]),
        years=outreach.years(session, office, now=now),
    )


def published(session: Session, office: Office, *, site: str, now: datetime) -> dict[str, Any]:
    """Return what the public reads of a site's road map: no names, every earlier date with its reason.

    Raises UnknownSite.
    """
    today = office.today(site, now)
    found = road_map.counters_at(session, site=site)
    changes = road_map.changes_of(session, [row.id for row in found])
    return {
        "site": site,
        "entries": [
            {
                "group": {"id": row.group_id, "en": row.group_en},
                "counters": row.counters,
                "target_on": row.target_on.isoformat(),
                "state": row.state,
                "is_late": rules.is_late(row.target_on, row.state, today=today),
                "reason": row.reason,
                "responsible": row.responsible,
                "basis": row.basis,
                "earlier": _earlier(changes[row.id]),
            }
            for row in found
        ],
    }


def _earlier(changes: list[Any]) -> list[dict[str, str]]:
    """Return the dates that were told before, the oldest first, each with when and why it was given up."""
    found = []
    for row in changes:
        before = json.loads(row.before) if row.before else {}
        after = json.loads(row.after)
        if before and before["target_on"] != after["target_on"]:
            found.append(
                {
                    "target_on": before["target_on"],
                    "changed_on": row.at.date().isoformat(),
                    "why": row.why,
                }
            )
    return found


def _check_target(office: Office, site: str, target_on: date, *, now: datetime) -> None:
    if target_on < office.today(site, now):
        raise PlanInThePast
