"""Whatever happens to events on their way, a board ends as its source is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from gerai_booking.rules import visits
from gerai_gateway.rules.board import (
    MOST_CALLS,
    AgencyBoard,
    Entry,
    Snapshot,
    at_counters,
    calls,
    entry_of,
    people_ahead,
    waiting,
)
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2026, 11, 24)
EIGHT = datetime(2026, 11, 24, 1, tzinfo=UTC)
STATES = ("booked", "checked_in", "called", "serving", "served", "cancelled", "no_show")


def an_entry(
    name: str = "a", state: str = "checked_in", revision: int = 1, minute: int = 0, **changes
) -> Entry:
    moment = EIGHT + timedelta(minutes=minute)
    return Entry(
        id=name,
        visit_id=changes.pop("visit_id", name),
        number=changes.pop("number", f"A-{abs(minute):03d}"),
        agency="immigration",
        site="mpp-lebak",
        service=changes.pop("service", "passport-new"),
        state=state,
        lane=changes.pop("lane", "appointment"),
        day=changes.pop("day", DAY),
        counter="1",
        checked_in_at=moment,
        queue_at=changes.pop("queue_at", moment),
        called_at=moment if state in {"called", "serving", "served"} else None,
        times_called=changes.pop("times_called", 0),
        revision=revision,
    )


class Source:
    """The agency: changes its tickets and counts what it announces."""

    def __init__(self) -> None:
        self.tickets: dict[str, Entry] = {}
        self.events: list[tuple[int, Entry]] = []
        self.announced = 0

    def change(self, name: str, state: str) -> None:
        revision = self.tickets[name].revision + 1 if name in self.tickets else 1
        self.tickets[name] = an_entry(name, state, revision, minute=len(self.events))
        self.events.append((len(self.events) + 1, self.tickets[name]))

    def shown(self) -> dict[str, Entry]:
        return {name: entry for name, entry in self.tickets.items() if entry.is_shown}

    def snapshot(self) -> Snapshot:
        return Snapshot(sequence=self.announced, entries=tuple(self.shown().values()))


def shown(board: AgencyBoard) -> dict[str, Entry]:
    return {entry.id: entry for entry in board.entries}


steps = st.one_of(
    st.tuples(st.just("change"), st.sampled_from("abcd"), st.sampled_from(STATES)),
    st.tuples(st.just("announce"), st.integers(1, 3), st.none()),
    st.tuples(st.just("deliver"), st.integers(0, 40), st.none()),
    st.tuples(st.just("ask"), st.none(), st.none()),
    st.tuples(st.just("answer"), st.none(), st.none()),
    st.tuples(st.just("fail"), st.none(), st.none()),
    st.tuples(st.just("reconnect"), st.none(), st.none()),
)


class Road:
    """What lies between source and board, and what a script of steps does to both."""

    def __init__(self) -> None:
        self.source, self.board = Source(), AgencyBoard()
        self.asked: Snapshot | None = None

    def change(self, name: str, state: str) -> None:
        self.source.change(name, state)

    def announce(self, count: int, _: None) -> None:
        self.source.announced = min(self.source.announced + count, len(self.source.events))

    def deliver(self, which: int, _: None) -> None:
        # Any announced event, again and again, or never.
        if self.source.announced:
            self.board.apply(*self.source.events[which % self.source.announced])

    def ask(self, *_: None) -> None:
        if self.asked is None:
            self.board.ask()
            self.asked = self.source.snapshot()

    def answer(self, *_: None) -> None:
        if self.asked is not None:
            self.board.absorb(self.asked)
            self.asked = None

    def fail(self, *_: None) -> None:
        if self.asked is not None:
            self.board.give_up()
            self.asked = None

    def reconnect(self, *_: None) -> None:
        self.board.doubt()


@given(st.lists(steps, max_size=120))
def test_any_order_repetition_and_loss_of_events_ends_in_the_state_of_the_source(script) -> None:
    road = Road()
    for what, first, second in script:
        getattr(road, what)(first, second)
    # In the end everything is announced, and the last event arrives.
    road.answer()
    road.change("z", "checked_in")
    road.announce(len(road.source.events), None)
    road.deliver(road.source.announced - 1, None)
    if road.board.needs_snapshot:
        road.ask()
        road.answer()
    assert shown(road.board) == road.source.shown()
    assert not road.board.needs_snapshot


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(STATES)), max_size=40), st.randoms())
def test_events_that_all_arrive_need_no_second_snapshot(changes, chance) -> None:
    source, board = Source(), AgencyBoard()
    board.ask()
    board.absorb(source.snapshot())
    for name, state in changes:
        source.change(name, state)
    shuffled = [*source.events, *source.events]
    chance.shuffle(shuffled)
    for sequence, entry in shuffled:
        board.apply(sequence, entry)
    assert shown(board) == source.shown()
    assert not board.needs_snapshot


def test_a_missing_number_asks_for_a_snapshot_and_the_late_one_makes_it_needless() -> None:
    board = AgencyBoard()
    board.ask()
    board.absorb(Snapshot(sequence=4, entries=()))
    assert not board.needs_snapshot
    board.apply(6, an_entry("b", revision=1))
    assert board.needs_snapshot
    board.apply(5, an_entry("a", revision=1))
    assert not board.needs_snapshot


def test_an_older_revision_changes_nothing() -> None:
    board = AgencyBoard()
    board.ask()
    board.absorb(Snapshot(sequence=0, entries=(an_entry("a", "called", revision=5),)))
    assert not board.apply(1, an_entry("a", "checked_in", revision=4))
    assert shown(board)["a"].state == "called"


def test_who_has_left_does_not_come_back_with_a_late_event() -> None:
    board = AgencyBoard()
    board.ask()
    board.absorb(Snapshot(sequence=0, entries=(an_entry("a", revision=1),)))
    board.apply(2, an_entry("a", "cancelled", revision=3))
    board.apply(1, an_entry("a", "called", revision=2))
    assert shown(board) == {}


def test_a_source_that_counts_anew_is_believed() -> None:
    board = AgencyBoard()
    board.ask()
    board.absorb(Snapshot(sequence=900, entries=(an_entry("old"),)))
    board.doubt()
    board.ask()
    board.absorb(Snapshot(sequence=3, entries=(an_entry("new"),)))
    assert set(shown(board)) == {"new"}
    board.apply(4, an_entry("newer"))
    assert set(shown(board)) == {"new", "newer"}
    assert not board.needs_snapshot


def test_endless_events_without_a_snapshot_take_no_endless_memory() -> None:
    board = AgencyBoard()
    for sequence in range(2, 12_000):
        board.apply(sequence, an_entry(f"t{sequence}", "cancelled"))
    assert len(board.beyond) <= 5_000
    assert len(board._known) <= 5_001
    assert board.needs_snapshot


def test_yesterday_leaves_the_board() -> None:
    board = AgencyBoard()
    board.ask()
    board.absorb(Snapshot(sequence=0, entries=(an_entry("a", day=DAY - timedelta(days=1)), an_entry("b"))))
    assert board.forget_before(DAY)
    assert set(shown(board)) == {"b"}
    assert not board.forget_before(DAY)


def test_people_ahead_are_those_of_the_same_service_who_are_called_before() -> None:
    entries = [
        an_entry("third", minute=30),
        an_entry("first", minute=10),
        an_entry("other", minute=5, service="passport-child"),
        an_entry("second", minute=50, queue_at=EIGHT + timedelta(minutes=40)),
        an_entry("late", minute=20),
        an_entry("zeroth", minute=59, lane="emergency"),
        an_entry("gone", "called", minute=1),
    ]
    assert people_ahead(entries) == {"zeroth": 0, "other": 0, "first": 1, "late": 2, "third": 3, "second": 4}
    assert [entry.id for entry in waiting(entries)] == ["zeroth", "other", "first", "late", "third", "second"]


LANES = st.sampled_from(["regular", "priority", "appointment", "walk_in", "emergency"])


def test_who_is_at_a_counter_for_another_errand_is_next_nowhere() -> None:
    there = an_entry("there", "serving", visit_id="one")
    entries = [there, an_entry("more", visit_id="one"), an_entry("next", minute=5)]
    assert [entry.id for entry in waiting(entries)] == ["next"]
    assert people_ahead(entries) == {"next": 0}


@given(st.lists(st.tuples(LANES, st.integers(-120, 120), st.integers(-120, 120)), max_size=8))
def test_boards_and_counters_order_the_queue_alike(people) -> None:
    entries = [
        an_entry(str(place), minute=arrived, lane=lane, queue_at=EIGHT + timedelta(minutes=queued))
        for place, (lane, queued, arrived) in enumerate(people)
    ]
    by_counters = sorted(entries, key=lambda each: (visits.queue_rank(each.lane), each.queue_at, each.id))
    assert waiting(entries) == by_counters


def test_a_ticket_of_an_earlier_release_is_ordered_by_its_arrival() -> None:
    assert an_entry("a", minute=7, queue_at=None).queue_order[1] == EIGHT + timedelta(minutes=7)


def test_the_newest_call_stands_first_and_each_call_has_a_name_of_its_own() -> None:
    entries = [an_entry("a", "called", minute=1), an_entry("b", "served", minute=3), an_entry("c", minute=9)]
    assert [entry.id for entry in calls(entries, most=10)] == ["b", "a"]
    assert [entry.id for entry in calls(entries, most=1)] == ["b"]
    again = replace(entries[0], times_called=2)
    assert again.call_id != entries[0].call_id


def test_a_call_has_another_name_when_its_count_began_anew() -> None:
    """Taken back, moved to a later place, called again: the same count at another moment."""
    first = an_entry("a", "called", minute=1)
    assert replace(first, called_at=first.called_at + timedelta(seconds=30)).call_id != first.call_id
    assert replace(first, state="serving", revision=9).call_id == first.call_id


def test_beyond_the_newest_all_calls_of_the_last_minutes_stand_on_the_board() -> None:
    entries = [an_entry(f"t{minute:02}", "serving", minute=minute) for minute in range(40)]
    since = entries[20].called_at
    assert len(calls(entries, most=10)) == 10
    assert [entry.id for entry in calls(entries, most=10, since=since)] == [
        f"t{minute:02}" for minute in range(39, 20, -1)
    ]
    assert len(calls(entries, most=10, since=entries[35].called_at)) == 10
    many = [an_entry(f"t{count:03}", "called", minute=5) for count in range(500)]
    assert len(calls(many, most=10, since=since - timedelta(hours=1))) == MOST_CALLS


def test_a_counter_shows_who_is_there_and_nobody_when_the_last_one_has_left() -> None:
    at = {
        state: replace(an_entry(state, state, minute=minute), counter=counter)
        for minute, (state, counter) in enumerate([("served", "1"), ("serving", "2"), ("called", "3")])
    }
    found = at_counters([*at.values(), an_entry("waits")])
    assert {code: entry.id for code, entry in found.items()} == {"2": "serving", "3": "called"}
    later = replace(an_entry("later", "called", minute=30), counter="2")
    assert at_counters([later, *at.values()])["2"].id == "later"
    assert at_counters([*at.values(), later])["2"].id == "later"


def test_a_ticket_becomes_an_entry_with_aware_times() -> None:
    entry = entry_of(
        {
            "id": "0197a3c2-0000-7000-8000-000000000001",
            "number": "A-012",
            "agency": "immigration",
            "site": "mpp-lebak",
            "service": "passport-new",
            "state": "called",
            "lane": "priority",
            "slot_starts_at": None,
            "day": "2026-11-24",
            "counter": "2",
            "checked_in_at": "2026-11-24T01:00:00+00:00",
            "called_at": "2026-11-24T01:30:00Z",
            "times_called": 2,
            "revision": 4,
        }
    )
    assert entry.called_at == EIGHT + timedelta(minutes=30)
    assert entry.call_id.endswith(":2")
    assert entry.is_shown
