"""Merging what a site node did into what the centre knows. Standard library only.

Both sides count the revisions of a ticket by themselves while they are apart. `revision` is always the
centre's count; the node's lines of history are counted on behind it. Nothing here depends on the order in
which tickets arrive, and a page that arrives again finds that there is nothing new in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

#: Somebody stood at a counter: that has happened, whatever was decided elsewhere. Who was called in vain was
#: not there: whoever cancelled online meanwhile has missed nothing.
BEING_SERVED = frozenset({"serving", "served", "parked", "transferred"})
#: Being called now: perhaps on the way to the counter at this moment.
CALLED = "called"


class Decision(StrEnum):
    """Whose version of a ticket goes on."""

    #: Nothing of the node's is new.
    NOTHING = "nothing"
    #: The node's alone has changed.
    TAKEN = "taken"
    #: Both have; the floor's goes on, because somebody was there.
    FLOOR = "floor"
    #: Both have; the centre's goes on.
    CENTRE = "centre"


@dataclass(frozen=True, kw_only=True)
class Common:
    """The last state that both sides had: the centre's `revision`, which the node called `theirs`.

    They differ while the node has not heard yet how its lines were counted on.
    """

    revision: int = 0
    theirs: int = 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What becomes of one ticket.

    Of the node's lines those after `cut` are new; each is counted `shift` higher. `revision` is the ticket's
    then.
    """

    decision: Decision
    cut: int
    shift: int
    revision: int


def heard(common: Common, base: int) -> Common:
    """Return what both sides have in common, given that the node says it builds on the revision `base`.

    Whoever builds on a revision has it: a node that speaks of a later one has heard what the centre thought
    was still on its way.
    """
    return Common(revision=base, theirs=base) if base > common.revision else common


def agreed(common: Common, outcome: Outcome, sent: int) -> Common:
    """Return what both sides have in common after a merge of what the node had at revision `sent`.

    A page that was overtaken by a later one, on a line that seemed dead, takes nothing back.
    """
    return common if sent < common.theirs else Common(revision=outcome.revision, theirs=sent)


def merge(
    *, common: Common, centre: int, base: int, node: Sequence[tuple[int, str]], revoked: bool = False
) -> Outcome:
    """Decide about a ticket that the centre has at revision `centre`.

    `node` are the node's lines, (revision, state that it led to), in order, those after `base` at least.
    Under a lease that was `revoked` the centre has served the site itself: where it changed a ticket, its
    word holds.
    """
    common = heard(common, base)
    cut = base if base == common.revision else common.theirs
    shift = common.revision - cut
    new = [(revision, state) for revision, state in node if revision > cut]
    if not new:
        return Outcome(decision=Decision.NOTHING, cut=cut, shift=shift, revision=centre)
    if centre == common.revision:
        return Outcome(decision=Decision.TAKEN, cut=cut, shift=shift, revision=new[-1][0] + shift)
    # The node's lines come behind the centre's: both histories are kept, in an order that never goes back.
    shift = centre - cut
    counted_on = new[-1][0] + shift
    if not revoked and _was_there([state for _revision, state in new]):
        return Outcome(decision=Decision.FLOOR, cut=cut, shift=shift, revision=counted_on)
    # One line more leads back to what the centre has.
    return Outcome(decision=Decision.CENTRE, cut=cut, shift=shift, revision=counted_on + 1)


def _was_there(states: Sequence[str]) -> bool:
    return states[-1] == CALLED or not BEING_SERVED.isdisjoint(states)
