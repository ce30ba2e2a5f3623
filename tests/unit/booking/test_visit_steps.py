"""What one agency tells the others of a step, and when somebody who waits aside for them comes back."""

import pytest
from gerai_booking import agencies
from gerai_booking.rules.visit_steps import (
    ASIDE,
    AT_COUNTER,
    DONE,
    FACT_OF,
    LEFT,
    UNTIL_ENDED,
    UNTIL_FREE,
    WAITING,
    comes_back,
)
from gerai_shared.events.catalogue import STEP_FACTS
from gerai_shared.ticket import State

from tests.integration.booking.house import TODAY


def test_every_state_of_somebody_who_came_is_a_fact_and_no_other() -> None:
    assert {State(state) for state in FACT_OF} == set(State) - {State.HELD, State.BOOKED}
    assert set(FACT_OF.values()) == set(STEP_FACTS)


@pytest.mark.parametrize(
    ("until", "fact", "there", "expected"),
    [
        (UNTIL_ENDED, DONE, [DONE], True),
        (UNTIL_ENDED, LEFT, [DONE, LEFT], True),
        (UNTIL_ENDED, DONE, [DONE, WAITING], False),
        (UNTIL_ENDED, WAITING, [WAITING], False),
        (UNTIL_FREE, WAITING, [WAITING, ASIDE], True),
        (UNTIL_FREE, DONE, [DONE, AT_COUNTER], False),
    ],
)
def test_who_waits_aside_comes_back_when_the_other_agency_is_done(
    until: str, fact: str, there: list[str], expected: bool
) -> None:
    assert comes_back(until, fact, facts_there=there) is expected


def test_no_two_agencies_of_a_site_give_numbers_with_the_same_letter() -> None:
    """A visit's number goes from agency to agency: nobody else there may have it."""
    letters: dict[tuple[str, str], set[str]] = {}
    for code in agencies.available():
        agency = agencies.load(code, TODAY)
        prefixes = {service.code: service.prefix for service in agency.services}
        for offer in agency.offers:
            letters.setdefault((offer.site, prefixes[offer.service]), set()).add(code)
    assert {place: found for place, found in letters.items() if len(found) > 1} == {}
