"""Whole lives of complaints by the use cases, in a process of its own: `python -m bench.life_cycles` reads a job.

File, take, answer, accept, one after the other until the time is over: without a bus or HTTP, as services are measured
that share their database. Prints what came of it.
"""

import json
import sys
import time
from dataclasses import asdict, dataclass, field

from bench.case_houses import CaseHouse

STEPS = ("file", "take", "answer", "accept")
#: So many are not counted: what is made once is made then.
WARM_UP = 5


@dataclass(frozen=True, kw_only=True)
class Job:
    """At which database, and for how many seconds."""

    url: str
    seconds: float


@dataclass(kw_only=True)
class Lived:
    """Seconds of each step of the lives that ended in time, and how long it was measured."""

    seconds: float = 0.0
    steps: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})

    @property
    def lives(self) -> int:
        """How many complaints were accepted."""
        return len(self.steps["accept"])


def live(job: Job) -> Lived:
    """Lead complaints through their lives. Raises what the use cases raise: none is to fail."""
    house = CaseHouse(job.url)
    house.sit_down()
    for _ in range(WARM_UP):
        _one(house, Lived())
    lived, began = Lived(), time.perf_counter()
    while (now := time.perf_counter() - began) < job.seconds:
        _one(house, lived)
    lived.seconds = max(now, job.seconds)
    house.database.close()
    return lived


def _one(house: CaseHouse, lived: Lived) -> None:
    moments = [time.perf_counter()]
    filed = house.file()
    moments.append(time.perf_counter())
    revision = house.take(filed.number, 1)
    moments.append(time.perf_counter())
    house.answer(filed.number, revision)
    moments.append(time.perf_counter())
    house.accept(filed.token)
    moments.append(time.perf_counter())
    for step, began, ended in zip(STEPS, moments, moments[1:], strict=False):
        lived.steps[step].append(ended - began)


if __name__ == "__main__":
    json.dump(asdict(live(Job(**json.loads(sys.stdin.read())))), sys.stdout)
