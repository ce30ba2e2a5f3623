"""Shifts at counters: who has one open, for what it pauses, what it serves. Standard library only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

OPEN, PAUSED, CLOSED = "open", "paused", "closed"

#: How a shift ends: its officer closed it, another took over, the officer went to another counter, a
#: supervisor closed it, or the day ended.
BY_OFFICER, TAKEN_OVER, MOVED, BY_SUPERVISOR, DAY_END = (
    "officer",
    "takeover",
    "moved",
    "supervisor",
    "day_end",
)

#: For what a counter pauses, and how many minutes that usually takes; None where nobody can say.
REASONS: Mapping[str, int | None] = {
    "break": 15,
    "prayer": 15,
    "meeting": 30,
    "trouble": None,
    "other": None,
}
LONGEST_PAUSE_MINUTES = 240


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Nobody is called at a counter since `since`, until about `until` if that was said."""

    reason: str
    note: str | None
    since: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Shift:
    """An officer at a counter."""

    id: str
    site: str
    counter: str
    officer_id: str
    officer_name: str
    since: datetime
    pause: Pause | None = None

    @property
    def paused_until(self) -> datetime | None:
        """When it is expected to go on; None where it does not pause or nobody said."""
        return self.pause.until if self.pause else None

    @property
    def state(self) -> str:
        """OPEN or PAUSED."""
        return PAUSED if self.pause else OPEN


def served_by(
    of_counter: Iterable[str], of_officer: frozenset[str], *, offered: frozenset[str]
) -> tuple[str, ...]:
    """Return what an officer serves at a counter, in the counter's order: what both may, and the site offers.

    An officer of whom nothing was said (an empty set) serves all.
    """
    return tuple(
        service for service in of_counter if service in offered and (not of_officer or service in of_officer)
    )


def left_alone(before: Mapping[str, Iterable[str]], counter: str, services: Iterable[str]) -> list[str]:
    """Return which services nobody would serve any more once `counter` served `services` alone.

    `before` is what each counter of the site serves.
    """
    elsewhere = {service for code, each in before.items() if code != counter for service in each}
    return sorted(set(before.get(counter, ())) - set(services) - elsewhere)
