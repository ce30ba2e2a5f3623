"""What a period of statistics is called: by its own name, with its days while it still runs."""

from datetime import date
from typing import Any

import pytest
from gerai_booking.counter.statistics_tables import Tables
from gerai_booking.rules.statistics import DAY, MONTH, QUARTER, RANGE, WEEK, YEAR, Period


def named(kind: str, first: date, last: date, language: str = "id") -> str:
    """The name of a period; of the rest of the tables nothing is asked."""
    nothing: Any = None
    tables = Tables(nothing, nothing, say=str, language=language)
    return tables.days(Period(kind=kind, first=first, last=last))


@pytest.mark.parametrize(
    ("kind", "first", "last", "name"),
    [
        (MONTH, date(2026, 12, 1), date(2026, 12, 31), "Desember 2026"),
        (MONTH, date(2026, 12, 1), date(2026, 12, 7), "Desember 2026 (1–7 Des)"),
        (MONTH, date(2026, 12, 1), date(2026, 12, 1), "Desember 2026 (1 Des)"),
        (YEAR, date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (YEAR, date(2026, 1, 1), date(2026, 1, 1), "2026 (1 Jan)"),
        (QUARTER, date(2026, 10, 1), date(2026, 12, 31), "Kuartal ke-4 2026"),
        (WEEK, date(2026, 12, 7), date(2026, 12, 13), "7–13 Des 2026"),
        (DAY, date(2026, 12, 1), date(2026, 12, 1), "Sel, 1 Des 2026"),
        (RANGE, date(2026, 12, 2), date(2026, 12, 4), "2–4 Des 2026"),
    ],
)
def test_a_period_is_called_by_its_name(kind: str, first: date, last: date, name: str) -> None:
    assert named(kind, first, last) == name


def test_a_month_that_runs_is_named_in_english_too() -> None:
    assert named(MONTH, date(2026, 12, 1), date(2026, 12, 1), "en") == "December 2026 (Dec 1)"
