"""Who brought a complaint reads what is kept of them and erases it, on a phone and without scripts."""

import os

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE

SHOTS = os.environ.get("PRIVACY_SHOTS")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def filed(page: Page, portal: str, title: str) -> None:
    page.goto(f"{portal}/c/new")
    page.locator("#field-title").fill(title)
    page.locator("#field-text").fill("Ruang tunggu panas sejak kemarin siang.")
    page.locator("#field-agency").select_option("mall")
    page.locator("#field-name").fill("Warga Contoh")
    page.locator("form[action='/c/new'] button[type=submit]").click()
    page.wait_for_url("**/c/complaint.*")


def test_data_is_read_and_erased_by_whoever_it_is_about(mall, open_page, violations) -> None:
    phone = open_page(f"{mall.portal}/c/new", size=PHONE, scripts=False)
    filed(phone, mall.portal, "Kipas angin mati")
    number = phone.locator("h1").inner_text()
    address = phone.url.partition("?")[0]
    told = phone.request.get(address.replace("/c/", "/api/v1/complaints/") + "/personal-data").json()
    assert told["contact"]["name"] == "Warga Contoh"
    erasure = phone.locator("form[action$='/erasure']")
    phone.get_by_text("Hapus data saya").first.click()
    shot(phone, "form-390")
    erasure.locator("button").click()
    expect(phone.locator("#error-summary")).to_contain_text("centang")
    shot(phone, "refused-390")
    phone.get_by_label("Ya, hapus data saya").check()
    erasure.locator("button").click()
    phone.wait_for_url(address)
    expect(phone.locator("main")).to_contain_text("setelah itu dihapus dengan sendirinya")
    expect(erasure).to_have_count(0)
    shot(phone, "asked-390")

    desk = open_page(f"{mall.complaints}/sign-in", size=DESKTOP)
    desk.locator("input[name=username]").fill("pengawas")
    desk.locator("input[name=password]").fill(mall.password)
    desk.locator("main form button[type=submit]").first.click()
    desk.wait_for_url("**/cases")
    desk.goto(f"{mall.complaints}/cases/{number}")
    expect(desk.locator("main")).to_contain_text("Akan dihapus")
    shot(desk, "case-1280")

    citizen = open_page(f"{mall.portal}/c/new", size=DESKTOP)
    filed(citizen, mall.portal, "Lampu tangga mati")
    number, address = citizen.locator("h1").inner_text(), citizen.url.partition("?")[0]
    citizen.get_by_text("Hapus data saya").first.click()
    assert violations(citizen) == []
    desk.goto(f"{mall.complaints}/cases/{number}/erasure")
    assert violations(desk) == []
    shot(desk, "desk-form-1280")
    desk.set_viewport_size({"width": 390, "height": 800})
    shot(desk, "desk-form-390")
    citizen.get_by_text("Cabut").first.click()
    citizen.locator("button[value=withdraw]").click()
    expect(citizen.locator("main")).to_contain_text("Dicabut")
    desk.locator("#field-why").fill("Datang sendiri ke loket dengan tanda terima")
    desk.locator("form[action$='/erasure'] button[type=submit]").click()
    desk.wait_for_url(f"**/cases/{number}")
    expect(desk.locator("main")).to_contain_text("Data pelapor dihapus pada")
    expect(desk.locator("main")).not_to_contain_text("Warga Contoh")
    shot(desk, "erased-desk-390")
    citizen.goto(address)
    expect(citizen.locator("main")).to_contain_text("Anda tidak lagi diberi kabar")
    shot(citizen, "erased-1280")
