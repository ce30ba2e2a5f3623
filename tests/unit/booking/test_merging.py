"""Merging what a site node did: nothing lost, nothing twice, and whoever stood at a counter was there."""

from dataclasses import dataclass, field

from gerai_booking.rules.leasing import places_for_the_floor
from gerai_booking.rules.merging import Common, Decision, Outcome, agreed, heard, merge
from gerai_booking.rules.quota import Bound
from hypothesis import given
from hypothesis import strategies as st

STATES = ("checked_in", "called", "serving", "served", "no_show", "parked", "transferred", "cancelled")
states = st.sampled_from(STATES)


def test_what_the_node_alone_changed_is_taken_over() -> None:
    outcome = merge(common=Common(revision=2, theirs=2), centre=2, base=2, node=[(3, "checked_in")])
    assert (outcome.decision, outcome.shift, outcome.revision) == (Decision.TAKEN, 0, 3)


def test_a_ticket_that_came_to_be_at_the_node_is_taken_over_whole() -> None:
    outcome = merge(common=Common(), centre=0, base=0, node=[(1, "checked_in"), (2, "called")])
    assert (outcome.decision, outcome.cut, outcome.revision) == (Decision.TAKEN, 0, 2)


def test_whoever_was_served_stays_served_although_it_was_cancelled_meanwhile() -> None:
    node = [(3, "checked_in"), (4, "called"), (5, "serving"), (6, "served")]
    outcome = merge(common=Common(revision=2, theirs=2), centre=3, base=2, node=node)
    assert (outcome.decision, outcome.shift, outcome.revision) == (Decision.FLOOR, 1, 7)


def test_who_was_called_in_vain_after_cancelling_has_missed_nothing() -> None:
    node = [(3, "checked_in"), (4, "called"), (5, "no_show")]
    outcome = merge(common=Common(revision=2, theirs=2), centre=3, base=2, node=node)
    assert (outcome.decision, outcome.revision) == (Decision.CENTRE, 7)


def test_who_is_being_called_at_this_moment_is_on_the_way() -> None:
    node = [(3, "checked_in"), (4, "called")]
    outcome = merge(common=Common(revision=2, theirs=2), centre=3, base=2, node=node)
    assert outcome.decision is Decision.FLOOR


def test_under_a_revoked_lease_the_centre_has_the_word_where_it_did_something() -> None:
    node = [(3, "called"), (4, "serving"), (5, "served")]
    common = Common(revision=2, theirs=2)
    assert merge(common=common, centre=3, base=2, node=node, revoked=True).decision is Decision.CENTRE
    assert merge(common=common, centre=2, base=2, node=node, revoked=True).decision is Decision.TAKEN


def test_a_node_that_builds_on_a_later_revision_has_heard_of_it() -> None:
    assert heard(Common(revision=3, theirs=2), 5) == Common(revision=5, theirs=5)
    assert heard(Common(revision=3, theirs=2), 2) == Common(revision=3, theirs=2)


@dataclass
class Both:
    """A ticket on two sides that talk over a line which loses pages and answers."""

    centre: list[str] = field(default_factory=lambda: ["booked"])
    node: list[str] = field(default_factory=lambda: ["booked"])
    base: int = 1
    common: Common = field(default_factory=lambda: Common(revision=1, theirs=1))
    decisions: list[Decision] = field(default_factory=list)
    done_at_node: list[str] = field(default_factory=list)

    #: Pages as they were sent: (base, lines).
    pages: list[tuple[int, list[tuple[int, str]]]] = field(default_factory=list)

    def talk(self, *, answered: bool, meanwhile: list[str]) -> None:
        """One page: it arrives; its answer may be lost; the node goes on while it is under way."""
        sent = len(self.node)
        self.pages.append((self.base, list(enumerate(self.node, 1))[self.base :]))
        outcome = self.arrives(self.pages[-1])
        self.do(meanwhile)
        if answered:
            # As usecases.node_work does: the centre's lines, then what happened since the page was sent.
            self.node = self.centre[: outcome.revision] + self.node[sent:]
            self.base = outcome.revision

    def arrives(self, page: tuple[int, list[tuple[int, str]]]) -> Outcome:
        """What the centre does with a page, now or when it was thought lost."""
        base, lines = page
        outcome = merge(common=self.common, centre=len(self.centre), base=base, node=lines)
        self.decisions.append(outcome.decision)
        before = self.centre[-1]
        self.centre += [state for revision, state in lines if revision > outcome.cut]
        if outcome.decision is Decision.CENTRE:
            self.centre.append(before)
        assert len(self.centre) == outcome.revision
        sent = lines[-1][0] if lines else base
        self.common = agreed(heard(self.common, base), outcome, sent)
        return outcome

    def do(self, steps: list[str]) -> None:
        self.node += steps
        self.done_at_node += steps


steps = st.lists(states, max_size=3)
#: Steps at the node, at the centre, whether the answer arrives, steps meanwhile, which old page arrives late.
pages = st.tuples(
    steps, st.lists(states, max_size=1), st.booleans(), steps, st.one_of(st.none(), st.integers(0, 7))
)


@given(st.lists(pages, max_size=8))
def test_however_the_line_breaks_both_sides_end_alike_and_each_step_stands_once(
    story: list[tuple[list[str], list[str], bool, list[str], int | None]],
) -> None:
    both = Both()
    done_at_centre: list[str] = []
    for at_node, at_centre, answered, meanwhile, late in story:
        both.do(at_node)
        both.centre += at_centre
        done_at_centre += at_centre
        both.talk(answered=answered, meanwhile=meanwhile)
        if late is not None:
            both.arrives(both.pages[late % len(both.pages)])
    for _ in range(2):
        both.talk(answered=True, meanwhile=[])
    assert both.node == both.centre
    led_back = both.decisions.count(Decision.CENTRE)
    assert len(both.centre) == 1 + len(both.done_at_node) + len(done_at_centre) + led_back


@given(steps, steps)
def test_a_page_that_comes_again_changes_nothing(at_node: list[str], at_centre: list[str]) -> None:
    both = Both()
    both.do(at_node)
    both.centre += at_centre
    both.talk(answered=False, meanwhile=[])
    after = list(both.centre)
    both.talk(answered=False, meanwhile=[])
    assert both.centre == after
    assert both.decisions[-1] is Decision.NOTHING


@given(st.lists(st.tuples(steps, steps), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_tickets_in_pages_does_not_matter(
    tickets: list[tuple[list[str], list[str]]], chance: object
) -> None:
    def merged(order: list[int]) -> dict[int, list[str]]:
        found = {}
        for number in order:
            both = Both()
            both.do(tickets[number][0])
            both.centre += tickets[number][1]
            both.talk(answered=True, meanwhile=[])
            found[number] = both.centre
        return found

    order = list(range(len(tickets)))
    shuffled = list(order)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merged(order) == merged(shuffled)


@given(st.lists(states, min_size=1, max_size=5), st.lists(states, min_size=1, max_size=3))
def test_the_floor_wins_exactly_where_somebody_was_there(at_node: list[str], at_centre: list[str]) -> None:
    both = Both()
    both.do(at_node)
    both.centre += at_centre
    both.talk(answered=True, meanwhile=[])
    was_there = at_node[-1] == "called" or bool({"serving", "served", "parked", "transferred"} & set(at_node))
    assert both.decisions == [Decision.FLOOR if was_there else Decision.CENTRE]
    assert both.node[-1] == (at_node[-1] if was_there else at_centre[-1])


def test_the_floor_gets_the_places_of_its_channels_and_online_keeps_its_own() -> None:
    left = {
        Bound(): 50,
        Bound(channel="online"): 30,
        Bound(channel="walk_in"): 40,
        Bound(channel="emergency"): 5,
        Bound(channel="group"): 9,
        Bound("passport"): 10,
        Bound("letter"): None,
    }
    assert places_for_the_floor(left) == {
        Bound(): 20,
        Bound(channel="walk_in"): 40,
        Bound(channel="emergency"): 5,
        Bound("passport"): 5,
        Bound("letter"): None,
    }


counts = st.one_of(st.none(), st.integers(0, 200))
bounds = st.builds(
    Bound,
    st.sampled_from(["", "passport", "letter"]),
    st.sampled_from(["", "online", "walk_in", "priority", "emergency", "over_quota", "group"]),
)


@given(st.dictionaries(bounds, counts, max_size=12))
def test_no_place_is_given_that_is_not_left(left: dict[Bound, int | None]) -> None:
    for bound, given_away in places_for_the_floor(left).items():
        here = left[bound]
        assert (given_away is None) == (here is None)
        if given_away is not None and here is not None:
            assert 0 <= given_away <= here
