"""One whole errand, as people live it: phone, counter, display, mailbox, complaint desk."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, TELEVISION
from tests.support.errand import BORN, nik
from tests.support.waiting import wait_until
from tests.support.whole_mall import TODAY, TOMORROW, Mall

NUMBER = re.compile(r"[A-Z]-\d{3}")


def book(page: Page, mall: Mall, *, person: int, day: str, hour: int = 0) -> None:
    """Find the service, choose an hour, fill in the form; ends on the ticket's page."""
    page.goto(mall.portal)
    page.locator("a[href*='/services/immigration/passport-new']").first.click()
    page.locator("a[href*='/book/immigration/passport-new']").first.click()
    if "site=mpp-lebak" not in page.url or "day=" not in page.url:
        page.goto(f"{mall.portal}/book/immigration/passport-new?site=mpp-lebak&day={day}")
    page.locator("input[name=slot_id]:not([disabled])").nth(hour).check(force=True)
    page.locator("form[action*='/book/'] button[type=submit]").click()
    page.locator("#field-name").fill(f"Warga Contoh {person}")
    page.locator("#field-nik").fill(nik(person))
    page.locator("#field-birth_date").fill(BORN)
    page.locator("#field-email").fill(f"warga{person}@example.org")
    page.locator("#field-purpose").select_option(index=1)
    page.locator("form[action*='/details/'] button[type=submit]").first.click()
    page.wait_for_url("**/t/immigration.*")


def sign_in(page: Page, username: str, password: str) -> None:
    """Sign an officer in."""
    page.locator("#field-username").fill(username)
    page.locator("#field-password").fill(password)
    page.locator("form[action*='sign-in'] button[type=submit]").click()


def test_a_citizen_books_is_called_is_served_and_is_told(mall, open_page, violations) -> None:
    phone = open_page(mall.portal, size=PHONE)
    book(phone, mall, person=101, day=TODAY)
    number = NUMBER.search(phone.locator("main").inner_text())
    assert number is not None
    assert violations(phone) == []
    phone.locator("form[action$='/check-in'] button").click()
    display = open_page(f"{mall.portal}/display/mpp-lebak", size=TELEVISION)
    counter = open_page(f"{mall.immigration}/sign-in", size=DESKTOP)
    sign_in(counter, "petugas", mall.password)
    counter.goto(f"{mall.immigration}/counters/mpp-lebak/1")
    counter.locator("form[data-api$='/call-next'] button").first.click()
    expect(counter.locator(".current__number")).to_have_text(number.group())
    expect(display.locator("main")).to_contain_text(number.group())
    expect(phone.locator("main")).to_contain_text("Loket 1")
    assert violations(display) == []
    assert violations(counter) == []
    counter.locator("form[data-api$='/start'] button").first.click()
    counter.locator("form[data-api$='/finish'] button").first.click()
    expect(counter.locator(".current__number")).to_have_count(0)
    mailbox = open_page(mall.notifications, size=DESKTOP)

    def told() -> bool:
        mailbox.reload()
        text = mailbox.locator("main").inner_text()
        return text.count(number.group()) >= 2 and "silakan menuju" in text

    wait_until(told)
    assert violations(mailbox) == []


def test_an_hour_can_be_booked_without_scripts(mall, open_page) -> None:
    phone = open_page(mall.portal, size=PHONE, scripts=False)
    book(phone, mall, person=102, day=TOMORROW)
    assert NUMBER.search(phone.locator("main").inner_text())
    phone.locator("a[href$='/cancel']").first.click()
    phone.locator("form[action$='/cancel'] button[type=submit]").click()
    expect(phone.locator("main")).to_contain_text("batal")


def test_a_mistake_in_the_form_keeps_everything_typed(mall, open_page, violations) -> None:
    phone = open_page(
        f"{mall.portal}/book/immigration/passport-new?site=mpp-lebak&day={TOMORROW}", size=PHONE
    )
    phone.locator("input[name=slot_id]:not([disabled])").first.check(force=True)
    phone.locator("form[action*='/book/'] button[type=submit]").click()
    phone.locator("#field-name").fill("Warga Contoh 103")
    phone.locator("#field-nik").fill("123")
    phone.locator("#field-birth_date").fill(BORN)
    phone.locator("#field-email").fill("warga103@example.org")
    phone.locator("form[action*='/details/'] button[type=submit]").first.click()
    expect(phone.locator("#error-summary")).to_be_visible()
    expect(phone.locator("#field-name")).to_have_value("Warga Contoh 103")
    expect(phone.locator("#field-email")).to_have_value("warga103@example.org")
    assert violations(phone) == []


def test_a_complaint_is_filed_answered_disputed_and_settled(mall, open_page, violations) -> None:
    phone = open_page(f"{mall.portal}/c/new", size=PHONE)
    phone.locator("input[name=classification][value=complaint]").check(force=True)
    phone.locator("#field-title").fill("Menunggu terlalu lama")
    phone.locator("#field-text").fill("Saya menunggu dua jam tanpa penjelasan.")
    phone.locator("#field-agency").select_option("immigration")
    phone.locator("#field-name").fill("Warga Contoh 104")
    phone.locator("#field-email").fill("warga104@example.org")
    phone.locator("form[action*='/c/new'] button[type=submit]").first.click()
    phone.wait_for_url("**/c/complaint.*")
    found = re.search(r"P-2026-\d{6}", phone.locator("main").inner_text())
    assert found is not None
    assert violations(phone) == []
    desk = open_page(f"{mall.complaints}/sign-in", size=DESKTOP)
    sign_in(desk, "pengaduan", mall.password)
    for answer, decision in (("Kami minta maaf.", "dispute"), ("Loket kedua kini dibuka.", "accept")):
        desk.goto(f"{mall.complaints}/cases/{found.group()}")
        desk.locator("textarea[name='reply-text']").fill(answer)
        desk.locator("form[action$='/reply'] button[type=submit]").first.click()
        phone.reload()
        expect(phone.locator("main")).to_contain_text(answer)
        phone.locator("textarea[name=text]").fill("Masih belum jelas.")
        phone.locator(f"button[name=decision][value={decision}]").click()
    expect(phone.locator("main")).to_contain_text("Selesai")
    assert violations(desk) == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP, TELEVISION], ids=["390", "1280", "1920"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/services/immigration/passport-lost",
        "/services/legal/trademark",
        "/sites/mpp-lebak",
        "/c/new",
        "/nothing-here",
    ],
)
def test_no_page_breaks_the_rules_of_accessibility_or_scrolls_sideways(
    mall, open_page, violations, path, size
) -> None:
    page = open_page(f"{mall.portal}{path}", size=size)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_portal_speaks_english_when_asked(mall, open_page) -> None:
    page = open_page(f"{mall.portal}/?lang=en", size=PHONE)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(f"{mall.portal}/services/immigration/passport-new")
    expect(page.locator("html")).to_have_attribute("lang", "en")
