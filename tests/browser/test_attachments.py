"""Photos and documents with a complaint: chosen once, kept while the form is corrected, opened at the desk."""

import re
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.support.pictures import document, photo_of_a_place, picture


def test_files_are_sent_with_a_complaint_and_afterwards(mall, open_page, violations) -> None:
    phone = open_page(f"{mall.portal}/c/new", size=PHONE)
    phone.locator("#field-title").fill("Loket tiga ditutup")
    phone.locator("#field-files").set_input_files(
        [
            {"name": "meja loket.JPG", "mimeType": "image/jpeg", "buffer": photo_of_a_place()},
            {"name": "rekaman.gif", "mimeType": "image/jpeg", "buffer": picture("GIF")},
        ]
    )
    send = phone.locator("form[action='/c/new'] button[type=submit]")
    send.click()
    # The bad one is named at its field; the good one need not be chosen again, nor the text typed.
    expect(phone.locator("#error-summary")).to_contain_text("rekaman.gif")
    expect(phone.locator("#field-title")).to_have_value("Loket tiga ditutup")
    kept = phone.get_by_label("meja loket.jpg")
    expect(kept).to_be_checked()
    assert violations(phone) == []
    phone.locator("#field-text").fill("Loket tiga ditutup sejak pagi tanpa pemberitahuan.")
    phone.locator("#field-agency").select_option("legal")
    phone.locator("#field-name").fill("Warga Contoh")
    send.click()
    phone.wait_for_url("**/c/complaint.*")
    number = phone.locator("h1").inner_text()
    expect(phone.get_by_role("link", name="meja loket.jpg")).to_be_visible()
    phone.locator("#field-files").set_input_files(
        [{"name": "surat.pdf", "mimeType": "application/pdf", "buffer": document()}]
    )
    phone.locator("form[action$='/files'] button[type=submit]").click()
    phone.wait_for_url("**?added=1")
    expect(phone.get_by_role("link", name="surat.pdf")).to_be_visible()
    assert violations(phone) == []

    desk = open_page(f"{mall.complaints}/sign-in", size=DESKTOP)
    desk.locator("input[name=username]").fill("pengaduan")
    desk.locator("input[name=password]").fill(mall.password)
    desk.locator("main form button[type=submit]").first.click()
    desk.wait_for_url("**/cases")
    desk.goto(f"{mall.complaints}/cases/{number}")
    expect(desk.get_by_text("Belum diperiksa keamanannya")).to_have_count(2)
    with desk.expect_download() as given:
        desk.get_by_role("link", name="meja loket.jpg").click()
    assert given.value.suggested_filename == "meja loket.jpg"
    saved = Image.open(BytesIO(Path(given.value.path()).read_bytes()))
    assert not saved.getexif()
    desk.locator("#field-files").set_input_files(
        [{"name": "denah.png", "mimeType": "image/png", "buffer": picture("PNG")}]
    )
    desk.locator("form[action$='/files'] button[type=submit]").click()
    desk.wait_for_url("**?done=files_added")
    expect(desk.locator("main")).to_contain_text(re.compile("denah.png"))
    assert violations(desk) == []


def test_files_are_sent_without_scripts(mall, open_page) -> None:
    phone = open_page(f"{mall.portal}/c/new", size=PHONE, scripts=False)
    phone.locator("#field-files").set_input_files(
        [{"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photo_of_a_place()}]
    )
    phone.locator("#field-title").fill("Kipas angin mati")
    phone.locator("#field-text").fill("Ruang tunggu panas sejak kemarin siang.")
    phone.locator("#field-agency").select_option("mall")
    phone.locator("#field-name").fill("Warga Contoh")
    phone.locator("form[action='/c/new'] button[type=submit]").click()
    phone.wait_for_url("**/c/complaint.*")
    expect(phone.get_by_role("link", name="foto.jpg")).to_be_visible()
