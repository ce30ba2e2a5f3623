"""Tables as a workbook with its explanation. Apart from `spreadsheets`: few processes make any."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from gerai_shared.spreadsheets import NOT_TOLD, Table, Value

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHOLE_NUMBER, CHANGE_NUMBER, HUNDREDTHS = "#,##0", "+#,##0;-#,##0;0", "#,##0.00"
WIDEST_COLUMN = 60


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
