"""How long a suspension lasts, and whom it stops."""

from datetime import date, timedelta

import pytest
from gerai_booking.agencies.immigration.suspensions import suspension_kinds
from gerai_booking.rules.sanctions import holds_for, last_day
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 12, 1), 6, date(2027, 5, 31)),
        (date(2026, 12, 15), 24, date(2028, 12, 14)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
    ],
)
def test_a_suspension_ends_on_the_day_before_the_same_day_of_its_last_month(
    first: date, months: int, last: date
) -> None:
    assert last_day(first, months) == last


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 24))
def test_a_suspension_is_never_longer_than_its_months(first: date, months: int) -> None:
    last = last_day(first, months)
    assert first < last
    assert last - first < timedelta(days=31 * months)
    assert holds_for(first, first=first, last=last)
    assert holds_for(last, first=first, last=last)
    assert not holds_for(last + timedelta(days=1), first=first, last=last)
    assert not holds_for(first - timedelta(days=1), first=first, last=last)


def test_the_limits_are_those_of_the_sources() -> None:
    limits = {kind.code: (kind.least_months, kind.most_months) for kind in suspension_kinds()}
    assert limits == {"falsification": (1, 24), "negligent_loss": (6, 24)}
