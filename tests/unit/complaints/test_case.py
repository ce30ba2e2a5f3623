"""The life of a complaint: one table of transitions, and nothing beside it."""

import itertools

import pytest
from gerai_complaints.rules.case import (
    TRANSITIONS,
    Actor,
    AnswerNeedsText,
    DisputeNeedsText,
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
    if transition is not None and transition.actor is actor:
        assert move(standing, to, actor=actor, text="Sudah diperiksa.") == Standing(state=to, revision=5)
        assert may_move(state, to, actor)
    else:
        with pytest.raises(TransitionNotAllowed):
            move(standing, to, actor=actor, text="Sudah diperiksa.")
        assert not may_move(state, to, actor)


def test_a_closed_complaint_stays_closed() -> None:
    assert not [arrow for arrow in TRANSITIONS if arrow[0] is State.CLOSED]


@pytest.mark.parametrize("text", [None, ""])
@pytest.mark.parametrize("state", [State.RECEIVED, State.IN_PROGRESS, State.DISPUTED])
def test_an_answer_says_something(state: State, text: str | None) -> None:
    with pytest.raises(AnswerNeedsText):
        move(Standing(state=state), State.ANSWERED, actor=Actor.OFFICER, text=text)


def test_a_dispute_says_why_and_thanks_need_no_words() -> None:
    answered = Standing(state=State.ANSWERED)
    with pytest.raises(DisputeNeedsText):
        move(answered, State.DISPUTED, actor=Actor.CITIZEN)
    assert move(answered, State.CLOSED, actor=Actor.CITIZEN).state is State.CLOSED


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
