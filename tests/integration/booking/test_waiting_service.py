"""The waiting list as the gateway asks for it, and as the service looks after it by itself."""

from datetime import timedelta
from typing import Any

import pytest
from gerai_booking.opening_loop import look_after
from gerai_booking.usecases import holding
from gerai_shared.clock import Clock
from gerai_shared.refusals import IdempotencyKeyMissing, InvalidRequest, Refused

from tests.integration.booking.house import DAY, NOW, SERVICE, SITE, House
from tests.integration.booking.test_service import Gateway, Resources
from tests.integration.booking.waiting import join, states


@pytest.fixture
def gateway(sqlite_house: House) -> Gateway:
    """A service whose one day has one place, which is booked."""
    sqlite_house.shrink(day=DAY, places=1)
    sqlite_house.booked(1, sqlite_house.slots()[0])
    return Gateway(sqlite_house)


def wish(house: House, person: int, **changes: Any) -> dict[str, Any]:
    days = {"first_day": DAY.isoformat(), "last_day": DAY.isoformat()}
    return {"site": SITE, "service": SERVICE, **days, "person": house.person(person), **changes}


def test_a_wish_to_wait_sent_twice_is_one_place_in_the_list(gateway: Gateway) -> None:
    asked = wish(gateway.house, 11)
    first, again = (gateway.ask("join_waiting_list", asked, key="key-0001") for _ in range(2))
    assert first == again
    assert (first["state"], first["ahead"], first["name_masked"]) == ("waiting", 0, "Wa*** Uj* 11*")
    assert gateway.ask("waiting_list_entry", {"token": first["token"]}) == first
    left = [gateway.ask("leave_waiting_list", {"token": first["token"]}, key="key-0002") for _ in range(2)]
    assert [each["state"] for each in left] == ["left", "left"]


def test_what_is_wrong_with_a_wish_is_told_by_field(gateway: Gateway) -> None:
    with pytest.raises(InvalidRequest) as refused:
        gateway.ask("join_waiting_list", wish(gateway.house, 11, first_day="soon"), key="key-0001")
    assert set(refused.value.details["fields"]) == {"first_day"}


def test_writes_without_a_key_and_strangers_tokens_are_refused(gateway: Gateway) -> None:
    with pytest.raises(IdempotencyKeyMissing):
        gateway.ask("join_waiting_list", wish(gateway.house, 11))
    token = gateway.ask("join_waiting_list", wish(gateway.house, 11), key="key-0001")["token"]
    with pytest.raises(IdempotencyKeyMissing):
        gateway.ask("leave_waiting_list", {"token": token})
    for method in ("waiting_list_entry", "leave_waiting_list"):
        with pytest.raises(Refused, match="unknown_entry"):
            gateway.ask(method, {"token": "waiting-immigration.nobody"}, key="key-0002")


class LaterClock(Clock):
    """Stands eleven minutes after NOW."""

    def now(self) -> Any:
        """Return it."""
        return NOW + timedelta(minutes=11)


def test_a_hold_that_ran_out_is_offered_although_nobody_looks(gateway: Gateway) -> None:
    house = gateway.house
    house.shrink(day=DAY, places=2)
    house.do(holding.hold, slot_id=house.slots()[0], now=NOW)
    token = join(house, 11)
    resources = Resources(house)
    resources.clock = LaterClock()  # type: ignore[assignment]
    look_after(resources)  # type: ignore[arg-type]
    assert states(house, [token], now=LaterClock().now()) == ["offered"]
    house.check()
