"""Take pictures of the main pages for the README: `make screenshots`. Opens a mall of its own for it."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.progress import track

from tests.browser.conftest import CHROMIUM, DESKTOP, OPTIONS, PHONE, TELEVISION
from tests.support.errand import Officer
from tests.support.whole_mall import TODAY, Mall, running_mall

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"


def main() -> int:
    """Open a mall, fill it a little, look at it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_mall(Path(folder)) as mall,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        token = _fill(mall)
        for name, address, size in track(_pages(mall, token), description="Taking pictures"):
            _picture(browser, mall, name, address, size)
        browser.close()
    return 0


def _pages(mall: Mall, token: str) -> list[tuple[str, str, dict[str, int]]]:
    book = f"{mall.portal}/book/immigration/passport-new?site=mpp-lebak"
    counter = f"{mall.immigration}/counters/mpp-lebak/1"
    return [
        ("portal-phone", mall.portal, PHONE),
        ("portal-desktop", mall.portal, DESKTOP),
        ("service-phone", f"{mall.portal}/services/immigration/passport-new", PHONE),
        ("hours-phone", book, PHONE),
        ("ticket-phone", f"{mall.portal}/t/{token}", PHONE),
        ("complaint-phone", f"{mall.portal}/c/new", PHONE),
        ("counter", counter, DESKTOP),
        ("desk", f"{mall.complaints}/cases", DESKTOP),
        ("mailbox", mall.notifications, DESKTOP),
        ("display", f"{mall.portal}/display/mpp-lebak", TELEVISION),
    ]


def _fill(mall: Mall) -> str:
    """Book, check in and call some people who do not exist; return the token of one who waits."""
    citizen, officer = mall.citizen, mall.officer()
    legal = Officer.sign_in(mall.legal, mall.password)
    slots = citizen.slots(TODAY, TODAY)
    tokens = []
    for number in range(6):
        answer = citizen.book(slots[number // 4]["id"], 200 + number)
        tokens.append(answer.body["token"])
        citizen.change(tokens[-1], "check-in")
    for _ in range(3):
        officer.walk_in()
        legal.walk_in("trademark")
    for counter in ("mpp-lebak.2", "mpp-lebak.1"):
        officer.step(counter, "call-next")
    legal.step("mpp-lebak.3", "call-next")
    return str(tokens[4])


def _picture(browser: Browser, mall: Mall, name: str, address: str, size: dict[str, int]) -> None:
    context = browser.new_context(viewport=size, locale="id-ID", reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    if "/sign-in" in page.url or page.locator("#field-password").count():
        _sign_in(page, mall, address)
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def _sign_in(page: Page, mall: Mall, address: str) -> None:
    page.goto(f"{address.split('/', 3)[0]}//{address.split('/')[2]}/sign-in")
    page.locator("#field-username").fill("pengaduan" if address.startswith(mall.complaints) else "petugas")
    page.locator("#field-password").fill(mall.password)
    page.locator("form[action*='sign-in'] button[type=submit]").click()
    page.goto(address)


if __name__ == "__main__":
    raise SystemExit(main())
