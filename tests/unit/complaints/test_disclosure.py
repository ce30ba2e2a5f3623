"""No hidden number can be worked out from those that are told."""

from fractions import Fraction

from gerai_complaints.rules.disclosure import Cell, Line, determined, hidden_cells
from hypothesis import given, settings
from hypothesis import strategies as st

FLOOR = 10
Table = tuple[dict[Cell, int], list[Line]]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Services of two agencies in some months: totals across both, and of each agency."""
    months = range(draw(st.integers(1, 4)))
    of_agency = {agency: range(draw(st.integers(1, 3))) for agency in "ab"}
    numbers = st.one_of(st.just(0), st.integers(1, 12), st.integers(10, 80))
    leaves = [
        (f"{agency}{service}", month) for agency in "ab" for service in of_agency[agency] for month in months
    ]
    counts: dict[Cell, int] = {leaf: draw(numbers) for leaf in leaves}
    lines = []

    def add(total: Cell, parts: list[Cell]) -> None:
        counts[total] = sum(counts[part] for part in parts)
        lines.append(Line(total=total, parts=tuple(parts)))

    for agency in "ab":
        for month in months:
            add((agency, month), [(f"{agency}{service}", month) for service in of_agency[agency]])
    for month in months:
        add(("all", month), [(agency, month) for agency in "ab"])
    for row in ["all", *"ab", *(f"{agency}{service}" for agency in "ab" for service in of_agency[agency])]:
        add((row, "year"), [(row, month) for month in months])
    lines.append(Line(total=("all", "year"), parts=(("a", "year"), ("b", "year"))))
    return counts, lines


def follows(cell: Cell, hidden: frozenset[Cell], lines: list[Line]) -> bool:
    """Tell, by elimination with fractions, whether a hidden cell is a combination of what is told."""
    order = [each for each in hidden if each != cell] + [cell]
    rows = []
    for line in lines:
        row = [Fraction(0)] * len(order)
        for place, each in enumerate(order):
            row[place] += (each in line.parts) - (each == line.total)
        rows.append(row)
    done = 0
    for column in range(len(order)):
        pivot = next((index for index in range(done, len(rows)) if rows[index][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        # The wanted cell is the last column: a row that begins there holds nothing else.
        if column == len(order) - 1:
            return True
        for index in range(done + 1, len(rows)):
            if factor := rows[index][column] / rows[done][column]:
                rows[index] = [a - factor * b for a, b in zip(rows[index], rows[done], strict=True)]
        done += 1
    return False


@settings(max_examples=30, deadline=None)
@given(tables())
def test_no_hidden_cell_follows_from_the_sums_that_are_told(table: Table) -> None:
    counts, lines = table
    hidden = hidden_cells(counts, lines, floor=FLOOR)
    assert {cell for cell, count in counts.items() if 0 < count < FLOOR} <= hidden
    assert not [cell for cell in hidden if follows(cell, hidden, lines)]
    for line in lines:
        parts = [counts[part] for part in line.parts if part in hidden]
        if parts and line.total not in hidden:
            assert sum(parts) >= FLOOR
            assert sum(parts) > len(parts)


@settings(max_examples=20, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_what_follows_is_found(table: Table, random) -> None:
    """The check of the rule agrees with elimination by fractions, for any choice of hidden cells."""
    counts, lines = table
    hidden = frozenset(cell for cell in counts if random.random() < 0.5)
    assert determined(hidden, lines) == {cell for cell in hidden if follows(cell, hidden, lines)}


def test_one_small_part_takes_another_with_it_and_a_large_table_stays() -> None:
    line = Line(total="all", parts=("a", "b", "c"))
    assert hidden_cells({"a": 3, "b": 20, "c": 40, "all": 63}, [line], floor=10) == {"a", "b"}
    assert hidden_cells({"a": 13, "b": 20, "c": 40, "all": 73}, [line], floor=10) == frozenset()


def test_a_total_is_hidden_where_its_parts_are_too_few_together() -> None:
    line = Line(total="all", parts=("a", "b"))
    assert hidden_cells({"a": 3, "b": 0, "all": 3}, [line], floor=10) == {"a", "all"}
    assert hidden_cells({"a": 4, "b": 5, "all": 9}, [line], floor=10) == {"a", "b", "all"}


def test_zeros_are_told() -> None:
    line = Line(total="all", parts=("a", "b"))
    assert hidden_cells({"a": 0, "b": 0, "all": 0}, [line], floor=10) == frozenset()
