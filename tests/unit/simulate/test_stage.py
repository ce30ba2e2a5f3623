"""Who acts when: in the order of the day, as fast as is wanted, and to an end."""

import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

import pytest
from gerai_allinone.simulate.stage import Act, LeapingClock, PacedClock, Stage


@pytest.fixture
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def test_everybody_acts_at_their_time_and_as_often_as_they_want(threads: Executor) -> None:
    stage = Stage(clock=LeapingClock(480), executor=threads)
    acts: list[tuple[str, float]] = []

    def person(name: str, *following: float | None) -> Act:
        wishes = iter(following)

        def act(now: float) -> float | None:
            acts.append((name, now))
            return next(wishes)

        return act

    stage.at(500, person("late", None))
    stage.at(481, person("early", 490, 505, None))
    assert stage.run(ends=900)
    assert acts == [("early", 481), ("early", 490), ("late", 500), ("early", 505)]
    assert stage.latest == 0


def test_the_day_ends_although_somebody_would_go_on_for_ever(threads: Executor) -> None:
    stage = Stage(clock=LeapingClock(480), executor=threads)
    stage.at(480, lambda now: now + 1)
    assert not stage.run(ends=500)


def test_what_goes_wrong_in_an_act_ends_the_day_and_is_told(threads: Executor) -> None:
    stage = Stage(clock=LeapingClock(480), executor=threads)

    def fail(_now: float) -> None:
        raise RuntimeError("the mall is on fire")

    stage.at(490, fail)
    stage.at(500, lambda now: now + 1)
    with pytest.raises(RuntimeError, match="fire"):
        stage.run(ends=900)


def test_several_act_at_once_and_no_time_passes_for_who_leaps(threads: Executor) -> None:
    stage = Stage(clock=LeapingClock(480), executor=threads)
    meeting = threading.Barrier(3, timeout=20)
    seen: list[float] = []

    def meet(now: float) -> None:
        meeting.wait()
        seen.append(now)

    for _ in range(3):
        stage.at(490, meet)
    assert stage.run(ends=900)
    assert seen == [490, 490, 490]


def test_who_is_told_to_end_begins_nothing_new_and_waits_for_who_acts(threads: Executor) -> None:
    stage = Stage(clock=LeapingClock(480), executor=threads)
    done: list[str] = []

    def act(_now: float) -> float:
        stage.is_ending.set()
        done.append("whole")
        return 481

    stage.at(480, act)
    assert not stage.run(ends=900)
    assert done == ["whole"]


def test_a_paced_clock_runs_as_many_times_faster_as_is_wanted() -> None:
    seconds = iter([100.0, 100.0, 101.0, 130.0])
    clock = PacedClock(450, speed=60, monotonic=lambda: next(seconds))
    assert clock.now() == 450  # The first look is when it begins.
    assert clock.now() == 451
    assert clock.now() == 480


def test_a_paced_clock_waits_only_until_there_are_news() -> None:
    clock = PacedClock(450, speed=1, monotonic=lambda: 0.0)
    news = threading.Event()
    news.set()
    clock.rest(460, news, is_busy=True)
    assert not news.is_set()
