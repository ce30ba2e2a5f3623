"""What everybody may read of a site: whether promises are kept, how old open cases are, what visitors say.

It is computed at most once a day, of whole days, and kept: whoever looks again and again sees no single case
come and go, and a request costs the same however many complaints there are. Small numbers are hidden, and
whatever would give them away.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.clock import local_date
from gerai_shared.database import insert_into
from sqlalchemy import Integer, case, extract, func, or_, select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, DueRuleRow, SiteReport, SurveyAnswer
from gerai_complaints.rules.case import OPEN_STATES, Classification, State
from gerai_complaints.rules.disclosure import Cell, Line, hidden_cells
from gerai_complaints.rules.ladder import Level
from gerai_complaints.rules.performance import AGES, OUTCOMES, Outcome, age_band, percent_in_time
from gerai_complaints.rules.periods import months_on
from gerai_complaints.rules.satisfaction import result_of
from gerai_complaints.usecases.places import time_zone_of
from gerai_complaints.usecases.satisfaction import FEWEST_RESPONDENTS, Tally, tallies

MONTHS = 12
#: Of fewer complaints no number is told.
FEWEST_COMPLAINTS = 5
ALL = "all"
NO_LEVEL = "none"
#: Levels at which a complaint can be, the lowest first; reminders of officers are none.
LEVELS = (NO_LEVEL, *(level.value for level in Level if level is not Level.OFFICER))

Json = dict[str, Any]


def report(session: Session, site: str, *, now: datetime) -> Json:
    """Return what everybody may read of a site; computed anew on the first request of its day."""
    zone = time_zone_of(session, agency="", site=site)
    today = local_date(now, zone)
    known = session.get(SiteReport, site)
    if known is not None and known.day == today:
        found: Json = json.loads(known.contents)
        return found
    contents = _compute(session, site, today=today, now=now) | {"time_zone": zone}
    values = {"day": today, "computed_at": now, "contents": json.dumps(contents)}
    statement = insert_into(session, SiteReport).values(site=site, **values)
    # Of two that compute at once the first is shown: everybody reads the same.
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["site"], set_=values, where=SiteReport.day != values["day"]
        )
    )
    return contents


def _compute(session: Session, site: str, *, today: date, now: datetime) -> Json:
    last = today - timedelta(days=1)
    first = months_on(last.replace(day=1), 1 - MONTHS)
    months = [months_on(first, number) for number in range(MONTHS)]
    return {
        "site": site,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "computed_at": now.isoformat(),
        "fewest_complaints": FEWEST_COMPLAINTS,
        "fewest_respondents": FEWEST_RESPONDENTS,
        **_complaints(session, site, months=months, today=today),
        "satisfaction": _satisfaction(session, site, months=months, last=last),
    }


def _complaints(session: Session, site: str, *, months: list[date], today: date) -> Json:
    counts, classes = _counted(session, site, months=months, today=today)
    lines = _lines(months, classes)
    hidden = hidden_cells(counts, lines, floor=FEWEST_COMPLAINTS, worth=_worth)
    told = {cell: None if cell in hidden else count for cell, count in counts.items()}
    promised = _promised(session, today)
    return {
        "classes": [
            {"classification": each, "working_days": promised.get(each), **_outcomes(told, each)}
            for each in classes
        ],
        "complaints": _outcomes(told, ALL),
        "months": [{"month": f"{month:%Y-%m}", **_outcomes(told, month)} for month in months],
        "ages": [{"from_days": first, "to_days": last, "open": told["age", first]} for first, last in AGES],
        "open": told["open", ALL],
        "levels": [{"level": level, "complaints": told["level", level]} for level in LEVELS],
    }


def _counted(
    session: Session, site: str, *, months: list[date], today: date
) -> tuple[dict[Cell, int], list[str]]:
    """Return the counts of all cells, and the classes there are."""
    rows = _groups(session, site, first=months[0], today=today)
    classes = [each.value for each in Classification]
    classes += sorted({row.classification for row in rows} - set(classes))
    keys = [ALL, *classes, *months]
    counts: dict[Cell, int] = {(key, outcome): 0 for key in keys for outcome in (*OUTCOMES, ALL)}
    counts |= {("level", level): 0 for level in LEVELS}
    counts |= {("age", first): 0 for first, _ in AGES} | {("open", ALL): 0}
    for row in rows:
        for key in (ALL, row.classification, date(row.year, row.month, 1)):
            counts[key, row.outcome] += row.complaints
            counts[key, ALL] += row.complaints
        counts["level", row.level or NO_LEVEL] += row.complaints
    for received_on, number in _open(session, site, today=today):
        counts["age", age_band((today - received_on).days)[0]] += number
        counts["open", ALL] += number
    recent = counts[ALL, Outcome.RUNNING.value] + counts[ALL, Outcome.OVERDUE.value]
    # What changed between two questions must not make a number of nobody.
    counts["open", "older"] = max(counts["open", ALL] - recent, 0)
    return counts, classes


def _groups(session: Session, site: str, *, first: date, today: date) -> list[Any]:
    """Return how many were received from `first` on, by class, month, outcome and highest level."""
    is_open = Complaint.state.in_([state.value for state in OPEN_STATES])
    # Before there was a clock only the day was written down.
    is_in_time = or_(
        Complaint.answered_at < Complaint.due_at,
        Complaint.due_at.is_(None) & (func.date(Complaint.answered_at) <= Complaint.due_on),
    )
    outcome = case(
        (is_open & (Complaint.due_on < today), Outcome.OVERDUE.value),
        (is_open, Outcome.RUNNING.value),
        (Complaint.answered_at.is_(None), Outcome.OTHERWISE.value),
        (is_in_time, Outcome.IN_TIME.value),
        else_=Outcome.LATE.value,
    )
    inner = (
        select(
            Complaint.classification,
            extract("year", Complaint.received_on).cast(Integer).label("year"),
            extract("month", Complaint.received_on).cast(Integer).label("month"),
            outcome.label("outcome"),
            Complaint.level,
        )
        .where(
            Complaint.site == site,
            # All there are: so the index of what is open finds the days, too.
            Complaint.state.in_([state.value for state in State]),
            Complaint.received_on >= first,
            Complaint.received_on < today,
        )
        .subquery()
    )
    columns = list(inner.columns)
    return list(session.execute(select(*columns, func.count().label("complaints")).group_by(*columns)))


def _open(session: Session, site: str, *, today: date) -> Iterable[tuple[date, int]]:
    """Return how many are open by the day of receipt, however old: few, and found by their state."""
    rows = session.execute(
        select(Complaint.received_on, func.count())
        .where(
            Complaint.state.in_([state.value for state in OPEN_STATES]),
            Complaint.site == site,
            Complaint.received_on < today,
        )
        .group_by(Complaint.received_on)
    )
    return [(row[0], row[1]) for row in rows]


def _lines(months: list[date], classes: list[str]) -> list[Line]:
    """Return all that adds up in what is told."""
    lines = [_line((key, ALL), [(key, outcome) for outcome in OUTCOMES]) for key in (ALL, *classes, *months)]
    for outcome in (*OUTCOMES, ALL):
        lines.append(_line((ALL, outcome), [(each, outcome) for each in classes]))
        lines.append(_line((ALL, outcome), [(month, outcome) for month in months]))
    lines.append(_line((ALL, ALL), [("level", level) for level in LEVELS]))
    lines.append(_line(("open", ALL), [("age", first) for first, _ in AGES]))
    lines.append(_line(("open", ALL), [(ALL, "running"), (ALL, "overdue"), ("open", "older")]))
    return lines


def _worth(cell: Any) -> int:
    """Return how much is lost when a cell is hidden: sums over all are worth most."""
    return int(cell[0] in (ALL, "open"))


def _line(total: Cell, parts: list[Any]) -> Line:
    return Line(total=total, parts=tuple(parts))


def _outcomes(told: Mapping[Cell, int | None], key: Any) -> Json:
    found: Json = {outcome: told[key, outcome] for outcome in OUTCOMES}
    percent = percent_in_time(found["in_time"], found["late"], found["overdue"])
    return {"received": told[key, ALL], **found, "in_time_percent": percent}


def _promised(session: Session, day: date) -> dict[str, int]:
    """Return the working days promised for each class, where no agency has a rule of its own."""
    rows = session.scalars(
        select(DueRuleRow)
        .where(
            DueRuleRow.agency.is_(None),
            DueRuleRow.valid_from <= day,
            or_(DueRuleRow.valid_to.is_(None), DueRuleRow.valid_to >= day),
        )
        .order_by(DueRuleRow.valid_from)
    )
    return {row.classification: row.working_days for row in rows}


def _satisfaction(session: Session, site: str, *, months: list[date], last: date) -> Json:
    where = (SurveyAnswer.site == site) & SurveyAnswer.day.between(months[0], last)
    found = {date(row.year, row.month, 1): tally for row, tally in tallies(session, where)}
    by_key: dict[Cell, Tally] = {month: found.get(month, Tally()) for month in months} | {ALL: Tally()}
    for tally in found.values():
        by_key[ALL].add(tally)
    hidden = hidden_cells(
        {key: tally.respondents for key, tally in by_key.items()},
        [_line(ALL, list(months))],
        floor=FEWEST_RESPONDENTS,
        worth=lambda key: int(key == ALL),
    )
    told = {key: _result(tally, is_hidden=key in hidden) for key, tally in by_key.items()}
    return {
        "months": [{"month": f"{month:%Y-%m}", **told[month]} for month in months],
        "all": told[ALL],
    }


def _result(tally: Tally, *, is_hidden: bool) -> Json:
    """Return what is told of a group: nothing but nulls where it is hidden; decimals as texts."""
    if is_hidden:
        return {"respondents": None, "index": None, "grade": None, "means": None}
    result = result_of(tally.respondents, tally.answered)
    if result.index is None:
        return {"respondents": result.respondents, "index": None, "grade": None, "means": None}
    return {
        "respondents": result.respondents,
        "index": str(result.index),
        "grade": result.grade,
        "means": {element.value: str(mean) for element, mean in result.means.items()},
    }
