"""How somebody compares with a list: field by field, the same from both sides, and what it leads to."""

import string
from datetime import date

import pytest
from gerai_booking.rules.matching import (
    DECIDED,
    Comparison,
    MatchState,
    compare,
    compare_birth_dates,
    compare_names,
    pieces,
    state_after,
)
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.text(alphabet=string.ascii_letters + " .'-éÉÑßİ", max_size=30)
WORDS = st.lists(
    st.text(alphabet=string.ascii_lowercase, min_size=4, max_size=9), min_size=2, max_size=4, unique=True
)
DATES = st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 12, 31))


@pytest.mark.parametrize(
    ("one", "other", "size", "reason"),
    [
        ("SITI AMINAH", "Siti  Aminah", "same", "same"),
        ("Siti Aminah", "Siti Aminan", "small", "one_letter"),
        ("Siti Aminah", "Siti Amina", "small", "one_letter"),
        ("Siti Aminah", "Siti Aminha", "small", "one_letter"),
        ("Siti Aminah", "Aminah Siti", "small", "order"),
        ("Siti Aminah", "Sitiaminah", "small", "spaces"),
        ("Nur'aini", "Nuraini", "small", "signs"),
        ("Siti-Aminah", "Siti Aminah", "small", "signs"),
        ("H. Ahmad Fulan, S.E.", "Ahmad Fulan", "small", "titles"),
        ("Soekarni Tjahjo", "Sukarni Cahjo", "small", "spelling"),
        ("Siti Aminah Zahra", "Siti Aminah", "small", "missing_part"),
        ("Siti Aminah Zahra", "Siti", "large", "missing_part"),
        ("Siti Aminah", "Budi Santoso", "large", "different"),
        ("Siti Aminah", "Sita Aminoh", "large", "different"),
        ("", "Siti", "large", "different"),
    ],
)
def test_names_differ_by_what_has_to_be_done_about_it(one: str, other: str, size: str, reason: str) -> None:
    found = compare_names(one, other)
    assert (found.size, found.reason) == (size, reason)


@pytest.mark.parametrize(
    ("one", "other", "size", "reason"),
    [
        (date(1990, 8, 25), date(1990, 8, 25), "same", "same"),
        (date(1990, 8, 5), date(1990, 5, 8), "small", "day_and_month_swapped"),
        (date(1990, 8, 25), date(1990, 8, 26), "small", "one_digit"),
        (date(1990, 8, 25), date(1990, 7, 11), "large", "day"),
        (date(1990, 8, 25), date(1980, 8, 25), "large", "year"),
    ],
)
def test_birth_dates_differ_by_what_has_to_be_done_about_it(
    one: date, other: date, size: str, reason: str
) -> None:
    found = compare_birth_dates(one, other)
    assert (found.size, found.reason) == (size, reason)


@given(NAMES, NAMES)
def test_it_makes_no_difference_which_name_stands_first(one: str, other: str) -> None:
    assert compare_names(one, other) == compare_names(other, one)


@given(DATES, DATES)
def test_it_makes_no_difference_which_date_stands_first(one: date, other: date) -> None:
    assert compare_birth_dates(one, other) == compare_birth_dates(other, one)


@given(NAMES)
def test_a_name_is_the_same_as_itself_whatever_its_capitals_and_spaces(name: str) -> None:
    assert compare_names(name, name).size == "same"
    assert compare_names(f"  {name} ", name.casefold()).size == "same"


@given(DATES, DATES)
def test_only_equal_dates_are_the_same(one: date, other: date) -> None:
    assert (compare_birth_dates(one, other).size == "same") == (one == other)


@given(WORDS, st.randoms())
def test_another_order_is_never_large(words: list[str], chance) -> None:
    mixed = list(words)
    chance.shuffle(mixed)
    assert compare_names(" ".join(words), " ".join(mixed)).size in {"same", "small"}


@given(WORDS, st.data())
def test_one_letter_is_never_large_and_never_nothing(words: list[str], data) -> None:
    name = " ".join(words)
    place = data.draw(st.sampled_from([at for at, letter in enumerate(name) if letter != " "]))
    letter = data.draw(st.sampled_from([each for each in string.ascii_lowercase if each != name[place]]))
    assert compare_names(name, name[:place] + letter + name[place + 1 :]).size == "small"


@given(NAMES, NAMES)
def test_marked_pieces_are_the_whole_text_and_equal_texts_have_no_marks(one: str, other: str) -> None:
    assert "".join(piece.text for piece in pieces(one, other)) == one
    assert not any(piece.differs for piece in pieces(one, one))


def test_the_letter_that_differs_is_the_one_that_is_marked() -> None:
    assert [(piece.text, piece.differs) for piece in pieces("Aminah", "Aminan")] == [
        ("Amina", False),
        ("h", True),
    ]


def test_a_field_that_one_side_does_not_have_is_not_compared() -> None:
    found = compare(listed_name="Siti", told_name="Siti", listed_birth=date(1990, 8, 25), told_birth=None)
    assert [each.field for each in found] == ["name"]


SAME = [Comparison(field="name", size="same", reason="same")]
OTHER = [Comparison(field="name", size="small", reason="order")]


@pytest.mark.parametrize(
    ("before", "found", "after"),
    [
        (None, None, "not_listed"),
        (None, SAME, "matches"),
        (None, OTHER, "differs"),
        ("not_listed", SAME, "matches"),
        ("differs", SAME, "matches"),
        ("matches", OTHER, "differs"),
        ("being_corrected", OTHER, "being_corrected"),
        ("being_corrected", None, "being_corrected"),
        ("being_corrected", SAME, "corrected"),
        ("corrected", OTHER, "corrected"),
    ],
)
def test_what_an_officer_has_decided_holds_until_the_list_says_the_same(before, found, after) -> None:
    assert state_after(MatchState(before) if before else None, found) == after


def test_officers_decide_only_what_comparing_cannot_know() -> None:
    assert {state.value for state in DECIDED} == {"differs", "being_corrected", "corrected"}
