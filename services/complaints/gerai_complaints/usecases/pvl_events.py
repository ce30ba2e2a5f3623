"""Events of PVL on the spot: planned, held or cancelled, against the plan of the year (S0-1, S2-7, S2-10)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from gerai_shared import accounts, commands
from gerai_shared.accounts import Officer
from gerai_shared.clock import local_date
from gerai_shared.database import insert_into
from gerai_shared.ids import new_id
from sqlalchemy import ColumnElement, delete, func, or_, select, true
from sqlalchemy.orm import Session

from gerai_complaints.models import PvlEvent, PvlIntake, PvlMember, PvlPlan
from gerai_complaints.pvl_refusals import UnknownEvent, UnknownMember
from gerai_complaints.pvl_shapes import EventLine, EventPlan, EventYear, Member
from gerai_complaints.refusals import UnknownAgency
from gerai_complaints.rules.pvl import EventState, IntakeKind, TeamRole, YearOfEvents, check_state, years_of
from gerai_complaints.usecases.places import DEFAULT_TIME_ZONE, Names, names, time_zone_of
from gerai_complaints.usecases.reading import agencies_of

#: How many coming events the public is told of.
TOLD = 50
#: Counts of intake by event and kind.
Counts = dict[tuple[str, str], int]


def list_year(session: Session, *, year: int | None, officer: Officer, now: datetime) -> EventYear:
    """Return the events of a year (None: of this one), the earliest first, and the years around today.

    Those of other agencies are not in the list; the years count all, as the public page does.
    """
    this_year = local_date(now, DEFAULT_TIME_ZONE).year
    year = year if year is not None and this_year - 20 <= year <= this_year + 20 else this_year
    found = session.scalars(
        select(PvlEvent)
        .where(PvlEvent.first_day.between(date(year, 1, 1), date(year, 12, 31)), own_events(session, officer))
        .order_by(PvlEvent.first_day, PvlEvent.id)
    ).all()
    known, counts = names(session), intake_of(session, [each.id for each in found])
    return EventYear(
        year=year,
        events=tuple(line_of(each, known, counts) for each in found),
        years=tuple(years(session, now=now)),
    )


def years(session: Session, *, now: datetime) -> list[YearOfEvents]:
    """Return the last, this and the next year, counted against their plans."""
    this_year = local_date(now, DEFAULT_TIME_ZONE).year
    rows = session.execute(
        select(PvlEvent.first_day, PvlEvent.state).where(PvlEvent.first_day >= date(this_year - 2, 1, 1))
    )
    targets = {row.year: row.target for row in session.scalars(select(PvlPlan))}
    return years_of(
        [(day, EventState(state)) for day, state in rows], targets, years=range(this_year - 1, this_year + 2)
    )


def intake_of(session: Session, events: Iterable[str]) -> Counts:
    """Return how many were received, by event and kind."""
    rows = session.execute(
        select(PvlIntake.event_id, PvlIntake.kind, func.count())
        .where(PvlIntake.event_id.in_(list(events)))
        .group_by(PvlIntake.event_id, PvlIntake.kind)
    )
    return {(event, kind): count for event, kind, count in rows}


def line_of(event: PvlEvent, known: Names, counts: Counts) -> EventLine:
    """Return an event as a list shows it."""
    return EventLine(
        id=event.id,
        first_day=event.first_day,
        last_day=event.last_day,
        agency=known.agency(event.agency),
        site=known.site(event.agency, event.site) if event.site else None,
        place=event.place,
        regency=event.regency,
        state=event.state,
        reason=event.reason,
        consultations=counts.get((event.id, IntakeKind.CONSULTATION), 0),
        complaints=counts.get((event.id, IntakeKind.COMPLAINT), 0),
    )


def team_of(session: Session, event_id: str) -> tuple[Member, ...]:
    """Return the team of an event, its head first."""
    column = accounts.officers.c
    rows = session.execute(
        select(PvlMember.officer_id, column.name, PvlMember.role)
        .join(accounts.officers, column.id == PvlMember.officer_id)
        .where(PvlMember.event_id == event_id)
        .order_by(PvlMember.role != TeamRole.HEAD.value, column.name, column.id)
    )
    return tuple(Member(officer_id=row.officer_id, name=row.name, role=row.role) for row in rows)


def own_events(session: Session, officer: Officer) -> ColumnElement[bool]:
    """Return the condition of what is an officer's business: events at their agencies, and with them."""
    own = agencies_of(session, officer)
    if not own:
        return true()
    theirs = select(PvlMember.event_id).where(PvlMember.officer_id == officer.id)
    return or_(PvlEvent.agency.in_(sorted(own)), PvlEvent.id.in_(theirs))


def find(session: Session, event_id: str, *, officer: Officer, locked: bool = False) -> PvlEvent:
    """Return an event. Raises UnknownEvent, for those of other agencies as for those that do not exist."""
    query = select(PvlEvent).where(PvlEvent.id == event_id, own_events(session, officer))
    event = session.scalar(query.with_for_update() if locked else query)
    if event is None:
        raise UnknownEvent
    return event


def is_on_team(session: Session, event_id: str, officer: Officer) -> bool:
    """Tell whether somebody may receive people at an event: its team, and the supervisors."""
    return officer.is_supervisor or session.get(PvlMember, (event_id, officer.id)) is not None


def save(
    session: Session,
    plan: EventPlan,
    *,
    event_id: str | None,
    officer: Officer,
    agencies: tuple[str, ...],
    key: str,
    now: datetime,
) -> str:
    """Write a new event down, or what is to be changed of one; return its id. The same `key` does it once.

    Raises Forbidden, UnknownEvent, UnknownAgency, UnknownMember, IdempotencyKeyReused.
    """
    officer.must_be_supervisor()

    def run() -> dict[str, Any]:
        own = agencies_of(session, officer)
        if (agencies and plan.agency not in agencies) or (own and plan.agency not in own):
            raise UnknownAgency
        if event_id is None:
            event = PvlEvent(id=new_id(), state=EventState.PLANNED.value, reason=None)
            session.add(event)
        else:
            event = find(session, event_id, officer=officer, locked=True)
        for name in ("first_day", "last_day", "agency", "site", "place", "regency"):
            setattr(event, name, getattr(plan, name))
        event.recorded_at, event.recorded_by = now, officer.id
        session.flush()
        _put_team(session, event.id, plan)
        return {"id": event.id}

    body = {"event": event_id, "plan": repr(plan)}
    answer = commands.once(session, scope="pvl.event", key=key, body=body, now=now, run=run)
    return str(answer["id"])


def _put_team(session: Session, event_id: str, plan: EventPlan) -> None:
    known = {each.id for each in accounts.staff(session)}
    before = set(session.scalars(select(PvlMember.officer_id).where(PvlMember.event_id == event_id)))
    # Whoever was on the team before may stay, though their account has been closed meanwhile.
    if not {plan.head, *plan.assistants} <= known | before:
        raise UnknownMember
    session.execute(delete(PvlMember).where(PvlMember.event_id == event_id))
    session.add(PvlMember(event_id=event_id, officer_id=plan.head, role=TeamRole.HEAD.value))
    for each in dict.fromkeys(plan.assistants):
        session.add(PvlMember(event_id=event_id, officer_id=each, role=TeamRole.ASSISTANT.value))
    session.flush()


def set_state(
    session: Session, event_id: str, *, to: str, reason: str | None, officer: Officer, now: datetime
) -> None:
    """Write down what became of an event. Raises Forbidden, UnknownEvent, EventNotBegun, EventHasIntake."""
    officer.must_be_supervisor()
    event = find(session, event_id, officer=officer, locked=True)
    state = EventState(to)
    check_state(
        state,
        first_day=event.first_day,
        today=today_at(session, event, now),
        intake=sum(intake_of(session, [event.id]).values()),
    )
    event.state = state.value
    event.reason = reason if state is EventState.CANCELLED else None
    event.recorded_at, event.recorded_by = now, officer.id


def set_plan(session: Session, *, year: int, target: int, basis: str, officer: Officer) -> None:
    """Set how many events a year should have. Raises Forbidden."""
    officer.must_be_supervisor()
    statement = insert_into(session, PvlPlan).values(year=year, target=target, basis=basis)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["year"],
            set_={name: statement.excluded[name] for name in ("target", "basis")},
        )
    )


def today_at(session: Session, event: PvlEvent, now: datetime) -> date:
    """Return the calendar day at an event's place."""
    return local_date(now, time_zone_of(session, agency=event.agency, site=event.site))


def published(session: Session, *, now: datetime) -> dict[str, Any]:
    """Return what everybody may read, as JSON: events that are to come, and this year's count.

    Neither team nor reasons: names of officers are not for the public.
    """
    today = local_date(now, DEFAULT_TIME_ZONE)
    coming = session.scalars(
        select(PvlEvent)
        .where(PvlEvent.last_day >= today, PvlEvent.state != EventState.CANCELLED.value)
        .order_by(PvlEvent.first_day, PvlEvent.id)
        .limit(TOLD)
    )
    known = names(session)
    year = next(each for each in years(session, now=now) if each.year == today.year)
    return {
        "year": {"year": year.year, "held": year.held, "to_come": year.to_come, "target": year.target},
        "coming": [_told(line_of(each, known, {}), each) for each in coming],
    }


def _told(line: EventLine, event: PvlEvent) -> dict[str, Any]:
    place = {language: line.site.called(language) if line.site else line.place for language in ("id", "en")}
    return {
        "first_day": line.first_day.isoformat(),
        "last_day": line.last_day.isoformat(),
        "agency": event.agency,
        "agency_name": {language: line.agency.called(language) for language in ("id", "en")},
        "site": event.site,
        "place": place,
        "regency": line.regency,
    }
