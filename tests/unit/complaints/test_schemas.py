"""The border: what is taken in, how it is put in order, and what is refused at which field."""

from typing import Any

import pytest
from gerai_complaints.schemas.acts import WordsSchema
from gerai_complaints.schemas.complaints import DecideSchema, FileSchema
from gerai_complaints.schemas.fields import checked_key
from gerai_complaints.shapes import Contact, Filing
from gerai_shared.borders import UNSTORABLE, is_storable, load
from gerai_shared.refusals import IdempotencyKeyMissing, InvalidRequest

UNSEEN = "This contains characters that cannot be shown."


def payload(**changes: Any) -> dict[str, Any]:
    """Return a request `file` that is in order, with `changes`."""
    return {
        "classification": "complaint",
        "title": "Menunggu dua jam",
        "text": "Saya datang pukul 10.",
        "agency": "immigration",
        "site": "mpp-lebak",
        "service": "passport-new",
        "occurred_on": "2026-11-20",
        "anonymous": False,
        "confidential": False,
        "language": "id",
        "person": {"name": "Siti Contoh", "email": None, "phone": "081234567890"},
        "ticket_facts": None,
        "ticket_token": None,
        **changes,
    }


def filed(**changes: Any) -> Filing:
    """Return what the border makes of a request."""
    filing = load(FileSchema(), payload(**changes))
    assert isinstance(filing, Filing)
    return filing


def refused(**changes: Any) -> dict[str, list[str]]:
    """Return the refusal's messages by field."""
    with pytest.raises(InvalidRequest) as refusal:
        load(FileSchema(), payload(**changes))
    fields: dict[str, list[str]] = refusal.value.details["fields"]
    return fields


def test_a_complaint_in_order_is_taken() -> None:
    assert filed().person == Contact(name="Siti Contoh", phone="+6281234567890")


def test_nobody_has_to_leave_an_address() -> None:
    assert not filed(person={"name": "Siti Contoh"}).person.reachable


def test_who_stays_anonymous_need_not_say_a_name_and_others_must() -> None:
    assert filed(anonymous=True, person={}).person.name is None
    assert refused(person={"name": "  "}) == {"person.name": ["Please fill this in."]}


@pytest.mark.parametrize(
    "field", ["classification", "title", "text", "agency", "anonymous", "language", "person"]
)
def test_what_is_needed_is_asked_for(field: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        load(FileSchema(), {key: value for key, value in payload().items() if key != field})
    assert refusal.value.details["fields"] == {field: ["Missing data for required field."]}


def test_what_is_not_known_is_refused() -> None:
    assert refused(priority="high") == {"priority": ["Unknown field."]}
    assert refused(person={"name": "A", "nik": "1"}) == {"person.nik": ["Unknown field."]}


@pytest.mark.parametrize(("field", "longest", "message"), [("title", 150, "150"), ("text", 5_000, "5,000")])
def test_texts_end_where_they_have_to(field: str, longest: int, message: str) -> None:
    assert getattr(filed(**{field: "é" * longest}), field) == "é" * longest
    assert refused(**{field: "a" * (longest + 1)}) == {field: [f"At most {message} characters."]}


def test_a_line_break_of_a_form_counts_as_one_character() -> None:
    assert len(filed(text="a\r\n" * 2_499 + "ab").text) == 5_000


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\u202e", "\u2066", "\u2028"]
)
@pytest.mark.parametrize("field", ["title", "text"])
def test_characters_that_do_not_show_are_refused(field: str, character: str) -> None:
    # What no database takes is refused at every border alike, before a schema looks at it.
    message = UNSEEN if is_storable(character) else UNSTORABLE
    assert refused(**{field: f"a{character}b"}) == {field: [message]}


def test_a_text_has_lines_and_a_title_has_none() -> None:
    assert filed(text="satu\r\ndua\r\ttiga").text == "satu\ndua\n\ttiga"
    assert refused(title="satu\ndua") == {"title": [UNSEEN]}


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_text_is_no_text(text: str) -> None:
    assert refused(text=text) == {"text": ["Please fill this in."]}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("081234567890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        ("+62 812-3456-7890", "+6281234567890"),
        ("81234567890", "+6281234567890"),
        ("0254 200123", "+62254200123"),
        ("+65 6123 4567", "+6561234567"),
        ("", None),
    ],
)
def test_phone_numbers_are_kept_in_one_form(typed: str, kept: str | None) -> None:
    assert filed(person={"name": "Siti Contoh", "phone": typed}).person.phone == kept


@pytest.mark.parametrize("typed", ["12", "08123", "telepon", "0841234567890", "+" + "9" * 40])
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    assert refused(person={"name": "A", "phone": typed}) == {"person.phone": ["This is not a phone number."]}


@pytest.mark.parametrize("typed", ["siti", "siti@", "a b@contoh.id", "a@b\n.id", "x" * 250 + "@contoh.id"])
def test_what_is_no_email_address_is_refused(typed: str) -> None:
    assert refused(person={"name": "A", "email": typed}) == {
        "person.email": ["This is not an e-mail address."]
    }


@pytest.mark.parametrize("code", ["Immigration", "../legal", "a" * 41, "immigration\n", ""])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert refused(agency=code) == {"agency": ["This is not a code of the mall."]}


@pytest.mark.parametrize("token", ["immigration", "immigration.abc", "x." + "a" * 44, "a" * 5_000])
def test_what_is_no_ticket_reference_is_refused(token: str) -> None:
    assert refused(ticket_token=token) == {"ticket_token": ["This is not a ticket's reference."]}


def test_impossible_days_are_refused() -> None:
    assert refused(occurred_on="2026-02-30") == {"occurred_on": ["Not a valid date."]}


def test_a_decision_is_one_of_two() -> None:
    assert load(DecideSchema(), {"token": "x", "decision": "accept", "text": " "})["text"] is None
    with pytest.raises(InvalidRequest):
        load(DecideSchema(), {"token": "x", "decision": "delete"})


def test_an_answer_names_the_revision_it_was_written_for() -> None:
    assert load(WordsSchema(), {"text": "Sudah diganti.", "revision": "3"})["revision"] == 3
    with pytest.raises(InvalidRequest):
        load(WordsSchema(), {"text": "Sudah diganti.", "revision": 0})


@pytest.mark.parametrize("key", ["a b", "k" * 101, "a\x00", "é"])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest):
        checked_key(key)


@pytest.mark.parametrize("key", [None, ""])
def test_a_change_without_a_key_is_refused(key: str | None) -> None:
    with pytest.raises(IdempotencyKeyMissing):
        checked_key(key)
