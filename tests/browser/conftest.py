"""A whole mall in a process of its own, and a real browser to walk through it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.counters import counters, opened_counters, sign_in  # noqa: F401 - fixtures
from tests.support.whole_mall import Mall, running_mall

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
TELEVISION = {"width": 1920, "height": 1080}
#: The shell has no window, tabs and menus, which cost half of each page otherwise.
CHROMIUM = next(
    (
        path
        for path in ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser")
        if Path(path).exists()
    ),
    None,
)
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mall]:
    """A mall that runs as `make run` runs it."""
    with running_mall(tmp_path_factory.mktemp("mall")) as mall:
        yield mall


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, driving the system's Chromium."""
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a window."""
    found = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
    yield found
    found.close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Return an opener of pages, each in a browser of its own; errors on a page fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened(
        url: str,
        *,
        size: dict[str, int] | None = None,
        scripts: bool = True,
        language: str = "id-ID",
        cookies: dict[str, str] | None = None,
    ) -> Page:
        context = browser.new_context(
            viewport=size or PHONE,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            locale=language,
            reduced_motion="reduce",
        )
        contexts.append(context)
        for name, value in (cookies or {}).items():
            context.add_cookies([{"name": name, "value": value, "url": urljoin(url, "/")}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(scope="session")
def violations() -> Callable[[Page], list[str]]:
    """Return what axe finds against WCAG 2.2 AA on a page, with where."""

    def find(page: Page) -> list[str]:
        options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
        found: Any = Axe().run(page, options=options).response
        return [
            f"{each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in found["violations"]
        ]

    return find
