"""Take pictures of pages: `make screenshots` those of the README, with `ALL=<folder>` all main pages.

Of all pages each comes at every width that somebody sees it at, 390, 1280 or 1920 pixels, down to its end.
Opens a mall of its own.
"""

import argparse
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.progress import track

from tests.browser.conftest import CHROMIUM, DESKTOP, OPTIONS, PHONE, TELEVISION
from tests.support.errand import Officer, ask
from tests.support.whole_mall import TODAY, Mall, running_mall

README_FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"


SIZES = {str(size["width"]): size for size in (PHONE, DESKTOP, TELEVISION)}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A file and what is on it; `whole` is the page down to its end, not only what fits."""

    file: Path
    address: str
    size: dict[str, int]
    whole: bool = False


def main(arguments: list[str] | None = None) -> int:
    """Open a mall, fill it a little, look at it."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description="Pictures of pages.")
    parser.add_argument(
        "--all", type=Path, metavar="FOLDER", help="all main pages at all their widths, into FOLDER"
    )
    folder = parser.parse_args(arguments).all
    with (
        tempfile.TemporaryDirectory() as data,
        running_mall(Path(data)) as mall,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        token = _fill(mall)
        wanted = _of_all_pages(mall, token, folder) if folder else _of_the_readme(mall)
        for picture in track(wanted, description="Taking pictures"):
            _take(browser, mall, picture)
        browser.close()
    return 0


def _of_the_readme(mall: Mall) -> list[Picture]:
    return [
        Picture(file=README_FOLDER / "portal-phone.png", address=mall.portal, size=PHONE),
        Picture(file=README_FOLDER / "counter.png", address=_counter(mall), size=DESKTOP),
        Picture(file=README_FOLDER / "display.png", address=_display(mall), size=TELEVISION),
    ]


def _of_all_pages(mall: Mall, token: str, folder: Path) -> list[Picture]:
    citizen, officer, television = ("390", "1280"), ("1280", "1920"), ("1920",)
    pages = [
        ("portal", mall.portal, citizen),
        ("service", f"{mall.portal}/services/immigration/passport-new", citizen),
        ("free-days", f"{mall.portal}/sites/mpp-lebak/free-days", citizen),
        ("hours", f"{mall.portal}/book/immigration/passport-new?site=mpp-lebak", citizen),
        ("ticket", f"{mall.portal}/t/{token}", citizen),
        ("complaint", f"{mall.portal}/c/new", citizen),
        ("counter", _counter(mall), officer),
        ("desk", f"{mall.complaints}/cases", officer),
        ("display", _display(mall), television),
    ]
    return [
        Picture(file=folder / f"{name}-{width}.png", address=address, size=SIZES[width], whole=True)
        for name, address, widths in pages
        for width in widths
    ]


def _counter(mall: Mall) -> str:
    return f"{mall.immigration}/counters/mpp-lebak/1"


def _display(mall: Mall) -> str:
    return f"{mall.portal}/display/mpp-lebak"


def _fill(mall: Mall) -> str:
    """Book, check in, call and complain as people who do not exist; return the token of one who waits."""
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
    for title in ("Menunggu terlalu lama", "Pintu masuk tidak ramah kursi roda"):
        complaint = {
            "classification": "complaint",
            "title": title,
            "text": "Mohon ditanggapi, terima kasih.",
            "agency": "immigration",
            "person": {"name": "Warga Contoh", "email": "warga@example.org"},
        }
        ask("POST", f"{mall.portal}/api/v1/complaints", complaint, key=str(uuid.uuid4()))
    return str(tokens[4])


def _take(browser: Browser, mall: Mall, picture: Picture) -> None:
    context = browser.new_context(viewport=picture.size, locale="id-ID", reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(picture.address)
    if "/sign-in" in page.url or page.locator("#field-password").count():
        _sign_in(page, mall, picture.address)
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)
    picture.file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=picture.file, full_page=picture.whole)
    context.close()


def _sign_in(page: Page, mall: Mall, address: str) -> None:
    page.goto(f"{address.split('/', 3)[0]}//{address.split('/')[2]}/sign-in")
    page.locator("#field-username").fill("pengaduan" if address.startswith(mall.complaints) else "petugas")
    page.locator("#field-password").fill(mall.password)
    page.locator("form[action*='sign-in'] button[type=submit]").click()
    page.goto(address)


if __name__ == "__main__":
    raise SystemExit(main())
