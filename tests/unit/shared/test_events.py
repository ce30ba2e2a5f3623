"""Producers are strict, readers tolerant, and the envelope is CloudEvents 1.0."""

import json
from dataclasses import replace
from typing import Any

import pytest
from gerai_shared.events.catalogue import REGISTRY
from gerai_shared.events.envelope import Event, MalformedEvent, from_wire, routing_key, to_wire
from gerai_shared.events.registry import EventType, InvalidEventData, Registry, UnknownEventType
from gerai_shared.ticket import State
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.shared.samples import ID, NOW, a_ticket, moments

FACT = {"ticket": a_ticket(State.HELD), "previous_state": None}
NEWS = {
    "ticket": a_ticket(),
    "previous_state": State.HELD,
    "recipient": None,
    "sealed_token": "sealed",
    "language": "id",
    "site_name": {"id": "Kantor", "en": "Office"},
    "site_address": {"id": "Serang", "en": "Serang"},
    "time_zone": "Asia/Jakarta",
    "service_name": {"id": "Paspor", "en": "Passport"},
    "duration_minutes": 30,
    "counter_name": None,
}
EVENT = Event(
    id=ID,
    source="booking-immigration",
    type="ticket.held.v1",
    subject=ID,
    time=NOW,
    data={"some": "data"},
    agency="immigration",
    site="kanim-serang",
    correlation_id="request-0001",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    sequence=1,
)


def test_data_come_back_from_the_wire_as_native_values() -> None:
    for name, data in (("ticket.held.v1", FACT), ("ticket.booked.v1", NEWS)):
        wire = json.loads(json.dumps(REGISTRY.dump(name, data)))
        assert REGISTRY.load(name, wire) == data


@pytest.mark.parametrize("field", sorted(NEWS))
def test_a_producer_that_forgets_a_field_is_told(field: str) -> None:
    lacking = {name: value for name, value in NEWS.items() if name != field}
    with pytest.raises(InvalidEventData, match=field):
        REGISTRY.dump("ticket.booked.v1", lacking)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("ticket", None),
        ("ticket", {}),
        ("ticket", "A-012"),
        ("ticket", replace(a_ticket(), number="12")),
        ("ticket", replace(a_ticket(), revision=0)),
        ("previous_state", "held"),
        ("previous_state", 3),
        ("language", "fr"),
        ("site_name", {"id": "Kantor"}),
        ("duration_minutes", 0),
        ("duration_minutes", "long"),
        ("sealed_token", None),
    ],
)
def test_a_producer_with_a_wrong_value_is_told(field: str, wrong: object) -> None:
    with pytest.raises(InvalidEventData, match=r"^ticket\.booked\.v1: "):
        REGISTRY.dump("ticket.booked.v1", NEWS | {field: wrong})


def test_a_producer_with_a_field_too_many_is_told() -> None:
    with pytest.raises(InvalidEventData, match="mood"):
        REGISTRY.dump("ticket.booked.v1", NEWS | {"mood": "patient"})


def test_a_reader_passes_over_what_a_newer_producer_added() -> None:
    wire = REGISTRY.dump("ticket.booked.v1", NEWS)
    wire["mood"] = "patient"
    wire["ticket"]["colour"] = "green"
    assert REGISTRY.load("ticket.booked.v1", wire) == NEWS


@pytest.mark.parametrize("field", sorted(FACT))
def test_a_reader_refuses_data_without_a_field_it_needs(field: str) -> None:
    wire = REGISTRY.dump("ticket.held.v1", FACT)
    del wire[field]
    with pytest.raises(InvalidEventData, match=field):
        REGISTRY.load("ticket.held.v1", wire)


def test_an_event_of_a_counter_tells_whether_it_is_open_and_never_who_is_there() -> None:
    data = {
        "site": "mpp-lebak",
        "counter": "2",
        "state": "paused",
        "services": ["passport-new"],
        "until": NOW,
    }
    wire = json.loads(json.dumps(REGISTRY.dump("counter.paused.v1", data)))
    assert REGISTRY.load("counter.paused.v1", wire) == data
    assert REGISTRY.dump("counter.closed.v1", data | {"state": "closed", "until": None})["until"] is None
    for wrong in ({"state": "busy"}, {"officer": "Petugas"}):
        with pytest.raises(InvalidEventData):
            REGISTRY.dump("counter.paused.v1", data | wrong)


def test_an_unknown_type_is_neither_written_nor_read() -> None:
    for use in (REGISTRY.dump, REGISTRY.load):
        with pytest.raises(UnknownEventType):
            use("ticket.lost.v1", {})
    assert "ticket.lost.v1" not in REGISTRY
    assert "ticket.held.v1" in REGISTRY


def test_two_types_of_one_name_are_an_error_at_the_start() -> None:
    held = REGISTRY["ticket.held.v1"]
    with pytest.raises(ValueError, match="same name"):
        Registry((held, replace(held, summary="once more")))


@pytest.mark.parametrize("event_type", list(REGISTRY), ids=lambda each: each.name)
def test_every_type_is_a_past_fact_with_a_version_and_an_exchange(event_type: EventType) -> None:
    context, _fact, version = event_type.name.split(".")
    exchanges = dict.fromkeys(
        (
            "ticket",
            "application",
            "waiting_list",
            "no_show",
            "appeal",
            "outage",
            "visit",
            "catalogue",
            "device",
            "counter",
        ),
        "booking.events",
    )
    assert (
        event_type.exchange
        == {**exchanges, "complaint": "complaints.events", "audit": "complaints.events"}[context]
    )
    assert version == "v1"
    assert event_type.summary


events = st.builds(
    Event,
    id=st.uuids().map(str),
    source=st.sampled_from(["booking-legal", "complaints"]),
    type=st.sampled_from([each.name for each in REGISTRY]),
    subject=st.uuids().map(str),
    time=moments,
    data=st.dictionaries(st.text(), st.none() | st.integers() | st.text()),
    agency=st.sampled_from(["", "legal"]),
    site=st.sampled_from(["", "mpp-lebak"]),
    correlation_id=st.uuids().map(str),
    traceparent=st.just(EVENT.traceparent),
    sequence=st.integers(1, 2**53),
)


@given(events)
def test_an_event_comes_back_from_its_envelope_as_it_was(event: Event) -> None:
    assert from_wire(json.loads(json.dumps(to_wire(event)))) == event


def test_the_envelope_has_the_attributes_of_cloudevents() -> None:
    wire = to_wire(EVENT)
    assert (
        wire.items()
        >= {
            "specversion": "1.0",
            "id": ID,
            "source": "booking-immigration",
            "type": "ticket.held.v1",
            "subject": ID,
            "time": "2026-12-01T02:00:00+00:00",
            "datacontenttype": "application/json",
            "dataschema": "urn:gerai:schema:ticket.held.v1",
        }.items()
    )
    assert all(name.isalnum() and name == name.lower() for name in wire)


def test_an_event_without_a_number_yet_has_none_in_its_envelope() -> None:
    assert "sequence" not in to_wire(replace(EVENT, sequence=None))


def test_attributes_of_others_are_passed_over() -> None:
    assert from_wire(to_wire(EVENT) | {"priority": "high"}) == EVENT


@pytest.mark.parametrize("name", [name for name in to_wire(EVENT)])
def test_an_envelope_without_an_attribute_is_malformed(name: str) -> None:
    wire = to_wire(EVENT)
    del wire[name]
    with pytest.raises(MalformedEvent, match=name):
        from_wire(wire)


@pytest.mark.parametrize(
    "change",
    [
        {"specversion": "0.3"},
        {"type": "ticket.held"},
        {"type": "Ticket.Held.v1"},
        {"time": "2026-12-01T02:00:00"},
        {"data": [1]},
        {"sequence": 0},
        {"id": ""},
        {"id": "x" * 65},
        {"datacontenttype": "text/xml"},
    ],
)
def test_an_envelope_with_a_wrong_attribute_is_malformed(change: dict[str, object]) -> None:
    with pytest.raises(MalformedEvent, match=next(iter(change))):
        from_wire(to_wire(EVENT) | change)


@pytest.mark.parametrize("wire", [None, [], "event", 1])
def test_what_is_no_object_is_no_event(wire: Any) -> None:
    with pytest.raises(MalformedEvent):
        from_wire(wire)


def test_the_routing_key_names_type_agency_and_site_with_dashes_for_none() -> None:
    assert EVENT.routing_key == "ticket.held.v1.immigration.kanim-serang"
    assert routing_key("complaint.filed.v1", "", "") == "complaint.filed.v1.-.-"
