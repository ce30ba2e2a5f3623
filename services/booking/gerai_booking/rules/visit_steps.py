"""One visit over several agencies: what of a step the others are told, and what follows. Standard library
only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

WAITING, AT_COUNTER, ASIDE, DONE, LEFT = "waiting", "at_counter", "aside", "done", "left"
#: What the others are told of a ticket by its state. Of one that nobody came with yet they are told nothing.
FACT_OF: Mapping[str, str] = {
    "checked_in": WAITING,
    "called": AT_COUNTER,
    "serving": AT_COUNTER,
    "parked": ASIDE,
    "served": DONE,
    "transferred": DONE,
    "no_show": LEFT,
    "cancelled": LEFT,
    "rescheduled": LEFT,
    "expired": LEFT,
}
#: Facts of a step after which its holder comes to that agency no more.
ENDED = frozenset({DONE, LEFT})
#: Another agency's word that somebody is at its counter holds for so long: it may have gone silent since.
BELIEVED_FOR = timedelta(minutes=30)
#: What somebody waits aside for: that their steps at another agency end, or only that no counter there has
#: them.
UNTIL_ENDED, UNTIL_FREE = "ended", "free"


@dataclass(frozen=True, kw_only=True)
class VisitPart:
    """The visit that a new ticket is a step of.

    `number` is the visit's, None for its first ticket, whose own number becomes it; `arrived_at` is when its
    holder came to the house, None before.
    """

    id: str
    number: str | None = None
    arrived_at: datetime | None = None


def is_in_the_house(fact: str) -> bool:
    """Tell whether whoever this is the fact of is in the house."""
    return fact != LEFT


def comes_back(until: str, fact: str, *, facts_there: Iterable[str]) -> bool:
    """Tell whether somebody who waits aside here goes on waiting in the queue.

    `fact` is the news of the agency that they are awaited from, `facts_there` are those of all their steps
    there.
    """
    if until == UNTIL_FREE:
        return AT_COUNTER not in facts_there
    return fact in ENDED and ENDED.issuperset(facts_there)
