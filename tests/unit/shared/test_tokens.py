"""What a citizen holds opens one record, and no other text does."""

import string

import pytest
from gerai_shared.tokens import make_token, read_token, realm_of
from hypothesis import given
from hypothesis import strategies as st

SECRET = "a secret of this test, long enough"
ID = "0193a8c0-0000-7000-8000-000000000001"
TOKEN = make_token(secret=SECRET, realm="immigration", identifier=ID)

identifiers = st.uuids().map(str)
realms = st.sampled_from(["immigration", "legal", "complaint"])


@given(identifiers, realms)
def test_a_token_gives_back_what_it_was_made_of(identifier: str, realm: str) -> None:
    token = make_token(secret=SECRET, realm=realm, identifier=identifier)
    assert (read_token(secret=SECRET, token=token), realm_of(token)) == (identifier, realm)


def test_a_token_can_be_made_again_and_need_not_be_kept() -> None:
    assert make_token(secret=SECRET, realm="immigration", identifier=ID) == TOKEN


def test_any_changed_character_is_refused() -> None:
    changed = [
        TOKEN[:place] + sign + TOKEN[place + 1 :]
        for place, there in enumerate(TOKEN)
        for sign in string.printable
        if sign != there
    ]
    assert [text for text in changed if read_token(secret=SECRET, token=text)] == []


def test_any_missing_or_added_character_is_refused() -> None:
    changed = [TOKEN[:place] + TOKEN[place + 1 :] for place in range(len(TOKEN))]
    changed += [
        TOKEN[:place] + sign + TOKEN[place:] for place in range(len(TOKEN) + 1) for sign in "A=.!\n -_"
    ]
    assert [text for text in changed if read_token(secret=SECRET, token=text)] == []


@given(identifiers)
def test_the_same_record_in_another_realm_has_another_token(identifier: str) -> None:
    token = make_token(secret=SECRET, realm="legal", identifier=identifier)
    elsewhere = "immigration." + token.partition(".")[2]
    assert read_token(secret=SECRET, token=elsewhere) is None


def test_another_secret_opens_nothing() -> None:
    assert read_token(secret=SECRET + "!", token=TOKEN) is None


@given(st.text(max_size=80) | st.text(st.characters(codec="ascii"), min_size=43, max_size=60))
@pytest.mark.parametrize("prefix", ["", "immigration."])
def test_no_text_that_people_type_is_a_token_or_an_error(prefix: str, text: str) -> None:
    assert read_token(secret=SECRET, token=prefix + text) is None


def test_half_a_character_is_no_token_either() -> None:
    assert read_token(secret=SECRET, token="\ud800." + "A" * 43) is None


def test_a_text_without_a_dot_names_no_realm() -> None:
    assert realm_of("immigration") == ""


def test_only_a_uuid_is_given_a_token() -> None:
    with pytest.raises(ValueError, match="badly formed"):
        make_token(secret=SECRET, realm="legal", identifier="A-012")
