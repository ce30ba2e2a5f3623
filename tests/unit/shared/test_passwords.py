"""Outside of tests, passwords are hashed as slowly as the standard says."""

import subprocess
import sys

from argon2 import Type, extract_parameters

ASKED = "from gerai_shared.accounts import hasher; print(hasher.hash('kata-sandi-uji'))"


def test_a_process_of_its_own_hashes_at_the_cost_of_rfc_9106() -> None:
    # A process of its own: tests hash quickly in theirs.
    told = subprocess.run(
        [sys.executable, "-c", ASKED], capture_output=True, text=True, check=True, timeout=60
    )
    found = extract_parameters(told.stdout.strip())
    assert (found.type, found.time_cost, found.memory_cost, found.parallelism) == (Type.ID, 3, 65_536, 4)
