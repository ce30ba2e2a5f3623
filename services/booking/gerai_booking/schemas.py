"""What crosses this service's border, as marshmallow reads it. Unknown fields are refused."""

import re
from datetime import date
from typing import Any

import phonenumbers
from gerai_shared.ticket import format_number
from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from gerai_booking.rules.catalogue.lane_rules import OTHER
from gerai_booking.rules.floor import Outcome, Placement
from gerai_booking.rules.identity import InvalidNik, normalise_name, parse_nik
from gerai_booking.rules.lanes import GROUNDS
from gerai_booking.rules.quota import ALL, CHANNELS, EMERGENCY, NATIONAL, OVER_QUOTA
from gerai_booking.rules.visit_steps import VisitPart

CODE = validate.Regexp(r"^[a-z0-9][a-z0-9-]{0,59}\Z")
TOKEN = validate.Length(min=10, max=120)
# Signs that a database could not store would end a whole batch, so that each is refused here by itself.
SLOT = validate.Regexp(r"^[A-Za-z0-9.-]{5,100}\Z")
#: A task that was solved, named by its challenge.
PROOF = validate.Regexp(r"^[0-9a-f]{64}\Z")
KEY = validate.Regexp(r"^[\x20-\x7e]{8,100}\Z")
PASSPORT = validate.Regexp(r"^[A-Z0-9]{5,15}$", error="A passport number has 5 to 15 letters and digits.")
CODE_OF_TICKET = r"[a-z][a-z-]{0,59}\.[A-Za-z0-9_-]{43}"
NUMBER = validate.Regexp(r"^[A-Z]-\d{3,5}\Z")
OFFER = validate.Regexp(
    r"^[a-z0-9][a-z0-9-]{0,59}/[a-z0-9][a-z0-9-]{0,59}\Z", error="Please choose one of the list."
)
#: What somebody who comes can show: the number on the ticket, or its token.
SHOWN = validate.Regexp(
    rf"^([A-Z]-\d{{3,5}}|{CODE_OF_TICKET})\Z", error="A number looks like A-012. Or scan the ticket's code."
)
WHY = "Please give the reason in at least ten letters: it is kept with your name."
REASON = validate.Length(min=10, max=500, error=WHY)
BASIS = validate.Length(min=3, max=300, error="Please name the order or the rule that this rests on.")
PLACES = "A number of places is between 0 and 10,000."
REGION = "A region is a code like 36 or 36.02; leave it empty for the whole country."
CHOICE = "Please choose one of the list."
DAY = "Please give a date."
QUOTA = "Please choose a quota."
RESTRICTION = "Please choose a restriction."
REGENCY = validate.Regexp(
    r"^(\d\d\.\d\d|other)\Z", error="A regency is a code like 36.02, or the word other."
)
LANGUAGE = validate.OneOf(("id", "en"))
SEX = validate.OneOf(("female", "male"))
FREE_OF_CONTROLS = validate.Regexp(
    r"^[^\x00-\x1f\x7f]*$", error="Please use letters and ordinary signs only."
)


class PersonSchema(Schema):
    """The applicant: NIK of a citizen or passport number of a foreigner; e-mail or phone or both."""

    name = fields.String(required=True, validate=[validate.Length(min=2, max=100), FREE_OF_CONTROLS])
    nik = fields.String(validate=validate.Length(max=30))
    passport_number = fields.String(validate=PASSPORT)
    birth_date = fields.Date(allow_none=True)
    #: Compared with the NIK and not kept.
    sex = fields.String(allow_none=True, validate=SEX)
    married = fields.Boolean()
    #: Where the applicant lives; it goes before the region of the NIK. `other` is none of those we know.
    regency = fields.String(allow_none=True, validate=REGENCY)
    phone = fields.String(allow_none=True, validate=validate.Length(max=30))
    email = fields.Email(allow_none=True, validate=validate.Length(max=200))

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take what people type: spaces around, small letters, empty fields."""
        if not isinstance(data, dict):
            return data
        tidy = {key: value.strip() if isinstance(value, str) else value for key, value in data.items()}
        if isinstance(tidy.get("name"), str):
            # Signs that nobody sees are no name.
            tidy["name"] = normalise_name(tidy["name"])
        if isinstance(tidy.get("passport_number"), str):
            tidy["passport_number"] = tidy["passport_number"].replace(" ", "").upper()
        return {key: value for key, value in tidy.items() if value not in ("", None)}

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Check what concerns more than one field."""
        problems: dict[str, list[str]] = {}
        if ("nik" in data) == ("passport_number" in data):
            problems["nik"] = ["Please give a NIK, or a passport number if you are a foreigner."]
        elif "nik" in data:
            try:
                parse_nik(data["nik"])
            except InvalidNik as error:
                problems["nik"] = [NIK_PROBLEMS.get(error.reason, NIK_PROBLEMS["not_16_digits"])]
        if not data.get("email") and not data.get("phone"):
            problems["email"] = ["Please give an e-mail address, to which we write, or a mobile number."]
        if data.get("phone") and phone_number(data["phone"]) is None:
            problems["phone"] = ["This is not an Indonesian phone number. Example: 0812 3456 7890."]
        if problems:
            raise ValidationError(problems)


NIK_PROBLEMS = {
    "not_16_digits": "A NIK has 16 digits. Please compare with the identity card.",
    "unknown_province": (
        "The first two digits of this NIK are no province. Please compare with the identity card."
    ),
    "unknown_region": (
        "The first six digits of this NIK are no region. Please compare with the identity card."
    ),
    "impossible_date": (
        "Digits 7 to 12 of this NIK are no date of birth. Please compare with the identity card."
    ),
    "zero_serial": "The last four digits of a NIK are never 0000. Please compare with the identity card.",
}


class PoliceReportSchema(Schema):
    """The report that somebody made of a loss (S2-4)."""

    number = fields.String(required=True, validate=[validate.Length(min=3, max=60), FREE_OF_CONTROLS])
    date = fields.Date(required=True)
    station = fields.String(required=True, validate=[validate.Length(min=3, max=120), FREE_OF_CONTROLS])

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take what people type: spaces around, empty fields."""
        return _without_blanks(data)


class VisitPartSchema(Schema):
    """The visit over several agencies that a ticket is a step of; `number` is that of its first ticket.

    `arrived_at` is when its holder came to the house, for who waits at once.
    """

    id = fields.UUID(required=True)
    number = fields.String(load_default=None, allow_none=True, validate=NUMBER)
    arrived_at = fields.AwareDateTime(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> VisitPart:
        """Build the dataclass."""
        return VisitPart(**{**data, "id": str(data["id"])})


class BookingSchema(Schema):
    """One booking: of a slot, or of a held place."""

    slot_id = fields.String(validate=SLOT)
    hold_token = fields.String(validate=TOKEN)
    purpose = fields.String(allow_none=True, load_default=None, validate=CODE)
    precondition_met = fields.Boolean(load_default=False)
    police_report = fields.Nested(PoliceReportSchema, allow_none=True)
    priority = fields.Boolean(load_default=False)
    #: Asked while a regime restricts the site (S3-5); no answer is refused for it.
    urgent = fields.Boolean(allow_none=True)
    validity_years = fields.Integer(strict=True, allow_none=True, validate=validate.OneOf((5, 10)))
    language = fields.String(load_default="id", validate=LANGUAGE)
    room_token = fields.String(allow_none=True, validate=TOKEN)
    proof = fields.String(allow_none=True, validate=PROOF)
    person = fields.Nested(PersonSchema, required=True)
    visit = fields.Nested(VisitPartSchema)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """One of the two ways to name the place."""
        if ("slot_id" in data) == ("hold_token" in data):
            raise ValidationError({"slot_id": ["Please choose an hour."]})


class BatchItemSchema(Schema):
    """One booking of a batch; its body is checked by itself, so that a bad one spoils no neighbour.

    `correlation_id` and `traceparent` are those of the citizen's own request.
    """

    key = fields.String(required=True, validate=KEY)
    body = fields.Dict(required=True)
    correlation_id = fields.String(load_default=None)
    traceparent = fields.String(load_default=None)


class BatchSchema(Schema):
    """Several bookings."""

    requests = fields.List(
        fields.Nested(BatchItemSchema), required=True, validate=validate.Length(min=1, max=200)
    )


class SiteAvailabilitySchema(Schema):
    """A question for free places of all services of a site."""

    site = fields.String(required=True, validate=CODE)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")


class AvailabilitySchema(SiteAvailabilitySchema):
    """A question for free places of a service."""

    service = fields.String(required=True, validate=CODE)


class HoldSchema(Schema):
    """A place to be held; see usecases.holding."""

    slot_id = fields.String(required=True, validate=SLOT)
    holder = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=200))
    network = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=200))
    replaces = fields.String(allow_none=True, load_default=None, validate=TOKEN)
    room_token = fields.String(allow_none=True, load_default=None, validate=TOKEN)
    proof = fields.String(allow_none=True, load_default=None, validate=PROOF)


class RoomSchema(Schema):
    """Somebody who draws a number for a day at a site; `holder` and `network` as of a hold."""

    site = fields.String(required=True, validate=CODE)
    day = fields.Date(required=True)
    holder = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=200))
    network = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=200))


class WaitingSchema(Schema):
    """Somebody who wants a place on some day from `first_day` to `last_day`, both included."""

    site = fields.String(required=True, validate=CODE)
    service = fields.String(required=True, validate=CODE)
    first_day = fields.Date(required=True, error_messages={"invalid": DAY})
    last_day = fields.Date(required=True, error_messages={"invalid": DAY})
    language = fields.String(load_default="id", validate=LANGUAGE)
    person = fields.Nested(PersonSchema, required=True)


class TokenSchema(Schema):
    """A reference to a ticket, or to a place in the waiting list."""

    token = fields.String(required=True, validate=TOKEN)


class VisitSchema(Schema):
    """A visit over several agencies."""

    visit_id = fields.UUID(required=True)

    @post_load
    def as_text(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Ids are texts everywhere but in JSON's schema."""
        return {"visit_id": str(data["visit_id"])}


class QueueQuerySchema(Schema):
    """Whose queue, and how much of each of its lists."""

    class Meta:
        """Other parameters are not ours."""

        unknown = EXCLUDE

    counter = fields.String(load_default="")
    most = fields.Integer(load_default=50, validate=validate.Range(min=1, max=1000))


class ChangeSchema(TokenSchema):
    """A change of a ticket, made from what was seen at `revision`."""

    revision = fields.Integer(allow_none=True, load_default=None, validate=validate.Range(min=1))


class RescheduleSchema(ChangeSchema):
    """A move to another hour."""

    slot_id = fields.String(required=True, validate=SLOT)
    room_token = fields.String(allow_none=True, load_default=None, validate=TOKEN)


class AppealSchema(TokenSchema):
    """Why the holder of a missed ticket could not come."""

    text = fields.String(required=True, validate=validate.Length(min=20, max=1000))


class SiteSchema(Schema):
    """A site."""

    site = fields.String(required=True, validate=CODE)


class SignInSchema(Schema):
    """An officer's credentials."""

    username = fields.String(required=True, validate=validate.Length(min=1, max=40))
    password = fields.String(required=True, validate=validate.Length(min=1, max=200))


class PrioritySchema(Schema):
    """Whether somebody has priority, and why; a ground alone says both. Loads `other` as no ground."""

    priority = fields.Boolean(load_default=False)
    ground = fields.String(load_default=None, validate=validate.OneOf((*GROUNDS, OTHER), error=CHOICE))

    @post_load
    def take_ground(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Take a ground as a priority."""
        ground = data["ground"]
        has_priority = data["priority"] or ground is not None
        return {**data, "priority": has_priority, "ground": ground if ground in GROUNDS else None}


class WalkInSchema(PrioritySchema):
    """A ticket for somebody who came without a booking; `beyond` the quota a supervisor gives a reason."""

    site = fields.String(required=True, validate=CODE)
    service = fields.String(required=True, validate=CODE)
    beyond = fields.String(load_default=None, validate=validate.OneOf((OVER_QUOTA, EMERGENCY), error=CHOICE))
    reason = fields.String(load_default=None, validate=REASON)
    #: Where only complete files are taken: codes of requirements that are there, and reasons for what is not.
    checked = fields.List(fields.String(validate=CODE), load_default=list, validate=validate.Length(max=50))
    absences = fields.Dict(
        keys=fields.String(validate=CODE),
        values=fields.String(validate=validate.Length(max=300)),
        load_default=dict,
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Nothing is given beyond a quota without a reason."""
        if data["beyond"] and not data["reason"]:
            raise ValidationError({"reason": [WHY]})


class QuotaSchema(Schema):
    """A dated quota for the plan of a site; `all` or nothing as `service` and `channel` are all of them."""

    service = fields.String(load_default=ALL, validate=validate.Regexp(r"^([a-z0-9][a-z0-9-]{0,59})?\Z"))
    channel = fields.String(load_default=ALL, validate=validate.OneOf(CHANNELS, error=CHOICE))
    places = fields.Integer(
        required=True,
        validate=validate.Range(min=0, max=10_000, error=PLACES),
        error_messages={"invalid": PLACES},
    )
    valid_from = fields.Date(required=True, error_messages={"invalid": DAY})
    valid_to = fields.Date(load_default=None, allow_none=True, error_messages={"invalid": DAY})
    basis = fields.String(required=True, validate=BASIS)
    why = fields.String(required=True, validate=REASON)

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take empty fields as not given, and `all` as what it says: a list cannot offer an empty choice."""
        tidy = _without_blanks(data)
        if not isinstance(tidy, dict):
            return tidy
        return {key: ALL if value == "all" else value for key, value in tidy.items()}

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """A last day does not come before the first."""
        _check_dates(data)


class RestrictionSchema(Schema):
    """A regime to be put in force, as `PPKM|3`; an empty `region` is the whole country.

    Loads to name and level.
    """

    regime = fields.String(
        required=True, validate=validate.Regexp(r"^[^|]{1,40}\|[^|]{1,20}\Z", error=RESTRICTION)
    )
    region = fields.String(
        load_default=NATIONAL, validate=validate.Regexp(r"^(\d\d(\.\d\d)?)?\Z", error=REGION)
    )
    valid_from = fields.Date(required=True, error_messages={"invalid": DAY})
    valid_to = fields.Date(load_default=None, allow_none=True, error_messages={"invalid": DAY})
    basis = fields.String(required=True, validate=BASIS)
    why = fields.String(required=True, validate=REASON)

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take empty fields as not given."""
        return _without_blanks(data)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """A last day does not come before the first."""
        _check_dates(data)

    @post_load
    def split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Take apart what the choice in a list stands for."""
        name, level = data.pop("regime").split("|")
        return {**data, "name": name, "level": level}


class EndQuotaSchema(Schema):
    """A dated quota that is to end, as `service|channel|first day`. Loads to service, channel, valid_from."""

    quota = fields.String(
        required=True, validate=validate.Regexp(r"^[^|]*\|[^|]*\|\d{4}-\d\d-\d\d\Z", error=QUOTA)
    )
    why = fields.String(required=True, validate=REASON)

    @post_load
    def split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Take apart what the choice in a list stands for."""
        service, channel, first = data.pop("quota").split("|")
        try:
            return {**data, "service": service, "channel": channel, "valid_from": date.fromisoformat(first)}
        except ValueError:
            raise ValidationError({"quota": [QUOTA]}) from None


class LiftSchema(Schema):
    """A restriction that is to end."""

    restriction = fields.String(required=True, validate=validate.Length(min=1, max=36, error=RESTRICTION))
    why = fields.String(required=True, validate=REASON)


def _without_blanks(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    tidy = {key: value.strip() if isinstance(value, str) else value for key, value in data.items()}
    return {key: value for key, value in tidy.items() if value != ""}


def _check_dates(data: dict[str, Any]) -> None:
    if data["valid_to"] is not None and data["valid_to"] < data["valid_from"]:
        raise ValidationError({"valid_to": ["The last day comes before the first."]})


class ArrivalSchema(Schema):
    """Somebody who shows the number on their ticket, or its code: the token, or the address of its page."""

    site = fields.String(required=True, validate=CODE)
    number = fields.String(required=True, validate=SHOWN)

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take `a12`, `A 012` and `A-012` alike, and of an address its token."""
        if not isinstance(data, dict) or not isinstance(data.get("number"), str):
            return data
        shown = data["number"].strip()
        if found := re.fullmatch(r"([A-Za-z])[\s-]*0*(\d{1,5})", shown):
            shown = format_number(found.group(1).upper(), int(found.group(2)))
        elif found := re.fullmatch(rf"https?://\S+/(?:t|visits)/({CODE_OF_TICKET})/?([?#]\S*)?", shown):
            shown = found.group(1)
        return {**data, "number": shown}


class StepSchema(PrioritySchema):
    """A step at a counter; `revision` is what the officer's screen showed."""

    revision = fields.Integer(allow_none=True, load_default=None, validate=validate.Range(min=1))
    ticket_id = fields.UUID(load_default=None)
    service = fields.String(load_default=None, allow_none=True, validate=CODE)
    #: With `finish`: how it ended, and why where somebody is turned away.
    outcome = fields.Enum(Outcome, by_value=True, load_default=None, allow_none=True)
    #: With `finish` why somebody is turned away, with `park` the code of why they wait aside.
    reason = fields.String(load_default="", validate=validate.Length(max=300))
    #: With `requeue`: at which place.
    place = fields.Enum(Placement, by_value=True, load_default=None, allow_none=True)
    #: With `transfer`: to a counter, to an officer by user name, and whether they come back.
    counter = fields.String(load_default=None, allow_none=True, validate=CODE)
    officer = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    comes_back = fields.Boolean(load_default=False)

    @pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        """Take words without the blanks around them, and an empty choice for none."""
        if not isinstance(data, dict):
            return data
        words = {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}
        chosen = ("service", "outcome", "place", "counter", "officer")
        return {name: None if name in chosen and value == "" else value for name, value in words.items()}

    #: With `send-on`: to whom at another agency, as agency/service.
    to = fields.String(load_default=None, validate=OFFER)


def phone_number(text: str) -> str | None:
    """Return an Indonesian number as E.164 (+62...), None when it is not one."""
    try:
        parsed = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
