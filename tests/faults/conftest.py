"""One mall for all scenarios: a start takes half a minute, and what survives one fault must survive the next."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.invariants import problems, wait_until_quiet
from tests.support.load import Load, Record, make_room
from tests.support.mall import BreakableMall, prepared_mall

#: The first test of a run also waits for the mall to open.
SECONDS_A_TEST = 360


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder more time than others have."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(SECONDS_A_TEST))


@pytest.fixture(scope="session")
def running_mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BreakableMall]:
    """The real topology with every process ready."""
    with prepared_mall(tmp_path_factory.mktemp("mall") / "data") as mall:
        make_room(mall)
        mall.start_all()
        yield mall


@pytest.fixture(scope="session")
def record() -> Record:
    """Everything that anybody was told since the mall opened; each scenario answers for its own part."""
    return Record()


@pytest.fixture(scope="session")
def numbers() -> "itertools.count[int]":
    """Numbers of applicants who have not been here yet."""
    return itertools.count()


@pytest.fixture
def mall(running_mall: BreakableMall) -> BreakableMall:
    """The mall with everything in it ready."""
    running_mall.repair()
    return running_mall


@pytest.fixture
def load(mall: BreakableMall, record: Record, numbers: "itertools.count[int]") -> Iterator[Load]:
    """People in the mall during the whole test."""
    record.begin()
    with Load(mall=mall, record=record, numbers=numbers) as load:
        load.flows(booked=5, served=2, filed=1)
        yield load


@pytest.fixture
def settle(mall: BreakableMall, load: Load, record: Record) -> Callable[..., None]:
    """Return what ends a scenario: the mall serves again, nobody else comes, all is quiet and in order.

    `parked` and `failed` are how many messages the broker and the databases have put aside on purpose.
    """

    def end(*, parked: int = 0, failed: int = 0) -> None:
        load.flows(booked=5, changed=2, served=2, filed=1)
        load.stop()
        wait_until_quiet(mall, parked=parked)
        assert record.news(problems(mall, record, failed=failed)) == []
        assert mall.dead() == []

    return end
