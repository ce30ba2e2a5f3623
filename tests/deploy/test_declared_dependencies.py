"""What a distribution imports it declares: whoever installs it alone gets all that it needs."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = sorted(
    [
        *ROOT.glob("services/*/pyproject.toml"),
        ROOT / "shared/pyproject.toml",
        ROOT / "deploy/allinone/pyproject.toml",
    ]
)


def normal(name: str) -> str:
    """Return the name of a distribution as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(project: Path) -> set[str]:
    """Return the names of the distributions that a project asks for, and its own."""
    described = tomllib.loads(project.read_text())["project"]
    wanted = [re.split(r"[^\w.-]", each, maxsplit=1)[0] for each in described["dependencies"]]
    return {normal(name) for name in [*wanted, described["name"]]}


def imported(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the top-level name of each module that the packages in a folder import, and where."""
    for path in folder.glob("gerai_*/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((alias.name.split(".")[0], path) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.split(".")[0], path


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: str(project.parent.relative_to(ROOT)))
def test_every_library_that_is_imported_is_declared(project: Path) -> None:
    wanted, known = declared(project), packages_distributions()
    missing = {
        (module, str(path.relative_to(ROOT)))
        for module, path in imported(project.parent)
        if module not in sys.stdlib_module_names
        and not {normal(each) for each in known.get(module, [module])} & wanted
    }
    assert missing == set()


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: str(project.parent.relative_to(ROOT)))
def test_nothing_is_declared_that_is_not_pinned(project: Path) -> None:
    pinned = {
        normal(line.split("==")[0])
        for line in (ROOT / "requirements/runtime.txt").read_text().splitlines()
        if "==" in line
    }
    assert {name for name in declared(project) if not name.startswith("gerai-")} <= pinned
