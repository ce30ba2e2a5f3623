"""When very many come, in a real browser: the waiting room, a task for the device, a ticket that is checked."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.support.whole_mall import TOMORROW, Mall, running_mall

SITE, SERVICE = "mpp-lebak", "passport-child"
ROOM = f"/room/immigration/{SITE}?service={SERVICE}&day={TOMORROW}"
BOOK = f"/book/immigration/{SERVICE}?site={SITE}&day={TOMORROW}"
#: Longer than the side door makes anybody wait, in milliseconds.
PATIENCE = 40_000


@pytest.fixture(scope="module")
def busy_mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mall]:
    """A mall to which one wish a minute is very many."""
    with running_mall(tmp_path_factory.mktemp("busy"), GERAI_RUSH_PER_MINUTE="1") as mall:
        yield mall


def choose_an_hour(page: Page) -> None:
    """Choose the first free hour and ask for it."""
    page.locator("input[name=slot_id]:not([disabled])").first.check(force=True)
    page.locator("form[action*='/book/'] button[type=submit]").click()


def make_busy(page: Page, mall: Mall) -> None:
    """Wish for a place once, so that the next one is one too many."""
    page.goto(mall.portal + BOOK)
    choose_an_hour(page)
    expect(page.locator("h1, #error-summary").first).to_be_visible()


def test_whoever_waits_is_led_to_the_hours_without_touching_anything(mall, open_page) -> None:
    """With scripts and without: both wait at the same time."""
    pages = [open_page(mall.portal + ROOM, size=PHONE, scripts=scripts) for scripts in (True, False)]
    for page in pages:
        page.get_by_role("button", name="Ambil nomor").click()
        expect(page.locator(".queue-state")).to_contain_text(re.compile(r"\d+ nomor lagi"))
    for page in pages:
        page.wait_for_url("**/book/immigration/**", timeout=PATIENCE)
        choose_an_hour(page)
        page.wait_for_url("**/details/immigration.*")


def test_a_device_solves_its_task_unasked(busy_mall, open_page) -> None:
    page = open_page(busy_mall.portal, size=PHONE)
    make_busy(page, busy_mall)
    page.goto(busy_mall.portal + BOOK)
    expect(page.locator("input[data-proof]")).to_have_count(1)
    choose_an_hour(page)
    page.wait_for_url("**/details/immigration.*")


def test_without_scripts_a_number_of_the_waiting_room_does_instead(busy_mall, open_page) -> None:
    page = open_page(busy_mall.portal, size=PHONE, scripts=False)
    make_busy(page, busy_mall)
    page.goto(busy_mall.portal + BOOK)
    choose_an_hour(page)
    expect(page.locator("#error-summary")).to_contain_text("Sangat banyak orang")
    page.get_by_role("link", name="ambil nomor di ruang tunggu").click()
    page.get_by_role("button", name="Ambil nomor").click()
    page.wait_for_url("**/book/immigration/**", timeout=PATIENCE)
    choose_an_hour(page)
    page.wait_for_url("**/details/immigration.*")


def test_a_printed_ticket_leads_to_its_check_and_a_fake_to_a_warning(mall, open_page) -> None:
    slot = mall.citizen.slots(TOMORROW, TOMORROW, service=SERVICE)[0]
    token = mall.citizen.book(slot["id"], 271, purpose=mall.citizen.purpose(SERVICE)).body["token"]
    page = open_page(f"{mall.portal}/t/{token}", size=PHONE)
    code = page.locator(".ticket__check img")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_role("link", name="Cek keaslian", exact=True).click()
    expect(page.get_by_text("Asli dan berlaku")).to_be_visible()
    page.goto(page.url[:-1] + ("A" if page.url[-1] != "A" else "B"))
    expect(page.get_by_text("Tidak asli: tidak ada tiket kami dengan kode ini")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1280"])
def test_pages_of_a_rush_pass_the_rules_of_accessibility(
    mall, busy_mall, open_page, violations: Callable[[Page], list[str]], size, tmp_path
) -> None:
    slot = mall.citizen.slots(TOMORROW, TOMORROW, service=SERVICE)[0]
    number = 302 if size is PHONE else 303
    token = mall.citizen.book(slot["id"], number, purpose=mall.citizen.purpose(SERVICE)).body["token"]
    code = mall.citizen.ticket(token).body["check_code"]
    page = open_page(mall.portal + ROOM, size=size)

    def look(name: str) -> None:
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name

    look("room")
    page.get_by_role("button", name="Ambil nomor").click()
    expect(page.locator(".queue-state")).to_be_visible()
    look("waiting")
    for name, path in {
        "early": f"/room/legal/{SITE}",
        "release": f"/book/legal/trademark?site={SITE}",
        "ticket": f"/t/{token}",
        "genuine": f"/check/{code}",
        "fake": f"/check/{code[:-4]}AAAA",
        "check": "/check",
    }.items():
        page.goto(mall.portal + path)
        look(name)
    make_busy(page, busy_mall)
    page.goto(busy_mall.portal + BOOK)
    look("task")
