"""What is asked of statistics: fields of an address, so that a page can be kept and passed on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from gerai_booking.rules.statistics import (
    AGAINST,
    FIRST_DAY,
    KINDS,
    LAST_DAY,
    LONGEST_DAYS,
    MONTH,
    PREVIOUS,
    RANGE,
    Period,
    period_of,
)
from gerai_booking.schemas import CHOICE, CODE, DAY
from gerai_booking.usecases.statistics import DIMENSIONS, Wanted

UNKNOWN = "unknown"
#: What the fields may say when they cannot be used.
BOTH_DAYS = "Please give the first and the last day of a free range."
BACKWARDS = "The last day comes before the first."
TOO_LONG = "A free range has at most one year."
CALENDAR = "Please give a day between 2000 and 2099."
ORIGIN = "A regency is a code like 36.02."
#: The fields that narrow what is counted.
NARROWING = ("service", "channel", "lane", "origin")

_WITHIN = validate.Range(min=FIRST_DAY, max=LAST_DAY, error=CALENDAR)
_NAME = validate.Regexp(r"^[a-z_]{1,20}\Z", error=CHOICE)


def _day() -> fields.Date:
    return fields.Date(load_default=None, validate=_WITHIN, error_messages={"invalid": DAY})


class StatisticsSchema(Schema):
    """Period, comparison, dimension, and what narrows it; an empty field is one that is not given."""

    site = fields.String(load_default=None, validate=CODE)
    period = fields.String(load_default=MONTH, validate=validate.OneOf(KINDS, error=CHOICE))
    day = _day()
    first = _day()
    last = _day()
    against = fields.String(load_default=PREVIOUS, validate=validate.OneOf(AGAINST, error=CHOICE))
    by = fields.String(load_default="origin", validate=validate.OneOf(DIMENSIONS, error=CHOICE))
    service = fields.String(load_default=None, validate=CODE)
    channel = fields.String(load_default=None, validate=_NAME)
    lane = fields.String(load_default=None, validate=_NAME)
    origin = fields.String(
        load_default=None, validate=validate.Regexp(rf"^(\d\d\.\d\d|{UNKNOWN})\Z", error=ORIGIN)
    )

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take what was left empty as not given, and what is chosen in the whole."""
        return {name: value.strip() for name, value in data.items() if value.strip() not in {"", "all"}}

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """A free range has two days in their order, and an end."""
        if data["period"] != RANGE:
            return
        first, last = data["first"], data["last"]
        if first is None or last is None:
            raise ValidationError({"first" if first is None else "last": [BOTH_DAYS]})
        if last < first:
            raise ValidationError({"last": [BACKWARDS]})
        if (last - first).days >= LONGEST_DAYS:
            raise ValidationError({"last": [TOO_LONG]})


def wanted_of(asked: Mapping[str, Any], sites: tuple[str, ...], *, today: date) -> Wanted:
    """Return what is wanted of these sites; without a day, the period in which `today` is."""
    if asked["period"] == RANGE:
        period = Period(kind=RANGE, first=asked["first"], last=asked["last"])
    else:
        period = period_of(asked["period"], asked["day"] or today)
    only = {name: asked[name] for name in NARROWING if asked[name] is not None}
    if only.get("origin") == UNKNOWN:
        only["origin"] = None
    return Wanted(sites=sites, period=period, against=asked["against"], by=asked["by"], only=only)
