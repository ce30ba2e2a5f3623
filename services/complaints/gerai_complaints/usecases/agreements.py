"""The registers of agreements of the Ombudsman (S2-8) and of the agencies it supervises (S2-11)."""

from datetime import date, datetime
from typing import Any

from gerai_shared import commands
from gerai_shared.accounts import Officer
from gerai_shared.clock import local_date
from gerai_shared.ids import new_id
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gerai_complaints.models import Agreement, SupervisedAgency
from gerai_complaints.pvl_refusals import AgreementTwice, SupervisedTwice, UnknownAgreement
from gerai_complaints.pvl_shapes import AgreementLine, AgreementText, Supervised
from gerai_complaints.refusals import UnknownAgency
from gerai_complaints.rules.agreements import REMINDED_BEFORE, Standing, standing
from gerai_complaints.usecases.places import DEFAULT_TIME_ZONE, names

FIELDS = ("number", "subject", "parties", "signed_on", "valid_until", "document", "focal_role")


def register(session: Session, *, now: datetime) -> list[AgreementLine]:
    """Return every agreement: what ends soon first, then by its last day; what has ended comes last."""
    today = local_date(now, DEFAULT_TIME_ZONE)
    lines = [_line(row, today) for row in session.scalars(select(Agreement).order_by(Agreement.id))]
    return sorted(lines, key=_order)


def _order(line: AgreementLine) -> tuple[bool, date, str]:
    return line.standing is Standing.ENDED, line.text.valid_until or date.max, line.text.number


def ending_soon(session: Session, *, now: datetime) -> list[AgreementLine]:
    """Return the agreements in force that end within rules.agreements.REMINDED_BEFORE."""
    today = local_date(now, DEFAULT_TIME_ZONE)
    rows = session.scalars(
        select(Agreement)
        .where(Agreement.valid_until.between(today, today + REMINDED_BEFORE), Agreement.signed_on <= today)
        .order_by(Agreement.valid_until, Agreement.number)
    )
    return [_line(row, today) for row in rows]


def find(session: Session, agreement_id: str, *, now: datetime) -> AgreementLine:
    """Return one agreement. Raises UnknownAgreement."""
    row = session.get(Agreement, agreement_id)
    if row is None:
        raise UnknownAgreement
    return _line(row, local_date(now, DEFAULT_TIME_ZONE))


def _line(row: Agreement, today: date) -> AgreementLine:
    return AgreementLine(
        id=row.id,
        text=AgreementText(**{name: getattr(row, name) for name in FIELDS}),
        standing=standing(signed_on=row.signed_on, valid_until=row.valid_until, today=today),
        days_left=(row.valid_until - today).days if row.valid_until else None,
    )


def save(
    session: Session,
    text: AgreementText,
    *,
    agreement_id: str | None,
    officer: Officer,
    key: str,
    now: datetime,
) -> None:
    """Write a new agreement down, or change one. The same `key` does it once.

    Raises Forbidden, UnknownAgreement, AgreementTwice, IdempotencyKeyReused.
    """
    officer.must_be_supervisor()

    def run() -> dict[str, Any]:
        same = session.scalar(select(Agreement.id).where(Agreement.number == text.number))
        if same is not None and same != agreement_id:
            raise AgreementTwice
        row = session.get(Agreement, agreement_id, with_for_update=True) if agreement_id else Agreement()
        if row is None:
            raise UnknownAgreement
        for name in FIELDS:
            setattr(row, name, getattr(text, name))
        row.recorded_at, row.recorded_by = now, officer.id
        if agreement_id is None:
            row.id = new_id()
            session.add(row)
        session.flush()
        return {}

    body = {"agreement": agreement_id, "text": repr(text)}
    commands.once(session, scope="pvl.agreement", key=key, body=body, now=now, run=run)


def supervised(session: Session, *, now: datetime) -> list[Supervised]:
    """Return who is and was supervised since when; who still is comes first."""
    today, known = local_date(now, DEFAULT_TIME_ZONE), names(session)
    rows = session.scalars(select(SupervisedAgency).order_by(SupervisedAgency.since, SupervisedAgency.agency))
    lines = [
        Supervised(
            agency=known.agency(row.agency),
            since=row.since,
            until=row.until,
            basis=row.basis,
            is_over=row.until is not None and row.until < today,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: line.is_over)


def supervised_on(session: Session, day: date) -> set[str]:
    """Return the codes of the agencies that the Ombudsman supervises on a day."""
    row = SupervisedAgency
    return set(
        session.scalars(
            select(row.agency).where(row.since <= day, or_(row.until.is_(None), row.until >= day))
        )
    )


def put_supervised(
    session: Session,
    *,
    agency: str,
    since: date,
    until: date | None,
    basis: str,
    officer: Officer,
    agencies: tuple[str, ...],
) -> None:
    """Write down that an agency is supervised, or, for the same first day, until when and on what ground.

    Raises Forbidden, UnknownAgency, SupervisedTwice.
    """
    officer.must_be_supervisor()
    if agencies and agency not in agencies:
        raise UnknownAgency
    others = session.scalars(
        select(SupervisedAgency).where(SupervisedAgency.agency == agency, SupervisedAgency.since != since)
    )
    for other in others:
        if other.since <= (until or date.max) and since <= (other.until or date.max):
            raise SupervisedTwice
    row = session.get(SupervisedAgency, (agency, since))
    if row is None:
        row = SupervisedAgency(agency=agency, since=since)
        session.add(row)
    row.until, row.basis = until, basis
    session.flush()
