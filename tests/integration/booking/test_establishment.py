"""Establishing a work unit, from the request to the opening, as the founding article of Lebak asks (S4)."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from gerai_booking.models import establishment as tables
from gerai_booking.models.tickets import tickets
from gerai_booking.refusals import (
    ActionDone,
    DocumentMissing,
    ItemNotNext,
    ItemsLacking,
    RequestClosed,
    StaffNotMixed,
    StageNotNext,
    UnitComesFirst,
    UnknownEstablishment,
    UnknownItem,
    UnknownMinutes,
)
from gerai_booking.rules import establishment as rules
from gerai_booking.usecases import changes, demand, establishment
from gerai_booking.usecases.establishment import Document
from gerai_booking.usecases.plan import Change
from gerai_shared.accounts import Officer
from gerai_shared.refusals import Forbidden, NotFound
from sqlalchemy import delete, select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House

LEBAK = "36.02"
SUPERVISOR = Officer(id="supervisor", username="penyelia", name="Penyelia Uji", role="supervisor")
OFFICER = Officer(id="officer", username="petugas", name="Petugas Uji", role="officer")
PAPER = Document(number="180/1/2026", dated=TODAY, title="Dokumen contoh", kept_at="Bagian Hukum")
WHY = "Sesuai hasil audiensi"


def change(officer: Officer = SUPERVISOR, why: str = WHY) -> Change:
    return Change(officer=officer, why=why, now=NOW)


@pytest.fixture
def house(house: House) -> House:
    """A house whose register is empty."""
    house.change(delete(tables.requests))
    return house


def submitted(house: House, kind: str = rules.UNIT, *, on: date = TODAY) -> str:
    return house.do(
        establishment.submit,
        change(),
        kind=kind,
        regency_code=LEBAK,
        place="Rangkasbitung",
        submitted_on=on,
    )


def accept(house: House, request: str, *items: str) -> None:
    for item in items:
        people = {"immigration_staff": 2, "regional_staff": 4} if item == rules.STAFF else {}
        house.do(
            establishment.set_item,
            change(),
            request_id=request,
            item=item,
            state=rules.RECEIVED,
            document=PAPER,
            **people,
        )
        house.do(establishment.set_item, change(), request_id=request, item=item, state=rules.ACCEPTED)


def go(house: House, request: str, *stages: str) -> None:
    for stage in stages:
        house.do(establishment.move, change(), request_id=request, stage=stage, on=TODAY)


def opened_unit(house: House) -> str:
    request = submitted(house)
    accept(house, request, *rules.items_of(rules.UNIT))
    go(house, request, rules.VERIFIED, rules.PREPARED, rules.TRIAL, rules.OPENED)
    return request


def dossier(house: House, request: str, *, today: date = TODAY) -> establishment.Dossier:
    return house.ask(establishment.dossier, request_id=request, today=today)


def test_s4_1_a_request_for_a_work_unit_cites_its_legal_base_and_how_well_it_is_known(house: House) -> None:
    seen = dossier(house, submitted(house))
    assert [(basis.citation[:19], basis.confidence) for basis in seen.bases] == [
        ("Permenkumham 19/201", "named")
    ]


def test_s4_2_an_office_is_refused_until_a_work_unit_of_the_regency_is_open(house: House) -> None:
    submitted(house)
    with pytest.raises(UnitComesFirst):
        submitted(house, rules.OFFICE)
    unit = opened_unit(house)
    office = submitted(house, rules.OFFICE)
    assert dossier(house, office).request.grown_from == unit
    # The register of the unit tells every stage with its day, who and why.
    stages = [json.loads(row.after)["stage"] for row in dossier(house, unit).changes if row.kind == "stage"]
    assert stages == list(rules.WAY)


def test_s4_3_land_building_equipment_and_grant_are_accepted_before_the_unit_is_prepared(
    house: House,
) -> None:
    request = submitted(house)
    accept(house, request, rules.LETTER, rules.SOCIOLOGICAL, rules.GEOGRAPHIC)
    go(house, request, rules.VERIFIED)
    accept(house, request, rules.LAND, rules.BUILDING, rules.STAFF)
    with pytest.raises(ItemsLacking) as refused:
        go(house, request, rules.PREPARED)
    assert refused.value.details == {"items": [rules.EQUIPMENT, rules.GRANT]}
    assert dossier(house, request).lacking[rules.PREPARED] == [rules.EQUIPMENT, rules.GRANT]
    accept(house, request, rules.EQUIPMENT, rules.GRANT)
    go(house, request, rules.PREPARED)
    assert dossier(house, request).request.stage == rules.PREPARED


def test_s4_4_the_list_of_staff_is_accepted_with_people_of_both_sides_only(house: House) -> None:
    request = submitted(house)
    staff = {"request_id": request, "item": rules.STAFF}
    house.do(
        establishment.set_item,
        change(),
        **staff,
        state=rules.RECEIVED,
        document=PAPER,
        regional_staff=4,
    )
    with pytest.raises(StaffNotMixed):
        house.do(establishment.set_item, change(), **staff, state=rules.ACCEPTED)
    house.do(establishment.set_item, change(), **staff, state=rules.ACCEPTED, immigration_staff=2)
    row = dict(dossier(house, request).items)[rules.STAFF]
    assert (row.state, row.immigration_staff, row.regional_staff) == (rules.ACCEPTED, 2, 4)


def test_s4_5_the_study_is_fed_with_demand_by_district_and_small_numbers_are_kept_back(
    house: House,
) -> None:
    # Six of Rangkasbitung (36.02.14) and two of Bayah (36.02.03) book; one of the six moves to another day.
    hours = house.slots()
    tokens = [house.booked(person, hours[person % len(hours)]) for person in range(1, 7)]
    for person in (7, 8):
        body = house.person(person) | {"nik": f"360203650890{person:04d}"}
        (answer,) = house.book(house.request(person, hours[0], person=body))
        assert isinstance(answer, dict)
    house.do(changes.reschedule, token=tokens[0], slot_id=house.slots(NEXT_DAY)[0], revision=None, now=NOW)
    question = demand.Question(regency=LEBAK, first=date(2026, 12, 1), last=date(2026, 12, 31))
    seen = house.ask(demand.by_district, question)
    assert [(row.district, row.count) for row in seen.rows] == [("36.02.14", 6), ("36.02.03", None)]
    assert seen.shown == 6
    # Who cancels is no demand any more.
    house.do(changes.cancel, token=tokens[1], revision=None, now=NOW)
    assert house.ask(demand.by_district, question).rows[0].count == 5
    elsewhere = demand.Question(regency=LEBAK, first=question.first, last=question.last, site="mpp-lebak")
    assert house.ask(demand.by_district, elsewhere).rows == ()
    asked = demand.Question(regency=LEBAK, first=DAY, last=DAY, site=SITE, service=SERVICE)
    assert house.ask(demand.by_district, asked).shown == 0


def test_a_foreign_national_has_no_district_and_a_moved_ticket_keeps_its_own(house: House) -> None:
    house.booked(1, house.slots(service="stay-permit")[0], service="stay-permit")
    token = house.booked(2, house.slots()[0])
    house.do(changes.reschedule, token=token, slot_id=house.slots(NEXT_DAY)[0], revision=None, now=NOW)
    found = house.rows(select(tickets.c.service, tickets.c.origin_district).order_by(tickets.c.service))
    assert {tuple(row) for row in found} == {("stay-permit", None), (SERVICE, "36.02.14")}


def test_s4_8_minutes_carry_action_items_with_owner_and_due_day_and_late_ones_come_first(
    house: House,
) -> None:
    request = submitted(house)
    minutes = house.do(
        establishment.add_minutes,
        change(why=""),
        request_id=request,
        held_on=TODAY,
        place="Pendopo",
        participants="Wakil Bupati\nKepala Bagian Hukum",
        decisions="Laporkan kepada Bupati.\nSiapkan dokumen administrasi.",
    )
    wanted = {"Dokumen administrasi": 14, "Laporan kepada Bupati": 1}
    ids = {
        what: house.do(
            establishment.add_action,
            change(why=""),
            request_id=request,
            minutes_id=minutes,
            what=what,
            owner="Kepala Bagian Hukum",
            due_on=TODAY + timedelta(days=days),
        )
        for what, days in wanted.items()
    }
    later = TODAY + timedelta(days=3)
    assert [action.what for action in dossier(house, request, today=later).actions] == [
        "Laporan kepada Bupati",
        "Dokumen administrasi",
    ]
    late = house.ask(establishment.register, today=later).overdue
    assert [(action.what, action.owner) for action in late] == [
        ("Laporan kepada Bupati", "Kepala Bagian Hukum")
    ]
    done = {"request_id": request, "action_id": ids["Laporan kepada Bupati"]}
    house.do(establishment.finish_action, change(why="Laporan sudah disampaikan"), **done)
    with pytest.raises(ActionDone):
        house.do(establishment.finish_action, change(), **done)
    assert house.ask(establishment.register, today=later).overdue == []


def test_a_mall_is_to_be_verified_in_thirty_days_and_is_late_after_them(house: House) -> None:
    request = submitted(house, rules.MALL)
    due = TODAY + timedelta(days=30)
    assert dossier(house, request).request.verify_by == due
    assert not dossier(house, request, today=due).is_late
    assert dossier(house, request, today=due + timedelta(days=1)).is_late
    # Returned and submitted again, it has thirty days anew.
    go(house, request, rules.RETURNED)
    again = TODAY + timedelta(days=40)
    house.do(establishment.move, change(), request_id=request, stage=rules.SUBMITTED, on=again)
    assert dossier(house, request).request.verify_by == again + timedelta(days=30)


def test_an_item_is_received_with_its_document_and_sent_back_with_a_note(house: House) -> None:
    request = submitted(house)
    land = {"request_id": request, "item": rules.LAND}
    with pytest.raises(DocumentMissing):
        house.do(establishment.set_item, change(), **land, state=rules.RECEIVED)
    with pytest.raises(ItemNotNext):
        house.do(establishment.set_item, change(), **land, state=rules.ACCEPTED)
    with pytest.raises(UnknownItem):
        house.do(establishment.set_item, change(), request_id=request, item="roof", state=rules.RECEIVED)
    house.do(establishment.set_item, change(), **land, state=rules.RECEIVED, document=PAPER)
    house.do(establishment.set_item, change(why="Sertifikat belum ada"), **land, state=rules.SENT_BACK)
    seen = dossier(house, request)
    row = dict(seen.items)[rules.LAND]
    assert (row.state, row.note, row.changed_by) == (rules.SENT_BACK, "Sertifikat belum ada", "Penyelia Uji")
    assert [(paper.item, paper.number) for paper in seen.documents] == [(rules.LAND, PAPER.number)]


def test_a_request_goes_no_further_than_its_next_stage_and_not_at_all_when_it_ended(house: House) -> None:
    request = submitted(house)
    with pytest.raises(StageNotNext):
        go(house, request, rules.OPENED)
    house.do(establishment.add_document, change(why=""), request_id=request, document=PAPER)
    go(house, request, rules.WITHDRAWN)
    with pytest.raises(StageNotNext):
        go(house, request, rules.SUBMITTED)
    with pytest.raises(RequestClosed):
        accept(house, request, rules.LETTER)


def test_only_supervisors_of_an_agency_that_establishes_units_keep_the_register(house: House) -> None:
    request = submitted(house)
    with pytest.raises(Forbidden):
        house.do(establishment.move, change(OFFICER), request_id=request, stage=rules.WITHDRAWN, on=TODAY)
    with pytest.raises(UnknownEstablishment):
        dossier(house, "nothing")
    with pytest.raises(UnknownMinutes):
        house.do(establishment.finish_action, change(), request_id=request, action_id="nothing")
    with pytest.raises(UnknownMinutes):
        house.do(
            establishment.add_action,
            change(),
            request_id=request,
            minutes_id="nothing",
            what="Sesuatu",
            owner="Seseorang",
            due_on=TODAY,
        )
    house.office.agency = replace(house.office.agency, establishes_units=False)
    with pytest.raises(NotFound):
        submitted(house)
