"""Tables of statistics as files and charts: nothing in them is carried out, and what is drawn is to scale."""

import csv
from io import BytesIO, StringIO

import pytest
from gerai_booking.counter.statistics_view import number
from gerai_booking.rules.suppression import Hidden
from gerai_shared.charts import LONGEST_BAR, Datum, bar_chart, line_chart
from gerai_shared.spreadsheets import Column, Table, csv_of
from gerai_shared.workbooks import workbook_of
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

EVIL = '=HYPERLINK("http://example.org")'
TABLE = Table(
    code="tickets",
    name="Tiket",
    columns=(
        Column(name="Asal", is_number=False),
        Column(name="Des 2026"),
        Column(name="Selisih", is_change=True),
    ),
    rows=(
        ("Kabupaten Lebak; Banten", 1_412, -90),
        (EVIL, Hidden.FEW, None),
        ("@jumlah", Hidden.KEPT_BACK, 7),
    ),
)


def rows_of(body: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_csv_file_opens_in_a_spreadsheet_with_a_decimal_comma() -> None:
    body = csv_of(TABLE)
    assert body.startswith(b"\xef\xbb\xbfAsal;Des 2026;Selisih\r\n")
    assert rows_of(body)[1] == ["Kabupaten Lebak; Banten", "1412", "-90"]


def test_no_text_becomes_a_formula() -> None:
    assert rows_of(csv_of(TABLE))[2:] == [[f"'{EVIL}", "<5", "–"], ["'@jumlah", "*", "7"]]
    body = workbook_of([TABLE], explanation=[("Masa", EVIL)], name_of_explanation="Keterangan")
    book = load_workbook(BytesIO(body))
    assert (book["Tiket"]["A3"].value, book["Tiket"]["A3"].data_type) == (EVIL, "s")
    assert (book["Keterangan"]["B1"].value, book["Keterangan"]["B1"].data_type) == (EVIL, "s")


@given(st.text(st.characters(codec="utf-8")))
def test_whatever_a_text_is_its_cell_does_not_begin_as_a_formula_does(text: str) -> None:
    table = Table(code="x", name="x", columns=(Column(name="x", is_number=False),), rows=((text,),))
    assert not rows_of(csv_of(table))[1][0].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_workbook_has_numbers_as_numbers_and_keeps_its_heads_in_sight() -> None:
    body = workbook_of([TABLE], explanation=[("Masa", "Desember 2026")], name_of_explanation="Keterangan")
    sheet = load_workbook(BytesIO(body))["Tiket"]
    assert (sheet["B2"].value, sheet["B2"].number_format) == (1_412, "#,##0")
    assert (sheet["C2"].value, sheet["C2"].number_format) == (-90, "+#,##0;-#,##0;0")
    assert sheet["B3"].value == "<5"
    assert (sheet.freeze_panes, sheet["A1"].font.bold) == ("B2", True)


@pytest.mark.parametrize(
    ("value", "signed", "written"),
    [
        (1_412, False, "1.412"),
        (-90, True, "−90"),
        (128, True, "+128"),
        (0, True, "0"),
        (None, False, "–"),
        (Hidden.FEW, False, "<5"),
    ],
)
def test_numbers_are_written_as_indonesians_write_them(value, signed: bool, written: str) -> None:
    assert number(value, language="id", signed=signed) == written


def datum(now: int | None, before: int | None = None) -> Datum:
    return Datum(label="Lebak", now=now, now_text=str(now), before=before, before_text=str(before))


def test_bars_are_to_one_scale_from_zero_and_what_is_hidden_has_none() -> None:
    chart = bar_chart([datum(100, 50), datum(25, None), datum(0, 0)])
    widths = [[bar.width for bar in group.bars] for group in chart.groups]
    assert widths == [[LONGEST_BAR, LONGEST_BAR / 2], [LONGEST_BAR / 4, 0], [0, 0]]
    tops = [bar.y for group in chart.groups for bar in group.bars]
    assert tops == sorted(tops)
    assert tops[-1] < chart.height


@given(st.lists(st.tuples(st.none() | st.integers(0, 10**6), st.none() | st.integers(0, 10**6)), min_size=1))
def test_lines_stay_within_the_chart_and_break_where_nothing_is_told(
    values: list[tuple[int | None, int | None]],
) -> None:
    chart = line_chart([datum(*pair) for pair in values])
    for course, index in ((chart.courses[1], 0), (chart.courses[0], 1)):
        dots = [dot for piece in course.pieces for dot in piece]
        assert len(dots) == sum(pair[index] is not None for pair in values)
        assert all(0 <= dot.x <= 100 and 0 <= dot.y <= 100 for dot in dots)
    assert 2 <= len(chart.upwards) <= 7
    assert chart.upwards[0].at == 100
    assert all(0 <= mark.at <= 100 for mark in (*chart.across, *chart.upwards))
    assert len(chart.across) <= 6
