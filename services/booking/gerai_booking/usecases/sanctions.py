"""Suspensions: written down by supervisors, refused to with a date and a way to appeal, lifted on record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.refusals import Refused
from gerai_shared.ticket import Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import acts, sanctions, tickets
from gerai_booking.refusals import (
    Suspended,
    SuspensionLifted,
    UnknownKindOfSuspension,
    UnknownSuspension,
    WrongLength,
)
from gerai_booking.rules.catalogue import Service, SuspensionKind, Text
from gerai_booking.rules.identity import parse_nik
from gerai_booking.rules.sanctions import holds_for, last_day
from gerai_booking.rules.visits import masked_passport
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.rulebook import in_force

SHOWN, ACTS_SHOWN = 100, 30
ABOUT = "sanction"

Standing = Mapping[str, list[Any]]


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whose identity an officer typed: NIK of a WNI or passport number of a WNA. It is kept nowhere."""

    citizenship: str
    number: str

    def known_as(self, office: Office) -> tuple[str, str]:
        """Return the keyed hash and the masked form of it. Raises InvalidNik."""
        if self.citizenship == "WNI":
            nik = parse_nik(self.number)
            return office.person_hash(f"WNI:{nik.digits}"), nik.masked
        return office.person_hash(f"WNA:{self.number}"), masked_passport(self.number)


def suspend(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    identity: Identity,
    kind: str,
    months: int,
    first_day: date,
    basis: str,
    issuer: str,
    appeal: str,
    why: str,
    now: datetime,
) -> str:
    """Write down that a person is suspended; return the suspension's id.

    The number itself is not kept. Bookings that they have already stay: the officer at the counter is told.
    Its limits are those of the rule that holds on its first day. Raises Forbidden, UnknownKindOfSuspension,
    WrongLength, InvalidNik.
    """
    officer.must_be_supervisor()
    limits = in_force(session, office).suspension_kind(kind, first_day)
    if limits is None:
        raise UnknownKindOfSuspension
    if not limits.least_months <= months <= limits.most_months:
        raise WrongLength(least=limits.least_months, most=limits.most_months)
    person_hash, masked = identity.known_as(office)
    sanction_id = sanctions.add(
        session,
        {
            "person_hash": person_hash,
            "masked_identity": masked,
            "kind": kind,
            "months": months,
            "first_day": first_day,
            "last_day": last_day(first_day, months),
            "basis": basis,
            "issuer": issuer,
            "appeal": appeal,
            "why": why,
            "recorded_by": officer.name,
            "recorded_at": now,
        },
    )
    _record(session, officer, "recorded", about_id=sanction_id, what=masked, why=why, now=now)
    return sanction_id


def lift(session: Session, *, officer: Officer, suspension_id: str, why: str, now: datetime) -> None:
    """Lift a suspension, on record. Raises Forbidden, UnknownSuspension, SuspensionLifted."""
    officer.must_be_supervisor()
    found = sanctions.find(session, suspension_id)
    if found is None:
        raise UnknownSuspension
    if found.lifted_at is not None:
        raise SuspensionLifted
    sanctions.lift(session, suspension_id, by=officer.name, why=why, now=now)
    _record(session, officer, "lifted", about_id=found.id, what=found.masked_identity, why=why, now=now)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What supervisors see of all suspensions: those written down last, and what was done about any."""

    suspensions: list[Any]
    acts: list[Any]
    kinds: list[SuspensionKind]
    kind_names: Mapping[str, Text]


def record(session: Session, office: Office, *, officer: Officer, now: datetime) -> Record:
    """Return the last suspensions and acts about them, and what may be ordered today. Raises Forbidden."""
    officer.must_be_supervisor()
    today = office.today(office.agency.sites[0].code, now)
    return Record(
        kinds=[kind for kind in in_force(session, office).suspension_kinds if kind.holds_on(today)],
        kind_names=kind_names(session, office),
        suspensions=sanctions.newest(session, limit=SHOWN),
        acts=acts.newest(session, about=ABOUT, limit=ACTS_SHOWN),
    )


def kind_names(session: Session, office: Office) -> dict[str, Text]:
    """Return what the kinds of suspensions are called, also those that may not be ordered any more."""
    return {kind.code: kind.name for kind in in_force(session, office).suspension_kinds}


def look_up(
    session: Session, office: Office, *, officer: Officer, identity: Identity, why: str, now: datetime
) -> tuple[str, list[Any]]:
    """Return the masked identity and every suspension of a person; who looked, and why, is written down.

    Raises Forbidden, InvalidNik.
    """
    officer.must_be_supervisor()
    person_hash, masked = identity.known_as(office)
    _record(session, officer, "looked_up", what=masked, why=why, now=now)
    return masked, sanctions.of_person(session, person_hash)


@dataclass(frozen=True, kw_only=True)
class Suspension:
    """One suspension with what was done about it, and the open tickets of whom it stands against."""

    row: Any
    acts: list[Any]
    open_tickets: list[Ticket]
    kind_names: Mapping[str, Text]


def opened(
    session: Session, office: Office, *, officer: Officer, suspension_id: str, now: datetime
) -> Suspension:
    """Return a suspension as it is opened, which is written down. Raises Forbidden, UnknownSuspension."""
    officer.must_be_supervisor()
    row = sanctions.find(session, suspension_id)
    if row is None:
        raise UnknownSuspension
    _record(session, officer, "opened", about_id=row.id, what=row.masked_identity, now=now)
    return seen(session, office, officer=officer, suspension_id=suspension_id)


def seen(session: Session, office: Office, *, officer: Officer, suspension_id: str) -> Suspension:
    """Return a suspension that is open on the screen already. Raises Forbidden, UnknownSuspension."""
    officer.must_be_supervisor()
    row = sanctions.find(session, suspension_id)
    if row is None:
        raise UnknownSuspension
    return Suspension(
        row=row,
        acts=acts.about(session, [row.id]),
        open_tickets=tickets.open_of_person(session, row.person_hash, agency=office.code),
        kind_names=kind_names(session, office),
    )


def standing(session: Session, hashes: Iterable[str], *, from_day: date) -> Standing:
    """Return what stands against these persons on a day or later."""
    return sanctions.standing_against(session, hashes, from_day=from_day)


def refuse_suspended(found: Standing, person_hash: str, service: Service, *, visit: date) -> Refused | None:
    """Return the refusal of who is suspended on the day of the visit; None when nothing stands against it."""
    longest = longest_against(found, person_hash, service, visit=visit)
    if longest is None:
        return None
    return Suspended(until=longest.last_day.isoformat(), appeal=longest.appeal.rstrip(". "))


def longest_against(found: Standing, person_hash: str, service: Service, *, visit: date) -> Any | None:
    """Return the suspension that stands longest against a visit, None when none does."""
    if not service.suspendable:
        return None
    against = [
        row for row in found.get(person_hash, []) if holds_for(visit, first=row.first_day, last=row.last_day)
    ]
    return max(against, key=lambda row: row.last_day, default=None)


def against_holder(session: Session, office: Office, ticket: Ticket, *, visit: date) -> Any | None:
    """Return the suspension that stands longest against a ticket's holder on a day, None when none does."""
    person_hash = tickets.own_of(session, ticket.id)["person_hash"]
    if person_hash is None:
        return None
    found = standing(session, [person_hash], from_day=visit)
    return longest_against(found, person_hash, office.service(ticket.service), visit=visit)


def refuse_move_into_suspension(session: Session, office: Office, ticket: Ticket, *, visit: date) -> None:
    """Refuse to move a booking to a day on which its holder is suspended. Raises Suspended.

    A booking from before the suspension stays where it is; it cannot be taken further into it.
    """
    found = against_holder(session, office, ticket, visit=visit)
    if found is not None:
        raise Suspended(until=found.last_day.isoformat(), appeal=found.appeal.rstrip(". "))


def _record(session: Session, officer: Officer, act: str, **what: Any) -> None:
    acts.record(session, officer_id=officer.id, officer_name=officer.name, about=ABOUT, act=act, **what)
