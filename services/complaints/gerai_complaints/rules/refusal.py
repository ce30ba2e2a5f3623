"""Why a complaint may be refused, and that nobody refuses one alone.

No wrong door: that it came to the wrong address is no ground, it is passed on instead.
"""

from enum import StrEnum

from gerai_shared.refusals import Refused


class Ground(StrEnum):
    """Why nothing will be done."""

    SETTLED = "settled"
    IN_COURT = "in_court"
    TOO_OLD = "too_old"
    NO_FACTS = "no_facts"
    ABUSIVE = "abusive"
    REPEATED = "repeated"


#: What the second person decides.
REFUSE, KEEP = "refuse", "keep"
DECISIONS = (REFUSE, KEEP)


class SecondPersonNeeded(Refused):
    """Whoever proposed to refuse this complaint does not decide it. Please ask another supervisor."""

    code = "second_person_needed"
    status = 403


class NoProposal(Refused):
    """Nobody proposes to refuse this complaint any more. Please load the page again to see it as it is."""

    code = "no_proposal"
    status = 409


class AlreadyProposed(Refused):
    """Somebody proposes to refuse this complaint already. Please wait for a supervisor's decision."""

    code = "already_proposed"
    status = 409


def must_be_another(*, proposed_by: str, decided_by: str) -> None:
    """Refuse a decision by whoever proposed it. Raises SecondPersonNeeded."""
    if proposed_by == decided_by:
        raise SecondPersonNeeded
