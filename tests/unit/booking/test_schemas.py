"""What the engine takes from outside, and what it says about the rest."""

from typing import Any

import pytest
from gerai_booking import schemas
from gerai_booking.schemas import (
    ArrivalSchema,
    AvailabilitySchema,
    BatchSchema,
    BookingSchema,
    ChangeSchema,
    HoldSchema,
    RescheduleSchema,
    StepSchema,
    TokenSchema,
    WalkInSchema,
    phone_number,
)
from gerai_shared.borders import load
from gerai_shared.refusals import InvalidRequest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema

anything = (
    st.none()
    | st.integers()
    | st.text()
    | st.lists(st.integers())
    | st.dictionaries(st.text(), st.text())
    | st.fixed_dictionaries(
        {"person": st.dictionaries(st.sampled_from(["name", "nik"]), st.none() | st.text())}
    )
)
SLOT = "kanim-serang.passport-new.20261202T0100Z"
PERSON = {"name": "Siti Uji", "nik": "3602146508900003", "email": "siti@example.org"}
BOOKING = {"slot_id": SLOT, "purpose": "holiday", "person": PERSON}


def problems(schema: Schema, data: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidRequest) as caught:
        load(schema, data)
    fields: dict[str, list[str]] = caught.value.details["fields"]
    return fields


def person(**changes: Any) -> dict[str, Any]:
    """A booking whose person has some fields changed; None takes a field away."""
    fields = PERSON | changes
    return BOOKING | {"person": {name: value for name, value in fields.items() if value is not None}}


def test_the_least_that_a_booking_needs() -> None:
    loaded = load(BookingSchema(), {"slot_id": SLOT, "person": PERSON})
    assert loaded == {
        "slot_id": SLOT,
        "purpose": None,
        "precondition_met": False,
        "priority": False,
        "language": "id",
        "person": PERSON,
    }


def test_what_people_type_is_tidied() -> None:
    typed = {
        "name": " Siti\u200b  Uji ",
        "nik": None,
        "passport_number": " x 123 45 ",
        "phone": " ",
        "email": " siti@example.org ",
    }
    loaded = load(BookingSchema(), BOOKING | {"person": typed})
    assert loaded["person"] == {
        "name": "Siti Uji",
        "passport_number": "X12345",
        "email": "siti@example.org",
    }


@pytest.mark.parametrize(
    ("nik", "told"),
    [
        ("36021465089000", "16 digits"),
        ("36021465089000031", "16 digits"),
        ("36021465O8900003", "16 digits"),
        ("1002146508900003", "no province"),
        ("9702146508900003", "no province"),
        ("3600146508900003", "no region"),
        ("3670146508900003", "no region"),
        ("3602143002900003", "no date of birth"),
        ("3602147213900003", "no date of birth"),
        ("3602146508900000", "never 0000"),
    ],
)
def test_a_nik_that_cannot_be_is_told_why(nik: str, told: str) -> None:
    (problem,) = problems(BookingSchema(), person(nik=nik))["person.nik"]
    assert told in problem


@pytest.mark.parametrize("nik", ["3602 1465 0890 0003", "36.02.14.650890.0003", "3602146902000001"])
def test_a_nik_may_be_grouped_and_of_either_sex_and_century(nik: str) -> None:
    assert load(BookingSchema(), person(nik=nik))["person"]["nik"] == nik


def test_a_person_has_a_nik_or_a_passport_and_never_both() -> None:
    both = person(passport_number="X12345")
    neither = person(nik=None)
    for data in (both, neither):
        assert list(problems(BookingSchema(), data)) == ["person.nik"]


@pytest.mark.parametrize("number", ["X123", "X" * 16, "X-12345", "Ä12345"])
def test_a_passport_number_is_letters_and_digits(number: str) -> None:
    assert "person.passport_number" in problems(BookingSchema(), person(nik=None, passport_number=number))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0812 3456 7890", "+6281234567890"),
        ("+62 812-3456-7890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        ("(0254) 201234", "+62254201234"),
        ("0812", None),
        ("12", None),
        ("nol delapan", None),
        ("", None),
    ],
)
def test_a_phone_number_is_kept_in_one_form(typed: str, kept: str | None) -> None:
    assert phone_number(typed) == kept


def test_a_phone_number_that_is_none_is_told() -> None:
    assert list(problems(BookingSchema(), person(phone="0812"))) == ["person.phone"]


@pytest.mark.parametrize("email", ["siti", "siti@", "@example.org", "siti@example", "si ti@example.org"])
def test_an_email_address_that_is_none_is_told(email: str) -> None:
    assert "person.email" in problems(BookingSchema(), person(email=email))


def test_somebody_who_cannot_be_told_anything_is_asked_for_a_way() -> None:
    assert "to which we write" in problems(BookingSchema(), person(email=None))["person.email"][0]
    assert load(BookingSchema(), person(email=None, phone="081234567890"))


@pytest.mark.parametrize("name", ["", "A", "   ", "\u200b\u200b\u200b", "x" * 101, "\x00\x01\x02"])
def test_a_name_has_2_to_100_letters_that_can_be_seen(name: str) -> None:
    assert "person.name" in problems(BookingSchema(), person(name=name))


def test_one_names_an_hour_or_a_held_place_and_never_both() -> None:
    held = {"hold_token": "immigration.xxxxxxxxxx", "person": PERSON}
    assert "hold_token" in load(BookingSchema(), held)
    for data in (BOOKING | held, {"person": PERSON}):
        assert list(problems(BookingSchema(), data)) == ["slot_id"]


@pytest.mark.parametrize("odd", ["a\x00b-c-d", "a b c d e", "slot\n", "x" * 101, "\ud800" * 6, ""])
def test_what_no_database_could_store_is_refused_at_the_border(odd: str) -> None:
    assert list(problems(BookingSchema(), BOOKING | {"slot_id": odd})) == ["slot_id"]
    assert list(problems(BookingSchema(), BOOKING | {"purpose": odd})) == ["purpose"]
    item = {"key": f"key-0001{odd}\x00", "body": {}}
    assert list(problems(BatchSchema(), {"requests": [item]})) == ["requests.0.key"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("language", "fr"), ("priority", "perhaps"), ("precondition_met", 7), ("person", None), ("person", [])],
)
def test_a_wrong_value_is_told_at_its_field(field: str, wrong: object) -> None:
    assert list(problems(BookingSchema(), BOOKING | {field: wrong})) == [field]


SMALLEST: dict[type[Schema], dict[str, Any]] = {
    BookingSchema: BOOKING,
    BatchSchema: {"requests": [{"key": "key-0001", "body": {"anything": "goes"}}]},
    AvailabilitySchema: {
        "site": "mpp-lebak",
        "service": "passport-new",
        "from": "2026-12-01",
        "to": "2026-12-02",
    },
    HoldSchema: {"slot_id": SLOT},
    TokenSchema: {"token": "immigration.xxxxxxxxxx"},
    ChangeSchema: {"token": "immigration.xxxxxxxxxx"},
    RescheduleSchema: {"token": "immigration.xxxxxxxxxx", "slot_id": SLOT},
    schemas.SiteSchema: {"site": "mpp-lebak"},
    schemas.SignInSchema: {"username": "petugas", "password": "x"},
    WalkInSchema: {"site": "mpp-lebak", "service": "passport-new"},
    ArrivalSchema: {"site": "mpp-lebak", "number": "A-012"},
    StepSchema: {},
}


@pytest.mark.parametrize("schema", SMALLEST, ids=lambda schema: schema.__name__)
def test_an_unknown_field_is_refused_by_every_schema(schema: type[Schema]) -> None:
    load(schema(), SMALLEST[schema])
    assert problems(schema(), SMALLEST[schema] | {"admin": True}) == {"admin": ["Unknown field."]}


def test_an_unknown_field_of_a_person_is_refused_too() -> None:
    assert problems(BookingSchema(), person(mood="patient")) == {"person.mood": ["Unknown field."]}


@pytest.mark.parametrize("schema", SMALLEST, ids=lambda schema: schema.__name__)
@given(data=anything)
def test_no_schema_breaks_on_anything(schema: type[Schema], data: Any) -> None:
    told = schema().validate(data)
    assert told or data == {}


def test_a_batch_has_1_to_200_bookings_with_keys() -> None:
    one = {"key": "key-0001", "body": {}}
    assert len(load(BatchSchema(), {"requests": [one] * 200})["requests"]) == 200
    for wrong in ([], [one] * 201):
        assert list(problems(BatchSchema(), {"requests": wrong})) == ["requests"]


@pytest.mark.parametrize("typed", ["a12", "A 012", " a-12 ", "A-012", "a0012"])
def test_a_number_may_be_typed_carelessly(typed: str) -> None:
    assert load(ArrivalSchema(), {"site": "mpp-lebak", "number": typed})["number"] == "A-012"


@pytest.mark.parametrize(
    "typed", ["12", "AB-12", "A-", "A-123456", "", "immigration.short", "https://x.example/", "A-012\nA-013"]
)
def test_what_is_no_number_is_told(typed: str) -> None:
    assert list(problems(ArrivalSchema(), {"site": "mpp-lebak", "number": typed})) == ["number"]
