"""Ten times the usual load, for a while: how long until everybody is answered as before, and whether nothing is lost."""

from collections.abc import Iterable

from bench.complainants import Lives
from bench.load import percentile
from bench.measures import Context
from bench.measures.life_cycles import CLIENTS, fill_mall, lead
from bench.report import Row

#: So much of what the services can do is the usual load: ten times that is twice what they can.
SHARE, TIMES = 0.2, 10
CALM, SPIKE, AFTER = 20.0, 20.0, 75.0
PROBE = 8.0
WITHIN, NORMAL = 60.0, 1.5
WINDOW, STEP, FEWEST = 4.0, 1.0, 20
#: It is as before once so many windows in a row are: one alone may be luck.
IN_A_ROW = 10


def measure(context: Context) -> list[Row]:
    """Measure what the services can do, then let a spike come over the usual load."""
    bench = context.bench
    fill_mall(context)
    context.tell("spike: what the services can do")
    probe = lead(bench, clients=CLIENTS, seconds=PROBE)
    usual = max(len(probe.accepted) / PROBE * SHARE, 1.0)
    context.tell(f"spike: {usual:.1f} lives a second, then {usual * TIMES:.0f}, then {usual:.1f}")
    before = bench.usage()
    lives = lead(bench, phases=[(usual, CALM), (usual * TIMES, SPIKE), (usual, AFTER)])
    return [row(lives, usual=usual, cases=context.cases, cores=bench.usage().since(before))]


def recovery(requests: Iterable[tuple[str, float, float]]) -> tuple[float, float, float]:
    """Return p95 before the spike and in it, and seconds from its end until p95 is back.

    A request counts for when it began. Infinite if it never comes back for IN_A_ROW windows.
    """
    timed = [(began, took) for _, began, took in requests]

    def p95(first: float, last: float) -> float | None:
        found = sorted(took for began, took in timed if first <= began < last)
        return percentile(found, 0.95) if len(found) >= FEWEST else None

    # The first seconds warm up.
    usual = p95(CALM / 4, CALM) or float("inf")
    ended, slow = CALM + SPIKE, float("inf")
    windows = [ended + count * STEP for count in range(int((AFTER - WINDOW) / STEP) + 1)]
    back, in_a_row = float("inf"), 0
    for start in windows:
        found = p95(start, start + WINDOW)
        in_a_row = in_a_row + 1 if found is not None and found <= NORMAL * usual else 0
        if in_a_row == IN_A_ROW:
            back = start - (IN_A_ROW - 1) * STEP - ended
            break
    slow = p95(CALM, ended) or slow
    return usual, slow, back


def row(lives: Lives, *, usual: float, cases: int, cores: dict[str, float]) -> Row:
    """Return what it came to."""
    before, meanwhile, back = recovery(lives.requests)
    failed = sum(lives.failed.values())
    lost = f"{failed} of {lives.begun} failed {lives.failed or ''}".strip()
    return Row(
        name="a spike of complaints",
        parameters=f"{usual:.1f} lives/s, {TIMES} times as many for {SPIKE:.0f} s, {cases:,} cases",
        figure=(
            f"as before after {back:.0f} s; p95 {before * 1e3:.0f} ms before, {meanwhile * 1e3:.0f} in it; {lost}, "
            f"{lives.came_back} times asked to come back, {lives.broken} connections lost; nothing lost or doubled"
        ),
        target=f"p95 within {NORMAL} times that of before in {WITHIN:.0f} s; nothing lost or doubled",
        reached=back < WITHIN and failed == 0,
        cores=cores,
        numbers={
            "usual_rate": usual,
            "p95_before": before,
            "p95_in_it": meanwhile,
            "seconds_until_normal": back,
            "begun": lives.begun,
            "accepted": len(lives.accepted),
            "failed": lives.failed,
            "came_back": lives.came_back,
            "generator_late": lives.late,
        },
    )
