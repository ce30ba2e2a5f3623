"""What everybody on the stage works with: doors of the mall, the site, the ledger, who is still to come."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gerai_allinone.simulate.client import Answer, Door, Unexpected
from gerai_allinone.simulate.day import Day
from gerai_allinone.simulate.ledger import AT_COUNTER, WAITING, Ledger
from gerai_allinone.simulate.site import CannotBegin, Site
from gerai_allinone.simulate.stage import Act, Stage

#: Where a counter's queue may name somebody, beside who is at it.
MOST_LISTED = 1000
LISTS = ("waiting", "elsewhere", "parked", "expected", "missed")
#: After so many answers that should not have come, something is broken and more of them tell nothing.
MOST_PROBLEMS = 20


@dataclass(kw_only=True)
class House:
    """`counters` are the doors of each agency's counters, `bearers` the sessions of its officers.

    `outstanding` are acts of people who may still want something of an officer.
    """

    gateway: Door
    counters: dict[str, Door]
    bearers: dict[str, list[str]]
    site: Site
    day: Day
    ledger: Ledger
    stage: Stage
    #: How long an officer without work waits before looking again, in minutes of the simulated day.
    idle: float = 1.0
    outstanding: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def bearer(self, agency: str, counter: str | None = None) -> str:
        """Return the session of the officer at a counter, or of whoever receives people.

        Where there are fewer officers than counters, some stand at several.
        """
        there = self.bearers[agency]
        codes = self.site.counters[agency]
        return there[codes.index(counter) % len(there)] if counter in codes else there[0]

    def expect_act(self, moment: float, act: Act) -> None:
        """Have a person act at a moment; officers stay for whom that may be."""
        with self._lock:
            self.outstanding += 1

        def once(now: float) -> None:
            try:
                act(now)
            finally:
                with self._lock:
                    self.outstanding -= 1

        self.stage.at(moment, once)

    def is_done(self, agency: str) -> bool:
        """Tell whether nobody comes any more who might want something of an agency's counters.

        Whoever is at another counter may be sent on to this one.
        """
        states = self.ledger.states(agency)
        return not self.outstanding and not any(states[each] for each in (WAITING, *AT_COUNTER))

    def accepted(self, answer: Answer, what: str) -> dict[str, Any] | None:
        """Return the body of an answer that is as hoped for; None for a refusal that belongs to any day.

        Somebody was faster, nobody waits, the places are gone: 409. Anything else is noted as a problem, and
        raises Unexpected when there are too many.
        """
        if answer.status in {200, 201} and isinstance(answer.body, dict):
            return answer.body
        if answer.status == 409:
            self.ledger.count(f"refused: {answer.code}")
            return None
        text = f"{what}: {answer.status} {str(answer.body)[:200]}"
        self.ledger.problem(text)
        if len(self.ledger.problems) >= MOST_PROBLEMS:
            raise Unexpected(text)
        return None

    def listed(self) -> dict[str, set[str]]:
        """Return the ids of all tickets in the queues of each agency's counters, as they say now.

        Raises Unexpected, Unreachable.
        """
        found: dict[str, set[str]] = {}
        for agency, codes in self.site.counters.items():
            found[agency] = set()
            for code in codes:
                queue = self.queue(agency, code, most=MOST_LISTED)
                current = [queue["current"]] if queue["current"] else []
                lists = (queue.get(name, ()) for name in LISTS)
                found[agency] |= {ticket["id"] for tickets in (current, *lists) for ticket in tickets}
        return found

    def queue(self, agency: str, counter: str, *, most: int = 50) -> dict[str, Any]:
        """Return what a counter's officer sees, `most` of each list. Raises Unexpected, Unreachable."""
        path = f"/api/v1/queue?counter={self.site.code}.{counter}&most={most}"
        answer = self.counters[agency].get(path, bearer=self.bearer(agency, counter))
        if answer.status != 200:
            raise Unexpected(f"the queue of counter {counter}: {answer.status} {str(answer.body)[:200]}")
        seen: dict[str, Any] = answer.body
        return seen


def sign_in(door: Door, usernames: Sequence[str], passwords: Sequence[str]) -> list[str]:
    """Return a session of each officer, with the first password that is right for any of them.

    Whoever is not known there is left out. Raises CannotBegin when nobody is let in, Unreachable.
    """
    for password in passwords:
        if found := [token for name in usernames if (token := _session(door, name, password))]:
            return found
    raise CannotBegin(f"nobody of {', '.join(usernames)} is let in with this password; see --password-file")


def _session(door: Door, username: str, password: str) -> str | None:
    answer = door.post("/api/v1/session", {"username": username, "password": password})
    if answer.status == 201:
        return str(answer.body["token"])
    if answer.status != 401:
        raise CannotBegin(f"{username} cannot sign in: {answer.status} {str(answer.body)[:200]}")
    return None
