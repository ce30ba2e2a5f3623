"""The road map of a mall: counters by agency, dates that move on record (S4-6, S4-7)."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from gerai_booking import agencies
from gerai_booking.models import road_map as tables
from gerai_booking.refusals import (
    PlanInThePast,
    UnknownPlannedCounter,
    UnknownServiceGroup,
    UnknownSite,
)
from gerai_booking.rules.road_map import IN_PREPARATION, OPEN, PLANNED, POSTPONED
from gerai_booking.usecases import road_map
from gerai_booking.usecases.plan import Change
from gerai_shared.accounts import Officer
from gerai_shared.refusals import Forbidden
from sqlalchemy import delete, select

from tests.integration.booking.house import NOW, TODAY, House
from tests.integration.booking.test_service import Gateway

MALL = "mpp-lebak"
GROUP = "Izin tinggal"
SUPERVISOR = Officer(id="supervisor", username="penyelia", name="Penyelia Uji", role="supervisor")
OFFICER = Officer(id="officer", username="petugas", name="Petugas Uji", role="officer")
LATER = date(2027, 3, 1)


def change(why: str = "Sesuai rapat persiapan", officer: Officer = SUPERVISOR) -> Change:
    return Change(officer=officer, why=why, now=NOW)


@pytest.fixture
def house(house: House) -> House:
    """A house without a road map."""
    house.change(delete(tables.planned_counters), delete(tables.road_map_changes))
    return house


def planned(house: House, *, target_on: date = LATER, **other: Any) -> str:
    asked = {"site": MALL, "group": GROUP, "counters": 1, "responsible": "Kepala Kantor", "basis": "Uji"}
    return house.do(road_map.plan_counter, change(), target_on=target_on, **asked | other)


def revised(house: House, counter: str, why: str = "Gedung belum selesai", **other: Any) -> None:
    asked = {"site": MALL, "state": PLANNED}
    house.do(road_map.revise_counter, change(why), counter_id=counter, **asked | other)


def entry(house: House) -> dict[str, Any]:
    (found,) = house.ask(road_map.published, site=MALL, now=NOW)["entries"]
    return found


def test_s4_6_the_mall_plans_counters_for_passports_ki_ahu_and_ham(house: House) -> None:
    offered = {
        slug: {planned.group.id for planned in agencies.load(slug, TODAY).road_map if planned.site == MALL}
        for slug in ("immigration", "legal")
    }
    assert "Paspor" in offered["immigration"]
    assert offered["legal"] == {
        "Kekayaan intelektual",
        "Administrasi hukum umum",
        "Hak asasi manusia dan konsultasi hukum",
    }
    house.do(road_map.record_catalogue)
    house.do(road_map.record_catalogue)
    told = house.ask(road_map.published, site=MALL, now=NOW)["entries"]
    assert [each["group"]["id"] for each in told] == [
        planned.group.id for planned in house.office.agency.road_map
    ]


def test_s4_7_a_planned_counter_tells_its_date_state_and_who_is_responsible(house: House) -> None:
    counter = planned(house)
    told = entry(house)
    assert (told["group"]["id"], told["target_on"], told["state"], told["responsible"]) == (
        GROUP,
        "2027-03-01",
        PLANNED,
        "Kepala Kantor",
    )
    revised(house, counter, state=IN_PREPARATION)
    assert (entry(house)["state"], entry(house)["earlier"], entry(house)["reason"]) == (
        IN_PREPARATION,
        [],
        None,
    )


def test_a_date_that_moves_stays_on_record_with_its_reason_and_without_a_name(house: House) -> None:
    counter = planned(house)
    revised(house, counter, target_on=date(2027, 6, 1), state=POSTPONED)
    revised(house, counter, "Petugas belum cukup", target_on=date(2027, 9, 1), state=POSTPONED)
    told = entry(house)
    assert told["target_on"] == "2027-09-01"
    assert told["reason"] == "Petugas belum cukup"
    assert told["earlier"] == [
        {"target_on": "2027-03-01", "changed_on": "2026-12-01", "why": "Gedung belum selesai"},
        {"target_on": "2027-06-01", "changed_on": "2026-12-01", "why": "Petugas belum cukup"},
    ]
    assert "Penyelia" not in json.dumps(told)
    kept = house.rows(select(tables.road_map_changes))
    assert {row.officer_name for row in kept} == {"Penyelia Uji"}
    assert len(kept) == 3


def test_a_counter_is_late_after_its_day_until_it_is_open(house: House) -> None:
    counter = planned(house, target_on=TODAY)
    later = NOW + timedelta(days=1)
    assert house.ask(road_map.published, site=MALL, now=later)["entries"][0]["is_late"] is True
    assert house.ask(road_map.overview, site=MALL, now=later).late == {counter}
    revised(house, counter, target_on=TODAY, state=OPEN)
    assert house.ask(road_map.published, site=MALL, now=later)["entries"][0]["is_late"] is False


def test_nothing_is_planned_for_a_day_that_is_over_nor_for_services_that_are_not_offered(
    house: House,
) -> None:
    yesterday = TODAY - timedelta(days=1)
    with pytest.raises(PlanInThePast):
        planned(house, target_on=yesterday)
    with pytest.raises(UnknownServiceGroup):
        planned(house, group="Surat izin mengemudi")
    with pytest.raises(UnknownSite):
        planned(house, site="pasar")
    counter = planned(house)
    with pytest.raises(PlanInThePast):
        revised(house, counter, target_on=yesterday)
    with pytest.raises(UnknownPlannedCounter):
        revised(house, counter, site="kanim-serang")
    # That it opened earlier than planned is written down with its day.
    revised(house, counter, target_on=yesterday, state=OPEN)
    assert entry(house)["target_on"] == yesterday.isoformat()


def test_officers_plan_nothing(house: House) -> None:
    nobody = change(officer=OFFICER)
    asked = {"site": MALL, "counters": 1, "target_on": LATER, "responsible": "Kepala"}
    with pytest.raises(Forbidden):
        house.do(road_map.plan_counter, nobody, group=GROUP, basis="Uji", **asked)
    with pytest.raises(Forbidden):
        house.do(road_map.revise_counter, nobody, counter_id="x", state=OPEN, **asked)


def test_the_gateway_asks_for_the_road_map_of_a_site(house: House) -> None:
    planned(house)
    told = Gateway(house).ask("road_map", {"site": MALL})
    assert (told["site"], [each["counters"] for each in told["entries"]]) == (MALL, [1])
    with pytest.raises(UnknownSite):
        Gateway(house).ask("road_map", {"site": "pasar"})
