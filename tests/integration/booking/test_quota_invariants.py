"""Whatever is booked, given, planned, closed and opened in whatever order: no quota of the stack is exceeded but
on record, and nobody gets a place in an hour that an order closes.
"""

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from itertools import count
from pathlib import Path

import pytest
from gerai_booking.models import groups
from gerai_booking.rules.quota import GROUP, Bound
from gerai_booking.usecases import apart, capacities, offers, places, treating
from gerai_booking.usecases.opening import Orders
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import event

from tests.integration.booking.conftest import put_back
from tests.integration.booking.house import SERVICE, House
from tests.integration.booking.mall_machine import Mall

Fresh = Callable[[], House]
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


@pytest.fixture(autouse=True)
def nothing_fails_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs by itself logs what fails and goes on; here it ends the test."""

    class Loud:
        def warning(self, event: str, **what: object) -> None:
            raise AssertionError(f"{event}: {what}")

    monkeypatch.setattr(apart, "log", Loud())


@pytest.fixture
def on_sqlite(opened_on_sqlite: Path, tmp_path: Path) -> Fresh:
    """Fresh houses on SQLite, as many as are asked for."""
    numbers = count()

    def fresh() -> House:
        path = tmp_path / f"house-{next(numbers)}.sqlite"
        shutil.copy(opened_on_sqlite, path)
        return House(f"sqlite:///{path}")

    return fresh


@pytest.fixture
def on_postgres(postgres_house: House) -> Fresh:
    """The house on PostgreSQL, as it was opened, each time it is asked for."""

    def fresh() -> House:
        put_back(postgres_house)
        return House(postgres_house.url)

    return fresh


@pytest.mark.parametrize(("database", "examples"), [("sqlite", 10), ("postgres", 3)])
def test_no_quota_of_the_stack_is_exceeded_but_on_record(
    request: pytest.FixtureRequest, database: str, examples: int
) -> None:
    fresh = request.getfixturevalue(f"on_{database}")
    run_state_machine_as_test(
        lambda: Mall(fresh),
        settings=settings(max_examples=examples, stateful_step_count=30, suppress_health_check=SLOW),
    )


@pytest.fixture
def unchecked(on_sqlite: Fresh) -> Fresh:
    """Fresh houses whose tables have lost their constraints: nothing but the law stands against a mistake."""

    def fresh() -> House:
        house = on_sqlite()
        off = "PRAGMA ignore_check_constraints = ON"
        event.listen(house.database.engine, "connect", lambda connection, _: connection.execute(off))
        return house

    return fresh


def test_chance_finds_a_booking_that_looks_at_no_quota(
    monkeypatch: pytest.MonkeyPatch, unchecked: Fresh
) -> None:
    """The negative control of the search."""
    monkeypatch.setattr(places, "full_bounds", lambda *_: [])
    with pytest.raises(AssertionError, match=r"\d of \d"):
        run_state_machine_as_test(
            lambda: Mall(unchecked),
            settings=settings(
                max_examples=60,
                stateful_step_count=30,
                phases=[Phase.generate],
                suppress_health_check=SLOW,
                report_multiple_bugs=False,
            ),
        )


def sees_no_order(*_: object, **__: object) -> Orders:
    return Orders(office=None, directives=[])  # type: ignore[arg-type]


def books_closed_hour(mall: Mall) -> None:
    mall.close(1, 0, "offer", of_service=False, steps=9)
    mall.book(1, 1, 2, SERVICE)


def offers_closed_hour(mall: Mall) -> None:
    for person in (1, 2, 3):
        mall.book(person, 1, person, SERVICE)
    mall.join(4, 1, longer=False)
    mall.close(1, 0, "cancel", of_service=False, steps=9)
    mall.run_by_itself()


def treats_somebody(mall: Mall) -> None:
    mall.book(1, 1, 2, SERVICE)
    mall.close(1, 0, "cancel", of_service=False, steps=9)


def plans_beside_a_group(mall: Mall) -> None:
    mall.allot(2, 1, longer=False)
    mall.plan_for(Bound(channel=GROUP), 4, 1, None)


def plans_beside_a_booking(mall: Mall) -> None:
    mall.book(1, 1, 2, SERVICE)
    mall.plan_for(Bound(service=SERVICE), 4, 1, None)


#: A guard: where it is, what stands for it when it is broken, and what then breaks the law.
GUARDS: dict[str, tuple[object, str, Callable[..., object], Callable[[Mall], None]]] = {
    "a booking looks for orders": (places, "orders_in_force", sees_no_order, books_closed_hour),
    "an offer looks for orders": (offers, "orders_in_force", sees_no_order, offers_closed_hour),
    "an order gives places back": (treating, "_give_back", lambda *_: None, treats_somebody),
    "a plan counts groups": (groups, "without_name", lambda *_, **__: {}, plans_beside_a_group),
    "a plan counts bookings": (capacities, "_taken", lambda *_: {}, plans_beside_a_booking),
}


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize("guard", GUARDS)
def test_the_law_sees_each_broken_guard(
    guard: str, broken: bool, monkeypatch: pytest.MonkeyPatch, unchecked: Fresh
) -> None:
    """The negative controls of the law."""
    where, name, instead, story = GUARDS[guard]
    mall = Mall(unchecked)
    mall.few_places()
    if broken:
        monkeypatch.setattr(where, name, instead)
    with pytest.raises(AssertionError) if broken else nullcontext():
        story(mall)
    mall.house.database.close()
