"""Counters in a process of their own, on a database that is put back before each test, and officers in a browser."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from gerai_shared.accounts import session_cookie
from playwright.sync_api import Page, expect

from tests.browser.officers import OFFICERS, PASSWORD
from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]
SITE = "mpp-lebak"
SECONDS_TO_ANSWER = 15
Open = Callable[..., Page]
SignIn = Callable[..., Page]


@dataclass(frozen=True, kw_only=True)
class Counters:
    """The running process, and its interface as seen by a program that an officer has signed in.

    `token` is the program's, `tokens` are those of the officers' browsers, by user name.
    """

    url: str
    booked: list[str]
    token: str
    tokens: dict[str, str]

    def post(self, path: str, key: str, **body: Any) -> requests.Response:
        """Give a command; what is finished is done where nothing else is said."""
        if path.endswith("/finish"):
            body.setdefault("outcome", "completed")
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key, "Accept-Language": "id"}
        return requests.post(
            f"{self.url}/api/v1/{path}", json=body, headers=headers, timeout=SECONDS_TO_ANSWER
        )

    def walk_in(self, key: str, service: str = "passport-new") -> str:
        """Give a number to somebody who came without a booking; return it."""
        answer = self.post("walk-ins", f"walk-in-{key}", site=SITE, service=service)
        number: str = answer.json()["ticket"]["number"]
        return number

    def queue(self, counter: str = "2") -> dict[str, Any]:
        """The queue of a counter."""
        answer = requests.get(
            f"{self.url}/api/v1/queue?counter={SITE}.{counter}",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=SECONDS_TO_ANSWER,
        )
        found: dict[str, Any] = answer.json()
        return found

    def numbers(self, part: str, counter: str = "2") -> list[str]:
        """The numbers in a part of the queue."""
        return [ticket["number"] for ticket in self.queue(counter)[part]]

    def address(self, counter: str = "2") -> str:
        """The page of a counter."""
        return f"{self.url}/counters/{SITE}/{counter}"


@pytest.fixture(scope="session")
def opened_counters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Counters, Path]]:
    """A process of counters with a database of its own, and a copy of that as it was at the beginning."""
    folder = tmp_path_factory.mktemp("counters")
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "tests.browser.counter_process"]
    command += [str(port), str(folder / "live")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, "the counters did not open; what they said is above"
            url = f"http://127.0.0.1:{port}"
            tokens = {username: signed_in(url, username) for username, _name, _role in OFFICERS}
            token = signed_in(url, "petugas")
            copy_database(folder / "live", folder / "beginning")
            yield Counters(url=url, booked=json.loads(line), token=token, tokens=tokens), folder
        finally:
            process.terminate()


def signed_in(url: str, username: str) -> str:
    """Sign an officer in; return the token of the session, which is the browser's cookie, too."""
    officer = {"username": username, "password": PASSWORD}
    answer = requests.post(f"{url}/api/v1/session", json=officer, timeout=SECONDS_TO_ANSWER)
    token: str = answer.json()["token"]
    return token


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database while it is in use."""
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)


@pytest.fixture
def counters(opened_counters: tuple[Counters, Path]) -> Counters:
    """The counters as they were at five past nine."""
    found, folder = opened_counters
    copy_database(folder / "beginning", folder / "live")
    expect.set_options(timeout=1000 * SECONDS_TO_ANSWER)
    return found


@pytest.fixture
def sign_in(counters: Counters, open_page: Open) -> SignIn:
    """A function that opens a counter for an officer who has signed in, in a browser of its own."""

    def opened(
        username: str = "petugas", counter: str = "2", *, scripts: bool = True, width: int = 1280
    ) -> Page:
        size = {"width": width, "height": 900}
        cookies = {session_cookie("booking-immigration"): counters.tokens[username]}
        return open_page(counters.address(counter), size=size, scripts=scripts, cookies=cookies)

    return opened
