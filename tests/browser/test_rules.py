"""Supervisors write rules down in a browser: limits, routes, stages; refused with what is wrong, kept as typed."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.counters import Counters, SignIn

WHY = "Menjelang musim haji"


def form_of(page: Page, counters: Counters, kind: str) -> Page:
    """Open the rules of a kind."""
    page.goto(f"{counters.url}/rules/{kind}")
    return page


def grounds(page: Page, *, first: str | None = None) -> None:
    """Fill in what every rule has, and send it."""
    form = page.get_by_role("region", name="Tulis aturan")
    if first:
        form.get_by_label("Hari pertama").fill(first)
    form.get_by_label("Perintah atau aturan").fill("Surat kepala kantor")
    form.get_by_label("Alasan perubahan").fill(WHY)
    form.get_by_role("button", name="Catat").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_limit_is_written_down_changed_and_ended(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = sign_in("penyelia", scripts=scripts)
    page.goto(f"{counters.url}/manage")
    page.get_by_role("link", name="Aturan", exact=True).click()
    page.get_by_role("link", name="Tiket satu kontak").click()
    rules = page.get_by_role("region", name="Aturan yang berlaku")
    expect(rules).to_contain_text("paling banyak 5 tiket terbuka")
    expect(rules).to_contain_text("Katalog layanan")
    page.get_by_label("Tiket terbuka pada saat yang sama").fill("3")
    grounds(page)
    expect(rules).to_contain_text("paling banyak 3 tiket terbuka")
    expect(rules).to_contain_text("tertutup aturan lain")
    expect(page.get_by_role("region", name="Perubahan terakhir")).to_contain_text(WHY)
    rules.get_by_role("link", name="Ubah").last.click()
    expect(page.get_by_label("Tiket terbuka pada saat yang sama")).to_have_value("3")
    ending = page.get_by_role("region", name="Akhiri aturan")
    ending.get_by_label("Aturan").select_option(index=1)
    ending.get_by_label("Alasan").fill("Musim haji sudah lewat")
    ending.get_by_role("button", name="Akhiri").click()
    expect(rules).not_to_contain_text("paling banyak 3")
    expect(rules).to_contain_text("paling banyak 5 tiket terbuka")


def test_a_route_is_written_down_for_several_regencies(counters: Counters, sign_in: SignIn) -> None:
    page = form_of(sign_in("penyelia"), counters, "routes")
    page.get_by_label("Umrah").check()
    page.get_by_label("Kabupaten Lebak").check()
    page.get_by_label("Kabupaten Pandeglang").check()
    page.get_by_label("Nama kantor, dalam bahasa Indonesia").fill("Kantor Imigrasi Contoh")
    page.get_by_label("Nama kantor, dalam bahasa Inggris").fill("Kantor Imigrasi Contoh")
    page.get_by_label("Alasan yang dibaca warga, dalam bahasa Indonesia").fill("Antrean dibagi.")
    page.get_by_label("Alasan yang dibaca warga, dalam bahasa Inggris").fill("The queue is divided.")
    grounds(page)
    expect(page.get_by_text("keduanya tidak boleh sama").first).to_be_visible()
    # What was ticked and typed is still there.
    expect(page.get_by_label("Kabupaten Lebak")).to_be_checked()
    page.get_by_label("Nama kantor, dalam bahasa Inggris").fill("Sample Immigration Office")
    grounds(page)
    rules = page.get_by_role("region", name="Aturan yang berlaku")
    expect(rules).to_contain_text("Umrah, Kabupaten Pandeglang, Kabupaten Lebak")
    expect(rules).to_contain_text("Kantor Imigrasi Contoh")


def test_stages_are_changed_from_those_that_hold_and_from_tomorrow_on(
    counters: Counters, sign_in: SignIn
) -> None:
    page = form_of(sign_in("penyelia"), counters, "stages")
    rules = page.get_by_role("region", name="Aturan yang berlaku")
    rules.get_by_role("link", name="Ubah").first.click()
    first = page.get_by_role("group", name="Tahap 1", exact=True)
    expect(first.get_by_label("Kode")).not_to_have_value("")
    first.get_by_label("Nama, dalam bahasa Indonesia").fill("Berkas diterima lengkap")
    grounds(page)
    expect(page.get_by_text("paling cepat berlaku mulai besok").first).to_be_visible()
    expect(first.get_by_label("Nama, dalam bahasa Indonesia")).to_have_value("Berkas diterima lengkap")
    grounds(page, first="2026-12-02")
    expect(rules).to_contain_text("Berkas diterima lengkap")
    expect(rules).to_contain_text("belum mulai")


def test_officers_do_not_write_rules(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in("petugas")
    for path in ("rules", "rules/contacts"):
        page.goto(f"{counters.url}/{path}")
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Aturan")
        expect(page.get_by_role("button", name="Catat")).to_have_count(0)
