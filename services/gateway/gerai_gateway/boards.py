"""The boards of all sites, in this process's memory: a snapshot first, then events in their sequence."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from eventlet import event as eventlet_event
from eventlet import sleep
from gerai_shared.clock import local_date
from gerai_shared.events.envelope import Event
from gerai_shared.logs import get_logger
from gerai_shared.refusals import Refused
from gerai_shared.ticket import Ticket

from gerai_gateway.catalogues import Ask, Catalogue, Json
from gerai_gateway.rules.board import AgencyBoard, Entry, Snapshot, entry_of, people_ahead

log = get_logger(__name__)

FIRST_BACK_OFF_SECONDS = 0.5
LONGEST_BACK_OFF_SECONDS = 15.0
#: A board that has heard nothing is compared with its source this often.
COMPARE_SECONDS = 60.0

Spawn = Callable[[Callable[[], None]], Any]


@dataclass(kw_only=True)
class Board:
    """One agency's board at one site."""

    agency: str
    site: str
    time_zone: str = "Asia/Jakarta"
    memory: AgencyBoard = field(default_factory=AgencyBoard)
    counters: dict[str, Json] = field(default_factory=dict)
    is_reached: bool = False
    is_fetching: bool = False
    #: Events may have passed unseen since the last snapshot.
    had_gap: bool = False
    version: int = 0
    _ahead: tuple[int, dict[str, int]] = (-1, {})

    @property
    def entries(self) -> list[Entry]:
        """What is shown, in no order."""
        return self.memory.entries

    def people_ahead_of(self, ticket_id: str) -> int | None:
        """Return how many will be called before a ticket of this board, None when it does not wait."""
        if self._ahead[0] != self.version:
            self._ahead = (self.version, people_ahead(self.entries))
        return self._ahead[1].get(ticket_id)


@dataclass(kw_only=True)
class Feed:
    """The news of one site: whoever listens waits for `changed` and then looks at the boards."""

    version: int = 0
    changed: Any = field(default_factory=eventlet_event.Event)

    def tell(self) -> None:
        """Wake everybody who listens."""
        self.version += 1
        before, self.changed = self.changed, eventlet_event.Event()
        before.send(self.version)


@dataclass(kw_only=True)
class Boards:
    """Every board, and who has to hear of its changes.

    `receive` never blocks; snapshots are fetched in green threads that `spawn` makes, one at a time a board.
    """

    ask: Ask
    now: Callable[[], datetime]
    spawn: Spawn
    on_change_at: Callable[[str, str], None]
    boards: dict[tuple[str, str], Board] = field(default_factory=dict)
    feeds: dict[str, Feed] = field(default_factory=dict)
    followers: dict[str, set["Follower"]] = field(default_factory=dict)
    is_closed: bool = False

    def at(self, site: str) -> list[Board]:
        """Return the boards of a site."""
        return [board for (_agency, place), board in self.boards.items() if place == site]

    def feed(self, site: str) -> Feed:
        """Return the news of a site."""
        return self.feeds.setdefault(site, Feed())

    def open_for(self, catalogue: Catalogue) -> None:
        """Make the boards of an agency that has told its sites."""
        for code, site in catalogue.sites.items():
            board = self.boards.setdefault(
                (catalogue.code, code), Board(agency=catalogue.code, site=code, time_zone=site["time_zone"])
            )
            board.counters = {counter["code"]: counter["name"] for counter in site["counters"]}
            self._fetch_if_needed(board)

    def receive(self, event: Event | None) -> None:
        """Take in one event; None says that events may have passed unseen."""
        if event is None:
            for board in self.boards.values():
                self._doubt(board)
            return
        self.on_change_at(event.agency, event.site)
        board_or_none = self.boards.get((event.agency, event.site))
        if board_or_none is not None:
            self._apply(board_or_none, event)

    def compare_all(self) -> None:
        """Ask every source again, in case that the last events of all were lost; and let days end."""
        for board in self.boards.values():
            self._let_days_end(board)
            board.memory.doubt()
            self._fetch_if_needed(board)

    def follow(self, follower: "Follower") -> None:
        """Have `follower` told of its ticket's changes."""
        self.followers.setdefault(follower.entry.id, set()).add(follower)

    def unfollow(self, follower: "Follower") -> None:
        """Tell it no more."""
        group = self.followers.get(follower.entry.id, set())
        group.discard(follower)
        if not group:
            self.followers.pop(follower.entry.id, None)

    def close(self) -> None:
        """Wake all who listen, so that they see that the process is closing."""
        self.is_closed = True
        for feed in self.feeds.values():
            feed.tell()

    def _apply(self, board: Board, event: Event) -> None:
        ticket = event.data.get("ticket")
        if not isinstance(ticket, Ticket):
            log.warning("event_without_ticket_on_board", type=event.type)
            self._doubt(board)
            return
        entry = _entry(ticket)
        changed = False
        # Bookings of other days are counted, so that a gap shows, and are nobody's news.
        if board.memory.apply(event.sequence or 0, entry):
            changed = entry.day == self._today(board)
        for follower in self.followers.get(entry.id, ()):
            changed = follower.learn(entry) or changed
        if changed:
            self._tell(board)
        self._fetch_if_needed(board)

    def _doubt(self, board: Board) -> None:
        board.had_gap = True
        board.memory.doubt()
        self._fetch_if_needed(board)

    def _tell(self, board: Board) -> None:
        board.version += 1
        self.feed(board.site).tell()

    def _today(self, board: Board) -> Any:
        return local_date(self.now(), board.time_zone)

    def _let_days_end(self, board: Board) -> None:
        if board.memory.forget_before(self._today(board)):
            self._tell(board)

    def _fetch_if_needed(self, board: Board) -> None:
        if board.memory.needs_snapshot and not board.is_fetching and not self.is_closed:
            board.is_fetching = True
            self.spawn(lambda: self._fetch(board))

    def _fetch(self, board: Board) -> None:
        """Ask for snapshots until the board has all; only one green thread a board does this."""
        back_off = FIRST_BACK_OFF_SECONDS
        try:
            while board.memory.needs_snapshot and not self.is_closed:
                if self._fetch_once(board) and not self._still_needs(board):
                    return
                sleep(back_off * random.uniform(0.5, 1.0))  # noqa: S311 - spreads attempts, guards nothing
                back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)
        finally:
            board.is_fetching = False

    def _still_needs(self, board: Board) -> bool:
        return board.memory.needs_snapshot

    def _fetch_once(self, board: Board) -> bool:
        had_gap = board.had_gap or bool(board.memory.beyond)
        board.had_gap = False
        board.memory.ask()
        try:
            answer = self.ask(f"booking-{board.agency}", "board", {"site": board.site})
            entries = tuple(entry_of(ticket) for ticket in answer["tickets"])
            snapshot = Snapshot(sequence=int(answer["sequence"]), entries=entries)
        except Refused as refusal:
            self._missed(board, refusal.code, had_gap=had_gap)
            return False
        except (KeyError, TypeError, ValueError) as error:
            self._missed(board, type(error).__name__, had_gap=had_gap)
            return False
        was_reached, board.is_reached = board.is_reached, True
        changed = board.memory.absorb(snapshot)
        self._refresh_followers(board, snapshot, had_gap=had_gap)
        if changed or not was_reached:
            self._tell(board)
        return True

    def _missed(self, board: Board, reason: str, *, had_gap: bool) -> None:
        board.memory.give_up()
        board.had_gap = board.had_gap or had_gap
        log.info("board_without_snapshot", agency=board.agency, site=board.site, reason=reason)
        if board.is_reached:
            board.is_reached = False
            self._tell(board)

    def _refresh_followers(self, board: Board, snapshot: Snapshot, *, had_gap: bool) -> None:
        """What a snapshot does not name may have changed unseen: its followers have to ask the agency."""
        named = {entry.id: entry for entry in snapshot.entries}
        for ticket_id, group in self.followers.items():
            for follower in group:
                if (follower.entry.agency, follower.entry.site) != (board.agency, board.site):
                    continue
                if ticket_id in named:
                    follower.learn(named[ticket_id])
                elif had_gap or follower.entry.is_shown:
                    follower.is_doubtful = True


@dataclass(kw_only=True, eq=False)
class Follower:
    """One listener's ticket: the newest that is known of it."""

    entry: Entry
    is_doubtful: bool = False

    def learn(self, entry: Entry) -> bool:
        """Take over a newer revision; return whether it was one."""
        if entry.revision <= self.entry.revision:
            return False
        self.entry = entry
        self.is_doubtful = False
        return True


def _entry(ticket: Ticket) -> Entry:
    """Return what a board knows of a ticket in an event."""
    return Entry(
        id=ticket.id,
        visit_id=ticket.visit_id,
        number=ticket.number,
        agency=ticket.agency,
        site=ticket.site,
        service=ticket.service,
        state=ticket.state.value,
        lane=ticket.lane.value,
        day=ticket.day,
        counter=ticket.counter,
        checked_in_at=ticket.checked_in_at,
        queue_at=ticket.queue_at,
        called_at=ticket.called_at,
        times_called=ticket.times_called,
        revision=ticket.revision,
    )
