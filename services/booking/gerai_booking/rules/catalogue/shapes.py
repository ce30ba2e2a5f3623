"""The shapes of which a catalogue is made: frozen, with every text in both languages and every rule dated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

SiteKind = Literal["mall", "office", "popup"]
#: How somebody comes, as quotas count it; `over_quota` limits what a supervisor may give beyond them.
Channel = Literal["", "online", "walk_in", "priority", "emergency", "group", "over_quota"]
Citizenship = Literal["WNI", "WNA"]
#: Whether working days count towards a promise.
Clock = Literal["runs", "stops"]
#: Who may collect a result: the applicant, a relative, somebody with a power of attorney.
ReceiverCode = Literal["self", "relative", "proxy"]
#: Whom a service is for: `adult` and `child` as in rules.eligibility.
Ages = Literal["any", "adult", "child"]

MINUTES_IN_AN_HOUR = 60
EVERY_WEEKDAY = tuple(range(7))


@dataclass(frozen=True, kw_only=True)
class Text:
    """One text in both languages of the mall."""

    id: str
    en: str

    def in_language(self, code: str) -> str:
        """English for `en` and its regions (`en-GB`), Indonesian for everything else."""
        return self.en if code.lower().partition("-")[0] == "en" else self.id


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A row that holds from its first day to its last, both included; without a last day, until replaced.

    `basis` names the rule or source that the row rests on. Where no source names the first day, `valid_from`
    is the first day for which we hold the row to be true, and the basis or a comment beside it says so.
    """

    basis: str
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """True when the row counts on this day of the site's own calendar."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """Something to bring. With `one_of`, `text` is the heading and one of the alternatives is enough.

    `only_for` says whom it concerns; without it, everybody brings it.
    """

    code: str
    text: Text
    basis: str
    note: Text | None = None
    only_for: Text | None = None
    one_of: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fee(Dated):
    """A price in whole rupiah. An `additional` fee is paid on top of one of the others."""

    code: str
    label: Text
    amount_rupiah: int
    additional: bool = False
    #: Whom it concerns; without it, everybody.
    only_for: Text | None = None


@dataclass(frozen=True, kw_only=True)
class ValidityRule(Dated):
    """For how many `years` a result may be valid, and for whom: `ages` decides, `only_for` says it."""

    years: int
    ages: Ages = "any"
    only_for: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Promise(Dated):
    """The longest time until the result is ready, in working days; `counts_from` says when the clock starts.

    A row with a `site` goes before the general one there. `exclusions` are the cases that the promise leaves
    out.
    """

    working_days: int
    counts_from: Text
    site: str | None = None
    exclusions: tuple[Text, ...] = ()
    #: The code of the service's stage with whose day the count begins; that day itself is not counted.
    counts_from_stage: str = ""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of an application after the counter; those of a service follow each other in their order.

    With `waits_for_citizen` the next step is the citizen's, and `asks` says which. While the `clock` stops,
    working days are not counted against the promise.
    """

    code: str
    name: Text
    waits_for_citizen: bool = False
    asks: Text | None = None
    clock: Clock = "runs"


@dataclass(frozen=True, kw_only=True)
class StageLine(Dated):
    """The stages of a service for every application that is opened while it holds.

    Without any the service ends at the counter.
    """

    service: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Something that whoever collects a result has to show."""

    code: str
    text: Text


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Who may collect a result, with what they have to show: every one of the proofs."""

    code: ReceiverCode
    name: Text
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, kw_only=True)
class Collection(Dated):
    """How results are handed over, and how long they are kept; the row of the day of readiness counts.

    Kept for whole `months` or for `days` after that day, or without both until they are collected. With
    `automatic` what was not collected is cancelled by itself, else by a supervisor. `reminders` are days
    after readiness.
    """

    receivers: tuple[Receiver, ...]
    reminders: tuple[int, ...] = ()
    months: int | None = None
    days: int | None = None
    automatic: bool = False


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What the citizen needs the service for."""

    code: str
    label: Text


@dataclass(frozen=True, kw_only=True)
class Service:
    """One thing a citizen comes for. Its `prefix` is the letter of the ticket numbers (A-012).

    `precondition` must be fulfilled before a booking is accepted. A service without fees or without promises
    says why in `fee_note` or `promise_note`: an empty list never means "free" or "at once".
    """

    code: str
    prefix: str
    group: Text
    name: Text
    summary: Text
    who: Text
    steps: tuple[Text, ...]
    requirements: tuple[Requirement, ...]
    purposes: tuple[Purpose, ...]
    duration_minutes: int
    citizenship: frozenset[Citizenship]
    fees: tuple[Fee, ...] = ()
    fee_note: Text | None = None
    promises: tuple[Promise, ...] = ()
    promise_note: Text | None = None
    precondition: Text | None = None
    ages: Ages = "any"
    #: Number, date and station of a police report are asked for before a booking (S2-4).
    police_report: bool = False
    #: Refused while a suspension stands against the applicant (S1-6).
    suspendable: bool = False
    warnings: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    online: bool = True
    legal_basis: tuple[str, ...] = ()
    #: What happens to an application after the counter; without stages the service ends there.
    stages: tuple[Stage, ...] = ()
    collections: tuple[Collection, ...] = ()
    #: How long the result may be valid; without a row nobody is asked.
    validities: tuple[ValidityRule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Break:
    """A pause within the hours of a day, in the site's own time: from `starts` to just before `ends`."""

    starts: time
    ends: time


@dataclass(frozen=True, kw_only=True)
class WeeklyHours:
    """The hours of one weekday (0 is Monday, 6 is Sunday), in the site's own time."""

    weekday: int
    opens: time
    closes: time
    breaks: tuple[Break, ...] = ()

    def hour_starts(self) -> tuple[time, ...]:
        """When the bookable hours begin: counted from opening, whole, before closing, touching no break."""
        begins, ends = _minutes(self.opens), _minutes(self.closes)
        pauses = [(_minutes(pause.starts), _minutes(pause.ends)) for pause in self.breaks]
        return tuple(
            time(*divmod(minute, MINUTES_IN_AN_HOUR))
            for minute in range(begins, ends - MINUTES_IN_AN_HOUR + 1, MINUTES_IN_AN_HOUR)
            if all(minute + MINUTES_IN_AN_HOUR <= first or last <= minute for first, last in pauses)
        )


@dataclass(frozen=True, kw_only=True)
class Site:
    """A place with counters. `regency_code` is the code of Kemendagri (36.02), `time_zone` the IANA name.

    A site with `dates` is open on these days alone, at the hours of their weekday; holidays are not its
    business.
    """

    code: str
    name: Text
    kind: SiteKind
    address: Text
    regency_code: str
    time_zone: str
    opens_on: tuple[WeeklyHours, ...]
    dates: tuple[date, ...] = ()
    online_booking: bool = True
    notes: tuple[Text, ...] = ()

    def hours_on(self, day: date) -> WeeklyHours | None:
        """The hours of this day, or None when the site's own plan has it closed."""
        if self.dates and day not in self.dates:
            return None
        return next((hours for hours in self.opens_on if hours.weekday == day.weekday()), None)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A service at a site. `places_per_hour_slot` can be booked online in each hour; 0 means walk-in only.

    With `complete_files_only` nobody gets a number before an officer has found the documents complete.
    `collection` says where the result is fetched when that is not this site, `collection_site` is the site's
    code. On other than its `weekdays` (0
    is Monday) it is not given at all.
    """

    site: str
    service: str
    places_per_hour_slot: int
    complete_files_only: bool = False
    collection: Text | None = None
    weekdays: tuple[int, ...] = EVERY_WEEKDAY
    collection_site: str | None = None


@dataclass(frozen=True, kw_only=True)
class DailyQuota(Dated):
    """Places of a day at a site through one channel ('' for all), over all services or for one `service`."""

    site: str
    places: int
    channel: Channel = "online"
    service: str | None = None


@dataclass(frozen=True, kw_only=True)
class RestrictionCap(Dated):
    """What a regime (such as PPKM) does at a level: at most `places` a day, or `percent` of the quota.

    At one `site`, or wherever the regime is in force. Exactly one of `places` and `percent` is given.
    """

    name: str
    level: str
    channel: Channel = "online"
    places: int | None = None
    percent: int | None = None
    site: str | None = None


@dataclass(frozen=True, kw_only=True)
class Coverage(Dated):
    """A regency (code of Kemendagri) that an office of ours is there for, at `site` (S0-4).

    It says who is near, not who may come: any office may be used regardless of address.
    """

    site: str
    regency: str


@dataclass(frozen=True, kw_only=True)
class Route(Dated):
    """Who applies for one of `purposes` and lives in one of `regencies` is advised to go to `office` (S1-9).

    `site` is the office's code when it is one of ours. `why` says by whose wish the work was divided so.
    """

    purposes: tuple[str, ...]
    regencies: tuple[str, ...]
    office: Text
    why: Text
    site: str | None = None


@dataclass(frozen=True, kw_only=True)
class NoShowRule(Dated):
    """What missed visits lead to: the `paused_at`-th within `window_days` pauses booking for `pause_days`.

    Those before it are told of and lead to nothing. The pause ends with its last day, counted from the visit.
    """

    window_days: int
    paused_at: int
    pause_days: int


@dataclass(frozen=True, kw_only=True)
class ContactLimit(Dated):
    """How many open tickets one telephone number or e-mail address may have: a family's, not a tout's."""

    open_tickets: int


@dataclass(frozen=True, kw_only=True)
class SuspensionKind(Dated):
    """A kind of suspension with its limits in months, as the rule that is its basis sets them (S1-6)."""

    code: str
    name: Text
    least_months: int
    most_months: int


@dataclass(frozen=True, kw_only=True)
class Counter:
    """A counter (loket): its `code` is what is called out, unique at the site over all agencies.

    Agencies may share a counter on different `weekdays` (0 is Monday), as their agreements with a mall say.
    """

    site: str
    code: str
    name: Text
    services: tuple[str, ...]
    weekdays: tuple[int, ...] = EVERY_WEEKDAY


@dataclass(frozen=True, kw_only=True)
class PlannedCounter:
    """Counters for a group of services on the road map of a site, as they stood when it was first seeded.

    `state` is one of rules.road_map; `responsible` is a role or an office, by its Indonesian title.
    """

    code: str
    site: str
    group: Text
    counters: int
    target_on: date
    state: str
    responsible: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class NamePeriod(Dated):
    """How the agency was called, and under whom it stood, for a time."""

    name: Text
    parent: Text


@dataclass(frozen=True, kw_only=True)
class Brand:
    """Colours of the agency as `#rrggbb`: a surface, and the text that is readable on it."""

    colour: str
    on_colour: str


def fees_on(service: Service, day: date) -> tuple[Fee, ...]:
    """The fees that hold on this day, in the order of the catalogue; empty when none is known for it."""
    return tuple(fee for fee in service.fees if fee.holds_on(day))


def validities_on(service: Service, day: date) -> tuple[ValidityRule, ...]:
    """How long the result of a visit on this day may be valid, in the order of the catalogue."""
    return tuple(rule for rule in service.validities if rule.holds_on(day))


def promise_on(service: Service, day: date, site: str | None = None) -> Promise | None:
    """The promise that holds on this day: the site's own, else the general one, else None."""
    holding = {promise.site: promise for promise in service.promises if promise.holds_on(day)}
    return holding.get(site) or holding.get(None)


def collection_on(service: Service, day: date) -> Collection | None:
    """How results that are ready on this day are handed over; None when nothing is collected."""
    return next((rule for rule in service.collections if rule.holds_on(day)), None)


def period_on(history: Iterable[NamePeriod], day: date) -> NamePeriod:
    """The name and parent of an agency on this day. Raises LookupError when none is recorded for it."""
    for period in history:
        if period.holds_on(day):
            return period
    raise LookupError(f"no name of the agency is recorded for {day:%Y-%m-%d}")


def _minutes(moment: time) -> int:
    return moment.hour * MINUTES_IN_AN_HOUR + moment.minute
