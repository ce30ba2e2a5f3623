"""The life of a complaint: its states, and who may move it from one to the next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gerai_shared.refusals import Refused


class Classification(StrEnum):
    """What a citizen brings: the kinds on the national form (SP4N-LAPOR!), and asking for advice."""

    COMPLAINT = "complaint"
    INFORMATION = "information"
    ASPIRATION = "aspiration"
    CONSULTATION = "consultation"


class State(StrEnum):
    """Where a complaint is in its life."""

    RECEIVED = "received"
    #: The formal and the material check list is gone through.
    VERIFICATION = "verification"
    #: Waits for the citizen; the clock stands still.
    TO_COMPLETE = "to_complete"
    #: Came to the wrong address and was passed on to the right one, which has not begun yet.
    FORWARDED = "forwarded"
    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    #: The Ombudsman has asked for an explanation.
    CLARIFICATION = "clarification"
    #: The Ombudsman has found maladministration and said what is to be put right.
    CORRECTIVE_ACTION = "corrective_action"


class Actor(StrEnum):
    """Who makes a transition. A supervisor makes those of officers, too."""

    CITIZEN = "citizen"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"


#: States in which the office owes an answer, so that the due date runs.
OPEN_STATES = frozenset(
    {
        State.RECEIVED,
        State.VERIFICATION,
        State.FORWARDED,
        State.IN_PROGRESS,
        State.DISPUTED,
        State.REOPENED,
        State.CLARIFICATION,
        State.CORRECTIVE_ACTION,
    }
)
#: States in which nothing more happens unless somebody opens the complaint again.
FINAL_STATES = frozenset({State.ACCEPTED, State.CLOSED, State.WITHDRAWN, State.REFUSED})


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


class ReasonNeeded(Refused):
    """Nothing is written yet. Please say why, or what is asked for."""

    code = "reason_needed"
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


def _says_what_is_open(text: str | None) -> None:
    if not text:
        raise DisputeNeedsText


def _gives_a_reason(text: str | None) -> None:
    if not text:
        raise ReasonNeeded


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One arrow: who may make it, and what must be said with it (the guard raises Refused)."""

    actors: frozenset[Actor]
    guard: Guard = _always

    def is_for(self, actor: Actor) -> bool:
        """Tell whether `actor` may make it; a supervisor is an officer, too."""
        return actor in self.actors or (actor is Actor.SUPERVISOR and Actor.OFFICER in self.actors)


def _by(*actors: Actor, guard: Guard = _always) -> Transition:
    return Transition(actors=frozenset(actors), guard=guard)


_OFFICER, _SUPERVISOR, _CITIZEN = Actor.OFFICER, Actor.SUPERVISOR, Actor.CITIZEN
#: States in which the Ombudsman waits for the office.
AT_THE_OMBUDSMAN = (State.CLARIFICATION, State.CORRECTIVE_ACTION)
#: What has not been answered yet, so that it can still turn out to be incomplete or misdirected.
_FIRST_ROUND = (State.RECEIVED, State.VERIFICATION, State.FORWARDED, State.IN_PROGRESS)

#: Every arrow there is. Whatever is not here is refused.
TRANSITIONS: Mapping[tuple[State, State], Transition] = {
    (State.RECEIVED, State.VERIFICATION): _by(_OFFICER),
    (State.FORWARDED, State.VERIFICATION): _by(_OFFICER),
    **{
        (state, State.IN_PROGRESS): _by(_OFFICER)
        for state in (
            State.RECEIVED,
            State.VERIFICATION,
            State.FORWARDED,
            State.DISPUTED,
            State.REOPENED,
            State.CLARIFICATION,
        )
    },
    **{(state, State.ANSWERED): _by(_OFFICER, guard=_answers_something) for state in OPEN_STATES},
    # Waiting for the citizen, who has to know what is asked for.
    **{(state, State.TO_COMPLETE): _by(_OFFICER, guard=_gives_a_reason) for state in _FIRST_ROUND},
    (State.TO_COMPLETE, State.VERIFICATION): _by(_CITIZEN, _OFFICER, guard=_gives_a_reason),
    # No wrong door: what came to the wrong address is passed on, as often as needed.
    **{(state, State.FORWARDED): _by(_OFFICER, guard=_gives_a_reason) for state in _FIRST_ROUND},
    # A second person decides it: see usecases.refusing.
    **{(state, State.REFUSED): _by(_SUPERVISOR, guard=_gives_a_reason) for state in _FIRST_ROUND},
    **{
        (state, State.WITHDRAWN): _by(_CITIZEN)
        for state in (*_FIRST_ROUND, State.DISPUTED, State.REOPENED, *AT_THE_OMBUDSMAN)
    },
    # Whoever does not complete it in the time of the rule is taken to have withdrawn it.
    (State.TO_COMPLETE, State.WITHDRAWN): _by(_CITIZEN, Actor.SYSTEM),
    (State.ANSWERED, State.ACCEPTED): _by(_CITIZEN),
    (State.ANSWERED, State.DISPUTED): _by(_CITIZEN, guard=_says_what_is_open),
    # Silence for the time of the rule.
    (State.ANSWERED, State.CLOSED): _by(Actor.SYSTEM),
    **{
        (state, State.REOPENED): _by(_CITIZEN, _SUPERVISOR, guard=_gives_a_reason)
        for state in (State.ACCEPTED, State.CLOSED, State.REFUSED)
    },
    **{
        (state, State.CLARIFICATION): _by(_SUPERVISOR, guard=_gives_a_reason)
        for state in (*_FIRST_ROUND, State.ANSWERED, State.ACCEPTED, State.DISPUTED, State.REOPENED)
    },
    # Whom silence has taken to have withdrawn it may come a day late.
    (State.WITHDRAWN, State.REOPENED): _by(_SUPERVISOR, guard=_gives_a_reason),
    (State.CLOSED, State.CLARIFICATION): _by(_SUPERVISOR, guard=_gives_a_reason),
    (State.REFUSED, State.CLARIFICATION): _by(_SUPERVISOR, guard=_gives_a_reason),
    (State.CLARIFICATION, State.CORRECTIVE_ACTION): _by(_SUPERVISOR, guard=_gives_a_reason),
    (State.ANSWERED, State.CORRECTIVE_ACTION): _by(_SUPERVISOR, guard=_gives_a_reason),
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
    if transition is None or not transition.is_for(actor):
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
    return transition is not None and transition.is_for(actor)
