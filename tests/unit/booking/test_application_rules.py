"""Applications after the counter: what may follow what, what is promised, how long a result is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from gerai_booking import agencies
from gerai_booking.rules.application import (
    MoveNotAllowed,
    Progress,
    Terms,
    begin,
    is_final,
    lateness,
    move,
    moves_of,
    next_stages,
)
from gerai_booking.rules.catalogue import Agency, Collection, Service, Stage, Text, collection_on
from gerai_booking.rules.catalogue.stages import SIDE_STAGES, stage_problems
from gerai_booking.rules.checklist import NOT_CONCERNED, Checklist, missing_of
from gerai_booking.rules.collecting import kept_until, next_reminder_on, reminders_due
from gerai_shared.workdays import WorkCalendar
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 11, 25)
CALENDAR = WorkCalendar()
FOUR_FROM_INTERVIEW = Terms(working_days=4, counts_from="interviewed")
AGENCIES = [agencies.load(name, TODAY) for name in agencies.available()]
FOLLOWED = [service for agency in AGENCIES for service in agency.services if service.stages]


def service_of(code: str) -> Service:
    return next(service for service in FOLLOWED if service.code == code)


PASSPORT = service_of("passport-new")
LINE = tuple(stage.code for stage in PASSPORT.stages)


def walk(
    *moves: tuple[str, date], stages: Sequence[Stage] = PASSPORT.stages, terms: Terms | None
) -> Progress:
    """Open an application on the first day, then go to each stage on its day."""
    (first, day), *rest = moves
    progress = begin(stages, terms=terms, today=day, calendar=CALENDAR)
    assert progress.stage == first
    for to, day in rest:
        progress = move(progress, to, stages=stages, terms=terms, today=day, calendar=CALENDAR)
    return progress


def interviewed(day: date) -> Progress:
    return walk(("file_complete", day), ("paid", day), ("interviewed", day), terms=FOUR_FROM_INTERVIEW)


def go(progress: Progress, to: str, day: date, terms: Terms = FOUR_FROM_INTERVIEW) -> Progress:
    return move(progress, to, stages=PASSPORT.stages, terms=terms, today=day, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("interview", "days", "due"),
    [
        (date(2026, 3, 13), 4, date(2026, 3, 26)),
        (date(2026, 3, 17), 4, date(2026, 3, 30)),
        (date(2026, 3, 18), 5, date(2026, 3, 31)),
        (date(2026, 3, 13), 14, date(2026, 4, 10)),
        (date(2026, 3, 13), 60, date(2026, 6, 24)),
        (date(2026, 12, 23), 3, date(2026, 12, 30)),
        (date(2026, 11, 23), 3, date(2026, 11, 26)),
        (date(2026, 11, 23), 14, date(2026, 12, 11)),
        (date(2026, 11, 23), 60, date(2027, 2, 22)),
    ],
)
def test_a_promise_counts_working_days_after_the_day_it_begins_with(
    interview: date, days: int, due: date
) -> None:
    terms = Terms(working_days=days, counts_from="interviewed")
    moves = (
        ("file_complete", interview - timedelta(days=9)),
        ("paid", interview),
        ("interviewed", interview),
    )
    assert walk(*moves, terms=terms).promise_on == due


def test_nothing_is_promised_before_the_stage_from_which_it_counts() -> None:
    progress = walk(("file_complete", TODAY), ("paid", TODAY), terms=FOUR_FROM_INTERVIEW)
    assert (progress.starts_on, progress.promise_on) == (None, None)


def test_what_waits_for_the_citizen_moves_the_promise_by_the_working_days_it_waited() -> None:
    progress = interviewed(date(2026, 11, 23))
    assert progress.promise_on == date(2026, 11, 27)
    waiting = go(progress, "waiting_for_citizen", date(2026, 11, 24))
    # Wednesday, Thursday, Friday, Monday: the weekend was no working day before either.
    back = go(waiting, "interviewed", date(2026, 11, 30))
    assert (back.stopped_days, back.promise_on) == (4, date(2026, 12, 3))


def test_what_is_brought_on_the_same_day_moves_nothing() -> None:
    progress = interviewed(date(2026, 11, 23))
    waiting = go(progress, "waiting_for_citizen", date(2026, 11, 24))
    assert go(waiting, "interviewed", date(2026, 11, 24)).promise_on == progress.promise_on


def test_waiting_before_the_clock_has_begun_moves_nothing() -> None:
    moves = (
        ("file_complete", date(2026, 11, 2)),
        ("waiting_for_citizen", date(2026, 11, 3)),
        ("file_complete", date(2026, 11, 20)),
        ("paid", date(2026, 11, 20)),
        ("interviewed", date(2026, 11, 23)),
    )
    assert walk(*moves, terms=FOUR_FROM_INTERVIEW).promise_on == date(2026, 11, 27)


def test_without_a_promise_no_day_is_named() -> None:
    stages = service_of("passport-lost").stages
    progress = walk(("file_complete", TODAY), ("examined", TODAY), stages=stages, terms=None)
    assert progress.promise_on is None


@pytest.mark.parametrize("service", FOLLOWED, ids=lambda service: service.code)
def test_every_stage_can_be_reached_and_only_ends_lead_nowhere(service: Service) -> None:
    table = moves_of(service.stages)
    for code, after in table.items():
        assert bool(after) is not is_final(code, service.stages), code
    reached, ahead = set(), [service.stages[0].code]
    while ahead:
        code = ahead.pop()
        if code not in reached:
            reached.add(code)
            ahead += table[code]
    assert reached >= {stage.code for stage in service.stages}


@st.composite
def journeys(draw: st.DrawFn) -> list[tuple[str, int]]:
    """Where somebody wants an application to go, and how many days later."""
    stage = st.sampled_from([*LINE, *SIDE_STAGES])
    return draw(st.lists(st.tuples(stage, st.integers(0, 12)), max_size=40))


@given(
    journeys(), st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 20), st.sampled_from(LINE[:-2])
)
def test_whatever_happens_the_promise_is_start_and_days_and_what_was_stopped(
    journey: list[tuple[str, int]], day: date, days: int, counts_from: str
) -> None:
    terms = Terms(working_days=days, counts_from=counts_from)
    progress = begin(PASSPORT.stages, terms=terms, today=day, calendar=CALENDAR)
    started = day if counts_from == progress.stage else None
    stopped: set[date] = set()
    for wanted, later in journey:
        next_day = day + timedelta(days=later)
        stood = progress.stage in {"waiting_for_citizen", "file_complete"}
        allowed = next_stages(progress, PASSPORT.stages)
        if wanted not in allowed:
            with pytest.raises(MoveNotAllowed):
                go(progress, wanted, next_day, terms)
            continue
        # No stage of the line is skipped: one step on, or back to where it was.
        if wanted in LINE and progress.stage in LINE:
            assert LINE.index(wanted) == LINE.index(progress.stage) + 1
        passed = (day + timedelta(days=offset) for offset in range(1, later + 1))
        if stood and started is not None:
            stopped |= {each for each in passed if CALENDAR.is_working_day(each)}
        progress, day = go(progress, wanted, next_day, terms), next_day
        if wanted == counts_from and started is None:
            started = day
        if progress.stopped_since is None:
            expected = CALENDAR.add_working_days(started, days + len(stopped)) if started else None
            assert progress.promise_on == expected
            assert progress.stopped_days == len(stopped)


def test_only_what_runs_late_is_overdue() -> None:
    progress = interviewed(date(2026, 11, 23))
    assert progress.promise_on == date(2026, 11, 27)

    def late(found: Progress, day: date) -> str:
        return lateness(found, PASSPORT.stages, today=day, calendar=CALENDAR)

    assert [late(progress, date(2026, 11, day)) for day in (25, 26, 27, 28)] == ["", "soon", "soon", "late"]
    waiting = go(progress, "waiting_for_citizen", date(2026, 11, 27))
    assert late(waiting, date(2026, 12, 20)) == ""
    ready = replace(progress, stage="ready")
    assert late(ready, date(2026, 12, 20)) == ""


@pytest.mark.parametrize(
    ("ready_on", "last"),
    [
        (date(2026, 11, 30), date(2026, 12, 30)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2027, 12, 31), date(2028, 1, 31)),
        (date(2028, 1, 30), date(2028, 2, 29)),
    ],
)
def test_one_month_lasts_to_the_same_day_of_the_next_or_to_its_last(ready_on: date, last: date) -> None:
    rule = collection_on(PASSPORT, ready_on)
    assert rule is not None
    assert kept_until(rule, ready_on) == last


def test_a_month_and_thirty_days_are_different_rows() -> None:
    month = collection_on(PASSPORT, TODAY)
    assert month is not None
    thirty = replace(month, months=None, days=30)
    assert kept_until(month, date(2026, 1, 31)) == date(2026, 2, 28)
    assert kept_until(thirty, date(2026, 1, 31)) == date(2026, 3, 2)
    assert kept_until(replace(month, months=None), TODAY) is None


def test_reminders_come_on_their_days_and_not_after_the_last_one() -> None:
    rule = collection_on(PASSPORT, TODAY)
    assert rule is not None
    ready_on = date(2026, 12, 1)
    days = {count: ready_on + timedelta(days=count) for count in (6, 7, 14, 28, 40)}
    assert [reminders_due(rule, ready_on, today=day) for day in days.values()] == [
        (),
        (7,),
        (7, 14),
        (7, 14, 21, 28),
        (),
    ]
    assert next_reminder_on(rule, ready_on, after=ready_on) == days[7]
    assert next_reminder_on(rule, ready_on, after=days[28]) is None


REQUIRED = PASSPORT.requirements
ALL_CODES = frozenset(requirement.code for requirement in REQUIRED)
FOR_SOME = frozenset(requirement.code for requirement in REQUIRED if requirement.only_for is not None)


def test_a_file_is_complete_when_each_requirement_is_there_or_has_a_reason() -> None:
    assert missing_of(REQUIRED, Checklist(have=ALL_CODES)) == ()
    not_concerned = dict.fromkeys(FOR_SOME, NOT_CONCERNED)
    assert missing_of(REQUIRED, Checklist(have=ALL_CODES - FOR_SOME, absences=not_concerned)) == ()
    reasons = {"family-card": "Terbakar, ada surat kelurahan"}
    assert missing_of(REQUIRED, Checklist(have=ALL_CODES - {"family-card"}, absences=reasons)) == ()


@pytest.mark.parametrize("reason", ["", "lupa", NOT_CONCERNED])
def test_what_everybody_brings_is_missing_without_a_good_reason(reason: str) -> None:
    checklist = Checklist(have=ALL_CODES - {"family-card"}, absences={"family-card": reason})
    assert [requirement.code for requirement in missing_of(REQUIRED, checklist)] == ["family-card"]


@given(st.sets(st.sampled_from(sorted(ALL_CODES))))
def test_what_is_not_ticked_is_missing(have: set[str]) -> None:
    missing = missing_of(REQUIRED, Checklist(have=frozenset(have)))
    assert {requirement.code for requirement in missing} == ALL_CODES - have


def sample(**changes: object) -> Agency:
    """The immigration agency with one service changed."""
    agency = next(agency for agency in AGENCIES if agency.code == "immigration")
    first, *rest = agency.services
    return replace(agency, services=(replace(first, **changes), *rest))  # type: ignore[arg-type]


STAGE = Stage(code="other", name=Text(id="Lain", en="Other"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"stages": PASSPORT.stages[:-1]}, "handed over at the end"),
        ({"stages": (*PASSPORT.stages, STAGE)}, "handed over at the end"),
        ({"stages": (PASSPORT.stages[0], *PASSPORT.stages)}, "occurs twice"),
        ({"stages": (STAGE,), "promises": (), "collections": ()}, "nowhere to go"),
        ({"stages": (replace(STAGE, code="rejected"), *PASSPORT.stages)}, "beside the line"),
        ({"stages": (replace(STAGE, waits_for_citizen=True), *PASSPORT.stages)}, "does not say what for"),
        ({"stages": (replace(STAGE, code="No!"), *PASSPORT.stages)}, "not made of small letters"),
        (
            {"promises": tuple(replace(row, counts_from_stage="") for row in PASSPORT.promises)},
            "counts from ''",
        ),
        ({"collections": ()}, "needs a rule of collection"),
        ({"collections": PASSPORT.collections * 2}, "two rules of collection"),
    ],
)
def test_stages_that_contradict_themselves_are_told(changes: dict[str, object], told: str) -> None:
    assert any(told in problem for problem in stage_problems(sample(**changes)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"days": 30}, "not both"),
        ({"receivers": ()}, "has to show something"),
        ({"reminders": (14, 7)}, "in their order"),
    ],
)
def test_rules_of_collection_that_contradict_themselves_are_told(
    change: dict[str, object], told: str
) -> None:
    rule: Collection = replace(PASSPORT.collections[0], **change)  # type: ignore[arg-type]
    assert any(told in problem for problem in stage_problems(sample(collections=(rule,))))


def test_a_place_of_collection_has_to_exist_and_to_be_told() -> None:
    agency = sample()
    nowhere = replace(agency.offers[-1], collection_site="nowhere")
    silent = replace(agency.offers[-1], collection=None)
    assert any("is unknown" in each for each in stage_problems(replace(agency, offers=(nowhere,))))
    assert any("both its words" in each for each in stage_problems(replace(agency, offers=(silent,))))
