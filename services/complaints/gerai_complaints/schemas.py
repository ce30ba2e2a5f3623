"""What crosses the border of the complaints service. Messages are English keys of locale/id.po."""

import re
import unicodedata
from typing import Any

import phonenumbers
from gerai_shared.refusals import IdempotencyKeyMissing, InvalidRequest
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from gerai_complaints.rules.case import Classification
from gerai_complaints.shapes import Contact, Filing, TicketFacts

LANGUAGES = ("id", "en")
LONGEST_TITLE = 150
LONGEST_TEXT = 5_000
LONGEST_NAME = 100
LONGEST_EMAIL = 254
#: What a key that recognises a repeat may look like.
KEY = re.compile(r"[\x21-\x7e]{1,100}")

CODE = validate.Regexp(r"^[a-z][a-z0-9-]{0,39}\Z", error="This is not a code of the mall.")
COUNTER = validate.Regexp(r"^[A-Za-z0-9-]{1,60}\Z", error="This is not a code of the mall.")
TICKET_NUMBER = validate.Regexp(r"^[A-Z]-\d{3,5}\Z", error="This is not a number on a ticket.")
TICKET_TOKEN = validate.Regexp(
    r"^[a-z][a-z0-9-]{0,39}\.[A-Za-z0-9_-]{43}\Z", error="This is not a ticket's reference."
)


TEXT_MESSAGES = {
    "blank": "Please fill this in.",
    "unseen": "This contains characters that cannot be shown.",
    "long": "At most {longest} characters.",
}


class PlainText(fields.String):
    """A text that people typed: normalised (NFC, line feeds), without characters that do not show.

    `longest` counts characters; `lines` allows line breaks and tabs. Control characters can end a
    line in a log or a database's text; directional ones make a text show otherwise than it reads.
    """

    def __init__(self, *, longest: int, lines: bool = False, **options: Any) -> None:
        super().__init__(error_messages=dict(TEXT_MESSAGES), **options)
        self.longest = longest
        self.lines = lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
        if any(_is_unseen(character, lines=self.lines) for character in text):
            raise self.make_error("unseen")
        if len(text) > self.longest:
            raise self.make_error("long", longest=f"{self.longest:,}")
        if not text:
            if self.allow_none:
                return None
            raise self.make_error("blank")
        return text


def _is_unseen(character: str, *, lines: bool) -> bool:
    if lines and character in "\n\t":
        return False
    directional = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return directional or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


class PhoneNumber(fields.String):
    """A phone number as Indonesians write it (0812…, 62812…, +62812…), kept in E.164."""

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages={"phone": "This is not a phone number."}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options).strip()
        if not text:
            return None
        try:
            number = phonenumbers.parse(text, "ID")
        except phonenumbers.NumberParseException:
            raise self.make_error("phone") from None
        if not phonenumbers.is_valid_number(number):
            raise self.make_error("phone")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class EmailAddress(fields.String):
    """An e-mail address; an empty one is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options).strip()
        if not text:
            return None
        if len(text) > LONGEST_EMAIL or not text.isascii():
            raise ValidationError("This is not an e-mail address.")
        validate.Email(error="This is not an e-mail address.")(text)
        return text


class PersonSchema(Schema):
    """Who files, and where to send news; nobody has to be reachable, the receipt is enough."""

    name = PlainText(longest=LONGEST_NAME, load_default=None, allow_none=True)
    email = EmailAddress(load_default=None, allow_none=True)
    phone = PhoneNumber(load_default=None, allow_none=True)

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Contact:
        """Build the dataclass."""
        return Contact(**values)


class TicketFactsSchema(Schema):
    """The answer of an agency's `complaint_facts`."""

    agency = fields.String(required=True, validate=CODE)
    site = fields.String(required=True, validate=CODE)
    service = fields.String(required=True, validate=CODE)
    counter = fields.String(required=True, allow_none=True, validate=COUNTER)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True, validate=TICKET_NUMBER)
    day = fields.Date(required=True)

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> TicketFacts:
        """Build the dataclass."""
        return TicketFacts(**{**values, "ticket_id": str(values["ticket_id"])})


class FileSchema(Schema):
    """The request `file`."""

    classification = fields.String(
        required=True,
        validate=validate.OneOf([each.value for each in Classification], error="Please choose one of these."),
    )
    title = PlainText(longest=LONGEST_TITLE, required=True)
    text = PlainText(longest=LONGEST_TEXT, lines=True, required=True)
    agency = fields.String(required=True, validate=CODE)
    site = fields.String(load_default=None, allow_none=True, validate=CODE)
    service = fields.String(load_default=None, allow_none=True, validate=CODE)
    occurred_on = fields.Date(load_default=None, allow_none=True)
    anonymous = fields.Boolean(required=True)
    confidential = fields.Boolean(required=True)
    language = fields.String(
        required=True, validate=validate.OneOf(LANGUAGES, error="Please choose one of these.")
    )
    person = fields.Nested(PersonSchema, required=True)
    ticket_facts = fields.Nested(TicketFactsSchema, load_default=None, allow_none=True)
    ticket_token = fields.String(load_default=None, allow_none=True, validate=TICKET_TOKEN)

    @validates_schema(skip_on_field_errors=True)
    def name_the_known(self, values: dict[str, Any], **_: Any) -> None:
        """Whoever does not ask to stay unknown says who they are."""
        if not values["anonymous"] and values["person"].name is None:
            raise ValidationError({"person": {"name": ["Please fill this in."]}})

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Filing:
        """Build the dataclass."""
        return Filing(**values)


class TrackSchema(Schema):
    """The request `track`."""

    token = fields.String(required=True)


class DecideSchema(TrackSchema):
    """The request `decide`; a dispute needs a text, thanks may have one."""

    decision = fields.String(
        required=True, validate=validate.OneOf(("accept", "dispute"), error="Please choose one of these.")
    )
    text = PlainText(longest=LONGEST_TEXT, lines=True, load_default=None, allow_none=True)


class FiledSchema(Schema):
    """The answer to `file`."""

    number = fields.String()
    token = fields.String()
    received_at = fields.AwareDateTime()
    due_on = fields.Date()
    working_days = fields.Integer()
    state = fields.String()


class TurnSchema(Schema):
    """One turn of the conversation as its holder sees it."""

    at = fields.AwareDateTime()
    by = fields.String()
    text = fields.String()


class TrackedSchema(Schema):
    """The answer to `track` and `decide`."""

    number = fields.String()
    state = fields.String()
    classification = fields.String()
    title = fields.String()
    text = fields.String()
    agency = fields.String()
    site = fields.String()
    received_at = fields.AwareDateTime()
    due_on = fields.Date()
    overdue = fields.Boolean()
    escalated_to = fields.String()
    ticket_number = fields.String()
    thread = fields.List(fields.Nested(TurnSchema))
    can = fields.Function(lambda tracked: {"accept": tracked.may_accept, "dispute": tracked.may_dispute})


class SignInSchema(Schema):
    """An officer signs in."""

    username = fields.String(
        required=True,
        validate=validate.Regexp(r"^[\x20-\x7e]{0,40}\Z", error="User name or password is wrong."),
    )
    password = fields.String(
        required=True, validate=validate.Length(max=200, error="User name or password is wrong.")
    )


class TakeSchema(Schema):
    """An officer takes a case in hand."""

    revision = fields.Integer(required=True, validate=validate.Range(min=1))


class ReplySchema(TakeSchema):
    """An officer answers."""

    text = PlainText(longest=LONGEST_TEXT, lines=True, required=True)


class OfficerSchema(Schema):
    """Who is signed in."""

    username = fields.String()
    name = fields.String()
    role = fields.String()


class NamedSchema(Schema):
    """A code with its names."""

    code = fields.String()
    id = fields.String()
    en = fields.String()


class CaseSummarySchema(Schema):
    """A line of the list of cases."""

    number = fields.String()
    title = fields.String()
    classification = fields.String()
    agency = fields.Nested(NamedSchema)
    state = fields.String()
    revision = fields.Integer()
    received_on = fields.Date()
    due_on = fields.Date()
    overdue = fields.Boolean()
    working_days_left = fields.Integer()
    level = fields.String()
    confidential = fields.Boolean()


class CaseListSchema(Schema):
    """A page of the list of cases."""

    cases = fields.List(fields.Nested(CaseSummarySchema))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    total = fields.Integer()
    page = fields.Integer()
    pages = fields.Integer()


class CaseTurnSchema(Schema):
    """One thing that happened, as officers see it."""

    at = fields.AwareDateTime()
    by = fields.String()
    kind = fields.String()
    text = fields.String()
    officer = fields.String()


class CaseSchema(Schema):
    """A case as officers see it."""

    text = fields.String()
    site = fields.Nested(NamedSchema)
    service = fields.Nested(NamedSchema)
    occurred_on = fields.Date()
    anonymous = fields.Boolean()
    language = fields.String()
    received_at = fields.AwareDateTime()
    due_basis = fields.String()
    working_days = fields.Integer()
    answered_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime()
    name = fields.String()
    is_told_by_email = fields.Boolean()
    ticket = fields.Nested(TicketFactsSchema)
    ticket_awaited = fields.Boolean()
    thread = fields.List(fields.Nested(CaseTurnSchema))
    can = fields.Function(lambda case: {"take": case.may_take, "reply": case.may_reply})


def checked_key(key: str | None) -> str:
    """Return an idempotency key. Raises IdempotencyKeyMissing, InvalidRequest."""
    if not key:
        raise IdempotencyKeyMissing
    if not KEY.fullmatch(key):
        raise InvalidRequest(fields={"idempotency_key": ["This is not a key of ours."]})
    return key


def dump_case(case: Any) -> dict[str, Any]:
    """Return a `Case` as one flat JSON object, what the list says of it first."""
    return {**CaseSummarySchema().dump(case.summary), **CaseSchema().dump(case)}
