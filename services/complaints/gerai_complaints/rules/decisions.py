"""What the holder of a complaint can decide."""

from dataclasses import dataclass

from gerai_complaints.rules.case import State


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a holder can do: state after it, kind of its entry, its event (None where nobody waits)."""

    to: State
    kind: str
    event: str | None


DECISIONS = {
    "accept": Decision(to=State.ACCEPTED, kind="accepted", event="complaint.closed.v1"),
    "dispute": Decision(to=State.DISPUTED, kind="disputed", event="complaint.disputed.v1"),
    "complete": Decision(to=State.VERIFICATION, kind="completed", event=None),
    "withdraw": Decision(to=State.WITHDRAWN, kind="withdrawn", event="complaint.withdrawn.v1"),
    "reopen": Decision(to=State.REOPENED, kind="reopened", event="complaint.reopened.v1"),
}
