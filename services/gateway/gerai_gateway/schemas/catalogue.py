"""What the public interface answers about agencies, places and services."""

from marshmallow import fields, validate

from gerai_gateway.schemas.base import Given, TextSchema

AGES = ("any", "adult", "child")


class BrandSchema(Given):
    """Colours as #rrggbb."""

    colour = fields.String(required=True)
    on_colour = fields.String(required=True)


class OutageSchema(Given):
    """An outage that goes on at an agency: at one `site`, or at all of them."""

    site = fields.String(required=True, allow_none=True)
    failed = fields.String(required=True, validate=validate.OneOf(("server", "network", "data", "officer")))
    started_at = fields.AwareDateTime(required=True)
    expected_end_at = fields.AwareDateTime(required=True, allow_none=True)


class AgencySchema(Given):
    """One agency of the mall. `told_at` is when it last answered; `is_old` says that it has not since."""

    code = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    official_name = fields.Nested(TextSchema)
    parent = fields.Nested(TextSchema, required=True)
    brand = fields.Nested(BrandSchema, required=True)
    sites = fields.List(fields.String(), required=True)
    outages = fields.List(fields.Nested(OutageSchema))
    told_at = fields.AwareDateTime(required=True)
    is_old = fields.Boolean(required=True)


class AgenciesSchema(Given):
    """Every agency; `silent` are the short names of those that have not answered since this process began."""

    agencies = fields.List(fields.Nested(AgencySchema), required=True)
    silent = fields.List(fields.String(), required=True)


class BreakSchema(Given):
    """A pause, HH:MM in the site's own time."""

    starts = fields.String(required=True)
    ends = fields.String(required=True)


class HoursSchema(Given):
    """The hours of one weekday; 0 is Monday."""

    weekday = fields.Integer(required=True)
    opens = fields.String(required=True)
    closes = fields.String(required=True)
    breaks = fields.List(fields.Nested(BreakSchema), required=True)


class CounterSchema(Given):
    """A counter (loket); `code` is unique at its site over all agencies."""

    code = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    agency = fields.String(required=True)


class SiteSchema(Given):
    """A place with counters. `regency_code` is Kemendagri's, `time_zone` the IANA name."""

    code = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("mall", "office", "popup")))
    address = fields.Nested(TextSchema, required=True)
    regency_code = fields.String(required=True)
    time_zone = fields.String(required=True)
    online_booking = fields.Boolean(required=True)
    notes = fields.List(fields.Nested(TextSchema), required=True)
    hours = fields.List(fields.Nested(HoursSchema), required=True)
    dates = fields.List(fields.Date(), required=True)
    counters = fields.List(fields.Nested(CounterSchema), required=True)
    agencies = fields.List(fields.String(), required=True)


class SitesSchema(Given):
    """Every place of the mall."""

    sites = fields.List(fields.Nested(SiteSchema), required=True)
    silent = fields.List(fields.String(), required=True)


class RequirementSchema(Given):
    """Something to bring; with `one_of`, one of the alternatives is enough."""

    code = fields.String(required=True)
    text = fields.Nested(TextSchema, required=True)
    note = fields.Nested(TextSchema, required=True, allow_none=True)
    only_for = fields.Nested(TextSchema, required=True, allow_none=True)
    one_of = fields.List(fields.Nested(TextSchema), required=True)
    basis = fields.String(required=True)


class PurposeSchema(Given):
    """What a citizen needs the service for."""

    code = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)


class FeeSchema(Given):
    """A price of today in whole rupiah, with its basis; an additional one is paid on top."""

    code = fields.String(required=True)
    label = fields.Nested(TextSchema, required=True)
    amount_rupiah = fields.Integer(required=True)
    basis = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)
    additional = fields.Boolean(required=True)
    only_for = fields.Nested(TextSchema, allow_none=True)


class ValiditySchema(Given):
    """For how many years a result may be valid, and for whom (`ages` as of a service)."""

    years = fields.Integer(required=True)
    ages = fields.String(required=True, validate=validate.OneOf(AGES))
    only_for = fields.Nested(TextSchema, required=True, allow_none=True)
    basis = fields.String(required=True)
    valid_from = fields.Date(required=True)


class PromiseSchema(Given):
    """The longest time until the result is ready, in working days."""

    working_days = fields.Integer(required=True)
    counts_from = fields.Nested(TextSchema, required=True)
    basis = fields.String(required=True)
    site = fields.String(required=True, allow_none=True)
    exclusions = fields.List(fields.Nested(TextSchema), required=True)


class OfferSchema(Given):
    """A service at a site; 0 places means walk-in only. On other `weekdays` (0 is Monday) it is not given."""

    site = fields.String(required=True)
    places_per_hour_slot = fields.Integer(required=True)
    complete_files_only = fields.Boolean(required=True)
    collection = fields.Nested(TextSchema, required=True, allow_none=True)
    weekdays = fields.List(fields.Integer(validate=validate.Range(min=0, max=6)))


class ServiceSchema(Given):
    """One thing a citizen comes for."""

    code = fields.String(required=True)
    prefix = fields.String(required=True)
    group = fields.Nested(TextSchema, required=True)
    name = fields.Nested(TextSchema, required=True)
    summary = fields.Nested(TextSchema, required=True)
    who = fields.Nested(TextSchema, required=True)
    steps = fields.List(fields.Nested(TextSchema), required=True)
    requirements = fields.List(fields.Nested(RequirementSchema), required=True)
    purposes = fields.List(fields.Nested(PurposeSchema), required=True)
    duration_minutes = fields.Integer(required=True)
    citizenship = fields.List(fields.String(), required=True)
    fees = fields.List(fields.Nested(FeeSchema), required=True)
    fee_note = fields.Nested(TextSchema, required=True, allow_none=True)
    promises = fields.List(fields.Nested(PromiseSchema), required=True)
    promise_note = fields.Nested(TextSchema, required=True, allow_none=True)
    precondition = fields.Nested(TextSchema, required=True, allow_none=True)
    ages = fields.String(validate=validate.OneOf(AGES))
    validities = fields.List(fields.Nested(ValiditySchema))
    police_report = fields.Boolean()
    warnings = fields.List(fields.Nested(TextSchema), required=True)
    notes = fields.List(fields.Nested(TextSchema), required=True)
    online = fields.Boolean(required=True)
    legal_basis = fields.List(fields.String(), required=True)
    offers = fields.List(fields.Nested(OfferSchema), required=True)


class ReleaseSchema(Given):
    """The days from `first` to `last` open at `opens_at`; the waiting room opens some minutes before."""

    site = fields.String(required=True)
    opens_at = fields.AwareDateTime(required=True)
    room_opens_at = fields.AwareDateTime(required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)


class ServicesSchema(Given):
    """An agency's services, as it last told them, and when its next days open at a published time."""

    agency = fields.String(required=True)
    told_at = fields.AwareDateTime(required=True)
    is_old = fields.Boolean(required=True)
    services = fields.List(fields.Nested(ServiceSchema), required=True)
    next_releases = fields.List(fields.Nested(ReleaseSchema), required=True)
