"""The report of fairness in a supervisor's browser."""

from playwright.sync_api import expect

from tests.browser.counters import SITE, Counters, SignIn


def test_a_supervisor_reads_that_the_order_was_kept(counters: Counters, sign_in: SignIn, violations) -> None:
    counters.walk_in("guest")
    counters.post("walk-ins", "walk-in-pregnant", site=SITE, service="passport-new", ground="pregnant")
    assert counters.post(f"counters/{SITE}.2/call-next", "call-next-of-the-report").ok
    page = sign_in("penyelia", width=1280)
    page.goto(f"{counters.url}/manage")
    page.get_by_role("link", name="Keadilan antrean").click()
    expect(page.get_by_text("Urutan ditaati.")).to_be_visible()
    row = page.get_by_role("region", name="Waktu tunggu per jalur").get_by_role("row").nth(1)
    expect(row).to_contain_text("Ibu hamil")
    expect(row).to_contain_text("<5")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 900})
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
