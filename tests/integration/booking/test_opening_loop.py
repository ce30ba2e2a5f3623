"""What the agency does by itself every few minutes: what fails stops nothing else, and comes again."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from gerai_booking import opening_loop, returns_loop
from gerai_booking.models import tickets as ticket_model
from gerai_booking.models.tickets import tickets
from gerai_booking.models.waiting_list import waiting_list as entries
from gerai_booking.opening_loop import look_after
from gerai_booking.usecases import (
    changes,
    groups,
    holding,
    no_shows,
    outages,
    plan,
    planning,
    treating,
    waiting_list,
)
from gerai_booking.usecases.apart import apart
from gerai_shared import tables
from gerai_shared.clock import Clock
from gerai_shared.refusals import Unavailable
from sqlalchemy import insert, select, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House, statements
from tests.integration.booking.ordering import draft, put_in_force
from tests.integration.booking.test_groups import allotted
from tests.integration.booking.test_outages import down, told
from tests.integration.booking.test_service import Resources
from tests.integration.booking.waiting import join, states

TOMORROW = NOW + timedelta(days=1)


class Passing(Clock):
    """A minute passes with each look at it."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return it."""
        self._now += timedelta(minutes=1)
        return self._now


def run(house: House, now: datetime) -> list[dict[str, Any]]:
    """Look after everything once; what was logged of failures."""
    resources = Resources(house)
    resources.clock = Passing(now)  # type: ignore[assignment]
    with capture_logs() as logs:
        look_after(resources)  # type: ignore[arg-type]
    return [dict(line) for line in logs if line["event"] in {"part_failed", "work_failed"}]


def failing(function: Callable[..., Any], *, at: str | None = None) -> Callable[..., Any]:
    """`function`, but it fails, always or when one of its arguments is (or has the id) `at`."""

    def fails(*args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()]
        if at is None or at in given or at in [getattr(each, "id", None) for each in given]:
            raise RuntimeError("what it says may be personal")
        return function(*args, **kwargs)

    return fails


def state_of(house: House, token: str) -> str:
    wanted = tickets.c.id == house.office.ticket_id(token)
    return str(house.rows(select(tickets.c.state).where(wanted))[0].state)


def test_a_part_that_fails_is_named_and_stops_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    token = house.booked(1, house.slots(TODAY)[2])
    monkeypatch.setattr(plan, "follow_catalogue", failing(plan.follow_catalogue))
    monkeypatch.setattr(outages, "to_tell", failing(outages.to_tell))
    failures = run(house, TOMORROW)
    assert [(each["part"], each["reason"]) for each in failures] == [
        ("open_days", "RuntimeError"),
        ("tell_of_outages", "RuntimeError"),
    ]
    assert "personal" not in str(failures)
    assert state_of(house, token) == "no_show"
    monkeypatch.undo()
    assert run(house, TOMORROW) == []


def test_each_part_has_its_own_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[datetime] = []
    parts = [lambda _database, _office, now: times.append(now)] * 3
    monkeypatch.setattr(opening_loop, "PARTS", parts)
    run(house, NOW)
    assert times == [NOW + minutes * timedelta(minutes=1) for minutes in (1, 2, 3)]


def test_who_booked_a_service_that_left_the_catalogue_is_told_and_stops_nobody(house: House) -> None:
    gone, kept = (
        house.booked(1, house.slots(TODAY)[2]),
        house.booked(2, house.slots(TODAY, service="stay-permit")[2]),
    )
    agency = house.office.agency
    without = replace(
        agency,
        services=tuple(each for each in agency.services if each.code != SERVICE),
        offers=tuple(each for each in agency.offers if each.service != SERVICE),
        quotas=tuple(each for each in agency.quotas if each.service != SERVICE),
    )
    house.office = replace(house.office, agency=without)
    assert run(house, TOMORROW) == []
    assert [state_of(house, token) for token in (gone, kept)] == ["no_show", "no_show"]
    query = select(tables.outbox.c.subject, tables.outbox.c.body)
    rows = house.rows(query.where(tables.outbox.c.type == "no_show.recorded.v1"))
    names = {row.subject: json.loads(row.body)["data"]["service_name"]["id"] for row in rows}
    assert names[house.office.ticket_id(gone)] == SERVICE


def test_a_ticket_that_cannot_be_closed_is_passed_by_and_the_others_are_reached(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = [house.booked(person, house.slots(TODAY)[2]) for person in range(1, 4)]
    ids = sorted(map(house.office.ticket_id, tokens))
    end = failing(planning._end_of_day, at=ids[0])
    # One at a time: a look that meets nothing but failures is not the last one.
    close = planning.close_days
    monkeypatch.setattr(planning, "_end_of_day", end)
    monkeypatch.setattr(planning, "close_days", lambda *args, **kwargs: close(*args, **kwargs, limit=1))
    (failure,) = run(house, TOMORROW)
    assert (failure["work"], failure["item"], failure["reason"]) == ("close_days", ids[0], "RuntimeError")
    assert sorted(state_of(house, token) for token in tokens) == ["booked", "no_show", "no_show"]
    monkeypatch.undo()
    assert run(house, TOMORROW) == []
    assert {state_of(house, token) for token in tokens} == {"no_show"}
    house.check()


def test_an_order_that_fails_at_one_ticket_treats_the_others_and_everything_else_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    missed = house.booked(9, house.slots(TODAY)[2])
    first, second = (house.booked(person, house.slots(NEXT_DAY)[person]) for person in (1, 2))
    put_in_force(house, draft(house, first_day=NEXT_DAY, last_day=NEXT_DAY), "cancel")
    monkeypatch.setattr(treating, "treat", failing(treating.treat, at=house.office.ticket_id(first)))
    (failure,) = run(house, TOMORROW)
    assert (failure["work"], failure["item"]) == ("apply_order", house.office.ticket_id(first))
    assert [state_of(house, token) for token in (first, second, missed)] == ["booked", "cancelled", "no_show"]
    monkeypatch.undo()
    run(house, TOMORROW)
    assert state_of(house, first) == "cancelled"
    house.check()


def test_an_order_that_fails_as_a_whole_stops_no_other_order(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = [house.booked(person, house.slots(day)[2]) for person, day in ((1, DAY), (2, NEXT_DAY))]
    orders = [draft(house, first_day=day, last_day=day) for day in (DAY, NEXT_DAY)]
    for each in orders:
        put_in_force(house, each, "cancel")
    broken = min(orders)
    monkeypatch.setattr(treating, "wait_for_bookings", failing(treating.wait_for_bookings, at=broken))
    (failure,) = run(house, NOW)
    assert (failure["work"], failure["item"]) == ("carry_out_order", broken)
    assert sorted(state_of(house, token) for token in tokens) == ["booked", "cancelled"]


def test_groups_outages_and_days_that_are_waited_for_fail_for_themselves(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = sorted(allotted(house, 2, returns_on=TODAY) for _ in range(2))
    hit = house.booked(1, house.slots(TODAY)[5])
    broken, whole = down(house, NOW, failed="data"), down(house, NOW)
    # Not the day of the groups: what they give back is offered at once.
    wanted = (NEXT_DAY, NEXT_DAY + timedelta(days=1))
    for day in wanted:
        house.shrink(day=day, places=0)
    waiting = [join(house, person, first=day, last=day) for person, day in zip((10, 11), wanted, strict=True)]
    for day in wanted:
        house.shrink(day=day, places=5)
    give_back = failing(groups.give_back_due, at=due[0])
    monkeypatch.setattr(groups, "give_back_due", give_back)
    monkeypatch.setattr(outages, "tell", failing(outages.tell, at=broken))
    offers = waiting_list.make_offers
    monkeypatch.setattr(
        waiting_list,
        "make_offers",
        lambda *args, day, **kwargs: (
            failing(offers)() if day == NEXT_DAY else offers(*args, day=day, **kwargs)
        ),
    )
    failures = run(house, NOW + timedelta(hours=7))
    assert [(each["work"], each["item"]) for each in failures] == [
        ("tell_of_outages", broken),
        ("return_places_of_groups", due[0]),
        ("make_offers", f"{SITE} {NEXT_DAY}"),
    ]
    assert house.ask(groups.due, now=NOW) == due[:1]
    assert told(house) == [house.office.ticket_id(hit)]
    assert whole != broken
    assert states(house, waiting) == ["waiting", "offered"]


def test_what_would_meet_every_item_ends_the_work() -> None:
    failed: set[str] = set()
    with pytest.raises(Unavailable), apart("work", "one", failed):
        raise Unavailable(retry_after=5)
    with apart("work", "two", failed):
        raise ValueError
    assert failed == {"two"}


def test_days_are_opened_in_the_order_in_which_places_are_locked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = house.office.agency
    house.office.agency = replace(agency, sites=tuple(reversed(agency.sites)))
    opened: list[str] = []
    monkeypatch.setattr(planning, "open_day", lambda *args: opened.append(args[2].code))
    house.do(planning.open_days, now=NOW, days=1)
    assert len(set(opened)) > 1
    assert opened == sorted(opened)


def of_long_ago(house: House) -> None:
    """Have many tickets, nearly all of them finished, as an office has after some months."""
    states = ["booked" if number % 100 == 0 else "finished" for number in range(5_000)]
    rows = [
        {
            "id": f"ticket-{number}",
            "number": f"A{number}",
            "visit_id": f"visit-{number}",
            "site": SITE,
            "service": SERVICE,
            "slot_id": "slot",
            "slot_starts_at": NOW,
            "day": TODAY - timedelta(days=number % 200),
            "channel": "online",
            "lane": "appointment",
            "state": state,
            "created_at": NOW,
            "times_called": 0,
            "revision": 1,
            "person_hash": f"person-{number}",
            "queue_rank": 0,
        }
        for number, state in enumerate(states)
    ]
    with house.database.transaction() as session:
        session.execute(insert(tickets), rows)
        session.execute(text("ANALYZE tickets"))


@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("ix_tickets_open_of_person", lambda session: ticket_model.open_persons(session, ["a", "b"])),
        (
            "ix_tickets_unserved",
            lambda session: ticket_model.left_open(
                session, site=SITE, before=TODAY, agency="immigration", now=NOW, limit=200
            ),
        ),
    ],
)
def test_open_tickets_are_found_without_reading_those_of_all_years(
    house: House, index: str, ask: Callable[[Any], object]
) -> None:
    of_long_ago(house)
    explain = "EXPLAIN QUERY PLAN" if house.database.is_sqlite else "EXPLAIN"
    with house.database.transaction() as session:
        with statements(house.database) as asked:
            ask(session)
        statement, parameters = asked[-1]
        found = session.connection().exec_driver_sql(f"{explain} {statement}", parameters)
        assert index in str(list(found))


def test_what_was_open_at_a_site_that_left_the_catalogue_ends_without_being_missed(house: House) -> None:
    house.shrink(day=TODAY, places=3)
    booked, came = (house.booked(person, house.slots(TODAY)[2 + person]) for person in (1, 2))
    house.do(changes.check_in, token=came, now=NOW + timedelta(hours=3))
    house.do(holding.hold, slot_id=house.slots(TODAY)[5], now=NOW)
    waiting = house.office.entry_id(join(house, 11, first=TODAY))
    catalogue = house.office
    left = tuple(site for site in catalogue.agency.sites if site.code != SITE)
    offers = tuple(offer for offer in catalogue.agency.offers if offer.site != SITE)
    counters = tuple(each for each in catalogue.agency.counters if each.site != SITE)
    quotas = tuple(quota for quota in catalogue.agency.quotas if quota.site != SITE)
    agency = replace(catalogue.agency, sites=left, offers=offers, counters=counters, quotas=quotas)
    house.office = replace(catalogue, agency=agency)
    assert run(house, NOW + timedelta(hours=14)) == []
    assert [state_of(house, token) for token in (booked, came)] == ["booked", "checked_in"]
    with capture_logs() as logs:
        planning_look(house, TOMORROW)
    ended = [line for line in logs if line["event"] == "ticket_of_unknown_site_ended"]
    assert sorted(line["state"] for line in ended) == ["booked", "checked_in", "held"]
    assert [state_of(house, token) for token in (booked, came)] == ["expired", "expired"]
    assert house.announced(booked)[-1] == "ticket.expired.v1"
    ((state,),) = house.rows(select(entries.c.state).where(entries.c.id == waiting))
    assert state == "over"
    house.check()
    # Whoever had booked there can book elsewhere, and has missed nothing.
    house.office = catalogue
    assert house.booked(1, house.slots(DAY)[0], now=TOMORROW - timedelta(hours=3))
    hashes = [row.person_hash for row in house.rows(select(tickets.c.person_hash))]
    assert not house.ask(no_shows.missed_of, [each for each in hashes if each], now=TOMORROW).days


def planning_look(house: House, now: datetime) -> None:
    """Close past days, and let go who waits no more."""
    house.do(planning.close_days, now=now)
    house.do(waiting_list.end_past, now=now)


def test_a_database_that_is_away_ends_no_loop_beside_the_counters(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_kwargs: Any) -> Any:
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(returns_loop.returning, "bring_back", away)
    monkeypatch.setattr(returns_loop.visits, "in_the_house", away)
    with capture_logs() as logs:
        returns_loop.look_after(Resources(house))  # type: ignore[arg-type]
    assert [(line["part"], line["reason"]) for line in logs if line["event"] == "part_failed"] == [
        ("bring_back_everywhere", "OperationalError"),
        ("let_wait_who_is_here", "OperationalError"),
    ]
