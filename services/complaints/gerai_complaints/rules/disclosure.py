"""What of a table of counts may be told, so that nothing about a few people can be worked out from the rest.

A count below a floor is hidden, together with whatever is known of those people. Where a total and its
other parts are told, it could be worked out all the same: then further parts, in the end the total, are
hidden, too. Readers can add and subtract across all lines at once, so that in the end the lines are solved
as they would solve them. Nothing tells why a number is hidden.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

Cell = Hashable
#: Sums are solved modulo a prime: exact for coefficients of 1 and -1, and numbers stay small.
PRIME = (1 << 61) - 1


@dataclass(frozen=True, kw_only=True)
class Line:
    """A total that is the sum of its parts, all of them in the same table."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All of it."""
        return (self.total, *self.parts)


def _alike(_cell: Cell) -> int:
    return 0


def hidden_cells(
    counts: Mapping[Cell, int],
    lines: Sequence[Line],
    *,
    floor: int,
    worth: Callable[[Cell], int] = _alike,
) -> frozenset[Cell]:
    """Return the cells that must not be told.

    Of every count from 1 to `floor` - 1 nothing can be worked out from the lines, and what several hidden
    parts of a told total are together is at least `floor`. Zeros tell of nobody and are always told. Where
    there is a choice, what is worth less is hidden.
    """
    table = _Table(counts=counts, lines=lines, floor=floor, worth=worth)
    while table.hide_one_more():
        pass
    return frozenset(table.hidden)


@dataclass(kw_only=True)
class _Table:
    """A table while it is decided what is hidden in it."""

    counts: Mapping[Cell, int]
    lines: Sequence[Line]
    floor: int
    worth: Callable[[Cell], int]

    def __post_init__(self) -> None:
        self.hidden = {cell for cell, count in self.counts.items() if 0 < count < self.floor}
        self._lines_of: dict[Cell, list[Line]] = {}
        for line in self.lines:
            for cell in line.cells:
                self._lines_of.setdefault(cell, []).append(line)

    def hide_one_more(self) -> bool:
        """Hide one cell more where hidden ones could be worked out; tell whether there was one."""
        found = self._by_single_lines()
        if found is None:
            found = self._by_all_lines()
        if found is not None:
            self.hidden.add(found)
        return found is not None

    def _by_single_lines(self) -> Cell | None:
        """Return what is to be hidden because a line by itself gives hidden cells away."""
        for line in self.lines:
            own = [cell for cell in line.cells if cell in self.hidden]
            parts = [cell for cell in own if cell != line.total]
            together = sum(self.counts[cell] for cell in parts)
            # Each hidden part is at least one: as many as there are parts means one each.
            is_few = together < self.floor or together == len(parts)
            if len(own) == 1 or (parts and line.total not in self.hidden and is_few):
                found = self._best([line])
                if found is not None:
                    return found
        return None

    def _by_all_lines(self) -> Cell | None:
        """Return what is to be hidden because the lines together give hidden cells away.

        Nearest first: in a line of the cell itself, then in one with something hidden. In the end zeros alone
        are told, from which nothing but zeros follows.
        """
        told = determined(self.hidden, self.lines)
        if not told:
            return None
        near = [line for cell in told for line in self._lines_of[cell]]
        found = self._best(near)
        return found if found is not None else self._best(self.lines)

    def _best(self, lines: Sequence[Line]) -> Cell | None:
        """Return the cell of `lines` that costs least: worth little, beside something hidden, small.

        None when nothing is told there but zeros.
        """
        seen = [
            cell for line in lines for cell in line.cells if cell not in self.hidden and self.counts[cell]
        ]
        return min(
            seen,
            key=lambda cell: (self.worth(cell), self._untouched(cell), self.counts[cell]),
            default=None,
        )

    def _untouched(self, cell: Cell) -> int:
        return sum(self.hidden.isdisjoint(line.cells) for line in self._lines_of[cell])


def determined(hidden: set[Cell] | frozenset[Cell], lines: Sequence[Line]) -> set[Cell]:
    """Return the hidden cells whose values follow from the told ones, by adding and subtracting lines."""
    solved: dict[Cell, dict[Cell, int]] = {}
    for line in lines:
        row = {cell: 1 for cell in line.parts if cell in hidden}
        if line.total in hidden:
            row[line.total] = PRIME - 1
        for pivot in [cell for cell in row if cell in solved]:
            _subtract(row, solved[pivot], row[pivot])
        if not row:
            continue
        pivot = next(iter(row))
        inverse = pow(row[pivot], -1, PRIME)
        row = {cell: value * inverse % PRIME for cell, value in row.items()}
        for other in solved.values():
            if pivot in other:
                _subtract(other, row, other[pivot])
        solved[pivot] = row
    return {pivot for pivot, row in solved.items() if len(row) == 1}


def _subtract(row: dict[Cell, int], other: Mapping[Cell, int], times: int) -> None:
    for cell, value in other.items():
        left = (row.get(cell, 0) - times * value) % PRIME
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)
