"""Suspensions: written down by supervisors, refused to with a date and a way to appeal, lifted on record."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.refusals import Refused
from sqlalchemy.orm import Session

from gerai_booking.models import sanctions
from gerai_booking.refusals import Suspended, SuspensionLifted, UnknownSuspension, WrongLength
from gerai_booking.rules.catalogue import Service
from gerai_booking.rules.identity import parse_nik
from gerai_booking.rules.sanctions import KINDS, holds_for, last_day
from gerai_booking.usecases.office import Office

SHOWN = 100

Standing = Mapping[str, list[Any]]


def suspend(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    nik: str,
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

    The NIK itself is not kept. Raises Forbidden, WrongLength, InvalidNik.
    """
    officer.must_be_supervisor()
    limits = KINDS[kind]
    if not limits.least_months <= months <= limits.most_months:
        raise WrongLength(least=limits.least_months, most=limits.most_months)
    found = parse_nik(nik)
    return sanctions.add(
        session,
        {
            "person_hash": office.person_hash(f"WNI:{found.digits}"),
            "masked_identity": found.masked,
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


def lift(session: Session, *, officer: Officer, suspension_id: str, why: str, now: datetime) -> None:
    """Lift a suspension, on record. Raises Forbidden, UnknownSuspension, SuspensionLifted."""
    officer.must_be_supervisor()
    found = sanctions.find(session, suspension_id)
    if found is None:
        raise UnknownSuspension
    if found.lifted_at is not None:
        raise SuspensionLifted
    sanctions.lift(session, suspension_id, by=officer.name, why=why, now=now)


def standing(session: Session, hashes: Iterable[str], *, from_day: date) -> Standing:
    """Return what stands against these persons on a day or later."""
    return sanctions.standing_against(session, hashes, from_day=from_day)


def refuse_suspended(found: Standing, person_hash: str, service: Service, *, visit: date) -> Refused | None:
    """Return the refusal of who is suspended on the day of the visit; None when nothing stands against it."""
    if not service.suspendable:
        return None
    against = [
        row for row in found.get(person_hash, []) if holds_for(visit, first=row.first_day, last=row.last_day)
    ]
    if not against:
        return None
    longest = max(against, key=lambda row: row.last_day)
    return Suspended(until=longest.last_day.isoformat(), appeal=longest.appeal)
