"""A NIK that says another sex, in a browser: on the portal and at the counter, with the letter for Dukcapil."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.counters import SITE, Counters, SignIn
from tests.support.errand import BORN, nik
from tests.support.whole_mall import TOMORROW, Mall

SERVICE = "passport-new"
DIFFERS = "Jenis kelamin dan angka ke-7 dan ke-8 NIK"


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize(
    ("size", "scripts", "number"), [(PHONE, True, 331), (DESKTOP, True, 332), (PHONE, False, 333)]
)
def test_a_sex_that_the_nik_does_not_say_keeps_the_place_and_leads_to_the_letter(
    mall: Mall, open_page, violations, size: dict[str, int], number: int, *, scripts: bool
) -> None:
    address = f"{mall.portal}/book/immigration/{SERVICE}?site={SITE}&day={TOMORROW}"
    page = open_page(address, size=size, scripts=scripts)
    page.locator("input[name=slot_id]:not([disabled])").last.check(force=True)
    page.locator("form[action*='/book/'] button[type=submit]").click()
    page.wait_for_url("**/details/immigration.*")
    page.get_by_label("Nama lengkap").fill(f"Warga Contoh {number}")
    page.locator("#field-nik").fill(nik(number))
    page.locator("#field-birth_date").fill(BORN)
    page.get_by_label("Jenis kelamin").select_option(label="Laki-laki")
    page.locator("#field-email").fill(f"warga{number}@example.org")
    page.locator("#field-purpose").select_option(index=1)
    page.get_by_label("Masa berlaku paspor").select_option("10")
    page.locator("form[action*='/details/'] button[type=submit]").first.click()
    page.wait_for_url("**/t/immigration.*")
    expect(page.locator("main")).to_contain_text("tidak sesuai dengan jenis kelamin yang Anda isi")
    expect(page.locator("main")).to_contain_text("Tempat Anda tetap disimpan.")
    assert fits(page)
    if scripts:
        assert violations(page) == []
    page.get_by_role("link", name="Surat untuk Dukcapil").click()
    letter = page.get_by_role("article")
    expect(letter).to_contain_text(DIFFERS)
    expect(letter).to_contain_text("tanggal lahir perempuan ditambah 40")
    expect(letter).not_to_contain_text(nik(number))
    assert fits(page)
    if scripts:
        assert violations(page) == []


def called(counters: Counters, sign_in: SignIn, number: str, **options: object) -> Page:
    """Somebody at the counter, on the page of the officer who called."""
    assert counters.post("check-ins", f"here-{number}", site=SITE, number=number).ok
    page = sign_in(**options)
    page.get_by_role("button", name="Panggil berikutnya").click()
    expect(page.locator(".current__number")).to_have_text(number)
    return page


@pytest.mark.parametrize("width", [390, 1280])
def test_the_officer_prints_the_letter_of_who_is_at_the_counter_and_of_nobody_else(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = called(counters, sign_in, "A-005", width=width)
    panel = page.locator(".current")
    expect(panel).to_contain_text("Angka ke-7 dan ke-8 NIK menunjukkan jenis kelamin lain")
    expect(panel).to_contain_text("Meminta masa berlaku 10 tahun")
    assert violations(page) == []
    assert fits(page)
    panel.get_by_role("link", name="Surat untuk Dukcapil").click()
    letter = page.get_by_role("article")
    for text in (DIFFERS, "3602********0005", "A-005", "Kepada Dinas Kependudukan dan Pencatatan Sipil"):
        expect(letter).to_contain_text(text)
    expect(letter).not_to_contain_text("Warga Uji")
    expect(page.get_by_role("button", name="Cetak")).to_be_visible()
    assert violations(page) == []
    assert fits(page)
    address = page.url
    for step in ("start", "finish"):
        assert counters.post(f"counters/{SITE}.2/{step}", f"then-{step}").ok
    page.goto(address)
    expect(page).to_have_url(counters.address())


def test_without_a_difference_there_is_no_letter(counters: Counters, sign_in: SignIn) -> None:
    page = called(counters, sign_in, "A-004")
    expect(page.get_by_role("link", name="Surat untuk Dukcapil")).to_have_count(0)
    current = counters.queue()["current"]["id"]
    page.goto(f"{counters.address()}/referral/{current}")
    expect(page).to_have_url(counters.address())
