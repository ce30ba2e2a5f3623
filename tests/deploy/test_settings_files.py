"""What deployments set is what processes read: env.example, compose, systemd."""

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from gerai_shared.settings import InvalidSettings, Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
NEEDS = frozenset({"database", "secret", "sealing", "identity", "agencies", "smtp"})
KEYS = {
    "GERAI_SECRET_KEY": "k" * 32,
    "GERAI_SEALING_KEYS": Fernet.generate_key().decode(),
    "GERAI_IDENTITY_KEY": "i" * 32,
}


def example() -> dict[str, str]:
    """The settings in env.example."""
    lines = (DEPLOY / "env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def known() -> set[str]:
    """The name of every setting that some process or command reads."""
    names = {f"GERAI_{field.name.upper()}" for field in fields(Settings)} - {"GERAI_DEPLOYMENT"}
    for folder in (ROOT / "shared", ROOT / "services"):
        for source in folder.rglob("*.py"):
            text = source.read_text()
            # As environs reads them, with our prefix, and as commands read them.
            names |= {f"GERAI_{name}" for name in re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text)}
            names |= set(re.findall(r'environ(?:\.get\(|\[)\s*"(GERAI_[A-Z_]+)"', text))
            names |= set(re.findall(r'= "(GERAI_[A-Z_]+)"', text))
    return {name.removesuffix("_FILE") for name in names}


def named_in(text: str) -> set[str]:
    """The settings that a file of a deployment names, without the _FILE at their ends."""
    found = re.findall(r"\bGERAI_[A-Z_]+", text)
    return {name.removesuffix("_FILE") for name in found} - {"GERAI_CONFIG", "GERAI_PREFIX"}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("GERAI_"):
            monkeypatch.delenv(name)


def test_the_example_has_every_setting() -> None:
    wanted = {f"GERAI_{field.name.upper()}" for field in fields(Settings)} - {"GERAI_DEPLOYMENT"}
    assert wanted <= set(example())


def test_every_name_in_the_example_is_read_somewhere() -> None:
    assert named_in((DEPLOY / "env.example").read_text()) <= known()


def test_the_example_with_keys_is_accepted_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**example(), **KEYS}.items():
        monkeypatch.setenv(name, value)
    settings = read_settings("complaints", needs=NEEDS)
    assert settings.agencies == ("immigration", "legal")
    assert settings.trusted_proxies == 1


def test_the_example_as_it_is_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in example().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings) as refused:
        read_settings("complaints", needs=NEEDS)
    assert {name for name in KEYS if name in str(refused.value)} == set(KEYS)


def test_the_example_shows_the_defaults_where_they_are_meant_to_stay() -> None:
    defaults, shown = Settings(deployment="any"), example()
    assert float(shown["GERAI_DRAIN_SECONDS"]) == defaults.drain_seconds
    assert int(shown["GERAI_MAX_WORKERS"]) == defaults.max_workers
    assert int(shown["GERAI_BODY_LIMIT"]) == defaults.body_limit
    assert shown["GERAI_ENVIRONMENT"] == defaults.environment


def test_operators_are_told_how_many_workers_a_gateway_takes_at_least() -> None:
    roles = (ROOT / "services" / "gateway" / "gerai_gateway" / "roles.py").read_text()
    least = re.search(r"WORKERS_AT_LEAST = (\d+)", roles)
    assert least is not None
    for told in (DEPLOY / "env.example", ROOT / "docs" / "operations.md"):
        assert f"gateway takes {least[1]} even if fewer are set" in told.read_text(), told


@pytest.mark.parametrize(
    "path",
    sorted(
        path
        for folder in ("compose", "systemd", "postgres", "rabbitmq")
        for path in (DEPLOY / folder).rglob("*")
        if path.is_file()
    )
    + sorted(ROOT.glob("services/*/Dockerfile"))
    + [ROOT / "docs" / "operations.md"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_deployment_sets_nothing_that_nobody_reads(path: Path) -> None:
    assert named_in(path.read_text()) - known() == set()
