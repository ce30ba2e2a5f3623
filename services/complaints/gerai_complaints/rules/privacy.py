"""What is kept of a complaint for how long, on which basis, and what goes when (UU 27/2022)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from gerai_complaints.rules.case import FINAL_STATES, State

DAYS_OF_CONTACT = 365
#: Not a schedule of the archives (jadwal retensi arsip): each deployment sets its own.
YEARS_OF_CONTENTS = 5
#: What was said stands no more; in the language of whoever brought it.
ERASED_TEXTS = {"id": "[dihapus]", "en": "[erased]"}
#: Entries whose text is no one's words: dates, steps and numbers, without which the history says nothing.
KINDS_WITHOUT_WORDS = frozenset({"due", "reminded", "escalated", "assigned", "joined"})


class Part(StrEnum):
    """Parts of what is kept of a complaint; they go at different times."""

    #: Who brought it: contact, proxy, ticket, and what became public of it.
    PERSON = "person"
    #: What was said: texts, decisions' reasons, files.
    CONTENTS = "contents"
    #: Who did what when, without any words: chained digests.
    AUDIT = "audit"
    #: Kinds, places, days and states, which tell of nobody.
    NUMBERS = "numbers"


@dataclass(frozen=True, kw_only=True)
class Retention:
    """For how long after the end of a case its parts are kept."""

    contact: timedelta = timedelta(days=DAYS_OF_CONTACT)
    contents_years: int = YEARS_OF_CONTENTS

    @property
    def contents(self) -> timedelta:
        """How long texts and files are kept: years with a leap day each, so never less than that."""
        return timedelta(days=366 * self.contents_years)


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """That a part is kept: `days` after the case is over (None: for good), and why, in Indonesian."""

    part: Part
    days: int | None
    basis: str


def keepings(retention: Retention) -> tuple[Keeping, ...]:
    """Return what is kept, for how long and why; a wish to be erased shortens the first alone."""
    return (
        Keeping(
            part=Part.PERSON,
            days=retention.contact.days,
            basis="UU 27/2022 Pasal 43-44; UU 25/2009: sampai dijawab, dan untuk keberatan sesudahnya",
        ),
        Keeping(
            part=Part.CONTENTS,
            days=retention.contents.days,
            basis="UU 43/2009 (kearsipan); jadwal retensi arsip (JRA) ditetapkan oleh pengelola",
        ),
        Keeping(part=Part.AUDIT, days=None, basis="UU 25/2009 (pengawasan); hanya sidik jari, tanpa isi"),
        Keeping(part=Part.NUMBERS, days=None, basis="Statistik tanpa data orang"),
    )


def may_erase_person(state: State) -> bool:
    """Tell whether nobody owes whoever brought a complaint a word any more."""
    return state in FINAL_STATES
