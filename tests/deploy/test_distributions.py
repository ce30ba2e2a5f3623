"""Each distribution is complete: built as a wheel and installed alone it runs, and knows no neighbour."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "gerai_shared": ROOT / "shared",
    "gerai_booking": ROOT / "services" / "booking",
    "gerai_complaints": ROOT / "services" / "complaints",
    "gerai_notifications": ROOT / "services" / "notifications",
    "gerai_gateway": ROOT / "services" / "gateway",
}
SERVICES = [package for package in FOLDERS if package != "gerai_shared"]
MIGRATE = {
    "gerai_booking": ["immigration", "migrate"],
    "gerai_complaints": ["migrate"],
    "gerai_notifications": ["migrate"],
}
LEFT_OUT = shutil.ignore_patterns("build", "dist", "*.egg-info", "__pycache__", ".*_cache")


@dataclass(frozen=True, kw_only=True)
class Installed:
    """An environment of its own with gerai-shared and one service, and other people's libraries."""

    package: str
    folder: Path

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run its Python outside of the source tree, with no setting of ours but `env`."""
        return subprocess.run(
            [self.folder / "bin" / "python", *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONWARNINGS": "ignore::DeprecationWarning", **env},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One wheel a package. Built from copies, so that nothing is left behind in the source tree."""
    sources, made = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("wheels")
    copies = [
        shutil.copytree(folder, sources / package, ignore=LEFT_OUT) for package, folder in FOLDERS.items()
    ]
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", made, *copies)
    return {package: next(made.glob(f"{package}-*.whl")) for package in FOLDERS}


@pytest.fixture(scope="session", params=SERVICES)
def installed(
    request: pytest.FixtureRequest, wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installed]:
    """One service, installed alone."""
    package = request.param
    folder = tmp_path_factory.mktemp(package)
    install(folder, [wheels["gerai_shared"], wheels[package]])
    yield Installed(package=package, folder=folder)
    shutil.rmtree(folder)


def install(folder: Path, wheels: list[Path]) -> None:
    """Make an environment with `wheels`; then let it see other people's libraries, without a download."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
    pip("--python", folder / "bin" / "python", "install", "--no-deps", "--no-index", *wheels)
    # A folder named in a .pth file is searched, but the .pth files in it are not read: what is installed
    # there editably, as our own distributions are, stays out of sight.
    libraries = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "libraries.pth").write_text("".join(f"{library}\n" for library in libraries))


def pip(*arguments: object) -> None:
    """Run pip; what it says is shown only when it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", FOLDERS)
def test_a_wheel_holds_every_file_of_its_package_and_of_no_other(
    wheels: dict[str, Path], package: str
) -> None:
    source = FOLDERS[package] / package
    expected = {
        str(path.relative_to(source.parent))
        for path in source.rglob("*")
        if path.is_file() and not {part for part in path.parts if part.startswith((".", "__pycache__"))}
    }
    with zipfile.ZipFile(wheels[package]) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == expected


@pytest.mark.parametrize("package", SERVICES)
def test_a_service_depends_on_no_other_distribution_of_ours(wheels: dict[str, Path], package: str) -> None:
    with zipfile.ZipFile(wheels[package]) as wheel:
        metadata = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        needs = re.findall(r"^Requires-Dist: (gerai-[a-z]+)", wheel.read(metadata).decode(), re.MULTILINE)
    assert needs == ["gerai-shared"]


def test_an_installed_service_finds_itself_and_none_of_its_neighbours(installed: Installed) -> None:
    ask = "import importlib.util as u, sys; print(*(n for n in sys.argv[1:] if u.find_spec(n)))"
    found = installed.run("-c", ask, *FOLDERS, "gerai_allinone")
    assert found.stdout.split() == ["gerai_shared", installed.package], found.stderr
    for neighbour in set(SERVICES) - {installed.package}:
        refused = installed.run("-c", f"import {neighbour}")
        assert f"No module named '{neighbour}'" in refused.stderr


def test_an_installed_service_tells_how_it_is_started(installed: Installed) -> None:
    told = installed.run("-m", installed.package, "--help")
    assert told.returncode == 0, told.stderr
    assert "usage:" in told.stdout
    assert "serve" in told.stdout


def test_an_installed_service_lists_the_settings_it_lacks(installed: Installed) -> None:
    agency = ["immigration"] if installed.package == "gerai_booking" else []
    refused = installed.run("-m", installed.package, *agency, "serve")
    assert refused.returncode == 2, refused.stderr
    assert "GERAI_" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_installed_service_migrates_an_empty_database(installed: Installed) -> None:
    command = MIGRATE.get(installed.package)
    if command is None:
        assert not list((FOLDERS[installed.package] / installed.package).glob("migrations"))
        return
    file = installed.folder / "empty.sqlite"
    done = installed.run("-m", installed.package, *command, GERAI_DATABASE_URL=f"sqlite:///{file}")
    assert done.returncode == 0, done.stderr
    assert file.stat().st_size > 0


def test_the_operators_command_comes_with_every_service(installed: Installed) -> None:
    told = installed.run(str(installed.folder / "bin" / "gerai"), "--help")
    assert told.returncode == 0, told.stderr
    assert all(word in told.stdout for word in ("topology", "parked", "officers"))
