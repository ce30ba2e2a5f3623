"""Supervisors at the audit of places beyond the quota, in a browser."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.counters import Counters, SignIn

REASON = "Ibu dirawat di luar negeri"


def give(page: Page, counters: Counters) -> None:
    """Give a place to an emergency, then go to the audit."""
    page.goto(f"{counters.address()}/arrivals")
    beyond = page.get_by_role("region", name="Di luar kuota")
    beyond.get_by_label("Darurat").check()
    beyond.get_by_label("Alasan").fill(REASON)
    beyond.get_by_role("button", name="Paspor baru").click()
    expect(page.locator(".ticket__number")).to_have_text("A-006")
    page.goto(f"{counters.url}/manage")
    page.get_by_role("link", name="Pemeriksaan").click()


def test_behind_each_number_stands_its_list_and_it_can_be_taken_along(
    counters: Counters, sign_in: SignIn
) -> None:
    page = sign_in("penyelia")
    give(page, counters)
    page.get_by_role("link", name="1: tampilkan yang mana").click()
    listed = page.get_by_role("region", name="Daftar")
    expect(listed.get_by_role("row").filter(has_text="A-006")).to_contain_text(REASON)
    (shown,) = re.findall(
        r"\b\d\d[.:]\d\d\b", listed.get_by_role("row").filter(has_text="A-006").inner_text()
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh sebagai tabel").click()
    assert download.value.suggested_filename == "audit-2026-12.csv"
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "day,time,site,service,number,kind,officer,reason"
    # To the minute that the page says: the clock goes on while the tests before this one run.
    minute = shown.replace(".", ":")
    assert lines[1:] == [f"2026-12-01,{minute},mpp-lebak,passport-new,A-006,emergency,Penyelia Uji,{REASON}"]


def test_an_officer_does_not_see_the_audit(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in()
    answer = page.goto(f"{counters.url}/audit")
    assert answer is not None
    assert answer.status == 403


@pytest.mark.parametrize("width", [390, 1280])
def test_the_audit_passes_the_rules_of_accessibility(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = sign_in("penyelia", width=width)
    give(page, counters)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
