"""What an officer can do with a case now: which buttons the desk shows, which orders it carries out."""

from dataclasses import dataclass
from enum import StrEnum

from gerai_complaints.rules.case import FINAL_STATES, OPEN_STATES, Actor, State, may_move


class Act(StrEnum):
    """Something that officers do with a case; those that move it have the state they move it to."""

    TAKE = "take"
    VERIFY = "verify"
    CHECK = "check"
    REPLY = "reply"
    NOTE = "note"
    ASK = "ask"
    COMPLETE = "complete"
    FORWARD = "forward"
    ASSIGN = "assign"
    QUALIFY = "qualify"
    URGENT = "urgent"
    EXTEND = "extend"
    JOIN = "join"
    PROPOSE_REFUSAL = "propose-refusal"
    DECIDE_REFUSAL = "decide-refusal"
    REOPEN = "reopen"
    CLARIFY = "clarify"
    CORRECT = "correct"


#: Acts that are a move in the table of transitions.
MOVES = {
    Act.TAKE: State.IN_PROGRESS,
    Act.VERIFY: State.VERIFICATION,
    Act.REPLY: State.ANSWERED,
    Act.ASK: State.TO_COMPLETE,
    Act.FORWARD: State.FORWARDED,
    Act.REOPEN: State.REOPENED,
    Act.CLARIFY: State.CLARIFICATION,
    Act.CORRECT: State.CORRECTIVE_ACTION,
}
#: Acts of supervisors alone, beside those that the table of transitions gives them.
OF_SUPERVISORS = frozenset({Act.ASSIGN, Act.EXTEND, Act.DECIDE_REFUSAL})


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What decides over acts: `proposed_by` is who proposes to refuse it, `officer` who asks (ids).

    `is_first_round`: it was never answered, and the Ombudsman has not asked about it.
    """

    state: State
    officer: str
    is_supervisor: bool
    is_urgent: bool
    is_joined: bool
    is_first_round: bool
    proposed_by: str | None

    def acts(self) -> frozenset[Act]:
        """Return what can be done now."""
        return frozenset(act for act in Act if self._may(act))

    def _may(self, act: Act) -> bool:
        if act in OF_SUPERVISORS and not self.is_supervisor:
            return False
        if act in MOVES:
            if (act is Act.VERIFY and self.state is State.TO_COMPLETE) or (
                act is Act.ASK and not self.is_first_round
            ):
                return False
            return may_move(self.state, MOVES[act], self._actor)
        is_open = self.state in OPEN_STATES
        can_be_refused = may_move(self.state, State.REFUSED, Actor.SUPERVISOR)
        conditions = {
            Act.NOTE: True,
            Act.CHECK: self.state is State.VERIFICATION,
            Act.COMPLETE: self.state is State.TO_COMPLETE,
            Act.ASSIGN: self.state not in FINAL_STATES,
            Act.QUALIFY: self.state not in FINAL_STATES,
            Act.URGENT: is_open and not self.is_urgent,
            Act.EXTEND: is_open,
            Act.JOIN: is_open and not self.is_joined,
            Act.PROPOSE_REFUSAL: self.proposed_by is None and self.is_first_round and can_be_refused,
            Act.DECIDE_REFUSAL: self.proposed_by not in (None, self.officer) and can_be_refused,
        }
        return conditions[act]

    @property
    def _actor(self) -> Actor:
        return Actor.SUPERVISOR if self.is_supervisor else Actor.OFFICER
