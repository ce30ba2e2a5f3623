"""What may be done with a case, how long the clock stands still, what two complaints have in common."""

import itertools
from datetime import date, timedelta

import pytest
from gerai_complaints.rules.acts import MOVES, OF_SUPERVISORS, Act, Situation
from gerai_complaints.rules.case import FINAL_STATES, OPEN_STATES, State
from gerai_complaints.rules.clock import may_pause, paused_working_days
from gerai_complaints.rules.due import ANY_KIND, DueRule, NoDueRule, Step, rule_for
from gerai_complaints.rules.ladder import LADDER, Period
from gerai_complaints.rules.refusal import SecondPersonNeeded, must_be_another
from gerai_complaints.rules.similarity import ALIKE, likeness, words
from gerai_shared.workdays import WorkCalendar
from hypothesis import given
from hypothesis import strategies as st

CALENDAR = WorkCalendar()
DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2027, 3, 31))


def situation(state: State, **changes: object) -> Situation:
    """Return the situation of an officer before a case in `state`, with `changes`."""
    usual: dict[str, object] = {
        "officer": "petugas",
        "is_supervisor": False,
        "is_urgent": False,
        "is_joined": False,
        "is_first_round": True,
        "proposed_by": None,
    }
    return Situation(state=state, **{**usual, **changes})


@pytest.mark.parametrize("state", State)
def test_a_supervisor_can_do_whatever_officers_can_and_more(state: State) -> None:
    officers, supervisors = situation(state).acts(), situation(state, is_supervisor=True).acts()
    assert officers <= supervisors
    assert not officers & OF_SUPERVISORS
    assert Act.NOTE in officers


@pytest.mark.parametrize("state", sorted(FINAL_STATES))
def test_with_what_is_over_an_officer_can_only_write_notes(state: State) -> None:
    assert situation(state).acts() == {Act.NOTE}


def test_every_act_is_possible_somewhere() -> None:
    possible = {
        act
        for state, is_supervisor, proposed_by in itertools.product(State, (False, True), (None, "rekan"))
        for act in situation(state, is_supervisor=is_supervisor, proposed_by=proposed_by).acts()
    }
    assert possible == set(Act)


def test_whoever_proposed_a_refusal_does_not_decide_it_and_nobody_proposes_a_second_one() -> None:
    own = situation(State.VERIFICATION, is_supervisor=True, proposed_by="petugas").acts()
    anothers = situation(State.VERIFICATION, is_supervisor=True, proposed_by="rekan").acts()
    assert Act.DECIDE_REFUSAL not in own
    assert Act.DECIDE_REFUSAL in anothers
    assert Act.PROPOSE_REFUSAL not in own | anothers
    with pytest.raises(SecondPersonNeeded):
        must_be_another(proposed_by="petugas", decided_by="petugas")


def test_what_waits_for_the_citizen_is_not_verified_by_going_around_the_pause() -> None:
    acts = situation(State.TO_COMPLETE).acts()
    assert Act.VERIFY not in acts
    assert Act.COMPLETE in acts
    assert not acts & set(MOVES)


@given(began=DAYS, days=st.integers(0, 40), due_in=st.integers(0, 40))
def test_a_pause_moves_the_due_date_by_the_working_days_that_it_lasted(
    began: date, days: int, due_in: int
) -> None:
    ended, due = began + timedelta(days=days), began + timedelta(days=due_in)
    moved = paused_working_days(CALENDAR, began_on=began, ended_on=ended, due_on=due)
    assert moved == sum(CALENDAR.is_working_day(began + timedelta(days=each + 1)) for each in range(days))
    # Two pauses one after the other are as long as one.
    middle = began + timedelta(days=days // 2)
    assert moved == paused_working_days(
        CALENDAR, began_on=began, ended_on=middle, due_on=due
    ) + paused_working_days(CALENDAR, began_on=middle, ended_on=ended, due_on=max(due, middle))


def test_waiting_makes_nothing_that_is_late_less_late() -> None:
    due = date(2026, 11, 20)
    assert (
        paused_working_days(CALENDAR, began_on=date(2026, 11, 23), ended_on=date(2026, 12, 11), due_on=due)
        == 0
    )


def test_an_officer_stops_the_clock_twice_and_a_supervisor_as_often_as_needed() -> None:
    assert [may_pause(each, is_supervisor=False) for each in range(4)] == [True, True, False, False]
    assert may_pause(9, is_supervisor=True)


@given(begins=DAYS, working_days=st.integers(1, 60), paused=st.integers(0, 30))
def test_the_ladder_waits_as_long_as_the_clock_stood_still(
    begins: date, working_days: int, paused: int
) -> None:
    begins = CALENDAR.add_working_days(begins, 1)

    def moments(days: int) -> list[date]:
        period = Period(
            ladder=LADDER,
            begins=begins,
            working_days=working_days,
            paused_days=days,
            ends=CALENDAR.add_working_days(begins, working_days + days),
            time_zone="Asia/Jakarta",
        )
        return [period.moment(rung, CALENDAR).date() for rung in LADDER]

    for before, after in zip(moments(0), moments(paused), strict=True):
        passed = sum(
            CALENDAR.is_working_day(before + timedelta(days=each)) for each in range((after - before).days)
        )
        assert passed == paused


def test_a_rule_of_a_step_is_the_most_particular_one_that_holds() -> None:
    def rule(classification: str, agency: str | None, days: int, step: Step = Step.VERIFICATION) -> DueRule:
        return DueRule(
            classification=classification,
            agency=agency,
            step=step,
            working_days=days,
            basis="uji",
            valid_from=date(2019, 1, 1),
        )

    rules = [rule(ANY_KIND, None, 3), rule("complaint", None, 2), rule(ANY_KIND, "legal", 1)]

    def found(classification: str, agency: str) -> int:
        return rule_for(
            rules,
            classification=classification,
            agency=agency,
            day=date(2026, 1, 5),
            step=Step.VERIFICATION,
        ).working_days

    assert found("information", "immigration") == 3
    assert found("complaint", "immigration") == 2
    assert found("complaint", "legal") == 1
    with pytest.raises(NoDueRule):
        rule_for(rules, classification="complaint", agency="legal", day=date(2026, 1, 5))


def test_days_of_the_calendar_are_counted_where_a_rule_says_so() -> None:
    plain = DueRule(
        classification=ANY_KIND,
        step=Step.COMPLETION,
        working_days=30,
        in_calendar_days=True,
        basis="uji",
        valid_from=date(2019, 1, 1),
    )
    assert plain.last_day(CALENDAR, date(2026, 11, 23)) == date(2026, 12, 23)


@given(one=st.text(max_size=80), other=st.text(max_size=80))
def test_likeness_is_the_same_both_ways_and_whole_with_oneself(one: str, other: str) -> None:
    left, right = words(one), words(other)
    assert likeness(left, right) == likeness(right, left)
    assert 0 <= likeness(left, right) <= 1
    assert likeness(left, left) == (1.0 if left else 0.0)


def test_two_reports_about_the_same_broken_lift_are_alike_and_another_is_not() -> None:
    lift = words("Lift rusak sejak pagi, ibu hamil harus naik tangga ke lantai tiga")
    again = words("Ibu saya harus naik tangga ke lantai tiga karena lift rusak")
    queue = words("Nomor antrean saya dilewati petugas loket paspor")
    assert likeness(lift, again) >= ALIKE > likeness(lift, queue)


def test_an_office_owes_nothing_while_it_waits_for_the_citizen() -> None:
    assert State.TO_COMPLETE not in OPEN_STATES
    assert Act.EXTEND not in situation(State.TO_COMPLETE, is_supervisor=True).acts()
