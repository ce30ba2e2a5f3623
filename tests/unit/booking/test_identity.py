"""What a NIK says, what it is refused for, and how names are tidied."""

import unicodedata
from datetime import date
from typing import get_args

import pytest
from gerai_booking.rules.identity import (
    InvalidNik,
    Nik,
    NikReason,
    Sex,
    birth_date_agrees,
    identity_note,
    normalise_name,
    parse_nik,
)
from hypothesis import given
from hypothesis import strategies as st

WOMAN_OF_RANGKASBITUNG = "3602146508900003"

regions = st.integers(1, 99).filter(lambda number: number != 70)
birth_dates = st.dates(date(1910, 1, 1), date(2026, 12, 31))


@st.composite
def written_niks(draw: st.DrawFn) -> tuple[str, date, bool]:
    """A possible NIK, the birth date and the sex (female is True) that it was made from."""
    born, female = draw(birth_dates), draw(st.booleans())
    place = f"{draw(st.integers(11, 96)):02}{draw(regions):02}{draw(st.integers(1, 60)):02}"
    day = born.day + (40 if female else 0)
    serial = draw(st.integers(1, 9999))
    return f"{place}{day:02}{born.month:02}{born.year % 100:02}{serial:04}", born, female


def reason_of(text: str) -> str:
    with pytest.raises(InvalidNik) as caught:
        parse_nik(text)
    return caught.value.reason


def test_the_number_of_a_woman_from_rangkasbitung_is_taken_apart() -> None:
    nik = parse_nik(WOMAN_OF_RANGKASBITUNG)
    assert (nik.province, nik.regency, nik.district) == ("36", "36.02", "36.02.14")
    assert (nik.birth_day, nik.birth_month, nik.year_of_century) == (25, 8, 90)
    assert (nik.sex, nik.serial) == ("female", "0003")
    assert nik.digits == WOMAN_OF_RANGKASBITUNG
    assert birth_date_agrees(nik, date(1990, 8, 25))


def test_a_man_has_the_day_as_it_is() -> None:
    nik = parse_nik("3602142508900003")
    assert (nik.sex, nik.birth_day) == ("male", 25)


@pytest.mark.parametrize(
    "typed",
    [
        "3602 1465 0890 0003",
        "36.02.14.650890.0003",
        "360214-650890-0003",
        "  3602146508900003\n",
        "360214\u00a0650890\u20130003",
    ],
)
def test_spaces_dots_and_dashes_between_the_digits_do_not_matter(typed: str) -> None:
    assert parse_nik(typed) == parse_nik(WOMAN_OF_RANGKASBITUNG)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "not_16_digits"),
        ("360214650890000", "not_16_digits"),
        ("36021465089000030", "not_16_digits"),
        ("36021465089O0003", "not_16_digits"),
        ("٣٦٠٢١٤٦٥٠٨٩٠٠٠٠٣", "not_16_digits"),
        ("3602/1465/0890/0003", "not_16_digits"),
        ("1002146508900003", "unknown_province"),
        ("9702146508900003", "unknown_province"),
        ("3600146508900003", "unknown_region"),
        ("3670146508900003", "unknown_region"),
        ("3602140008900003", "impossible_date"),
        ("3602143208900003", "impossible_date"),
        ("3602144008900003", "impossible_date"),
        ("3602147208900003", "impossible_date"),
        ("3602142513900003", "impossible_date"),
        ("3602142500900003", "impossible_date"),
        ("3602143002900003", "impossible_date"),
        ("3602142902010003", "impossible_date"),
        ("3602146508900000", "zero_serial"),
    ],
)
def test_a_number_that_cannot_exist_is_refused_with_its_reason(typed: str, reason: str) -> None:
    assert reason_of(typed) == reason


@pytest.mark.parametrize("day_month_year", ["290200", "690200", "290296", "710196", "310196"])
def test_a_day_that_exists_in_one_century_is_accepted(day_month_year: str) -> None:
    assert parse_nik(f"360214{day_month_year}0003").serial == "0003"


def test_cities_and_regencies_at_their_bounds_are_known() -> None:
    regions_seen = [parse_nik(f"{place}142508900003").regency for place in ("1101", "9669", "3671", "7599")]
    assert regions_seen == ["11.01", "96.69", "36.71", "75.99"]


def test_only_the_masked_number_is_printed() -> None:
    nik = parse_nik(WOMAN_OF_RANGKASBITUNG)
    assert nik.masked == "3602********0003"
    assert f"{nik}" == repr(nik) == f"{[nik]}"[1:-1] == "Nik(3602********0003)"


def test_a_refusal_does_not_repeat_what_was_typed() -> None:
    with pytest.raises(InvalidNik) as caught:
        parse_nik("3602146513900003")
    assert "3602" not in f"{caught.value!r} {caught.value} {caught.value.args}"


@given(written_niks())
def test_a_number_is_read_as_it_was_written(written: tuple[str, date, bool]) -> None:
    text, born, female = written
    nik = parse_nik(text)
    assert nik.digits == text
    assert nik.sex == ("female" if female else "male")
    assert nik.district.replace(".", "") == text[:6]
    assert birth_date_agrees(nik, born)
    assert nik.masked[4:-4] == "*" * 8
    assert len(nik.masked) == 16


@given(written_niks(), birth_dates)
def test_another_birth_date_disagrees_unless_only_the_century_differs(
    written: tuple[str, date, bool], asked: date
) -> None:
    text, born, _ = written
    same_but_for_the_century = f"{asked:%d%m%y}" == f"{born:%d%m%y}"
    assert birth_date_agrees(parse_nik(text), asked) == same_but_for_the_century


@given(written_niks(), birth_dates, st.sampled_from(["female", "male"]))
def test_birth_date_and_sex_are_compared_each_by_itself(
    written: tuple[str, date, bool], asked: date, sex: Sex
) -> None:
    text, _, female = written
    nik = parse_nik(text)
    codes = [] if birth_date_agrees(nik, asked) else ["birth_date_differs"]
    codes += [] if (sex == "female") == female else ["sex_differs"]
    assert (identity_note(nik, birth_date=asked, sex=sex) or "").split() == codes


@given(written_niks())
def test_what_was_not_told_is_not_compared(written: tuple[str, date, bool]) -> None:
    text, born, female = written
    nik = parse_nik(text)
    assert identity_note(nik, birth_date=None, sex=None) is None
    assert identity_note(nik, birth_date=born, sex="female" if female else "male") is None
    assert identity_note(nik, birth_date=None, sex="male" if female else "female") == "sex_differs"


@given(written_niks(), st.lists(st.sampled_from(["", " ", ".", "-", " - "]), min_size=16, max_size=16))
def test_separators_anywhere_lead_to_the_same_number(
    written: tuple[str, date, bool], between: list[str]
) -> None:
    text = written[0]
    typed = "".join(digit + separator for digit, separator in zip(text, between, strict=True))
    assert parse_nik(typed) == parse_nik(text)


def read(text: str) -> Nik | str:
    try:
        return parse_nik(text)
    except InvalidNik as refusal:
        return refusal.reason


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{16}", fullmatch=True))
def test_any_text_is_a_number_or_refused_and_nothing_else(text: str) -> None:
    outcome = read(text)
    assert outcome in get_args(NikReason) or isinstance(outcome, Nik)


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("  Budi   Contoh\t", "Budi Contoh"),
        ("NUR\u2019AINI", "NUR'AINI"),
        ("Jose\u0301", "Jos\u00e9"),
        ("Si\u200bti\ufeff Contoh", "Siti Contoh"),
        ("Siti\nContoh", "Siti Contoh"),
        ("\u200e \u200f", ""),
        ("", ""),
    ],
)
def test_a_name_keeps_what_can_be_seen(typed: str, tidy: str) -> None:
    assert normalise_name(typed) == tidy


@given(st.text())
def test_a_tidy_name_stays_as_it_is_and_hides_nothing(text: str) -> None:
    tidy = normalise_name(text)
    assert normalise_name(tidy) == tidy
    assert tidy == " ".join(tidy.split())
    assert not {unicodedata.category(character) for character in tidy} & {"Cc", "Cf", "Cs"}
