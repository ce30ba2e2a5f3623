"""How long people wait, on the page of a place, on their ticket and at the counter."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_errand import book, sign_in
from tests.support.errand import SITE
from tests.support.whole_mall import TODAY

INTERVAL = re.compile(r"Kira-kira \d+( sampai \d+)? menit")


def test_the_wait_is_told_before_coming_while_waiting_and_at_the_counter(mall, open_page, violations) -> None:
    officer = mall.officer()
    counters = [f"{SITE}.1", f"{SITE}.2"]
    for _ in range(6):
        assert officer.walk_in().status == 201
    called = [counter for counter in counters if officer.step(counter, "call-next").status == 200]
    site = open_page(f"{mall.portal}/sites/{SITE}", size=PHONE)
    expect(site.locator("[data-wait]").first).to_contain_text("Kalau datang sekarang")
    assert violations(site) == []
    phone = open_page(mall.portal, size=PHONE)
    book(phone, mall, person=270, day=TODAY)
    phone.locator("form[action$='/check-in'] button").click()
    wait = phone.locator("[data-bind=wait_text]")
    expect(wait).to_have_text(INTERVAL)
    expect(phone.locator("[data-bind=counters_text]")).to_have_text(re.compile(r"\d loket buka"))
    assert violations(phone) == []
    counter = open_page(f"{mall.immigration}/sign-in", size=DESKTOP)
    sign_in(counter, "petugas", mall.password)
    counter.goto(f"{mall.immigration}/counters/{SITE}/1")
    expect(counter.locator("main")).to_contain_text("Perkiraan yang terakhir")
    assert violations(counter) == []
    for each in called:
        officer.step(each, "no-show")
