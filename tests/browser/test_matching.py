"""Lists and differences in a browser: the import with its report, and the comparison of one ticket."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.counters import SITE, Counters, SignIn

HEAD = "nomor porsi;nik;nama;tanggal lahir"
#: Of the five who have booked, one stands on the list as they are, one with another letter.
GOOD = [
    "3600001;3602146508900001;Warga Uji 1;1990-08-25",
    "3600002;3602146508900002;H. Warga Uju 2;1990-08-25",
]
BAD = "3600003;3.60215E+15;Warga Uji 3;1990-08-25"


def take_over(page: Page, counters: Counters, *lines: str, rows: str = "") -> None:
    """Fill in the form of a list and send it."""
    page.goto(f"{counters.url}/matching")
    form = page.get_by_role("region", name="Ambil daftar")
    form.get_by_label("Daftar milik siapa").fill("Siskohat Banten")
    form.get_by_label("Wisata atau mengunjungi keluarga").check()
    form.get_by_label("Haji").check()
    content = "\r\n".join([HEAD, *lines]).encode("utf-8-sig")
    form.locator("input[type=file]").set_input_files(
        {"name": "daftar.csv", "mimeType": "text/csv", "buffer": content}
    )
    if rows:
        form.get_by_label(rows).check()
    form.get_by_label("Alasan atau surat").fill("Surat kementerian 7/2026")
    form.get_by_role("button", name="Ambil").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_supervisor_takes_a_list_over_and_an_officer_mends_a_difference(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = sign_in("penyelia", scripts=scripts)
    take_over(page, counters, *GOOD)
    expect(page.get_by_role("region", name="Daftar yang terakhir diambil")).to_contain_text(
        "2 baru, 0 diganti"
    )
    waiting = page.get_by_role("region", name="Perlu diperiksa sebelum wawancara")
    expect(waiting.get_by_role("row").filter(has_text="A-002")).to_contain_text("Berbeda dari daftar")
    expect(waiting.get_by_role("row").filter(has_text="A-003")).to_contain_text("Tidak ada di daftar")
    expect(waiting.get_by_role("row").filter(has_text="A-001")).to_have_count(0)
    waiting.get_by_role("link", name="A-002").click()
    beside = page.get_by_role("region", name="Daftar di samping isian pemohon")
    expect(beside.locator("mark")).not_to_have_count(0)
    expect(beside).to_contain_text("3600002")
    form = page.get_by_role("region", name="Hasil pemeriksaan")
    form.get_by_label("Sedang diperbaiki di instansi asal").check()
    form.get_by_label("Catatan").fill("Akta dan SPPH dilihat di loket")
    form.get_by_role("button", name="Catat").click()
    expect(page.get_by_role("region", name="Riwayat")).to_contain_text("Akta dan SPPH dilihat di loket")
    expect(page.get_by_role("region", name="Riwayat")).to_contain_text("Penyelia Uji")


def test_a_file_with_bad_rows_changes_nothing_and_says_row_by_row_why(
    counters: Counters, sign_in: SignIn
) -> None:
    page = sign_in("penyelia")
    take_over(page, counters, *GOOD, BAD)
    expect(page.get_by_role("alert")).to_contain_text("Belum ada yang diambil: 1 baris perlu diperbaiki")
    report = page.get_by_role("region", name="Yang salah di berkas")
    expect(report.get_by_role("row").filter(has_text="NIK ini tidak mungkin ada")).to_contain_text("4")
    expect(page.get_by_text("Belum ada daftar yang diambil.")).to_be_visible()
    expect(page.get_by_label("Daftar milik siapa")).to_have_value("Siskohat Banten")
    expect(page.get_by_label("Haji")).to_be_checked()
    take_over(page, counters, *GOOD, BAD, rows="Ambil baris yang benar")
    taken = page.get_by_role("region", name="Daftar yang terakhir diambil")
    expect(taken).to_contain_text("2 baru, 0 diganti, 1 tidak diambil")
    expect(taken).to_contain_text("NIK ini tidak mungkin ada")


def test_a_large_file_is_taken_and_one_that_is_too_large_is_not(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in("penyelia")
    lines = [f"{count};36021465088{count:05d};Warga Contoh {count};1988-08-25" for count in range(1, 5001)]
    assert len("\r\n".join(lines)) > 2 * 65_536
    take_over(page, counters, *lines)
    expect(page.get_by_role("region", name="Daftar yang terakhir diambil")).to_contain_text("5000 baru")
    take_over(page, counters, *(line + " " * 500 for line in lines))
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Daftar dan perbedaan data")
    expect(page.get_by_text("terlalu besar")).to_be_visible()


def test_at_the_counter_the_difference_is_a_click_away(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in("penyelia")
    take_over(page, counters, *GOOD)
    counters.post("check-ins", "here", site=SITE, number="A-002")
    page.goto(counters.address())
    page.get_by_role("button", name="Panggil berikutnya").click()
    panel = page.locator(".current")
    expect(panel).to_contain_text("Berbeda dari daftar")
    panel.get_by_role("link", name="Bandingkan dengan daftar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bandingkan A-002")


def test_an_officer_takes_no_list_over(counters: Counters, sign_in: SignIn) -> None:
    answer = sign_in().goto(f"{counters.url}/matching")
    assert answer is not None
    assert answer.status == 403


@pytest.mark.parametrize("width", [390, 1280])
def test_lists_and_comparison_pass_the_rules_of_accessibility(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = sign_in("penyelia", width=width)
    take_over(page, counters, *GOOD, BAD)
    assert violations(page) == []
    take_over(page, counters, *GOOD, BAD, rows="Ambil baris yang benar")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="A-002").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bandingkan A-002")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
