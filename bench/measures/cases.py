"""What complaints ask of their database, at one with three years of cases, in turns with one without."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.case_houses import CaseHouse, opened, under_way_of
from bench.houses import timed
from bench.load import percentile
from bench.measures import Context
from bench.report import Row

TIMES, FEW, WARM_UP = 200, 30, 10
RATIO = 1.2
#: What a new database has, so that a page of a list is full.
PAGE, BATCH = 50, 25


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Something that is measured: `prepare` is not timed, and hands on what `run` is given."""

    name: str
    run: Callable[[CaseHouse, str], object]
    prepare: Callable[[CaseHouse], str] = lambda _house: ""
    times: int = TIMES
    #: Against a database with as many under way, too: a list counts them, whatever is over.
    counts_what_is_open: bool = False


def _late(house: CaseHouse) -> str:
    house.make_late(BATCH)
    return ""


def _silent(house: CaseHouse) -> str:
    house.make_silent(BATCH)
    return ""


def _look(wanted: str) -> Asked:
    return Asked(
        name=f"list: {wanted}",
        run=lambda house, _: house.look(wanted),
        counts_what_is_open=True,
        times=TIMES // 2,
    )


ASKED = (
    Asked(name="file", run=lambda house, _: house.file()),
    Asked(
        name="track", run=lambda house, token: house.track(token), prepare=lambda house: house.file().token
    ),
    _look("open"),
    _look("mine"),
    _look("overdue"),
    _look("all"),
    Asked(
        name="list: one number",
        run=lambda house, number: house.look("open", number),
        prepare=lambda house: house.file().number,
        counts_what_is_open=True,
        times=TIMES // 2,
    ),
    Asked(name="clock, nothing due", run=lambda house, _: house.scan()),
    Asked(name="clock, 25 climb", run=lambda house, _: _all(house.climb()), prepare=_late, times=FEW),
    Asked(name="clock, 25 lapse", run=lambda house, _: _all(house.lapse()), prepare=_silent, times=FEW),
)


def _all(seen: int) -> None:
    assert seen == BATCH, f"{seen} were due"


def measure(context: Context) -> list[Row]:
    """Ask each in turns: noise meets all databases."""
    under_way = under_way_of(context.cases)
    with (
        opened(context, cases=0) as new,
        opened(context, cases=context.cases, only_under_way=True) as current,
        opened(context, cases=context.cases) as full,
    ):
        prepare_new(new)
        houses = (new, current, full)
        rows = []
        for asked in ASKED:
            context.tell(f"cases: {asked.name}")
            rows.append(row(asked, *in_turns(houses, asked), cases=context.cases, under_way=under_way))
    return rows


def prepare_new(house: CaseHouse) -> None:
    """Have a page of cases there, and a batch that can climb and lapse."""
    for number in range(2 * PAGE):
        filed = house.file()
        if number % 2:
            house.answer(filed.number, house.take(filed.number, 1))


def in_turns(houses: tuple[CaseHouse, ...], asked: Asked) -> list[list[float]]:
    """Return sorted seconds at each house."""
    found: list[list[float]] = [[] for _ in houses]
    for count in range(asked.times + WARM_UP):
        for house, seconds in zip(houses, found, strict=True):
            given = asked.prepare(house)
            took = timed(partial(asked.run, house, given))
            if count >= WARM_UP:
                seconds.append(took)
    return [sorted(each) for each in found]


def row(
    asked: Asked, new: list[float], current: list[float], full: list[float], *, cases: int, under_way: int
) -> Row:
    """Return what it came to: the medians against each other."""
    usual = [percentile(each, 0.5) for each in (new, current, full)]
    worst = percentile(full, 0.99)
    against_new, against_current = usual[2] / usual[0], usual[2] / usual[1]
    ratio = against_current if asked.counts_what_is_open else against_new
    told = f"p50 {usual[0] * 1e3:.1f} ms new, {usual[1] * 1e3:.1f} with {under_way:,} under way and none over"
    return Row(
        name=f"complaints, {asked.name}",
        parameters=f"{cases:,} cases, {under_way:,} of them under way, {asked.times} times in turns",
        figure=f"p50 {usual[2] * 1e3:.1f}, p99 {worst * 1e3:.1f} ms",
        baseline=told,
        ratio=ratio,
        target=f"ratio ≤ {RATIO}" + (" to as many under way" if asked.counts_what_is_open else ""),
        reached=ratio <= RATIO,
        numbers={
            "new_p50": usual[0],
            "current_p50": usual[1],
            "full_p50": usual[2],
            "full_p99": worst,
            "to_new": against_new,
            "to_current": against_current,
        },
    )
