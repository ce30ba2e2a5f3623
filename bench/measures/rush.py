"""The rush: everybody wants one day of one office at the same moment."""

from bench.load import Job
from bench.measures import Context
from bench.report import Row
from bench.running import IMMIGRATION, generate_load

CITIZENS, PLACES = 2_000, 140
SITE, DAY = "kanim-serang", "2026-12-22"
SERVICES = ("passport-new", "passport-renewal", "passport-child")


def measure(context: Context) -> list[Row]:
    """Let 2,000 citizens, each on a connection of their own, book one of 140 places."""
    bench = context.bench
    where = f"site = '{SITE}' AND day = '{DAY}'"
    names = ", ".join(map(repr, SERVICES))
    slots = bench.sql(IMMIGRATION, f"SELECT id FROM slots WHERE {where} AND service IN ({names})").split()  # noqa: S608
    whole = f"{where} AND service = '' AND channel = 'online'"
    places = bench.sql(IMMIGRATION, f"SELECT capacity FROM day_quotas WHERE {whole}")  # noqa: S608
    if places != str(PLACES):
        raise AssertionError(f"the day has {places} places instead of {PLACES}")
    context.tell(f"the rush: {CITIZENS} citizens on {PLACES} places")
    before = bench.usage()
    outcome = generate_load(
        Job(
            host="127.0.0.1",
            port=bench.mall.ports.gateway,
            path="/api/v1/agencies/immigration/tickets",
            people=CITIZENS,
            slots=slots,
            purpose=bench.citizen().purpose(SERVICES[0]),
            first_person=bench.newcomers(CITIZENS),
            patience=60,
        )
    )
    used = bench.usage().since(before)
    sold = int(bench.sql(IMMIGRATION, f"SELECT count(*) FROM tickets WHERE {where} AND slot_id IS NOT NULL"))  # noqa: S608
    answered = sum(outcome.statuses.values())
    busy = outcome.codes.get("come back later", 0)
    bench.settle(seconds=120)
    return [
        Row(
            name="the rush",
            parameters=f"{CITIZENS} citizens at once, {PLACES} places of one day, {len(slots)} hours",
            figure=(
                f"{sold} sold in {outcome.sold_out_after:.2f} s; {answered} answered "
                f"in {outcome.seconds:.2f} s, {busy} times asked to come back"
            ),
            target=f"exactly {PLACES} sold",
            reached=sold == PLACES == outcome.statuses.get("201") and answered == CITIZENS,
            cores=used,
            numbers={
                "sold": sold,
                "sold_out_after": outcome.sold_out_after,
                "answered": answered,
                "answered_after": outcome.seconds,
                "statuses": outcome.statuses,
                "codes": outcome.codes,
                "broken": outcome.broken,
                "p99": outcome.p99,
            },
        )
    ]
