"""How a site does, for everybody: charts with the tables behind them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from gerai_shared.charts import Datum, bar_chart, line_chart
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway.catalogues import Json
from gerai_gateway.entrypoints import public
from gerai_gateway.performance import performance
from gerai_gateway.portal.base import PortalPages
from gerai_gateway.rules.survey import ELEMENTS
from gerai_gateway.words import say

NOT_TOLD = "–"


class PerformancePages(PortalPages):
    """Mixin: the public page of how a site does."""

    @public("GET", "/sites/<site>/performance", page=True)
    def page_performance(self, request: Request, site: str) -> Response:
        """Show whether promises are kept, what visitors say, and how long they wait."""
        found = performance(self.mall, site)
        place, present = self.mall.catalogues.site(site)
        return self.page(
            request,
            "performance.html",
            section="sites",
            catalogues=present,
            site=place,
            found=found,
            shown=Shown(found, language=language_of(request)),
            names={catalogue.code: catalogue.agency["name"] for catalogue in present},
        )


class Shown:
    """What the page shows of the figures, in one language: names, numbers as people write them, charts."""

    def __init__(self, found: Json, *, language: str) -> None:
        self._found = found
        self._language = language
        self._say: Callable[[str], str] = partial(say, language)

    def number(self, value: int | str | None, unit: str = "") -> str:
        """Return a number as people write it, or the sign for what is not told."""
        if value is None:
            return NOT_TOLD
        exact = Decimal(value)
        pattern = "#,##0.00" if isinstance(value, str) else "#,##0"
        return f"{format_decimal(exact, format=pattern, locale=self._language)}{unit}"

    def month(self, month: str, pattern: str = "MMMM y") -> str:
        """Return what a month (YYYY-MM) is called."""
        return str(format_date(date.fromisoformat(f"{month}-01"), pattern, locale=self._language))

    def day(self, day: str) -> str:
        """Return a day with its year."""
        return str(format_date(date.fromisoformat(day), "d MMMM y", locale=self._language))

    def classification(self, code: str) -> str:
        """Return what a class of complaints is called; a newer one by its code."""
        language = self._language
        return {
            "complaint": say(language, "Complaints"),
            "information": say(language, "Questions"),
            "aspiration": say(language, "Wishes"),
            "consultation": say(language, "Consultations"),
        }.get(code, code)

    def level(self, code: str) -> str:
        """Return whom a level is."""
        language = self._language
        return {
            "none": say(language, "Stayed with the officers"),
            "unit_head": say(language, "Head of the unit"),
            "agency_head": say(language, "Head of the agency"),
            "mall": say(language, "Management of the mall"),
            "ombudsman": say(language, "Ombudsman"),
        }.get(code, code)

    def age(self, age: Json) -> str:
        """Return a band of ages."""
        if age["to_days"] is None:
            return say(self._language, "%(days)s days and more", days=age["from_days"])
        return say(self._language, "%(first)s to %(last)s days", first=age["from_days"], last=age["to_days"])

    def element(self, code: str) -> str:
        """Return what an element of the survey is called, with its number on the form."""
        language = self._language
        name = {
            "requirements": say(language, "Requirements"),
            "procedure": say(language, "Procedure"),
            "time": say(language, "Time"),
            "cost": say(language, "Cost"),
            "product": say(language, "Result"),
            "competence": say(language, "Ability of the officer"),
            "conduct": say(language, "Manners of the officer"),
            "facilities": say(language, "Rooms and facilities"),
            "complaints": say(language, "Dealing with complaints"),
        }[code]
        return f"U{ELEMENTS.index(code) + 1} {name}"

    def grade(self, code: str | None) -> str:
        """Return a grade with its word."""
        language = self._language
        word = {
            "A": say(language, "very good"),
            "B": say(language, "good"),
            "C": say(language, "less good"),
            "D": say(language, "not good"),
        }
        return f"{code} ({word[code]})" if code in word else NOT_TOLD

    @property
    def kept_promises(self) -> Any:
        """Bars: answers in time of each class, in percent."""
        return bar_chart(
            [
                self._datum(self.classification(each["classification"]), each["in_time_percent"], "%")
                for each in self._found["complaints"]["classes"]
            ]
        )

    @property
    def kept_by_month(self) -> Any:
        """A line: answers in time by month of receipt, in percent."""
        return self._line(self._found["complaints"]["months"], "in_time_percent", "%")

    @property
    def ages(self) -> Any:
        """Bars: open complaints by age."""
        return bar_chart(
            [self._datum(self.age(age), age["open"]) for age in self._found["complaints"]["ages"]]
        )

    @property
    def levels(self) -> Any:
        """Bars: how far complaints went up."""
        return bar_chart(
            [
                self._datum(self.level(each["level"]), each["complaints"])
                for each in self._found["complaints"]["levels"]
            ]
        )

    @property
    def index_by_month(self) -> Any:
        """A line: the index of satisfaction by month."""
        return self._line(self._found["satisfaction"]["months"], "index")

    @property
    def elements(self) -> Any:
        """Bars: the mean of each element."""
        means = self._found["satisfaction"]["all"]["means"] or {}
        return bar_chart([self._datum(self.element(code), means.get(code)) for code in ELEMENTS])

    def waits(self, part: Json) -> Any:
        """A line: the median of waiting for an agency, in minutes."""
        return self._line(part["months"], "wait_minutes")

    def _line(self, months: list[Json], name: str, unit: str = "") -> Any:
        data = [
            Datum(
                label=self.month(each["month"], "MMM yy"),
                now=None if each[name] is None else float(each[name]),
                now_text=self.number(each[name], unit),
            )
            for each in months
        ]
        return line_chart(data, write=lambda value: self.number(value, unit))

    def _datum(self, label: str, value: int | str | None, unit: str = "") -> Datum:
        return Datum(
            label=label,
            now=None if value is None else float(value),
            now_text=self.number(value, unit),
        )
