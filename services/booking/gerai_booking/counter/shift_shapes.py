"""What is sent about shifts and about what is served where, as marshmallow reads it."""

from typing import Any

from marshmallow import Schema, fields, post_load, pre_load, validate

from gerai_booking.counter.supervision_shapes import FormSchema
from gerai_booking.rules.shifts import LONGEST_PAUSE_MINUTES, REASONS
from gerai_booking.schemas import CHOICE, REASON

LONG_NOTE = "Please keep the note within 500 letters."
SOME_SERVICE = "Please choose at least one service: a counter that serves nothing is closed instead."
TODAY, UNTIL_CHANGED = "today", "changed"
CODES = validate.Regexp(r"^[a-z0-9-]{1,60}( [a-z0-9-]{1,60}){0,99}\Z", error=CHOICE)


class ShiftSchema(Schema):
    """A step of a shift; `shift_id` is the shift that the officer's screen showed.

    Of a pause: `reason`, and `minutes` until about when (None: what the reason usually takes, if that is
    known). `note` is for whoever has the counter next, of a pause for what it is.
    """

    shift_id = fields.UUID(load_default=None, allow_none=True)
    reason = fields.String(load_default="break", validate=validate.OneOf(tuple(REASONS), error=CHOICE))
    minutes = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=LONGEST_PAUSE_MINUTES)
    )
    note = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=200, error=LONG_NOTE)
    )

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """An empty field was not filled in."""
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value != ""}


class NoteSchema(FormSchema):
    """What the leaving officer tells the next one."""

    shift_id = fields.UUID(load_default=None)
    note = fields.String(load_default=None, validate=validate.Length(max=500, error=LONG_NOTE))


class CounterPauseSchema(FormSchema):
    """A supervisor's pause of a counter."""

    shift_id = fields.UUID(load_default=None)
    reason = fields.String(required=True, validate=validate.OneOf(tuple(REASONS), error=CHOICE))


class CounterActSchema(FormSchema):
    """What a supervisor does to a counter without saying more."""

    shift_id = fields.UUID(load_default=None)


class ServicesSchema(FormSchema):
    """What a counter serves: codes with spaces between; for today alone, or until it is changed."""

    services = fields.String(
        required=True, validate=CODES, error_messages={"required": SOME_SERVICE, "null": SOME_SERVICE}
    )
    until = fields.String(required=True, validate=validate.OneOf((TODAY, UNTIL_CHANGED), error=CHOICE))
    why = fields.String(required=True, validate=REASON)
    anyway = fields.String(load_default="", validate=validate.OneOf(("yes",), error=CHOICE))

    @post_load
    def split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Take apart what was ticked."""
        return {**data, "services": data["services"].split(), "anyway": data["anyway"] == "yes"}


class OfficerServicesSchema(FormSchema):
    """What an officer may serve: codes with spaces between, nothing for all."""

    officer = fields.UUID(required=True, error_messages={"required": CHOICE, "invalid_uuid": CHOICE})
    services = fields.String(load_default="", validate=CODES)

    @post_load
    def split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Take apart what was ticked."""
        return {**data, "officer": str(data["officer"]), "services": data["services"].split()}
