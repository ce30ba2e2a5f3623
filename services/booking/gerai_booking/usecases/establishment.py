"""Establishing a service point, as supervisors keep it: requests, checklist, minutes, what is to be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gerai_shared.refusals import NotFound
from sqlalchemy.orm import Session

from gerai_booking.models import establishment
from gerai_booking.refusals import (
    ActionDone,
    DocumentMissing,
    ItemNotNext,
    ItemsLacking,
    RequestClosed,
    StaffNotMixed,
    StageNotNext,
    UnitComesFirst,
    UnknownEstablishment,
    UnknownItem,
    UnknownMinutes,
)
from gerai_booking.rules import establishment as rules
from gerai_booking.rules.regions import regency_name
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.plan import Change


@dataclass(frozen=True, kw_only=True)
class Document:
    """A reference to a paper: it is kept elsewhere."""

    number: str
    dated: date
    title: str
    kept_at: str


def must_establish(office: Office) -> None:
    """Refuse where the agency establishes no units. Raises NotFound."""
    if not office.agency.establishes_units:
        raise NotFound


def submit(
    session: Session,
    office: Office,
    change: Change,
    *,
    kind: str,
    regency_code: str,
    place: str,
    submitted_on: date,
) -> str:
    """Record the request of a local government (S4-3) with its checklist; return its id.

    Until when it is verified comes from the rule that held on the day it was submitted; where no rule sets a
    day, there is none. Raises NotFound, Forbidden, UnitComesFirst.
    """
    _check(office, change)
    grown_from = None
    if kind == rules.OFFICE:
        unit = establishment.opened(session, kind=rules.UNIT, regency_code=regency_code, stage=rules.OPENED)
        if unit is None:
            raise UnitComesFirst(regency=regency_name(regency_code))
        grown_from = unit.id
    deadline = rules.deadline_of(kind, submitted_on)
    row = {
        "kind": kind,
        "regency_code": regency_code,
        "regency_name": regency_name(regency_code),
        "place": place,
        "stage": rules.SUBMITTED,
        "submitted_on": submitted_on,
        "verify_by": deadline[0] if deadline else None,
        "grown_from": grown_from,
        "created_at": change.now,
    }
    request_id = establishment.add(session, establishment.requests, row)
    establishment.add_items(
        session,
        [
            {
                "request_id": request_id,
                "item": item,
                "state": rules.OPEN,
                "changed_at": change.now,
                "changed_by": change.officer.name,
            }
            for item in rules.items_of(kind)
        ],
    )
    _record(session, change, request_id, kind="stage", before=None, after=row)
    return request_id


def move(session: Session, office: Office, change: Change, *, request_id: str, stage: str, on: date) -> None:
    """Take a request to another stage on a day (S4-2), when what that stage needs is accepted.

    One that was returned and is submitted again has a new day until which it is verified. Raises NotFound,
    Forbidden, UnknownEstablishment, StageNotNext, ItemsLacking.
    """
    found = _locked(session, office, change, request_id)
    if stage not in rules.NEXT[found.stage]:
        raise StageNotNext
    states = {item: row.state for item, row in establishment.items_of(session, request_id).items()}
    lacking = rules.lacking(found.kind, stage, states)
    if lacking:
        raise ItemsLacking(items=lacking)
    values: dict[str, Any] = {"stage": stage}
    if stage == rules.SUBMITTED:
        deadline = rules.deadline_of(found.kind, on)
        values |= {"submitted_on": on, "verify_by": deadline[0] if deadline else None}
    establishment.set_request(session, request_id, **values)
    _record(
        session, change, request_id, kind="stage", before={"stage": found.stage}, after=values | {"on": on}
    )


def set_item(
    session: Session,
    office: Office,
    change: Change,
    *,
    request_id: str,
    item: str,
    state: str,
    document: Document | None = None,
    immigration_staff: int | None = None,
    regional_staff: int | None = None,
) -> None:
    """Write down what became of an item of the checklist; `change.why` is the note beside it.

    What is received comes with the reference of its document. Raises NotFound, Forbidden,
    UnknownEstablishment, RequestClosed, UnknownItem, ItemNotNext, DocumentMissing, StaffNotMixed.
    """
    found = _open(session, office, change, request_id)
    present = establishment.items_of(session, found.id).get(item)
    if present is None:
        raise UnknownItem
    if state not in rules.ITEM_STATES[present.state]:
        raise ItemNotNext
    if state == rules.RECEIVED:
        if document is None:
            raise DocumentMissing
        _add_document(session, change, request_id, item, document)
    values: dict[str, Any] = {"state": state, "note": change.why}
    if item == rules.STAFF:
        values |= _staff(present, state, immigration=immigration_staff, regional=regional_staff)
    establishment.set_item(
        session, request_id, item, **values, changed_at=change.now, changed_by=change.officer.name
    )
    before, after = {"item": item, "state": present.state}, {"item": item, **values}
    _record(session, change, request_id, kind="item", before=before, after=after)


def _staff(present: Any, state: str, *, immigration: int | None, regional: int | None) -> dict[str, Any]:
    """Return how many people of each side are on the list; it is accepted with both of them only."""
    numbers = {
        "immigration_staff": present.immigration_staff if immigration is None else immigration,
        "regional_staff": present.regional_staff if regional is None else regional,
    }
    if state == rules.ACCEPTED and not rules.staff_is_mixed(
        immigration=numbers["immigration_staff"], regional=numbers["regional_staff"]
    ):
        raise StaffNotMixed
    return numbers


def add_document(
    session: Session, office: Office, change: Change, *, request_id: str, document: Document
) -> None:
    """Put a further document into the register. Raises NotFound, Forbidden, UnknownEstablishment."""
    _locked(session, office, change, request_id)
    _add_document(session, change, request_id, "", document)
    _record(session, change, request_id, kind="document", before=None, after=vars(document))


def add_minutes(
    session: Session,
    office: Office,
    change: Change,
    *,
    request_id: str,
    held_on: date,
    place: str,
    participants: str,
    decisions: str,
) -> str:
    """Write down a meeting (S4-8); return the id of its minutes.

    Raises NotFound, Forbidden, UnknownEstablishment.
    """
    _locked(session, office, change, request_id)
    row = {"held_on": held_on, "place": place, "participants": participants, "decisions": decisions}
    minutes_id = establishment.add(
        session,
        establishment.minutes,
        {**row, "request_id": request_id, "recorded_at": change.now, "recorded_by": change.officer.name},
    )
    _record(session, change, request_id, kind="minutes", before=None, after=row)
    return minutes_id


def add_action(
    session: Session,
    office: Office,
    change: Change,
    *,
    request_id: str,
    minutes_id: str,
    what: str,
    owner: str,
    due_on: date,
) -> str:
    """Write down what somebody is to do, as a meeting decided; return its id.

    Raises NotFound, Forbidden, UnknownEstablishment, UnknownMinutes.
    """
    _locked(session, office, change, request_id)
    found = establishment.find_minutes(session, minutes_id)
    if found is None or found.request_id != request_id:
        raise UnknownMinutes
    row = {"what": what, "owner": owner, "due_on": due_on}
    action_id = establishment.add(
        session, establishment.actions, {**row, "request_id": request_id, "minutes_id": minutes_id}
    )
    _record(session, change, request_id, kind="action", before=None, after=row)
    return action_id


def finish_action(
    session: Session, office: Office, change: Change, *, request_id: str, action_id: str
) -> None:
    """Write down that something was done, and with what outcome (`change.why`).

    Raises NotFound, Forbidden, UnknownEstablishment, UnknownMinutes, ActionDone.
    """
    _locked(session, office, change, request_id)
    found = establishment.find_action(session, action_id)
    if found is None or found.request_id != request_id:
        raise UnknownMinutes
    if found.done_at is not None:
        raise ActionDone
    establishment.finish_action(
        session, action_id, by=change.officer.name, outcome=change.why, now=change.now
    )
    after = {"what": found.what, "owner": found.owner, "done": True}
    _record(session, change, request_id, kind="action", before={"what": found.what}, after=after)


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """Everything about a request, as the pages and the report show it."""

    request: Any
    bases: list[rules.Basis]
    deadline: rules.Deadline | None
    is_late: bool
    next_stages: tuple[str, ...]
    items: list[tuple[str, Any]]
    lacking: Mapping[str, list[str]]
    documents: list[Any]
    minutes: list[Any]
    actions: list[Any]
    changes: list[Any]


def dossier(session: Session, office: Office, *, request_id: str, today: date) -> Dossier:
    """Return everything about a request; what is overdue comes first.

    Raises NotFound, UnknownEstablishment.
    """
    must_establish(office)
    found = establishment.find(session, request_id)
    if found is None:
        raise UnknownEstablishment
    checklist = establishment.items_of(session, request_id)
    states = {item: row.state for item, row in checklist.items()}
    next_stages = rules.NEXT[found.stage]
    deadline = rules.deadline_of(found.kind, found.submitted_on)
    return Dossier(
        request=found,
        bases=rules.bases_of(found.kind, found.submitted_on),
        deadline=deadline[1] if deadline else None,
        is_late=is_late(found, today=today),
        next_stages=next_stages,
        items=[(item, checklist[item]) for item in rules.items_of(found.kind)],
        lacking={stage: rules.lacking(found.kind, stage, states) for stage in next_stages},
        documents=establishment.documents_of(session, request_id),
        minutes=establishment.minutes_of(session, request_id),
        actions=_in_order(establishment.actions_of(session, request_id), today=today),
        changes=establishment.changes_of(session, request_id),
    )


def is_late(request: Any, *, today: date) -> bool:
    """Tell whether a request should have been verified by now."""
    waits = request.stage == rules.SUBMITTED and request.verify_by is not None
    return waits and request.verify_by < today


def _in_order(actions: list[Any], *, today: date) -> list[Any]:
    by_id = {action.id: action for action in actions}
    marks = [(action.id, action.due_on, action.done_at is not None) for action in actions]
    return [by_id[action_id] for action_id in rules.in_order_of_urgency(marks, today=today)]


@dataclass(frozen=True, kw_only=True)
class Register:
    """All requests, and what is late of all of them."""

    requests: list[Any]
    overdue: list[Any]


def register(session: Session, office: Office, *, today: date) -> Register:
    """Return the register of requests. Raises NotFound."""
    must_establish(office)
    return Register(
        requests=establishment.newest(session), overdue=establishment.overdue(session, today=today)
    )


def today_of(office: Office, now: datetime) -> date:
    """Return the calendar day at the agency's first site, by which days of a register count."""
    return office.today(office.agency.sites[0].code, now)


def _check(office: Office, change: Change) -> None:
    must_establish(office)
    change.officer.must_be_supervisor()


def _locked(session: Session, office: Office, change: Change, request_id: str) -> Any:
    _check(office, change)
    found = establishment.find(session, request_id, lock=True)
    if found is None:
        raise UnknownEstablishment
    return found


def _open(session: Session, office: Office, change: Change, request_id: str) -> Any:
    found = _locked(session, office, change, request_id)
    if not rules.NEXT[found.stage]:
        raise RequestClosed
    return found


def _add_document(session: Session, change: Change, request_id: str, item: str, document: Document) -> None:
    establishment.add(
        session,
        establishment.documents,
        {
            **vars(document),
            "request_id": request_id,
            "item": item,
            "recorded_at": change.now,
            "recorded_by": change.officer.name,
        },
    )


def _record(
    session: Session,
    change: Change,
    request_id: str,
    *,
    kind: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> None:
    establishment.record_change(
        session,
        request_id=request_id,
        officer_id=change.officer.id,
        officer_name=change.officer.name,
        kind=kind,
        before=before,
        after=after,
        why=change.why,
        now=change.now,
    )
