"""What the public interface answers. Agencies say it and the gateway passes it on; these describe it."""

from gerai_shared.ticket import TicketSchema
from marshmallow import fields, validate

from gerai_gateway.schemas.advice import AdviceSchema, MatchSchema, RestrictionSchema
from gerai_gateway.schemas.base import Given, TextSchema

AGES = ("any", "adult", "child")
#: Space-separated codes, so that a ticket can say both.
IDENTITY_NOTES = ("birth_date_differs", "sex_differs", "birth_date_differs sex_differs")


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


class SlotSchema(Given):
    """An hour; `id` books it. `places` are free of `capacity`."""

    id = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    places = fields.Integer(required=True)
    capacity = fields.Integer(required=True)


class OrderSchema(Given):
    """The order of the centre by which something is closed, and what it says to citizens."""

    number = fields.String(required=True)
    issuer = fields.String(required=True)
    text = fields.Nested(TextSchema, required=True)


class OrderOfTicketSchema(OrderSchema):
    """The order that changed a ticket: `treatment` is move, offer or cancel.

    Instead of a lost hour, another one may be chosen until `choose_until`. `undone`: it holds no more.
    """

    treatment = fields.String(required=True)
    choose_until = fields.Date(required=True, allow_none=True)
    undone = fields.Boolean(required=True)


class DaySchema(Given):
    """A day; one that is not open says why.

    `reason`: closed, holiday, full, past, not_yet_open, not_on_this_weekday (the note names the days), or
    closed_by_order, then with the `directive` and its text as the note. `opens_at` is there when it opens at
    a published time.
    """

    day = fields.Date(required=True)
    open = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    note = fields.Nested(TextSchema, required=True, allow_none=True)
    directive = fields.Nested(OrderSchema, allow_none=True)
    places = fields.Integer(required=True)
    slots = fields.List(fields.Nested(SlotSchema), required=True)
    opens_at = fields.AwareDateTime(allow_none=True)


class AvailabilitySchema(Given):
    """Free places; at most some seconds old."""

    site = fields.String(required=True)
    service = fields.String(required=True)
    time_zone = fields.String(required=True)
    days = fields.List(fields.Nested(DaySchema), required=True)


class HeldSchema(Given):
    """A held place. `token` opens it; book it until `held_until`."""

    ticket = fields.Nested(TicketSchema, required=True)
    token = fields.String(required=True)
    held_until = fields.AwareDateTime(required=True)


class BookedSchema(Given):
    """A ticket. `token` is the reference that its holder keeps; `url` is its page."""

    ticket = fields.Nested(TicketSchema, required=True)
    token = fields.String(required=True)
    url = fields.Url(required=True, require_tld=False)
    advice = fields.List(fields.Nested(AdviceSchema))


class AbilitiesSchema(Given):
    """What its holder may do with a ticket now."""

    cancel = fields.Boolean(required=True)
    reschedule = fields.Boolean(required=True)
    reschedule_reason = fields.String(allow_none=True, validate=validate.OneOf(("outage",)))
    check_in = fields.Boolean(required=True)
    check_in_opens_at = fields.AwareDateTime(required=True, allow_none=True)


class StageSchema(Given):
    """A stage of an application: done, current or pending; `at` is when it was reached."""

    code = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    state = fields.String(required=True, validate=validate.OneOf(("done", "current", "pending")))
    at = fields.AwareDateTime(required=True, allow_none=True)


class ReceiverSchema(Given):
    """Who may collect a result, and everything they have to show."""

    code = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    proofs = fields.List(fields.Nested(TextSchema), required=True)


class CollectionSchema(Given):
    """Where a result is collected; `until` is the last day, null as long as it is not known."""

    site_name = fields.Nested(TextSchema, required=True)
    site_address = fields.Nested(TextSchema, required=True)
    until = fields.Date(required=True, allow_none=True)
    receivers = fields.List(fields.Nested(ReceiverSchema), required=True)


class ApplicationSchema(Given):
    """What became of a ticket after the counter.

    `promise_on` is null before the stage `promise_from`, from which `promise_days` working days are counted;
    while `promise_paused` it moves on by what the office waits for the citizen. It is `promise_provisional`
    when it reaches into a year whose collective leave is not announced. Without a promise, `no_promise` says
    why. `asks` is what the citizen has to do next; `note` is what the officer wrote for the citizen at the
    last step.
    """

    stage = fields.String(required=True)
    stage_name = fields.Nested(TextSchema, required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(("open", "waiting", "ready", "done", "closed"))
    )
    stages = fields.List(fields.Nested(StageSchema), required=True)
    moved_at = fields.AwareDateTime(required=True)
    promise_on = fields.Date(required=True, allow_none=True)
    promise_provisional = fields.Boolean(load_default=False)
    promise_days = fields.Integer(required=True, allow_none=True)
    promise_from = fields.Nested(TextSchema, required=True, allow_none=True)
    promise_basis = fields.String(required=True, allow_none=True)
    promise_paused = fields.Boolean(required=True)
    no_promise = fields.Nested(TextSchema, required=True, allow_none=True)
    asks = fields.Nested(TextSchema, required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    collection = fields.Nested(CollectionSchema, required=True, allow_none=True)


class IncompleteFileSchema(Given):
    """What lacked when a file was handed back, and why it was not taken."""

    at = fields.AwareDateTime(required=True)
    why = fields.String(required=True)
    missing = fields.List(fields.Nested(TextSchema), required=True)


class TicketOutageSchema(Given):
    """The outage that hit a ticket's hour; for its sake the ticket may move to a later hour, once."""

    failed = fields.String(required=True)
    started_at = fields.AwareDateTime(required=True)
    expected_end_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class AppealViewSchema(Given):
    """What the holder said of a missed visit: when, and what was decided; null until it is."""

    filed_at = fields.AwareDateTime(required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    accepted = fields.Boolean(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class MissedSchema(Given):
    """A missed visit. While it `counts` it is the `count`-th of its window and leads to `grade`.

    The `paused_at`-th pauses online booking for `pause_days`; `paused_until` is the last day of a pause.
    """

    counts = fields.Boolean(required=True)
    can_appeal = fields.Boolean(required=True)
    grade = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(("reminder", "warning", "pause"))
    )
    count = fields.Integer(required=True, allow_none=True)
    paused_at = fields.Integer(required=True, allow_none=True)
    pause_days = fields.Integer(required=True, allow_none=True)
    window_days = fields.Integer(required=True, allow_none=True)
    paused_until = fields.Date(required=True, allow_none=True)
    appeal = fields.Nested(AppealViewSchema, required=True, allow_none=True)


class TicketViewSchema(Given):
    """What a ticket's holder may see of it. `ahead` is how many are called before; null: it does not wait."""

    ticket = fields.Nested(TicketSchema, required=True)
    token = fields.String(required=True)
    check_code = fields.String()
    site_name = fields.Nested(TextSchema, required=True)
    site_address = fields.Nested(TextSchema, required=True)
    time_zone = fields.String(required=True)
    service_name = fields.Nested(TextSchema, required=True)
    counter_name = fields.Nested(TextSchema, required=True, allow_none=True)
    collection = fields.Nested(TextSchema, required=True, allow_none=True)
    name_masked = fields.String(required=True, allow_none=True)
    nik_masked = fields.String(required=True, allow_none=True)
    identity_note = fields.String(
        allow_none=True,
        validate=validate.OneOf(IDENTITY_NOTES),
        metadata={"description": "What digits 7 to 12 of the NIK say otherwise than its holder."},
    )
    match = fields.Nested(MatchSchema, allow_none=True)
    restriction = fields.Nested(RestrictionSchema, allow_none=True)
    ahead = fields.Integer(required=True, allow_none=True)
    directive = fields.Nested(OrderOfTicketSchema, allow_none=True)
    can = fields.Nested(AbilitiesSchema, required=True)
    missed = fields.Nested(MissedSchema, allow_none=True)
    outage = fields.Nested(TicketOutageSchema, allow_none=True)
    replaced_by_token = fields.String(required=True, allow_none=True)
    application = fields.Nested(ApplicationSchema, allow_none=True)
    incomplete_file = fields.Nested(IncompleteFileSchema, allow_none=True)


class TicketStateSchema(Given):
    """What a ticket's stream tells, texts in the language asked for. `ahead` as in the ticket's view."""

    revision = fields.Integer(required=True)
    number = fields.String(required=True)
    state = fields.String(required=True)
    state_text = fields.String(required=True)
    ahead = fields.Integer(required=True, allow_none=True)
    ahead_text = fields.String(required=True)
    counter_name = fields.String(required=True, allow_none=True)
    call_id = fields.String(required=True)
    times_called = fields.Integer(required=True)


class CallSchema(Given):
    """One call, named by `call_id`: a number called again has another one."""

    call_id = fields.String(required=True)
    number = fields.String(required=True)
    counter = fields.String(required=True, allow_none=True)
    counter_name = fields.String(required=True)
    agency = fields.String(required=True)
    agency_name = fields.String(required=True)
    called_at = fields.AwareDateTime(required=True)
    times_called = fields.Integer(required=True)


class NextSchema(Given):
    """Somebody who is called soon."""

    number = fields.String(required=True)
    agency = fields.String(required=True)
    agency_name = fields.String(required=True)


class WaitingSchema(Given):
    """How many wait for an agency; `is_live` is false while its news do not arrive."""

    agency = fields.String(required=True)
    agency_name = fields.String(required=True)
    waiting = fields.Integer(required=True)
    is_live = fields.Boolean(required=True)


class BoardSchema(Given):
    """The board of a site: the newest calls first, who is next, notices.

    `sequence` grows with each change for as long as the answering process runs.
    """

    sequence = fields.Integer(required=True)
    now = fields.AwareDateTime(required=True)
    site = fields.String(required=True)
    site_name = fields.String(required=True)
    time_zone = fields.String(required=True)
    calls = fields.List(fields.Nested(CallSchema), required=True)
    next = fields.List(fields.Nested(NextSchema), required=True)
    waiting = fields.List(fields.Nested(WaitingSchema), required=True)
    notices = fields.List(fields.String(), required=True)


class FiledSchema(Given):
    """The receipt of a complaint. `token` opens it; `url` is its page."""

    number = fields.String(required=True)
    token = fields.String(required=True)
    url = fields.Url(required=True, require_tld=False)
    received_at = fields.AwareDateTime(required=True)
    due_on = fields.Date(required=True)
    working_days = fields.Integer(required=True)
    state = fields.String(required=True)


class TurnSchema(Given):
    """One turn of the conversation about a complaint."""

    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True, validate=validate.OneOf(("citizen", "officer")))
    text = fields.String(required=True)


class DecisionsSchema(Given):
    """What the complainant may do now."""

    accept = fields.Boolean(required=True)
    dispute = fields.Boolean(required=True)


class ComplaintViewSchema(Given):
    """A complaint as its sender sees it."""

    number = fields.String(required=True)
    state = fields.String(required=True)
    classification = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    agency = fields.String(required=True)
    site = fields.String(required=True, allow_none=True)
    received_at = fields.AwareDateTime(required=True)
    due_on = fields.Date(required=True)
    overdue = fields.Boolean(required=True)
    ticket_number = fields.String(required=True, allow_none=True)
    thread = fields.List(fields.Nested(TurnSchema), required=True)
    can = fields.Nested(DecisionsSchema, required=True)


class ProblemSchema(Given):
    """A refusal (RFC 9457). `code` is stable; `title` is in the reader's language.

    In `details` of invalid_request, `fields` names what is wrong with each field.
    """

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    request_id = fields.String(required=True)
    details = fields.Dict(keys=fields.String())
