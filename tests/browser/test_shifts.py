"""Shifts in the browser: an officer pauses by a key, a supervisor changes what a counter serves."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.counters import SITE, Counters, SignIn

Violations = Callable[[Page], list[str]]
WIDTHS = (390, 1280)


def test_an_officer_pauses_and_hands_over_and_a_supervisor_changes_the_services(
    counters: Counters, sign_in: SignIn, violations: Violations
) -> None:
    def is_fine(page: Page) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    number = counters.walk_in("waits")
    officer = sign_in()
    line = officer.get_by_role("region", name="Giliran jaga Anda")
    expect(line).to_contain_text("Loket ini belum dibuka")
    officer.keyboard.press("k")
    expect(line).to_contain_text("Anda di loket ini sejak")
    officer.keyboard.press("i")
    expect(line).to_contain_text("Istirahat")
    is_fine(officer)
    assert counters.post(f"counters/{SITE}.2/call-next", "paused").json()["code"] == "counter_paused"

    supervisor = sign_in("penyelia")
    supervisor.goto(f"{counters.url}/floor/{SITE}")
    row = supervisor.get_by_role("row").filter(has_text="Loket 2").first
    expect(row).to_contain_text("Petugas Satu")
    is_fine(supervisor)
    row.get_by_role("link", name="Ubah").click()
    supervisor.get_by_role("group", name="Layanan").get_by_label("Paspor baru").uncheck()
    supervisor.get_by_label("Alasan").fill("Loket lain melayani paspor baru")
    is_fine(supervisor)
    supervisor.get_by_role("button", name="Ubah layanan").click()
    expect(row).to_contain_text("diubah")

    # The counter's page follows by itself: nobody waits for what it serves now.
    expect(officer.get_by_role("region", name="Menunggu", exact=True)).not_to_contain_text(number)
    officer.keyboard.press("c")
    expect(line).to_contain_text("Anda di loket ini sejak")
    officer.keyboard.press("h")
    officer.get_by_label("Catatan").fill("A-009 kembali membawa salinan")
    officer.get_by_role("button", name="Tutup dan serahkan").click()
    expect(line).to_contain_text("A-009 kembali membawa salinan")
    officer.keyboard.press(",")
    expect(line).not_to_contain_text("A-009")
