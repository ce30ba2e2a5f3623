"""The board of one agency at one site, kept from events that may come late, twice or not at all.

Three facts make it right in the end. A ticket's event holds the whole ticket with its revision, so an
older one never replaces a newer. Events of one agency and site are counted without gaps, so a missing
one shows. A snapshot holds the effects of everything that was announced before it was asked for, because
an event is written in the transaction of its change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

WAITING = "checked_in"
CALLED = "called"
#: States of a ticket whose number has been called out and who is, or was, served.
CALLED_STATES = frozenset({CALLED, "serving", "served"})
#: States of who stands at a counter, or is on the way to it.
AT_COUNTER = frozenset({CALLED, "serving"})
#: Of calls, a board shows no more, however many there were in a short time.
MOST_CALLS = 60
#: Lanes that are called before the others, the first one first. What else goes earlier has an earlier moment.
LANES_FIRST = ("emergency",)
#: Events kept while an earlier one is missing; beyond that everything is asked for anew.
MOST_BEYOND = 5_000
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a board knows of a ticket. Times are aware; `day` is the site's calendar day."""

    id: str
    visit_id: str
    number: str
    agency: str
    site: str
    service: str
    state: str
    lane: str
    day: date
    counter: str | None
    checked_in_at: datetime | None
    queue_at: datetime | None
    called_at: datetime | None
    times_called: int
    revision: int

    @property
    def is_shown(self) -> bool:
        """Whether the board has a place for it."""
        return self.state == WAITING or self.is_call

    @property
    def is_call(self) -> bool:
        """Whether its number has been called out and stands since then."""
        return self.state in CALLED_STATES and self.called_at is not None

    @property
    def call_id(self) -> str:
        """Names one call: a number called again has another one, also when its count began anew meanwhile."""
        moment = int(self.called_at.timestamp()) if self.called_at else 0
        return f"{self.id}:{moment}:{self.times_called}"

    @property
    def queue_order(self) -> tuple[int, datetime, str]:
        """The order in which counters call: lane, the moment that the agency gave it, the older ticket.

        The agencies' counters decide by the same rule; a test keeps the two equal.
        """
        rank = LANES_FIRST.index(self.lane) if self.lane in LANES_FIRST else len(LANES_FIRST)
        return (rank, self.queue_at or self.checked_in_at or _LATEST, self.id)


def entry_of(ticket: Mapping[str, Any]) -> Entry:
    """Return the entry of a ticket in JSON form. Raises KeyError, TypeError, ValueError for what is none."""
    return Entry(
        id=ticket["id"],
        visit_id=ticket["visit_id"],
        number=ticket["number"],
        agency=ticket["agency"],
        site=ticket["site"],
        service=ticket["service"],
        state=ticket["state"],
        lane=ticket["lane"],
        day=date.fromisoformat(ticket["day"]),
        counter=ticket["counter"],
        checked_in_at=_moment(ticket["checked_in_at"]),
        queue_at=_moment(ticket.get("queue_at")),
        called_at=_moment(ticket["called_at"]),
        times_called=int(ticket["times_called"]),
        revision=int(ticket["revision"]),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The state of the source: what is shown, after at least `sequence` events."""

    sequence: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class _Known:
    """`sequence` is the number of the event or snapshot that it was learned from."""

    entry: Entry
    sequence: int


@dataclass(kw_only=True)
class AgencyBoard:
    """The board's memory.

    `base` is the number up to which every event is in, None before the first snapshot. `beyond` are
    the numbers of events that are in although an earlier one is missing.
    """

    base: int | None = None
    beyond: set[int] = field(default_factory=set)
    _known: dict[str, _Known] = field(default_factory=dict)
    #: Tickets that have left, remembered while an older event or snapshot could bring them back.
    _left: set[str] = field(default_factory=set)
    _asking: bool = False
    _asked_from: int | None = None
    _suspect: bool = False

    @property
    def needs_snapshot(self) -> bool:
        """Whether something is missing that only the source can tell."""
        return self.base is None or bool(self.beyond) or self._suspect

    @property
    def entries(self) -> list[Entry]:
        """What is shown, in no order."""
        return [known.entry for ticket_id, known in self._known.items() if ticket_id not in self._left]

    def get(self, ticket_id: str) -> Entry | None:
        """Return what is shown of one ticket, None when it is not on the board."""
        known = self._known.get(ticket_id)
        return known.entry if known is not None and ticket_id not in self._left else None

    def doubt(self) -> None:
        """Events may have passed unseen: ask for a snapshot, and show what is known until it comes."""
        self._suspect = True

    def ask(self) -> None:
        """A snapshot is being asked for: until it is here, nothing is forgotten."""
        self._asking, self._asked_from, self._suspect = True, self.base, False

    def give_up(self) -> None:
        """The snapshot did not come."""
        self._asking, self._suspect = False, True

    def apply(self, sequence: int, entry: Entry) -> bool:
        """Take in one event; return whether what is shown changed."""
        if (self.base is not None and sequence <= self.base) or sequence in self.beyond:
            return False
        self.beyond.add(sequence)
        changed = self._learn(entry, sequence)
        if len(self.beyond) > MOST_BEYOND:
            self._forget_what_left()
            self.beyond.clear()
            self.base = None
        self._close_ranks()
        return changed

    def absorb(self, snapshot: Snapshot) -> bool:
        """Take in the snapshot that `ask` announced; return whether what is shown changed."""
        before = {entry.id: entry for entry in self.entries}
        self._asking = False
        if self._asked_from is not None and snapshot.sequence < self._asked_from:
            # The source counts from a lower number than it did: its records were restored or moved.
            self.beyond.clear()
            self._known.clear()
            self._left.clear()
            self.base = snapshot.sequence
        named = {entry.id: entry for entry in snapshot.entries}
        for ticket_id, known in list(self._known.items()):
            # What was learned no later than the snapshot and is not in it has left the board.
            if ticket_id not in named and known.sequence <= snapshot.sequence:
                self._forget(ticket_id)
        for entry in named.values():
            self._learn(entry, snapshot.sequence)
        self.base = max(snapshot.sequence, self.base or 0)
        self.beyond = {number for number in self.beyond if number > self.base}
        self._close_ranks()
        return before != {entry.id: entry for entry in self.entries}

    def forget_before(self, day: date) -> bool:
        """Drop what belongs to earlier days; return whether there was something."""
        old = [ticket_id for ticket_id, known in self._known.items() if known.entry.day < day]
        for ticket_id in old:
            self._forget(ticket_id)
        return bool(old)

    def _learn(self, entry: Entry, sequence: int) -> bool:
        known = self._known.get(entry.id)
        if known is not None and known.entry.revision >= entry.revision:
            return False
        was_shown = known is not None and entry.id not in self._left
        self._known[entry.id] = _Known(entry=entry, sequence=sequence)
        if entry.is_shown:
            self._left.discard(entry.id)
        else:
            self._left.add(entry.id)
        return was_shown or entry.is_shown

    def _close_ranks(self) -> None:
        while self.base is not None and self.base + 1 in self.beyond:
            self.base += 1
            self.beyond.discard(self.base)
        if self.base is not None and not self.beyond and not self._asking:
            self._forget_what_left()

    def _forget_what_left(self) -> None:
        for ticket_id in list(self._left):
            self._forget(ticket_id)

    def _forget(self, ticket_id: str) -> None:
        del self._known[ticket_id]
        self._left.discard(ticket_id)


def calls(entries: Iterable[Entry], *, most: int, since: datetime | None = None) -> list[Entry]:
    """Return the numbers called last, newest first: `most`, and beyond them those called after `since`."""
    called = [entry for entry in entries if entry.is_call]
    called.sort(key=lambda entry: (entry.called_at or _LATEST, entry.id), reverse=True)
    return [
        entry
        for place, entry in enumerate(called[:MOST_CALLS])
        if place < most or (since is not None and entry.called_at is not None and entry.called_at > since)
    ]


def at_counters(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return who is called to each counter or served there, by the counter's code; one agency's entries."""
    there: dict[str, Entry] = {}
    for entry in entries:
        if entry.state not in AT_COUNTER or entry.counter is None or entry.called_at is None:
            continue
        other = there.get(entry.counter)
        if other is None or (other.called_at or _LATEST, other.id) < (entry.called_at, entry.id):
            there[entry.counter] = entry
    return there


def waiting(entries: Iterable[Entry]) -> list[Entry]:
    """Return who waits, in the order in which counters call; nobody who is at a counter already."""
    known = list(entries)
    busy = {entry.visit_id for entry in known if entry.state in AT_COUNTER}
    free = (entry for entry in known if entry.state == WAITING and entry.visit_id not in busy)
    return sorted(free, key=lambda entry: entry.queue_order)


def next_numbers(entries: Iterable[Entry], *, most: int) -> list[Entry]:
    """Return who is called soon: the first of each agency, then the second of each, and so on."""
    places: dict[str, int] = {}
    ranked = []
    for position, entry in enumerate(waiting(entries)):
        places[entry.agency] = places.get(entry.agency, 0) + 1
        ranked.append((places[entry.agency], position, entry))
    return [entry for _, _, entry in sorted(ranked, key=lambda each: each[:2])][:most]


def people_ahead(entries: Iterable[Entry]) -> dict[str, int]:
    """Return for each waiting ticket's id how many wait before it for the same service."""
    ahead: dict[str, int] = {}
    counts: dict[str, int] = {}
    for entry in waiting(entries):
        ahead[entry.id] = counts.get(entry.service, 0)
        counts[entry.service] = ahead[entry.id] + 1
    return ahead
