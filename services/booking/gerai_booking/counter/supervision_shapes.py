"""What forms about suspensions, appeals and outages send, as marshmallow reads it."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from gerai_booking.rules.identity import InvalidNik, parse_nik
from gerai_booking.rules.outages import FAILURES
from gerai_booking.schemas import BASIS, CHOICE, CODE, DAY, NIK_PROBLEMS, PASSPORT, REASON

#: Kinds are rules that hold for a time: which may be ordered, their use case knows.
KIND = validate.Regexp(r"^[a-z][a-z_]{0,39}\Z", error=CHOICE)
#: No rule goes further; each kind has its own limits.
MOST_MONTHS = 120
MONTHS = "Please give a number of months."
ISSUER = "Please name the office that ordered it."
MOMENT = "Please give a day and a time."
APPEAL = "Please say how and by when to appeal, in at least ten letters: the citizen reads it."


class FormSchema(Schema):
    """A form: spaces around a value are nobody's, and an empty field was not filled in."""

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take what people type."""
        tidy = {key: value.strip() if isinstance(value, str) else value for key, value in data.items()}
        return {key: value for key, value in tidy.items() if value != ""}


class IdentitySchema(FormSchema):
    """Whose identity is meant: a NIK, or a foreigner's passport number."""

    citizenship = fields.String(required=True, validate=validate.OneOf(("WNI", "WNA"), error=CHOICE))
    number = fields.String(required=True, validate=validate.Length(max=30))
    why = fields.String(required=True, validate=REASON)

    @pre_load
    def tidy_number(self, data: Any, **_: Any) -> Any:
        """Take a passport number in small letters and with spaces."""
        number = data.get("number")
        if data.get("citizenship") != "WNA" or not isinstance(number, str):
            return data
        return {**data, "number": number.replace(" ", "").upper()}

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """A NIK can exist; a passport number looks like one."""
        try:
            if data["citizenship"] == "WNI":
                parse_nik(data["number"])
            else:
                PASSPORT(data["number"])
        except InvalidNik as error:
            problem = NIK_PROBLEMS.get(error.reason, NIK_PROBLEMS["not_16_digits"])
            raise ValidationError({"number": [problem]}) from error
        except ValidationError as error:
            raise ValidationError({"number": error.messages}) from error


class SuspensionSchema(IdentitySchema):
    """An order to suspend somebody, to be written down."""

    kind = fields.String(required=True, validate=KIND)
    months = fields.Integer(
        required=True,
        validate=validate.Range(min=1, max=MOST_MONTHS, error=MONTHS),
        error_messages={"invalid": MONTHS},
    )
    first_day = fields.Date(required=True, error_messages={"invalid": DAY})
    basis = fields.String(required=True, validate=BASIS)
    issuer = fields.String(required=True, validate=validate.Length(min=3, max=200, error=ISSUER))
    appeal = fields.String(required=True, validate=validate.Length(min=10, max=500, error=APPEAL))


class WhySchema(FormSchema):
    """A decision that needs nothing but its reason."""

    why = fields.String(required=True, validate=REASON)


class DecisionSchema(WhySchema):
    """What is decided about an appeal; the citizen reads the reason."""

    decision = fields.String(required=True, validate=validate.OneOf(("accept", "refuse"), error=CHOICE))


def _moment(**options: Any) -> fields.NaiveDateTime:
    """A moment as a browser sends it: the site's own time, without an offset."""
    return fields.NaiveDateTime(format="%Y-%m-%dT%H:%M", error_messages={"invalid": MOMENT}, **options)


class OutageSchema(WhySchema):
    """An outage of ours; `all` as site is every one of them."""

    site = fields.String(required=True, validate=CODE)
    failed = fields.String(required=True, validate=validate.OneOf(FAILURES, error=CHOICE))
    started_at = _moment(required=True)
    expected_end_at = _moment(load_default=None)
    reference = fields.String(load_default=None, validate=validate.Length(max=200))


class ExpectedEndSchema(WhySchema):
    """Until when an outage is expected to last."""

    outage = fields.String(required=True, validate=validate.Length(max=36, error=CHOICE))
    expected_end_at = _moment(required=True)


class OutageEndSchema(WhySchema):
    """When an outage ended."""

    outage = fields.String(required=True, validate=validate.Length(max=36, error=CHOICE))
    ended_at = _moment(required=True)
