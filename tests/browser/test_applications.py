"""Officers and citizens after the counter, in a browser: from the file to the handover."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.counters import SITE, Counters, SignIn
from tests.browser.test_errand import book
from tests.browser.test_errand import sign_in as at_the_door
from tests.support.whole_mall import TODAY, Mall

FOR_EVERYBODY = ("identity-card", "family-card", "proof-of-birth")
FOR_SOME = ("naturalisation", "name-change", "old-passport")
NOTE = "Mohon bawa akta kelahiran asli"


def picture(page: Page, name: str) -> None:
    """Keep a picture of a page where GERAI_TEST_PICTURES says so, for people to look at."""
    if folder := os.environ.get("GERAI_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def serve(page: Page) -> None:
    """Call whoever is next, and serve them to the end."""
    for verb in ("call-next", "start", "finish"):
        page.locator(f"form[action$='/{verb}'] button:not([disabled])").first.click()
    expect(page.locator(".current__number")).to_have_count(0)


def tick(page: Page, form: str, *codes: str, apart: tuple[str, ...] = FOR_SOME) -> None:
    """Tick what is there, and what does not concern the applicant."""
    for code in codes:
        page.locator(f"#field-{form}_have_{code}").check()
    for code in apart:
        page.locator(f"#field-{form}_apart_{code}").check()


def open_file(page: Page) -> None:
    """Tick everything and open the file of whoever was served just now."""
    tick(page, "open", *FOR_EVERYBODY)
    page.locator("#field-open_purpose").select_option("umrah")
    page.get_by_role("button", name="Buka berkas").click()


def step(page: Page, *names: str) -> None:
    """Press what the next stage is called, again and again."""
    for name in names:
        page.get_by_role("region", name="Langkah berikutnya").get_by_role("button", name=name).click()
        expect(page.locator("#state-title")).to_have_text(name)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_goes_from_the_counter_to_the_register(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    number = counters.walk_in("file")
    page = sign_in(scripts=scripts)
    serve(page)
    page.goto(f"{counters.url}/applications/{SITE}")
    page.get_by_role("link", name=f"Buka berkas {number}").click()
    tick(page, "open", "identity-card")
    page.locator("#field-open_purpose").select_option("umrah")
    page.get_by_role("button", name="Buka berkas").click()
    expect(page.get_by_role("alert")).to_contain_text("Kartu Keluarga")
    expect(page.locator("#field-open_have_identity-card")).to_be_checked()
    open_file(page)
    expect(page.locator("#state-title")).to_have_text("Berkas lengkap")
    step(page, "Dibayar", "Foto, sidik jari, dan wawancara")
    # Interviewed on Tuesday, four working days.
    expect(page.get_by_role("main")).to_contain_text("7 Desember 2026")
    step(page, "Diverifikasi", "Dicetak", "Siap diambil")
    form = page.get_by_role("region", name="Serahkan")
    form.locator("input[value=relative]").check()
    form.get_by_label("Nama pengambil").fill("Penerima Contoh")
    for proof in ("payment", "identity"):
        form.locator(f"#field-handover_proof_{proof}").check()
    form.locator("#field-handover_signed").check()
    form.get_by_role("button", name="Serahkan").click()
    expect(page.get_by_role("alert")).to_contain_text("Salinan Kartu Keluarga")
    expect(form.get_by_label("Nama pengambil")).to_have_value("Penerima Contoh")
    form.locator("#field-handover_proof_family-card-copy").check()
    form.get_by_role("button", name="Serahkan").click()
    expect(page.locator("#state-title")).to_have_text("Diserahkan")
    page.get_by_role("link", name="Buku serah terima").click()
    register = page.get_by_role("table", name="Buku serah terima")
    expect(register).to_contain_text(number)
    expect(register).to_contain_text("Penerima Contoh (Keluarga)")


def test_a_wrong_step_is_taken_back_and_both_stay_in_the_history(counters: Counters, sign_in: SignIn) -> None:
    counters.walk_in("wrong")
    page = sign_in()
    serve(page)
    page.get_by_role("link", name="Buka berkas").click()
    open_file(page)
    step(page, "Dibayar")
    page.get_by_label("Apa yang keliru").fill("Belum dibayar, salah berkas")
    page.get_by_role("button", name="Tarik kembali").click()
    expect(page.locator("#state-title")).to_have_text("Berkas lengkap")
    history = page.get_by_role("region", name="Riwayat")
    expect(history).to_contain_text("Dibayar (kemudian ditarik kembali)")
    expect(history).to_contain_text("Belum dibayar, salah berkas")


def test_an_incomplete_file_is_handed_back_with_a_list(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]]
) -> None:
    counters.walk_in("incomplete")
    page = sign_in()
    serve(page)
    page.get_by_role("link", name="Buka berkas").click()
    tick(page, "open", "identity-card", "proof-of-birth")
    page.locator("#field-open_purpose").select_option("umrah")
    page.get_by_text("Ada yang kurang: kembalikan berkas").click()
    page.get_by_role("button", name="Kembalikan dan buat daftarnya").click()
    expect(page.get_by_role("alert")).to_contain_text("sedikitnya sepuluh huruf mengapa berkas dikembalikan")
    page.get_by_label("Mengapa dikembalikan").fill("Kartu keluarga tertinggal")
    page.get_by_role("button", name="Kembalikan dan buat daftarnya").click()
    listed = page.get_by_role("region", name="Mohon dibawa pada kunjungan berikutnya")
    expect(listed.get_by_role("listitem")).to_have_count(1)
    expect(listed).to_contain_text("Kartu Keluarga (KK)")
    expect(listed).to_contain_text("Kartu keluarga tertinggal")
    assert violations(page) == []
    picture(page, "incomplete-1280")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_files_pass_the_rules_of_accessibility(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    def check(name: str) -> None:
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        picture(page, f"{name}-{width}")

    counters.walk_in("one")
    counters.walk_in("two")
    page = sign_in("penyelia", width=width)
    serve(page)
    page.get_by_role("link", name="Buka berkas").click()
    check("new")
    open_file(page)
    step(page, "Dibayar", "Foto, sidik jari, dan wawancara")
    aside = page.get_by_role("region", name="Menunggu atau mengakhiri")
    aside.get_by_label("Yang terjadi").select_option(label="Menunggu pemohon")
    aside.get_by_label("Apa yang kurang").fill(NOTE)
    aside.get_by_role("button", name="Catat").click()
    expect(page.locator("#state-title")).to_have_text("Menunggu pemohon")
    check("waiting")
    page.goto(counters.address())
    serve(page)
    for show in ("open", "overdue", "waiting", "ready", "closed", "paid"):
        page.goto(f"{counters.url}/applications/{SITE}?show={show}")
        check(f"list-{show}")
    page.goto(f"{counters.url}/applications/{SITE}?show=waiting")
    page.get_by_role("table", name="Berkas", exact=True).get_by_role("link").first.click()
    page.get_by_role("button", name="Lanjutkan").click()
    step(page, "Diverifikasi", "Dicetak", "Siap diambil")
    check("ready")
    page.goto(f"{counters.url}/handovers/{SITE}")
    check("register")
    page.goto(f"{counters.url}/counters/popup-gorontalo/1/gate/passport-new")
    check("gate")
    page.goto(f"{counters.url}/counters/popup-gorontalo/1/arrivals")
    check("arrivals-popup")


def test_s2_6_a_popup_gives_no_number_before_the_checklist_is_ticked(
    counters: Counters, sign_in: SignIn
) -> None:
    refused = counters.post("walk-ins", "sly", site="popup-gorontalo", service="passport-new")
    assert (refused.status_code, refused.json()["code"]) == (422, "incomplete_files")
    page = sign_in()
    page.goto(f"{counters.url}/counters/popup-gorontalo/1/arrivals")
    page.get_by_role("link", name="Paspor baru").click()
    tick(page, "gate", *FOR_EVERYBODY[:2])
    page.get_by_role("button", name="Beri nomor").click()
    expect(page.get_by_role("alert")).to_contain_text("Salah satu dokumen kelahiran")
    expect(page.locator("#field-gate_have_family-card")).to_be_checked()
    tick(page, "gate", "proof-of-birth")
    page.get_by_role("button", name="Beri nomor").click()
    # Complete it is; but it is Tuesday, and the pop-up comes on Saturdays.
    expect(page.get_by_role("alert")).to_contain_text("tutup hari ini")


def test_a_citizen_follows_the_file_on_the_ticket_and_is_told_when_it_is_ready(
    mall: Mall, open_page: Callable[..., Page], violations: Callable[[Page], list[str]]
) -> None:
    phone = open_page(mall.portal, size=PHONE)
    book(phone, mall, person=140, day=TODAY)
    phone.locator("form[action$='/check-in'] button").click()
    counter = open_page(f"{mall.immigration}/sign-in", size=DESKTOP)
    at_the_door(counter, "petugas", mall.password)
    counter.wait_for_url("**/counters")
    counter.goto(f"{mall.immigration}/counters/mpp-lebak/2")
    serve(counter)
    counter.get_by_role("link", name="Buka berkas").click()
    open_file(counter)
    step(counter, "Dibayar", "Foto, sidik jari, dan wawancara")
    phone.reload()
    file = phone.get_by_role("region", name="Permohonan Anda")
    expect(file).to_contain_text("Senin, 7 Desember 2026")
    expect(file.locator("[aria-current=step]")).to_contain_text("Foto, sidik jari, dan wawancara")
    assert violations(phone) == []
    picture(phone, "citizen-open-390")
    aside = counter.get_by_role("region", name="Menunggu atau mengakhiri")
    aside.get_by_label("Yang terjadi").select_option(label="Menunggu pemohon")
    aside.get_by_label("Apa yang kurang").fill(NOTE)
    aside.get_by_role("button", name="Catat").click()
    expect(counter.locator("#state-title")).to_have_text("Menunggu pemohon")
    phone.reload()
    expect(file).to_contain_text(NOTE)
    picture(phone, "citizen-waiting-390")
    counter.get_by_role("button", name="Lanjutkan").click()
    step(counter, "Diverifikasi", "Dicetak", "Siap diambil")
    phone.reload()
    expect(file).to_contain_text("Jumat, 1 Januari 2027")
    expect(file).to_contain_text("Surat kuasa")
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    picture(phone, "citizen-ready-390")
    desktop = open_page(phone.url, size=DESKTOP)
    assert violations(desktop) == []
    picture(desktop, "citizen-ready-1280")
    mailbox = open_page(mall.notifications, size=DESKTOP)
    expect(mailbox.locator("main")).to_contain_text("siap diambil")
