"""Who gave places beyond the quota, called out of turn or turned people away: by month, with the lists."""

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from gerai_shared import accounts
from gerai_shared.accounts import Officer
from sqlalchemy.orm import Session

from gerai_booking.models import acts, floor, grants
from gerai_booking.usecases.office import Office

#: A page shows the newest of those who were turned away.
MOST_TURNED_AWAY = 200


@dataclass(frozen=True, kw_only=True)
class Given:
    """How many places of a kind an officer gave in a month."""

    officer_id: str
    officer_name: str
    kind: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Audit:
    """A month: who gave how many, the most first, and the grants that were asked for, the newest first.

    `called` are those who were called before others, the newest first: see models.acts. `endings` counts how
    services ended, `turned_away` are those that ended with a reason against somebody: see models.floor;
    `names` are of officers by id.
    """

    first: date
    given: list[Given]
    grants: list[Any]
    called: list[Any]
    endings: dict[str, int]
    turned_away: list[Any]
    names: dict[str, str]


def audit(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    month: date,
    giver: str | None = None,
    kind: str | None = None,
) -> Audit:
    """Return what was given in the month of a day at every site, by one officer or of one kind when asked.

    Raises Forbidden.
    """
    officer.must_be_supervisor()
    first = month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    rows = [
        row
        for site in office.agency.sites
        for row in grants.of_days(session, site=site.code, first=first, last=last)
    ]
    counted = Counter((row.officer_id, row.officer_name, row.kind) for row in rows)
    given = [
        Given(officer_id=who, officer_name=name, kind=what, count=count)
        for (who, name, what), count in counted.items()
    ]
    sites = [site.code for site in office.agency.sites]
    wanted = [row for row in rows if giver in {None, row.officer_id} and kind in {None, row.kind}]
    return Audit(
        first=first,
        given=sorted(given, key=lambda each: (-each.count, each.officer_name, each.kind)),
        grants=sorted(wanted, key=lambda row: (row.at, row.ticket_id), reverse=True),
        called=[
            row
            for row in acts.called_out_of_turn(session, first=first, last=last)
            if office.knows_site(row.site)
        ],
        endings=floor.endings(session, sites=sites, first=first, last=last),
        turned_away=floor.turned_away(session, sites=sites, first=first, last=last, limit=MOST_TURNED_AWAY),
        names={each.id: each.name for each in accounts.staff(session)},
    )
