"""Free places, read through the gateway, against the bare server's empty answer."""

from bench.baselines import bare_server
from bench.load import Job, Outcome
from bench.measures import Context
from bench.report import Row
from bench.running import generate_load

CLIENTS = 16
RATIO_AT_LEAST = 0.5
QUERY = "site=mpp-lebak&service=passport-new&from=2026-12-01&to=2026-12-30"
PATH = f"/api/v1/agencies/immigration/availability?{QUERY}"


def measure(context: Context) -> list[Row]:
    """Read a month of one service again and again."""
    clients = context.clients or CLIENTS
    context.tell("reads: the bare server")
    with bare_server() as port:
        bare = _read(port, "/", clients, context.seconds)
    context.tell("reads: the gateway")
    before = context.bench.usage()
    ours = _read(context.bench.mall.ports.gateway, PATH, clients, context.seconds)
    used = context.bench.usage().since(before)
    ratio = ours.rate / bare.rate
    return [
        Row(
            name="availability of a month",
            parameters=f"{clients} clients, {ours.seconds:.0f} s",
            figure=f"{ours.rate:.0f}/s; p50 {ours.p50 * 1e3:.1f}, p99 {ours.p99 * 1e3:.1f} ms",
            baseline=f"{bare.rate:.0f}/s empty answers of bare nameko",
            ratio=ratio,
            target=f"ratio ≥ {RATIO_AT_LEAST}",
            reached=ratio >= RATIO_AT_LEAST,
            cores=used,
            numbers={"rate": ours.rate, "p50": ours.p50, "p99": ours.p99, "bare": bare.rate},
        )
    ]


def _read(port: int, path: str, clients: int, seconds: float) -> Outcome:
    outcome = generate_load(
        Job(host="127.0.0.1", port=port, path=path, clients=clients, seconds=seconds, warm_up=1.0)
    )
    if set(outcome.statuses) != {"200"} or outcome.broken:
        raise AssertionError(f"not all were answered: {outcome.statuses} {outcome.codes}")
    return outcome
