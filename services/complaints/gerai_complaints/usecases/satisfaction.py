"""Citizens say how a visit was; officers read what all of them said together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared import commands
from gerai_shared.clock import local_date
from gerai_shared.database import insert_into
from gerai_shared.sealing import keyed_hash
from sqlalchemy import ColumnElement, Integer, and_, extract, func, select, true, update
from sqlalchemy.orm import Session

from gerai_complaints.models import SurveyAnswer
from gerai_complaints.rules.disclosure import Cell, Line, hidden_cells
from gerai_complaints.rules.periods import MONTH, QUARTER, YEAR, Period, period_of
from gerai_complaints.rules.satisfaction import (
    ANSWERED_WITHIN_DAYS,
    Answered,
    Element,
    changeable_until,
    must_be_answerable,
    must_be_changeable,
    result_of,
)
from gerai_complaints.satisfaction_shapes import CHANNELS, Figures, Heard, Remark, Row, Said
from gerai_complaints.shapes import Keyring, Named
from gerai_complaints.usecases.places import DEFAULT_TIME_ZONE, Names, names, time_zone_of

SCOPE = "satisfaction.answer"
#: Of fewer respondents nothing is told: who answered may be known, and so would be what.
FEWEST_RESPONDENTS = 10
REMARKS_SHOWN = 50
#: What is forgotten in one transaction; the next one takes what is left.
BATCH = 500
#: Of answers that named no service.
NO_SERVICE = ""
#: Everybody; an agency; an agency and a service.
Group = tuple[str, ...]


def answer(
    session: Session, said: Said, *, key: str, body: dict[str, Any], keyring: Keyring, now: datetime
) -> Heard:
    """Note what somebody says; once for a ticket, whose answer takes the place of its earlier one.

    `body` is the request as it came; the same `key` again changes nothing. Raises SurveyOver, AnswerSettled,
    IdempotencyKeyReused.
    """
    today = local_date(now, time_zone_of(session, agency=said.agency, site=said.site))

    def run() -> dict[str, Any]:
        must_be_answerable(said.day or today, today)
        heard = _write(session, said, keyring=keyring, today=today)
        return {
            "is_changed": heard.is_changed,
            "changeable_until": heard.changeable_until.isoformat(),
        }

    # A plain fingerprint of so few possible answers could be tried out against a ticket.
    print_ = keyed_hash(keyring.secret, commands.fingerprint(body))
    found = commands.once(session, scope=SCOPE, key=key, body=print_, now=now, run=run)
    until = date.fromisoformat(found["changeable_until"])
    return Heard(is_changed=found["is_changed"], changeable_until=until)


def _write(session: Session, said: Said, *, keyring: Keyring, today: date) -> Heard:
    told = {element.value: said.answers[element] for element in Element} | {"remark": said.remark}
    values = {
        "agency": said.agency,
        "site": said.site,
        "service": said.service,
        "counter": said.counter,
        "day": said.day or today,
        "answered_on": today,
        "channel": said.channel,
        "visit": visit_of(said.ticket_id, keyring) if said.ticket_id else None,
        **told,
    }
    statement = insert_into(session, SurveyAnswer).values(values).on_conflict_do_nothing()
    if session.execute(statement.returning(SurveyAnswer.id)).scalar() is not None:
        return Heard(is_changed=False, changeable_until=changeable_until(today))
    earlier = session.scalars(
        select(SurveyAnswer).where(SurveyAnswer.visit == values["visit"]).with_for_update()
    ).one()
    must_be_changeable(earlier.answered_on, today)
    for name, value in told.items():
        setattr(earlier, name, value)
    session.flush()
    return Heard(is_changed=True, changeable_until=changeable_until(earlier.answered_on))


def visit_of(ticket_id: str, keyring: Keyring) -> str:
    """Return what recognises a repeat, and the ticket to nobody without the service's secret."""
    return keyed_hash(keyring.secret, f"survey:{ticket_id}")


def forget_visits(session: Session, *, now: datetime) -> int:
    """Take away what recognises repeats where none is taken any more; return of how many answers.

    To be called again while it returns BATCH.
    """
    # A day more: the day begins two hours earlier in the east.
    before = local_date(now, DEFAULT_TIME_ZONE) - timedelta(days=ANSWERED_WITHIN_DAYS + 1)
    old = session.scalars(
        select(SurveyAnswer.id)
        .where(SurveyAnswer.visit.is_not(None), SurveyAnswer.day < before)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if old:
        session.execute(update(SurveyAnswer).where(SurveyAnswer.id.in_(old)).values(visit=None))
    return len(old)


@dataclass(kw_only=True)
class Tally:
    """What several people answered."""

    respondents: int = 0
    answered: dict[Element, Answered] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Put another one with it."""
        self.respondents += other.respondents
        for element, more in other.answered.items():
            self.answered[element] = self.answered.get(element, Answered()) + more


def tallies(session: Session, where: ColumnElement[bool], *by: Any) -> list[tuple[Any, Tally]]:
    """Return what is answered by month, and by what else is asked: pairs of a row and its tally.

    A row has `year`, `month` and the columns of `by`. `where` must bound the days.
    """
    year = extract("year", SurveyAnswer.day).cast(Integer).label("year")
    month = extract("month", SurveyAnswer.day).cast(Integer).label("month")
    sums = [func.sum(getattr(SurveyAnswer, element.value)).label(element.value) for element in Element]
    counted = func.count().label("respondents")
    rows = session.execute(
        select(year, month, *by, counted, *sums).where(where).group_by(year, month, *by)
    ).all()
    return [(row, _tally(row)) for row in rows]


def _tally(row: Any) -> Tally:
    return Tally(
        respondents=row.respondents,
        answered={
            element: Answered(count=row.respondents, total=int(getattr(row, f"{element.value}")))
            for element in Element
        },
    )


def figures(session: Session, *, kind: str, day: date, agencies: frozenset[str] = frozenset()) -> Figures:
    """Return the survey in the month, quarter or year (`kind`) of a day, of `agencies` (empty: of all).

    What is hidden is decided for the whole year at once, so that no page gives away what another one hides.
    """
    wanted, year = period_of(kind, day), period_of(YEAR, day)
    own = SurveyAnswer.agency.in_(sorted(agencies)) if agencies else true()
    in_year = and_(SurveyAnswer.day.between(year.first, year.last), own)
    known = names(session)
    found: dict[tuple[Group, date], Tally] = {}
    for row, tally in tallies(session, in_year, SurveyAnswer.agency, SurveyAnswer.service):
        month = date(row.year, row.month, 1)
        service = row.service or NO_SERVICE
        for group in ((), (row.agency,), (row.agency, service)):
            found.setdefault((group, month), Tally()).add(tally)
    groups = sorted({group for group, _ in found} | {()}, key=lambda group: _order(group, known))
    spans = (*year.parts(MONTH), *year.parts(QUARTER), year)
    cells = {(group, span): _sum(found, group, span) for group in groups for span in spans}
    hidden = hidden_cells(
        {cell: tally.respondents for cell, tally in cells.items()},
        _lines(groups, year),
        floor=FEWEST_RESPONDENTS,
        worth=_worth,
    )
    told = {
        cell: None if cell in hidden else result_of(t.respondents, t.answered) for cell, t in cells.items()
    }
    return Figures(
        period=wanted,
        total=Row(result=told[(), wanted]),
        rows=tuple(
            _row(group, known, told[group, wanted])
            for group in groups
            if group and cells[group, wanted].respondents
        ),
        months=tuple((span, Row(result=told[(), span])) for span in year.parts(MONTH)),
        remarks=_remarks(session, wanted, known, own),
        by_channel=_by_channel(session, wanted, own, is_hidden=told[(), wanted] is None),
    )


def _sum(found: Mapping[tuple[Group, date], Tally], group: Group, span: Period) -> Tally:
    total = Tally()
    for month in span.parts(MONTH):
        if (group, month.first) in found:
            total.add(found[group, month.first])
    return total


def _lines(groups: Iterable[Group], year: Period) -> list[Line]:
    """Return what adds up: months to quarters to the year, services to agencies to all."""
    groups = list(groups)
    quarters = year.parts(QUARTER)
    lines = []
    for group in groups:
        lines.append(_line((group, year), [(group, quarter) for quarter in quarters]))
        lines += [_line((group, each), [(group, month) for month in each.parts(MONTH)]) for each in quarters]
    for span in (*year.parts(MONTH), *quarters, year):
        for group in groups:
            below = [each for each in groups if len(each) == len(group) + 1 and each[: len(group)] == group]
            if below:
                lines.append(_line((group, span), [(each, span) for each in below]))
    return lines


def _worth(cell: Any) -> int:
    """Return what a cell is worth: all more than an agency, a year more than a month."""
    group, span = cell
    return 10 * (2 - len(group)) + (MONTH, QUARTER, YEAR).index(span.kind)


def _line(total: Cell, parts: list[Any]) -> Line:
    return Line(total=total, parts=tuple(parts))


def _order(group: Group, known: Names) -> tuple[str, ...]:
    """Return by what a group is sorted: agencies by name, each before its services."""
    if not group:
        return ()
    agency = known.agency(group[0]).called("id")
    return (agency, known.service(group[0], group[1]).called("id")) if len(group) > 1 else (agency,)


def _row(group: Group, known: Names, result: Any) -> Row:
    agency, *service = group
    found = None
    if service:
        found = known.service(agency, service[0]) if service[0] else Named(code=NO_SERVICE)
    return Row(agency=known.agency(agency), service=found, result=result)


def _remarks(session: Session, period: Period, known: Names, own: ColumnElement[bool]) -> tuple[Remark, ...]:
    """Return the newest remarks, without anything by which they could be put beside an answer."""
    rows = session.execute(
        select(SurveyAnswer.agency, SurveyAnswer.day, SurveyAnswer.remark)
        .where(SurveyAnswer.day.between(period.first, period.last), SurveyAnswer.remark.is_not(None), own)
        .order_by(SurveyAnswer.day.desc(), SurveyAnswer.remark)
        .limit(REMARKS_SHOWN)
    )
    return tuple(
        Remark(agency=known.agency(agency), month=day.replace(day=1), text=remark or "")
        for agency, day, remark in rows
    )


def _by_channel(
    session: Session, period: Period, own: ColumnElement[bool], *, is_hidden: bool
) -> dict[str, int | None]:
    """Return how many answered by which channel, each None where that would tell of few."""
    rows = session.execute(
        select(SurveyAnswer.channel, func.count())
        .where(SurveyAnswer.day.between(period.first, period.last), own)
        .group_by(SurveyAnswer.channel)
    )
    counts: dict[Cell, int] = dict.fromkeys(CHANNELS, 0)
    counts |= {channel: count for channel, count in rows}
    counts["all"] = sum(counts.values())
    hidden = hidden_cells(counts, [Line(total="all", parts=CHANNELS)], floor=FEWEST_RESPONDENTS)
    return {each: None if is_hidden or each in hidden else counts[each] for each in CHANNELS}
