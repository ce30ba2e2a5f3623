"""Saying how a visit was, and reading how a place does, in a browser; the agencies are in memory."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from gerai_gateway.rules.survey import ELEMENTS
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.support.servers import free_port

Open = Callable[..., Page]


@dataclass(frozen=True, kw_only=True)
class Portal:
    """Where it answers, a ticket that was served, a kiosk's key."""

    url: str
    token: str
    key: str


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    """A gateway in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "tests.browser.memory_gateway", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ)) as process:
        assert process.stdout is not None
        told = next(line for line in process.stdout if line.startswith(b'{"token"'))
        yield Portal(url=f"http://127.0.0.1:{port}", **json.loads(told))
        process.terminate()


def test_who_was_served_answers_nine_questions_without_scripts(portal: Portal, open_page: Open) -> None:
    page = open_page(f"{portal.url}/t/{portal.token}", scripts=False)
    page.get_by_role("link", name="Bagaimana kunjungan Anda?").click()
    groups = page.get_by_role("group")
    expect(groups).to_have_count(len(ELEMENTS))
    for place in range(len(ELEMENTS)):
        groups.nth(place).get_by_role("radio").nth(3).check()
    page.get_by_role("button", name="Kirim").click()
    expect(page.get_by_role("main")).to_contain_text("Terima kasih, jawaban Anda tersimpan")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_survey_and_figures_pass_the_rules_of_accessibility(
    portal: Portal, open_page: Open, violations: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    for path in (f"/t/{portal.token}/survey", "/sites/mpp-lebak/performance"):
        page = open_page(f"{portal.url}{path}", size=size)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
