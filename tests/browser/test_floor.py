"""The whole floor in a supervisor's browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.counters import SITE, Counters, SignIn


def test_the_floor_follows_what_happens_at_the_counters(counters: Counters, sign_in: SignIn) -> None:
    first = counters.walk_in("first")
    counters.walk_in("second")
    page = sign_in("penyelia")
    page.goto(f"{counters.url}/manage")
    page.get_by_role("link", name="Ruang layanan").click()
    rows = page.get_by_role("region", name="Loket").get_by_role("row")
    expect(rows.filter(has_text="Loket 2")).to_contain_text("2 orang menunggu")
    counters.post(f"counters/{SITE}.2/call-next", "call-next-of-the-floor")
    # Nobody touches the page: it looks again by itself.
    expect(rows.filter(has_text="Loket 2")).to_contain_text(first)
    waiting = page.get_by_role("region", name="Siapa menunggu layanan apa")
    expect(waiting.get_by_role("row").nth(1)).to_contain_text("Paspor baru")


def test_an_officer_is_told_that_the_floor_is_for_supervisors(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in()
    answer = page.goto(f"{counters.url}/floor/{SITE}")
    assert answer is not None
    assert answer.status == 403


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_floor_passes_the_rules_of_accessibility(counters, sign_in, violations, width) -> None:
    counters.walk_in("waiting")
    page = sign_in("penyelia", width=width)
    page.goto(f"{counters.url}/floor/{SITE}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
