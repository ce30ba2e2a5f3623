"""Several errands as one visit: booked on a phone without scripts, checked in once, called with one number at both agencies."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE

SITE, PASSPORT, TRADEMARK = "mpp-lebak", "immigration.passport-new", "legal.trademark"


def plan(page: Page) -> None:
    """Choose a passport and a trademark, from the page of the place on."""
    page.get_by_role("link", name="Beberapa urusan sekaligus").click()
    for errand in (PASSPORT, TRADEMARK):
        page.locator(f"input[value='{errand}']").check()
    page.get_by_role("button", name="Usulkan urutan").click()


def tell(page: Page, nik: str) -> None:
    """Say who comes, and what for."""
    page.get_by_label("Nama lengkap").fill("Wulan Contoh")
    page.get_by_label("NIK").fill(nik)
    page.get_by_label("Tanggal lahir").fill("1990-08-25")
    page.get_by_label("Surel").fill(f"wulan{nik[-2:]}@contoh.example")
    for field in page.get_by_label("Keperluan").all():
        field.select_option(index=1)


@pytest.mark.parametrize(("size", "scripts"), [(PHONE, False), (DESKTOP, True)], ids=["phone", "desktop"])
def test_two_errands_are_one_visit_with_one_number(mall, open_page, violations, size, scripts) -> None:
    page = open_page(f"{mall.portal}/sites/{SITE}", size=size, scripts=scripts)
    plan(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Begini urutannya")
    assert not scripts or violations(page) == []
    # Nothing is told yet: whatever lacks is said at once, with the way to its field.
    page.get_by_role("button", name="Pesan seluruh kunjungan").click()
    expect(page.get_by_role("link", name=re.compile("Merek, Keperluan"))).to_be_visible()
    tell(page, "3602146508900071" if scripts else "3602146508900072")
    page.get_by_role("button", name="Pesan seluruh kunjungan").click()

    expect(page.get_by_text("Kunjungan Anda sudah dipesan")).to_be_visible()
    assert not scripts or violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    number = page.get_by_role("heading", level=1).inner_text().split()[-1]
    numbers = set()
    for link in page.get_by_role("link", name=re.compile("^Tiket: ubah")).all():
        ticket = open_page(f"{mall.portal}{link.get_attribute('href')}", scripts=False)
        numbers.add(ticket.get_by_role("heading", level=1).inner_text().split()[-1])
        expect(ticket.get_by_role("link", name="Semua urusan kunjungan ini")).to_be_visible()
    assert numbers == {number}
    if page.get_by_role("button", name="Saya sudah datang").count():
        page.get_by_role("button", name="Saya sudah datang").click()
        expect(page.get_by_text("Loket yang kosong lebih dulu")).to_be_visible()


def test_one_service_is_no_visit_over_several(mall, open_page, violations) -> None:
    page = open_page(f"{mall.portal}/sites/{SITE}/visit")
    page.locator(f"input[value='{PASSPORT}']").check()
    page.get_by_role("button", name="Usulkan urutan").click()
    expect(page.get_by_role("link", name="Silakan pilih dua sampai lima layanan.")).to_be_visible()
    expect(page.locator(f"input[value='{PASSPORT}']")).to_be_checked()
    assert violations(page) == []
