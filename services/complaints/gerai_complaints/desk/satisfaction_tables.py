"""The survey of satisfaction as tables in one language: shown on the page and written into files."""

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from gerai_shared.charts import Datum, LineChart, line_chart
from gerai_shared.spreadsheets import NOT_TOLD, Column, Table, Value

from gerai_complaints.rules.periods import MONTH, QUARTER, YEAR, Period
from gerai_complaints.rules.satisfaction import NUMBERS, WEIGHT, Element, Result
from gerai_complaints.satisfaction_shapes import KIOSK, KIOSK_TICKET, LINK, Figures, Row
from gerai_complaints.usecases.satisfaction import FEWEST_RESPONDENTS

#: Says a text in the reader's language, with its values.
Say = Callable[..., str]
#: Marks a text for translation; it is said later.
_ = str
PATTERNS = {MONTH: "MMMM y", QUARTER: "QQQQ y", YEAR: "y"}
NAMES = {
    Element.REQUIREMENTS: _("Requirements"),
    Element.PROCEDURE: _("Procedure"),
    Element.TIME: _("Time"),
    Element.COST: _("Cost"),
    Element.PRODUCT: _("Result"),
    Element.COMPETENCE: _("Ability of the officer"),
    Element.CONDUCT: _("Manners of the officer"),
    Element.FACILITIES: _("Rooms and facilities"),
    Element.COMPLAINTS: _("Dealing with complaints"),
}
CHANNELS = {
    LINK: _("by the link of the ticket"),
    KIOSK_TICKET: _("at a kiosk, with a ticket"),
    KIOSK: _("at a kiosk, without one"),
}
GRADES = {"A": _("very good"), "B": _("good"), "C": _("less good"), "D": _("not good")}


class Tables:
    """What is shown of the figures."""

    def __init__(self, figures: Figures, *, say: Say, language: str) -> None:
        self.figures = figures
        self._say = say
        self._language = language

    def name_of(self, period: Period) -> str:
        """Return what a period is called: `November 2026`."""
        return str(format_date(period.first, PATTERNS[period.kind], locale=self._language))

    def month(self, day: date) -> str:
        """Return the month of a day: `November 2026`."""
        return str(format_date(day, "MMMM y", locale=self._language))

    def written(self, value: Value) -> str:
        """Return a value as people write it."""
        if value is None:
            return NOT_TOLD
        if isinstance(value, str):
            return value
        pattern = "#,##0" if isinstance(value, int) else "#,##0.00"
        return str(format_decimal(value, format=pattern, locale=self._language))

    @cached_property
    def groups(self) -> Table:
        """Agencies with their services, and all of them."""
        rows = [(*self._names(row), *self._result(row.result)) for row in self.figures.rows]
        rows.append((self._say("All of them"), "", *self._result(self.figures.total.result)))
        return Table(
            code="groups",
            name=self._say("By agency and service"),
            columns=(
                Column(name=self._say("Agency"), is_number=False),
                Column(name=self._say("Service"), is_number=False),
                *self._heads(),
            ),
            rows=tuple(rows),
        )

    @cached_property
    def months(self) -> Table:
        """The months of the year."""
        return Table(
            code="months",
            name=self._say("By month"),
            columns=(Column(name=self._say("Month"), is_number=False), *self._heads()),
            rows=tuple(
                (self.month(period.first), *self._result(row.result)) for period, row in self.figures.months
            ),
        )

    @property
    def elements(self) -> list[tuple[str, str]]:
        """The elements by their number on forms, in their order."""
        return [(number, self._say(NAMES[element])) for element, number in NUMBERS.items()]

    def grade(self, result: Result | None) -> str:
        """Return the grade with its word."""
        if result is None or result.grade is None:
            return NOT_TOLD
        return f"{result.grade} ({self._say(GRADES[result.grade])})"

    @property
    def channels(self) -> list[tuple[str, str]]:
        """How many answered by which channel."""
        return [
            (self._say(CHANNELS[each]), self.written(count))
            for each, count in self.figures.by_channel.items()
        ]

    @property
    def course(self) -> LineChart:
        """A line: the index by month."""
        return line_chart(
            [
                Datum(
                    label=str(format_date(period.first, "MMM", locale=self._language)),
                    now=float(row.result.index) if row.result and row.result.index is not None else None,
                    now_text="",
                )
                for period, row in self.figures.months
            ]
        )

    def explanation(self, made_at: str) -> list[tuple[str, str]]:
        """Return what a file says of itself."""
        say = self._say
        return [
            (say("Period"), self.name_of(self.figures.period)),
            (say("Computed"), made_at),
            (
                say("Method"),
                say(
                    "Survey of satisfaction (SKM, PermenPANRB 14/2017): each element is answered from 1 to 4."
                ),
            ),
            (
                say("Index"),
                say(
                    "Sum of the nine means (NRR), each weighted by %(weight)s, times 25; "
                    "rounded half up to two decimals before it is graded.",
                    weight=f"{WEIGHT}",
                ),
            ),
            (say("Grades"), "A 88,31–100,00; B 76,61–88,30; C 65,00–76,60; D 25,00–64,99"),
            (
                NOT_TOLD,
                say(
                    "Fewer than %(number)s people answered, or they could be worked out from the rest.",
                    number=FEWEST_RESPONDENTS,
                ),
            ),
            *self.elements,
        ]

    def _names(self, row: Row) -> tuple[str, str]:
        agency = row.agency.called(self._language) if row.agency else ""
        if row.service is None:
            return agency, self._say("All services")
        return agency, row.service.called(self._language) or self._say("No service named")

    def _heads(self) -> list[Column]:
        return [
            Column(name=self._say("Respondents")),
            *(Column(name=number) for number in NUMBERS.values()),
            Column(name=self._say("Index")),
            Column(name=self._say("Grade"), is_number=False),
        ]

    def _result(self, result: Result | None) -> tuple[Value, ...]:
        if result is None:
            return (None,) * (len(NUMBERS) + 3)
        means: tuple[Any, ...] = tuple(result.means[element] for element in NUMBERS)
        return (result.respondents, *means, result.index, self.grade(result))
