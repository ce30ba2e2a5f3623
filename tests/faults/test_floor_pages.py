"""Two officers, a kiosk, a display and a phone at once, in browsers, while broker, gateway and database go away in between."""

from collections.abc import Callable

from gerai_shared.accounts import session_cookie
from playwright.sync_api import Page, expect

from tests.browser.conftest import browser, open_page, playwright, violations  # noqa: F401 - fixtures
from tests.browser.test_kiosk import LYING, Supervisor
from tests.support.errand import ask
from tests.support.invariants import ASKED, BOOKING, problems, wait_until_quiet
from tests.support.load import Record
from tests.support.mall import BreakableMall
from tests.support.waiting import wait_until

SITE, TODAY = "kanim-serang", "2026-12-01"
PHONE, DESKTOP, TELEVISION = ({"width": w, "height": h} for w, h in ((390, 844), (1280, 900), (1920, 1080)))
PATIENCE = 40_000
RECORD = """() => {
  window.told = [];
  document.addEventListener("gerai:called", ({ detail }) => told.push(detail.number));
}"""
#: A kiosk is added, somebody books and checks in, two take numbers, three are called, started and finished.
CLICKS = 1 + 2 + 2 + 9
HISTORY = "SELECT to_state FROM ticket_history WHERE ticket_id = %s ORDER BY revision"


def at_counter(mall: BreakableMall, open_page: Callable[..., Page], username: str, counter: str) -> Page:  # noqa: F811
    """The page of a counter, of an officer who has signed in."""
    credentials = {"username": username, "password": mall.password}
    url = mall.counters("immigration")
    token = ask("POST", f"{url}/api/v1/session", credentials).body["token"]
    cookies = {session_cookie("booking-immigration"): token}
    return open_page(f"{url}/counters/{SITE}/{counter}", size=DESKTOP, cookies=cookies)


def who_is_there(page: Page) -> str:
    """The number at a counter."""
    current = page.locator(".current__number")
    expect(current).to_be_visible(timeout=PATIENCE)
    return current.inner_text()


def take_number(kiosk: Page) -> str:
    """Take a number for a new passport."""
    for step in ("Saya belum punya nomor", "Imigrasi", "Paspor baru", "Tidak ada: ambil nomor"):
        kiosk.get_by_role("link", name=step).or_(kiosk.get_by_role("button", name=step)).first.click()
    figure = kiosk.locator(".kiosk-number__figure")
    expect(figure).to_be_visible(timeout=PATIENCE)
    number = figure.inner_text()
    kiosk.get_by_role("link", name="Selesai", exact=True).click()
    return number


def states(mall: BreakableMall, number: str) -> list[str]:
    """Through which states a number has gone."""
    ((ticket,),) = mall.query(
        "booking-immigration",
        "SELECT id FROM tickets WHERE site = %s AND day = %s AND number = %s",
        SITE,
        TODAY,
        number,
    )
    return [state for (state,) in mall.query("booking-immigration", HISTORY, ticket)]


def afterwards(mall: BreakableMall, record: Record) -> list[str]:
    """What is not as it has to be when all is quiet."""
    wait_until_quiet(mall)
    # Browsers make keys of their own: as many as there were clicks.
    keys = {key for name in BOOKING for key, _ticket in mall.query(name, ASKED)} - record.keys
    assert len(keys) == CLICKS
    record.keys.update(keys)
    return record.news(problems(mall, record))


def test_pages_of_a_floor_go_on_while_servers_come_and_go_and_each_click_counts_once(
    mall: BreakableMall,
    record: Record,
    open_page: Callable[..., Page],  # noqa: F811
    violations: Callable[[Page], list[str]],  # noqa: F811
) -> None:
    key = Supervisor(mall.counters("immigration"), mall.password, site=SITE).kiosk("Anjungan Serang")
    kiosk = open_page(f"{mall.portal}/kiosk/{SITE}?key={key}", size=LYING)
    citizen = mall.citizen("immigration")
    slot = citizen.slots(TODAY, TODAY, service="passport-new", site=SITE)[0]
    token = citizen.book(slot["id"], 7_001, purpose=citizen.purpose("passport-new")).body["token"]
    assert citizen.change(token, "check-in").status == 200
    booked = citizen.ticket(token).body["ticket"]["number"]
    walked_in = take_number(kiosk)
    one, two = (at_counter(mall, open_page, *each) for each in (("petugas", "1"), ("petugas2", "2")))
    display = open_page(f"{mall.portal}/display/{SITE}?voice=off", size=TELEVISION)
    display.evaluate(RECORD)
    phone = open_page(f"{mall.portal}/t/{token}", size=PHONE)
    assert violations(one) == violations(kiosk) == violations(phone) == []

    # Without the broker a counter calls; display and phone hear of it afterwards.
    mall.rabbit.stop()
    one.keyboard.press("n")
    first = who_is_there(one)
    mall.rabbit.start()
    expect(display.locator(".call-now__number")).to_have_text(first, timeout=PATIENCE)

    # Without the gateway the other counter calls whoever is next; the pages say that they are not current.
    mall.kill("gateway-serve")
    two.keyboard.press("n")
    second = who_is_there(two)
    assert {first, second} == {booked, walked_in}
    expect(display.get_by_text("Tidak ada kabar sejak")).to_be_visible(timeout=PATIENCE)
    mall.revive("gateway-serve")
    expect(display.locator(".call-now__number")).to_have_text(second, timeout=PATIENCE)
    expect(phone.get_by_role("dialog")).to_contain_text(booked, timeout=PATIENCE)

    # Without the database a click waits, and is carried out once.
    mall.postgres.stop()
    one.keyboard.press("m")
    expect(one.get_by_role("status").first).to_contain_text("Belum tersimpan", timeout=PATIENCE)
    mall.postgres.start()
    expect(one.get_by_text("Dilayani sejak")).to_be_visible(timeout=PATIENCE)
    mall.wait_all_ready()
    two.keyboard.press("m")
    expect(two.get_by_text("Dilayani sejak")).to_be_visible(timeout=PATIENCE)
    for page in (one, two):
        page.keyboard.press("s")
        expect(page.locator(".current__number")).to_have_count(0, timeout=PATIENCE)
    third = take_number(kiosk)
    one.keyboard.press("n")
    assert who_is_there(one) == third
    expect(display.locator(".call-now__number")).to_have_text(third, timeout=PATIENCE)

    wait_until(lambda: len(display.evaluate("told")) >= 3, timeout=20)
    assert display.evaluate("told") == [first, second, third]
    assert states(mall, walked_in) == ["checked_in", "called", "serving", "served"]
    assert states(mall, booked) == ["booked", "checked_in", "called", "serving", "served"]
    assert states(mall, third) == ["checked_in", "called"]
    one.keyboard.press("m")
    expect(one.get_by_text("Dilayani sejak")).to_be_visible(timeout=PATIENCE)
    one.keyboard.press("s")
    expect(one.locator(".current__number")).to_have_count(0, timeout=PATIENCE)

    assert afterwards(mall, record) == []
