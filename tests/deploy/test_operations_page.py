"""The page for operators names what is there."""

import re
from pathlib import Path

import pytest
from gerai_shared import cli

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()


def metrics_in_code() -> set[str]:
    """The names of all our measurements, as they are exported."""
    sources = (
        path.read_text() for folder in ("shared", "services") for path in (ROOT / folder).rglob("*.py")
    )
    kinds = {"Counter": "_total", "Gauge": "", "Histogram": ""}
    found = set()
    for source in sources:
        for kind, name in re.findall(r'(Counter|Gauge|Histogram)\(\s*"(gerai_\w+)"', source):
            found.add(name.removesuffix("_total") + kinds[kind])
    return found


def test_the_measurements_it_explains_exist() -> None:
    named = set(re.findall(r"`(gerai_[a-z_]+)[`{]", PAGE)) - {"gerai_shared"}
    assert named
    assert named <= metrics_in_code()


def test_the_files_it_sends_to_exist() -> None:
    files = set(re.findall(r"(?:\.\./)?\b(deploy/[\w./-]+\w)", PAGE))
    missing = [name for name in files if not (ROOT / name).exists() and name != "deploy/compose/secrets"]
    assert files
    assert missing == []


def test_the_sections_it_links_to_exist() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"(?m)^## (.+)$", PAGE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= headings


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"\bgerai ((?:officers|parked|topology) [a-z-]+)", PAGE)))
)
def test_the_commands_it_gives_are_understood(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*command.split(), "--help"])
    assert ended.value.code == 0
    assert command.partition(" ")[0] in capsys.readouterr().out


@pytest.mark.parametrize("package", sorted(set(re.findall(r"python -m (gerai_\w+)", PAGE))))
def test_the_modules_it_runs_exist(package: str) -> None:
    within = ROOT / "deploy" if package == "gerai_allinone" else ROOT / "services"
    assert (within / package.removeprefix("gerai_") / package / "__main__.py").is_file()


def test_the_units_it_starts_exist() -> None:
    roles = re.search(r"gerai-booking-\{([a-z,]+)\}@", PAGE)
    desks = re.search(r"gerai-complaints-\{([a-z,]+)\}", PAGE)
    assert roles is not None
    assert desks is not None
    units = [f"gerai-booking-{role}@.service" for role in roles[1].split(",")]
    units += [f"gerai-complaints-{role}.service" for role in desks[1].split(",")]
    units += ["gerai-notifications.service", "gerai-gateway@.service", "gerai.target"]
    assert {path.name for path in (ROOT / "deploy" / "systemd").glob("gerai*.*")} == set(units)
