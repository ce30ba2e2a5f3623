"""What the machine lacks is told; what can be done without stops nobody."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "system_packages.sh"


@pytest.mark.parametrize(("options", "status"), [((), 3), (("--optional",), 0)])
def test_a_missing_voice_stops_only_who_needs_it(tmp_path, options, status) -> None:
    for name in ("bash", "sed", "id"):
        found = shutil.which(name)
        assert found is not None
        (tmp_path / name).symlink_to(found)
    done = subprocess.run(
        ["bash", SCRIPT, *options, "voice"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert done.returncode == status
    assert "apt-get install --no-install-recommends espeak-ng" in done.stderr
