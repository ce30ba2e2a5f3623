"""Writing rules down and ending them: by supervisors, dated, on record, effective without a release."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.accounts import Officer
from sqlalchemy.orm import Session

from gerai_booking.models import dated_rules, plan
from gerai_booking.refusals import (
    PlanInThePast,
    RouteOverlaps,
    RuleContradicts,
    RuleFromTomorrow,
    RuleOver,
    UnknownRule,
)
from gerai_booking.rules.catalogue import Agency, Dated, Route
from gerai_booking.rules.catalogue.checks import agency_problems
from gerai_booking.rules.quota import ALL
from gerai_booking.rules.regions import REGENCIES
from gerai_booking.rules.rulebook import Rules
from gerai_booking.usecases import rulebook
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.plan import Change, lock_all, record, replan_all
from gerai_booking.usecases.rule_kinds import CAPS, KINDS, ROUTES, Body, Kind

CHANGES_SHOWN = 30
ONE_DAY = timedelta(days=1)


def kind_of(code: str) -> Kind:
    """Return a kind of rules. Raises UnknownRule."""
    try:
        return KINDS[code]
    except KeyError:
        raise UnknownRule from None


@dataclass(frozen=True, kw_only=True)
class Known:
    """A rule as it was written: in the catalogue, or by `decided_by` at `decided_at`.

    `counts` tells whether it is the one about its subject today.
    """

    row: Any
    subject: str
    body: Body
    decided_by: str | None
    decided_at: datetime | None
    counts: bool = False


def write_down(
    session: Session,
    office: Office,
    change: Change,
    *,
    kind: Kind,
    body: Body,
    basis: str,
    valid_from: date,
    valid_to: date | None,
) -> None:
    """Write a rule down; one about the same subject with the same first day is replaced.

    A restriction's cap reaches open days at once; everything else is looked up when it is needed. Raises
    Forbidden, PlanInThePast, RuleFromTomorrow, RouteOverlaps, RuleContradicts.
    """
    change.officer.must_be_supervisor()
    _must_not_begin_too_early(office, kind, valid_from, now=change.now)
    row = kind.row(body, basis=basis, valid_from=valid_from, valid_to=valid_to)
    lock_all(session, office)
    _put(session, office, change, kind, row, checked_on=valid_from)


def end(
    session: Session, office: Office, change: Change, *, kind: Kind, subject: str, valid_from: date
) -> None:
    """Let a rule end with yesterday, or with today where what began today keeps it.

    One that has not begun never holds. Raises Forbidden, UnknownRule, RuleOver, RuleContradicts.
    """
    change.officer.must_be_supervisor()
    # Before the rule is read: what somebody else writes at this moment is not undone.
    lock_all(session, office)
    found = _find(session, office, kind, subject, valid_from)
    if found is None:
        raise UnknownRule
    last_day = _today(office, now=change.now) - (timedelta() if kind.for_new_only else ONE_DAY)
    if found.row.valid_to is not None and found.row.valid_to <= last_day:
        raise RuleOver(day=found.row.valid_to.isoformat())
    row = replace(found.row, valid_to=last_day)
    _put(session, office, change, kind, row, checked_on=last_day + ONE_DAY)


def _put(session: Session, office: Office, change: Change, kind: Kind, row: Any, *, checked_on: date) -> None:
    """Write a row while the plans are locked, if the whole catalogue still fits together with it."""
    subject, body = kind.subject(row), kind.body(row)
    found = _find(session, office, kind, subject, row.valid_from)
    known = set(agency_problems(_ruled(office.agency, rulebook.in_force(session, office), checked_on)))
    if kind.code == ROUTES:
        _must_not_overlap(row, (each.row for each in rules_of_kind(session, office, kind)))
    dates = {"valid_from": row.valid_from, "valid_to": row.valid_to, "basis": row.basis}
    dated_rules.put(
        session,
        kind=kind.code,
        subject=subject,
        body=body,
        decided_by=change.officer.name,
        decided_at=change.now,
        **dates,
    )
    rulebook.forget(session)
    after = rulebook.in_force(session, office)
    new = [each for each in agency_problems(_ruled(office.agency, after, checked_on)) if each not in known]
    if new:
        raise RuleContradicts(problems="; ".join(new))
    record(
        session,
        change,
        site=ALL,
        kind=record_kind(kind),
        before=_written(found) if found else None,
        after={**body, **dates},
    )
    if kind.code == CAPS:
        replan_all(session, office, now=change.now)


def record_kind(kind: Kind) -> str:
    """Return how changes of a kind are called in the record."""
    return f"rule:{kind.code}"


def _written(known: Known) -> dict[str, Any]:
    row = known.row
    dates = {"valid_from": row.valid_from, "valid_to": row.valid_to, "basis": row.basis}
    return {**known.body, **dates}


def _today(office: Office, *, now: datetime) -> date:
    return min(office.today(site.code, now) for site in office.agency.sites)


def _must_not_begin_too_early(office: Office, kind: Kind, first: date, *, now: datetime) -> None:
    today = _today(office, now=now)
    if first < today:
        raise PlanInThePast
    if kind.for_new_only and first == today:
        raise RuleFromTomorrow


def _must_not_overlap(route: Route, others: Iterable[Route]) -> None:
    """Refuse a second office for somebody to whom another row names one already. Raises RouteOverlaps."""
    for other in others:
        same = set(route.purposes) == set(other.purposes) and set(route.regencies) == set(other.regencies)
        shared = sorted(set(route.regencies) & set(other.regencies))
        if same or not shared or not set(route.purposes) & set(other.purposes):
            continue
        if _meet(route, other):
            raise RouteOverlaps(regency=REGENCIES[shared[0]], office=other.office.id)


def _meet(one: Dated, other: Dated) -> bool:
    """Tell whether two rows hold on some same day."""
    first = max(one.valid_from, other.valid_from)
    return one.holds_on(first) and other.holds_on(first)


def _ruled(agency: Agency, rules: Rules, day: date) -> Agency:
    """Return the catalogue with these rules in it, to be checked as one."""
    ruled = {each.name: getattr(rules, each.name) for each in fields(rules) if each.name != "stage_lines"}
    services = tuple(
        replace(service, stages=rules.stages_of(service.code, day)) for service in agency.services
    )
    return replace(agency, services=services, **ruled)


def rules_of_kind(session: Session, office: Office, kind: Kind) -> list[Known]:
    """Return the rules of a kind as they were written, those of the catalogue first."""
    found = {
        (kind.subject(row), row.valid_from): Known(
            row=row, subject=kind.subject(row), body=kind.body(row), decided_by=None, decided_at=None
        )
        for row in getattr(office.agency, kind.field)
    }
    for written in dated_rules.of_kind(session, kind.code):
        found[written.subject, written.valid_from] = Known(
            row=rulebook.row_of(written),
            subject=written.subject,
            body=json.loads(written.body),
            decided_by=written.decided_by,
            decided_at=written.decided_at,
        )
    return list(found.values())


def _find(session: Session, office: Office, kind: Kind, subject: str, first: date) -> Known | None:
    known = rules_of_kind(session, office, kind)
    return next((each for each in known if (each.subject, each.row.valid_from) == (subject, first)), None)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What supervisors see of a kind: rules that hold or will, and the last changes."""

    rules: list[Known]
    changes: list[Any]


def overview(session: Session, office: Office, *, officer: Officer, kind: Kind, now: datetime) -> Overview:
    """Return the rules of a kind that hold or will, each told whether it counts today.

    Overseers read it, too. Raises Forbidden.
    """
    officer.may_oversee()
    today = _today(office, now=now)
    known = rules_of_kind(session, office, kind)
    last_begun: dict[str, date] = {}
    for each in known:
        if each.row.holds_on(today):
            last_begun[each.subject] = max(each.row.valid_from, last_begun.get(each.subject, date.min))
    alive = [
        replace(each, counts=last_begun.get(each.subject) == each.row.valid_from)
        for each in known
        if each.row.valid_to is None or each.row.valid_to >= max(today, each.row.valid_from)
    ]
    return Overview(
        rules=sorted(alive, key=lambda each: (each.subject, each.row.valid_from)),
        changes=plan.changes_of(session, sites=[ALL], limit=CHANGES_SHOWN, kinds=[record_kind(kind)]),
    )
