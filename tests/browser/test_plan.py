"""Supervisors at the plan of a site, in a browser: quotas, restrictions, places beyond the quota."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.counters import SITE, Counters, SignIn

TODAY = "Sel, 1 Des"
WHY = "Sebagian petugas sakit"


def today(page: Page) -> Locator:
    """The row of today in the table of coming days."""
    return page.get_by_role("region", name="Hari-hari mendatang").get_by_role("row").filter(has_text=TODAY)


def plan(page: Page, counters: Counters) -> Page:
    """Open the plan."""
    page.goto(f"{counters.url}/plan/{SITE}")
    return page


def change_quota(page: Page, places: str, *, channel: str = "Pesan daring", why: str = WHY) -> None:
    """Fill in the form of a quota and send it."""
    form = page.get_by_role("region", name="Ubah kuota")
    form.get_by_label("Untuk jalur").select_option(label=channel)
    form.get_by_label("Tempat per hari").fill(places)
    form.get_by_label("Perintah atau aturan").fill("Surat kepala kantor")
    form.get_by_label("Alasan perubahan").fill(why)
    form.get_by_role("button", name="Masukkan ke rencana").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_supervisor_changes_a_quota_and_sees_it_at_once(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = plan(sign_in("penyelia", scripts=scripts), counters)
    expect(today(page)).to_contain_text("5/60")
    change_quota(page, "30")
    expect(today(page)).to_contain_text("5/30")
    changes = page.get_by_role("region", name="Perubahan terakhir")
    expect(changes).to_contain_text("Penyelia Uji")
    expect(changes).to_contain_text(WHY)


def test_a_restriction_lowers_every_day_until_it_is_ended(counters: Counters, sign_in: SignIn) -> None:
    page = plan(sign_in("penyelia"), counters)
    form = page.get_by_role("region", name="Pembatasan wilayah")
    form.get_by_label("Pembatasan").select_option(label="PPKM tingkat 3")
    form.get_by_label("Wilayah").fill("36")
    form.get_by_label("Perintah atau aturan").fill("Instruksi menteri")
    form.get_by_label("Alasan perubahan").fill("Wabah di seluruh provinsi")
    form.get_by_role("button", name="Berlakukan").click()
    expect(page.get_by_text("PPKM tingkat 3 berlaku di sini hari ini.")).to_be_visible()
    expect(today(page)).to_contain_text("5/20")
    ending = page.get_by_role("region", name="Pembatasan yang berlaku")
    ending.get_by_label("Alasan perubahan").fill("Wabah sudah mereda")
    ending.get_by_role("button", name="Akhiri").click()
    expect(today(page)).to_contain_text("5/60")


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong(
    counters: Counters, sign_in: SignIn
) -> None:
    page = plan(sign_in("penyelia"), counters)
    page.evaluate("document.querySelectorAll('form').forEach((form) => (form.noValidate = true))")
    change_quota(page, "-5", why="singkat")
    form = page.get_by_role("region", name="Ubah kuota")
    expect(form.get_by_text("Jumlah tempat antara 0 dan 10.000.")).to_be_visible()
    expect(form.get_by_text("sedikitnya sepuluh huruf: alasan disimpan")).to_be_visible()
    expect(form.get_by_label("Tempat per hari")).to_have_value("-5")
    expect(form.get_by_label("Perintah atau aturan")).to_have_value("Surat kepala kantor")
    expect(today(page)).to_contain_text("5/60")


def test_a_supervisor_serves_beyond_the_quota_and_it_is_listed(counters: Counters, sign_in: SignIn) -> None:
    page = plan(sign_in("penyelia"), counters)
    change_quota(page, "0", channel="Datang langsung")
    refused = counters.post("walk-ins", "full", site=SITE, service="passport-new")
    assert (refused.status_code, refused.json()["code"]) == (409, "walk_in_full")
    page.goto(f"{counters.address()}/arrivals")
    beyond = page.get_by_role("region", name="Di luar kuota")
    beyond.get_by_label("Alasan").fill("Terbang malam ini")
    beyond.get_by_role("button", name="Paspor baru").click()
    expect(page.locator(".ticket__number")).to_have_text("A-006")
    beyond.get_by_label("Darurat").check()
    beyond.get_by_label("Alasan").fill("Ibu dirawat di luar negeri")
    beyond.get_by_role("button", name="Paspor baru").click()
    expect(page.locator(".ticket__number")).to_have_text("A-007")
    assert counters.numbers("waiting") == ["A-007", "A-006"]
    listed = plan(page, counters).get_by_role("region", name="Diberikan di luar kuota hari ini")
    expect(listed.get_by_role("row").filter(has_text="A-006")).to_contain_text("Terbang malam ini")
    expect(listed.get_by_role("row").filter(has_text="A-007")).to_contain_text("Darurat")


def test_an_officer_neither_sees_the_plan_nor_gives_beyond_it(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in()
    expect(page.get_by_role("link", name="Rencana")).to_have_count(0)
    answer = page.goto(f"{counters.url}/plan/{SITE}")
    assert answer is not None
    assert answer.status == 403
    page.goto(f"{counters.address()}/arrivals")
    expect(page.get_by_role("heading", name="Di luar kuota")).to_have_count(0)
    refused = counters.post(
        "walk-ins", "sly", site=SITE, service="passport-new", beyond="emergency", reason="Hanya ingin cepat"
    )
    assert refused.status_code == 403
    assert counters.numbers("waiting") == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_supervisor_changes_the_places_of_an_hour(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = plan(sign_in("penyelia", scripts=scripts), counters)
    hours = page.get_by_role("region", name="Tempat per jam").first
    expect(hours.get_by_role("row").filter(has_text="Katalog layanan")).to_have_count(3)
    hours.get_by_label("Layanan").select_option(label="Paspor baru")
    hours.get_by_label("Tempat di setiap jam").fill("3")
    hours.get_by_label("Perintah atau aturan").fill("Surat kepala kantor")
    hours.get_by_label("Alasan perubahan").fill(WHY)
    hours.get_by_role("button", name="Ubah jam").click()
    changed = hours.get_by_role("row").filter(has_text="Surat kepala kantor")
    expect(changed).to_contain_text("Paspor baru")
    changes = page.get_by_role("region", name="Perubahan terakhir")
    expect(changes).to_contain_text("Paspor baru: 3 tempat per jam")
    expect(changes).to_contain_text(WHY)


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_plan_passes_the_rules_of_accessibility(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = plan(sign_in("penyelia", width=width), counters)
    change_quota(page, "30")
    for path in (f"/plan/{SITE}", f"/counters/{SITE}/2/arrivals"):
        page.goto(f"{counters.url}{path}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
