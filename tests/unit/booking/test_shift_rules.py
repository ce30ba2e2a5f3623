"""What is served at a counter, by whom, and what nobody would serve any more."""

from gerai_booking.rules.shifts import left_alone, served_by
from hypothesis import given
from hypothesis import strategies as st

SERVICES = ("new", "renewal", "child", "lost")
some = st.lists(st.sampled_from(SERVICES), unique=True)
counters = st.dictionaries(st.sampled_from(("1", "2", "3")), some, max_size=3)


@given(some, some, some)
def test_an_officer_serves_what_both_may_and_the_site_offers_in_the_counters_order(
    of_counter: list[str], of_officer: list[str], offered: list[str]
) -> None:
    served = served_by(of_counter, frozenset(of_officer), offered=frozenset(offered))
    allowed = set(of_counter) & set(offered) & (set(of_officer) or set(SERVICES))
    assert served == tuple(service for service in of_counter if service in allowed)


@given(counters, st.sampled_from(("1", "2", "3")), some)
def test_a_service_is_left_alone_when_the_last_counter_that_served_it_does_so_no_more(
    before: dict[str, list[str]], counter: str, services: list[str]
) -> None:
    after = before | {counter: services}
    served_before = {service for each in before.values() for service in each}
    served_after = {service for each in after.values() for service in each}
    assert left_alone(before, counter, services) == sorted(served_before - served_after)
