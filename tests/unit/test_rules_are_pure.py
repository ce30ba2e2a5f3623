"""Rules decide: they know the standard library, each other, and how to say no."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: A rule says no with a class of ours, which crosses the bus as it is (docs/decisions/0009).
REFUSALS = "gerai_shared.refusals"
RULES = sorted(
    path
    for path in (ROOT / "services").glob("*/gerai_*/rules*/**/*.py")
    if path.is_relative_to(ROOT) and "__pycache__" not in path.parts
) + sorted((ROOT / "services").glob("*/gerai_*/rules.py"))


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of each module that a file imports, wherever in it."""
    package = path.relative_to(ROOT / "services").parts[1:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join([*above, *([node.module] if node.module else [])])


def is_pure(module: str, *, package: str) -> bool:
    own = f"{package}.rules"
    return (
        module.split(".", maxsplit=1)[0] in sys.stdlib_module_names
        or module in {own, REFUSALS}
        or module.startswith(f"{own}.")
    )


def test_every_service_that_decides_is_looked_at() -> None:
    assert {path.relative_to(ROOT / "services").parts[0] for path in RULES} == {
        "booking",
        "complaints",
        "gateway",
        "notifications",
    }


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT / "services")))
def test_rules_import_nothing_but_what_decides(path: Path) -> None:
    package = path.relative_to(ROOT / "services").parts[1]
    assert [module for module in imported(path) if not is_pure(module, package=package)] == []


@pytest.mark.parametrize(
    "module",
    ["sqlalchemy", "gerai_shared.database", "gerai_shared.refusalsx", "gerai_booking.usecases", "rulesx"],
)
def test_what_does_more_than_decide_is_told(module: str) -> None:
    assert not is_pure(module, package="gerai_booking")
