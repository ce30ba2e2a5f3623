"""Supervisors at the record of suspensions, in a browser: write an order down, look somebody up, lift it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.counters import Counters, SignIn

#: One of those who have booked.
NIK, MASKED = "3602146508900003", "3602********0003"
APPEAL = "Tulis kepada kepala kantor dalam 14 hari"
WHY = "Perintah kepala kantor"


def write_down(page: Page, counters: Counters, *, number: str = NIK, months: str = "6") -> None:
    """Fill in an order and send it."""
    page.goto(f"{counters.url}/sanctions")
    form = page.get_by_role("region", name="Catat perintah")
    form.get_by_label("Nomor", exact=True).fill(number)
    form.get_by_label("Jenis").select_option("negligent_loss")
    form.get_by_label("Bulan").fill(months)
    form.get_by_label("Perintah atau aturan").fill("Keputusan 7/2026")
    form.get_by_label("Penerbit").fill("Kepala Kantor")
    form.get_by_label("Cara mengajukan keberatan").fill(APPEAL)
    form.get_by_label("Alasan").fill(WHY)
    form.get_by_role("button", name="Catat").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_order_is_written_down_looked_up_and_lifted(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = sign_in("penyelia", scripts=scripts)
    write_down(page, counters)
    record = page.get_by_role("region", name="Catatan terakhir")
    expect(record).to_contain_text("berlaku")
    expect(record).to_contain_text("31 Mei 2027")
    assert NIK not in page.content()

    form = page.get_by_role("region", name="Cari seseorang")
    form.get_by_label("Nomor", exact=True).fill(NIK)
    form.get_by_label("Alasan").fill("Warga bertanya di loket")
    form.get_by_role("button", name="Cari").click()
    found = page.get_by_role("region", name=f"Catatan tentang {MASKED}")
    found.get_by_role("link", name=MASKED).click()

    expect(page.get_by_role("region", name="Tiket terbuka orang ini")).to_contain_text("A-003")
    page.get_by_label("Alasan pencabutan").fill("Keberatan diterima")
    page.get_by_role("button", name="Cabut penangguhan").click()
    expect(page.get_by_text("Dicabut oleh")).to_be_visible()
    acts = page.get_by_role("region", name="Siapa melakukan apa")
    expect(acts).to_contain_text("dicabut")
    page.goto(f"{counters.url}/sanctions")
    expect(page.get_by_role("region", name="Siapa melakukan apa")).to_contain_text("dicari")


def test_a_refused_order_keeps_what_was_typed_and_says_what_is_wrong(
    counters: Counters, sign_in: SignIn
) -> None:
    page = sign_in("penyelia")
    write_down(page, counters, months="3")
    expect(page.locator("#error-suspension_months")).to_contain_text("berlangsung 6 sampai 24 bulan")
    form = page.get_by_role("region", name="Catat perintah")
    expect(form.get_by_label("Penerbit")).to_have_value("Kepala Kantor")
    write_down(page, counters, number="12")
    expect(page.locator("#error-suspension_number")).to_contain_text("NIK terdiri atas 16 angka")


def test_an_officer_does_not_see_the_record(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in()
    answer = page.goto(f"{counters.url}/sanctions")
    assert answer is not None
    assert answer.status == 403


@pytest.mark.parametrize("width", [390, 1280])
def test_the_record_passes_the_rules_of_accessibility(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = sign_in("penyelia", width=width)
    write_down(page, counters)
    page.get_by_role("region", name="Catatan terakhir").get_by_role("link").click()
    for address in (f"{counters.url}/sanctions", page.url):
        page.goto(address)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
