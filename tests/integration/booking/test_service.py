"""The engine as the gateway asks it: JSON in, JSON out, each request of a batch answered in its place."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gerai_booking.service import BookingService
from gerai_booking.usecases.office import Office
from gerai_shared import tables
from gerai_shared.bus.rpc import Request
from gerai_shared.clock import Clock
from gerai_shared.database import Database
from gerai_shared.refusals import IdempotencyKeyMissing, InvalidRequest, Refused
from gerai_shared.ticket import TicketSchema
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, House


class StandingClock(Clock):
    """Stands at NOW."""

    def now(self) -> datetime:
        """Return it."""
        return NOW


class Resources:
    """What the service finds as its deployment."""

    name = "booking-immigration"
    clock = StandingClock()

    def __init__(self, house: House) -> None:
        self.database: Database = house.database
        self.extras: dict[str, Office] = {"office": house.office}


class Gateway:
    """Asks the service as the bus would."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._service = BookingService()
        self._service.deployment = Resources(house)  # type: ignore[assignment]

    def ask(self, method: str, payload: Any = None, *, key: str | None = None) -> Any:
        request = Request(
            method=method,
            payload=payload or {},
            deadline=datetime.now(UTC) + timedelta(seconds=5),
            idempotency_key=key,
            correlation_id="request-0001",
        )
        handler = getattr(self._service, method)
        # Without an entrypoint the gateway could not ask for it, either.
        assert handler.nameko_entrypoints, method
        return json.loads(json.dumps(handler(request), default=str))

    def body(self, person: int, slot: str, **changes: Any) -> dict[str, Any]:
        return {"slot_id": slot, "purpose": "holiday", "person": self.house.person(person), **changes}

    def book(self, *items: tuple[str, dict[str, Any]]) -> list[Any]:
        requests = [{"key": key, "body": body} for key, body in items]
        answers: list[Any] = self.ask("book_batch", {"requests": requests})["answers"]
        return answers


@pytest.fixture
def gateway(sqlite_house: House) -> Gateway:
    return Gateway(sqlite_house)


def code(answer: dict[str, Any]) -> str:
    return str(answer["refused"]["code"]) if "refused" in answer else str(answer["result"]["ticket"]["state"])


def test_the_catalogue_tells_everything_that_is_offered(gateway: Gateway) -> None:
    catalogue = gateway.ask("catalogue")
    assert catalogue["agency"]["code"] == "immigration"
    assert {site["code"] for site in catalogue["sites"]} == {
        SITE,
        "mpp-lebak",
        "popup-gorontalo",
        "kanim-gorontalo",
    }
    assert SERVICE in {service["code"] for service in catalogue["services"]}
    (popup,) = (site for site in catalogue["sites"] if site["code"] == "popup-gorontalo")
    assert popup["dates"] == ["2026-12-12", "2027-01-09", "2027-02-13"]


def test_availability_is_asked_by_dates(gateway: Gateway) -> None:
    asked = {"site": SITE, "service": SERVICE, "from": DAY.isoformat(), "to": NEXT_DAY.isoformat()}
    assert [day["places"] for day in gateway.ask("availability", asked)["days"]] == [140, 140]
    with pytest.raises(InvalidRequest):
        gateway.ask("availability", asked | {"from": "tomorrow"})


def test_each_of_a_batch_is_answered_in_its_place(gateway: Gateway) -> None:
    slot = gateway.house.slots()[0]
    answers = gateway.book(
        ("key-0001", gateway.body(1, slot)),
        ("key-0002", gateway.body(2, slot) | {"person": {"name": "Tanpa Apa"}}),
        ("key-0003", gateway.body(3, "nowhere")),
        ("key-0004", {}),
        ("key-0005", gateway.body(5, slot)),
    )
    codes = ["booked", "invalid_request", "unknown_slot", "invalid_request", "booked"]
    assert [code(answer) for answer in answers] == codes
    assert "person.nik" in answers[1]["refused"]["details"]["fields"]
    gateway.house.check()


def test_a_key_twice_in_a_batch_is_one_booking_for_the_same_body_and_refused_for_another(
    gateway: Gateway,
) -> None:
    one, other = gateway.house.slots()[:2]
    answers = gateway.book(
        ("key-0001", gateway.body(1, one)),
        ("key-0001", gateway.body(2, other)),
        ("key-0001", gateway.body(1, one)),
        ("key-0001", {}),
    )
    codes = ["booked", "idempotency_key_reused", "booked", "invalid_request"]
    assert [code(answer) for answer in answers] == codes
    assert answers[0] == answers[2]
    assert (gateway.house.taken(one), gateway.house.taken(other)) == (1, 0)


def test_a_hold_is_taken_up_with_its_token(gateway: Gateway) -> None:
    slot = gateway.house.slots()[0]
    held = gateway.ask("hold", {"slot_id": slot}, key="key-hold")
    assert gateway.ask("hold", {"slot_id": slot}, key="key-hold") == held
    assert datetime.fromisoformat(held["held_until"]) == NOW + timedelta(minutes=10)
    body = gateway.body(1, slot)
    body["hold_token"] = held["token"]
    del body["slot_id"]
    assert [code(answer) for answer in gateway.book(("key-0001", body))] == ["booked"]
    strange = body | {"hold_token": held["token"][:-1] + "!"}
    assert [code(answer) for answer in gateway.book(("key-0002", strange))] == ["unknown_ticket"]
    gateway.house.check()


def test_a_hold_asked_again_from_another_network_is_the_same_hold(gateway: Gateway) -> None:
    slot, other = gateway.house.slots()[:2]
    first = {"slot_id": slot, "holder": "browser", "network": "203.0.113.7"}
    held = gateway.ask("hold", first, key="key-hold")
    assert gateway.ask("hold", first | {"network": "198.51.100.7", "holder": None}, key="key-hold") == held
    with pytest.raises(Refused, match="idempotency_key_reused"):
        gateway.ask("hold", first | {"slot_id": other}, key="key-hold")
    assert (gateway.house.taken(slot), gateway.house.taken(other)) == (1, 0)


def test_a_ticket_is_shown_moved_and_cancelled_by_its_token_and_repeats_change_nothing(
    gateway: Gateway,
) -> None:
    slot, later = gateway.house.slots()[0], gateway.house.slots(NEXT_DAY)[0]
    (answer,) = gateway.book(("key-0001", gateway.body(1, slot)))
    token = answer["result"]["token"]
    shown = gateway.ask("ticket", {"token": token})
    assert TicketSchema().load(shown["ticket"]).slot_id == slot
    assert (shown["name_masked"], shown["nik_masked"]) == ("Wa*** Uj* 1*", "3602********0001")
    moved = [gateway.ask("reschedule", {"token": token, "slot_id": later}, key="key-move") for _ in range(2)]
    assert moved[0] == moved[1]
    assert moved[0]["ticket"]["slot_id"] == later
    gone = [gateway.ask("cancel", {"token": moved[0]["token"]}, key="key-gone") for _ in range(2)]
    assert gone[0] == gone[1]
    assert gone[0]["ticket"]["state"] == "cancelled"
    gateway.house.check()


@pytest.mark.parametrize("method", ["hold", "cancel", "reschedule", "check_in"])
def test_a_write_without_a_key_is_refused(gateway: Gateway, method: str) -> None:
    token = gateway.house.booked(1, gateway.house.slots()[0])
    slot = gateway.house.slots()[1]
    payload = {
        "hold": {"slot_id": slot},
        "reschedule": {"token": token, "slot_id": slot},
    }.get(method, {"token": token})
    with pytest.raises(IdempotencyKeyMissing):
        gateway.ask(method, payload)


def test_what_a_complaint_needs_to_know_names_no_person(gateway: Gateway) -> None:
    token = gateway.house.booked(1, gateway.house.slots()[0])
    facts = gateway.ask("complaint_facts", {"token": token})
    assert facts == {
        "agency": "immigration",
        "site": SITE,
        "service": SERVICE,
        "counter": None,
        "ticket_id": gateway.house.office.ticket_id(token),
        "number": "A-001",
        "day": DAY.isoformat(),
        "waited_minutes": None,
    }


@pytest.mark.parametrize("method", ["ticket", "cancel", "check_in", "complaint_facts"])
def test_a_strangers_token_is_refused_everywhere(gateway: Gateway, method: str) -> None:
    with pytest.raises(Refused, match="unknown_ticket"):
        gateway.ask(method, {"token": "immigration.nobody"}, key="key-0001")


def test_what_is_announced_of_each_booking_carries_its_own_citizens_request(gateway: Gateway) -> None:
    slot = gateway.house.slots()[0]
    trace = "0af7651916cd43dd8448eb211c80319c"
    requests = [
        {
            "key": f"key-000{person}",
            "body": gateway.body(person, slot),
            "correlation_id": f"request-of-{person}",
            "traceparent": f"00-{trace}-b7ad6b716920333{person}-01",
        }
        for person in (1, 2)
    ]
    gateway.ask("book_batch", {"requests": requests})
    bodies = [json.loads(row.body) for row in gateway.house.rows(select(tables.outbox))]
    assert sorted(body["correlationid"] for body in bodies) == ["request-of-1", "request-of-2"]
    assert {body["traceparent"].split("-")[1] for body in bodies} == {trace}
