"""Supervisors and groups, in a browser: places, a list of names with its report, what goes back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.counters import SITE, Counters, SignIn

GOOD = "reference;nik;name;email;hour\nH-1;3602146508900901;Warga Satu;satu@example.org;\n"
MIXED = GOOD + "H-2;123;Warga Dua;;\nH-3;3602146508900903;Warga Tiga;;23:00\n"


def panel(page: Page, name: str) -> Locator:
    """A part of the page."""
    return page.get_by_role("region", name=name, exact=True)


def allotted(page: Page, counters: Counters) -> Page:
    """Take three places for an institution, and open the group."""
    page.goto(f"{counters.url}/groups/{SITE}")
    form = panel(page, "Tempat untuk lembaga")
    form.get_by_label("Lembaga").fill("Kantor urusan haji")
    form.get_by_label("Yang dapat dihubungi").fill("Sekretariat")
    form.get_by_label("Layanan", exact=True).select_option(label="Paspor baru")
    form.get_by_label("Keperluan").select_option(index=1)
    form.get_by_label("Hari pertama").fill("2026-12-02")
    form.get_by_label("Hari terakhir").fill("2026-12-02")
    form.get_by_label("Tempat", exact=True).fill("3")
    form.get_by_label("Paling banyak per jam").fill("2")
    form.get_by_label("Tempat tak terpakai kembali pada").fill("2026-12-02")
    form.get_by_label("Perintah atau aturan").fill("Surat permintaan")
    form.get_by_label("Alasan").fill("Daftar jemaah kementerian")
    form.get_by_role("button", name="Ambil tempat").click()
    page.get_by_role("link", name="Kantor urusan haji").click()
    return page


def upload(page: Page, text: str, *, good_lines: bool = False) -> None:
    """Bring a list."""
    form = panel(page, "Daftar nama")
    file = {"name": "daftar.csv", "mimeType": "text/csv", "buffer": text.encode()}
    form.get_by_label("Berkas CSV").set_input_files(file)  # type: ignore[arg-type]
    if good_lines:
        form.get_by_label("Ambil baris yang benar").check()
    form.get_by_role("button", name="Ambil daftar").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_list_is_reported_line_by_line_and_its_good_lines_get_numbers(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = allotted(sign_in("penyelia", scripts=scripts), counters)
    upload(page, MIXED)
    report = panel(page, "Hasil pembacaan daftar")
    expect(report).to_contain_text("0 orang mendapat tempat.")
    expect(report.get_by_role("row").nth(1)).to_contain_text("NIK terdiri")
    expect(report.get_by_role("row").nth(2)).to_contain_text("Mohon pilih jam lain")
    expect(panel(page, "Nomor rombongan ini")).to_contain_text("Belum ada yang mendapat nomor.")
    upload(page, MIXED, good_lines=True)
    expect(report).to_contain_text("1 orang mendapat tempat.")
    members = panel(page, "Nomor rombongan ini")
    expect(members.get_by_role("row").filter(has_text="H-1")).to_contain_text("/t/immigration.")
    expect(members).not_to_contain_text("Warga Satu")


def test_a_broken_file_changes_nothing_and_says_what_is_read(counters: Counters, sign_in: SignIn) -> None:
    page = allotted(sign_in("penyelia"), counters)
    upload(page, "nomor,nama\n1,Warga")
    expect(page.get_by_role("alert")).to_contain_text("Daftar ini tidak dapat dibaca.")


def test_unused_places_go_back_with_a_reason(counters: Counters, sign_in: SignIn) -> None:
    page = allotted(sign_in("penyelia"), counters)
    upload(page, GOOD)
    form = panel(page, "Kembalikan tempat tak terpakai sekarang")
    form.get_by_label("Alasan").fill("Daftar sudah lengkap")
    form.get_by_role("button", name="Kembalikan").click()
    expect(page.get_by_text("Tempat tanpa nama sudah kembali ke masyarakat sejak")).to_be_visible()
    expect(panel(page, "Daftar nama")).to_have_count(0)
    page.goto(f"{counters.url}/groups/{SITE}")
    row = panel(page, "Rombongan di tempat ini").get_by_role("row").filter(has_text="Kantor urusan haji")
    expect(row).to_contain_text("1/3")
    expect(row).to_contain_text("2 sudah kembali")


def test_an_officer_does_not_see_groups(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in()
    answer = page.goto(f"{counters.url}/groups/{SITE}")
    assert answer is not None
    assert answer.status == 403


@pytest.mark.parametrize("width", [390, 1280])
def test_groups_pass_the_rules_of_accessibility(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = allotted(sign_in("penyelia", width=width), counters)
    upload(page, MIXED, good_lines=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{counters.url}/groups/{SITE}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
