"""Numbers and addresses as somebody speaks them in Indonesian. Standard library only.

Our own: the usual package for it needs another one that is not published in a form that we install.
"""

import re
from collections.abc import Callable

#: Says a whole number in words.
Counting = Callable[[int], str]
UNITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
#: What a number above a thousand is counted in, the largest first.
SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"))
MOST = 10**15
#: Rp650.000 in a text, and any other number, with dots between its thousands.
_RUPIAH = re.compile(r"Rp\s?(\d{1,3}(?:\.\d{3})+|\d+)( (?:juta|miliar|triliun))?")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+|\d+")
_SIGNS = {".": "titik", ":": "titik dua", "/": "garis miring", "-": "strip", "_": "garis bawah"}


def number(value: int) -> str:
    """Return a whole number from 0 to less than MOST in words: `tiga ratus lima puluh ribu`."""
    if not 0 <= value < MOST:
        raise ValueError(value)
    for scale, name in SCALES:
        if value >= scale:
            return _joined(f"{number(value // scale)} {name}", value % scale)
    if value >= 2000:
        return _joined(f"{number(value // 1000)} ribu", value % 1000)
    if value >= 1000:
        return _joined("seribu", value % 1000)
    return _below_a_thousand(value)


def _below_a_thousand(value: int) -> str:
    if value >= 200:
        return _joined(f"{UNITS[value // 100]} ratus", value % 100)
    if value >= 100:
        return _joined("seratus", value % 100)
    if value >= 20:
        return _joined(f"{UNITS[value // 10]} puluh", value % 10)
    if value >= 12:
        return f"{UNITS[value % 10]} belas"
    return {10: "sepuluh", 11: "sebelas"}.get(value) or UNITS[value]


def _joined(words: str, rest: int) -> str:
    return f"{words} {number(rest)}" if rest else words


def text(written: str) -> str:
    """Return a text with its numbers and amounts of money in words."""
    with_money = _RUPIAH.sub(lambda found: f"{_words(found[1])}{found[2] or ''} rupiah", written)
    return _NUMBER.sub(lambda found: _words(found[0]), with_money)


def _words(digits: str) -> str:
    return number(int(digits.replace(".", "")))


def address(host: str) -> str:
    """Return the name of a website as it is spelled out: `gerai titik contoh titik id`."""
    parts = re.findall(r"[a-z]+|\d|[.:/_-]", host.lower())
    return " ".join(_SIGNS.get(part) or (UNITS[int(part)] if part.isdigit() else part) for part in parts)


def hour(clock: str) -> str:
    """Return `08:30` as it is spoken: `pukul delapan tiga puluh`."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return f"pukul {number(hours)}" + (f" {number(minutes)}" if minutes else "")
