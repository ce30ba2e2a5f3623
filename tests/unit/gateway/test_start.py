"""The gateway's command: what it does with settings that cannot be used."""

import os
import subprocess
import sys


def test_every_wrong_setting_is_told_at_once_and_nothing_starts() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GERAI_")}
    wrong = {"GERAI_AGENCIES": "", "GERAI_RATE_LIMIT_PER_MINUTE": "many", "GERAI_BUS_URL": "http://broker"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "gerai_gateway", "serve"],
        env=clean | wrong,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    for name in ("AGENCIES", "RATE_LIMIT_PER_MINUTE", "BUS_URL"):
        assert name in done.stderr
    assert "Traceback" not in done.stderr
