"""Places for groups: taken with the hours and quotas, named by a list, and the public's again in time (S1-9)."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from gerai_booking.models import groups as tables
from gerai_booking.models.places import day_quotas, slots
from gerai_booking.models.tickets import tickets
from gerai_booking.opening_loop import look_after
from gerai_booking.refusals import OpenTicketExists, PlanInThePast, SlotFull
from gerai_booking.rules.groups import GroupFull, GroupReturned, GroupTooLarge, UnknownGroup
from gerai_booking.rules.quota import GROUP, ONLINE, Bound
from gerai_booking.schemas import BookingSchema
from gerai_booking.usecases import changes, groups, plan
from gerai_booking.usecases.applicants import applicant_of
from gerai_booking.usecases.groups import NotWhole, Row
from gerai_booking.usecases.plan import Change
from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.refusals import Forbidden
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House
from tests.integration.booking.test_service import Resources

SUPERVISOR = Officer(id="supervisor", username="penyelia", name="Penyelia Uji", role="supervisor")
OFFICER = Officer(id="officer", username="petugas", name="Petugas Uji", role="officer")


def change(officer: Officer = SUPERVISOR, why: str = "Daftar jemaah kementerian") -> Change:
    return Change(officer=officer, why=why, now=NOW)


def allotted(house: House, wanted: int = 10, **other: Any) -> str:
    asked = {
        "site": SITE,
        "service": SERVICE,
        "institution": "Kantor urusan haji",
        "contact": "Sekretariat, 0254 000000",
        "purpose": house.office.service(SERVICE).purposes[0].code,
        "first_day": DAY,
        "last_day": DAY,
        "most_an_hour": 5,
        "returns_on": TODAY,
        "basis": "Surat permintaan",
    }
    return house.do(groups.allot, change(), wanted=wanted, **asked | other)


def row(house: House, number: int, *, hour: str | None = None, contact: bool = True) -> Row:
    person = house.person(number)
    body = {
        "slot_id": "none-at-all",
        "purpose": house.office.service(SERVICE).purposes[0].code,
        "precondition_met": True,
        "person": person,
    }
    applicant = applicant_of(load(BookingSchema(), body), house.office)
    if not contact:
        applicant = replace(applicant, email=None)
    return Row(line=number + 1, reference=f"H-{number}", applicant=applicant, hour=hour)


def named(house: House, group: str, *rows: Row, whole: bool = False) -> groups.Outcome:
    return house.do(groups.name_places, change(), group_id=group, rows=rows, whole=whole)


def codes(found: groups.Outcome) -> list[tuple[int, str]]:
    return [(line, refusal.code) for line, refusal in found.refused]


def test_s1_9_a_group_takes_places_of_hours_and_day_before_it_has_names(house: House) -> None:
    allotted(house)
    first, second, third, *_ = house.slots()
    assert [house.taken(slot) for slot in (first, second, third)] == [5, 5, 0]
    assert house.of_day(DAY, Bound()).taken == 10
    # The online quota is the public's own: groups count beside it, within the hours they share.
    assert house.taken_of_day(DAY) == 0
    house.check()


def test_s1_9_each_name_of_the_list_becomes_a_booked_ticket_and_is_told(house: House) -> None:
    group = allotted(house, 3)
    found = named(house, group, row(house, 1), row(house, 2, contact=False))
    assert (found.named, found.refused) == (2, [])
    kept = house.rows(select(tickets).order_by(tickets.c.number))
    assert [(each.state, each.quota_channel, each.channel) for each in kept] == [
        ("booked", GROUP, ONLINE),
        ("booked", GROUP, ONLINE),
    ]
    seen = house.ask(groups.view, site=SITE, group_id=group)
    assert [member.reference for member, _ in seen.members] == ["H-1", "H-2"]
    assert [house.announced(token) for _, token in seen.members] == [["ticket.booked.v1"]] * 2
    assert seen.contact == "Sekretariat, 0254 000000"
    house.check()


def test_s1_9_places_without_a_name_go_back_once_on_their_day(house: House) -> None:
    group = allotted(house, 10, returns_on=TODAY)
    named(house, group, row(house, 1))
    assert house.ask(groups.due, now=NOW) == [group]
    assert house.ask(groups.due, now=NOW - timedelta(days=1)) == []

    def once_more() -> int:
        with house.database.transaction() as session:
            return groups.give_back_due(session, house.office, group_id=group, now=NOW)

    assert [once_more(), once_more()] == [9, 0]
    assert house.ask(groups.due, now=NOW) == []
    assert house.of_day(DAY, Bound()).taken == 1
    with pytest.raises(GroupReturned):
        named(house, group, row(house, 2))
    house.check()


def test_the_loop_that_opens_days_gives_back_what_is_due_and_leaves_the_rest(house: House) -> None:
    allotted(house, 4, returns_on=TODAY)
    allotted(house, 3, returns_on=DAY)
    look_after(Resources(house))  # type: ignore[arg-type]
    assert house.of_day(DAY, Bound()).taken == 3
    house.check()


def test_a_supervisor_gives_unused_places_back_before_their_day(house: House) -> None:
    group = allotted(house, 10, returns_on=DAY)
    with house.database.transaction() as session:
        why = change(why="Daftar sudah lengkap")
        assert groups.give_back(session, house.office, why, group_id=group) == 10
    kept = house.rows(select(tables.groups))[0]
    assert (kept.returned_by, kept.returned_why) == ("Penyelia Uji", "Daftar sudah lengkap")
    house.check()


def test_the_public_does_not_get_a_groups_places_and_the_group_not_the_publics(house: House) -> None:
    hour = house.slots()[0]
    house.shrink(day=DAY, per_slot=2)
    house.booked(1, hour)
    group = allotted(house, 1, most_an_hour=5)
    (answer,) = house.book(house.request(2, hour))
    assert isinstance(answer, SlotFull)
    with pytest.raises(GroupTooLarge) as refused:
        allotted(house, 100)
    hours = len(house.slots())
    assert refused.value.details == {"places": 2 * hours - 2}
    assert named(house, group, row(house, 3)).named == 1
    house.check()


def test_a_quota_for_groups_bounds_them_and_all_of_them_together(house: House) -> None:
    house.do(
        plan.set_quota,
        change(),
        site=SITE,
        bound=Bound(channel=GROUP),
        places_a_day=8,
        valid_from=DAY,
        valid_to=DAY,
        basis="Surat kepala kantor",
    )
    allotted(house, 6)
    with pytest.raises(GroupTooLarge) as refused:
        allotted(house, 3)
    assert refused.value.details == {"places": 2}
    house.check()


def test_a_quota_that_comes_later_counts_the_places_that_groups_have_already(house: House) -> None:
    group = allotted(house, 6)
    named(house, group, row(house, 1))
    house.do(
        plan.set_quota,
        change(),
        site=SITE,
        bound=Bound(channel=GROUP),
        places_a_day=8,
        valid_from=DAY,
        valid_to=DAY,
        basis="Surat kepala kantor",
    )
    assert house.of_day(DAY, Bound(channel=GROUP)).taken == 6
    house.check()


def test_who_leaves_a_group_gives_the_place_to_the_public(house: House) -> None:
    group = allotted(house, 3)
    named(house, group, row(house, 1), row(house, 2))
    (_, first), (_, second) = house.ask(groups.view, site=SITE, group_id=group).members
    house.do(changes.cancel, token=first, revision=None, now=NOW)
    house.check()
    moved = house.do(
        changes.reschedule, token=second, slot_id=house.slots(NEXT_DAY)[0], revision=None, now=NOW
    )
    assert house.rows(select(tickets.c.quota_channel).where(tickets.c.id == moved.id))[0][0] == ONLINE
    # The institution sees where its people are now.
    seen = house.ask(groups.view, site=SITE, group_id=group).members
    assert [(member.reference, member.id, member.state) for member, _ in seen] == [
        ("H-1", house.office.ticket_id(first), "cancelled"),
        ("H-2", moved.id, "booked"),
    ]
    assert (seen[1][0].day, seen[1][0].number) == (NEXT_DAY, moved.number)
    further = {"slot_id": house.slots(NEXT_DAY)[1], "revision": None, "now": NOW}
    last = house.do(changes.reschedule, token=house.office.token(moved.id), **further)
    assert house.ask(groups.view, site=SITE, group_id=group).members[1][0].id == last.id
    assert house.of_day(DAY, Bound()).taken == 1
    house.check()


def test_one_person_has_one_open_ticket_in_a_list_and_outside_it(house: House) -> None:
    house.booked(1, house.slots(NEXT_DAY)[0])
    group = allotted(house)
    again = row(house, 2)
    found = named(house, group, row(house, 1), row(house, 2), again)
    assert (found.named, codes(found)) == (1, [(2, OpenTicketExists.code), (3, OpenTicketExists.code)])
    house.check()


def test_a_list_that_is_taken_whole_changes_nothing_when_one_line_is_refused(house: House) -> None:
    house.booked(1, house.slots(NEXT_DAY)[0])
    group = allotted(house)
    before = len(house.rows(select(tickets)))
    with pytest.raises(NotWhole) as refused:
        named(house, group, row(house, 2), row(house, 1), whole=True)
    assert codes(refused.value.outcome) == [(2, OpenTicketExists.code)]
    assert len(house.rows(select(tickets))) == before
    assert all(each.named == 0 for each in house.rows(select(tables.group_places)))
    assert named(house, group, row(house, 2), whole=True).named == 1
    house.check()


def test_a_line_gets_the_hour_it_asks_for_or_is_told_that_it_is_gone(house: House) -> None:
    group = allotted(house, 2, most_an_hour=1)
    found = named(
        house,
        group,
        row(house, 1, hour="09:00"),
        row(house, 2, hour="2026-12-02 09:00"),
        row(house, 3, hour="15:00"),
        row(house, 4),
        row(house, 5),
    )
    assert found.named == 2
    assert codes(found) == [(3, GroupFull.code), (4, GroupFull.code), (6, GroupFull.code)]
    seen = [member.reference for member, _ in house.ask(groups.view, site=SITE, group_id=group).members]
    assert seen == ["H-4", "H-1"]


def test_only_supervisors_allot_name_and_return(house: House) -> None:
    group = allotted(house)
    with pytest.raises(Forbidden):
        house.do(groups.name_places, change(OFFICER), group_id=group, rows=[], whole=False)
    with house.database.transaction() as session, pytest.raises(Forbidden):
        groups.give_back(session, house.office, change(OFFICER), group_id=group)
    with pytest.raises(UnknownGroup):
        named(house, "nothing")
    with pytest.raises(PlanInThePast):
        allotted(house, first_day=TODAY - timedelta(days=1))


def test_nothing_personal_of_a_list_stands_in_plain_columns_or_events(house: House) -> None:
    named(house, allotted(house), row(house, 1))
    text = json.dumps(
        [
            [str(value) for value in each]
            for table in (tables.groups, tables.group_members, tickets, slots, day_quotas)
            for each in house.rows(select(table))
        ]
    )
    for secret in ("3602146508900001", "Warga Uji 1", "warga1@example.org", "0254 000000"):
        assert secret not in text


def at_once(house: House, group: str, times: int) -> list[str]:
    """Give a group's places back from several threads at once; what each of them met."""
    start = Barrier(times)

    def once() -> str:
        start.wait()
        try:
            with house.database.transaction() as session:
                return str(groups.give_back(session, house.office, change(), group_id=group))
        except (GroupReturned, IntegrityError) as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(times) as threads:
        return sorted(each.result() for each in [threads.submit(once) for _ in range(times)])


def test_places_go_back_once_however_many_give_them_back_and_without_the_lock_they_clash(
    lone_postgres_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = lone_postgres_house
    assert at_once(house, allotted(house, 10), 4) == ["10", *["GroupReturned"] * 3]
    house.check()

    # The negative control: all look before anybody gives back; only the constraints have the last word.
    looked, find, places_of = Barrier(2), tables.find, tables.places_of

    def unlocked(session: Session, group_id: str, *, lock: bool = False) -> Any:
        return find(session, group_id, lock=False)

    def all_look(session: Session, group_id: str) -> Any:
        found = places_of(session, group_id)
        looked.wait()
        return found

    group = allotted(house, 10)
    monkeypatch.setattr(tables, "find", unlocked)
    monkeypatch.setattr(tables, "places_of", all_look)
    assert at_once(house, group, 2) == ["10", "IntegrityError"]
    house.check()
