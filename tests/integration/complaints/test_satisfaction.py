"""The survey of satisfaction and what everybody reads of a site, on both databases."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from eventlet import spawn
from gerai_complaints.models import Complaint, SurveyAnswer
from gerai_complaints.rules.satisfaction import Element
from gerai_complaints.schemas.satisfaction import SaySchema
from gerai_complaints.usecases import performance, satisfaction
from gerai_gateway.schemas.performance import ComplaintFiguresSchema, SurveyFiguresSchema
from gerai_shared import commands, tables
from gerai_shared.borders import load
from gerai_shared.refusals import Refused
from sqlalchemy import event, select, text

from tests.integration.complaints.conftest import Mall, StandingClock
from tests.support.waiting import wait_until

NOW = StandingClock.moment
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
TICKET = "01936c2e-7b1a-7c3d-8e5f-0000000000{:02d}"
GOOD = {element.value: 4 for element in Element}
POOR = {element.value: 2 for element in Element}


def said(number: int | None = 1, **changes: Any) -> dict[str, Any]:
    """Return a request `answer_survey` about ticket `number`; None: without one."""
    ticket = {"day": "2026-11-23", "ticket_id": TICKET.format(number)} if number is not None else {}
    return {
        "agency": "immigration",
        "site": "mpp-lebak",
        "service": "passport-new",
        "counter": "2",
        "channel": "link" if ticket else "kiosk",
        "answers": GOOD,
        "remark": None,
        **ticket,
        **changes,
    }


def kept(mall: Mall) -> list[SurveyAnswer]:
    with mall.deployment.database.reading() as session:
        return list(session.scalars(select(SurveyAnswer).order_by(SurveyAnswer.id)))


def test_a_visit_is_answered_once_changed_for_a_day_and_forgotten_then(mall: Mall) -> None:
    first = mall.ask("answer_survey", said(remark=" Petugas ramah. "), key="a-1")
    assert first == {"is_changed": False, "changeable_until": "2026-11-24"}
    # The same form twice, and another one later.
    assert mall.ask("answer_survey", said(remark=" Petugas ramah. "), key="a-1") == first
    mall.pass_time(days=1)
    changed = mall.ask("answer_survey", said(answers=POOR), key="a-2")
    assert changed == {"is_changed": True, "changeable_until": "2026-11-24"}
    (row,) = kept(mall)
    assert (row.conduct, row.remark, row.day, row.answered_on) == (
        2,
        None,
        date(2026, 11, 23),
        date(2026, 11, 23),
    )
    # Nothing tells of whom it is: no ticket, no name, no moment.
    assert row.visit is not None
    assert TICKET.format(1) not in row.visit
    with mall.deployment.database.reading() as session:
        prints = set(session.scalars(select(tables.commands.c.fingerprint)))
    assert prints.isdisjoint({commands.fingerprint(said(answers=POOR)), commands.fingerprint(said())})
    mall.pass_time(days=1)
    with pytest.raises(Refused) as settled:
        mall.ask("answer_survey", said(), key="a-3")
    assert settled.value.code == "answer_settled"
    mall.pass_time(days=29)
    with pytest.raises(Refused) as over:
        mall.ask("answer_survey", said(), key="a-4")
    assert over.value.code == "survey_over"
    mall.pass_time(days=1)
    with mall.deployment.database.transaction() as session:
        assert satisfaction.forget_visits(session, now=mall.deployment.clock.now()) == 1
    assert kept(mall)[0].visit is None


@POSTGRESQL
def test_two_first_answers_at_once_are_one_that_is_changed(mall: Mall) -> None:
    """The second waits for the first, as the database shows, and then takes its place."""

    def is_waiting() -> bool:
        with mall.deployment.database.engine.connect() as connection:
            return bool(connection.scalar(text(WAITING)))

    database, payload = mall.deployment.database, said()
    assert not is_waiting()
    with database.transaction() as session:
        satisfaction.answer(
            session,
            load(SaySchema(), payload),
            key="race-1",
            body=payload,
            keyring=mall.keyring,
            now=mall.deployment.clock.now(),
        )
        second = spawn(mall.ask, "answer_survey", said(answers=POOR), key="race-2")
        wait_until(is_waiting)
    assert second.wait()["is_changed"] is True
    assert [row.conduct for row in kept(mall)] == [2]


def test_answers_without_a_ticket_are_each_one_and_of_today(mall: Mall) -> None:
    for key in ("k-1", "k-2", "k-2"):
        mall.ask("answer_survey", said(None, service=None, counter=None), key=key)
    assert [(row.day, row.visit, row.service) for row in kept(mall)] == [(date(2026, 11, 23), None, None)] * 2


@pytest.mark.parametrize(
    "changes",
    [
        {"answers": GOOD | {"cost": 5}},
        {"answers": GOOD | {"cost": 0}},
        {"answers": GOOD | {"cost": "4"}},
        {"answers": GOOD | {"cost": True}},
        {"answers": {name: value for name, value in GOOD.items() if name != "cost"}},
        {"answers": GOOD | {"u10": 4}},
        {"channel": "phone"},
        {"remark": "x" * 501},
        {"name": "Siti Contoh"},
    ],
)
def test_what_is_no_answer_is_refused_field_by_field(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        load(SaySchema(), said(**changes))
    assert refused.value.details["fields"]


def answered(mall: Mall, agency: str, service: str, day: str, *, count: int, value: int = 3) -> None:
    with mall.deployment.database.transaction() as session:
        session.add_all(
            SurveyAnswer(
                agency=agency,
                site="mpp-lebak",
                service=service,
                day=date.fromisoformat(day),
                answered_on=date.fromisoformat(day),
                channel="link",
                **{element.value: value for element in Element},
            )
            for _ in range(count)
        )


def test_the_desk_reads_index_and_grade_by_service_and_period_without_small_groups(mall: Mall) -> None:
    mall.open_agency()
    answered(mall, "immigration", "passport-new", "2026-11-02", count=20, value=4)
    answered(mall, "immigration", "passport-renewal", "2026-11-03", count=12, value=3)
    answered(mall, "immigration", "passport-lost", "2026-11-03", count=3, value=1)
    answered(mall, "legal", "trademark", "2026-11-04", count=15, value=2)
    answered(mall, "legal", "trademark", "2026-05-04", count=30, value=4)
    with mall.deployment.database.reading() as session:
        november = satisfaction.figures(session, kind="month", day=date(2026, 11, 20))
        year = satisfaction.figures(session, kind="year", day=date(2026, 1, 1))
    rows = {(row.agency.code, row.service.code if row.service else None): row.result for row in november.rows}
    best = rows["immigration", "passport-new"]
    assert (best.respondents, best.index, best.grade) == (20, Decimal("100.00"), "A")
    # The three would follow from the agency's other two: the next smallest is hidden with them.
    assert rows["immigration", "passport-lost"] is None
    assert rows["immigration", "passport-renewal"] is None
    assert rows["immigration", None].respondents == 35
    assert (rows["legal", None].index, rows["legal", None].grade) == (Decimal("50.00"), "D")
    assert november.total.result.respondents == 50
    months = {span.first.month: row.result for span, row in november.months}
    assert (months[5].respondents, months[11].respondents, months[1].respondents) == (30, 50, 0)
    # What one page hides, the page of the whole year does not give away.
    whole = {(row.agency.code, row.service.code if row.service else None): row.result for row in year.rows}
    assert whole["immigration", "passport-lost"] is None
    assert whole["legal", "trademark"].respondents == 45


def filed(mall: Mall, count: int, **changes: Any) -> None:
    """Write complaints as they are kept, received on 2 November and due on 20 November, still open."""
    values = {
        "classification": "complaint",
        "title": "Rahasia",
        "text": "Rahasia",
        "agency": "immigration",
        "site": "mpp-lebak",
        "anonymous": False,
        "confidential": False,
        "language": "id",
        "state": "received",
        "revision": 1,
        "received_at": NOW,
        "received_on": date(2026, 11, 2),
        "time_zone": "Asia/Jakarta",
        "due_on": date(2026, 11, 20),
        "due_at": NOW - timedelta(days=2),
        "working_days": 14,
        "due_basis": "uji",
        "link_attempts": 0,
        **changes,
    }
    with mall.deployment.database.transaction() as session:
        start = len(session.scalars(select(Complaint.id)).all())
        session.add_all(
            Complaint(id=str(UUID(int=number)), number=f"P-2026-{number:06d}", **values)
            for number in range(start, start + count)
        )


def test_everybody_reads_whether_promises_are_kept_and_no_small_number(mall: Mall) -> None:
    in_time = {"state": "closed", "answered_at": NOW - timedelta(days=9)}
    late = {"state": "answered", "answered_at": NOW - timedelta(days=1)}
    filed(mall, 30, **in_time)
    filed(mall, 10, **late)
    filed(mall, 8, level="unit_head")
    filed(mall, 12, due_on=date(2026, 11, 30), received_on=date(2026, 11, 20))
    filed(mall, 3, classification="information", **in_time)
    filed(mall, 5, site="kanim-serang")
    filed(mall, 6, received_on=date(2026, 11, 23))
    told = mall.ask("site_performance", {"site": "mpp-lebak"})
    assert (told["first"], told["last"]) == ("2025-12-01", "2026-11-22")
    assert told["complaints"]["received"] == 63
    complaint = told["classes"][0]
    assert (complaint["classification"], complaint["working_days"]) == ("complaint", 14)
    # Three questions are few: they are hidden, and so is what would give them away.
    question = next(each for each in told["classes"] if each["classification"] == "information")
    assert (question["received"], question["in_time"], question["in_time_percent"]) == (None, None, None)
    assert complaint["received"] is None
    assert told["complaints"]["in_time"] == 33
    assert told["complaints"]["in_time_percent"] == round(100 * 33 / 51)
    assert {each["level"]: each["complaints"] for each in told["levels"]}["unit_head"] == 8
    assert {each["from_days"]: each["open"] for each in told["ages"]} == {0: 12, 8: 0, 15: 8, 31: 0, 61: 0}
    assert told["months"][-1]["received"] == 63
    assert "Rahasia" not in str(told)
    # What the gateway's document promises of it.
    told_by = {"told_at": told["computed_at"], "is_old": False, "source": "complaints"}
    ComplaintFiguresSchema().load(told | told_by)
    period = {name: told[name] for name in ("first", "last", "computed_at", "fewest_respondents")}
    SurveyFiguresSchema().load(told["satisfaction"] | period | told_by)


@SQLITE
def test_figures_are_computed_once_a_day_of_whole_days(mall: Mall) -> None:
    filed(mall, 20)
    first = mall.ask("site_performance", {"site": "mpp-lebak"})
    filed(mall, 20)
    mall.pass_time(hours=3)
    assert mall.ask("site_performance", {"site": "mpp-lebak"}) == first
    mall.pass_time(days=1)
    assert mall.ask("site_performance", {"site": "mpp-lebak"})["complaints"]["received"] == 40


def test_the_trend_of_satisfaction_hides_a_month_of_few_and_another_with_it(mall: Mall) -> None:
    answered(mall, "immigration", "passport-new", "2026-08-03", count=40, value=4)
    answered(mall, "immigration", "passport-new", "2026-09-03", count=4, value=1)
    answered(mall, "legal", "trademark", "2026-10-05", count=12, value=3)
    told = mall.ask("site_performance", {"site": "mpp-lebak"})["satisfaction"]
    months = {each["month"]: each for each in told["months"]}
    assert (months["2026-08"]["index"], months["2026-08"]["grade"]) == ("100.00", "A")
    assert (months["2026-09"]["respondents"], months["2026-09"]["index"]) == (None, None)
    assert months["2026-10"]["index"] is None
    assert months["2026-01"] == {
        "month": "2026-01",
        "respondents": 0,
        "index": None,
        "grade": None,
        "means": None,
    }
    assert told["all"]["respondents"] == 56


@SQLITE
def test_what_is_read_is_bound_by_site_and_period(mall: Mall) -> None:
    """No statement reads the complaints or answers of all time."""
    filed(mall, 3, received_on=date(2020, 1, 2), state="closed", answered_at=NOW)
    statements: list[tuple[str, Any]] = []
    engine = mall.deployment.database.engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        with mall.deployment.database.transaction() as session:
            told = performance.report(session, "mpp-lebak", now=mall.deployment.clock.now())
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert told["complaints"]["received"] == 0
    of_complaints = [each for each, _ in statements if "FROM complaints" in each]
    assert len(of_complaints) == 2
    for statement in of_complaints:
        assert "complaints.site = " in statement
        # By these the index finds what is meant: open ones however old, all others of the period.
        assert "complaints.state IN" in statement
    assert sum("received_on >= " in statement for statement in of_complaints) == 1
    (of_answers,) = [each for each, _ in statements if "FROM survey_answers" in each]
    assert "survey_answers.site = " in of_answers
    assert "BETWEEN" in of_answers
