"""Shifts in the browser: an officer pauses by a key, a supervisor changes what a counter serves."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.counters import SITE, Counters, SignIn

Violations = Callable[[Page], list[str]]


@pytest.mark.parametrize("width", [390, 1280])
def test_an_officer_pauses_and_hands_over_and_a_supervisor_changes_the_services(
    counters: Counters, sign_in: SignIn, violations: Violations, width: int
) -> None:
    number = counters.walk_in("waits")
    officer = sign_in(width=width)
    line = officer.get_by_role("region", name="Giliran jaga Anda")
    expect(line).to_contain_text("Loket ini belum dibuka")
    officer.keyboard.press("b")
    expect(line).to_contain_text("Anda di loket ini sejak")
    assert violations(officer) == []
    officer.keyboard.press("j")
    expect(line).to_contain_text("Istirahat")
    assert violations(officer) == []
    assert officer.evaluate("document.documentElement.scrollWidth") <= width
    assert counters.post(f"counters/{SITE}.2/call-next", "paused").json()["code"] == "counter_paused"

    supervisor = sign_in("penyelia", width=width)
    supervisor.goto(f"{counters.url}/floor/{SITE}")
    row = supervisor.get_by_role("row").filter(
        has=supervisor.get_by_role("link", name="Loket 2", exact=False)
    )
    expect(row.first).to_contain_text("Petugas Satu")
    assert violations(supervisor) == []
    assert supervisor.evaluate("document.documentElement.scrollWidth") <= width
    row.first.get_by_role("link", name="Ubah").click()
    services = supervisor.get_by_role("group", name="Layanan")
    services.get_by_label("Paspor baru").uncheck()
    supervisor.get_by_label("Alasan", exact=False).last.fill("Loket lain melayani paspor baru")
    supervisor.get_by_role("button", name="Ubah layanan").click()
    expect(supervisor.get_by_text("diubah", exact=True)).to_be_visible()
    supervisor.get_by_role("row").filter(has_text="diubah").get_by_role("link", name="Ubah").click()
    assert violations(supervisor) == []
    assert supervisor.evaluate("document.documentElement.scrollWidth") <= width

    # The counter's page follows by itself: nobody waits for what it serves now.
    expect(officer.get_by_role("region", name="Menunggu", exact=True)).not_to_contain_text(number)
    officer.keyboard.press("l")
    expect(line).to_contain_text("Anda di loket ini sejak")
    officer.keyboard.press("h")
    officer.get_by_label("Catatan").fill("A-009 kembali membawa salinan")
    assert violations(officer) == []
    officer.get_by_role("button", name="Tutup dan serahkan").click()
    expect(line).to_contain_text("A-009 kembali membawa salinan")
    officer.keyboard.press("y")
    expect(line).not_to_contain_text("A-009")
