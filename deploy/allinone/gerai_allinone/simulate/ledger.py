"""What the simulation was told: each ticket's latest state, calls, waits; and what cannot be true of it."""

import threading
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gerai_allinone.simulate.day import Visit

CALLS_SHOWN = 6
#: Verbs after which somebody may rightly be called anew by `call-next`.
GIVES_BACK = frozenset({"requeue", "undo"})
WAITING = "checked_in"
AT_COUNTER = frozenset({"called", "serving"})
#: A ticket in one of these states stands in the queue of a counter, in one of its lists.
LISTED = AT_COUNTER | {WAITING, "parked", "no_show", "booked"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change that the mall confirmed: what was asked, and the ticket's revision after it."""

    ticket_id: str
    number: str
    revision: int
    verb: str
    counter: str


@dataclass(frozen=True, kw_only=True)
class Wait:
    """From coming to the first call: in seconds of the mall's clock, and in minutes of the simulated day."""

    lane: str
    seconds: float
    minutes: float


@dataclass(kw_only=True)
class Known:
    """A ticket as it was last answered, and whose it is; None for people of others."""

    ticket: dict[str, Any]
    visit: Visit | None
    token: str | None = None
    came_at: float | None = None


@dataclass(kw_only=True)
class Ledger:
    """Kept by all threads together. Tickets are as the mall's JSON has them; times as in `day`."""

    known: dict[str, Known] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    calls: deque[tuple[float, str, str]] = field(default_factory=lambda: deque(maxlen=CALLS_SHOWN))
    called_at: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    _done: set[tuple[str, int]] = field(default_factory=set)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def give(self, visit: Visit, ticket: dict[str, Any], *, now: float, token: str | None = None) -> None:
        """Note a ticket that a person got; who waits already has come."""
        with self._lock:
            self.known[ticket["id"]] = Known(ticket=ticket, visit=visit, token=token)
            self._came(ticket, now)

    def go_on(self, before: str, ticket: dict[str, Any]) -> None:
        """Note the new ticket of somebody who was sent on; they have waited before it was made."""
        with self._lock:
            earlier = self.known.get(before)
            self.known[ticket["id"]] = Known(ticket=ticket, visit=earlier.visit if earlier else None)
            if earlier is not None:
                earlier.ticket = {**earlier.ticket, "state": "transferred"}
            self.counts["sent on"] += 1

    def see(self, ticket: dict[str, Any], *, now: float, verb: str = "", counter: str = "") -> None:
        """Note a ticket after a change; older news than what is known changes nothing."""
        with self._lock:
            if verb:
                step = Step(
                    ticket_id=ticket["id"],
                    number=ticket["number"],
                    revision=ticket["revision"],
                    verb=verb,
                    counter=counter,
                )
                self.steps.append(step)
                self.counts[verb] += 1
            known = self.known.setdefault(ticket["id"], Known(ticket=ticket, visit=None))
            if ticket["revision"] >= known.ticket["revision"]:
                known.ticket = ticket
            if not ticket["times_called"]:
                self._came(ticket, now)
            if verb in {"call-next", "recall"}:
                self.calls.appendleft((now, ticket["number"], counter))
                self.called_at.append(now)
            if verb == "call-next" and ticket["times_called"] == 1:
                self._note_wait(known, now)

    def refresh(self, ticket: dict[str, Any]) -> None:
        """Note what a screen shows of a ticket that is known, if it is newer."""
        with self._lock:
            known = self.known.get(ticket["id"])
            if known is not None and ticket["revision"] > known.ticket["revision"]:
                known.ticket = ticket

    def has_done(self, what: str, visit: int, *, mark: bool = False) -> bool:
        """Tell whether this has happened to a visit already; with `mark` it has from now on."""
        with self._lock:
            has = (what, visit) in self._done
            if mark:
                self._done.add((what, visit))
            return has

    def count(self, what: str) -> None:
        """Count something that happened."""
        with self._lock:
            self.counts[what] += 1

    def problem(self, text: str) -> None:
        """Note what should not have happened."""
        with self._lock:
            self.problems.append(text)

    def visit_of(self, ticket_id: str) -> Visit | None:
        """Return whose ticket it is, None for people of others."""
        known = self.known.get(ticket_id)
        return known.visit if known else None

    def calls_since(self, moment: float) -> int:
        """Return how many calls and recalls there were since a moment of the day."""
        with self._lock:
            return sum(at >= moment for at in self.called_at)

    def states(self, agency: str) -> Counter[str]:
        """Return how many of an agency's tickets are in each state."""
        with self._lock:
            found = [each.ticket for each in self.known.values()]
        return Counter(each["state"] for each in found if each["agency"] == agency)

    def ours(self) -> Iterator[Known]:
        """Yield the tickets that people of this simulation got."""
        with self._lock:
            found = list(self.known.values())
        return (each for each in found if each.visit is not None)

    def _came(self, ticket: dict[str, Any], now: float) -> None:
        known = self.known[ticket["id"]]
        if known.came_at is None and ticket["state"] == WAITING:
            known.came_at = now

    def _note_wait(self, known: Known, now: float) -> None:
        """Only of who came while we looked: the others' wait began on another day's clock."""
        came, called = known.ticket["checked_in_at"], known.ticket["called_at"]
        if known.visit is None or known.came_at is None or came is None or called is None:
            return
        seconds = (datetime.fromisoformat(called) - datetime.fromisoformat(came)).total_seconds()
        self.waits.append(Wait(lane=known.ticket["lane"], seconds=seconds, minutes=now - known.came_at))


def called_twice(steps: Iterable[Step]) -> list[str]:
    """Return who was called by two counters although nobody had put them back, one sentence each.

    A ticket's revision grows by one with each change, so the revisions say what came first, whichever answer
    was here first. Between two calls with steps that others made, nothing can be said.
    """
    by_ticket: dict[str, list[Step]] = {}
    for step in steps:
        by_ticket.setdefault(step.ticket_id, []).append(step)
    return [
        text for own in by_ticket.values() for text in _twice(sorted(own, key=lambda each: each.revision))
    ]


def _twice(steps: list[Step]) -> list[str]:
    found: list[str] = []
    last: Step | None = None
    since: list[Step] = []
    for step in steps:
        if step.verb == "call-next":
            if last is not None and _unexplained(last, since, step):
                found.append(
                    f"{step.number} was called at {last.counter} and, not put back, at {step.counter}"
                )
            last, since = step, []
        else:
            since.append(step)
    return found


def _unexplained(first: Step, between: list[Step], second: Step) -> bool:
    if any(step.verb in GIVES_BACK for step in between):
        return False
    return second.revision - first.revision == len(between) + 1 or second.revision == first.revision


def lost(ledger: Ledger, listed: Mapping[str, Collection[str]]) -> list[str]:
    """Return who is not where they were left, one sentence each.

    `listed` are, by agency, the ids of all tickets in its counters' queues: whoever still waits for anything
    stands in one, whoever is done with in none.
    """
    found = []
    for known in ledger.ours():
        ticket, seen = known.ticket, known.ticket["id"] in listed.get(known.ticket["agency"], ())
        if seen != (ticket["state"] in LISTED):
            where = "stands in a queue" if seen else "is in no queue"
            found.append(
                f"{ticket['number']} of {ticket['agency']} was left as {ticket['state']} and {where}"
            )
    return found
