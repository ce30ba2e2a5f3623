"""Officers at outages, in a browser: write one down, say until when, end it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.counters import Counters, SignIn

WHY = "Server pusat tidak menjawab"


def write_down(page: Page, counters: Counters, *, since: str = "2026-12-01T08:30") -> None:
    """Fill in an outage and send it."""
    page.goto(f"{counters.url}/outages")
    form = page.get_by_role("region", name="Catat gangguan")
    form.get_by_label("Tempat").select_option(label="Mal Pelayanan Publik Lebak")
    form.get_by_label("Sejak").fill(since)
    form.get_by_label("Perkiraan selesai").fill("2026-12-01T11:00")
    form.get_by_label("Nomor rujukan").fill("TIK-1")
    form.get_by_label("Apa yang terjadi").fill(WHY)
    form.get_by_role("button", name="Catat").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_officer_writes_an_outage_down_and_ends_it(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = sign_in(scripts=scripts)
    page.get_by_role("link", name="Gangguan").click()
    write_down(page, counters)
    last = page.get_by_role("region", name="Gangguan terakhir")
    expect(last).to_contain_text("berlangsung")
    expect(last).to_contain_text("11.00 WIB")
    change = page.get_by_role("region", name="Ubah perkiraan selesai")
    change.get_by_label("Perkiraan selesai").fill("2026-12-01T13:00")
    change.get_by_label("Alasan").fill("Teknisi masih di jalan")
    change.get_by_role("button", name="Umumkan perkiraan baru").click()
    expect(last).to_contain_text("13.00 WIB")
    ending = page.get_by_role("region", name="Sudah pulih")
    ending.get_by_label("Selesai pada").fill("2026-12-01T09:00")
    ending.get_by_label("Yang dilakukan").fill("Server dinyalakan ulang")
    ending.get_by_role("button", name="Akhiri").click()
    expect(last).to_contain_text("berakhir")
    expect(page.get_by_role("region", name="Siapa melaporkan apa")).to_contain_text("Petugas Satu")


def test_an_outage_that_is_still_to_come_is_refused_and_stays_typed(
    counters: Counters, sign_in: SignIn
) -> None:
    page = sign_in()
    write_down(page, counters, since="2026-12-01T10:30")
    expect(page.get_by_text("Saat itu belum tiba").first).to_be_visible()
    form = page.get_by_role("region", name="Catat gangguan")
    expect(form.get_by_label("Nomor rujukan")).to_have_value("TIK-1")


@pytest.mark.parametrize("width", [390, 1280])
def test_outages_pass_the_rules_of_accessibility(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = sign_in("penyelia", width=width)
    write_down(page, counters)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
