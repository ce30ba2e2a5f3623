"""How a service point is established: stages, what each of them needs, deadlines and their sources (S4).

An immigration office is opened in stages, and a work unit (Unit Kerja Keimigrasian, UKK) comes first (S4-2).
A mall is proposed, verified, built and tried out. Standard library only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

UNIT, OFFICE, MALL = "ukk", "office", "mall"
KINDS = (UNIT, OFFICE, MALL)

SUBMITTED, VERIFIED, PREPARED, TRIAL, OPENED = "submitted", "verified", "prepared", "trial", "opened"
RETURNED, WITHDRAWN = "returned", "withdrawn"
#: The way of a request that goes well.
WAY = (SUBMITTED, VERIFIED, PREPARED, TRIAL, OPENED)
STAGES = (*WAY, RETURNED, WITHDRAWN)
#: Where a request may go from each stage. What is open or withdrawn stays so.
NEXT: Mapping[str, tuple[str, ...]] = {
    SUBMITTED: (VERIFIED, RETURNED, WITHDRAWN),
    VERIFIED: (PREPARED, RETURNED, WITHDRAWN),
    PREPARED: (TRIAL, RETURNED, WITHDRAWN),
    TRIAL: (OPENED, RETURNED, WITHDRAWN),
    RETURNED: (SUBMITTED, WITHDRAWN),
    OPENED: (),
    WITHDRAWN: (),
}

LETTER, LAND, BUILDING, EQUIPMENT, GRANT, STAFF = "letter", "land", "building", "equipment", "grant", "staff"
SOCIOLOGICAL, GEOGRAPHIC, URGENCY = "sociological", "geographic", "urgency"

OPEN, RECEIVED, ACCEPTED, SENT_BACK = "open", "received", "accepted", "sent_back"
#: What may become of an item of the checklist. What was accepted may still be found wrong.
ITEM_STATES: Mapping[str, tuple[str, ...]] = {
    OPEN: (RECEIVED,),
    RECEIVED: (ACCEPTED, SENT_BACK),
    SENT_BACK: (RECEIVED,),
    ACCEPTED: (SENT_BACK,),
}

#: The letter and the studies say whether and why (S4-3, S4-5); land, building, equipment, the deed by which
#: they are granted, and people make it real (S4-3, S4-4).
_OFFICE_ITEMS: Mapping[str, tuple[str, ...]] = {
    VERIFIED: (LETTER, SOCIOLOGICAL, GEOGRAPHIC),
    PREPARED: (LAND, BUILDING, EQUIPMENT, GRANT, STAFF),
}
#: Perpres 89/2021 Pasal 5(2): at least the official letter and a study of the urgency.
_MALL_ITEMS: Mapping[str, tuple[str, ...]] = {
    VERIFIED: (LETTER, URGENCY),
    PREPARED: (BUILDING, EQUIPMENT, STAFF),
}
ITEMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    UNIT: _OFFICE_ITEMS,
    OFFICE: _OFFICE_ITEMS,
    MALL: _MALL_ITEMS,
}


@dataclass(frozen=True, kw_only=True)
class Basis:
    """A rule that a kind of request rests on, while it holds.

    `confidence` says how well we know the text: `read` (seen), `quoted` (told by a source), `named` (only its
    title is attested).
    """

    kinds: tuple[str, ...]
    citation: str
    confidence: str
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, kw_only=True)
class Deadline(Basis):
    """Within how many calendar days a request is verified."""

    days: int


#: Where no first day was found, the first of the year that the rule's number names.
BASES = (
    Basis(
        kinds=(UNIT, OFFICE),
        citation="Permenkumham 19/2018 tentang Organisasi dan Tata Kerja Kantor Imigrasi",
        # Named at the audience of Lebak (S4-1); its articles on work units were not found.
        confidence="named",
        valid_from=date(2018, 1, 1),
    ),
    Basis(
        kinds=(MALL,),
        citation="Perpres 89/2021 tentang Penyelenggaraan Mal Pelayanan Publik",
        confidence="quoted",
        valid_from=date(2021, 1, 1),
    ),
    Basis(
        kinds=(MALL,),
        citation="PermenPANRB 92/2021 tentang Petunjuk Teknis Penyelenggaraan Mal Pelayanan Publik",
        confidence="quoted",
        valid_from=date(2021, 1, 1),
    ),
)
DEADLINES = (
    Deadline(
        kinds=(MALL,),
        citation="Perpres 89/2021 (verifikasi usulan)",
        confidence="quoted",
        days=30,
        valid_from=date(2021, 1, 1),
    ),
)


def bases_of(kind: str, day: date) -> list[Basis]:
    """Return the rules that a request of this kind rests on, on the day it was made."""
    return [basis for basis in BASES if kind in basis.kinds and basis.holds_on(day)]


def deadline_of(kind: str, submitted_on: date) -> tuple[date, Deadline] | None:
    """Return until when a request is to be verified and by which rule; None where no rule sets a day."""
    for deadline in DEADLINES:
        if kind in deadline.kinds and deadline.holds_on(submitted_on):
            return submitted_on + timedelta(days=deadline.days), deadline
    return None


def items_of(kind: str) -> tuple[str, ...]:
    """Return the checklist of a kind of request, in the order in which its stages need it."""
    return tuple(item for stage in WAY for item in ITEMS[kind].get(stage, ()))


def lacking(kind: str, stage: str, states: Mapping[str, str]) -> list[str]:
    """Return the items that are not accepted and that a stage, or one before it, needs.

    To be returned, withdrawn or submitted again needs nothing.
    """
    if stage not in WAY:
        return []
    needed = [item for each in WAY[: WAY.index(stage) + 1] for item in ITEMS[kind].get(each, ())]
    return [item for item in needed if states.get(item, OPEN) != ACCEPTED]


def staff_is_mixed(*, immigration: int | None, regional: int | None) -> bool:
    """Tell whether people of both sides are on the list (S4-4): immigration's, and the regency's own."""
    return bool(immigration) and bool(regional)


def in_order_of_urgency(actions: Iterable[tuple[str, date, bool]], *, today: date) -> list[str]:
    """Return the ids of (id, due day, is done): overdue first, then by due day, what is done last."""

    def place(action: tuple[str, date, bool]) -> tuple[bool, bool, date, str]:
        action_id, due_on, is_done = action
        return is_done, due_on >= today, due_on, action_id

    return [action_id for action_id, _, _ in sorted(actions, key=place)]
