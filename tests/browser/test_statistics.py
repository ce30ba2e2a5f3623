"""Supervisors at the statistics, in a browser: what is shown, kept as an address, printed and taken home."""

import csv
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from io import BytesIO, StringIO
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.counters import SITE, Counters, SignIn
from tests.browser.officers import PASSWORD

#: How many came from where, in November and in October: Pandeglang, Lebak, Cilegon, and from elsewhere.
CAME = {
    "2026-11": {"36.01": 738, "36.02": 674, "36.72": 58, "32.01": 21, None: 40},
    "2026-10": {"36.01": 610, "36.02": 702, "36.72": 63, "32.01": 25, None: 33},
}
NOVEMBER = f"/statistics/{SITE}?period=month&day=2026-11-01"


@pytest.fixture
def came(counters: Counters, opened_counters: tuple[Counters, Path]) -> Counters:
    """The counters after two months in which people came."""
    _counters, folder = opened_counters
    rows = [
        (
            str(uuid4()),
            f"X-{number:05d}",
            str(uuid4()),
            SITE,
            "passport-new" if number % 3 else "passport-renewal",
            f"{month}-{1 + number % 28:02d}",
            "online" if number % 4 else "walk_in",
            "appointment" if number % 4 else "walk_in",
            ("served", "served", "served", "served", "no_show", "cancelled")[number % 6],
            f"{month}-{1 + number % 28:02d} 02:00:00.000000",
            f"{month}-{1 + number % 28:02d} 02:{number % 40:02d}:00.000000",
            f"{month}-{1 + number % 28:02d} 02:{number % 40 + 11:02d}:00.000000",
            origin,
        )
        for month, origins in CAME.items()
        for number, origin in enumerate(origin for origin, many in origins.items() for _ in range(many))
    ]
    with closing(sqlite3.connect(folder / "live", timeout=10)) as database, database:
        database.executemany(
            "INSERT INTO tickets (id, number, visit_id, site, service, day, channel, lane, state, created_at, "
            "checked_in_at, called_at, started_at, finished_at, origin, times_called, revision, queue_rank) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11, ?11, ?12, ?13, 1, 5, 0)",
            rows,
        )
    return counters


def ask(counters: Counters, path: str, username: str = "penyelia") -> requests.Response:
    """Ask as a program."""
    session = requests.post(
        f"{counters.url}/api/v1/session", json={"username": username, "password": PASSWORD}, timeout=15
    )
    headers = {"Authorization": f"Bearer {session.json()['token']}", "Accept-Language": "id"}
    return requests.get(f"{counters.url}{path}", headers=headers, timeout=15)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_supervisor_sees_who_came_from_where(came: Counters, sign_in: SignIn, *, scripts: bool) -> None:
    page = sign_in("penyelia", scripts=scripts)
    page.goto(f"{came.url}/manage")
    page.get_by_role("link", name="Statistik").click()
    page.get_by_role("link", name="Mal Pelayanan Publik Lebak").click()
    page.get_by_label("Salah satu harinya").fill("2026-11-15")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page).to_have_url(re.compile("day=2026-11-15"))
    tickets = page.get_by_role("region", name="Tiket menurut kabupaten/kota asal")
    expect(tickets.get_by_role("row").filter(has_text="Kabupaten Pandeglang")).to_contain_text("738")
    expect(tickets.get_by_role("row").filter(has_text="Jumlah")).to_contain_text("1.532")
    expect(tickets.get_by_role("row").filter(has_text="Kota Cilegon")).to_contain_text("−8")
    expect(tickets.get_by_role("img", name="Tiket menurut kabupaten/kota asal")).to_be_visible()
    expect(page.get_by_role("region", name="Tiket dari waktu ke waktu").get_by_role("img")).to_be_visible()
    page.get_by_role("link", name="Sebelumnya").click()
    expect(
        page.get_by_role("heading", name="Oktober 2026, dibandingkan dengan September 2026")
    ).to_be_visible()


def test_a_range_without_its_end_comes_back_with_what_is_missing(came: Counters, sign_in: SignIn) -> None:
    page = sign_in("penyelia")
    page.goto(f"{came.url}/statistics?period=range&first=2026-11-01")
    field = page.get_by_label("Hari terakhir rentang bebas")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_contain_text(
        "Mohon isi hari pertama dan hari terakhir rentang bebas."
    )
    expect(page.get_by_label("Hari pertama rentang bebas")).to_have_value("2026-11-01")


def test_tables_go_home_as_files_that_spreadsheets_open(came: Counters, sign_in: SignIn) -> None:
    answer = ask(came, f"/statistics/files/table.csv?period=month&day=2026-11-01&site={SITE}&table=tickets")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert (
        f"statistics-{SITE}-2026-11-01-2026-11-30-origin-tickets.csv" in answer.headers["Content-Disposition"]
    )
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:5] == [
        "Kabupaten/kota asal",
        "November 2026",
        "Oktober 2026",
        "Selisih",
        "Perubahan (persen)",
    ]
    assert rows[1][:5] == ["Kabupaten Pandeglang", "738", "610", "128", "21"]
    assert rows[-1][:2] == ["Jumlah", "1532"]
    answer = ask(came, f"/statistics/files/workbook.xlsx?period=month&day=2026-11-01&site={SITE}")
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames[:3] == ["Tiket", "Waktu tunggu dan layanan", "Dari waktu ke waktu"]
    assert book.sheetnames[-1] == "Keterangan"
    assert [cell.value for cell in book["Tiket"][2]][:3] == ["Kabupaten Pandeglang", 738, 610]
    assert (book["Tiket"].freeze_panes, book["Tiket"]["B2"].number_format) == ("B2", "#,##0")
    told = {row[0]: row[1] for row in book["Keterangan"].values}
    assert told["Masa"] == "November 2026"
    assert told["Dibuat pada"].startswith("Selasa, 1 Desember 2026, 09.")
    assert ask(came, "/statistics/files/table.csv?table=secrets").status_code == 404


def test_a_program_gets_the_same_numbers(came: Counters, sign_in: SignIn) -> None:
    answer = ask(came, f"/api/v1/statistics?period=month&day=2026-11-01&site={SITE}&by=origin")
    found = answer.json()
    assert found["groups"][0]["key"] == ["36.01"]
    assert found["groups"][0]["now"]["issued"] == 738
    assert found["total"]["change"] == {"difference": 99, "percent": 7}
    # Four or fewer a day missed it: null, and named.
    days = ask(came, f"/api/v1/statistics?period=month&day=2026-11-01&site={SITE}&by=day&origin=32.01").json()
    few = next(group["now"] for group in days["groups"] if group["now"]["issued"] is None)
    assert few["hidden"]["issued"] == "few"
    refused = ask(came, "/api/v1/statistics?by=shoe-size")
    assert (refused.status_code, list(refused.json()["details"]["fields"])) == (422, ["by"])


def test_an_officer_sees_no_statistics(came: Counters, sign_in: SignIn) -> None:
    page = sign_in()
    answer = page.goto(f"{came.url}{NOVEMBER}")
    assert answer is not None
    assert answer.status == 403
    assert ask(came, "/api/v1/statistics", "petugas").status_code == 403
    assert ask(came, "/statistics/files/workbook.xlsx", "petugas").status_code == 403


def test_on_paper_there_are_numbers_and_charts_but_no_form(came: Counters, sign_in: SignIn) -> None:
    page = sign_in("penyelia")
    page.goto(f"{came.url}{NOVEMBER}")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Tampilkan")).to_be_hidden()
    expect(page.get_by_role("link", name="Unduh CSV")).to_have_count(0)
    expect(page.get_by_role("cell", name="738")).to_be_visible()
    # A sheet of A4 with margins of 8 mm.
    page.set_viewport_size({"width": 733, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 733
    expect(page.get_by_role("img", name="Tiket menurut kabupaten/kota asal")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_statistics_pass_the_rules_of_accessibility(
    came: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = sign_in("penyelia", width=width)
    for path in (NOVEMBER, "/statistics?period=year&by=month", "/statistics?period=range&first=2026-11-01"):
        page.goto(f"{came.url}{path}")
        page.get_by_text("Rentang bebas dan penyaring").click()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
