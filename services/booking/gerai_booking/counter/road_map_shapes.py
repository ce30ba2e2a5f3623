"""What supervisors write into the forms of the road map, as marshmallow reads it."""

from typing import Any

from marshmallow import fields, validate

from gerai_booking.counter.establishment_shapes import FormSchema, choice, day, text, why
from gerai_booking.rules.road_map import STATES
from gerai_booking.schemas import BASIS, CHOICE

COUNTERS = "A number of counters is between 1 and 50."


def number(least: int, most: int, error: str, **more: Any) -> fields.Integer:
    """Return a field for a whole number."""
    return fields.Integer(
        validate=validate.Range(min=least, max=most, error=error),
        error_messages={"invalid": error, "required": error},
        **more,
    )


def basis() -> fields.String:
    """Return the field for the order or rule that something rests on."""
    return fields.String(required=True, validate=BASIS, error_messages={"required": BASIS.error or ""})


class CounterSchema(FormSchema):
    """Counters for a group of services, to be opened by a day."""

    group = text(longest=200, error=CHOICE, required=True)
    counters = number(1, 50, COUNTERS, required=True)
    target_on = day(required=True)
    responsible = text(longest=100, required=True)
    basis = basis()
    why = why()


class RevisionSchema(FormSchema):
    """What an entry becomes; what is not given stays as it is."""

    entry = text(longest=100, error=CHOICE, required=True)
    state = choice(STATES, required=True)
    target_on = day(load_default=None)
    counters = number(1, 50, COUNTERS, load_default=None)
    responsible = text(longest=100, load_default=None)
    why = why()
