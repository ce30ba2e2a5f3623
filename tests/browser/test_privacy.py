"""Who brought a complaint reads what is kept of them and erases it, on a phone and without scripts."""

from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE


def test_data_is_read_and_erased_by_whoever_it_is_about(mall, open_page, violations) -> None:
    phone = open_page(f"{mall.portal}/c/new", size=PHONE, scripts=False)
    phone.locator("#field-title").fill("Kipas angin mati")
    phone.locator("#field-text").fill("Ruang tunggu panas sejak kemarin siang.")
    phone.locator("#field-agency").select_option("mall")
    phone.locator("#field-name").fill("Warga Contoh")
    phone.locator("form[action='/c/new'] button[type=submit]").click()
    phone.wait_for_url("**/c/complaint.*")
    number, address = phone.locator("h1").inner_text(), phone.url.partition("?")[0]
    told = phone.request.get(address.replace("/c/", "/api/v1/complaints/") + "/personal-data").json()
    assert told["contact"]["name"] == "Warga Contoh"

    desk = open_page(f"{mall.complaints}/sign-in", size=DESKTOP)
    desk.locator("input[name=username]").fill("pengawas")
    desk.locator("input[name=password]").fill(mall.password)
    desk.locator("main form button[type=submit]").first.click()
    desk.wait_for_url("**/cases")
    desk.goto(f"{mall.complaints}/cases/{number}/erasure")
    assert violations(desk) == []

    phone.get_by_text("Cabut laporan").first.click()
    phone.locator("button[value=withdraw]").click()
    expect(phone.locator("main")).to_contain_text("Dicabut")
    phone.get_by_text("Hapus data saya").first.click()
    erasure = phone.locator("form[action$='/erasure']")
    erasure.locator("button").click()
    expect(phone.locator("#error-summary")).to_contain_text("centang")
    with_scripts = open_page(address, size=PHONE)
    with_scripts.get_by_text("Hapus data saya").first.click()
    assert violations(with_scripts) == []
    phone.get_by_label("Ya, hapus data saya").check()
    erasure.locator("button").click()
    phone.wait_for_url(address)
    expect(phone.locator("main")).to_contain_text("Anda tidak lagi diberi kabar")
    desk.goto(f"{mall.complaints}/cases/{number}")
    expect(desk.locator("main")).to_contain_text("Data pelapor dihapus pada")
    expect(desk.locator("main")).not_to_contain_text("Warga Contoh")
