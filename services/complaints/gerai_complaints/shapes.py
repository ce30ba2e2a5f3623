"""What goes in and out of the use cases: frozen shapes between the border and the tables."""

from dataclasses import dataclass
from datetime import date, datetime

from gerai_shared.accounts import Officer
from gerai_shared.sealing import Sealer


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
    """What an agency tells of a visit. `day` is the site's calendar day."""

    agency: str
    site: str
    service: str
    counter: str | None = None
    ticket_id: str
    number: str
    day: date


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
    ticket_facts: TicketFacts | None = None
    ticket_token: str | None = None
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

    `escalated_to` is the highest level that it ever reached (a rules.ladder.Level), None for none;
    `publication` a rules.public_reports.Publication while the public may read it, None otherwise.
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
    publication: str | None = None
    may_accept: bool
    may_dispute: bool


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


@dataclass(frozen=True, kw_only=True)
class CaseList:
    """One page of the desk's list; `counts` of all complaints by filter, `total` of this filter."""

    cases: tuple[CaseSummary, ...]
    counts: dict[str, int]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class Case:
    """A complaint as officers see it. `name` is None when whoever brought it stays anonymous.

    `is_told_by_email` says whether the answer is announced to an address; nobody is told otherwise.
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
    may_take: bool
    may_reply: bool


@dataclass(frozen=True, kw_only=True)
class Order:
    """What an officer orders about one case: `revision` is what they saw, `key` recognises a repeat."""

    number: str
    officer: Officer
    revision: int
    key: str
    text: str | None = None
