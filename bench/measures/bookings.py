"""Bookings through the gateway, spread over many hours, against the bare transaction."""

from bench.baselines import bare_transactions
from bench.load import Job, Outcome
from bench.measures import Context
from bench.report import Row
from bench.running import IMMIGRATION, Bench, generate_load

MANY, FEW = 200, 8
RATE_AT_LEAST = 600.0
P99_BELOW = 1.0
P50_BELOW = 0.060
WARM_UP = 2.0
PLENTY = 1_000_000
FIRST_DAY, LAST_DAY = "2026-12-02", "2026-12-18"
SERVICES = ("passport-new", "passport-renewal")


def measure(context: Context) -> list[Row]:
    """Measure with many clients and with few."""
    bench = context.bench
    slots = open_wide(bench)
    context.tell("bookings: the bare transaction")
    bare = bare_transactions(bench, seconds=min(context.seconds, 5.0))
    rows = []
    for clients in [context.clients] if context.clients else [MANY, FEW]:
        context.tell(f"bookings: {clients} clients")
        before = bench.usage()
        outcome = _book(context, slots, clients)
        used = bench.usage().since(before)
        _check(bench, outcome)
        rows.append(_row(outcome, clients, bare, len(slots), used))
        context.tell("bookings: waiting until everybody has been told")
        waited = bench.settle(seconds=300)
        rows[-1].numbers["seconds_until_all_were_told"] = waited
    return rows


def open_wide(bench: Bench) -> list[str]:
    """Give two services of two sites plenty of places in the coming weeks; return the ids of their hours."""
    chosen = f"day BETWEEN '{FIRST_DAY}' AND '{LAST_DAY}' AND service IN ({', '.join(map(repr, SERVICES))})"
    bench.sql(IMMIGRATION, f"UPDATE slots SET capacity = {PLENTY} WHERE {chosen}")  # noqa: S608
    bench.sql(
        IMMIGRATION,
        f"UPDATE day_quotas SET capacity = {PLENTY} WHERE channel = 'online' AND day BETWEEN '{FIRST_DAY}' AND '{LAST_DAY}'",  # noqa: S608
    )
    # In an order of chance, the same in every run.
    return bench.sql(IMMIGRATION, f"SELECT id FROM slots WHERE {chosen} ORDER BY md5(id)").split()  # noqa: S608


def _book(context: Context, slots: list[str], clients: int) -> Outcome:
    bench = context.bench
    job = Job(
        host="127.0.0.1",
        port=bench.mall.ports.gateway,
        path="/api/v1/agencies/immigration/tickets",
        clients=clients,
        seconds=context.seconds,
        warm_up=WARM_UP,
        slots=slots,
        purpose=bench.citizen().purpose(SERVICES[0]),
        first_person=bench.newcomers(int((context.seconds + WARM_UP) * 4_000)),
    )
    return generate_load(job)


def _check(bench: Bench, outcome: Outcome) -> None:
    """A figure counts only when everybody who was told so has a place, and no place is counted twice."""
    if set(outcome.statuses) != {"201"} or outcome.broken:
        raise AssertionError(
            f"not all were booked: {outcome.statuses} {outcome.codes}, {outcome.broken} broken"
        )
    taken = bench.sql(IMMIGRATION, "SELECT coalesce(sum(taken), 0) FROM slots")
    tickets = bench.sql(IMMIGRATION, "SELECT count(*) FROM tickets WHERE slot_id IS NOT NULL")
    if taken != tickets:
        raise AssertionError(f"{taken} places are taken by {tickets} tickets")


def _row(outcome: Outcome, clients: int, bare: float, slots: int, used: dict[str, float]) -> Row:
    many = clients >= MANY
    target = (
        f"≥ {RATE_AT_LEAST:.0f}/s, p99 < {P99_BELOW:.0f} s" if many else f"p50 < {P50_BELOW * 1e3:.0f} ms"
    )
    reached = outcome.rate >= RATE_AT_LEAST and outcome.p99 < P99_BELOW if many else outcome.p50 < P50_BELOW
    return Row(
        name="bookings through the gateway",
        parameters=f"{clients} clients, {slots} hours, {outcome.seconds:.0f} s",
        figure=f"{outcome.rate:.0f}/s; p50 {outcome.p50 * 1e3:.0f}, p99 {outcome.p99 * 1e3:.0f} ms",
        baseline=f"{bare:.0f}/s bare PostgreSQL transactions, 8 clients",
        ratio=outcome.rate / bare,
        target=target,
        reached=reached,
        cores=used,
        numbers={"rate": outcome.rate, "p50": outcome.p50, "p99": outcome.p99, "bare": bare},
    )
