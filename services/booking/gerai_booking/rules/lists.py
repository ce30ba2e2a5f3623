"""Reads a list of people that applicants are compared with: CSV as offices send it. Standard library only.

UTF-8 with or without BOM, `,` or `;` between the columns, names of columns in Indonesian or English. A file
that cannot be read is refused as a whole; of one that can, each bad row is named with what is wrong.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from gerai_booking.rules.identity import InvalidNik, normalise_name, parse_nik

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 20_000
LONGEST_REFERENCE, LONGEST_NAME = 60, 100
#: After so many rows others get a turn.
ROWS_AT_ONCE = 200
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "reference": ("nomor porsi", "nomor referensi", "nomor", "reference"),
    "nik": ("nik",),
    "name": ("nama", "nama lengkap", "name"),
    "birth_date": ("tanggal lahir", "tgl lahir", "birth_date", "birth date"),
}
DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")

Unreadable = Literal["too_large", "no_text", "no_columns", "too_many_rows", "no_rows"]
ProblemCode = Literal[
    "no_reference", "no_name", "bad_nik", "bad_birth_date", "reference_twice", "nik_twice", "wrong_columns"
]


class UnreadableList(ValueError):
    """The file cannot be read as a list; `reason` is one of the codes in Unreadable."""

    def __init__(self, reason: Unreadable) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True, repr=False)
class Listed:
    """One person on a list. Printing it shows nothing of the person."""

    reference: str
    nik: str
    name: str
    birth_date: date

    def __repr__(self) -> str:
        return "Listed(…)"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with a row; the first one below the names of the columns is 2, as in a spreadsheet."""

    row: int
    code: ProblemCode


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A list that was read: rows that can be used, and what is wrong with the others."""

    rows: tuple[Listed, ...]
    problems: tuple[Problem, ...]


def _go_on() -> None:
    return


def read_list(content: bytes, *, breathe: Callable[[], None] = _go_on) -> Reading:
    """Return the people on a list. Raises UnreadableList.

    `breathe` is called again and again on the way, so that whoever shares the process gets a turn.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableList("too_large")
    rows: list[Listed] = []
    problems: list[Problem] = []
    references: set[str] = set()
    niks: set[str] = set()
    for count, (number, cells) in enumerate(_table(content)):
        if count >= MOST_ROWS:
            raise UnreadableList("too_many_rows")
        if count % ROWS_AT_ONCE == 0:
            breathe()
        found = _row(cells) if cells is not None else "wrong_columns"
        if isinstance(found, Listed):
            found = _unless_twice(found, references, niks)
        if isinstance(found, Listed):
            rows.append(found)
        else:
            problems.append(Problem(row=number, code=found))
    if not rows and not problems:
        raise UnreadableList("no_rows")
    return Reading(rows=tuple(rows), problems=tuple(problems))


def _unless_twice(found: Listed, references: set[str], niks: set[str]) -> "Listed | ProblemCode":
    """Of two rows about the same person or under the same number the second is in doubt."""
    if found.reference in references:
        return "reference_twice"
    if found.nik in niks:
        return "nik_twice"
    references.add(found.reference)
    niks.add(found.nik)
    return found


def _table(content: bytes) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Each row that is not empty with its line; None for one with more or fewer cells than columns."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableList("no_text") from None
    if "\0" in text:
        raise UnreadableList("no_text")
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        places = _places(next(reader, []))
        width = len(places)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, _named(cells, places) if len(cells) == width else None
    except csv.Error:
        raise UnreadableList("no_text") from None


def _places(head: list[str]) -> list[str]:
    """The field in each column, '' for columns that nobody needs. Raises UnreadableList."""
    names = {name: field for field, several in COLUMNS.items() for name in several}
    places = [names.get(" ".join(cell.casefold().split()), "") for cell in head]
    needed = [place for place in places if place]
    if sorted(needed) != sorted(COLUMNS):
        raise UnreadableList("no_columns")
    return places


def _named(cells: list[str], places: list[str]) -> dict[str, str]:
    return {place: cell.strip() for place, cell in zip(places, cells, strict=True) if place}


def _row(cells: dict[str, str]) -> "Listed | ProblemCode":
    reference, name = normalise_name(cells["reference"]), normalise_name(cells["name"])
    if not 0 < len(reference) <= LONGEST_REFERENCE:
        return "no_reference"
    if not 1 < len(name) <= LONGEST_NAME:
        return "no_name"
    try:
        nik = parse_nik(cells["nik"]).digits
    except InvalidNik:
        return "bad_nik"
    birth_date = _date(cells["birth_date"])
    if birth_date is None:
        return "bad_birth_date"
    return Listed(reference=reference, nik=nik, name=name, birth_date=birth_date)


def _date(text: str) -> date | None:
    for form in DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    return None
