"""Statistics as tables: made once, shown on pages and written into files."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from babel.dates import format_date, format_interval
from gerai_shared.spreadsheets import Column, Table, Value

from gerai_booking.counter import statistics_words as words
from gerai_booking.rules.regions import region_name
from gerai_booking.rules.statistics import MONTH, QUARTER, STEPS, YEAR, Period, period_of, spans_of
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.statistics import Group, Statistics, columns_of

#: Says a text in the reader's language, with its values.
Say = Callable[..., str]


class Tables:
    """The tables of statistics in one language."""

    def __init__(self, office: Office, seen: Statistics, *, say: Say, language: str) -> None:
        self._office = office
        self.seen = seen
        self.say = say
        self._language = language

    @cached_property
    def all(self) -> list[Table]:
        """Every table that has rows."""
        made = (self._tickets(), self._waiting(), self._course(), self._quotas(), self._errors())
        return [table for table in made if table.rows]

    @property
    def by(self) -> str:
        """By what they are, as the head of a column."""
        return self.say(words.NAMES_OF_DIMENSIONS[self.seen.wanted.by])

    def measure(self, code: str) -> str:
        """Return what a measure is called."""
        return self.say(words.MEASURES[code][0])

    def name_of(self, group: Group) -> str:
        """Return what a group is called."""
        by, (*above, value) = self.seen.wanted.by, group.key
        if by in STEPS:
            return self.days(self._spans[value])
        if by in {"origin", "province", "coverage"}:
            name = region_name(value) if value else self.say(words.UNKNOWN_ORIGIN)
            return ": ".join([*(self.site(site) for site in above), name])
        if by == "site":
            return self.site(value)
        if by == "service":
            return self.service(value)
        if by == "outcome":
            return self.measure(value)
        if by == "quota_channel":
            return self.say(words.CHANNELS.get(value, value) if value else words.NO_QUOTA)
        return self.say({"channel": words.CHANNELS, "lane": words.LANES}[by].get(value, value))

    def site(self, code: str) -> str:
        """Return what a site is called; of one that is no more, its code."""
        return self._named(self._office.agency.sites, code)

    def service(self, code: str) -> str:
        """Return what a service is called; of one that is no more, its code."""
        return self._named(self._office.agency.services, code)

    def _named(self, things: tuple[Any, ...], code: str) -> str:
        found = next((thing for thing in things if thing.code == code), None)
        return str(found.name.in_language(self._language)) if found else code

    def days(self, period: Period) -> str:
        """Name a period: `Desember 2026`, `7–13 Des 2026`, while it runs `Desember 2026 (1–7 Des)`."""
        whole = {MONTH: "MMMM y", QUARTER: "QQQQ y", YEAR: "y"}.get(period.kind)
        if whole and period.first == period_of(period.kind, period.first).first:
            name: str = format_date(period.first, whole, locale=self._language)
            part = format_interval(period.first, period.last, "MMMd", locale=self._language)
            return name if self._is_whole(period) else f"{name} ({part})"
        if period.first == period.last:
            return format_date(period.first, "EEE, d MMM y", locale=self._language)
        return format_interval(period.first, period.last, "yMMMd", locale=self._language)

    @staticmethod
    def _is_whole(period: Period) -> bool:
        day_after = date.fromordinal(period.last.toordinal() + 1)
        return period.first.day == day_after.day == 1

    @cached_property
    def _spans(self) -> dict[date, Period]:
        return {span.first: span for span in spans_of(self.seen.now, self.seen.step)}

    def _change(self, group: Group) -> tuple[Value, ...]:
        return group.now["issued"], group.before.get("issued"), group.change.difference, group.change.percent

    def _heads_of_change(self) -> tuple[Column, ...]:
        return (
            Column(name=self.days(self.seen.now)),
            Column(name=self.days(self.seen.before)),
            Column(name=self.say(words.DIFFERENCE), is_change=True),
            Column(name=self.say(words.CHANGE), is_change=True),
        )

    def _tickets(self) -> Table:
        further = columns_of(self.seen.wanted.by)[1:]
        rows = [(self.name_of(group), group) for group in self.seen.groups]
        return Table(
            code="tickets",
            name=self.say(words.TICKETS),
            columns=(
                Column(name=self.by, is_number=False),
                *self._heads_of_change(),
                *(Column(name=self.measure(code)) for code in further),
            ),
            rows=tuple(
                (name, *self._change(group), *(group.now[code] for code in further))
                for name, group in [*rows, (self.say(words.TOTAL), self.seen.total)]
            ),
        )

    def _waiting(self) -> Table:
        codes = ("wait", "wait_of_most", "service")
        groups = [*self.seen.groups, self.seen.total]
        told = [group for group in groups if any(getattr(group, code) is not None for code in codes)]
        return Table(
            code="waiting",
            name=self.say(words.WAITING),
            columns=(
                Column(name=self.by, is_number=False),
                *(Column(name=self.say(words.MINUTES, name=self.measure(code))) for code in codes),
            ),
            rows=tuple(
                (
                    self.say(words.TOTAL) if group is self.seen.total else self.name_of(group),
                    *(getattr(group, code) for code in codes),
                )
                for group in told
            ),
        )

    def _course(self) -> Table:
        return Table(
            code="course",
            name=self.say(words.COURSE),
            columns=(
                Column(name=self.say(words.NAMES_OF_DIMENSIONS[self.seen.step]), is_number=False),
                Column(name=self.measure("issued")),
                Column(name=self.say(words.COMPARED_WITH), is_number=False),
                Column(name=self.measure("issued")),
            ),
            rows=tuple(
                (
                    self.days(point.span),
                    point.issued,
                    self.days(point.before_span) if point.before_span else None,
                    point.before,
                )
                for point in self.seen.course
            ),
        )

    def _quotas(self) -> Table:
        return Table(
            code="quota",
            name=self.say(words.QUOTA),
            columns=(
                Column(name=self.say(words.NAMES_OF_DIMENSIONS[self.seen.step]), is_number=False),
                Column(name=self.say(words.NAMES_OF_DIMENSIONS["channel"]), is_number=False),
                Column(name=self.measure("taken")),
                Column(name=self.measure("places")),
                Column(name=self.say(words.PERCENT, name=self.measure("percent"))),
            ),
            rows=tuple(
                (
                    self.days(use.span),
                    self.say(words.CHANNELS.get(use.channel, use.channel)),
                    use.taken,
                    use.places,
                    use.percent,
                )
                for use in self.seen.quotas
            ),
        )

    def _errors(self) -> Table:
        return Table(
            code="errors",
            name=self.say(words.ERRORS),
            columns=(
                Column(name=self.say(words.ERROR), is_number=False),
                Column(name=self.say(words.NUMBER)),
                Column(name=self.measure("served")),
                Column(name=self.say(words.PERCENT, name=self.measure("error_rate"))),
            ),
            rows=tuple(
                (self.measure(each.kind), each.count, each.served, each.percent) for each in self.seen.errors
            ),
        )

    def explanation(self, made_at: str) -> list[tuple[str, str]]:
        """Return what was counted, when, and what each measure means, line by line."""
        wanted = self.seen.wanted
        only = [self._only(name, value) for name, value in wanted.only.items()]
        lines = [
            (
                self.say(words.NAMES_OF_DIMENSIONS["site"]),
                ", ".join(self.site(site) for site in wanted.sites),
            ),
            (self.say(words.PERIOD), self.days(self.seen.now)),
            (self.say(words.COMPARED_WITH), self.days(self.seen.before)),
            *((self.say(words.ONLY), text) for text in only),
            (self.say(words.MADE_AT), made_at),
        ]
        lines += [(self.say(name), self.say(definition)) for name, definition in words.MEASURES.values()]
        running = [self.running] if self.seen.is_running else []
        return lines + [("", note) for note in (*running, *self.notes)]

    @property
    def notes(self) -> list[str]:
        """What holds for every table."""
        return [self.say(note) for note in (words.HIDDEN, words.BASE, words.ORIGINS)]

    @property
    def running(self) -> str:
        """That the period is not over."""
        return self.say(words.RUNNING, day=format_date(self.seen.now.last, "d MMMM y", locale=self._language))

    def _only(self, name: str, value: str | None) -> str:
        found: Mapping[str, Callable[[str], str]] = {
            "service": self.service,
            "channel": lambda code: self.say(words.CHANNELS.get(code, code)),
            "lane": lambda code: self.say(words.LANES.get(code, code)),
            "origin": region_name,
        }
        told = found[name](value) if value else self.say(words.UNKNOWN_ORIGIN)
        return f"{self.say(words.NAMES_OF_DIMENSIONS[name])}: {told}"
