"""Who is advised to go elsewhere, which office is near, and when a restriction is over."""

from datetime import date

import pytest
from gerai_booking import agencies
from gerai_booking.rules.catalogue import Coverage, Route, Text
from gerai_booking.rules.quota import Regime
from gerai_booking.rules.regions import PROVINCES, REGENCIES
from gerai_booking.rules.routing import covered_on, route_of, unrestricted_from
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2026, 12, 2)
IMMIGRATION = agencies.load("immigration", DAY)
OURS = Route(
    purposes=("hajj",),
    regencies=("36.02",),
    office=Text(id="Kantor", en="Office"),
    why=Text(id="Karena", en="Because"),
    site="mpp-lebak",
    basis="Uji",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
)


def asked(purpose: str | None, regency: str | None, *, day: date = DAY) -> str | None:
    """The office that immigration's own catalogue sends somebody to."""
    found = route_of(IMMIGRATION.routes, purpose=purpose, regency=regency, site="kanim-serang", day=day)
    return found.office.en if found else None


@pytest.mark.parametrize("regency", ["36.04", "36.73"])
def test_pilgrims_of_serang_are_advised_to_go_to_cilegon(regency: str) -> None:
    assert asked("hajj", regency) == "Cilegon Immigration Office"


@pytest.mark.parametrize(
    ("purpose", "regency"),
    [("hajj", "36.01"), ("hajj", "36.02"), ("holiday", "36.73"), ("hajj", None), (None, "36.73")],
)
def test_nobody_else_is_advised(purpose: str | None, regency: str | None) -> None:
    assert asked(purpose, regency) is None


def test_a_route_holds_from_its_first_day_to_its_last() -> None:
    assert asked("hajj", "36.73", day=date(2018, 7, 10)) is None
    assert asked("hajj", "36.73", day=date(2018, 7, 11)) is not None
    for day, holds in [(date(2025, 12, 31), False), (DAY, True), (date(2027, 1, 1), False)]:
        found = route_of([OURS], purpose="hajj", regency="36.02", site="kanim-serang", day=day)
        assert (found is not None) == holds


def test_who_is_at_the_advised_office_already_hears_nothing() -> None:
    assert route_of([OURS], purpose="hajj", regency="36.02", site="mpp-lebak", day=DAY) is None


def test_coverage_is_told_of_the_day_with_every_office() -> None:
    rows = [
        Coverage(site="a", regency="36.02", basis="Uji", valid_from=date(2026, 1, 1)),
        Coverage(site="b", regency="36.02", basis="Uji", valid_from=date(2027, 1, 1)),
        Coverage(site="c", regency="36.01", basis="Uji", valid_from=date(2026, 1, 1)),
    ]
    assert covered_on(rows, DAY) == {"36.02": ["a"], "36.01": ["c"]}
    assert covered_on(rows, date(2027, 1, 1))["36.02"] == ["a", "b"]


def test_every_regency_lies_in_a_province_that_has_a_name() -> None:
    assert {code[:2] for code in REGENCIES} <= set(PROVINCES)
    assert len(REGENCIES) == 14


def regime(first: date, last: date | None, *, name: str = "PPKM", region: str = "36") -> Regime:
    return Regime(name=name, level="3", region=region, valid_from=first, valid_to=last)


def test_without_a_regime_the_day_itself_is_free() -> None:
    assert unrestricted_from([regime(DAY, None, region="75")], regency="36.02", day=DAY) == DAY


def test_a_regime_without_an_end_has_no_free_day() -> None:
    assert unrestricted_from([regime(DAY, None)], regency="36.02", day=DAY) is None


def test_regimes_that_follow_each_other_are_looked_through() -> None:
    rows = [
        regime(date(2026, 12, 1), date(2026, 12, 7)),
        regime(date(2026, 12, 8), date(2026, 12, 14)),
        regime(date(2026, 12, 5), date(2026, 12, 20), name="Banjir"),
    ]
    assert unrestricted_from(rows, regency="36.02", day=DAY) == date(2026, 12, 21)


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 20)).map(
            lambda pair: regime(
                date.fromordinal(DAY.toordinal() + pair[0]),
                date.fromordinal(DAY.toordinal() + pair[0] + pair[1]),
            )
        ),
        max_size=6,
    )
)
def test_a_day_that_is_called_free_is_free(rows: list[Regime]) -> None:
    found = unrestricted_from(rows, regency="36.02", day=DAY)
    assert found is not None
    assert found >= DAY
    assert not any(row.holds_at("36.02", found) for row in rows)
