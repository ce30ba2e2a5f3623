"""The life of a complaint: its states, and who may move it from one to the next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gerai_shared.refusals import Refused


class Classification(StrEnum):
    """What a citizen brings; the three kinds on the national complaint form (SP4N-LAPOR!)."""

    COMPLAINT = "complaint"
    INFORMATION = "information"
    ASPIRATION = "aspiration"


class State(StrEnum):
    """Where a complaint is in its life."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"
    DISPUTED = "disputed"
    CLOSED = "closed"


class Actor(StrEnum):
    """Who makes a transition."""

    CITIZEN = "citizen"
    OFFICER = "officer"


#: States in which the office owes an answer, so that the due date runs.
OPEN_STATES = frozenset({State.RECEIVED, State.IN_PROGRESS, State.DISPUTED})


class TransitionNotAllowed(Refused):
    """That cannot be done with this complaint in the state it is in now.

    Please load the page again to see what can.
    """

    code = "transition_not_allowed"
    status = 409


class StaleRevision(Refused):
    """Somebody else changed this complaint in the meantime: it is at revision %(revision)s now.

    Please read it again; nothing was changed.
    """

    code = "stale_revision"
    status = 409


class AnswerNeedsText(Refused):
    """An answer needs a text. Please write it and send it again."""

    code = "answer_needs_text"
    status = 422


class DisputeNeedsText(Refused):
    """Nothing is written yet. Please say what the answer leaves open."""

    code = "dispute_needs_text"
    status = 422


class ConfidentialCase(Refused):
    """This complaint is confidential: only who takes it in hand and the supervisors read it.

    Please ask a supervisor if you need it.
    """

    code = "confidential_case"
    status = 403


Guard = Callable[[str | None], None]


def _always(_text: str | None) -> None:
    return


def _answers_something(text: str | None) -> None:
    if not text:
        raise AnswerNeedsText


def _gives_a_reason(text: str | None) -> None:
    if not text:
        raise DisputeNeedsText


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One arrow: who may make it, and what must be said with it (the guard raises Refused)."""

    actor: Actor
    guard: Guard = _always


_ANSWER = Transition(actor=Actor.OFFICER, guard=_answers_something)

#: Every arrow there is. Whatever is not here is refused.
TRANSITIONS: Mapping[tuple[State, State], Transition] = {
    (State.RECEIVED, State.IN_PROGRESS): Transition(actor=Actor.OFFICER),
    (State.RECEIVED, State.ANSWERED): _ANSWER,
    (State.IN_PROGRESS, State.ANSWERED): _ANSWER,
    (State.DISPUTED, State.ANSWERED): _ANSWER,
    (State.ANSWERED, State.CLOSED): Transition(actor=Actor.CITIZEN),
    (State.ANSWERED, State.DISPUTED): Transition(actor=Actor.CITIZEN, guard=_gives_a_reason),
}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a complaint stands; `revision` grows by one with each change."""

    state: State
    revision: int = 1


def move(
    standing: Standing, to: State, *, actor: Actor, text: str | None = None, revision: int | None = None
) -> Standing:
    """Return the standing after one transition.

    `text` is what the actor says with it; `revision` is what the actor last saw, None when it does
    not matter. Raises StaleRevision, TransitionNotAllowed, and what the guard raises.
    """
    if revision is not None and revision != standing.revision:
        raise StaleRevision(revision=standing.revision)
    transition = TRANSITIONS.get((standing.state, to))
    if transition is None or actor is not transition.actor:
        raise TransitionNotAllowed(state=standing.state.value)
    transition.guard(text)
    return Standing(state=to, revision=standing.revision + 1)


def may_read(
    *, confidential: bool, is_supervisor: bool, has_worked_on_it: bool, is_overseer: bool = False
) -> bool:
    """Tell whether an officer may read a case.

    A confidential one is for supervisors, for overseers (whose every look is on record), and for who has
    taken it in hand or answered it: an act that stands in its history, under their name.
    """
    return not confidential or is_supervisor or is_overseer or has_worked_on_it


def may_move(state: State, to: State, actor: Actor) -> bool:
    """Tell whether `actor` may make this transition, whatever is said with it."""
    transition = TRANSITIONS.get((state, to))
    return transition is not None and transition.actor is actor
