"""What the page of statistics shows of them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from babel.numbers import format_decimal
from gerai_shared import charts
from gerai_shared.charts import Datum
from gerai_shared.spreadsheets import NOT_TOLD, Table, Value

from gerai_booking.counter import statistics_words as words
from gerai_booking.counter.statistics_shapes import NARROWING, UNKNOWN
from gerai_booking.counter.statistics_tables import Say, Tables
from gerai_booking.rules.regions import REGENCIES
from gerai_booking.rules.statistics import MONTH, RANGE, STEPS, Period, neighbour
from gerai_booking.rules.suppression import Hidden, Shown
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.statistics import Group, Point

#: A chart of more would be read by nobody; the table has all.
MOST_BARS = 12
MINUS = "−"


def number(value: Value, *, language: str, signed: bool = False) -> str:
    """Return a number as people write it in a language: 1.412 in Indonesian."""
    if value is None:
        return NOT_TOLD
    if not isinstance(value, int):
        return str(value)
    sign = MINUS if value < 0 else "+" if signed and value else ""
    return sign + format_decimal(abs(value), locale=language)


def rows_of(table: Table, *, language: str) -> dict[str, Any]:
    """Return a table as the component data_table takes it."""
    return {
        "code": table.code,
        "name": table.name,
        "columns": [
            {"key": str(index), "label": column.name, "numeric": column.is_number}
            for index, column in enumerate(table.columns)
        ],
        "rows": [
            {
                str(index): number(value, language=language, signed=table.columns[index].is_change)
                for index, value in enumerate(row)
            }
            for row in table.rows
        ],
    }


def address(path: str, filled: Mapping[str, str], **changes: str | None) -> str:
    """Return an address with the fields of the form as they are, and some changed."""
    values = {name: value for name, value in (dict(filled) | changes).items() if value}
    return f"{path}?{urlencode(values)}" if values else path


def around(path: str, filled: Mapping[str, str], period: Period) -> dict[str, str]:
    """Return the addresses of the period before and of the next."""
    found = {}
    for name, steps in (("earlier", -1), ("later", 1)):
        other = neighbour(period, steps)
        days = {"first": other.first.isoformat(), "last": other.last.isoformat()}
        moved = days if period.kind == RANGE else {"day": days["first"]}
        found[name] = address(path, filled, **moved)
    return found


def results(tables: Tables, *, language: str) -> dict[str, Any]:
    """Return the variables of the page that come of the statistics."""
    seen = tables.seen
    figure = partial(number, language=language)
    groups = [group for group in seen.groups if group.now["issued"] or group.before.get("issued")]
    bars = [_bars_of(group, tables.name_of(group), figure) for group in groups[:MOST_BARS]]
    course = [_point_of(point, seen.step, language) for point in seen.course]
    return {
        "tables": {table.code: rows_of(table, language=language) for table in tables.all},
        "by_time": seen.wanted.by in STEPS,
        "by": tables.by,
        "bars": charts.bar_chart(bars) if bars else None,
        "bars_left_out": len(groups) - len(bars),
        "line": charts.line_chart(course, write=figure) if len(course) > 1 else None,
        "now_name": tables.days(seen.now),
        "before_name": tables.days(seen.before),
        "running": tables.running if seen.is_running else "",
        "total": _total(seen.total, figure),
        "notes": tables.notes,
    }


def _bars_of(group: Group, name: str, figure: Callable[..., str]) -> Datum:
    now, before = group.now["issued"], group.before.get("issued")
    return Datum(
        label=name, now=_told(now), now_text=figure(now), before=_told(before), before_text=figure(before)
    )


def _point_of(point: Point, step: str, language: str) -> Datum:
    day = format_date(point.span.first, "MMM" if step == MONTH else "d MMM", locale=language)
    return Datum(label=day, now=_told(point.issued), now_text="", before=_told(point.before))


def _total(total: Group, figure: Callable[..., str]) -> dict[str, str]:
    """Return the figures above everything; empty is what is not told."""
    percent, waits = total.change.percent, (total.wait, total.wait_of_most)
    wait, wait_of_most = ("" if minutes is None else figure(minutes) for minutes in waits)
    return {
        "now": figure(total.now["issued"]),
        "before": figure(total.before.get("issued")),
        "percent": "" if percent is None else figure(percent, signed=True),
        "difference": figure(total.change.difference, signed=True),
        "wait": wait,
        "wait_of_most": wait_of_most,
        "served": figure(total.now.get("served")),
    }


def _told(value: Shown | None) -> int | None:
    return None if isinstance(value, Hidden) else value


def choices(office: Office, *, say: Say, language: str) -> dict[str, list[tuple[str, str]]]:
    """Return what each field of the form offers."""
    offered: dict[str, Mapping[str, str]] = {
        "period": words.NAMES_OF_PERIODS,
        "against": words.COMPARISONS,
        "by": words.NAMES_OF_DIMENSIONS,
        "channel": {name: words.CHANNELS[name] for name in ("online", "walk_in")},
        "lane": words.LANES,
    }
    found = {name: [(value, say(text)) for value, text in texts.items()] for name, texts in offered.items()}
    found["service"] = [
        (service.code, str(service.name.in_language(language))) for service in office.agency.services
    ]
    found["origin"] = [*REGENCIES.items(), (UNKNOWN, say(words.UNKNOWN_ORIGIN))]
    for name in NARROWING:
        found[name].insert(0, ("all", say(words.EVERY)))
    return found
