"""What officers read of the survey of satisfaction: on the page, as a workbook, as CSV."""

import csv
from io import BytesIO, StringIO

import pytest
import requests
from openpyxl import load_workbook

from tests.integration.complaints.conftest import Mall
from tests.integration.complaints.test_satisfaction import answered

#: What is asked of the database is tried on both in test_satisfaction.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def desk(mall: Mall, path: str) -> requests.Response:
    return mall.desk().get(
        f"{mall.base_url}/satisfaction{path}", timeout=10, headers={"Accept-Language": "id"}
    )


def some(mall: Mall) -> None:
    answered(mall, "immigration", "passport-new", "2026-11-02", count=20, value=4)
    answered(mall, "legal", "trademark", "2026-11-04", count=15, value=3)
    answered(mall, "legal", "copyright", "2026-11-04", count=3, value=1)


def test_the_page_shows_index_and_grade_of_the_period_that_is_asked_for(mall: Mall) -> None:
    some(mall)
    page = desk(mall, "?period=month&day=2026-11-20")
    assert page.status_code == 200
    for part in ("Kepuasan: November 2026", "100,00", "A (sangat baik)", "66,67", "C (kurang baik)", "84,21"):
        assert part in page.text, part
    assert 'href="/satisfaction?period=month&amp;day=2026-10-01"' in page.text
    year = desk(mall, "")
    assert "Kepuasan: 2026" in year.text
    assert "copyright" in year.text
    assert "25,00" not in year.text


def test_what_is_no_period_comes_back_with_what_is_wrong(mall: Mall) -> None:
    for wrong, message in (
        ("?period=week", "Mohon pilih salah satu."),
        ("?day=1026-01-01", "antara tahun 2000 dan 2099"),
    ):
        page = desk(mall, wrong)
        assert page.status_code == 422
        assert message in page.text
    assert desk(mall, "/report.pdf").status_code == 404


def test_nobody_reads_it_without_signing_in(mall: Mall) -> None:
    for path in ("", "/report.xlsx", "/report.csv"):
        answer = requests.get(f"{mall.base_url}/satisfaction{path}", timeout=10, allow_redirects=False)
        assert answer.headers["Location"].startswith("/sign-in")


def test_the_yearly_report_is_a_workbook_that_explains_itself_and_a_table(mall: Mall) -> None:
    some(mall)
    answer = desk(mall, "/report.xlsx?period=year&day=2026-11-20")
    assert 'filename="skm-year-2026-01-01.xlsx"' in answer.headers["Content-Disposition"]
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Menurut instansi dan layanan", "Per bulan", "Penjelasan"]
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert rows[0][2:6] == ["Responden", "U1", "U2", "U3"]
    (passport,) = [row for row in rows if row[1] == "passport-new"]
    assert (passport[2], passport[3], passport[-2], passport[-1]) == (20, 4, 100, "A (sangat baik)")
    # Three people, and with them whoever would give them away.
    assert {row[1]: row[2] for row in rows}["copyright"] == "–"
    explained = str([[cell.value for cell in row] for row in book.worksheets[2].iter_rows()])
    assert "1/9" in explained
    assert "PermenPANRB 14/2017" in explained
    table = desk(mall, "/report.csv?period=month&day=2026-11-20").content.decode("utf-8-sig")
    lines = list(csv.reader(StringIO(table), delimiter=";"))
    assert next(line for line in lines if line[1] == "passport-new")[-2:] == ["100,00", "A (sangat baik)"]


def test_a_request_reads_its_year_alone(mall: Mall) -> None:
    answered(mall, "immigration", "passport-new", "2025-11-02", count=20, value=4)
    assert "Belum ada yang menjawab" in desk(mall, "?period=year&day=2026-01-01").text
    assert "100,00" in desk(mall, "?period=year&day=2025-06-01").text
