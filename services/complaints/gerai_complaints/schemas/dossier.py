"""The dossier as JSON, version 1 (rules.dossier.FORMAT_VERSION), and what supervisors say of dossiers.

Days are ISO 8601 of the place's calendar, moments carry their offset, codes are those of the desk.
What is not known is null.
"""

from typing import Any

from marshmallow import Schema, fields, pre_load

from gerai_complaints.rules.dossier import FORMAT, FORMAT_VERSION, Identity, Reason
from gerai_complaints.schemas.acts import LONGEST_REFERENCE
from gerai_complaints.schemas.fields import PlainText


def _text(*values: str, **metadata: Any) -> fields.String:
    known: dict[str, Any] = {"enum": list(values)} if values else {}
    return fields.String(required=True, metadata={**known, **metadata})


def _text_or_null() -> fields.String:
    return fields.String(required=True, allow_none=True)


def _day_or_null() -> fields.Date:
    return fields.Date(required=True, allow_none=True)


def _moment_or_null() -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True, allow_none=True)


def _many(schema: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), required=True)


def _one_or_null(schema: type[Schema]) -> fields.Nested:
    return fields.Nested(schema, required=True, allow_none=True)


class DossierNamedSchema(Schema):
    """A code with its names in Indonesian and English, where the agency has told them."""

    code = _text()
    id = _text_or_null()
    en = _text_or_null()


class DossierProxySchema(Schema):
    """For whom the complainant acts."""

    principal = _text()
    relation = _text()
    has_power_of_attorney = fields.Boolean(required=True)


class DossierComplainantSchema(Schema):
    """Who complained, where the identity is `named`; `phone` in E.164."""

    name = _text_or_null()
    email = _text_or_null()
    phone = _text_or_null()
    proxy = _one_or_null(DossierProxySchema)


class DossierComplaintSchema(Schema):
    """What was complained about, and what became of it; `joined` are answered with it."""

    classification = _text()
    title = _text()
    text = _text()
    language = _text()
    channel = _text()
    received_by = _text_or_null()
    agency = fields.Nested(DossierNamedSchema, required=True)
    site = _one_or_null(DossierNamedSchema)
    service = _one_or_null(DossierNamedSchema)
    occurred_on = _day_or_null()
    state = _text()
    level = _text_or_null()
    in_the_hands_of = _text_or_null()
    is_oversight = fields.Boolean(required=True)
    maladministration = _text_or_null()
    breached_rule = _text_or_null()
    joined_to = _text_or_null()
    joined = fields.List(fields.String(), required=True)


class DossierPauseSchema(Schema):
    """The clock stood still."""

    began_on = fields.Date(required=True)
    reason = _text()
    ended_on = _day_or_null()
    working_days = fields.Integer(required=True, allow_none=True)


class DossierExtensionSchema(Schema):
    """Somebody added working days; `due_on` is the day it was due by then."""

    at = fields.AwareDateTime(required=True)
    officer = _text_or_null()
    working_days = fields.Integer(required=True)
    reason = _text()
    due_on = fields.Date(required=True)


class DossierTimesSchema(Schema):
    """When things were due, by which rule (`due_basis`), and when they happened."""

    time_zone = _text()
    received_at = fields.AwareDateTime(required=True)
    due_on = fields.Date(required=True)
    working_days = fields.Integer(required=True)
    due_basis = _text()
    verify_by = _day_or_null()
    follow_up_by = _day_or_null()
    taken_at = _moment_or_null()
    answered_at = _moment_or_null()
    disputed_at = _moment_or_null()
    closed_at = _moment_or_null()
    pauses = _many(DossierPauseSchema)
    extensions = _many(DossierExtensionSchema)


class DossierEscalationSchema(Schema):
    """A rung of the ladder that was reached, in the time that began on `period_begins`."""

    rung = _text()
    level = _text()
    period_begins = fields.Date(required=True)
    at = fields.AwareDateTime(required=True)


class DossierEntrySchema(Schema):
    """One thing that happened, the oldest first. `by` is citizen, officer or system."""

    at = fields.AwareDateTime(required=True)
    by = _text("citizen", "officer", "system")
    officer = _text_or_null()
    kind = _text()
    text = _text_or_null()


class DossierCheckSchema(Schema):
    """An item of the check list."""

    item = _text()
    is_fulfilled = fields.Boolean(required=True)
    officer = _text_or_null()
    at = fields.AwareDateTime(required=True)


class DossierProposalSchema(Schema):
    """A proposal to refuse it; `is_refused` is null while nobody has decided."""

    ground = _text()
    text = _text()
    proposed_by = _text_or_null()
    proposed_at = fields.AwareDateTime(required=True)
    decided_by = _text_or_null()
    decided_at = _moment_or_null()
    is_refused = fields.Boolean(required=True, allow_none=True)


class DossierVisitSchema(Schema):
    """The visit that it is about; `number`, of the ticket, only where the identity is `named`."""

    agency = fields.Nested(DossierNamedSchema, required=True)
    site = fields.Nested(DossierNamedSchema, required=True)
    service = fields.Nested(DossierNamedSchema, required=True)
    counter = _text_or_null()
    day = fields.Date(required=True)
    number = _text_or_null()


class DossierPartSchema(Schema):
    """A further file of the dossier; `size` in bytes."""

    name = _text()
    media_type = _text()
    size = fields.Integer(required=True)
    sha256 = _text()


class DossierSchema(Schema):
    """A dossier. `complainant` is null unless `identity` is `named`; `secret`, confidence was asked for."""

    format = _text(FORMAT)
    format_version = fields.Integer(required=True, metadata={"enum": [FORMAT_VERSION]})
    number = _text()
    version = fields.Integer(required=True)
    reason = _text(*Reason)
    due_since = fields.AwareDateTime(required=True)
    made_at = fields.AwareDateTime(required=True)
    ombudsman_number = _text_or_null()
    is_rapid_response = fields.Boolean(required=True)
    rapid_response_since = _moment_or_null()
    secret = fields.Boolean(required=True)
    identity = _text(*Identity)
    complainant = _one_or_null(DossierComplainantSchema)
    complaint = fields.Nested(DossierComplaintSchema, required=True)
    times = fields.Nested(DossierTimesSchema, required=True)
    escalations = _many(DossierEscalationSchema)
    history = _many(DossierEntrySchema)
    has_internal_notes = fields.Boolean(required=True)
    checks = _many(DossierCheckSchema)
    refusal_proposals = _many(DossierProposalSchema)
    visit = _one_or_null(DossierVisitSchema)
    parts = _many(DossierPartSchema)


class AskForDossierSchema(Schema):
    """Ask for a new version: with internal notes or not, and whether who complained agreed to be named."""

    has_notes = fields.Boolean(load_default=False)
    names_complainant = fields.Boolean(load_default=False)


class OmbudsmanNumberSchema(Schema):
    """The Ombudsman's own number of a case; empty takes it away."""

    number = PlainText(
        data_key="ombudsman_number", longest=LONGEST_REFERENCE, load_default=None, allow_none=True
    )

    @pre_load
    def leave_out_what_is_empty(self, data: Any, **_: Any) -> Any:
        """Take a field of a form that nobody filled in for one that is not there."""
        return {name: value for name, value in data.items() if value != ""}
