"""Sending crowds (see crowd.py): processes of their own, which are told to begin when all of them are ready."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0


def send(name: str, *parties: dict[str, Any], module: str = "crowds") -> list[dict[str, Any]]:
    """Have one process act for each of the parties at the same moment; what came of each.

    `module` is the one beside this that has the crowd.
    """
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    command = [sys.executable, "-W", "ignore", "-m", f"tests.integration.booking.{module}", name]
    with ExitStack() as stack:
        crowds = [
            stack.enter_context(
                subprocess.Popen(
                    command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
            for _ in parties
        ]
        for crowd in crowds:
            stack.callback(crowd.kill)
        for crowd, arguments in zip(crowds, parties, strict=True):
            tell(crowd, json.dumps(arguments))
        for crowd in crowds:
            assert crowd.stdout is not None
            assert crowd.stdout.readline() == "ready\n"
        for crowd in crowds:
            tell(crowd, "begin")
        return [json.loads(crowd.communicate(timeout=PATIENCE)[0]) for crowd in crowds]


def tell(crowd: subprocess.Popen[str], line: str) -> None:
    """Write one line to a process."""
    assert crowd.stdin is not None
    crowd.stdin.write(line + "\n")
    crowd.stdin.flush()
