"""The ladder: when its rungs are reached, on whatever calendar, and that none is left out."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from gerai_complaints.rules.case import Classification
from gerai_complaints.rules.due import last_day
from gerai_complaints.rules.ladder import LADDER, Level, Period, higher, ladder_of
from gerai_shared.workdays import WorkCalendar
from hypothesis import given
from hypothesis import strategies as st

CALENDAR = WorkCalendar()
MONDAY = date(2026, 11, 23)


def period(working_days: int, *, begins: date = MONDAY, time_zone: str = "Asia/Jakarta") -> Period:
    ends = last_day(CALENDAR, start=begins, working_days=working_days)
    return Period(ladder=LADDER, begins=begins, working_days=working_days, ends=ends, time_zone=time_zone)


def local(day: date, *, time_zone: str = "Asia/Jakarta") -> datetime:
    return datetime.combine(day, datetime.min.time(), ZoneInfo(time_zone))


def test_a_complaint_of_fourteen_days_climbs_over_weekends_and_christmas() -> None:
    # Fourteen working days after Monday 23 November; 24 and 25 December are no working days.
    asked = period(14)
    assert asked.ends == date(2026, 12, 11)
    reached = {rung.code: asked.moment(rung, CALENDAR) for rung in LADDER}
    assert reached == {
        "reminder_75": local(date(2026, 12, 8)),
        "reminder_90": local(date(2026, 12, 10)),
        "unit_head": local(date(2026, 12, 12)),
        "agency_head": local(date(2026, 12, 17)),
        "mall": local(date(2026, 12, 19)),
        "ombudsman": local(date(2026, 12, 30)),
    }
    assert asked.due_at == reached["unit_head"]


def test_the_due_moment_is_that_of_the_place() -> None:
    in_gorontalo = period(5, time_zone="Asia/Makassar")
    assert in_gorontalo.due_at == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert period(5).due_at - in_gorontalo.due_at == timedelta(hours=1)


@given(
    working_days=st.integers(min_value=1, max_value=60),
    begins=st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 6, 30)),
)
def test_rungs_are_reached_in_their_order_and_reminders_before_it_is_late(
    working_days: int, begins: date
) -> None:
    asked = period(working_days, begins=begins)
    moments = [asked.moment(rung, CALENDAR) for rung in LADDER]
    assert moments == sorted(moments)
    assert moments[0] > local(begins)
    for rung, moment in zip(LADDER, moments, strict=True):
        assert (moment < asked.due_at) == (rung.level is Level.OFFICER)


@given(
    hours=st.lists(st.integers(min_value=0, max_value=400), max_size=40),
    working_days=st.sampled_from((5, 14, 60)),
)
def test_however_often_it_is_looked_each_rung_is_reached_once(hours: list[int], working_days: int) -> None:
    asked, climbed, seen = period(working_days), 0, []
    now = local(MONDAY)
    for step in hours:
        now += timedelta(hours=step)
        found = asked.reached(climbed, CALENDAR, now)
        seen += [rung.code for rung in found]
        climbed += len(found)
        following = asked.next_at(climbed, CALENDAR)
        assert following is None or following > now
    assert seen == [rung.code for rung in LADDER[:climbed]]


@given(
    working_days=st.integers(min_value=1, max_value=20),
    closed=st.sets(st.integers(min_value=1, max_value=40), max_size=12),
    hours=st.integers(min_value=0, max_value=2_000),
    climbed=st.integers(min_value=0, max_value=len(LADDER)),
)
def test_days_that_are_closed_later_leave_no_rung_out_and_repeat_none(
    working_days: int, closed: set[int], hours: int, climbed: int
) -> None:
    asked, now = period(working_days), local(MONDAY) + timedelta(hours=hours)
    later = WorkCalendar(closed=frozenset(MONDAY + timedelta(days=each) for each in closed))
    assert asked.reached(climbed, later, now) == list(
        LADDER[climbed:][: len(asked.reached(climbed, later, now))]
    )
    for rung in LADDER:
        if rung.share is not None:
            assert asked.moment(rung, later) < asked.due_at
    assert asked.moment(LADDER[2], later) == asked.due_at


def test_a_reminder_that_closed_days_push_behind_the_due_date_comes_before_it() -> None:
    asked = period(5)
    closed = WorkCalendar(closed=frozenset({date(2026, 11, 26), date(2026, 11, 27)}))
    assert [rung.code for rung in asked.reached(0, closed, asked.due_at)] == [
        "reminder_75",
        "reminder_90",
        "unit_head",
    ]


@pytest.mark.parametrize(
    ("classification", "is_about_mall", "levels"),
    [
        (Classification.COMPLAINT, False, ["unit_head", "agency_head", "mall", "ombudsman"]),
        (Classification.INFORMATION, False, ["unit_head", "agency_head", "mall"]),
        (Classification.ASPIRATION, False, ["unit_head", "agency_head", "mall"]),
        (Classification.COMPLAINT, True, ["mall", "ombudsman"]),
        (Classification.ASPIRATION, True, ["mall"]),
    ],
)
def test_what_is_no_complaint_ends_before_the_ombudsman_and_the_mall_has_no_agency(
    classification: Classification, is_about_mall: bool, levels: list[str]
) -> None:
    ladder = ladder_of(classification, is_about_mall=is_about_mall)
    assert [rung.level.value for rung in ladder] == ["officer", "officer", *levels]


def test_a_level_is_never_taken_back() -> None:
    assert higher(None, Level.UNIT_HEAD) is Level.UNIT_HEAD
    assert higher(Level.MALL, Level.UNIT_HEAD) is Level.MALL
    assert higher(Level.MALL, Level.OMBUDSMAN) is Level.OMBUDSMAN


def test_at_the_end_of_the_ladder_nothing_follows() -> None:
    assert period(5).next_at(len(LADDER), CALENDAR) is None
    assert period(5).reached(len(LADDER), CALENDAR, datetime(2030, 1, 1, tzinfo=UTC)) == []


@pytest.mark.parametrize("level", list(Level))
def test_every_level_has_a_rung(level: Level) -> None:
    assert any(rung.level is level for rung in LADDER)
