"""A whole mall in a process of its own, and a real browser to walk through it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.support.errand import Citizen, Officer, ask
from tests.support.servers import free_ports
from tests.support.waiting import wait_until

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
TELEVISION = {"width": 1920, "height": 1080}
#: A Tuesday, five past nine in Jakarta, when the process starts.
CLOCK = "2026-12-01T09:05+07:00"
TODAY, TOMORROW = "2026-12-01", "2026-12-02"
CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None
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


@dataclass(frozen=True, kw_only=True)
class Mall:
    """Where the parts of a running mall answer."""

    portal: str
    immigration: str
    legal: str
    complaints: str
    notifications: str
    password: str

    @property
    def citizen(self) -> Citizen:
        """Somebody with a phone and no browser."""
        return Citizen(portal=self.portal)

    def officer(self) -> Officer:
        """Somebody at the counters of immigration."""
        return Officer.sign_in(self.immigration, self.password)


def is_ready(address: str) -> bool:
    """Tell whether a part of the mall says that it is ready."""
    try:
        return ask("GET", f"{address}/readyz", timeout=2).status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mall]:
    """A mall that runs as `make run` runs it."""
    folder = tmp_path_factory.mktemp("mall")
    ports = free_ports(5)
    command = [sys.executable, "-m", "gerai_allinone", "--data-folder", str(folder), "--clock", CLOCK]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--ports", ",".join(map(str, ports))],
            stdout=log,
            stderr=log,
            env={k: v for k, v in os.environ.items() if not k.startswith("GERAI_")}
            | {"GERAI_RATE_LIMIT_PER_MINUTE": "100000"},
        )
    try:
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        wait_until(
            lambda: process.poll() is not None or all(is_ready(address) for address in addresses),
            timeout=60,
            message=f"the mall opens; see {folder / 'log'}",
        )
        assert process.poll() is None, (folder / "log").read_text()
        password = json.loads((folder / "secrets.json").read_text())["demo_password"]
        names = ("portal", "immigration", "legal", "complaints", "notifications")
        yield Mall(password=password, **dict(zip(names, addresses, strict=True)))
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert process.returncode == 0, (folder / "log").read_text()[-2000:]


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
        url: str, *, size: dict[str, int] | None = None, scripts: bool = True, language: str = "id-ID"
    ) -> Page:
        context = browser.new_context(
            viewport=size or PHONE,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            locale=language,
            reduced_motion="reduce",
        )
        contexts.append(context)
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
        found: Any = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response
        return [
            f"{each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in found["violations"]
        ]

    return find
