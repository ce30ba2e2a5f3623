"""Waiting times: how near estimates come in simulated days, how sure they are, and what they cost."""

import time

from gerai_booking.rules.estimates.durations import Durations
from gerai_booking.rules.estimates.simulation import OpenCounter, Snapshot, Waiting, simulate

from bench.load import percentile
from bench.measures import Context
from bench.report import Row
from tests.support.estimating import PATTERNS, Agency, Estimated, Report, report_on
from tests.support.simulated_days import Pattern

LEARNING, JUDGED, SEED = 10, 60, 20_000
EVERY, CALLS = 4, 4_000
RATIO, LOWEST, HIGHEST = 2 / 3, 0.75, 0.85
WAITING, COUNTERS, SERVICES, TIMES = 100, 10, 8, 40
SIMULATED_BELOW = 0.050


def measure(context: Context) -> list[Row]:
    """Live through days of each kind; then simulate a full hall."""
    rows, everything = [], list[Estimated]()
    for pattern in PATTERNS:
        context.tell(f"estimates: {pattern.name}")
        found = _days(pattern)
        everything += found
        rows.append(_row(pattern.name, report_on(found)))
    return [*rows, _row("all days together", report_on(everything)), _full_hall()]


def _days(pattern: Pattern) -> list[Estimated]:
    agency = Agency(pattern=pattern, most_calls=CALLS, every=EVERY)
    days = [agency.live(SEED + day) for day in range(LEARNING + JUDGED)]
    return [each for day in days[LEARNING:] for each in day]


def _row(name: str, found: Report) -> Row:
    return Row(
        name=f"estimates: {name}",
        parameters=f"{JUDGED} days, {found.count:,} waits",
        figure=f"error {found.error / 60:.1f} min, {found.coverage:.1%} within, width {found.width / 60:.0f} min",
        baseline=f"static mean: error {found.error_of_fixed / 60:.1f} min",
        ratio=found.ratio,
        target=f"ratio ≤ {RATIO:.2f}, {LOWEST:.0%} to {HIGHEST:.0%} within",
        reached=found.ratio <= RATIO and LOWEST <= found.coverage <= HIGHEST,
        numbers={"error": found.error, "static": found.error_of_fixed, "coverage": found.coverage},
    )


def _full_hall() -> Row:
    services = [f"s{number}" for number in range(SERVICES)]
    known = Durations(learned={}, configured=dict.fromkeys(services, 600.0), paces={})
    snapshot = Snapshot(
        waiting=tuple(
            Waiting(id=str(place), service=services[place % SERVICES], order=(2, float(place), ""))
            for place in range(WAITING)
        ),
        counters=tuple(
            OpenCounter(
                code=str(number),
                services=tuple(services[(number + step) % SERVICES] for step in range(5)),
                serving=services[number % SERVICES],
                elapsed=100.0,
            )
            for number in range(COUNTERS)
        ),
        newcomers=tuple(services),
    )
    times = []
    for _ in range(TIMES):
        began = time.process_time()
        simulate(snapshot, lambda service, counter: known.table(service, hour=9, counter=counter))
        times.append(time.process_time() - began)
    times.sort()
    half = percentile(times, 0.5)
    return Row(
        name="estimates: one simulation of a full hall",
        parameters=f"{WAITING} waiting, {COUNTERS} counters, {SERVICES} services",
        figure=f"p50 {half * 1e3:.0f}, p99 {percentile(times, 0.99) * 1e3:.0f} ms of a core",
        target=f"p50 < {SIMULATED_BELOW * 1e3:.0f} ms",
        reached=half < SIMULATED_BELOW,
        numbers={"p50": half},
    )
