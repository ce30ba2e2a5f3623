"""The survey of satisfaction (SKM): weights, rounding, grades."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from gerai_complaints.desk import satisfaction_tables
from gerai_complaints.rules.satisfaction import (
    NUMBERS,
    WEIGHT,
    Answered,
    Element,
    Grade,
    grade_of,
    index_of,
    result_of,
    rounded,
)

from tests.unit.complaints.test_translations import translated

VECTOR = ("3.12", "3.05", "2.98", "3.80", "3.20", "3.25", "3.40", "3.01", "3.10")


def means(*values: str) -> dict[Element, Fraction]:
    return dict(zip(Element, map(Fraction, values), strict=True))


def test_there_are_nine_elements_and_their_numbers_are_apart_from_their_codes() -> None:
    assert len(Element) == 9
    assert set(NUMBERS) == set(Element)
    assert (NUMBERS[Element.FACILITIES], NUMBERS[Element.COMPLAINTS]) == ("U8", "U9")
    assert Fraction(1, 9) == WEIGHT


def test_the_index_weighs_each_element_by_a_ninth_and_not_by_the_printed_decimals() -> None:
    index = index_of(means(*VECTOR))
    assert index is not None
    assert round(float(index), 4) == 80.3056
    assert grade_of(rounded(index)) is Grade.B
    # What the printed 0.11 would make of it.
    assert sum(means(*VECTOR).values()) * Fraction("0.11") * 25 == Fraction("79.5025")


def test_all_alike_is_an_a_which_the_printed_weight_would_make_a_b() -> None:
    index = index_of(means(*["3.54"] * 9))
    assert index is not None
    assert (rounded(index), grade_of(rounded(index))) == (Decimal("88.50"), Grade.A)
    wrong = Fraction("3.54") * 9 * Fraction("0.11") * 25
    assert (float(wrong), grade_of(rounded(wrong))) == (87.615, Grade.B)


@pytest.mark.parametrize(
    ("exact", "index", "grade"),
    [
        ("100", "100.00", "A"),
        ("88.3075", "88.31", "A"),
        ("88.305", "88.31", "A"),
        ("88.3049", "88.30", "B"),
        ("76.605", "76.61", "B"),
        ("76.6049", "76.60", "C"),
        ("64.995", "65.00", "C"),
        ("64.9949", "64.99", "D"),
        ("25", "25.00", "D"),
    ],
)
def test_it_is_rounded_half_up_before_it_is_graded(exact: str, index: str, grade: str) -> None:
    assert rounded(Fraction(exact)) == Decimal(index)
    assert grade_of(rounded(Fraction(exact))) == grade


@pytest.mark.parametrize(
    ("mean", "grade"), [("3.5324", "A"), ("3.0644", "B"), ("2.60", "C"), ("2.5996", "D"), ("1", "D")]
)
def test_the_means_at_the_thresholds(mean: str, grade: str) -> None:
    index = index_of(means(*[mean] * 9))
    assert index is not None
    assert grade_of(rounded(index)) == grade


def test_each_element_is_divided_by_who_answered_it() -> None:
    answered = {element: Answered(count=10, total=30) for element in Element}
    answered[Element.COMPLAINTS] = Answered(count=2, total=8)
    result = result_of(10, answered)
    assert result.means[Element.COMPLAINTS] == Decimal("4.00")
    assert result.index == rounded(Fraction(8 * 3 + 4, 9) * 25)


def test_an_element_without_an_answer_leaves_the_index_open() -> None:
    answered = {element: Answered(count=10, total=30) for element in Element}
    answered[Element.COST] = Answered()
    result = result_of(10, answered)
    assert (result.index, result.grade, result.means[Element.COST]) == (None, None, None)


def test_what_the_tables_say_stands_in_indonesian() -> None:
    source = Path(satisfaction_tables.__file__)
    found = extract_from_file("python", source, keywords={"_": None, "say": (1,), "_say": (1,)})
    texts = {each[1] for each in found}
    assert len(texts) > 30
    assert texts - translated().keys() == set()
