"""What the public interface takes. Unknown fields are refused.

The agencies check what only they can know (whether a NIK can exist, whether a place is free); here is
checked what any client can be told without asking them. Messages are English keys of locale/id.po.
"""

import re
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from gerai_gateway.rules.visit_order import LEAST_ERRANDS, MOST_ERRANDS
from gerai_gateway.schemas.complaint_files import references

LANGUAGES = ("id", "en")
SEXES = ("female", "male")
CLASSIFICATIONS = ("complaint", "information", "aspiration", "consultation")
LONGEST_TITLE = 150
LONGEST_TEXT = 5_000
EMPTY = "Please fill this in."
NEEDED: dict[str, Any] = {"required": EMPTY, "null": EMPTY}
NO_EMAIL: dict[str, Any] = {"invalid": "This is not an e-mail address."}
NO_TEXT = "Please use letters and ordinary signs only."
CHOOSE = "Please choose one of these."
CHOOSE_AN_HOUR = "Please choose an hour."
NO_REGENCY = "A regency is a code like 36.02, or the word other."
CHOOSE_ERRANDS = "Please choose two to five services."
NO_CODE = "This is no short name of ours."
NO_REFERENCE = "This is no reference of ours."
_ERRAND = r"[a-z0-9][a-z0-9-]{0,59}\.[a-z0-9][a-z0-9-]{0,59}"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_CONTROLS_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _one_line(text: str) -> None:
    if _CONTROLS.search(text):
        raise ValidationError(NO_TEXT)


def _lines(text: str) -> None:
    if _CONTROLS_BUT_LINES.search(text):
        raise ValidationError(NO_TEXT)


def _code(**options: Any) -> fields.String:
    """Short names of agencies, sites, services, purposes."""
    return fields.String(validate=validate.Regexp(r"^[a-z0-9][a-z0-9-]{0,59}\Z", error=NO_CODE), **options)


def _token(**options: Any) -> fields.String:
    return fields.String(validate=validate.Length(min=10, max=120, error=NO_REFERENCE), **options)


def _slot(**options: Any) -> fields.String:
    return fields.String(validate=validate.Length(min=5, max=100, error=CHOOSE_AN_HOUR), **options)


def _language(**options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(LANGUAGES, error=CHOOSE), **options)


def _name(**options: Any) -> fields.String:
    length = validate.Length(min=2, max=100, error="Please give 2 to 100 characters.")
    return fields.String(validate=[length, _one_line], error_messages=NEEDED, **options)


def _length(least: int, most: int) -> validate.Length:
    return validate.Length(min=least, max=most, error="Please check this: it is too short or too long.")


def _email() -> fields.Email:
    length = validate.Length(max=200, error=NO_EMAIL["invalid"])
    return fields.Email(allow_none=True, load_default=None, validate=length, error_messages=NO_EMAIL)


def _phone() -> fields.String:
    length = validate.Length(min=8, max=30, error="This phone number is too short or too long.")
    return fields.String(allow_none=True, load_default=None, validate=[length, _one_line])


def _sex() -> fields.String:
    told = {"description": "Compared with digits 7 and 8 of the NIK (40 more for women); not kept."}
    return fields.String(allow_none=True, validate=validate.OneOf(SEXES, error=CHOOSE), metadata=told)


class Flag(fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class PersonSchema(Schema):
    """The applicant: a NIK for Indonesian citizens, a passport number for others; e-mail or phone or both."""

    name = _name(required=True)
    nik = fields.String(validate=validate.Regexp(r"^\d{16}\Z", re.ASCII, error="A NIK has 16 digits."))
    passport_number = fields.String(
        validate=validate.Regexp(
            r"^[A-Z0-9]{5,15}\Z", error="A passport number has 5 to 15 letters and digits."
        )
    )
    birth_date = fields.Date(allow_none=True)
    sex = _sex()
    married = Flag()
    regency = fields.String(
        allow_none=True, validate=validate.Regexp(r"^(\d\d\.\d\d|other)\Z", re.ASCII, error=NO_REGENCY)
    )
    phone = _phone()
    email = _email()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check(self, _data: dict[str, Any], original: Any, **_: Any) -> None:
        """Check what concerns more than one field, whatever else is wrong: one round is enough."""
        if not isinstance(original, dict):
            return
        problems = {}
        if ("nik" in original) == ("passport_number" in original):
            problems["nik"] = ["Please give a NIK, or a passport number if you are a foreigner."]
        if not original.get("email") and not original.get("phone"):
            text = "Please give an e-mail address, to which we write, or a mobile number."
            problems["email"] = [text]
        if problems:
            raise ValidationError(problems)


class PoliceReportSchema(Schema):
    """The report that somebody made of a loss, for services that ask for it."""

    number = fields.String(required=True, validate=[_length(3, 60), _one_line], error_messages=NEEDED)
    date = fields.Date(required=True, error_messages=NEEDED)
    station = fields.String(required=True, validate=[_length(3, 120), _one_line], error_messages=NEEDED)


class RoomSchema(Schema):
    """Somebody who draws a number of the waiting room for a day at a site."""

    site = _code(required=True, error_messages=NEEDED)
    day = fields.Date(required=True, error_messages=NEEDED)


def _room_token() -> fields.String:
    return _token(allow_none=True, metadata={"description": "A number of the waiting room that has come up."})


def _proof() -> fields.String:
    told = {"description": "The solved challenge of a `proof_required`: the ALTCHA payload, base64 of JSON."}
    length = validate.Length(max=1_000, error=NO_REFERENCE)
    return fields.String(allow_none=True, validate=length, metadata=told)


class BookingSchema(Schema):
    """One booking: of a slot, or of a held place."""

    slot_id = _slot()
    hold_token = _token()
    purpose = _code(allow_none=True)
    precondition_met = Flag()
    police_report = fields.Nested(PoliceReportSchema, allow_none=True)
    priority = Flag()
    urgent = Flag(allow_none=True)
    validity_years = fields.Integer(
        strict=True, allow_none=True, validate=validate.OneOf((5, 10), error=CHOOSE)
    )
    language = _language()
    room_token = _room_token()
    proof = _proof()
    person = fields.Nested(PersonSchema, required=True, error_messages=NEEDED)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """One of the two ways to name the place."""
        if ("slot_id" in data) == ("hold_token" in data):
            raise ValidationError({"slot_id": [CHOOSE_AN_HOUR]})


class ErrandSchema(Schema):
    """One errand of a visit over several agencies: the hour, and what its service asks for."""

    agency = _code(required=True, error_messages={"required": CHOOSE})
    slot_id = _slot(required=True, error_messages={"required": CHOOSE_AN_HOUR})
    purpose = _code(allow_none=True)
    precondition_met = Flag()
    police_report = fields.Nested(PoliceReportSchema, allow_none=True)
    urgent = Flag(allow_none=True)
    validity_years = fields.Integer(
        strict=True, allow_none=True, validate=validate.OneOf((5, 10), error=CHOOSE)
    )


class VisitBookingSchema(Schema):
    """Several errands of one person at one site on one day, in the order in which they are to be booked."""

    errands = fields.List(
        fields.Nested(ErrandSchema),
        required=True,
        validate=validate.Length(min=LEAST_ERRANDS, max=MOST_ERRANDS, error=CHOOSE_ERRANDS),
        error_messages={**NEEDED, "invalid": CHOOSE_ERRANDS},
    )
    priority = Flag()
    language = _language()
    person = fields.Nested(PersonSchema, required=True, error_messages=NEEDED)


class ProposalQuerySchema(Schema):
    """A day, and 2 to 5 errands as `agency.service`, with commas between them."""

    day = fields.Date(required=True)
    errands = fields.String(
        required=True, validate=validate.Regexp(rf"^{_ERRAND}(,{_ERRAND}){{1,4}}\Z", error=CHOOSE_ERRANDS)
    )


class HoldSchema(Schema):
    """A place to be held for some minutes."""

    slot_id = _slot(required=True, error_messages={"required": CHOOSE_AN_HOUR})
    room_token = _room_token()
    proof = _proof()


class JoinSchema(Schema):
    """Somebody who wants a place of full days, on any day from `first_day` to `last_day`, both included."""

    site = _code(required=True, error_messages=NEEDED)
    service = _code(required=True, error_messages=NEEDED)
    first_day = fields.Date(required=True, error_messages=NEEDED)
    last_day = fields.Date(required=True, error_messages=NEEDED)
    language = _language()
    person = fields.Nested(PersonSchema, required=True, error_messages=NEEDED)


class ChangeSchema(Schema):
    """A change of a ticket; `revision` is what its holder last saw of it."""

    revision = fields.Integer(strict=True, validate=validate.Range(min=1))


class RescheduleSchema(ChangeSchema):
    """A move to another hour."""

    slot_id = _slot(required=True, error_messages={"required": CHOOSE_AN_HOUR})
    room_token = _room_token()


class AppealSchema(Schema):
    """Why the holder of a missed ticket could not come."""

    text = fields.String(
        required=True,
        validate=[validate.Length(min=20, max=1_000, error="Please give 20 to 1,000 characters."), _lines],
        error_messages=NEEDED,
    )


class DaysQuerySchema(Schema):
    """Which days; both are included."""

    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")

    @validates_schema
    def check(self, data: dict[str, date], **_: Any) -> None:
        """The days are in order."""
        if data["last"] < data["first"]:
            raise ValidationError({"to": ["The last day is before the first."]})


class AvailabilityQuerySchema(DaysQuerySchema):
    """Which free places."""

    site = _code(required=True)
    service = _code(required=True)


class LanguageQuerySchema(Schema):
    """In which language texts are wanted."""

    lang = _language()


class ComplainantSchema(Schema):
    """Who complains. E-mail and phone are only for telling of the answer."""

    name = _name(allow_none=True, load_default=None)
    email = _email()
    phone = _phone()


class ProxySchema(Schema):
    """For whom the complainant acts, as what, and whether they have a power of attorney."""

    principal = _name(required=True)
    relation = _name(required=True)
    has_power_of_attorney = Flag(load_default=False)


class ComplaintSchema(Schema):
    """A complaint, a question or a wish. With `ticket_token` it concerns one visit.

    `attachments` are references of kept files. `public` lets everybody read it, without a name, once an
    officer has looked at it.
    """

    classification = fields.String(
        required=True, validate=validate.OneOf(CLASSIFICATIONS, error=CHOOSE), error_messages=NEEDED
    )
    title = fields.String(
        required=True,
        validate=[
            validate.Length(min=3, max=LONGEST_TITLE, error="Please give 3 to 150 characters."),
            _one_line,
        ],
        error_messages=NEEDED,
    )
    text = fields.String(
        required=True,
        validate=[
            validate.Length(min=10, max=LONGEST_TEXT, error="Please give 10 to 5,000 characters."),
            _lines,
        ],
        error_messages=NEEDED,
    )
    agency = _code(required=True, error_messages={"required": CHOOSE})
    site = _code(allow_none=True, load_default=None)
    service = _code(allow_none=True, load_default=None)
    occurred_on = fields.Date(allow_none=True, load_default=None)
    anonymous = Flag(load_default=False)
    confidential = Flag(load_default=False)
    public = Flag(load_default=False)
    language = _language(load_default="id")
    person = fields.Nested(ComplainantSchema, required=True, error_messages=NEEDED)
    proxy = fields.Nested(ProxySchema)
    claims_danger = Flag()
    ticket_token = _token(allow_none=True, load_default=None)
    attachments = references(load_default=list)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check(self, _data: dict[str, Any], original: Any, **_: Any) -> None:
        """Whoever does not ask to stay unknown says who they are; what is confidential is not public."""
        if not isinstance(original, dict):
            return
        if original.get("confidential") is True and original.get("public") is True:
            raise ValidationError({"public": ["What is confidential cannot be read by everybody."]})
        if original.get("anonymous") is True:
            return
        person = original.get("person")
        if isinstance(person, dict) and not person.get("name"):
            raise ValidationError({"person": {"name": [EMPTY]}})


class DecisionSchema(Schema):
    """What a complainant says to the answer."""

    text = fields.String(
        validate=[validate.Length(max=LONGEST_TEXT, error="At most 5,000 characters."), _lines]
    )
