"""Charts as geometry: from numbers to places, drawn by charts.html as SVG. Pure.

Lengths along the page are percent of its width, so that text keeps its size on a phone; heights are pixels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: The longest bar leaves room for its number, in percent.
LONGEST_BAR = 78.0
BAR_HEIGHT, LABEL_HEIGHT, GAP = 16, 22, 14
LINE_HEIGHT = 180
MOST_MARKS = 5
#: Above the highest point of a line, as a share of its height.
HEADROOM = 1.08
NICE = (1, 2, 5, 10)


@dataclass(frozen=True, kw_only=True)
class Datum:
    """What a chart shows of one thing: numbers now and before (None: not told), and how each is written."""

    label: str
    now: float | None
    now_text: str
    before: float | None = None
    before_text: str = ""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar `width` percent long at `y` pixels; `kind` is now or before. Its text stands at its end."""

    kind: str
    y: int
    width: float
    text: str


@dataclass(frozen=True, kw_only=True)
class BarGroup:
    """The bars of one thing beneath its label, whose baseline is at `y` pixels."""

    label: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class BarChart:
    """Bars beneath each other, `height` pixels in all."""

    groups: tuple[BarGroup, ...]
    height: int


def bar_chart(data: Sequence[Datum]) -> BarChart:
    """Return bars for each datum to one scale that begins at 0: now, and before if any has one."""
    most = max((value for datum in data for value in (datum.now, datum.before) if value), default=1)
    count = 2 if any(datum.before is not None or datum.before_text for datum in data) else 1
    groups, y = [], 0
    for datum in data:
        bars = tuple(
            Bar(
                kind=kind,
                y=y + LABEL_HEIGHT + index * (BAR_HEIGHT + 3),
                width=round(LONGEST_BAR * (value or 0) / most, 2),
                text=text,
            )
            for index, (kind, value, text) in enumerate(
                (("now", datum.now, datum.now_text), ("before", datum.before, datum.before_text))[:count]
            )
        )
        groups.append(BarGroup(label=datum.label, y=y + LABEL_HEIGHT - 7, bars=bars))
        y += LABEL_HEIGHT + count * (BAR_HEIGHT + 3) + GAP
    return BarChart(groups=tuple(groups), height=max(y - GAP, 0))


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place on an axis, in percent from the left or from the top, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A point of a line, in percent from the left and from the top."""

    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Course:
    """A line: its pieces, broken where a number is not told. `kind` is now or before."""

    kind: str
    pieces: tuple[tuple[Dot, ...], ...]

    @property
    def paths(self) -> list[str]:
        """The points of each piece as SVG writes them."""
        return [" ".join(f"{dot.x:g},{dot.y:g}" for dot in piece) for piece in self.pieces]


@dataclass(frozen=True, kw_only=True)
class LineChart:
    """Lines over time, `height` pixels high, with marks along both axes."""

    courses: tuple[Course, ...]
    across: tuple[Mark, ...]
    upwards: tuple[Mark, ...]
    height: int


def line_chart(data: Sequence[Datum], *, write: Callable[[int], str] = str) -> LineChart:
    """Return a line of what is now and one of what was before, to one scale that begins at 0.

    `write` writes the numbers beside the scale.
    """
    told = [value for datum in data for value in (datum.now, datum.before) if value is not None]
    step = _nice_step(max(told, default=0))
    top = max(max(told, default=0) * HEADROOM, step)
    places = [100 * (index + 0.5) / len(data) for index in range(len(data))]

    def course(kind: str, values: Sequence[float | None]) -> Course:
        pieces: list[list[Dot]] = [[]]
        for place, value in zip(places, values, strict=True):
            if value is None:
                pieces.append([])
            else:
                pieces[-1].append(Dot(x=round(place, 2), y=round(100 * (1 - value / top), 2)))
        return Course(kind=kind, pieces=tuple(tuple(piece) for piece in pieces if piece))

    every = -(-len(data) // MOST_MARKS)
    return LineChart(
        height=LINE_HEIGHT,
        courses=(
            course("before", [datum.before for datum in data]),
            course("now", [datum.now for datum in data]),
        ),
        across=tuple(
            Mark(at=round(place, 2), text=datum.label)
            for index, (place, datum) in enumerate(zip(places, data, strict=True))
            if index % every == 0
        ),
        upwards=tuple(
            Mark(at=round(100 * (1 - value / top), 2), text=write(value))
            for value in range(0, int(top) + 1, step)
        ),
    )


def _nice_step(most: float) -> int:
    """Return a round number that divides an axis up to `most` into at most five parts."""
    unit = 1
    while True:
        for nice in NICE:
            if nice * unit * 5 >= most:
                return nice * unit
        unit *= 10
