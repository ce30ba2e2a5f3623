"""Age on a day, and who applies as an adult."""

from datetime import date, timedelta

import pytest
from gerai_booking.rules.eligibility import ADULT_AGE, age_on, counts_as_adult
from hypothesis import given
from hypothesis import strategies as st

births = st.dates(date(1920, 1, 1), date(2020, 12, 31))


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2026, 8, 24), 35),
        (date(2026, 8, 25), 36),
        (date(1990, 8, 25), 0),
    ],
)
def test_a_year_is_completed_on_the_birthday(day: date, age: int) -> None:
    assert age_on(date(1990, 8, 25), day) == age


def test_whoever_was_born_on_a_leap_day_is_older_from_the_first_of_march() -> None:
    ages = [age_on(date(2008, 2, 29), date(2025, 2, 28)), age_on(date(2008, 2, 29), date(2025, 3, 1))]
    assert ages == [16, 17]


@given(births, st.integers(0, 100))
def test_age_grows_by_one_in_every_year(born: date, years: int) -> None:
    day = date(born.year + years, 12, 31)
    assert age_on(born, day) == years
    assert age_on(born, day + timedelta(days=1)) in {years, years + 1}


@given(births, st.dates(date(2021, 1, 1), date(2060, 1, 1)))
def test_marriage_or_seventeen_years_make_an_adult(born: date, day: date) -> None:
    assert counts_as_adult(born, married=True, day=day)
    assert counts_as_adult(born, married=False, day=day) == (age_on(born, day) >= ADULT_AGE)
