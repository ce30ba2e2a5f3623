"""Statistics for supervisors: who came from where, for what, how long they waited, now and before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.ticket import State
from sqlalchemy.orm import Session

from gerai_booking.models import statistics
from gerai_booking.models.statistics import Key, Scope
from gerai_booking.rules.statistics import (
    STEPS,
    Change,
    Period,
    change_of,
    compared,
    percentile,
    period_of,
    spans_of,
    step_for,
)
from gerai_booking.rules.suppression import FLOOR, Hidden, Line, Shown, few, suppress
from gerai_booking.usecases.error_rates import ErrorRate, error_rates
from gerai_booking.usecases.office import Office

#: What a ticket that was issued came to. `open` is every one that something can still happen with.
OUTCOMES = ("served", "missed", "cancelled", "open")
#: Everything that is counted of a group; `issued` is the sum of its outcomes.
COUNTS = ("issued", *OUTCOMES, "moved", "granted")
DIMENSIONS = (
    "origin",
    "province",
    "coverage",
    "service",
    "site",
    "channel",
    "lane",
    "quota_channel",
    "outcome",
    *STEPS,
)
_OUTCOME_OF = {State.SERVED: "served", State.NO_SHOW: "missed", State.CANCELLED: "cancelled"}
_ALL: Key = ("",)

Counts = dict[str, Shown]
_Raw = dict[Key, dict[str, int]]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for: of these sites, in a period, against an earlier one (see rules), by a dimension.

    `only` narrows it to a service, channel, lane or origin (None: unknown).
    """

    sites: tuple[str, ...]
    period: Period
    against: str
    by: str
    only: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Group:
    """One row: counts now and before, the change of what was issued, and how many minutes things took.

    `before` is empty where the earlier period has no such day. `wait` and `wait_of_most` are the median and
    the 90th percentile of waiting, `service` the median of serving; None for fewer than FLOOR people.
    """

    key: Key
    now: Counts
    before: Counts
    change: Change
    wait: int | None = None
    wait_of_most: int | None = None
    service: int | None = None


@dataclass(frozen=True, kw_only=True)
class Point:
    """A day, week or month of the course: tickets issued, and in the same place of the earlier period."""

    span: Period
    issued: Shown
    before_span: Period | None
    before: Shown | None


@dataclass(frozen=True, kw_only=True)
class QuotaUse:
    """How many of the places of a channel ('' is all) were taken; `percent` is None when that is hidden."""

    span: Period
    channel: str
    taken: Shown
    places: int
    percent: int | None


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """What a supervisor sees. `is_running`: the period goes on, both were cut to the days that are over."""

    wanted: Wanted
    now: Period
    before: Period
    is_running: bool
    step: str
    groups: list[Group]
    total: Group
    course: list[Point]
    quotas: list[QuotaUse]
    errors: list[ErrorRate]
    made_at: datetime


def must_see_statistics(officer: Officer) -> None:
    """Refuse who is neither a supervisor nor an overseer: both see no small numbers. Raises Forbidden."""
    if not officer.is_overseer:
        officer.must_be_supervisor()


def statistics_of(
    session: Session, office: Office, officer: Officer, wanted: Wanted, *, now: datetime
) -> Statistics:
    """Return the statistics asked for, small numbers hidden. Raises Forbidden, UnknownSite."""
    must_see_statistics(officer)
    today = max(office.today(site, now) for site in wanted.sites)
    present, before = compared(wanted.period, against=wanted.against, today=today)
    step = wanted.by if wanted.by in STEPS else step_for(wanted.period)
    groups, total = _groups(session, wanted, present, before)
    return Statistics(
        wanted=wanted,
        now=present,
        before=before,
        is_running=present != wanted.period,
        step=step,
        groups=groups,
        total=total,
        course=_course(session, wanted, present, before, step, groups, total),
        quotas=_quotas(session, wanted, present, step),
        errors=_errors(session, office, wanted, present, groups, total),
        made_at=now,
    )


def _groups(session: Session, wanted: Wanted, present: Period, before: Period) -> tuple[list[Group], Group]:
    """Return the rows in the order in which they are read, and their total."""
    counted, earlier = (_counted(session, wanted, period) for period in (present, before))
    if wanted.by in STEPS:
        keys, earlier_keys = (
            [(span.first,) for span in spans_of(each, wanted.by)] for each in (present, before)
        )
    else:
        keys = earlier_keys = list(counted | earlier)
    # The first day stands beside the first day, whatever their dates are.
    beside = dict(zip(keys, earlier_keys, strict=False)) | {_ALL: _ALL}
    shown, shown_before = _shown(counted, wanted.by, keys), _shown(earlier, wanted.by, earlier_keys)
    waits, services = (
        _told(_folded(find(session, _scope(wanted, present), _stored(wanted.by)), wanted, present))
        for find in (statistics.minutes_waited, statistics.minutes_served)
    )

    def group(key: Key) -> Group:
        wait, service = waits.get(key, {}), services.get(key, {})
        then = shown_before[beside[key]] if key in beside else {}
        return Group(
            key=key,
            now=shown[key],
            before=then,
            change=change_of(shown[key]["issued"], then.get("issued")),
            wait=percentile(wait, 0.5) if wait else None,
            wait_of_most=percentile(wait, 0.9) if wait else None,
            service=percentile(service, 0.5) if service else None,
        )

    return [group(key) for key in _ordered(keys, wanted.by, shown)], group(_ALL)


def _stored(by: str) -> str:
    """Return by what the database groups: weeks and months are put together from days."""
    return "day" if by in STEPS else by


def _scope(wanted: Wanted, period: Period) -> Scope:
    return Scope(sites=wanted.sites, first=period.first, last=period.last, only=wanted.only)


def _counted(session: Session, wanted: Wanted, period: Period) -> _Raw:
    """Return every count of every group."""
    scope, by = _scope(wanted, period), _stored(wanted.by)
    found: _Raw = {}

    def add(key: Key, name: str, count: int) -> None:
        counts = found.setdefault(key, dict.fromkeys(COUNTS, 0))
        counts[name] += count

    for (stored, state), count in statistics.by_state(session, scope, by).items():
        outcome = _OUTCOME_OF.get(state, "open")
        key = (outcome,) if wanted.by == "outcome" else _key(stored, wanted, period)
        if state is State.RESCHEDULED:
            if wanted.by != "outcome":
                add(key, "moved", count)
        elif state is not State.TRANSFERRED:
            add(key, "issued", count)
            add(key, outcome, count)
    if wanted.by != "outcome":
        for stored, count in statistics.granted(session, scope, by).items():
            add(_key(stored, wanted, period), "granted", count)
    return found


def _key(stored: Key, wanted: Wanted, period: Period) -> Key:
    """Return the group of a stored one: the first day of its week or month, as far as it is in the period."""
    if wanted.by not in STEPS:
        return stored
    return (max(period_of(wanted.by, stored[0]).first, period.first),)


def _folded(
    found: Mapping[Key, Mapping[int, int]], wanted: Wanted, period: Period
) -> dict[Key, dict[int, int]]:
    """Return minutes by group and, under _ALL, of everybody."""
    folded: dict[Key, dict[int, int]] = {}
    for stored, minutes in found.items():
        for key in (_ALL, _key(stored, wanted, period)):
            counts = folded.setdefault(key, {})
            for minute, count in minutes.items():
                counts[minute] = counts.get(minute, 0) + count
    return folded


def _told(found: Mapping[Key, dict[int, int]]) -> dict[Key, dict[int, int]]:
    """Return the groups with enough people for a percentile to tell of none of them."""
    return {key: minutes for key, minutes in found.items() if sum(minutes.values()) >= FLOOR}


def columns_of(by: str) -> tuple[str, ...]:
    """Return what is counted by a dimension: outcomes are no columns where they are the rows."""
    return ("issued",) if by == "outcome" else COUNTS


def _shown(counted: _Raw, by: str, keys: Iterable[Key]) -> dict[Key, Counts]:
    """Return the counts of each group and, under _ALL, of all, as they may be told."""
    keys, names = list(keys), columns_of(by)
    nothing = dict.fromkeys(COUNTS, 0)
    cells: dict[Any, int] = {(key, name): counted.get(key, nothing)[name] for key in keys for name in names}
    cells |= {(_ALL, name): sum(cells[key, name] for key in keys) for name in names}
    lines = [Line(total=(_ALL, name), parts=tuple((key, name) for key in keys)) for name in names]
    if by != "outcome":
        lines += [
            Line(total=(key, "issued"), parts=tuple((key, outcome) for outcome in OUTCOMES))
            for key in (*keys, _ALL)
        ]
    told = suppress(cells, lines)
    return {key: {name: told[key, name] for name in names} for key in (*keys, _ALL)}


def _ordered(keys: list[Key], by: str, shown: Mapping[Key, Counts]) -> list[Key]:
    """Return groups as they are read: time in its course, outcomes as they come, else the largest first.

    Regencies stand together under their province. What is not known comes last.
    """
    if by in STEPS:
        return sorted(keys)
    if by == "outcome":
        return sorted(keys, key=lambda key: OUTCOMES.index(key[0]))

    of_above: dict[str, int] = {}
    for key in keys:
        above = _above(key, by)
        of_above[above] = of_above.get(above, 0) + _size(shown[key])

    def place(key: Key) -> tuple[Any, ...]:
        above, name = _above(key, by), key[-1]
        return key[0] is None, -of_above[above], above, name is None, -_size(shown[key]), name or ""

    return sorted(keys, key=place)


def _size(counts: Counts) -> int:
    """Return by what a group is put in order. Hidden numbers are alike: their order must not tell either."""
    issued = counts["issued"]
    return 0 if isinstance(issued, Hidden) else issued


def _above(key: Key, by: str) -> str:
    """Return with whom a group stands together: a regency with its province, an origin with its site."""
    if by == "origin":
        return (key[0] or "")[:2]
    return str(key[0]) if by == "coverage" else ""


def _course(
    session: Session,
    wanted: Wanted,
    present: Period,
    before: Period,
    step: str,
    groups: list[Group],
    total: Group,
) -> list[Point]:
    """Return what was issued step by step; nothing where even the sum of it is hidden."""
    if isinstance(total.now["issued"], Hidden) or isinstance(total.before["issued"], Hidden):
        return []
    spans, earlier = spans_of(present, step), spans_of(before, step)
    if wanted.by in STEPS:
        issued = [group.now["issued"] for group in groups]
        issued_before = [group.before.get("issued", 0) for group in groups]
    else:
        issued = _issued(session, wanted, present, spans)
        issued_before = _issued(session, wanted, before, earlier)
    return [
        Point(
            span=span,
            issued=issued[index],
            before_span=earlier[index] if index < len(earlier) else None,
            before=issued_before[index] if index < len(earlier) else None,
        )
        for index, span in enumerate(spans)
    ]


def _issued(session: Session, wanted: Wanted, period: Period, spans: list[Period]) -> list[Shown]:
    """Return what was issued in each of the spans of a period."""
    counts = [0] * len(spans)
    for (stored, state), count in statistics.by_state(session, _scope(wanted, period), "day").items():
        if state not in {State.RESCHEDULED, State.TRANSFERRED}:
            counts[_index_of(stored[0], spans)] += count
    cells: dict[Any, int] = dict(enumerate(counts))
    told = suppress(cells | {"total": sum(counts)}, [Line(total="total", parts=tuple(range(len(counts))))])
    return [told[index] for index in range(len(counts))]


def _index_of(day: date, spans: list[Period]) -> int:
    return next(index for index, span in enumerate(spans) if day <= span.last)


def _quotas(session: Session, wanted: Wanted, period: Period, step: str) -> list[QuotaUse]:
    """Return how the quotas were used. They know neither lane nor origin: those do not narrow them."""
    spans = spans_of(period, step)
    found: dict[tuple[int, str], list[int]] = {}
    for row in statistics.quota_use(session, _scope(wanted, period)):
        use = found.setdefault((_index_of(row.day, spans), row.channel), [0, 0])
        use[0] += row.taken
        use[1] += row.capacity
    uses = []
    for (index, channel), (taken, places) in sorted(found.items()):
        told = few(taken)
        uses.append(
            QuotaUse(
                span=spans[index],
                channel=channel,
                taken=told,
                places=places,
                percent=None if isinstance(told, Hidden) or not places else round(100 * taken / places),
            )
        )
    return uses


def _errors(
    session: Session, office: Office, wanted: Wanted, period: Period, groups: list[Group], total: Group
) -> list[ErrorRate]:
    """Return the errors. Files know neither lane nor origin: narrowed to those, nothing is told of errors."""
    if set(wanted.only) - {"service"}:
        return []
    if wanted.by == "outcome":
        served = next((group.now["issued"] for group in groups if group.key == ("served",)), 0)
    else:
        served = total.now["served"]
    service = wanted.only.get("service")
    return error_rates(session, office, sites=wanted.sites, service=service, period=period, served=served)
