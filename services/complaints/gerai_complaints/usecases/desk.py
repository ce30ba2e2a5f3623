"""The lists of the desk: what is due first, what is mine, what is late.

Only what is not over yet is counted: these are few, however many complaints there have ever been.
"""

import re
from datetime import datetime

from gerai_shared.accounts import Officer
from gerai_shared.refusals import InvalidRequest
from sqlalchemy import ColumnElement, Select, and_, func, not_, select, true
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, NumberCounter
from gerai_complaints.rules.case import FINAL_STATES, OPEN_STATES, State
from gerai_complaints.rules.numbers import NUMBER, format_number
from gerai_complaints.shapes import CaseList
from gerai_complaints.usecases.case_view import summary_of
from gerai_complaints.usecases.places import calendars, names
from gerai_complaints.usecases.reading import own_cases, readable

PAGE_SIZE = 25
#: Older ones are found by their number.
LAST_PAGE = 400
OPEN, MINE, UNASSIGNED, ALL = "open", "mine", "unassigned", "all"
REMINDED, OVERDUE, ESCALATED = "reminded", "overdue", "escalated"
STATES = tuple(state.value for state in State)
FILTERS = (OPEN, MINE, UNASSIGNED, REMINDED, OVERDUE, ESCALATED, *STATES, ALL)
_UNDER_WAY = [state.value for state in State if state not in FINAL_STATES]
#: Filters whose cases may be very many.
_LONG = frozenset({ALL, *(state.value for state in FINAL_STATES)})
_PART = re.compile(r"(?:P-?)?(?:([0-9]{4})-)?0*([0-9]{1,12})", re.IGNORECASE)


def list_cases(
    session: Session, *, officer: Officer, wanted: str, search: str, page: int, now: datetime
) -> CaseList:
    """Return one page of the cases that `wanted` (one of FILTERS) names, of the agencies of `officer`.

    Urgent ones come first, then what is due first, and so what is overdue before all. `search` is a
    number, or its count within a year, or ''. What `officer` may not read has no title.
    Raises InvalidRequest.
    """
    if wanted not in FILTERS:
        raise InvalidRequest(fields={"state": ["Please choose one of these."]})
    own = own_cases(session, officer)
    conditions = _conditions(officer, now)
    where = and_(own, conditions[wanted])
    if search:
        where = and_(where, Complaint.number.in_(_numbers(session, search)))
    counts = _counts(session, own, conditions)
    is_long = wanted in _LONG
    total = None if is_long or search else counts[wanted]
    pages = LAST_PAGE if total is None else max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    found = session.scalars(
        _ordered(select(Complaint).where(where), is_long=is_long)
        .limit(PAGE_SIZE + 1)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    shown = found[:PAGE_SIZE]
    calendar, known = calendars(session, sites=[each.site for each in shown]), names(session)
    read = readable(session, shown, officer)
    return CaseList(
        cases=tuple(
            summary_of(each, calendar, known, now, title=each.title if each.id in read else None)
            for each in shown
        ),
        counts=counts,
        total=total,
        page=page,
        has_more=len(found) > PAGE_SIZE and page < pages,
    )


def _ordered(query: Select[Complaint], *, is_long: bool) -> Select[Complaint]:
    if is_long:
        return query.order_by(Complaint.received_at.desc(), Complaint.number)
    return query.order_by(Complaint.urgent_at.is_(None), Complaint.due_on, Complaint.number)


def _conditions(officer: Officer, now: datetime) -> dict[str, ColumnElement[bool]]:
    is_open = Complaint.state.in_([state.value for state in OPEN_STATES])
    is_overdue = and_(is_open, Complaint.due_at <= now)
    return {
        OPEN: is_open,
        MINE: and_(
            Complaint.state.in_(_UNDER_WAY),
            Complaint.state != State.ANSWERED.value,
            Complaint.assigned_to == officer.id,
        ),
        UNASSIGNED: and_(is_open, Complaint.assigned_to.is_(None)),
        REMINDED: and_(is_open, Complaint.climbed > 0, not_(Complaint.due_at <= now)),
        ESCALATED: and_(is_open, Complaint.level.is_not(None)),
        OVERDUE: is_overdue,
        ALL: true(),
        **{state: Complaint.state == state for state in STATES},
    }


def _counts(
    session: Session, own: ColumnElement[bool], conditions: dict[str, ColumnElement[bool]]
) -> dict[str, int]:
    counted = {name: condition for name, condition in conditions.items() if name not in _LONG}
    row = session.execute(
        select(*(func.count().filter(condition) for condition in counted.values()))
        .select_from(Complaint)
        .where(own, Complaint.state.in_(_UNDER_WAY))
    ).one()
    return dict(zip(counted, row, strict=True))


def _numbers(session: Session, search: str) -> list[str]:
    """Return the numbers that somebody may mean by what they typed."""
    text = search.strip().upper()
    if NUMBER.fullmatch(text):
        return [text]
    part = _PART.fullmatch(text)
    if part is None:
        return []
    years = [int(part[1])] if part[1] else session.scalars(select(NumberCounter.year)).all()
    return [format_number(year, int(part[2])) for year in years]
