"""What is said when a number is called. Standard library only.

The sentences hold nothing but letters, spaces, commas and full stops: signs that a voice would take
for orders of its own (phonemes, marks) never reach it.
"""

import re
from dataclasses import dataclass

from gerai_gateway.rules import spoken

INDONESIAN, ENGLISH = "id", "en"
#: In the order in which they are spoken.
LANGUAGES = (INDONESIAN, ENGLISH)
DIGIT_BY_DIGIT, AS_NUMBER = "single", "number"
WAYS = (DIGIT_BY_DIGIT, AS_NUMBER)
LONGEST_NAME = 80
LONGEST_NUMBER = 20

_ENGLISH_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ENGLISH_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH_ORDINALS = {2: "Second", 3: "Third", 4: "Fourth", 5: "Fifth", 6: "Sixth", 7: "Seventh", 8: "Eighth"}
#: An English voice takes a single A for the article.
_ENGLISH_LETTERS = {"a": "eigh"}
_LETTERS_AND_DIGITS = re.compile(r"[^\W\d_]|\d+")
_WORDS = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """One call as it is to be said. `counters` are the counter's names by language, empty when not known."""

    number: str
    counters: dict[str, str]
    times_called: int


def sentence(call: Announcement, *, language: str, digits: str) -> str:
    """Return what is said of a call in `language`, its number said in one of WAYS."""
    spell = _indonesian if language == INDONESIAN else _english
    return spell(call, digits)


def _indonesian(call: Announcement, digits: str) -> str:
    number = _number(call.number, spoken.UNITS, spoken.number, digits, {})
    counter = _name(call.counters.get(INDONESIAN, ""), spoken.number) or "petugas"
    opening = "Nomor antrean"
    if call.times_called > 1:
        opening = f"Panggilan ke{spoken.number(call.times_called)} untuk nomor antrean"
    return f"{opening} {number}, silakan menuju {counter}."


def _english(call: Announcement, digits: str) -> str:
    number = _number(call.number, _ENGLISH_UNITS, english_number, digits, _ENGLISH_LETTERS)
    counter = _name(call.counters.get(ENGLISH, ""), english_number) or "an officer"
    opening = "Queue number"
    if call.times_called > 1:
        opening = f"{_ENGLISH_ORDINALS.get(call.times_called, 'Another')} call for queue number"
    return f"{opening} {number}, please go to {counter}."


def _number(
    written: str, units: tuple[str, ...], whole: spoken.Counting, digits: str, letters: dict[str, str]
) -> str:
    """`A-012` as letters, and its digits one by one or as the number they make."""
    parts = _LETTERS_AND_DIGITS.findall(written[:LONGEST_NUMBER])
    said = []
    for part in parts:
        if not part.isdecimal():
            said.append(letters.get(part.lower(), part.upper()))
        elif digits == AS_NUMBER:
            said.append(whole(int(part)))
        else:
            said.append(" ".join(units[int(digit)] for digit in part))
    return " ".join(said)


def _name(written: str, whole: spoken.Counting) -> str:
    """`Loket 2B` as it is said: its numbers in words, its single letters apart, its other words small."""
    parts = _WORDS.findall(written[:LONGEST_NAME])
    said = [whole(int(part[-9:])) if part.isdecimal() else _word(part) for part in parts]
    return " ".join(said)


def _word(word: str) -> str:
    return word.upper() if len(word) == 1 else word.lower()


def english_number(value: int) -> str:
    """Return a whole number in English words: `one hundred twenty`."""
    for scale, name in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if value >= scale:
            rest = f" {english_number(value % scale)}" if value % scale else ""
            return f"{english_number(value // scale)} {name}{rest}"
    if value >= 20:
        rest = f" {_ENGLISH_UNITS[value % 10]}" if value % 10 else ""
        return _ENGLISH_TENS[value // 10 - 2] + rest
    return _ENGLISH_UNITS[value] if value < 10 else _ENGLISH_TEENS[value - 10]
