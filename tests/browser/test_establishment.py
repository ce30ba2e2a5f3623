"""Supervisors at the register of establishments, in a browser: from the request to the report."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.counters import Counters, SignIn

WHY = "Sesuai hasil audiensi"


def panel(page: Page, name: str) -> Locator:
    """A part of the page."""
    return page.get_by_role("region", name=name, exact=True)


def recorded(page: Page, counters: Counters, *, kind: str = "Unit Kerja Keimigrasian (UKK)") -> Page:
    """Record a request of Lebak and open it."""
    page.goto(f"{counters.url}/establishment")
    form = panel(page, "Permohonan baru")
    form.get_by_label("Yang akan dibuka").select_option(label=kind)
    form.get_by_label("Tempat").fill("Jalan Contoh, Rangkasbitung")
    form.get_by_label("Alasan").fill(WHY)
    form.get_by_role("button", name="Catat permohonan").click()
    page.get_by_role("link", name=f"{kind}, Kabupaten Lebak").first.click()
    return page


def receive(page: Page, item: str, note: str = "Diterima lengkap") -> None:
    """Receive the document of an item."""
    form = panel(page, "Butir daftar periksa")
    form.get_by_label("Butir", exact=True).select_option(item)
    form.get_by_label("Status").select_option("received")
    form.get_by_label("Nomor").fill("180/1/2026")
    form.get_by_label("Tanggal").fill("2026-11-30")
    form.get_by_label("Judul").fill("Dokumen contoh")
    form.get_by_label("Disimpan di").fill("Bagian Hukum")
    form.get_by_label("Catatan").fill(note)
    form.get_by_role("button", name="Simpan butir").click()


def accept(page: Page, item: str) -> None:
    """Receive and accept an item."""
    receive(page, item)
    form = panel(page, "Butir daftar periksa")
    form.get_by_label("Butir", exact=True).select_option(item)
    form.get_by_label("Status").select_option("accepted")
    form.get_by_label("Catatan").fill("Sudah diperiksa")
    form.get_by_role("button", name="Simpan butir").click()


def go_on(page: Page, stage: str) -> None:
    """Take the request to its next stage."""
    form = panel(page, "Tahap berikutnya")
    form.get_by_label("Tahap", exact=True).select_option(label=stage)
    form.get_by_label("Alasan").fill(WHY)
    form.get_by_role("button", name="Lanjutkan").click()


def met(page: Page) -> None:
    """Write a meeting down, and what is to be done, which is late already."""
    form = panel(page, "Catat rapat")
    form.get_by_label("Tempat").fill("Pendopo Kabupaten")
    form.get_by_label("Peserta").fill("Wakil Bupati\nKepala Bagian Hukum")
    form.get_by_label("Keputusan").fill("Laporkan kepada Bupati.")
    form.get_by_role("button", name="Simpan risalah").click()
    form = panel(page, "Tindak lanjut baru")
    form.get_by_label("Yang harus dikerjakan").fill("Laporkan kepada Bupati")
    form.get_by_label("Penanggung jawab").fill("Kepala Bagian Hukum")
    form.get_by_label("Tenggat").fill("2026-11-30")
    form.get_by_role("button", name="Simpan tindak lanjut").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_request_is_refused_with_what_it_lacks_and_goes_on_when_it_is_there(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = recorded(sign_in("penyelia", scripts=scripts), counters)
    expect(panel(page, "Dasar hukum")).to_contain_text("Permenkumham 19/2018")
    go_on(page, "Terverifikasi")
    expect(page.get_by_role("alert")).to_contain_text("belum disetujui")
    stage = panel(page, "Tahap berikutnya")
    expect(stage).to_contain_text("Surat permohonan, Kajian sosiologis, Kajian geografis")
    expect(stage.get_by_label("Alasan")).to_have_value(WHY)
    for item in ("letter", "sociological", "geographic"):
        accept(page, item)
    go_on(page, "Terverifikasi")
    expect(page.get_by_role("main").get_by_text("Terverifikasi").first).to_be_visible()
    expect(panel(page, "Riwayat").get_by_role("row").filter(has_text="Terverifikasi")).to_contain_text(
        "Penyelia Uji"
    )


def test_what_a_meeting_decided_is_late_on_the_register_and_in_the_report(
    counters: Counters, sign_in: SignIn
) -> None:
    page = recorded(sign_in("penyelia"), counters)
    met(page)
    expect(panel(page, "Tindak lanjut yang dicatat")).to_contain_text("Terlambat")
    page.goto(f"{counters.url}/establishment")
    expect(panel(page, "Terlambat")).to_contain_text("Kepala Bagian Hukum")
    panel(page, "Terlambat").get_by_role("link").click()
    page.get_by_role("link", name="Laporan untuk dicetak").click()
    report = page.get_by_role("main")
    for part in ("Laporan kepada Bupati", "Wakil Bupati; Kepala Bagian Hukum", "Daftar SDM", "Rangkasbitung"):
        expect(report).to_contain_text(part.replace("Laporan kepada", "Laporkan kepada"))
    page.go_back()
    form = panel(page, "Tindak lanjut selesai")
    form.get_by_label("Hasil").fill("Laporan sudah disampaikan")
    form.get_by_role("button", name="Tandai selesai").click()
    expect(panel(page, "Tindak lanjut yang dicatat")).to_contain_text("Laporan sudah disampaikan")


def test_demand_is_shown_by_district_for_the_months_that_are_asked_for(
    counters: Counters, sign_in: SignIn
) -> None:
    page = sign_in("penyelia")
    page.goto(f"{counters.url}/establishment/demand")
    table = page.get_by_role("table", name="Kunjungan dari Kabupaten Lebak per kecamatan")
    expect(table.get_by_role("row").filter(has_text="Rangkasbitung")).to_contain_text("6")
    page.get_by_label("Bulan terakhir").fill("2026-10")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.get_by_text("Belum ada yang memesan dari sana")).to_be_visible()
    page.goto(f"{counters.url}/establishment/demand?first=2026-05&last=2026-01")
    expect(page.get_by_role("alert")).to_contain_text("Bulan terakhir mendahului bulan pertama.")


def test_an_officer_does_not_see_the_register(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in()
    for path in ("", "/demand", "/something", "/something/report"):
        answer = page.goto(f"{counters.url}/establishment{path}")
        assert answer is not None
        assert answer.status == 403, path


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_register_passes_the_rules_of_accessibility(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = recorded(sign_in("penyelia", width=width), counters)
    receive(page, "staff")
    met(page)
    go_on(page, "Terverifikasi")
    own = page.url.removesuffix("/stage")
    assert violations(page) == []
    for address in (
        own,
        f"{own}/report",
        f"{counters.url}/establishment",
        f"{counters.url}/establishment/demand",
    ):
        page.goto(address)
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
