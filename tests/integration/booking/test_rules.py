"""Rules that supervisors write down, on both databases: effective at once, dated, on record, and safe."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from gerai_booking.models.dated_rules import dated_rules
from gerai_booking.models.places import day_quotas
from gerai_booking.models.plan import plan_changes
from gerai_booking.rules.quota import ONLINE
from gerai_booking.usecases import (
    advising,
    application_views,
    catalogue,
    holding,
    plan,
    releases,
    rulebook,
    ruling,
)
from gerai_booking.usecases.booking import BookingRequest
from gerai_booking.usecases.plan import Change
from gerai_booking.usecases.rule_kinds import KINDS, Body
from gerai_shared.accounts import Officer
from gerai_shared.refusals import Forbidden, Refused
from sqlalchemy import select

from tests.integration.booking.applying import opened, served
from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House, outcome
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR
from tests.integration.booking.test_suspensions import suspend

YESTERDAY = TODAY - timedelta(days=1)
ROUTE: Body = {
    "purposes": ["umrah"],
    "regencies": ["36.02"],
    "office_id": "Kantor Imigrasi Contoh",
    "office_en": "Sample Immigration Office",
    "reason_id": "Antrean dibagi.",
    "reason_en": "The queue is divided.",
    "site": "",
}
SHORT_LINE: Body = {
    "service": SERVICE,
    "stages": [
        {
            "code": code,
            "name_id": f"Tahap {code}",
            "name_en": f"Stage {code}",
            "asks_id": "",
            "asks_en": "",
            "waits": code == "ready",
            "stops": False,
        }
        for code in ("complete", "paid", "interviewed", "checked", "ready", "handed_over")
    ],
}


def write(
    house: House,
    kind: str,
    body: Body,
    *,
    first: date = TODAY,
    last: date | None = None,
    officer: Officer = SUPERVISOR,
) -> None:
    """Write a rule down."""
    house.do(
        ruling.write_down,
        Change(officer=officer, why="Karena diuji", now=NOW),
        kind=KINDS[kind],
        body=body,
        basis="Surat contoh",
        valid_from=first,
        valid_to=last,
    )


def end(house: House, kind: str, subject: str, first: date, *, officer: Officer = SUPERVISOR) -> None:
    """End a rule."""
    change = Change(officer=officer, why="Karena diuji", now=NOW)
    house.do(ruling.end, change, kind=KINDS[kind], subject=subject, valid_from=first)


def online_places(house: House, day: date) -> int:
    """How many can book a day online."""
    wanted = (day_quotas.c.site == SITE, day_quotas.c.day == day, day_quotas.c.channel == ONLINE)
    (row,) = house.rows(select(day_quotas.c.capacity).where(*wanted, day_quotas.c.service == ""))
    capacity: int = row.capacity
    return capacity


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code


def by_one_address(house: House, person: int) -> BookingRequest:
    """The request of somebody of a family that has one address."""
    family = {**house.person(person), "email": "keluarga@example.org"}
    return house.request(person, house.slots()[person], person=family)


def test_a_limit_of_contacts_counts_from_the_next_booking_on(house: House) -> None:
    assert outcome(house.book(by_one_address(house, 1))[0]) == "booked"
    write(house, "contacts", {"open_tickets": 1})
    answer = house.book(by_one_address(house, 2))[0]
    assert outcome(answer) == "too_many_for_contact"
    end(house, "contacts", "", TODAY)
    # The catalogue's five lie below it and count again.
    again = house.book(by_one_address(house, 2))[0]
    assert outcome(again) == "booked"


def test_a_cap_reaches_days_that_are_open_while_its_restriction_holds(house: House) -> None:
    regime = {"name": "PPKM", "level": "3", "region": "36", "basis": "Instruksi"}
    house.do(
        plan.restrict,
        Change(officer=SUPERVISOR, why="Karena diuji", now=NOW),
        valid_from=TODAY,
        valid_to=None,
        **regime,
    )
    assert online_places(house, DAY) == 20
    body = {"name": "PPKM", "level": "3", "channel": "online", "places": 7, "percent": None, "site": ""}
    write(house, "caps", body, first=DAY, last=DAY)
    assert [online_places(house, day) for day in (TODAY, DAY, NEXT_DAY)] == [20, 7, 20]
    write(house, "caps", {**body, "places": 9, "site": SITE}, first=DAY, last=DAY)
    assert online_places(house, DAY) == 9
    end(house, "caps", f"PPKM|3|online|{SITE}", DAY)
    assert online_places(house, DAY) == 7
    house.check()


def test_a_regime_that_only_a_written_rule_knows_can_be_put_in_force(house: House) -> None:
    def restrict() -> None:
        house.do(
            plan.restrict,
            Change(officer=SUPERVISOR, why="Karena diuji", now=NOW),
            name="Banjir",
            level="1",
            region="36",
            valid_from=TODAY,
            valid_to=None,
            basis="Keputusan",
        )

    assert refused(restrict) == "unknown_regime"
    write(
        house,
        "caps",
        {"name": "Banjir", "level": "1", "channel": "online", "places": None, "percent": 50, "site": ""},
    )
    before = online_places(house, DAY)
    restrict()
    assert online_places(house, DAY) == before // 2


def test_days_wait_for_a_release_that_was_written_down(house: House) -> None:
    body = {"site": SITE, "when": "end_of_next_week:0", "at": "14:00", "pace": 50}
    assert coming(house) == []
    write(house, "releases", {**body, "when": "end_of_next_month:1"})
    assert [each["first"] for each in coming(house)] == ["2027-01-01"]
    write(house, "releases", body)
    assert [each["first"] for each in coming(house)] == ["2026-12-14"]
    # This week's days would have come with a release before the rule began: they stay open.
    house.do(holding.hold, slot_id=house.slots(NEXT_DAY)[0], now=NOW)


def coming(house: House) -> list[dict[str, Any]]:
    rules = house.ask(rulebook.in_force).releases
    return [each for each in releases.coming(house.office, rules, now=NOW) if each["site"] == SITE]


def test_routes_and_coverage_are_told_with_the_catalogue(house: House) -> None:
    write(house, "routes", ROUTE)
    write(house, "coverage", {"site": SITE, "regency": "36.71"})
    told = catalogue.catalogue(house.office, house.ask(rulebook.in_force), today=TODAY)
    assert {"code": "36.71", "name": "Kota Tangerang", "province": "Banten", "sites": [SITE]} in told[
        "coverage"
    ]
    assert "Kantor Imigrasi Contoh" in [route["office"]["id"] for route in told["routes"]]
    assert catalogue.catalogue(house.office, rulebook.last_known(house.office), today=TODAY) == told


def test_a_route_advises_whoever_books_from_then_on(house: House) -> None:
    pilgrim = {**house.person(1), "regency": "36.02"}
    request = house.request(1, house.slots()[0], purpose="umrah", person=pilgrim)

    def advice() -> list[str]:
        given = house.ask(advising.advise, request.applicant, slot_id=request.slot_id, hold_id=None)
        return [each["office"]["id"] for each in given if each["kind"] == "other_office"]

    assert advice() == []
    write(house, "routes", ROUTE, first=DAY)
    assert advice() == ["Kantor Imigrasi Contoh"]
    assert outcome(house.book(request)[0]) == "booked"


def test_nobody_is_sent_to_two_offices(house: House) -> None:
    write(house, "routes", ROUTE, first=DAY)
    wider = {**ROUTE, "regencies": ["36.02", "36.01"]}
    assert refused(lambda: write(house, "routes", wider, first=DAY)) == "route_overlaps"
    write(house, "routes", {**wider, "purposes": ["hajj"]}, first=DAY)
    end(house, "routes", "umrah|36.02", DAY)
    write(house, "routes", wider, first=DAY)


def test_a_kind_of_suspension_may_be_ordered_while_its_rule_holds(house: House) -> None:
    assert refused(lambda: suspend(house, 1, kind="other")) == "unknown_kind_of_suspension"
    body = {"code": "other", "name_id": "Lain", "name_en": "Other", "least_months": 1, "most_months": 2}
    write(house, "suspensions", body, last=DAY)
    assert refused(lambda: suspend(house, 1, kind="other", months=3)) == "wrong_length"
    suspend(house, 1, kind="other", months=2)
    after = DAY + timedelta(days=1)
    assert refused(lambda: suspend(house, 1, kind="other", months=2, first_day=after)) == (
        "unknown_kind_of_suspension"
    )


def test_an_application_keeps_the_stages_it_began_with(house: House) -> None:
    assert refused(lambda: write(house, "stages", SHORT_LINE)) == "rule_from_tomorrow"
    present = opened(house, served(house, 1))
    write(house, "stages", SHORT_LINE, first=NEXT_DAY)
    before = house.ask(rulebook.service_of, present)
    assert before.stages == house.office.service(SERVICE).stages
    later = replace(present, opened_at=present.opened_at + timedelta(days=1))
    assert [stage.code for stage in house.ask(rulebook.service_of, later).stages] == [
        stage["code"] for stage in SHORT_LINE["stages"]
    ]
    # In lists the stages of both are known.
    assert {"checked", "interviewed", "printed"} <= set(house.ask(application_views.stage_filters, site=SITE))


def test_stages_without_the_one_that_a_promise_counts_from_are_refused(house: House) -> None:
    stages = [stage for stage in SHORT_LINE["stages"] if stage["code"] != "interviewed"]
    body = {**SHORT_LINE, "stages": stages}
    assert refused(lambda: write(house, "stages", body, first=DAY)) == "rule_contradicts"
    assert house.rows(select(dated_rules)) == []
    assert house.rows(select(plan_changes)) == []


def test_only_supervisors_write_rules_and_nobody_changes_the_past(house: House) -> None:
    for act in (
        lambda: write(house, "contacts", {"open_tickets": 1}, officer=OFFICER),
        lambda: end(house, "contacts", "", date(2024, 1, 1), officer=OFFICER),
        lambda: house.ask(ruling.overview, officer=OFFICER, kind=KINDS["contacts"], now=NOW),
    ):
        with pytest.raises(Forbidden):
            act()
    assert (
        refused(lambda: write(house, "contacts", {"open_tickets": 1}, first=YESTERDAY)) == "plan_in_the_past"
    )
    assert refused(lambda: end(house, "contacts", "", TODAY)) == "unknown_rule"
    assert refused(lambda: ruling.kind_of("fees")) == "unknown_rule"


def test_a_rule_of_the_catalogue_can_be_ended_and_stays_so(house: House) -> None:
    end(house, "contacts", "", date(2024, 1, 1))
    assert house.ask(rulebook.in_force).contact_limits[0].valid_to == YESTERDAY
    assert refused(lambda: end(house, "contacts", "", date(2024, 1, 1))) == "rule_over"
    seen = house.ask(ruling.overview, officer=SUPERVISOR, kind=KINDS["contacts"], now=NOW)
    assert seen.rules == []
    (change,) = seen.changes
    assert (change.officer_name, change.why) == (SUPERVISOR.name, "Karena diuji")


def test_the_overview_tells_which_of_several_counts(house: House) -> None:
    write(house, "contacts", {"open_tickets": 2}, last=DAY)
    write(house, "contacts", {"open_tickets": 9}, first=NEXT_DAY)
    seen = house.ask(ruling.overview, officer=SUPERVISOR, kind=KINDS["contacts"], now=NOW)
    assert [(each.body["open_tickets"], each.counts, each.decided_by) for each in seen.rules] == [
        (5, False, None),
        (2, True, SUPERVISOR.name),
        (9, False, SUPERVISOR.name),
    ]


def test_the_same_first_day_replaces_what_was_written(house: House) -> None:
    write(house, "contacts", {"open_tickets": 2})
    write(house, "contacts", {"open_tickets": 3})
    (row,) = house.rows(select(dated_rules))
    assert (row.body, row.revision) == ('{"open_tickets": 3}', 2)
    assert len(house.rows(select(plan_changes))) == 2


def test_another_process_follows_at_its_next_transaction(house: House) -> None:
    elsewhere = House(house.url)
    assert elsewhere.ask(rulebook.in_force).contact_limits[0].open_tickets == 5
    known = elsewhere.office.known_rules
    elsewhere.ask(rulebook.in_force)
    # Nothing was changed: nothing was read again.
    assert elsewhere.office.known_rules is known
    write(house, "contacts", {"open_tickets": 2})
    holding_today = [row for row in elsewhere.ask(rulebook.in_force).contact_limits if row.holds_on(TODAY)]
    assert [row.open_tickets for row in holding_today] == [2]
    elsewhere.database.close()


@pytest.mark.parametrize("locked", [True, False])
def test_two_supervisors_at_once_both_leave_their_mark(
    lone_postgres_house: House, monkeypatch: pytest.MonkeyPatch, *, locked: bool
) -> None:
    """Without the lock of the plan both count the same revision: a reader could miss the later one."""
    barrier = threading.Barrier(2)
    if not locked:
        counted = ruling.dated_rules.revision_of_all
        monkeypatch.setattr(ruling, "lock_all", lambda *_: None)

        def count_and_wait(session: Any) -> int:
            found: int = counted(session)
            if session.info.get("writes"):
                barrier.wait(10)
            return found

        monkeypatch.setattr(ruling.dated_rules, "revision_of_all", count_and_wait)
        put = ruling.dated_rules.put

        def put_marked(session: Any, **row: Any) -> None:
            session.info["writes"] = True
            put(session, **row)
            session.info["writes"] = False

        monkeypatch.setattr(ruling.dated_rules, "put", put_marked)
        monkeypatch.setattr(ruling, "record", lambda *_args, **_kwargs: None)
    house = lone_postgres_house
    acts = [
        lambda: write(house, "contacts", {"open_tickets": 2}),
        lambda: write(house, "coverage", {"site": SITE, "regency": "36.71"}),
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda act: act(), acts))
    revisions = sorted(row.revision for row in house.rows(select(dated_rules)))
    assert revisions == ([1, 2] if locked else [1, 1])
