"""Complaints that nobody answers climb by themselves: every rung, once, the earliest due first."""

from collections import Counter
from typing import Any

import pytest
from gerai_complaints.models import Complaint, Entry, Escalation
from gerai_complaints.rules.ladder import LADDER
from gerai_complaints.usecases import escalating
from gerai_shared.tables import outbox
from sqlalchemy import Select, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from tests.integration.complaints.conftest import Mall, call

ESCALATED = "complaint.escalated.v1"


def climb(mall: Mall, *, limit: int = escalating.BATCH) -> int:
    """Let the clock run once, as its timer does."""
    with mall.deployment.database.transaction() as session:
        return escalating.climb(session, keyring=mall.keyring, now=mall.deployment.clock.now(), limit=limit)


def adopt(mall: Mall) -> int:
    """Give complaints a clock that have none."""
    with mall.deployment.database.transaction() as session:
        return escalating.adopt(session, now=mall.deployment.clock.now())


def rows(mall: Mall, query: Select[Any]) -> list[Any]:
    with mall.deployment.database.reading() as session:
        return list(session.execute(query))


def rungs(mall: Mall) -> list[str]:
    return [row.rung for row in rows(mall, select(Escalation.rung).order_by(Escalation.at, Escalation.rung))]


def entries(mall: Mall) -> list[tuple[str, str]]:
    found = rows(mall, select(Entry.kind, Entry.text).order_by(Entry.id))
    return [(row.kind, row.text) for row in found]


def told(mall: Mall) -> int:
    return int(rows(mall, select(func.count()).where(outbox.c.type == ESCALATED))[0][0])


def many(mall: Mall, count: int) -> None:
    """Copy the one complaint that there is, each due a little later."""
    with mall.deployment.database.transaction() as session:
        (one,) = session.execute(select(Complaint.__table__)).mappings()
        session.execute(
            insert(Complaint),
            [
                {**one, "id": f"00000000-0000-7000-8000-{number:012d}", "number": f"P-2026-{number:06d}"}
                for number in range(100, 100 + count)
            ],
        )


def test_a_complaint_that_nobody_takes_climbs_to_the_ombudsman(mall: Mall) -> None:
    number = mall.file()["number"]
    assert climb(mall) == 0
    seen: list[str | None] = []
    for _ in range(24):
        mall.pass_time(days=2)
        climb(mall)
        with mall.desk() as desk:
            case = call(mall, desk, "GET", f"cases/{number}").json()
        if not seen or case["level"] != seen[-1]:
            seen.append(case["level"])
    assert seen == [None, "unit_head", "agency_head", "mall", "ombudsman"]
    assert rungs(mall) == [rung.code for rung in LADDER]
    assert Counter(kind for kind, _ in entries(mall)) == {"reminded": 2, "escalated": 4}
    assert told(mall) == 4
    assert climb(mall) == 0


def test_whoever_complained_is_told_and_sees_whom_it_has_reached(mall: Mall) -> None:
    token = mall.file(classification="information")["token"]
    mall.pass_time(days=8)
    climb(mall)
    event = mall.wait_for(ESCALATED)
    assert (event.data["level"], event.data["state"]) == ("unit_head", "received")
    assert event.data["recipient"] is not None
    tracked = mall.ask("track", {"token": token})
    assert (tracked["overdue"], tracked["escalated_to"], tracked["thread"]) == (True, "unit_head", [])


def test_after_an_outage_all_rungs_are_on_record_and_one_letter_is_sent(mall: Mall) -> None:
    mall.file()
    mall.pass_time(days=60)
    climb(mall)
    assert sorted(rungs(mall)) == sorted(rung.code for rung in LADDER)
    assert told(mall) == 1
    assert mall.wait_for(ESCALATED).data["level"] == "ombudsman"


def test_an_answer_stops_the_ladder_and_a_dispute_begins_it_anew(mall: Mall) -> None:
    filed = mall.file(classification="information")
    number = filed["number"]
    mall.pass_time(days=8)
    climb(mall)
    with mall.desk() as desk:
        # It has climbed since the officer looked: what they write is taken all the same.
        reply = {"revision": 1, "text": "Maaf, ini jawabannya."}
        assert call(mall, desk, "POST", f"cases/{number}/reply", reply, key="jawab").status_code == 200
        assert call(mall, desk, "GET", "cases?state=escalated").json()["cases"] == []
    mall.pass_time(days=60)
    assert climb(mall) == 0
    dispute = {"token": filed["token"], "decision": "dispute", "text": "Belum."}
    disputed = mall.ask("decide", dispute, key="bantah-1")
    # Overdue no more, and what it has reached stays on record.
    assert (disputed["overdue"], disputed["escalated_to"]) == (False, "unit_head")
    assert climb(mall) == 0
    mall.pass_time(days=15)
    assert climb(mall) == 1
    with mall.desk() as desk:
        found = call(mall, desk, "GET", "cases?state=escalated").json()
        assert [case["number"] for case in found["cases"]] == [number]
        assert found["counts"]["escalated"] == 1
    assert Counter(rungs(mall))["unit_head"] == 2


def test_what_is_due_soon_has_a_list_of_its_own_and_a_request_ends_at_the_mall(mall: Mall) -> None:
    number = mall.file(classification="information")["number"]
    mall.pass_time(days=4)
    climb(mall)
    with mall.desk() as desk:
        found = call(mall, desk, "GET", "cases?state=reminded").json()
    assert ([case["number"] for case in found["cases"]], found["counts"]["overdue"]) == ([number], 0)
    mall.pass_time(days=60)
    climb(mall)
    assert "ombudsman" not in rungs(mall)
    assert climb(mall) == 0
    assert adopt(mall) == 0


def test_one_that_cannot_climb_waits_and_the_others_go_on(
    mall: Mall, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = mall.file(classification="information")["number"]
    mall.file(classification="information")
    mall.pass_time(days=8)
    real = escalating.announce

    def announce(session: Any, complaint: Complaint, *args: Any, **kwargs: Any) -> None:
        if complaint.number == broken:
            raise LookupError("its contact has a seal that nobody has a key for")
        real(session, complaint, *args, **kwargs)

    monkeypatch.setattr(escalating, "announce", announce)
    assert climb(mall) == 2
    levels = {row.number: row.level for row in rows(mall, select(Complaint.number, Complaint.level))}
    assert (levels.pop(broken), set(levels.values())) == (None, {"unit_head"})
    assert climb(mall) == 0
    monkeypatch.undo()
    mall.pass_time(hours=1)
    assert climb(mall) == 1
    assert Counter(rungs(mall)) == {"reminder_75": 2, "reminder_90": 2, "unit_head": 2}


def test_what_older_code_has_filed_is_given_a_clock_in_silence(mall: Mall) -> None:
    fresh, late = mall.file()["number"], mall.file(classification="information")["number"]
    with mall.deployment.database.transaction() as session:
        session.execute(update(Complaint).values(period_begins=None, due_at=None, climbs_at=None, climbed=0))
    mall.pass_time(days=12)
    assert (climb(mall), adopt(mall), adopt(mall)) == (0, 2, 0)
    levels = {row.number: row.level for row in rows(mall, select(Complaint.number, Complaint.level))}
    assert levels == {fresh: None, late: "agency_head"}
    assert (rungs(mall), told(mall)) == ([], 0)
    mall.pass_time(days=4)
    climb(mall)
    assert set(rungs(mall)) == {"reminder_75", "mall"}


def test_the_earliest_due_climb_first_however_many_there_are(mall: Mall) -> None:
    mall.file(classification="information")
    mall.pass_time(days=20)
    many(mall, 3)
    late = mall.file(classification="information")
    mall.pass_time(days=20)
    assert climb(mall, limit=4) == 4
    done = rows(mall, select(Complaint.number).where(Complaint.climbed > 0))
    assert late["number"] not in {row.number for row in done}
    assert climb(mall, limit=4) == 1
    assert climb(mall, limit=4) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_replicas_share_the_work_and_reach_each_rung_once(mall: Mall) -> None:
    mall.file()
    many(mall, 499)
    mall.pass_time(days=60)
    database, now = mall.deployment.database, mall.deployment.clock.now()
    with database.transaction() as one:
        assert escalating.climb(one, keyring=mall.keyring, now=now, limit=200) == 200
        with database.transaction() as other:
            assert escalating.climb(other, keyring=mall.keyring, now=now, limit=200) == 200
    while climb(mall, limit=100):
        pass
    assert Counter(rungs(mall)) == {rung.code: 500 for rung in LADDER}
    assert told(mall) == 500


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_the_lock_replicas_would_run_into_each_other(
    mall: Mall, monkeypatch: pytest.MonkeyPatch
) -> None:
    mall.file(classification="information")
    mall.pass_time(days=60)
    monkeypatch.setattr(Select, "with_for_update", lambda query, **_: query)
    database, now = mall.deployment.database, mall.deployment.clock.now()
    with database.transaction() as one:
        assert escalating.climb(one, keyring=mall.keyring, now=now) == 1
        # The same complaint again: it waits for the key of a rung that the first is about to reach.
        assert clash(mall)


def clash(mall: Mall) -> bool:
    """Climb beside somebody else, who does not wait; tell whether that failed."""
    try:
        with mall.deployment.database.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '500ms'"))
            escalating.climb(session, keyring=mall.keyring, now=mall.deployment.clock.now())
    except DBAPIError:
        return True
    return False
