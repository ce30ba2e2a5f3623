"""The one checklist: what is there, what is missing, and why something need not be. Standard library only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gerai_booking.rules.catalogue import Requirement

#: The reason for what the catalogue itself asks of some applicants only (`Requirement.only_for`).
NOT_CONCERNED = "not_concerned"
SHORTEST_REASON = 10


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """What an officer found: codes of requirements that are there, and reasons by code for what is not."""

    have: frozenset[str] = frozenset()
    absences: Mapping[str, str] = field(default_factory=dict)


NOTHING_CHECKED = Checklist()


def missing_of(requirements: Iterable[Requirement], checklist: Checklist) -> tuple[Requirement, ...]:
    """Return what is neither there nor has a reason for being absent, in the catalogue's order (S2-6)."""
    return tuple(each for each in requirements if not _is_settled(each, checklist))


def _is_settled(requirement: Requirement, checklist: Checklist) -> bool:
    if requirement.code in checklist.have:
        return True
    reason = checklist.absences.get(requirement.code, "").strip()
    if reason == NOT_CONCERNED:
        return requirement.only_for is not None
    return len(reason) >= SHORTEST_REASON
