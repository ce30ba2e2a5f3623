"""What goes in and out of the use cases: frozen shapes between the border and the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gerai_shared.accounts import Officer
from gerai_shared.sealing import Sealer

from gerai_complaints.privacy_shapes import Erased
from gerai_complaints.rules.channels import Channel


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """The deployment's name on the bus, the secret of its tokens, and the seal of personal data."""

    deployment: str
    secret: str
    sealer: Sealer


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who brought a complaint, and where to send news. `phone` is in E.164 (+628123456789)."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def reachable(self) -> bool:
        """Whether news can be sent anywhere."""
        return self.email is not None or self.phone is not None


@dataclass(frozen=True, kw_only=True)
class TicketFacts:
    """What an agency tells of a visit. `day` is the site's calendar day, the wait until they were called."""

    agency: str
    site: str
    service: str
    counter: str | None = None
    ticket_id: str
    number: str
    day: date
    waited_minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """For whom somebody else acts, as what, and whether they have a power of attorney."""

    principal: str
    relation: str
    has_power_of_attorney: bool


@dataclass(frozen=True, kw_only=True)
class PublicWish:
    """That a complaint may be read by the public, as far as a moderator lets it.

    `client_id` and `content_hash` are of the program that reported it, None of our own form; the place is
    the reporter's, in WGS84 degrees. Without `agreed` it only gets an id, under which nobody finds anything.
    """

    agreed: bool = True
    client_id: str | None = None
    content_hash: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, kw_only=True)
class Filing:
    """What a citizen files. `ticket_token` stands in for `ticket_facts` that could not be had.

    `received_by` is the id of the officer who took it down; `claims_danger`, somebody's life is in danger.
    `attachments` are references of uploaded files.
    `public` is what makes a public report of it, None without one.
    """

    classification: str
    title: str
    text: str
    agency: str
    site: str | None = None
    service: str | None = None
    occurred_on: date | None = None
    anonymous: bool
    confidential: bool
    language: str
    person: Contact
    proxy: Proxy | None = None
    claims_danger: bool = False
    channel: str = Channel.WEB
    received_by: str | None = None
    ticket_facts: TicketFacts | None = None
    ticket_token: str | None = None
    attachments: Sequence[str] = ()
    public: PublicWish | None = None


@dataclass(frozen=True, kw_only=True)
class Filed:
    """The receipt."""

    number: str
    token: str
    received_at: datetime
    due_on: date
    working_days: int
    state: str


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One thing that happened; `officer` is a name, for officers' eyes only."""

    at: datetime
    by: str
    kind: str
    text: str | None
    officer: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """A complaint as its holder sees it; `thread` is what was said after the complaint itself.

    `escalated_to` is the highest level that it ever reached (a rules.ladder.Level), None for none. `may` are
    the holder's acts of usecases.following that can be done now; `waits_until` is when it ends by itself,
    should the holder say nothing; `refused_for` is the ground of a refusal (a rules.refusal.Ground).
    `publication` is a rules.public_reports.Publication while the public may read it, None otherwise;
    `erasure` what was erased of it or will be.
    """

    number: str
    state: str
    classification: str
    title: str
    text: str
    agency: str
    site: str | None
    received_at: datetime
    due_on: date
    overdue: bool
    escalated_to: str | None
    ticket_number: str | None
    thread: tuple[Turn, ...]
    waits_until: datetime | None
    refused_for: str | None
    may: frozenset[str]
    publication: str | None = None
    erasure: Erased | None = None


@dataclass(frozen=True, kw_only=True)
class Named:
    """A code and what people call it, once the agency has told."""

    code: str
    id: str | None = None
    en: str | None = None

    def called(self, language: str) -> str:
        """Return its name in `language`, its code where no name is known."""
        return (self.en if language == "en" else self.id) or self.code


@dataclass(frozen=True, kw_only=True)
class CaseSummary:
    """A line of the desk's list. `working_days_left` counts from today to the due date; negative after it.

    `title` is None for whom the case is confidential; `level` is the highest that it ever reached.
    `officer` is the name of whoever has it.
    """

    number: str
    title: str | None
    classification: str
    agency: Named
    state: str
    revision: int
    received_on: date
    due_on: date
    overdue: bool
    working_days_left: int
    level: str | None
    confidential: bool
    is_urgent: bool
    officer: str | None


@dataclass(frozen=True, kw_only=True)
class CaseList:
    """One page of the desk's list; `counts` by filter of what is not over, `total` of this filter.

    `total` is None where nobody counts: of what is over, and of a search.
    """

    cases: tuple[CaseSummary, ...]
    counts: dict[str, int]
    total: int | None
    page: int
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class Paused:
    """A time in which the clock stood still; `ended_on` is None while it does."""

    began_on: date
    ended_on: date | None
    working_days: int | None


@dataclass(frozen=True, kw_only=True)
class Extended:
    """Working days that somebody added, and the day it was due by then."""

    at: datetime
    officer: str
    working_days: int
    reason: str
    due_on: date


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Somebody proposes to refuse the case; `is_own`, whoever looks proposed it."""

    ground: str
    text: str
    officer: str
    at: datetime
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class Case:
    """A complaint as officers see it. `name` is None when whoever brought it stays anonymous.

    `is_told_by_email` says whether the answer is announced to an address; nobody is told otherwise. `may` are
    the acts that this officer can do with it now; `waits_until` is when it ends by itself. `joined_to` is the
    number of the case with which it is answered, `joined` are those that are answered with it.
    """

    summary: CaseSummary
    text: str
    site: Named | None
    service: Named | None
    occurred_on: date | None
    anonymous: bool
    language: str
    time_zone: str
    received_at: datetime
    due_basis: str
    working_days: int
    answered_at: datetime | None
    closed_at: datetime | None
    name: str | None
    is_told_by_email: bool
    ticket: TicketFacts | None
    ticket_awaited: bool
    ticket_names: tuple[Named, Named, Named] | None
    thread: tuple[Turn, ...]
    channel: str
    received_by: str | None
    proxy: Proxy | None
    is_oversight: bool
    maladministration: str | None
    breached_rule: str | None
    ombudsman_number: str | None
    verify_by: date | None
    follow_up_by: date | None
    checks: dict[str, bool]
    pauses: tuple[Paused, ...]
    extensions: tuple[Extended, ...]
    proposal: Proposal | None
    joined_to: str | None
    joined: tuple[str, ...]
    waits_until: datetime | None
    may: frozenset[str]
    erasure: Erased | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    """What an officer orders about one case: `revision` is what they saw, `key` recognises a repeat.

    `revision` is None for what does not depend on it. What else is said depends on the order: `choice` is a
    code (an agency, a ground, a category, another case's number), `reference` the number of a letter or a
    rule, `days` are working days, `checks` are (item of the check list, whether it is fulfilled).
    """

    number: str
    officer: Officer
    revision: int | None
    key: str
    text: str | None = None
    choice: str | None = None
    reference: str | None = None
    days: int | None = None
    flag: bool | None = None
    checks: tuple[tuple[str, bool], ...] = ()
