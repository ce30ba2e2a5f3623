"""Tables as files: CSV as spreadsheets in Indonesia open it, and a workbook with its explanation."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The separator of lists where numbers have a decimal comma, as in Indonesia.
SEPARATOR = ";"
#: A text that begins so would be carried out by a spreadsheet.
STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
NOT_TOLD = "–"
WHOLE_NUMBER, CHANGE_NUMBER, HUNDREDTHS = "#,##0", "+#,##0;-#,##0;0", "#,##0.00"
WIDEST_COLUMN = 60

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


def workbook_of(
    tables: Sequence[Table], *, explanation: Sequence[tuple[str, str]], name_of_explanation: str
) -> bytes:
    """Return a workbook with a sheet for each table and one that says what was counted and how."""
    book = Workbook()
    book.remove(book.active)
    for table in tables:
        _fill(book.create_sheet(table.name), table)
    sheet = book.create_sheet(name_of_explanation)
    for line in explanation:
        sheet.append(["", ""])
        for column, text in enumerate(line, start=1):
            _put(sheet.cell(sheet.max_row, column), text)
            sheet.cell(sheet.max_row, column).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 100
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(sheet: Worksheet, table: Table) -> None:
    for index, column in enumerate(table.columns, start=1):
        head = sheet.cell(1, index)
        _put(head, column.name)
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="top")
        texts = [column.name, *(str(row[index - 1]) for row in table.rows)]
        sheet.column_dimensions[head.column_letter].width = min(max(map(len, texts)) + 2, WIDEST_COLUMN)
        for number, row in enumerate(table.rows, start=2):
            cell = sheet.cell(number, index)
            _put(cell, row[index - 1])
            if column.is_number:
                whole = CHANGE_NUMBER if column.is_change else WHOLE_NUMBER
                cell.number_format = HUNDREDTHS if isinstance(row[index - 1], Decimal) else whole
                cell.alignment = Alignment(horizontal="right")
    sheet.freeze_panes = "B2"


def _put(cell: Cell, value: Value) -> None:
    if isinstance(value, int | Decimal):
        cell.value = value
        return
    cell.value = NOT_TOLD if value is None else str(value)
    # Said outright: what begins with "=" would become a formula.
    cell.data_type = "s"
