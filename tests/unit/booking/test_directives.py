"""Which hours an order of the centre reaches."""

from datetime import date, timedelta

import pytest
from gerai_booking.rules.catalogue import Text
from gerai_booking.rules.directives import SCOPE_KINDS, Directive, ScopeKind, closing
from gerai_booking.rules.weekdays import names_of
from hypothesis import given
from hypothesis import strategies as st

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 3)
days = st.dates(date(2026, 11, 1), date(2027, 1, 31))


def directive(
    scope: ScopeKind = "national", code: str = "", *, key: str = "1", **changes: object
) -> Directive:
    """An order for the first three days of December."""
    fields: dict[str, object] = {
        "number": "IMI-1",
        "issuer": "Pusat",
        "first_day": FIRST,
        "last_day": LAST,
        "text": Text(id="Banjir", en="Flood"),
        **changes,
    }
    return Directive(id=key, scope=scope, code=code, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scope", "code", "reached"),
    [
        ("national", "", {"mpp-lebak", "kanim-serang", "popup-gorontalo"}),
        ("province", "36", {"mpp-lebak", "kanim-serang"}),
        ("province", "3", set()),
        ("regency", "36.02", {"mpp-lebak"}),
        ("regency", "36", set()),
        ("site", "popup-gorontalo", {"popup-gorontalo"}),
        ("site", "36.02", set()),
    ],
)
def test_an_order_reaches_the_sites_in_its_scope(scope: ScopeKind, code: str, reached: set[str]) -> None:
    sites = {"mpp-lebak": "36.02", "kanim-serang": "36.73", "popup-gorontalo": "75.71"}
    order = directive(scope, code)
    assert {site for site, regency in sites.items() if order.reaches(site, regency)} == reached


@given(day=days, service=st.sampled_from(["a", "b"]), services=st.sets(st.sampled_from(["a", "b", "c"])))
def test_an_order_closes_its_days_and_services_and_nothing_else(
    day: date, service: str, services: set[str]
) -> None:
    order = directive(services=frozenset(services))
    assert order.closes(service, day) is (FIRST <= day <= LAST and (not services or service in services))


@given(
    spans=st.lists(st.tuples(days, st.integers(0, 20)), max_size=6),
    day=days,
    scope=st.sampled_from(SCOPE_KINDS),
)
def test_a_day_is_open_unless_an_order_closes_it_and_the_longest_is_named(
    spans: list[tuple[date, int]], day: date, scope: ScopeKind
) -> None:
    code = {"national": "", "province": "36", "regency": "36.02", "site": "mpp-lebak"}[scope]
    orders = [
        directive(scope, code, key=str(number), first_day=first, last_day=first + timedelta(days=length))
        for number, (first, length) in enumerate(spans)
    ]
    found = closing(orders, site="mpp-lebak", regency="36.02", service="a", day=day)
    hit = [order for order in orders if order.first_day <= day <= order.last_day]
    assert (found is None) is (hit == [])
    if found is not None:
        assert found.last_day == max(order.last_day for order in hit)
    assert closing(orders, site="elsewhere", regency="11.01", service="a", day=day) is (
        found if scope == "national" else None
    )


def test_weekdays_are_named_in_their_order() -> None:
    assert names_of({3, 1}) == Text(id="Selasa, Kamis", en="Tuesday, Thursday")
