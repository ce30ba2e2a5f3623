"""The survey of satisfaction (SKM) of PermenPANRB 14/2017: nine elements, and the index made of answers.

Each element is answered from 1 to 4. NRR of an element is the mean of its answers; the index is the sum of
the nine NRR, each weighted by 1/9, times 25. The regulation prints the weight as 0.11; with that the index
could not exceed 99 and grades would move, so that the fraction itself is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from gerai_shared.refusals import Refused

LOWEST, HIGHEST = 1, 4
CONVERSION = 25
HUNDREDTH = Decimal("0.01")


class Element(StrEnum):
    """What is asked, by code: the regulation's text and its sample form number the last two otherwise."""

    REQUIREMENTS = "requirements"
    PROCEDURE = "procedure"
    TIME = "time"
    COST = "cost"
    PRODUCT = "product"
    COMPETENCE = "competence"
    CONDUCT = "conduct"
    COMPLAINTS = "complaints"
    FACILITIES = "facilities"


#: The number beside each element on forms and in reports, in their order: facilities before complaints, as on
#: the sample form that most offices use.
NUMBERS: Mapping[Element, str] = {
    Element.REQUIREMENTS: "U1",
    Element.PROCEDURE: "U2",
    Element.TIME: "U3",
    Element.COST: "U4",
    Element.PRODUCT: "U5",
    Element.COMPETENCE: "U6",
    Element.CONDUCT: "U7",
    Element.FACILITIES: "U8",
    Element.COMPLAINTS: "U9",
}
WEIGHT = Fraction(1, len(Element))


class Grade(StrEnum):
    """Quality of service: very good, good, less good, not good."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


#: The lowest converted index of each grade, the best first (PermenPANRB 14/2017, table of values).
THRESHOLDS: tuple[tuple[Grade, Decimal], ...] = (
    (Grade.A, Decimal("88.31")),
    (Grade.B, Decimal("76.61")),
    (Grade.C, Decimal("65.00")),
    (Grade.D, Decimal("25.00")),
)


@dataclass(frozen=True, kw_only=True)
class Answered:
    """How many answered an element, and the sum of their answers."""

    count: int = 0
    total: int = 0

    @property
    def mean(self) -> Fraction | None:
        """NRR, from 1 to 4; None where nobody answered."""
        return Fraction(self.total, self.count) if self.count else None

    def __add__(self, other: "Answered") -> "Answered":
        return Answered(count=self.count + other.count, total=self.total + other.total)


def index_of(means: Mapping[Element, Fraction]) -> Fraction | None:
    """Return the converted index, 25 to 100, not rounded; None while an element has no answer."""
    if set(means) != set(Element):
        return None
    return sum((means[element] * WEIGHT for element in Element), Fraction(0)) * CONVERSION


def rounded(value: Fraction) -> Decimal:
    """Return a value with two decimals, a half rounded up."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(HUNDREDTH, ROUND_HALF_UP)


def grade_of(index: Decimal) -> Grade:
    """Return the grade of an index that is rounded already: between two grades there is no gap then."""
    return next((grade for grade, least in THRESHOLDS if index >= least), Grade.D)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a group of respondents said. `means` (NRR) and `index` have two decimals, None where unknown."""

    respondents: int
    means: Mapping[Element, Decimal | None]
    index: Decimal | None

    @property
    def grade(self) -> Grade | None:
        """The grade of the index, None without one."""
        return grade_of(self.index) if self.index is not None else None


def result_of(respondents: int, answered: Mapping[Element, Answered]) -> Result:
    """Return the result of a group. The index is made of exact means, not of rounded ones."""
    exact = {element: answered[element].mean for element in Element if element in answered}
    known = {element: mean for element, mean in exact.items() if mean is not None}
    index = index_of(known)
    return Result(
        respondents=respondents,
        means={element: rounded(known[element]) if element in known else None for element in Element},
        index=rounded(index) if index is not None else None,
    )


#: So many days after the day of a visit it may still be answered, and is a repeat recognised.
ANSWERED_WITHIN_DAYS = 30
#: So many days after its own day an answer may be changed, that day included.
CHANGED_WITHIN_DAYS = 1


class SurveyOver(Refused):
    """This visit is more than %(days)s days ago, so its survey is over. For anything that is still to be
    done, please file a complaint.
    """

    code = "survey_over"
    status = 409


class AnswerSettled(Refused):
    """This visit is answered already, and an answer can be changed until the next day only.

    For anything else, please file a complaint.
    """

    code = "answer_settled"
    status = 409


def must_be_answerable(visited_on: date, today: date) -> None:
    """Raise SurveyOver for a visit that is too long ago."""
    if today > visited_on + timedelta(days=ANSWERED_WITHIN_DAYS):
        raise SurveyOver(days=ANSWERED_WITHIN_DAYS)


def changeable_until(answered_on: date) -> date:
    """Return the last day on which an answer may be changed."""
    return answered_on + timedelta(days=CHANGED_WITHIN_DAYS)


def must_be_changeable(answered_on: date, today: date) -> None:
    """Raise AnswerSettled for an answer that stays as it is."""
    if today > changeable_until(answered_on):
        raise AnswerSettled
