"""A refusal crosses the bus and says the same on the other side."""

import json

import pytest
from gerai_shared import refusals, ticket
from gerai_shared.refusals import Refused, RemoteRefusal, Unavailable, from_wire, to_wire
from hypothesis import given
from hypothesis import strategies as st


def all_refusals() -> list[type[Refused]]:
    found = [*vars(refusals).values(), *vars(ticket).values()]
    classes = [each for each in found if isinstance(each, type) and issubclass(each, Refused)]
    return sorted({each for each in classes if each is not RemoteRefusal}, key=lambda each: each.__name__)


@pytest.mark.parametrize("kind", all_refusals())
def test_every_refusal_has_a_message_a_code_and_a_status_of_a_refusal(kind: type[Refused]) -> None:
    refusal = kind()
    assert refusal.template
    assert "\n" not in refusal.template
    assert 400 <= refusal.status < 600
    assert refusal.code == refusal.code.lower().replace(" ", "_")


def test_no_two_refusals_share_a_code() -> None:
    codes = [kind.code for kind in all_refusals()]
    assert sorted(set(codes)) == sorted(codes)


GENERAL = "The request was refused. Please load the page again and look at what you entered."

details = st.dictionaries(
    st.sampled_from(["retry_after", "revision", "state", "fields"]),
    st.none() | st.integers() | st.text() | st.lists(st.text()),
)


@pytest.mark.parametrize("kind", all_refusals())
@given(details=details)
def test_a_refusal_says_the_same_on_the_other_side_of_the_bus(
    kind: type[Refused], details: dict[str, object]
) -> None:
    refusal = kind(**details)
    there = from_wire(json.loads(json.dumps(to_wire(refusal))))
    assert (there.code, there.status, there.template) == (refusal.code, refusal.status, refusal.template)
    assert (there.details, there.message, str(there)) == (refusal.details, refusal.message, str(refusal))
    assert to_wire(there) == to_wire(refusal)


def test_details_stand_in_the_message() -> None:
    assert Unavailable(retry_after=5).message.endswith("try again in 5 seconds.")


@pytest.mark.parametrize("wire", [{}, {"details": None}])
def test_what_is_lacking_on_the_wire_becomes_the_general_refusal(wire: dict[str, object]) -> None:
    refusal = from_wire(wire)
    assert (refusal.code, refusal.status, refusal.message) == ("refused", 422, GENERAL)


@pytest.mark.parametrize("template", ["Wait %(minutes)s minutes.", "100% full.", "%(state)d of them."])
def test_a_message_whose_details_do_not_fit_is_shown_as_it_is(template: str) -> None:
    refusal = from_wire({"code": "new", "status": 409, "template": template, "details": {"state": "held"}})
    assert refusal.message == template
    assert str(refusal) == f"new: {template}"
