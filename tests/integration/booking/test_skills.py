"""What counters and officers serve: changed by supervisors, counted from the next call, on both databases."""

import json
from datetime import timedelta

import pytest
from gerai_booking.models import acts
from gerai_booking.usecases import floor, queue, shifts, skills
from gerai_booking.usecases.whole_floor import whole_floor
from gerai_shared import accounts, tables
from gerai_shared.accounts import Officer
from gerai_shared.refusals import Forbidden, Refused
from sqlalchemy import select

from tests.integration.booking.house import COUNTERS, DAY, NEXT_DAY, SERVICE, SITE, House
from tests.integration.booking.test_floor import EIGHT, FINISH, MINUTE, call, walk_in
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR

CHILD, LOST, RENEWAL = "passport-child", "passport-lost", "passport-renewal"
TOMORROW = EIGHT + timedelta(days=1)


def change(house: House, *services: str, counter: str = "101", officer: Officer = SUPERVISOR, **more) -> None:
    asked = {"until": None, "why": "Karena sedang diuji", "now": EIGHT} | more
    house.do(
        skills.set_services, officer=officer, site=SITE, counter=counter, services=list(services), **asked
    )


def served(house: House, *, counter: str = "101", day=DAY, officer_id: str | None = None) -> tuple[str, ...]:
    return house.ask(skills.services_of, site=SITE, counter=counter, officer_id=officer_id, day=day)


def test_a_change_counts_from_the_next_call_and_on_the_screen(house: House) -> None:
    adult = walk_in(house, at=timedelta(0))
    child = walk_in(house, at=MINUTE, service=CHILD)
    change(house, CHILD)
    seen = house.ask(queue.counter_queue, site=SITE, counter="101", now=EIGHT)
    assert [ticket.number for ticket in seen.waiting.first] == [child.number]
    assert call(house).number == child.number
    for done in (floor.start, FINISH):
        house.do(done, house.desk(now=EIGHT), revision=None)
    with pytest.raises(Refused, match="nobody_waits"):
        call(house)
    assert call(house, counter="102").number == adult.number


def test_a_change_for_a_day_gives_way_to_the_one_before_it_and_a_reset_to_the_catalogue(
    house: House,
) -> None:
    of_catalogue = served(house)
    change(house, CHILD)
    change(house, LOST, CHILD, until=DAY)
    assert served(house) == (LOST, CHILD)
    assert served(house, day=NEXT_DAY) == (CHILD,)
    house.do(skills.reset_services, officer=SUPERVISOR, site=SITE, counter="101", now=EIGHT)
    assert served(house) == served(house, day=NEXT_DAY) == of_catalogue
    assert served(house, counter="102") == of_catalogue


def test_a_service_that_nobody_would_serve_is_warned_of_and_shown_on_the_floor(house: House) -> None:
    alone = next(each for each in house.office.counters_at(SITE) if LOST in each.services)
    others = [code for code in alone.services if code != LOST]
    with pytest.raises(Refused, match="nobody_would_serve"):
        change(house, *others, counter=alone.code)
    assert LOST in served(house, counter=alone.code)
    change(house, *others, counter=alone.code, anyway=True)
    seen = house.ask(whole_floor, officer=SUPERVISOR, site=SITE, now=EIGHT)
    assert seen.unserved == [LOST]
    change(house, LOST, counter=COUNTERS[0])
    assert house.ask(whole_floor, officer=SUPERVISOR, site=SITE, now=EIGHT).unserved == []


def test_an_officer_is_given_what_both_they_and_the_counter_serve(house: House) -> None:
    adult = walk_in(house, at=timedelta(0))
    child = walk_in(house, at=MINUTE, service=CHILD)
    officer_id = add_officer(house)
    give(house, officer_id, CHILD, LOST)
    assert served(house, officer_id=officer_id) == (CHILD,)
    desk = house.desk(now=EIGHT)
    limited = type(desk)(site=SITE, counter="101", officer_id=officer_id, now=EIGHT)
    assert house.do(floor.call_next, limited).number == child.number
    assert call(house, counter="102").number == adult.number
    give(house, officer_id, LOST)
    with pytest.raises(Refused, match="nothing_to_serve"):
        house.do(floor.call_next, type(desk)(site=SITE, counter="103", officer_id=officer_id, now=EIGHT))
    give(house, officer_id)
    assert served(house, officer_id=officer_id) == served(house)


def test_the_floor_tells_who_serves_what_for_whom_and_since_when(house: House) -> None:
    walk_in(house, at=timedelta(0))
    change(house, CHILD)
    house.do(shifts.at_work, house.desk(now=EIGHT), officer=OFFICER, calls=True)
    house.do(shifts.pause, house.desk(now=EIGHT), officer=OFFICER, reason="break", minutes=15)
    seen = house.ask(whole_floor, officer=SUPERVISOR, site=SITE, now=EIGHT)
    here = next(each for each in seen.counters if each.counter.code == "101")
    assert here.shift is not None
    assert here.setting is not None
    assert (here.services, here.could_call, here.setting.set_by) == ((CHILD,), 0, "Penyelia Uji")
    assert (here.shift.officer_name, here.shift.since, here.shift.paused_until) == (
        "Petugas Uji",
        EIGHT,
        EIGHT + 15 * MINUTE,
    )
    (waiting,) = seen.services
    assert "101" not in {each.code for each in waiting.counters}


def test_only_a_supervisor_changes_it_to_what_the_site_offers_and_it_is_on_record(house: House) -> None:
    with pytest.raises(Forbidden):
        change(house, CHILD, officer=OFFICER)
    for services in ((), ("no-such-service",)):
        with pytest.raises(Refused, match="unknown_service"):
            change(house, *services)
    with pytest.raises(Refused, match="unknown_counter"):
        change(house, CHILD, counter="999")
    with pytest.raises(Refused, match="unknown_officer"):
        give(house, "nobody", CHILD)
    change(house, CHILD)
    (act,) = house.rows(select(acts.officer_acts).where(acts.officer_acts.c.about == acts.COUNTER))
    assert (act.act, act.what, act.officer_name) == ("services_changed", f"{SITE}.101", "Penyelia Uji")
    (told,) = house.rows(select(tables.outbox).where(tables.outbox.c.type == "counter.services_changed.v1"))
    data = json.loads(told.body)["data"]
    assert (data["counter"], data["state"], data["services"]) == ("101", "closed", [CHILD])


def test_a_service_that_left_the_site_is_called_by_nobody(house: House) -> None:
    change(house, SERVICE, RENEWAL)
    office = house.office
    left = tuple(offer for offer in office.agency.offers if (offer.site, offer.service) != (SITE, RENEWAL))
    office.agency = type(office.agency)(**{**office.agency.__dict__, "offers": left})
    assert served(house) == (SERVICE,)


def add_officer(house: House) -> str:
    """Give an account to somebody; its id."""
    with house.database.transaction() as session:
        session.execute(accounts.officers.delete())
        made = accounts.create_officer(
            session,
            username="terbatas",
            name="Petugas Baru",
            password="kata-sandi-uji",
            role="officer",
            now=EIGHT,
        )
    return made.id


def give(house: House, officer_id: str, *services: str) -> None:
    """Say what an officer may serve."""
    house.do(
        skills.set_officer_services,
        officer=SUPERVISOR,
        officer_id=officer_id,
        services=list(services),
        now=EIGHT,
    )
