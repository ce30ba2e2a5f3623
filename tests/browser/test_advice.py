"""Advice on the portal in a browser: said once before a booking, and never in the way of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.support.errand import BORN, nik
from tests.support.whole_mall import TOMORROW, Mall

SERVICE, SITE = "passport-new", "kanim-serang"


def at_the_details(mall: Mall, open_page, person: int, **options) -> Page:
    """Choose the last hour of tomorrow and fill in the details, all but area and purpose."""
    page: Page = open_page(f"{mall.portal}/book/immigration/{SERVICE}?site={SITE}&day={TOMORROW}", **options)
    page.locator("input[name=slot_id]:not([disabled])").last.check()
    page.locator("form[action*='/book/'] button[type=submit]").click()
    page.get_by_label("Nama lengkap").fill(f"Warga Contoh {person}")
    page.locator("#field-nik").fill(nik(person))
    page.locator("#field-birth_date").fill(BORN)
    page.locator("#field-email").fill(f"warga{person}@example.org")
    return page


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@contextmanager
def restricted(mall: Mall, open_page) -> Iterator[None]:
    """A regime that has no caps: it lowers nothing, yet it is in force until the end of the test."""
    page: Page = open_page(f"{mall.immigration}/sign-in", size=DESKTOP)
    page.get_by_label("Nama pengguna").fill("penyelia")
    page.get_by_label("Kata sandi").fill(mall.password)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url("**/counters")
    page.goto(f"{mall.immigration}/plan/{SITE}")
    form = page.get_by_role("region", name="Pembatasan wilayah")
    form.get_by_label("Pembatasan").select_option(label="PPKM tingkat 1")
    form.locator("#field-restriction_valid_to").fill(TOMORROW)
    form.get_by_label("Perintah atau aturan").fill("Instruksi uji")
    form.get_by_label("Alasan perubahan").fill("Hanya untuk sebuah uji")
    form.get_by_role("button", name="Berlakukan").click()
    ending = page.get_by_role("region", name="Pembatasan yang berlaku")
    expect(ending).to_contain_text("PPKM tingkat 1")
    try:
        yield
    finally:
        ending.get_by_label("Alasan perubahan").fill("Uji sudah selesai")
        ending.get_by_role("button", name="Akhiri").click()
        expect(ending).to_have_count(0)


@pytest.mark.parametrize(("size", "scripts"), [(PHONE, True), (DESKTOP, False)])
def test_a_pilgrim_of_serang_hears_of_cilegon_and_books_here_all_the_same(
    mall, open_page, violations, size, scripts
) -> None:
    page = at_the_details(mall, open_page, 261 if scripts else 262, size=size, scripts=scripts)
    page.get_by_label("Kabupaten/kota tempat tinggal").select_option(label="Kota Serang, Banten")
    page.locator("#field-purpose").select_option("hajj")
    page.get_by_role("button", name="Ambil tiket").click()
    advice = page.locator("#advice")
    expect(advice).to_contain_text("biasanya dilayani di Kantor Imigrasi Cilegon")
    expect(advice.get_by_role("link", name="Lihat kantor yang disarankan")).to_have_attribute(
        "href", "/coverage"
    )
    assert fits(page)
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Tetap pesan di sini").first.click()
    page.wait_for_url("**/t/immigration.*")
    expect(page.locator(".ticket")).to_contain_text("Kantor Imigrasi Serang")


def test_under_a_restriction_who_can_wait_is_asked_to_and_may_book_all_the_same(
    mall, open_page, violations
) -> None:
    with restricted(mall, open_page):
        page = at_the_details(mall, open_page, 263, size=PHONE)
        page.locator("#field-purpose").select_option("holiday")
        page.get_by_role("button", name="Ambil tiket").click()
        expect(page.locator("#error-summary")).to_contain_text("Apakah mendesak?")
        page.get_by_label("Tidak, dapat menunggu").check()
        page.get_by_role("button", name="Ambil tiket").click()
        advice = page.locator("#advice")
        expect(advice).to_contain_text("Bila tidak mendesak, mohon datang lain waktu")
        expect(advice).to_contain_text("Kamis, 3 Desember 2026")
        assert violations(page) == []
        page.get_by_role("button", name="Tetap pesan di sini").first.click()
        page.wait_for_url("**/t/immigration.*")


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_page_of_areas_names_the_offices(mall, open_page, violations, size) -> None:
    page = open_page(f"{mall.portal}/", size=size)
    page.get_by_role("link", name="Kantor mana untuk daerah saya?").first.click()
    expect(page.get_by_role("row").filter(has_text="Kabupaten Pandeglang")).to_contain_text(
        "Kantor Imigrasi Serang"
    )
    assert violations(page) == []
    assert fits(page)
