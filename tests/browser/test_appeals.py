"""Supervisors at appeals against missed visits, in a browser: read one, decide, and the reason is kept."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.counters import Counters, SignIn

#: `counter_process` has somebody miss yesterday's visit and say why.
SAID = "Anak saya mendadak sakit dan harus dirawat."
REASON = "Surat rumah sakit sudah ditunjukkan"


def open_appeal(page: Page, counters: Counters) -> None:
    """Go to the only appeal."""
    page.goto(f"{counters.url}/manage")
    page.get_by_role("link", name="Penjelasan tidak hadir").click()
    page.get_by_role("region", name="Menunggu jawaban").get_by_role("link").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_supervisor_reads_an_appeal_and_accepts_it(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = sign_in("penyelia", scripts=scripts)
    open_appeal(page, counters)
    expect(page.get_by_text(SAID)).to_be_visible()
    expect(page.get_by_text("1 dalam 180 hari")).to_be_visible()
    page.get_by_label("Terima").check()
    page.get_by_role("textbox", name="Alasan").fill(REASON)
    page.get_by_role("button", name="Putuskan").click()
    expect(page.get_by_text("Tidak ada yang menunggu jawaban.")).to_be_visible()
    decided = page.get_by_role("region", name="Keputusan terakhir")
    expect(decided).to_contain_text("diterima")
    expect(decided).to_contain_text(REASON)


def test_a_decision_without_a_reason_is_refused(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in("penyelia")
    open_appeal(page, counters)
    page.get_by_label("Tolak").check()
    page.get_by_role("textbox", name="Alasan").fill("singkat")
    page.get_by_role("button", name="Putuskan").click()
    expect(page.get_by_role("alert")).to_contain_text("sedikitnya sepuluh huruf: alasan disimpan")
    expect(page.get_by_label("Tolak")).to_be_checked()


@pytest.mark.parametrize("width", [390, 1280])
def test_appeals_pass_the_rules_of_accessibility(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = sign_in("penyelia", width=width)
    open_appeal(page, counters)
    for address in (page.url, f"{counters.url}/appeals", f"{counters.url}/manage"):
        page.goto(address)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
