"""Small numbers are not told, nor what they could be worked out from. Standard library only.

A count of one to four people in a table may tell of somebody who is known to be among them. It is hidden, and
where the rest of its line would give it away (a total is the sum of its parts) another one is hidden, too.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

#: Counts below this, but not 0, are hidden.
FLOOR = 5
#: So often what is known is worked through; each time it tells less that is new.
ROUNDS = 12
UNBOUNDED = 10**12

Cell = Hashable
#: From, to: what a reader can know of a number.
Known = tuple[int, int]


class Hidden(StrEnum):
    """What stands in place of a number: a count of 1 to 4, or whatever more must not be told beside it."""

    FEW = "<5"
    KEPT_BACK = "*"


Shown = int | Hidden


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row or a column of a table: the total is the sum of the parts."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All of it."""
        return (*self.parts, self.total)


def few(count: int) -> Shown:
    """Return a count that stands alone as it may be told."""
    return Hidden.FEW if 0 < count < FLOOR else count


def suppress(counts: Mapping[Cell, int], lines: Iterable[Line]) -> dict[Cell, Shown]:
    """Return every count of a table as it may be told.

    After it no hidden count can be worked out exactly from the lines, one by one or one through another.
    """
    lines = list(lines)
    hidden: dict[Cell, Hidden] = {cell: Hidden.FEW for cell, count in counts.items() if 0 < count < FLOOR}
    while more := _to_keep_back(counts, hidden, lines):
        hidden |= dict.fromkeys(more, Hidden.KEPT_BACK)
    return {cell: hidden.get(cell, count) for cell, count in counts.items()}


def _to_keep_back(counts: Mapping[Cell, int], hidden: Mapping[Cell, Hidden], lines: list[Line]) -> set[Cell]:
    """Return what is to be hidden so that less can be worked out; nothing when all is well."""
    known = what_is_known(counts, hidden, lines)
    told = {cell for cell in hidden if known[cell][0] == known[cell][1]}
    if not told:
        return set()
    concerned = [line for line in lines if told.intersection(line.cells)]
    # First the lines that alone tell it: hiding there is enough most of the time.
    telling = [line for line in concerned if _tells(line, told, hidden, counts)]
    more = {_smallest_seen(line, counts, hidden) for line in telling or concerned}
    more = more or {_smallest_seen(line, counts, hidden) for line in concerned}
    more = more - {None} or {_least_told(line, hidden) for line in concerned}
    return more - {None}


def _tells(line: Line, told: set[Cell], hidden: Mapping[Cell, Hidden], counts: Mapping[Cell, int]) -> bool:
    known = {cell: _at_first(cell, counts, hidden) for cell in line.cells}
    _narrow(known, line)
    return any(known[cell][0] == known[cell][1] for cell in told.intersection(line.cells))


def _smallest_seen(line: Line, counts: Mapping[Cell, int], hidden: Mapping[Cell, Hidden]) -> Cell | None:
    """Return the smallest part that is still told, else the total; zeros tell of nobody and stay."""
    seen = [cell for cell in line.parts if cell not in hidden and counts[cell] >= FLOOR]
    if seen:
        return min(seen, key=lambda cell: counts[cell])
    return line.total if line.total not in hidden and counts[line.total] >= FLOOR else None


def _least_told(line: Line, hidden: Mapping[Cell, Hidden]) -> Cell | None:
    """Return a number of which not even that it is small may be told: four of <5 that are <5 are 1."""
    small = [cell for cell in (line.total, *line.parts) if hidden.get(cell) is Hidden.FEW]
    return small[0] if small else None


def what_is_known(
    counts: Mapping[Cell, int], hidden: Mapping[Cell, Hidden], lines: Iterable[Line]
) -> dict[Cell, Known]:
    """Return between what each count of a table must lie, for a reader who sees all but the hidden ones."""
    known = {cell: _at_first(cell, counts, hidden) for cell in counts}
    concerned = [line for line in lines if any(cell in hidden for cell in line.cells)]
    for _ in range(ROUNDS):
        news = [_narrow(known, line) for line in concerned]
        if not any(news):
            break
    return known


def _at_first(cell: Cell, counts: Mapping[Cell, int], hidden: Mapping[Cell, Hidden]) -> Known:
    if cell not in hidden:
        return counts[cell], counts[cell]
    return (1, FLOOR - 1) if hidden[cell] is Hidden.FEW else (1, UNBOUNDED)


def _narrow(known: dict[Cell, Known], line: Line) -> bool:
    """Narrow what is known by what one line says; tell whether that was news."""
    least, most = (sum(known[cell][end] for cell in line.parts) for end in (0, 1))
    total_least, total_most = known[line.total]
    news = False
    for cell in line.parts:
        low, high = known[cell]
        found = max(low, total_least - (most - high)), min(high, total_most - (least - low))
        if found != (low, high):
            known[cell] = found
            news = True
    least, most = (sum(known[cell][end] for cell in line.parts) for end in (0, 1))
    found = max(total_least, least), min(total_most, most)
    if found != (total_least, total_most):
        known[line.total] = found
        news = True
    return news
