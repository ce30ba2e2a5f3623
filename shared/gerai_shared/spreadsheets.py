"""Tables, and files of them as spreadsheets in Indonesia open them (CSV); for workbooks see `workbooks`."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO

CSV_TYPE = "text/csv; charset=utf-8"
#: The separator of lists where numbers have a decimal comma, as in Indonesia.
SEPARATOR = ";"
#: A text that begins so would be carried out by a spreadsheet.
STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
NOT_TOLD = "–"

#: Numbers stay numbers: whoever shows or writes them knows how. None is "not told".
Value = int | Decimal | str | None


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column; one that is not `is_number` names or explains."""

    name: str
    is_number: bool = True
    is_change: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table; `code` names it in addresses. Its last row may be a total."""

    code: str
    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


def csv_of(table: Table) -> bytes:
    """Return a table as CSV, its heads first; see `csv_of_rows`."""
    return csv_of_rows([[column.name for column in table.columns], *table.rows])


def csv_of_rows(rows: Iterable[Sequence[Value]]) -> bytes:
    """Return rows as CSV: UTF-8 with a byte order mark, semicolons, numbers without separators of thousands
    and with a decimal comma.
    """
    text = StringIO()
    writer = csv.writer(text, delimiter=SEPARATOR, lineterminator="\r\n")
    writer.writerows([[_written(value) for value in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _written(value: Value) -> int | str:
    if value is None:
        return NOT_TOLD
    if isinstance(value, Decimal):
        return f"{value}".replace(".", ",")
    return value if isinstance(value, int) else _inert(value)


def _inert(text: str) -> str:
    """Return a text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(STARTS_OF_FORMULAS) else str(text)
