"""Kiosks, displays and printers: keys, heartbeats, silence; and what a kiosk may do."""

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from gerai_booking import device_loop
from gerai_booking.models.devices import devices as table
from gerai_booking.models.history import history
from gerai_booking.models.tickets import tickets
from gerai_booking.refusals import WalkInFull
from gerai_booking.refusals.devices import (
    ClosedForToday,
    DeviceRevoked,
    PrinterAddressMissing,
    UnknownDevice,
    UnknownPrinter,
)
from gerai_booking.rules.devices import SILENT_AFTER, Condition, PrinterAddressWrong
from gerai_booking.rules.quota import WALK_IN, Bound
from gerai_booking.usecases import devices, kiosk
from gerai_shared import tables
from gerai_shared.refusals import Forbidden
from gerai_shared.ticket import Lane, NotYetOpen, State
from prometheus_client import REGISTRY
from sqlalchemy import select

from tests.integration.booking.house import DAY, SERVICE, SITE, House
from tests.integration.booking.test_floor import EIGHT, MINUTE, NINE
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR, set_quota
from tests.support.thermal_printer import PAPER_LOW, PAPER_OUT, thermal_printer

SECOND = timedelta(seconds=1)
TEN = EIGHT + timedelta(hours=2)


def add(house: House, kind: str = "kiosk", *, officer: Any = SUPERVISOR, **wanted: Any) -> str | None:
    about = {"site": SITE, "name": f"Uji {kind}", "address": None, "paper_mm": None, "printer": None}
    key: str | None = house.do(devices.add, officer, kind=kind, now=TEN, **(about | wanted))
    return key


def beat(house: House, key: str, now: datetime, **state: str) -> None:
    house.do(devices.seen, key=key, state=state, now=now)


def tell(house: House, now: datetime) -> list[str]:
    told: list[str] = house.do(devices.tell_of_silence, now=now)
    return told


def news(house: House) -> list[str]:
    query = select(tables.outbox.c.type, tables.outbox.c.body).order_by(tables.outbox.c.position)
    rows = [row for row in house.rows(query) if row.type.startswith("device.")]
    assert all(json.loads(row.body)["data"]["name"] == "Uji kiosk" for row in rows)
    return [row.type for row in rows]


def conditions(house: House, now: datetime) -> dict[str, Condition]:
    with house.database.reading() as session:
        return {each.row.name: each.condition for each in devices.overview(session, SUPERVISOR, now=now)}


def test_a_key_is_told_once_and_the_database_has_nothing_that_opens_anything(sqlite_house: House) -> None:
    house = sqlite_house
    key = add(house) or ""
    found = house.ask(devices.check, key=key)
    assert (found["kind"], found["site"], found["agency"], found["printer"]) == (
        "kiosk",
        SITE,
        "immigration",
        None,
    )
    (row,) = house.rows(select(table))
    assert key not in repr(row)
    assert house.office.device_key(row.id) != key


@pytest.mark.parametrize("ended", ["renewed", "revoked"])
def test_a_key_that_was_withdrawn_opens_nothing(sqlite_house: House, ended: str) -> None:
    house = sqlite_house
    key = add(house) or ""
    device_id = house.ask(devices.check, key=key)["id"]
    if ended == "renewed":
        new = house.do(devices.renew_key, SUPERVISOR, device_id=device_id)
        assert house.ask(devices.check, key=new)["id"] == device_id
    else:
        with house.database.transaction() as session:
            devices.revoke(session, SUPERVISOR, device_id=device_id, now=TEN)
        with pytest.raises(DeviceRevoked):
            house.do(devices.renew_key, SUPERVISOR, device_id=device_id)
    for use in (
        lambda: house.ask(devices.check, key=key),
        lambda: beat(house, key, TEN),
        lambda: house.ask(devices.check, key=house.office.token(device_id)),
        lambda: house.ask(devices.check, key="device-immigration." + "A" * 43),
    ):
        with pytest.raises(UnknownDevice):
            use()


def test_only_supervisors_add_devices_and_printers_stand_in_ones_own_network(sqlite_house: House) -> None:
    house = sqlite_house
    with pytest.raises(Forbidden):
        add(house, officer=OFFICER)
    with pytest.raises(PrinterAddressMissing):
        add(house, "printer")
    for address in ("8.8.8.8", "printer.example.org", "10.0.0.300", "10.0.0.9:0", "10.0.0.9:x", "0.0.0.0"):
        with pytest.raises(PrinterAddressWrong):
            add(house, "printer", address=address)
    assert add(house, "printer", address="192.168.1.50") is None
    with pytest.raises(UnknownPrinter):
        add(house, printer="0" * 36)
    printer = house.rows(select(table.c.id))[0].id
    found = house.ask(devices.check, key=add(house, printer=printer) or "")["printer"]
    assert found == {"id": printer, "host": "192.168.1.50", "port": 9100, "paper_mm": 80}


def test_silence_is_told_once_and_the_return_once(house: House) -> None:
    key = add(house) or ""
    assert conditions(house, TEN) == {"Uji kiosk": Condition.NEW}
    assert tell(house, TEN + SILENT_AFTER + SECOND) == []
    beat(house, key, TEN)
    assert tell(house, TEN + SILENT_AFTER) == []
    later = TEN + SILENT_AFTER + SECOND
    assert tell(house, later) == ["Uji kiosk"]
    assert tell(house, later + MINUTE) == []
    assert conditions(house, later) == {"Uji kiosk": Condition.SILENT}
    beat(house, key, later + MINUTE)
    beat(house, key, later + MINUTE)
    assert conditions(house, later + MINUTE) == {"Uji kiosk": Condition.FINE}
    assert news(house) == ["device.silent.v1", "device.back.v1"]


def test_nobody_misses_a_device_at_night_or_in_the_first_minutes_of_a_day(sqlite_house: House) -> None:
    house = sqlite_house
    beat(house, add(house) or "", EIGHT - timedelta(hours=12))
    closes = EIGHT + timedelta(hours=7)
    for quiet in (EIGHT - MINUTE, EIGHT + MINUTE, closes + timedelta(hours=2)):
        assert tell(house, quiet) == []
    assert tell(house, EIGHT + SILENT_AFTER) == ["Uji kiosk"]


def test_a_printer_is_asked_how_it_is_and_its_troubles_are_counted(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gerai_booking.printers.CONNECT_SECONDS", 0.3)
    house = sqlite_house
    clock = SimpleNamespace(now=lambda: TEN)
    deployment: Any = SimpleNamespace(database=house.database, extras={"office": house.office}, clock=clock)

    def watch(minute: int) -> Condition:
        now = TEN + minute * MINUTE
        clock.now = lambda: now
        device_loop.watch(deployment)
        return conditions(house, now)["Uji printer"]

    with thermal_printer() as printer:
        host, port = printer.address
        add(house, "printer", address=f"{host}:{port}")
        printer.paper = PAPER_LOW
        assert watch(0) is Condition.PAPER_LOW
        printer.paper = PAPER_OUT
        assert watch(1) is Condition.PAPER_OUT
    labels = {"agency": "immigration", "kind": "printer", "condition": "paper_out"}
    assert REGISTRY.get_sample_value("gerai_devices_in_trouble", labels) == 1
    assert watch(2) is Condition.GONE
    assert REGISTRY.get_sample_value("gerai_devices_in_trouble", labels) == 0


def number(house: House, *, need: str = "none", now: datetime = EIGHT) -> Any:
    return house.do(
        kiosk.walk_in, site=SITE, service=SERVICE, need=need, printer=None, language="id", now=now
    )


def test_a_number_of_a_kiosk_waits_as_one_of_a_counter_and_no_officer_gave_it(house: House) -> None:
    first, helped = number(house), number(house, need="pregnant")
    assert (first.lane, helped.lane) == (Lane.WALK_IN, Lane.PRIORITY)
    assert {first.state, helped.state} == {State.CHECKED_IN}
    rows = house.rows(select(history.c.actor, history.c.officer_id))
    assert {tuple(row) for row in rows} == {("system", None)}
    seen = house.ask(kiosk.view, code=house.office.check_code(first.id))
    assert (seen["ahead"], seen["print"], seen["is_late"]) == (1, None, False)
    house.check()


def test_a_kiosk_gives_numbers_within_the_quota_and_not_after_hours(sqlite_house: House) -> None:
    house = sqlite_house
    with pytest.raises(ClosedForToday):
        number(house, now=EIGHT + timedelta(hours=12))
    set_quota(house, Bound(channel=WALK_IN), 1)
    number(house)
    with pytest.raises(WalkInFull):
        number(house)


def test_who_booked_checks_in_by_number_or_code_once_and_is_told_when_it_is_early(house: House) -> None:
    hour = house.slots(DAY)[1]
    token = house.booked(1, hour)
    number_shown = house.rows(select(tickets.c.number))[0].number

    def check_in(shown: str, now: datetime) -> Any:
        return house.do(kiosk.check_in, site=SITE, shown=shown, now=now)

    with pytest.raises(NotYetOpen) as early:
        check_in(number_shown, NINE - timedelta(minutes=61))
    assert early.value.details["opens_at"].startswith("2026-12-02T08:00")
    came = check_in(number_shown, NINE)
    again = check_in(token, NINE + MINUTE)
    assert (came.state, again.revision) == (State.CHECKED_IN, came.revision)
    assert not house.ask(kiosk.view, code=house.office.check_code(came.id))["is_late"]


def test_who_comes_late_waits_from_then_on_and_is_told_so(sqlite_house: House) -> None:
    house = sqlite_house
    token = house.booked(1, house.slots(DAY)[1])
    came = house.do(kiosk.check_in, site=SITE, shown=token, now=NINE + timedelta(minutes=20))
    assert came.queue_at == NINE + timedelta(minutes=20)
    assert house.ask(kiosk.view, code=house.office.check_code(came.id))["is_late"]
