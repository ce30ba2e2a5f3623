"""Shapes of PVL on the spot and of the registers, between the border and the tables."""

from dataclasses import dataclass
from datetime import date, datetime

from gerai_complaints.rules.agreements import Standing
from gerai_complaints.rules.pvl import RankedPlace, YearOfEvents
from gerai_complaints.shapes import Contact, Named


@dataclass(frozen=True, kw_only=True)
class EventPlan:
    """What is written down of an event; `site` is a code, or `place` and `regency` are free words.

    `head` and `assistants` are ids of accounts.
    """

    first_day: date
    last_day: date
    agency: str
    site: str | None
    place: str | None
    regency: str | None
    head: str
    assistants: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody of a team; `role` is one of rules.pvl.TeamRole."""

    officer_id: str
    name: str
    role: str


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """An event in a list, with how many came for what."""

    id: str
    first_day: date
    last_day: date
    agency: Named
    site: Named | None
    place: str | None
    regency: str | None
    state: str
    reason: str | None
    consultations: int
    complaints: int

    def where(self, language: str) -> str:
        """Return its place in words, with its regency where one is known."""
        place = self.site.called(language) if self.site else self.place or ""
        return f"{place}, {self.regency}" if self.regency else place


@dataclass(frozen=True, kw_only=True)
class EventYear:
    """The events of a year; `years` are the last, this and the next one."""

    year: int
    events: tuple[EventLine, ...]
    years: tuple[YearOfEvents, ...]


@dataclass(frozen=True, kw_only=True)
class IntakeLine:
    """Somebody who was received. `number` is the complaint's, once there is one.

    `consultation` is None of a complaint, and for who may not read what was said.
    """

    id: str
    kind: str
    local_number: str
    officer: str
    taken_at: datetime
    number: str | None
    consultation: "Advice | None"


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What somebody asked and was advised; `name` is None of who stays anonymous."""

    title: str
    question: str
    advice: str
    legal_basis: str | None
    agency: Named
    name: str | None
    confidential: bool
    language: str


@dataclass(frozen=True, kw_only=True)
class EventView:
    """One event as the desk sees it. `may_work` tells whether whoever looks may receive people there."""

    line: EventLine
    time_zone: str
    team: tuple[Member, ...]
    intake: tuple[IntakeLine, ...]
    may_work: bool
    may_change: bool


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What a tablet sends; `text` is what happened, or what was asked. Moments are aware.

    Of a complaint `classification` is set, of a consultation `advice`.
    """

    kind: str
    local_number: str
    taken_at: datetime
    title: str
    text: str
    agency: str
    service: str | None
    anonymous: bool
    confidential: bool
    language: str
    person: Contact
    classification: str | None = None
    occurred_on: date | None = None
    advice: str | None = None
    legal_basis: str | None = None


@dataclass(frozen=True, kw_only=True)
class IntakeReceipt:
    """What the person takes home; number, token and due date are those of a complaint."""

    kind: str
    local_number: str
    officer: str
    taken_at: datetime
    received_at: datetime
    number: str | None = None
    token: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class PlaceLine:
    """A place to visit, with its names, and those of the regencies that it is there for."""

    ranked: RankedPlace
    agency: Named
    site: Named
    regencies: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlaceList:
    """The places in their order, and how many complaints of the last year name none."""

    places: tuple[PlaceLine, ...]
    without_place: int


@dataclass(frozen=True, kw_only=True)
class AgreementText:
    """What is written down of an agreement; `parties` has one on each line."""

    number: str
    subject: str
    parties: str
    signed_on: date
    valid_until: date | None
    document: str | None
    focal_role: str


@dataclass(frozen=True, kw_only=True)
class AgreementLine:
    """An agreement with how it stands today; `days_left` until its last day, None without an end."""

    id: str
    text: AgreementText
    standing: Standing
    days_left: int | None


@dataclass(frozen=True, kw_only=True)
class Supervised:
    """That an agency is supervised; `until` is its last day."""

    agency: Named
    since: date
    until: date | None
    basis: str
    is_over: bool
