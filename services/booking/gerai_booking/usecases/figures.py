"""Figures of a site's last months, for the public and overseers alike; small numbers are hidden (S0-8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gerai_shared.ticket import Channel, State
from sqlalchemy.orm import Session

from gerai_booking.models import oversight, statistics
from gerai_booking.models.statistics import Scope
from gerai_booking.rules.oversight import Month, as_told, months_until, share
from gerai_booking.rules.statistics import Period, percentile
from gerai_booking.rules.suppression import FLOOR, Hidden, Shown
from gerai_booking.usecases.office import Office

#: Where a ticket in a state counts; one that was moved or transferred counts as the one that goes on.
_OUTCOME_OF = {State.SERVED: "served", State.NO_SHOW: "missed", State.CANCELLED: "cancelled"}
_GONE_ON = (State.RESCHEDULED, State.TRANSFERRED)

_Counted = dict[Month, dict[str, int]]


@dataclass(frozen=True, kw_only=True)
class MonthFigures:
    """One month of a site, or all of them together (`first` is None): counts as they may be told.

    `wait` is the median of minutes between check-in and call, `on_time` how many of a hundred results were
    ready by the promised day; both None for too few people.
    """

    first: Month | None
    counts: dict[str, Shown]
    wait: int | None
    on_time: int | None


def figures_of(session: Session, office: Office, *, site: str, now: datetime) -> list[MonthFigures]:
    """Return the figures of a site's last months, the newest first, and last those of all of them.

    The present month is told up to now. Raises UnknownSite.
    """
    place, today = office.site(site), office.today(site, now)
    months = months_until(today)
    span = Period(kind="range", first=months[-1].first, last=months[0].last)
    told = as_told(_counted(session, site, span), [month.first for month in months])
    waits = _waits(session, site, span)
    promised = [
        each
        for each in oversight.promises(
            session, site=site, time_zone=place.time_zone, first=span.first, last=span.last
        )
        # A day that is still to come has broken nothing, and what is ready before it is no whole picture.
        if each.promise_on < today
    ]
    found = []
    for month, counts in zip([*(month.first for month in months), None], told, strict=True):
        mine = [each for each in promised if month in (None, each.promise_on.replace(day=1))]
        found.append(
            MonthFigures(
                first=month,
                counts=counts,
                wait=_median(waits, month),
                on_time=share(sum(each.is_kept for each in mine), len(mine), floor=FLOOR),
            )
        )
    return found


def _counted(session: Session, site: str, span: Period) -> _Counted:
    found: _Counted = {}

    def add(day: date, name: str, count: int) -> None:
        counts = found.setdefault(day.replace(day=1), {})
        counts[name] = counts.get(name, 0) + count

    for channel in Channel:
        scope = Scope(sites=[site], first=span.first, last=span.last, only={"channel": channel.value})
        way = "booked" if channel is Channel.ONLINE else "walked_in"
        for (key, state), count in statistics.by_state(session, scope, "day").items():
            if state not in _GONE_ON:
                for name in ("issued", _OUTCOME_OF.get(state, "open"), way):
                    add(key[0], name, count)
    for row in oversight.granted_by_day(session, site=site, first=span.first, last=span.last):
        add(row.day, row.kind, row.count)
    return found


def _waits(session: Session, site: str, span: Period) -> dict[Month, dict[int, int]]:
    """Return how many people waited how many minutes, by month."""
    scope = Scope(sites=[site], first=span.first, last=span.last)
    found: dict[Month, dict[int, int]] = {}
    for key, minutes in statistics.minutes_waited(session, scope, "day").items():
        counts = found.setdefault(key[0].replace(day=1), {})
        for minute, count in minutes.items():
            counts[minute] = counts.get(minute, 0) + count
    return found


def _median(waits: dict[Month, dict[int, int]], month: Month | None) -> int | None:
    chosen: Sequence[dict[int, int]] = list(waits.values()) if month is None else [waits.get(month, {})]
    together: dict[int, int] = {}
    for minutes in chosen:
        for minute, count in minutes.items():
            together[minute] = together.get(minute, 0) + count
    return percentile(together, 0.5) if sum(together.values()) >= FLOOR else None


def as_json(month: MonthFigures) -> dict[str, Any]:
    """Return a month as JSON: a hidden number is null, and `hidden` has the sign that stands for it."""
    return {
        "month": f"{month.first:%Y-%m}" if month.first else None,
        "counts": {
            name: None if isinstance(count, Hidden) else count for name, count in month.counts.items()
        },
        "hidden": {name: count.value for name, count in month.counts.items() if isinstance(count, Hidden)},
        "wait_minutes": month.wait,
        "on_time_percent": month.on_time,
    }
