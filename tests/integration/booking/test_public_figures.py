"""Figures for the public and for overseers, on both databases (S0-8): right, without persons, small ones hidden."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from gerai_booking.models.applications import applications
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.quota import WALK_IN, Bound
from gerai_booking.rules.suppression import Hidden
from gerai_booking.usecases import figures, outages, oversight
from gerai_shared.refusals import Forbidden
from sqlalchemy import select, update

from tests.integration.booking.house import DAY, NOW, SITE, TODAY, House
from tests.integration.booking.ordering import close, draft
from tests.integration.booking.test_outages import report
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR, beyond, set_quota, walk_in
from tests.integration.booking.test_service import Gateway

MINUTE = timedelta(minutes=1)


def served(house: House, count: int, *, waited: int = 20) -> None:
    """Have people come without a booking and be served, each after so many minutes."""
    ids = [walk_in(house).id for _ in range(count)]
    moments = {
        "checked_in_at": NOW,
        "called_at": NOW + waited * MINUTE,
        "started_at": NOW + waited * MINUTE,
        "finished_at": NOW + (waited + 10) * MINUTE,
    }
    house.change(update(tickets).where(tickets.c.id.in_(ids)).values(state="served", **moments))


def told(house: House) -> dict[str, Any]:
    """The figures of the present month at SITE, as the gateway gets them."""
    found = Gateway(house).ask("oversight")
    site = next(each for each in found["sites"] if each["site"] == SITE)
    assert site["months"][0]["month"] == "2026-12"
    assert len(site["months"]) == 7
    assert site["months"][-1]["month"] is None
    month: dict[str, Any] = site["months"][0]
    return month


def test_s0_8_visits_of_a_month_are_counted_by_what_became_of_them(house: House) -> None:
    served(house, 8)
    for person in range(1, 7):
        house.booked(person, house.slots(DAY)[0 if person < 4 else 1])
    month = told(house)
    counts = {name: month["counts"][name] for name in ("issued", "booked", "walked_in", "served", "open")}
    assert counts == {"issued": 14, "booked": 6, "walked_in": 8, "served": 8, "open": 6}
    assert month["hidden"] == {}
    assert month["wait_minutes"] == 20


def test_s0_8_small_numbers_are_hidden_and_cannot_be_worked_out(house: House) -> None:
    served(house, 8)
    for person in range(1, 4):
        house.booked(person, house.slots(DAY)[0])
    month = told(house)
    assert month["hidden"]["open"] == month["hidden"]["booked"] == "<5"
    # Eight of eleven would tell the three.
    assert month["hidden"].get("issued") == "*" or {"served", "walked_in"} <= set(month["hidden"])
    for name in month["hidden"]:
        assert month["counts"][name] is None


def test_few_people_have_no_median(house: House) -> None:
    served(house, 4)
    assert told(house)["wait_minutes"] is None


def test_what_was_given_beyond_the_quota_is_counted_by_kind(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 0)
    for _ in range(6):
        beyond(house)
    month = told(house)
    assert month["counts"]["over_quota"] == 6
    assert month["counts"]["emergency"] == 0


def promise(house: House, ticket_id: str, promised: date, ready: date | None, **other: Any) -> None:
    """Write an application down that was promised for a day."""
    row = {
        "id": ticket_id,
        "ticket_id": ticket_id,
        "number": "A-001",
        "service": "passport-new",
        "site": SITE,
        "collection_site": SITE,
        "checklist": "{}",
        "stage": "ready" if ready else "interview",
        "promise_on": promised,
        "ready_on": ready,
        "stopped_days": 0,
        "cancels_itself": False,
        "opened_at": NOW,
        "moved_at": NOW,
        "revision": 1,
        **other,
    }
    house.change(applications.insert().values(row))


def test_s0_8_the_share_of_results_in_time_counts_those_that_are_still_waited_for(house: House) -> None:
    day = TODAY - timedelta(days=5)
    ids = [walk_in(house).id for _ in range(9)]
    for ticket_id in ids[:4]:
        promise(house, ticket_id, day, day)
    promise(house, ids[4], day, day + timedelta(days=1))
    promise(house, ids[5], day, None)
    # Given up, stopped, and not due yet: none of them says anything about punctuality.
    promise(house, ids[6], day, None, stage="withdrawn", closed_at=NOW)
    promise(house, ids[7], day, None, stopped_since=day)
    promise(house, ids[8], TODAY, None)
    found = house.ask(figures.figures_of, site=SITE, now=NOW)
    november = next(month for month in found if month.first == date(2026, 11, 1))
    assert november.on_time == round(100 * 4 / 6)
    assert found[0].on_time is None


def test_s0_8_orders_tell_number_and_issuer_and_drafts_are_nobodys_business(house: House) -> None:
    close(house)
    draft(house, number="RANCANGAN-9")
    orders = Gateway(house).ask("oversight")["orders"]
    assert [(each["number"], each["issuer"], each["is_closing"]) for each in orders] == [
        ("IMI-0001.GR.01", "Direktorat Jenderal Imigrasi", True)
    ]


def test_s0_8_outages_tell_how_long_they_lasted(house: House) -> None:
    values = {"site": SITE, "failed": "server", "expected_end_at": None, "reference": None}
    first = house.do(outages.record, report(NOW), started_at=NOW - 150 * MINUTE, **values)
    house.do(outages.end, report(NOW), outage_id=first, ended_at=NOW - 30 * MINUTE)
    house.do(outages.record, report(NOW), started_at=NOW - 10 * MINUTE, **values)
    found = Gateway(house).ask("oversight")["outages"]
    assert [each["minutes"] for each in found] == [None, 120]


def test_nothing_that_is_told_names_anybody(house: House) -> None:
    house.booked(1, house.slots(DAY)[0])
    close(house)
    text = json.dumps(Gateway(house).ask("oversight"))
    numbers = [row.number for row in house.rows(select(tickets.c.number))]
    assert numbers
    assert not any(number in text for number in numbers)
    for secret in ("Warga", "36021465", "example.org", SUPERVISOR.name, "Pusat"):
        assert secret not in text


def test_appeals_and_misses_hide_small_numbers(house: House) -> None:
    house.booked(1, house.slots(DAY)[0])
    house.change(update(tickets).values(state="no_show"))
    found = dict(house.ask(oversight.misses, officer=SUPERVISOR, site=SITE, now=NOW))
    assert found[date(2026, 12, 1)]["missed"] is Hidden.FEW
    assert found[None]["appeals"] == 0


def test_an_officer_of_a_counter_oversees_nothing(house: House) -> None:
    with pytest.raises(Forbidden):
        house.ask(oversight.plan_of, officer=OFFICER, site=SITE)
    with pytest.raises(Forbidden):
        house.ask(oversight.given, officer=OFFICER, first=TODAY, last=TODAY)
    with pytest.raises(Forbidden):
        house.ask(oversight.misses, officer=OFFICER, site=SITE, now=NOW)
    with pytest.raises(Forbidden):
        house.ask(oversight.failures, officer=OFFICER, now=NOW)
    with house.database.reading() as session:
        with pytest.raises(Forbidden):
            oversight.orders(session, officer=OFFICER)
        with pytest.raises(Forbidden):
            oversight.opened(session, officer=OFFICER)
