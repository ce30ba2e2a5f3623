"""What supervisors write into the forms of the register of outreach, as marshmallow reads it."""

from typing import Any

from marshmallow import ValidationError, fields, pre_load, validates_schema

from gerai_booking.counter.establishment_shapes import (
    REGENCY_CODE,
    FormSchema,
    choice,
    day,
    text,
    why,
)
from gerai_booking.counter.road_map_shapes import basis, number
from gerai_booking.rules.outreach import CALLED_OFF, CHANNELS, HELD, RADIO
from gerai_booking.schemas import CHOICE, CODE

YEAR = "A year is between 2018 and 2100."
EVENTS = "A number of events is between 0 and 1,000."
REACHED = "A number of people reached is between 0 and 10,000,000."
STATION = "Please name the radio station."
PERIOD = "The last day comes before the first."
LONG = "Please write this in 3 to 1,000 letters."


def reached() -> fields.Integer:
    """Return the field for how many people were reached, as far as it is known."""
    return number(0, 10_000_000, REACHED, load_default=None)


class EventSchema(FormSchema):
    """Something by which services are made known: on a day or in a period, by a channel, for somebody."""

    held_on = day(required=True)
    last_on = day(load_default=None)
    title = text(longest=200, required=True)
    place = text(longest=200, required=True)
    channel = choice(CHANNELS, required=True)
    station = text(longest=100, load_default=None)
    regency = fields.String(load_default=None, validate=REGENCY_CODE)
    audience = text(longest=200, load_default=None)
    topics = fields.List(fields.String(validate=CODE, error_messages={"invalid": CHOICE}), load_default=())
    reached = reached()
    notes = text(longest=1000, error=LONG, load_default=None)

    @pre_load
    def split(self, data: Any, **_: Any) -> Any:
        """Take the services that were ticked, which come with spaces between them."""
        topics = data.get("topics")
        return {**data, "topics": topics.split()} if isinstance(topics, str) else data

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """A radio has a name, and a period its days in their order."""
        if data["channel"] == RADIO and not data["station"]:
            raise ValidationError({"station": [STATION]})
        if data["last_on"] and data["last_on"] < data["held_on"]:
            raise ValidationError({"last_on": [PERIOD]})


class ReportSchema(FormSchema):
    """What became of an event."""

    event = text(longest=100, error=CHOICE, required=True)
    state = choice((HELD, CALLED_OFF), required=True)
    reached = reached()
    notes = text(longest=1000, error=LONG, load_default=None)
    why = why()


class TargetSchema(FormSchema):
    """How many events a year should have."""

    year = number(2018, 2100, YEAR, required=True)
    target = number(0, 1000, EVENTS, required=True)
    basis = basis()
    why = why()
