"""The life of a complaint: one table of transitions, and nothing beside it."""

import itertools

import pytest
from gerai_complaints.rules.case import (
    FINAL_STATES,
    OPEN_STATES,
    TRANSITIONS,
    Actor,
    AnswerNeedsText,
    DisputeNeedsText,
    ReasonNeeded,
    StaleRevision,
    Standing,
    State,
    TransitionNotAllowed,
    may_move,
    may_read,
    move,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(("state", "to", "actor"), list(itertools.product(State, State, Actor)))
def test_what_is_not_in_the_table_is_refused_and_changes_nothing(
    state: State, to: State, actor: Actor
) -> None:
    standing = Standing(state=state, revision=4)
    transition = TRANSITIONS.get((state, to))
    if transition is not None and transition.is_for(actor):
        assert move(standing, to, actor=actor, text="Sudah diperiksa.") == Standing(state=to, revision=5)
        assert may_move(state, to, actor)
    else:
        with pytest.raises(TransitionNotAllowed):
            move(standing, to, actor=actor, text="Sudah diperiksa.")
        assert not may_move(state, to, actor)


def test_what_is_over_is_opened_again_only_with_a_reason() -> None:
    """And withdrawn stays withdrawn for whoever did: a supervisor may know better, when it was silence."""
    for (state, to), transition in TRANSITIONS.items():
        if state in FINAL_STATES:
            assert state is not State.WITHDRAWN or transition.actors == {Actor.SUPERVISOR}
            assert to in (State.REOPENED, State.CLARIFICATION)
            with pytest.raises(ReasonNeeded):
                transition.guard(None)


def test_no_complaint_is_refused_by_one_person_alone_and_none_closed_by_an_officer() -> None:
    for (_, to), transition in TRANSITIONS.items():
        if to is State.REFUSED:
            assert transition.actors == {Actor.SUPERVISOR}
        if to in (State.CLOSED, State.ACCEPTED, State.WITHDRAWN, State.DISPUTED):
            assert not transition.is_for(Actor.OFFICER)
            assert not transition.is_for(Actor.SUPERVISOR)


def test_every_state_can_be_reached_and_from_every_one_there_is_a_way_to_an_end() -> None:
    reached, ending = {State.RECEIVED}, set(FINAL_STATES)
    for _ in State:
        reached |= {to for state, to in TRANSITIONS if state in reached}
        ending |= {state for state, to in TRANSITIONS if to in ending}
    assert reached == ending == set(State)


def test_an_office_that_owes_an_answer_can_always_give_it() -> None:
    assert {state for state, to in TRANSITIONS if to is State.ANSWERED} == OPEN_STATES


@pytest.mark.parametrize("text", [None, ""])
@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_an_answer_says_something(state: State, text: str | None) -> None:
    with pytest.raises(AnswerNeedsText):
        move(Standing(state=state), State.ANSWERED, actor=Actor.OFFICER, text=text)


def test_a_dispute_says_why_and_thanks_need_no_words() -> None:
    answered = Standing(state=State.ANSWERED)
    with pytest.raises(DisputeNeedsText):
        move(answered, State.DISPUTED, actor=Actor.CITIZEN)
    assert move(answered, State.ACCEPTED, actor=Actor.CITIZEN).state is State.ACCEPTED


@pytest.mark.parametrize(
    ("confidential", "is_supervisor", "has_worked_on_it"), list(itertools.product((True, False), repeat=3))
)
def test_a_confidential_case_is_for_supervisors_and_who_works_on_it(
    confidential: bool, is_supervisor: bool, has_worked_on_it: bool
) -> None:
    may = may_read(confidential=confidential, is_supervisor=is_supervisor, has_worked_on_it=has_worked_on_it)
    assert may is not (confidential and not is_supervisor and not has_worked_on_it)


@given(known=st.integers(1, 50), seen=st.integers(1, 50))
def test_who_saw_another_revision_is_refused_whatever_they_wish(known: int, seen: int) -> None:
    standing = Standing(state=State.RECEIVED, revision=known)
    if seen == known:
        assert move(standing, State.IN_PROGRESS, actor=Actor.OFFICER, revision=seen).revision == known + 1
    else:
        with pytest.raises(StaleRevision) as refusal:
            move(standing, State.CLOSED, actor=Actor.OFFICER, revision=seen)
        assert refusal.value.details == {"revision": known}


@given(steps=st.lists(st.tuples(st.sampled_from(State), st.sampled_from(Actor)), max_size=30))
def test_each_change_adds_one_to_the_revision(steps: list[tuple[State, Actor]]) -> None:
    standing, changes = Standing(state=State.RECEIVED), 0
    for to, actor in steps:
        if may_move(standing.state, to, actor):
            standing = move(standing, to, actor=actor, text="teks")
            changes += 1
    assert standing.revision == 1 + changes
