"""Time and turns: the simulated day's clock, and who acts when.

Everybody on the stage says when they want to act next; whoever's time has come acts in one of a few threads.
"""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Protocol

SECONDS_A_MINUTE = 60.0
#: How often somebody may look at the clock, in seconds, although nothing happens.
LOOK_SECONDS = 0.25

#: Acts now (minutes since midnight); returns when to act again, None for never.
Act = Callable[[float], float | None]


class Clock(Protocol):
    """The simulated day's time, in minutes since midnight."""

    def now(self) -> float:
        """Return what time it is."""

    def rest(self, until: float, news: threading.Event, *, is_busy: bool) -> None:
        """Let time pass until then, or until there are news; somebody acts meanwhile if `is_busy`."""


class PacedClock:
    """Runs `speed` times as fast as a real clock from the first look at it."""

    def __init__(
        self, begins: float, speed: float, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._begins, self._speed, self._monotonic = begins, speed, monotonic
        self._since: float | None = None

    def now(self) -> float:
        """Return what time it is."""
        if self._since is None:
            self._since = self._monotonic()
        return self._begins + (self._monotonic() - self._since) * self._speed / SECONDS_A_MINUTE

    def rest(self, until: float, news: threading.Event, *, is_busy: bool) -> None:  # noqa: ARG002 - a Clock's
        """Wait for the moment or for news, but no longer than a screen may stand still."""
        seconds = (until - self.now()) * SECONDS_A_MINUTE / self._speed
        news.wait(min(max(seconds, 0.0), LOOK_SECONDS))
        news.clear()


class LeapingClock:
    """Leaps from one act to the next: for whom the day cannot be over soon enough."""

    def __init__(self, begins: float) -> None:
        self._now = begins

    def now(self) -> float:
        """Return what time it is."""
        return self._now

    def rest(self, until: float, news: threading.Event, *, is_busy: bool) -> None:
        """Be there at once; while somebody acts, no time passes."""
        if is_busy:
            news.wait(LOOK_SECONDS)
        else:
            self._now = max(self._now, until)
        news.clear()


@dataclass(kw_only=True)
class Stage:
    """Runs acts at their times until nobody wants to act any more, or until `ends`.

    `watch` is called again and again in between. An exception of an act ends everything and is raised.
    `latest` is by how many minutes an act was late at most: the mall, or this machine, did not keep pace.
    """

    clock: Clock
    executor: Executor
    watch: Callable[[float], None] = lambda _now: None
    latest: float = 0.0
    is_ending: threading.Event = field(default_factory=threading.Event)
    _due: list[tuple[float, int, Act]] = field(default_factory=list)
    _running: int = 0
    _order: "itertools.count[int]" = field(default_factory=itertools.count)
    _news: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _failure: BaseException | None = None

    def at(self, moment: float, act: Act) -> None:
        """Have somebody act at a moment. May be called by acts, too."""
        with self._lock:
            heapq.heappush(self._due, (moment, next(self._order), act))
        self._news.set()

    def run(self, *, ends: float) -> bool:
        """Let the day pass; return whether everybody was done before `ends`. Raises what an act raises."""
        try:
            while not self._failure and not self.is_ending.is_set():
                now = self.clock.now()
                if now >= ends:
                    return False
                self._begin_due(now)
                self.watch(now)
                with self._lock:
                    following, busy = (self._due[0][0] if self._due else ends), self._running
                    if not self._due and not busy:
                        return True
                self.clock.rest(min(following, ends), self._news, is_busy=busy > 0)
        finally:
            self.is_ending.set()
            self._wait()
        if self._failure:
            raise self._failure
        return False

    def _begin_due(self, now: float) -> None:
        while True:
            with self._lock:
                if not self._due or self._due[0][0] > now:
                    return
                moment, _, act = heapq.heappop(self._due)
                self._running += 1
            self.executor.submit(self._perform, moment, act).add_done_callback(self._done)

    def _perform(self, moment: float, act: Act) -> None:
        if self.is_ending.is_set():
            return
        now = self.clock.now()
        with self._lock:
            self.latest = max(self.latest, now - moment)
        again = act(now)
        if again is not None:
            self.at(again, act)

    def _done(self, future: "Future[None]") -> None:
        failure = future.exception()
        with self._lock:
            self._running -= 1
            self._failure = self._failure or failure
        self._news.set()

    def _wait(self) -> None:
        """Wait for those who act right now: what they asked for may have been done already."""
        while True:
            with self._lock:
                if not self._running:
                    return
            self._news.wait(LOOK_SECONDS)
            self._news.clear()
