"""The engine at a database that is full: free places, a booking, and statistics, against an empty one.

Two databases in the bench's private PostgreSQL, driven through the use cases in this process: no bus and no
gateway, so that what is seen is what the tables cost.
"""

from bench.houses import DAYS, SERVICES, in_turns, opened, timed
from bench.load import percentile
from bench.measures import Context
from bench.report import Row

READS, SITES, BOOKINGS, STATISTICS = 100, 50, 300, 5
READ_BELOW, BOOKING_RATIO = 0.050, 1.2


def measure(context: Context) -> list[Row]:
    """Read and book at an empty database and at a full one, in turns; read the statistics of the full one."""
    with opened(context, tickets=0) as empty, opened(context, tickets=context.tickets) as full:
        context.tell("availability: reading")
        reads = in_turns(empty, full, READS, lambda house: house.read())
        context.tell("availability: reading a whole site")
        sites = in_turns(empty, full, SITES, lambda house: house.read_site())
        at_database = sorted(full.database_seconds(full.read_site) for _ in range(SITES))
        context.tell("availability: booking")
        bookings = in_turns(empty, full, BOOKINGS, lambda house: house.book())
        context.tell("availability: statistics of a year")
        years = sorted(timed(full.read_statistics) for _ in range(STATISTICS))
    at = f"{context.tickets:,} tickets, {SERVICES} services"
    return [
        _row(
            f"availability of {DAYS} days of one service",
            f"{at}, {READS} times",
            reads,
            target=f"p50 < {READ_BELOW * 1e3:.0f} ms",
        ),
        _row_of_site(at, sites, at_database),
        _row("a booking", f"{at}, {BOOKINGS} in turns", bookings, target=f"ratio ≤ {BOOKING_RATIO}"),
        Row(
            name="statistics of a year by origin",
            parameters=f"{at}, {STATISTICS} times",
            figure=f"p50 {percentile(years, 0.5) * 1e3:.0f} ms",
            target="-",
            reached=None,
            numbers={"p50": percentile(years, 0.5), "longest": years[-1]},
        ),
    ]


def _row(name: str, parameters: str, times: tuple[list[float], list[float]], *, target: str) -> Row:
    """Return a row about (times at the empty database, at the full one)."""
    bare, p50, p99 = percentile(times[0], 0.5), percentile(times[1], 0.5), percentile(times[1], 0.99)
    reached = p50 / bare <= BOOKING_RATIO if "ratio" in target else p50 < READ_BELOW
    return Row(
        name=name,
        parameters=parameters,
        figure=f"p50 {p50 * 1e3:.1f}, p99 {p99 * 1e3:.1f} ms",
        baseline=f"p50 {bare * 1e3:.1f} ms at an empty database",
        ratio=p50 / bare,
        target=target,
        reached=reached,
        numbers={"p50": p50, "p99": p99, "empty": bare},
    )


def _row_of_site(at: str, times: tuple[list[float], list[float]], at_database: list[float]) -> Row:
    """Return a row about all services of a site in one answer. The target is about the database."""
    statements = percentile(at_database, 0.5)
    bare, whole, worst = percentile(times[0], 0.5), percentile(times[1], 0.5), percentile(times[1], 0.99)
    return Row(
        name=f"availability of {DAYS} days of a whole site",
        parameters=f"{at}, {SITES} times",
        figure=f"at the database p50 {statements * 1e3:.1f}, p99 {percentile(at_database, 0.99) * 1e3:.1f} ms; "
        f"with the answer p50 {whole * 1e3:.1f}, p99 {worst * 1e3:.1f} ms",
        baseline=f"p50 {bare * 1e3:.1f} ms with the answer at an empty database",
        ratio=whole / bare,
        target=f"at the database < {READ_BELOW * 1e3:.0f} ms",
        reached=statements < READ_BELOW,
        numbers={"database": statements, "p50": whole, "p99": worst, "empty": bare},
    )
