"""Settings are read once, and everything that is wrong with them is told at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from gerai_shared.settings import InvalidSettings, Settings, read_settings

SECRET = "x" * 32
KEYS = [Fernet.generate_key().decode() for _ in range(2)]
EVERYTHING = frozenset({"database", "secret", "sealing", "identity", "agencies", "smtp"})
NOTHING: frozenset[str] = frozenset()
COMPLETE = {
    "DATABASE_URL": "sqlite:////tmp/mall.sqlite",
    "SECRET_KEY": SECRET,
    "SEALING_KEYS": KEYS[0],
    "IDENTITY_KEY": "y" * 32,
    "AGENCIES": "immigration",
    "SMTP_URL": "smtp://127.0.0.1:2525",
}


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("GERAI_"):
            monkeypatch.delenv(name)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> "Given":
    return Given(monkeypatch)


class Given:
    """Sets variables and reads the settings that they make."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, needs: frozenset[str] = NOTHING, **values: str) -> Settings:
        for name, value in values.items():
            self._monkeypatch.setenv(f"GERAI_{name}", value)
        return read_settings("booking-immigration", needs=needs)

    def problems(self, needs: frozenset[str] = NOTHING, **values: str) -> list[str]:
        with pytest.raises(InvalidSettings) as caught:
            self(needs, **values)
        return str(caught.value).splitlines()


def test_a_process_that_needs_nothing_starts_without_a_single_variable(given: Given) -> None:
    settings = given()
    assert settings == Settings(deployment="booking-immigration")
    assert settings.environment == "production"


def test_complete_settings_are_read(given: Given) -> None:
    settings = given(EVERYTHING, **COMPLETE)
    assert settings.database_url == COMPLETE["DATABASE_URL"]
    assert (settings.secret_key, settings.sealing_keys, settings.agencies) == (
        SECRET,
        (KEYS[0],),
        ("immigration",),
    )


def test_everything_that_lacks_is_told_at_once(given: Given) -> None:
    told = {problem.partition(":")[0] for problem in given.problems(EVERYTHING)}
    assert told == {f"GERAI_{name}" for name in COMPLETE}


def test_everything_that_is_wrong_is_told_at_once(given: Given) -> None:
    problems = given.problems(
        EVERYTHING,
        DATABASE_URL="postgresql://here",
        SECRET_KEY="short",
        SEALING_KEYS="no-key",
        IDENTITY_KEY="short",
        AGENCIES="legal",
        SMTP_URL="smtp://here",
        LOG_LEVEL="LOUD",
        MAX_WORKERS="many",
        CLOCK_OFFSET="60",
        BUS_URL="http://here",
        HTTP_ADDRESS="here",
    )
    told = {problem.partition(":")[0].removeprefix("GERAI_") for problem in problems}
    assert told == {
        "DATABASE_URL",
        "SECRET_KEY",
        "SEALING_KEYS",
        "IDENTITY_KEY",
        "LOG_LEVEL",
        "MAX_WORKERS",
        "CLOCK_OFFSET",
        "BUS_URL",
        "HTTP_ADDRESS",
    }


@pytest.mark.parametrize("name", sorted(COMPLETE))
@pytest.mark.parametrize("nothing", ["", "  "])
def test_an_empty_value_is_none_for_a_process_that_needs_it(given: Given, name: str, nothing: str) -> None:
    problems = given.problems(EVERYTHING, **COMPLETE | {name: nothing})
    assert [problem.partition(":")[0] for problem in problems] == [f"GERAI_{name}"]


def test_commas_alone_are_no_list(given: Given) -> None:
    assert given.problems(EVERYTHING, **COMPLETE | {"AGENCIES": " , "}) == [
        "GERAI_AGENCIES: must not be empty"
    ]


def test_lists_are_read_with_spaces_and_a_comma_at_the_end(given: Given) -> None:
    settings = given(AGENCIES=" immigration, legal ,", SEALING_KEYS=f"{KEYS[0]} ,{KEYS[1]}")
    assert settings.agencies == ("immigration", "legal")
    assert settings.sealing_keys == tuple(KEYS)


@pytest.mark.parametrize("name", ["SECRET_KEY", "IDENTITY_KEY"])
def test_a_secret_of_31_characters_is_too_short(given: Given, name: str) -> None:
    problems = given.problems(EVERYTHING, **COMPLETE | {name: "z" * 31})
    assert problems == [f"GERAI_{name}: must have at least 32 characters"]


def test_a_problem_never_shows_the_secret(given: Given) -> None:
    problems = given.problems(EVERYTHING, **COMPLETE | {"SECRET_KEY": "hunter2", "SEALING_KEYS": "hunter3"})
    assert "hunter" not in "\n".join(problems)


def test_any_value_may_stand_in_a_file(given: Given, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    (tmp_path / "keys").write_text(f"{KEYS[0]},{KEYS[1]}\n")
    complete = {name: value for name, value in COMPLETE.items() if name not in {"SECRET_KEY", "SEALING_KEYS"}}
    files = {"SECRET_KEY_FILE": str(tmp_path / "secret"), "SEALING_KEYS_FILE": str(tmp_path / "keys")}
    settings = given(EVERYTHING, **complete, **files)
    assert (settings.secret_key, settings.sealing_keys) == (SECRET, tuple(KEYS))


def test_a_file_that_cannot_be_read_is_a_problem_among_the_others(given: Given, tmp_path: Path) -> None:
    complete = {name: value for name, value in COMPLETE.items() if name != "SECRET_KEY"}
    problems = given.problems(
        EVERYTHING, **complete, SECRET_KEY_FILE=str(tmp_path / "none"), LOG_LEVEL="LOUD"
    )
    assert [problem.partition(":")[0] for problem in problems] == ["GERAI_LOG_LEVEL", "GERAI_SECRET_KEY"]


@pytest.mark.parametrize("environment", ["demo", "test"])
def test_the_clock_is_shifted_outside_production(given: Given, environment: str) -> None:
    settings = given(CLOCK_OFFSET="-3600", ENVIRONMENT=environment)
    assert settings.clock_offset == timedelta(hours=-1)


def test_the_clock_is_not_shifted_in_production(given: Given) -> None:
    assert given.problems(CLOCK_OFFSET="1") == ["GERAI_CLOCK_OFFSET: the clock is not shifted in production"]


@pytest.mark.parametrize("offset", ["1e30", "-1e30", "nan", "inf", "tomorrow"])
def test_a_shift_that_no_clock_can_show_is_a_problem(given: Given, offset: str) -> None:
    problems = given.problems(CLOCK_OFFSET=offset, ENVIRONMENT="test")
    assert [problem.partition(":")[0] for problem in problems] == ["GERAI_CLOCK_OFFSET"]


@pytest.mark.parametrize(
    "url",
    ["mpp.example.id", "//mpp.example.id", "ftp://mpp.example.id", "https://", "https://mpp.example.id?a=1"],
)
def test_links_that_would_lead_nowhere_are_refused_among_the_other_problems(given: Given, url: str) -> None:
    problems = given.problems(PUBLIC_URL=url, LOG_LEVEL="LOUD")
    assert [problem.partition(":")[0] for problem in problems] == ["GERAI_LOG_LEVEL", "GERAI_PUBLIC_URL"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "https://mpp.example.id/", "https://example.id/mpp"]
)
def test_the_portal_may_be_at_any_address_of_the_web(given: Given, url: str) -> None:
    assert given(PUBLIC_URL=url).public_url == url


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://"])
def test_mails_that_no_channel_takes_are_refused_among_the_other_problems(given: Given, url: str) -> None:
    problems = given.problems(EVERYTHING, **COMPLETE | {"SMTP_URL": url, "LOG_LEVEL": "LOUD"})
    assert [problem.partition(":")[0] for problem in problems] == ["GERAI_LOG_LEVEL", "GERAI_SMTP_URL"]


@pytest.mark.parametrize(
    "url", ["postgresql://u@h/d", "postgresql+psycopg://u@h/d", "mysql://u@h/d", "sqlite://"]
)
def test_a_driver_that_would_stop_the_event_loop_is_refused(given: Given, url: str) -> None:
    problems = given.problems(frozenset({"database"}), DATABASE_URL=url)
    assert problems[0].startswith("GERAI_DATABASE_URL: must be postgresql+psycopg2://")
