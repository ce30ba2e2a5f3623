"""What the public interface answers about the data that is kept of whoever brought a complaint."""

from marshmallow import fields, validate

from gerai_gateway.schemas.base import Given


class KeptContactSchema(Given):
    """Who somebody is, and where news goes; all null for what was never given or is erased."""

    name = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)


class KeptProxySchema(Given):
    """For whom they act."""

    principal = fields.String(required=True)
    relation = fields.String(required=True)
    has_power_of_attorney = fields.Boolean(required=True)


class KeptCaseSchema(Given):
    """The complaint itself."""

    number = fields.String(required=True)
    state = fields.String(required=True)
    classification = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    agency = fields.String(required=True)
    site = fields.String(required=True, allow_none=True)
    service = fields.String(required=True, allow_none=True)
    occurred_on = fields.Date(required=True, allow_none=True)
    anonymous = fields.Boolean(required=True)
    confidential = fields.Boolean(required=True)
    language = fields.String(required=True)
    channel = fields.String(required=True)
    received_at = fields.AwareDateTime(required=True)
    due_on = fields.Date(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class KeptVisitSchema(Given):
    """The visit that it is about."""

    id = fields.String(required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    agency = fields.String(required=True, allow_none=True)
    site = fields.String(required=True, allow_none=True)
    service = fields.String(required=True, allow_none=True)
    counter = fields.String(required=True, allow_none=True)
    day = fields.Date(required=True, allow_none=True)
    waited_minutes = fields.Integer(allow_none=True)


class KeptEntrySchema(Given):
    """One thing that happened. Of a note among colleagues the text is withheld."""

    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True, allow_none=True)
    is_withheld = fields.Boolean(required=True)


class KeptFileSchema(Given):
    """A file; `size` is in bytes."""

    name = fields.String(required=True)
    by = fields.String(required=True)
    kind = fields.String(required=True)
    size = fields.Integer(required=True)
    uploaded_at = fields.AwareDateTime(required=True)


class KeptMailSchema(Given):
    """An e-mail that came in; neither its text nor its address is kept with it."""

    received_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True)


class KeptErasureSchema(Given):
    """What was erased or is to be, and at whose wish: citizen, officer or system."""

    asked_at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    person_erased_at = fields.AwareDateTime(required=True, allow_none=True)
    contents_erased_at = fields.AwareDateTime(required=True, allow_none=True)


class KeepingSchema(Given):
    """For how many `days` after the end of a case a part is kept without a wish; null for good."""

    part = fields.String(required=True, validate=validate.OneOf(("person", "contents", "audit", "numbers")))
    days = fields.Integer(required=True, allow_none=True)
    basis = fields.String(required=True)


class PersonalDataSchema(Given):
    """Everything that is kept of whoever brought a complaint.

    `survey` is there while an answer can still be told from the others'. `awaited_ticket` says that the
    reference of a ticket is kept, whose visit is still to be asked for.
    """

    case = fields.Nested(KeptCaseSchema, required=True)
    contact = fields.Nested(KeptContactSchema, required=True)
    proxy = fields.Nested(KeptProxySchema, required=True, allow_none=True)
    visit = fields.Nested(KeptVisitSchema, required=True, allow_none=True)
    awaited_ticket = fields.Boolean(required=True)
    history = fields.List(fields.Nested(KeptEntrySchema), required=True)
    files = fields.List(fields.Nested(KeptFileSchema), required=True)
    mails = fields.List(fields.Nested(KeptMailSchema), required=True)
    public_report = fields.Dict(required=True, allow_none=True)
    consultation = fields.Dict(required=True, allow_none=True)
    survey = fields.Dict(required=True, allow_none=True)
    national_report = fields.Dict(required=True, allow_none=True)
    erasure = fields.Nested(KeptErasureSchema, required=True, allow_none=True)
    kept = fields.List(fields.Nested(KeepingSchema), required=True)
