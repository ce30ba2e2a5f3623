"""Estimates that measure themselves: what was told at check-in, what came of it, what is learned from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.accounts import Officer
from sqlalchemy.orm import Session

from gerai_booking.models import estimates as rows
from gerai_booking.rules.estimates.calibration import SHORTEST_TOLD, calibrate
from gerai_booking.rules.estimates.durations import learn as learned
from gerai_booking.rules.suppression import FLOOR
from gerai_booking.usecases.estimates import WaitingTimes, occupations, waiting_times
from gerai_booking.usecases.office import Office

#: So many past days, and today, are learned from.
DAYS_LEARNED = 28
DAYS_CALIBRATED = 14
#: Estimates are kept for so long: a quarter of a year, for whoever asks how they did.
DAYS_KEPT = 92
#: Who came longer ago than this was not estimated at their arrival, and is not measured.
ARRIVED_WITHIN = timedelta(minutes=2)
HOURS_OF_A_DAY = 7.0
DAYS_SHOWN = 14
SHARE_PROMISED = 80


@dataclass(frozen=True, kw_only=True)
class Due:
    """What is to be written down: estimates of who has just come, waits in seconds by ticket."""

    estimated: list[dict[str, Any]]
    waited: dict[str, float]

    def __bool__(self) -> bool:
        return bool(self.estimated or self.waited)


def due(session: Session, office: Office, *, site: str, now: datetime) -> Due:
    """Return what is to be written down of a site now."""
    day = office.today(site, now)
    new = rows.unestimated(session, site=site, day=day, since=now - ARRIVED_WITHIN)
    estimated = []
    if new:
        times = waiting_times(session, office, site=site, now=now)
        estimated = _rows(office, times, new, day)
    return Due(estimated=estimated, waited=rows.called_since(session, site=site, day=day))


def _rows(office: Office, times: WaitingTimes, new: Iterable[str], day: date) -> list[dict[str, Any]]:
    found = []
    for ticket_id in sorted(new):
        each = times.waiting.get(ticket_id)
        if each is None or each.simulated is None or each.told is None:
            continue
        if each.simulated.high < SHORTEST_TOLD:
            continue
        seconds = office.service(each.service).duration_minutes * 60
        found.append(
            {
                "ticket_id": ticket_id,
                "site": times.site,
                "service": each.service,
                "day": day,
                "made_at": times.as_of,
                "low": each.told.low,
                "mid": each.told.mid,
                "high": each.told.high,
                "simulated_low": each.simulated.low,
                "simulated_high": each.simulated.high,
                "fixed": each.ahead * seconds / max(each.open_counters, 1),
                "ahead": each.ahead,
                "open_counters": each.open_counters,
                "actual": None,
            }
        )
    return found


def write_down(session: Session, found: Due) -> None:
    """Write it down."""
    rows.add(session, found.estimated)
    rows.put_actual(session, found.waited)


def learn(session: Session, office: Office, *, site: str, now: datetime) -> None:
    """Learn a site's durations, arrivals and calibration from its last days; forget old estimates.

    Raises UnknownSite.
    """
    day = office.today(site, now)
    rows.forget_estimates(session, site=site, before=day - timedelta(days=DAYS_KEPT))
    first = day - timedelta(days=DAYS_LEARNED)
    zone = ZoneInfo(office.site(site).time_zone)
    visits = rows.visits(session, site=site, first=first, last=day)
    arrived = rows.arrivals(session, site=site, first=first, before=day)
    rows.put_learned(
        session,
        site=site,
        sketches=learned(occupations(visits, zone)),
        arrived=[
            {
                "service": row.service,
                "booked": row.booked,
                "came": row.came,
                "before_others": row.before_others,
                "hours": row.days * HOURS_OF_A_DAY,
            }
            for row in arrived
        ],
        calibration=calibrate(rows.measured(session, site=site, first=day - timedelta(days=DAYS_CALIBRATED))),
        now=now,
    )


@dataclass(frozen=True, kw_only=True)
class Judged:
    """How well estimates of a day and service did (None: all of them). Minutes; `covered` in percent."""

    day: date | None
    service: str | None
    count: int
    error: float
    fixed_error: float
    covered: int
    width: float

    @property
    def is_hidden(self) -> bool:
        """Whether so few waited that their figures would tell of one of them."""
        return self.count < FLOOR

    @property
    def better_by(self) -> int | None:
        """By how many percent the error is smaller than that of the static mean."""
        return round(100 * (1 - self.error / self.fixed_error)) if self.fixed_error else None


def judged(session: Session, office: Office, *, officer: Officer, site: str, now: datetime) -> list[Judged]:
    """Return how well estimates did: all together first, then by day and service, the newest day first.

    Supervisors and overseers may read it. Raises Forbidden, UnknownSite.
    """
    officer.may_oversee()
    today = office.today(site, now)
    found = rows.by_day(session, site=site, first=today - timedelta(days=DAYS_SHOWN - 1), last=today)
    if not found:
        return []
    return [_judged(found, day=None, service=None)] + [
        _judged([row], day=row.day, service=row.service) for row in found
    ]


def _judged(found: list[Any], *, day: date | None, service: str | None) -> Judged:
    count = sum(row.count for row in found)
    return Judged(
        day=day,
        service=service,
        count=count,
        error=sum(row.error for row in found) / count / 60,
        fixed_error=sum(row.fixed_error for row in found) / count / 60,
        covered=round(100 * sum(row.covered for row in found) / count),
        width=sum(row.width for row in found) / count / 60,
    )


def judged_json(found: list[Judged]) -> list[dict[str, Any]]:
    """Return judgements as JSON: minutes with one decimal, percents whole; null where too few waited."""
    return [
        {"day": each.day.isoformat() if each.day else None, "service": each.service, "count": None}
        if each.is_hidden
        else {
            "day": each.day.isoformat() if each.day else None,
            "service": each.service,
            "count": each.count,
            "error_minutes": round(each.error, 1),
            "static_error_minutes": round(each.fixed_error, 1),
            "better_by_percent": each.better_by,
            "covered_percent": each.covered,
            "width_minutes": round(each.width, 1),
        }
        for each in found
    ]
