"""Outreach on both databases: planned, held, reported, counted against a target, and told to the public."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from gerai_booking.models import outreach as tables
from gerai_booking.models.road_map import road_map_changes
from gerai_booking.refusals import (
    EventOver,
    NobodyReachedYet,
    PlanInThePast,
    UnknownEvent,
    UnknownRegency,
    UnknownService,
)
from gerai_booking.rules.outreach import BROCHURE, CALLED_OFF, CHANNELS, FACE_TO_FACE, HELD, PLANNED, RADIO
from gerai_booking.rules.road_map import Year
from gerai_booking.sample_outreach import SAMPLE, TARGET, add_sample
from gerai_booking.usecases import outreach
from gerai_booking.usecases.plan import Change
from gerai_shared.accounts import Officer
from gerai_shared.refusals import Forbidden
from sqlalchemy import delete, select

from tests.integration.booking.house import NOW, SERVICE, TODAY, House
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR
from tests.integration.booking.test_service import Gateway

ONE_DAY = timedelta(days=1)


def change(why: str = "Sesuai rencana kerja", officer: Officer = SUPERVISOR) -> Change:
    return Change(officer=officer, why=why, now=NOW)


@pytest.fixture
def house(house: House) -> House:
    """A house without a register."""
    for table in (tables.outreach_events, tables.outreach_targets, road_map_changes):
        house.change(delete(table))
    return house


def event(house: House, held_on: date, **other: Any) -> str:
    asked = {"place": "Balai desa", "title": "Sosialisasi paspor", "channel": FACE_TO_FACE}
    return house.do(outreach.record_event, change(""), held_on=held_on, **asked | other)


def report(house: House, event_id: str, state: str = HELD, **other: Any) -> None:
    house.do(outreach.report_event, change(), event_id=event_id, state=state, **other)


def row_of(house: House, event_id: str) -> Any:
    (row,) = house.rows(select(tables.outreach_events).where(tables.outreach_events.c.id == event_id))
    return row


def this_year(house: House) -> Year:
    found = house.ask(outreach.years, now=NOW)
    return next(year for year in found if year.year == TODAY.year)


def test_s1_1_an_event_tells_where_for_whom_about_what_and_who_wrote_it_down(house: House) -> None:
    wanted = {"regency": "36.01", "audience": "Calon jemaah", "topics": (SERVICE, "passport-renewal")}
    found = row_of(house, event(house, TODAY + ONE_DAY, **wanted))
    assert (found.regency, found.audience, found.topics) == (
        "36.01",
        "Calon jemaah",
        f"{SERVICE} passport-renewal",
    )
    assert (found.state, found.recorded_by, found.recorded_at) == (PLANNED, SUPERVISOR.name, NOW)
    assert row_of(house, event(house, TODAY)).state == HELD


def test_s1_2_the_channels_are_those_of_the_article_and_a_radio_has_its_name(house: House) -> None:
    assert set(CHANNELS) >= {FACE_TO_FACE, RADIO, BROCHURE}
    radio = event(house, TODAY + ONE_DAY, channel=RADIO, station="Radio publik Banten")
    other = event(house, TODAY + ONE_DAY, channel=BROCHURE, station="Radio publik Banten")
    assert row_of(house, radio).station == "Radio publik Banten"
    assert row_of(house, other).station is None
    told = house.ask(outreach.published, now=NOW)["coming"]
    assert {(each["channel"], each["station"]) for each in told} == {
        (RADIO, "Radio publik Banten"),
        (BROCHURE, None),
    }


def test_s1_1_the_public_reads_what_is_to_come_without_names_and_notes(house: House) -> None:
    event(house, TODAY - ONE_DAY)
    event(house, TODAY + 9 * ONE_DAY, title="Kedua", notes="Catatan untuk kami", regency="36.02")
    event(house, TODAY + ONE_DAY, title="Pertama", last_on=TODAY + 3 * ONE_DAY)
    gone = event(house, TODAY + 2 * ONE_DAY, title="Batal")
    report(house, gone, CALLED_OFF)
    told = Gateway(house).ask("outreach")
    assert [each["title"] for each in told["coming"]] == ["Pertama", "Kedua"]
    assert told["coming"][0]["last_day"] == (TODAY + 3 * ONE_DAY).isoformat()
    assert told["coming"][1]["regency"] == "Kabupaten Lebak"
    assert SUPERVISOR.name not in json.dumps(told)
    assert "Catatan" not in json.dumps(told)


def test_a_report_says_how_many_were_reached_and_what_it_was_stays_on_record(house: House) -> None:
    event_id = event(house, TODAY)
    report(house, event_id, reached=85)
    report(house, event_id, reached=90, notes="Dihitung ulang")
    found = row_of(house, event_id)
    assert (found.reached, found.notes) == (90, "Dihitung ulang")
    kept = house.ask(outreach.overview, now=NOW).changes[event_id]
    assert [json.loads(row.after)["reached"] for row in kept] == [None, 85, 90]
    assert {row.officer_name for row in kept} == {SUPERVISOR.name}


def test_what_is_over_and_not_reported_counts_for_nothing_and_is_asked_for(house: House) -> None:
    event_id = event(house, TODAY + ONE_DAY)
    before = this_year(house)
    later = NOW + 2 * ONE_DAY
    seen = house.ask(outreach.overview, now=later)
    assert [row.id for row in seen.to_report] == [event_id]
    year = next(year for year in seen.years if year.year == TODAY.year)
    assert (year.held, year.to_come) == (before.held, before.to_come - 1)


def test_s2_7_events_of_a_year_count_with_the_dates_of_pop_ups_against_a_target(house: House) -> None:
    house.do(outreach.set_target, change(), year=2026, target=15, basis="Rencana kerja 2026")
    event(house, date(2026, 10, 23))
    # Eleven second Saturdays until 1 December, one to come, and the one that was written down.
    year = this_year(house)
    assert (year.held, year.to_come, year.missing) == (12, 1, 2)
    told = house.ask(outreach.published, now=NOW)["year"]
    assert told == {"year": 2026, "held": 12, "to_come": 1, "target": 15}
    house.do(outreach.set_target, change(), year=2026, target=13, basis="Rencana kerja diubah")
    assert this_year(house).missing == 0
    kept = house.rows(select(road_map_changes).where(road_map_changes.c.kind == "target"))
    assert {row.before for row in kept} == {None, '{"target": 15}'}
    with pytest.raises(PlanInThePast):
        house.do(outreach.set_target, change(), year=2025, target=1, basis="Terlambat")


def test_nothing_is_written_down_that_cannot_be(house: House) -> None:
    with pytest.raises(UnknownRegency):
        event(house, TODAY, regency="99.99")
    with pytest.raises(UnknownService):
        event(house, TODAY, topics=("surat-izin-mengemudi",))
    with pytest.raises(NobodyReachedYet):
        event(house, TODAY + ONE_DAY, reached=10)
    coming = event(house, TODAY + ONE_DAY)
    with pytest.raises(NobodyReachedYet):
        report(house, coming)
    report(house, coming, CALLED_OFF)
    with pytest.raises(EventOver):
        report(house, coming, CALLED_OFF)
    with pytest.raises(UnknownEvent):
        report(house, "nothing")


def test_officers_write_nothing_down(house: House) -> None:
    nobody = change(officer=OFFICER)
    asked = {"held_on": TODAY, "place": "Pasar", "title": "Uji", "channel": RADIO}
    with pytest.raises(Forbidden):
        house.do(outreach.record_event, nobody, **asked)
    with pytest.raises(Forbidden):
        house.do(outreach.report_event, nobody, event_id="x", state=HELD)
    with pytest.raises(Forbidden):
        house.do(outreach.set_target, nobody, year=2026, target=1, basis="Uji")


def test_the_sample_is_written_once(house: House) -> None:
    house.do(add_sample, now=NOW)
    house.do(add_sample, now=NOW)
    assert len(house.rows(select(tables.outreach_events.c.id))) == len(SAMPLE)
    assert this_year(house).target == TARGET
