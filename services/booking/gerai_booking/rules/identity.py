"""What the sixteen digits of a NIK say, and tidy names.

A NIK is evidence, not proof: its region is the place of the first registration, its century is not written,
and some true NIKs disagree with the true birth date or sex. So only a number that cannot exist is refused
here; a birth date or a sex that disagrees is reported for a warning and never stops anybody.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

Sex = Literal["female", "male"]
NikReason = Literal["not_16_digits", "unknown_province", "unknown_region", "impossible_date", "zero_serial"]

ADDED_TO_THE_DAY_OF_WOMEN = 40
#: What a NIK can say otherwise than its holder, as kept with a ticket.
BIRTH_DATE_DIFFERS = "birth_date_differs"
SEX_DIFFERS = "sex_differs"
SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015]+")
INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u0060": "'", "\u00b4": "'"})


class InvalidNik(ValueError):
    """The text is not a NIK.

    `reason` is one of `not_16_digits`, `unknown_province`, `unknown_region` (a regency or city number that
    is never given out), `impossible_date`, `zero_serial`. The text itself is not kept: it may be somebody's
    true number.
    """

    def __init__(self, reason: NikReason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True, repr=False)
class Nik:
    """A NIK taken apart. Printing it, even in a traceback, shows the masked form only.

    `province` is "36", `regency` "36.02", `district` "36.02.14" (codes of Kemendagri), `year_of_century`
    0-99, `serial` "0003".
    """

    digits: str
    province: str
    regency: str
    district: str
    birth_day: int
    birth_month: int
    year_of_century: int
    sex: Sex
    serial: str

    @property
    def masked(self) -> str:
        """The form for people's eyes: `3602********0003`."""
        return f"{self.digits[:4]}********{self.digits[-4:]}"

    def __repr__(self) -> str:
        return f"Nik({self.masked})"


def parse_nik(text: str) -> Nik:
    """Reads a NIK as people type it, with spaces, dots or dashes between the digits. Raises InvalidNik.

    Layout: province, regency, district (two digits each), day, month, year (two digits each, 40 added to the
    day of a woman), serial of four. Provinces are 11-96; regencies 01-69, cities 71-99.
    """
    digits = SEPARATORS.sub("", text)
    if not re.fullmatch(r"[0-9]{16}", digits):
        raise InvalidNik("not_16_digits")
    province, region, district = digits[:2], digits[2:4], digits[4:6]
    if not 11 <= int(province) <= 96:
        raise InvalidNik("unknown_province")
    if region in {"00", "70"}:
        raise InvalidNik("unknown_region")
    written_day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    sex: Sex = "female" if written_day > ADDED_TO_THE_DAY_OF_WOMEN else "male"
    day = written_day - ADDED_TO_THE_DAY_OF_WOMEN if sex == "female" else written_day
    if not _exists_in_some_century(year, month, day):
        raise InvalidNik("impossible_date")
    if digits[12:] == "0000":
        raise InvalidNik("zero_serial")
    return Nik(
        digits=digits,
        province=province,
        regency=f"{province}.{region}",
        district=f"{province}.{region}.{district}",
        birth_day=day,
        birth_month=month,
        year_of_century=year,
        sex=sex,
        serial=digits[12:],
    )


def birth_date_agrees(nik: Nik, birth_date: date) -> bool:
    """Whether digits 7 to 12 spell this birth date; the century is not in the number and is not compared.

    False is a reason to warn and to point to Disdukcapil, never to refuse: true NIKs with another date exist.
    """
    written = (nik.birth_day, nik.birth_month, nik.year_of_century)
    return written == (birth_date.day, birth_date.month, birth_date.year % 100)


def birth_date_by(nik: Nik, day: date) -> date:
    """Return the latest birth date, not after a day, that digits 7 to 12 can spell.

    Whoever is older than a hundred seems a child by it: a reason never to refuse, nor to call anybody small.
    """
    this_century = date(2000 + nik.year_of_century, nik.birth_month, nik.birth_day)
    if this_century <= day:
        return this_century
    return date(1900 + nik.year_of_century, nik.birth_month, nik.birth_day)


def identity_note(nik: Nik, *, birth_date: date | None, sex: Sex | None) -> str | None:
    """What digits 7 to 12 say otherwise than the holder, as codes with spaces between; None: nothing.

    What was not told is not compared.
    """
    found = []
    if birth_date is not None and not birth_date_agrees(nik, birth_date):
        found.append(BIRTH_DATE_DIFFERS)
    if sex is not None and sex != nik.sex:
        found.append(SEX_DIFFERS)
    return " ".join(found) or None


def normalise_name(text: str) -> str:
    """The name as typed, without what nobody sees: one form of each letter, one apostrophe, single spaces.

    Capitals are kept, because names in documents are compared letter by letter. Blank text gives "".
    """
    visible = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in INVISIBLE
    )
    return " ".join(unicodedata.normalize("NFKC", visible.translate(APOSTROPHES)).split())


def _exists_in_some_century(year_of_century: int, month: int, day: int) -> bool:
    """Asking 20YY is enough: its leap years are those of 19YY and 2000, so no day of 19YY is missing."""
    try:
        date(2000 + year_of_century, month, day)
    except ValueError:
        return False
    return True
