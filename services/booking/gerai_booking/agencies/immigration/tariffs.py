"""Passport fees: PP 45/2024 and, as history, the rows of PP 28/2019 that it replaced.

PP 45/2024 came into force 60 days after 18 October 2024, which is 17 December 2024; some offices announced
the 18th. Under PP 28/2019 (from 3 May 2019) the validity made no difference in price; ten years exist since
12 October 2022.
"""

from dataclasses import replace
from datetime import date, timedelta

from gerai_booking.rules.catalogue import Fee, Text, ValidityRule

PRESENT = "PP 45/2024"
FORMER = "PP 28/2019"
#: Art. 2A.
VALIDITY = "Permenkumham 18/2022"
PRESENT_FROM = date(2024, 12, 17)
FORMER_FROM = date(2019, 5, 3)
TEN_YEARS_FROM = date(2022, 10, 12)


def five_year_fees() -> tuple[Fee, ...]:
    """A passport of at most five years, ordinary and electronic."""
    ordinary = Text(
        id="Paspor biasa, berlaku paling lama 5 tahun", en="Ordinary passport, valid for up to 5 years"
    )
    electronic = Text(
        id="Paspor elektronik, berlaku paling lama 5 tahun", en="Electronic passport, valid for up to 5 years"
    )
    return (
        *_succession("ordinary-5-years", ordinary, FORMER_FROM, former=350_000, present=350_000),
        *_succession("electronic-5-years", electronic, FORMER_FROM, former=650_000, present=650_000),
    )


def ten_year_fees() -> tuple[Fee, ...]:
    """A passport of at most ten years, for those of 17 or over or married (Permenkumham 18/2022 art. 2A)."""
    ordinary = Text(
        id="Paspor biasa, berlaku paling lama 10 tahun", en="Ordinary passport, valid for up to 10 years"
    )
    electronic = Text(
        id="Paspor elektronik, berlaku paling lama 10 tahun",
        en="Electronic passport, valid for up to 10 years",
    )
    rows = (
        *_succession("ordinary-10-years", ordinary, TEN_YEARS_FROM, former=350_000, present=650_000),
        *_succession("electronic-10-years", electronic, TEN_YEARS_FROM, former=650_000, present=950_000),
    )
    return tuple(replace(fee, only_for=_of_age()) for fee in rows)


def five_years() -> tuple[ValidityRule, ...]:
    """What a child's passport is valid for at most."""
    return (ValidityRule(years=5, basis=VALIDITY, valid_from=TEN_YEARS_FROM),)


def five_or_ten_years() -> tuple[ValidityRule, ...]:
    """What other passports are valid for at most; ten years for those who count as adults."""
    ten = ValidityRule(years=10, basis=VALIDITY, valid_from=TEN_YEARS_FROM, ages="adult", only_for=_of_age())
    return (*five_years(), ten)


def _of_age() -> Text:
    return Text(id="WNI 17 tahun ke atas atau sudah menikah", en="Citizens aged 17 or over, or married")


def same_day_fee() -> Fee:
    """What finishing on the same day costs on top."""
    label = Text(
        id="Tambahan layanan percepatan, selesai pada hari yang sama", en="Surcharge for the same-day service"
    )
    return _added("same-day", label, 1_000_000)


def lost_book_fee() -> Fee:
    """What a lost passport costs on top of the new one."""
    return _added(
        "lost-book", Text(id="Tambahan biaya paspor hilang", en="Surcharge for a lost passport"), 1_000_000
    )


def damaged_book_fee() -> Fee:
    """What a damaged passport costs on top of the new one."""
    label = Text(id="Tambahan biaya paspor rusak", en="Surcharge for a damaged passport")
    return _added("damaged-book", label, 500_000)


def _succession(code: str, label: Text, first_day: date, *, former: int, present: int) -> tuple[Fee, Fee]:
    last_day = PRESENT_FROM - timedelta(days=1)
    return (
        Fee(
            code=code,
            label=label,
            amount_rupiah=former,
            basis=FORMER,
            valid_from=first_day,
            valid_to=last_day,
        ),
        Fee(code=code, label=label, amount_rupiah=present, basis=PRESENT, valid_from=PRESENT_FROM),
    )


def _added(code: str, label: Text, amount_rupiah: int) -> Fee:
    return Fee(
        code=code,
        label=label,
        amount_rupiah=amount_rupiah,
        additional=True,
        basis=PRESENT,
        valid_from=PRESENT_FROM,
    )
