"""`gerai simulate day` against a mall that runs as `make run` runs it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.waiting import wait_until
from tests.support.whole_mall import Mall, running_mall

PEOPLE = 15


@pytest.fixture(scope="module")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mall]:
    """A mall of its own: a day of others is left behind in it."""
    with running_mall(tmp_path_factory.mktemp("mall")) as mall:
        yield mall


def simulate(mall: Mall, *words: str, password: str) -> subprocess.CompletedProcess[str]:
    counters = f"immigration={mall.immigration},legal={mall.legal}"
    where = ("--gateway", mall.portal, "--counters", counters)
    env = {name: value for name, value in os.environ.items() if not name.startswith("GERAI_")}
    return subprocess.run(
        [sys.executable, "-m", "gerai_allinone.simulate", "day", *where, *words],
        env={**env, "GERAI_DEMO_PASSWORD": password},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_whole_day_passes_and_is_counted_as_it_was(mall: Mall) -> None:
    done = simulate(mall, "--leap", "--people", str(PEOPLE), "--seed", "3", password=mall.password)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nobody was called twice, nobody is lost." in done.stdout
    assert f"{PEOPLE} people, seed 3, 2026-12-01 in the mall" in done.stdout
    for agency in ("immigration", "legal"):
        assert f"{agency}: " in done.stdout
    assert " served" in done.stdout
    # The display agrees, as soon as it has heard of the last step.
    wait_until(lambda: [each["waiting"] for each in mall.citizen.board().body["waiting"]] == [0, 0])


def test_it_ends_when_its_time_is_over_and_says_who_waits(mall: Mall) -> None:
    done = simulate(mall, "--speed", "600", "--minutes", "0.03", password=mall.password)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The day was not over" in done.stdout
    assert "nobody is lost" in done.stdout


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--site", "mpp-nowhere"), "knows no site mpp-nowhere"),
        (("--officers", "nobody"), "nobody of nobody is let in"),
    ],
)
def test_it_says_why_it_cannot_begin(mall: Mall, words: tuple[str, ...], problem: str) -> None:
    refused = simulate(mall, *words, password=mall.password)
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert problem in refused.stdout
