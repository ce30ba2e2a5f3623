"""The portal's pages in a real browser: live turns, plain forms, keyboards, files, every page on the way."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, TELEVISION
from tests.support.errand import nik
from tests.support.whole_mall import TODAY, TOMORROW, Mall

CHILD = "passport-child"


def booked(mall: Mall, number: int, *, day: str = TOMORROW) -> str:
    """Book for applicant `number`; the token is returned."""
    citizen = mall.citizen
    slot = citizen.slots(day, day, service=CHILD)[0 if day == TODAY else -1]
    answer = citizen.book(slot["id"], number, purpose=citizen.purpose(CHILD))
    assert answer.status == 201, answer
    return str(answer.body["token"])


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_turn_counts_down_on_the_phone_until_the_counter_calls(mall, open_page, violations) -> None:
    officer = mall.officer()
    for _ in range(2):
        assert officer.walk_in(CHILD).status == 201
    token = booked(mall, 201, day=TODAY)
    assert mall.citizen.change(token, "check-in").status == 200
    phone = open_page(f"{mall.portal}/t/{token}", size=PHONE)
    turn = phone.locator(".queue-state")
    expect(turn).to_contain_text("2 orang di depan Anda")
    expect(phone.locator("[data-live-state]")).to_have_text("Diperbarui langsung")
    assert violations(phone) == []
    for _ in range(10):
        called = officer.step("mpp-lebak.2", "call-next")
        assert called.status == 200, called
        if mall.citizen.ticket(token).body["ticket"]["state"] == "called":
            break
        officer.step("mpp-lebak.2", "start")
        officer.step("mpp-lebak.2", "finish")
    expect(turn).to_contain_text("Silakan ke")
    expect(turn).to_contain_text("Loket 2")
    assert "Loket 2" in phone.title()
    assert violations(phone) == []
    display = open_page(f"{mall.portal}/display/mpp-lebak", size=TELEVISION)
    number = mall.citizen.ticket(token).body["ticket"]["number"]
    expect(display.locator(".call-now__number")).to_have_text(number)
    expect(display.locator("[data-clock-time]")).to_have_text(re.compile(r"\d\d[.:]\d\d"))
    assert fits(display)
    officer.step("mpp-lebak.2", "start")
    expect(turn).to_contain_text("Anda sedang dilayani")
    officer.step("mpp-lebak.2", "finish")
    expect(turn).to_contain_text("Terima kasih")


def test_a_complaint_is_filed_without_scripts(mall, open_page) -> None:
    page = open_page(f"{mall.portal}/c/new", size=PHONE, scripts=False)
    page.locator("#field-title").fill("Antrean terlalu panjang")
    page.locator("form[action='/c/new'] button[type=submit]").click()
    expect(page.locator("#error-summary")).to_contain_text("Apa yang terjadi")
    expect(page.locator("#field-title")).to_have_value("Antrean terlalu panjang")
    page.locator("#field-text").fill("Saya menunggu dua jam tanpa penjelasan.")
    page.locator("#field-agency").select_option("legal")
    page.locator("#field-name").fill("Warga Contoh")
    page.locator("form[action='/c/new'] button[type=submit]").click()
    page.wait_for_url("**/c/complaint.*")
    expect(page.locator("h1")).to_have_text(re.compile(r"P-2026-\d{6}"))


def test_a_ticket_moves_and_is_looked_up_without_scripts(mall, open_page) -> None:
    token = booked(mall, 202)
    page = open_page(f"{mall.portal}/tickets", size=PHONE, scripts=False)
    page.locator("#field-code").fill(f"{mall.portal}/t/{token}?new=1")
    page.locator("form[action='/tickets'] button").click()
    page.wait_for_url(f"**/t/{token}")
    page.locator("a[href$='/reschedule']").click()
    page.locator("input[name=slot_id]").first.check(force=True)
    page.locator("form[action$='/reschedule'] button").click()
    page.wait_for_url("**?moved=1")
    assert token not in page.url
    expect(page.locator("main")).to_contain_text("Tiket Anda sudah dipindahkan")
    page.goto(f"{mall.portal}/t/{token}")
    expect(page.locator("main")).to_contain_text("Lihat tiket yang baru")


def test_a_ticket_has_its_code_and_its_calendar_file(mall, open_page) -> None:
    token = booked(mall, 203)
    page = open_page(f"{mall.portal}/t/{token}", size=PHONE)
    image = page.locator(".ticket__code img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.complete && image.naturalWidth > 0")
    with page.expect_download() as download:
        page.locator("a[href*='calendar.ics']").click()
    assert download.value.suggested_filename.endswith(".ics")
    assert "BEGIN:VEVENT" in download.value.path().read_text()


def test_the_first_key_leads_past_the_header_and_an_hour_is_chosen_with_keys_alone(mall, open_page) -> None:
    page = open_page(f"{mall.portal}/book/immigration/{CHILD}?site=mpp-lebak&day={TOMORROW}", size=DESKTOP)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator("input[name=slot_id]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[name=slot_id]").nth(1)).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/details/immigration.*")
    expect(page.locator("[data-deadline-text]")).to_have_text(re.compile(r"\d+\.\d\d"))


def test_a_refused_form_puts_the_reader_at_its_mistakes(mall, open_page) -> None:
    page = open_page(f"{mall.portal}/book/immigration/{CHILD}?site=mpp-lebak&day={TOMORROW}", size=PHONE)
    page.locator("input[name=slot_id]").first.check(force=True)
    page.locator("form[action*='/book/'] button[type=submit]").click()
    page.wait_for_url("**/details/immigration.*")
    page.locator("form[action*='/details/'] button[type=submit]").first.click()
    expect(page.locator("#error-summary")).to_be_focused()
    page.locator("#error-summary a[href='#field-nik']").click()
    expect(page.locator("#field-nik")).to_be_focused()
    page.locator("#field-name").fill("Warga Contoh 204")
    page.locator("#field-nik").fill(nik(204))
    page.locator("#field-birth_date").fill("2016-05-04")
    page.locator("#field-email").fill("warga204@example.org")
    page.locator("#field-purpose").select_option(index=1)
    page.locator("form[action*='/details/'] button[type=submit]").first.click()
    page.wait_for_url("**/t/immigration.*")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1280"])
def test_every_page_on_the_way_is_readable_by_everybody(mall, open_page, violations, size) -> None:
    token = booked(mall, 205 if size is PHONE else 206)
    page = open_page(f"{mall.portal}/book/immigration/{CHILD}?site=mpp-lebak&day={TOMORROW}", size=size)
    found = {"hours": violations(page), "hours fit": fits(page)}
    page.locator("input[name=slot_id]").first.check(force=True)
    page.locator("form[action*='/book/'] button[type=submit]").click()
    page.wait_for_url("**/details/immigration.*")
    found |= {"details": violations(page), "details fit": fits(page)}
    page.locator("form[action*='/details/'] button[type=submit]").first.click()
    expect(page.locator("#error-summary")).to_be_visible()
    found |= {"mistakes": violations(page), "mistakes fit": fits(page)}
    for path in (f"t/{token}", f"t/{token}/cancel", f"t/{token}/reschedule", "tickets", "tickets?code=A-012"):
        page.goto(f"{mall.portal}/{path}")
        found |= {path: violations(page), f"{path} fits": fits(page)}
    assert {what: result for what, result in found.items() if result not in ([], True)} == {}
