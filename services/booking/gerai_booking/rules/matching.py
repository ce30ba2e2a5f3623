"""Compares what a list says of somebody with what they say themselves, field by field. Standard library only.

The name in a passport has to equal that of the hajj registration, and "not one letter" may differ: so every
difference counts, but a small one is mended at the counter (minutes and an endorsement page), a large one at
its source (the ministry's form of change, or a decision of a court).
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Literal

Size = Literal["same", "small", "large"]
Field = Literal["name", "birth_date"]

#: Titles before and after a name: no part of it, yet some documents have them.
TITLES = frozenset({
    "h", "hj", "haji", "hajah", "hajjah", "kh", "drs", "dra", "dr", "drg", "drh", "ir", "prof",
    "st", "se", "sh", "spd", "sag", "skm", "skom", "mm", "mh", "msi", "mpd", "amd",
})  # fmt: skip
#: How letters were written before 1972, and as people still write them.
OLD_SPELLING = (("tj", "c"), ("dj", "j"), ("nj", "ny"), ("sj", "sy"), ("ch", "kh"), ("oe", "u"))
_NOT_LETTERS = re.compile(r"[^\w\s]|_")


class MatchState(StrEnum):
    """How a ticket's holder stands to the list that their purpose is compared with."""

    MATCHES = "matches"
    DIFFERS = "differs"
    BEING_CORRECTED = "being_corrected"
    CORRECTED = "corrected"
    NOT_LISTED = "not_listed"


#: What an officer decides, who has the papers; the other states are what comparing finds.
DECIDED = (MatchState.DIFFERS, MatchState.BEING_CORRECTED, MatchState.CORRECTED)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How much a field differs, and how: `reason` is a code, 'same' where nothing differs."""

    field: Field
    size: Size
    reason: str


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a text, with whether the other text has it otherwise."""

    text: str
    differs: bool


def compare(
    *, listed_name: str, told_name: str, listed_birth: date | None, told_birth: date | None
) -> list[Comparison]:
    """Return how each field differs that both sides have."""
    found = [compare_names(listed_name, told_name)]
    if listed_birth is not None and told_birth is not None:
        found.append(compare_birth_dates(listed_birth, told_birth))
    return found


def state_after(before: MatchState | None, found: list[Comparison] | None) -> MatchState:
    """Return how somebody stands to a list when it is looked into anew; `found` is None for who is not on it.

    What an officer has decided holds until the list says the same as the applicant: nothing is left to mend.
    """
    if found is None:
        now = MatchState.NOT_LISTED
    elif all(each.size == "same" for each in found):
        now = MatchState.MATCHES
    else:
        now = MatchState.DIFFERS
    if before not in {MatchState.BEING_CORRECTED, MatchState.CORRECTED}:
        return now
    return MatchState.CORRECTED if now is MatchState.MATCHES else before


def compare_names(one: str, other: str) -> Comparison:
    """Return how two names differ; which of them stands first makes no difference.

    Capitals and spaces around do not count: documents are in capitals.
    """
    size, reason = _difference_of_names(_folded(one), _folded(other))
    return Comparison(field="name", size=size, reason=reason)


def compare_birth_dates(one: date, other: date) -> Comparison:
    """Return how two birth dates differ; another year is never a small thing."""
    if one == other:
        size, reason = "same", "same"
    elif one.year != other.year:
        size, reason = "large", "year"
    elif (one.day, one.month) == (other.month, other.day):
        size, reason = "small", "day_and_month_swapped"
    elif sum(a != b for a, b in zip(f"{one:%d%m}", f"{other:%d%m}", strict=True)) == 1:
        size, reason = "small", "one_digit"
    else:
        size, reason = "large", "day"
    return Comparison(field="birth_date", size=size, reason=reason)  # type: ignore[arg-type]


def pieces(text: str, other: str) -> list[Piece]:
    """Return a text in pieces, each marked whether the other text has it otherwise."""
    matcher = SequenceMatcher(None, text.casefold(), other.casefold(), autojunk=False)
    if len(text.casefold()) != len(text):
        # A letter that is two in small ones: the places would be wrong, so all of it is marked.
        return [Piece(text=text, differs=text != other)] if text else []
    return [
        Piece(text=text[start:end], differs=kind != "equal")
        for kind, start, end, _, _ in matcher.get_opcodes()
        if start < end
    ]


def _difference_of_names(one: str, other: str) -> tuple[Size, str]:
    if one == other:
        return "same", "same"
    plain, opposite = _words(one), _words(other)
    if plain == opposite:
        return "small", "signs"
    plain, opposite = _without_titles(plain), _without_titles(opposite)
    if plain == opposite:
        return "small", "titles"
    if "".join(plain) == "".join(opposite):
        return "small", "spaces"
    if sorted(plain) == sorted(opposite):
        return "small", "order"
    return _difference_of_words(plain, opposite)


def _difference_of_words(one: list[str], other: list[str]) -> tuple[Size, str]:
    if [_new_spelling(word) for word in one] == [_new_spelling(word) for word in other]:
        return "small", "spelling"
    if _is_one_step(" ".join(one), " ".join(other)):
        return "small", "one_letter"
    missing = (Counter(one) - Counter(other)) + (Counter(other) - Counter(one))
    if _is_part(one, other) or _is_part(other, one):
        return ("small" if missing.total() == 1 else "large"), "missing_part"
    return "large", "different"


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _words(text: str) -> list[str]:
    """The words without accents and signs: `nur'aini` is one word, `siti-aminah` two."""
    apart = unicodedata.normalize("NFKD", text.replace("-", " "))
    return _NOT_LETTERS.sub("", "".join(each for each in apart if not unicodedata.combining(each))).split()


def _without_titles(words: list[str]) -> list[str]:
    """A name that is nothing but titles is kept: it is somebody's name."""
    return [word for word in words if word not in TITLES] or words


def _new_spelling(word: str) -> str:
    for old, new in OLD_SPELLING:
        word = word.replace(old, new)
    return word


def _is_part(few: list[str], many: list[str]) -> bool:
    return bool(few) and not Counter(few) - Counter(many)


def _is_one_step(one: str, other: str) -> bool:
    """Tell whether one letter was changed, left out, put in, or has changed places with its neighbour."""
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    rest, opposite = one[start:], other[start:]
    if len(one) < len(other):
        return rest == opposite[1:]
    swapped = len(rest) > 1 and rest[:2] == opposite[1::-1] and rest[2:] == opposite[2:]
    return rest[1:] == opposite[1:] or swapped
