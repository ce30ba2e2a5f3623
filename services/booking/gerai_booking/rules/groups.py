"""Places for groups: how they are spread over hours, and how a list of names is read. Standard library.

An institution (a hajj office with its ministry's list, a company, a school) gets places together (S1-9).
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from gerai_shared.refusals import Refused

MOST_LINES = 300
#: A column may be headed in either language; the first name is how it is called inside.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "reference": ("reference", "referensi"),
    "nik": ("nik",),
    "passport_number": ("passport_number", "nomor_paspor"),
    "name": ("name", "nama"),
    "birth_date": ("birth_date", "tanggal_lahir"),
    "phone": ("phone", "telepon"),
    "email": ("email", "surel"),
    "hour": ("hour", "jam"),
}
NEEDED = frozenset({"reference", "name"})


class UnknownGroup(Refused):
    """There is no such group. Please choose one on the page of groups."""

    code = "unknown_group"
    status = 404


class GroupTooLarge(Refused):
    """In these hours %(places)s places are free for the group. Please ask for fewer, or for more days."""

    code = "group_too_large"
    status = 409


class GroupReturned(Refused):
    """The places of this group that had no name went back to the public already.

    For more people, please write down a new group.
    """

    code = "group_returned"
    status = 409


class GroupFull(Refused):
    """This group has no place left at that time. Please choose another hour, or leave it empty."""

    code = "group_full"
    status = 409


class ListBroken(Refused):
    """This list cannot be read. It is a CSV file in UTF-8 whose first line names known columns, each once,
    with reference and name among them, and that has 1 to %(most)s lines of equal length.

    Please mend it and send it again.
    """

    code = "list_broken"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a list: its number in the file, from 2 on, and its values by column, without empty ones."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Hour:
    """An hour of a day with what is left of it."""

    slot: str
    day: date
    left: int


def spread(
    wanted: int, hours: Iterable[Hour], left_of_day: Mapping[date, int | None], *, most_an_hour: int
) -> dict[str, int]:
    """Return how many places are taken of each hour, the earliest first, until `wanted` are found.

    Never more than an hour has, than its day has (None bounds nothing), or than `most_an_hour`.
    """
    found: dict[str, int] = {}
    left = dict(left_of_day)
    for hour in hours:
        of_day = left.get(hour.day)
        room = min(wanted, hour.left, most_an_hour, wanted if of_day is None else of_day)
        if room > 0:
            found[hour.slot] = room
            wanted -= room
            if of_day is not None:
                left[hour.day] = of_day - room
    return found


def read_list(text: str) -> list[Line]:
    """Return the lines of a CSV text, separated by commas or semicolons. Raises ListBroken."""
    rows = text.removeprefix("\ufeff").splitlines()
    if len(rows) < 2 or len(rows) > MOST_LINES + 1:
        raise ListBroken(most=MOST_LINES)
    separator = ";" if rows[0].count(";") > rows[0].count(",") else ","
    names = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
    try:
        parsed = list(csv.reader(rows, delimiter=separator, strict=True))
    except csv.Error as error:
        raise ListBroken(most=MOST_LINES) from error
    head = [names.get(cell.strip().lower().replace(" ", "_"), "") for cell in parsed[0]]
    if "" in head or len(set(head)) < len(head) or not NEEDED.issubset(head):
        raise ListBroken(most=MOST_LINES)
    lines = []
    for number, cells in enumerate(parsed[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            raise ListBroken(most=MOST_LINES)
        values = {name: cell.strip() for name, cell in zip(head, cells, strict=True) if cell.strip()}
        lines.append(Line(number=number, values=values))
    return lines
