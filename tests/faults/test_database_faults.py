"""PostgreSQL goes away and comes back; nobody has to be restarted."""

from collections.abc import Callable

import pytest

from tests.faults.visits import book_once, refused_in_time
from tests.support.load import Load
from tests.support.mall import BreakableMall
from tests.support.waiting import wait_until


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_every_process_finds_its_database_again_by_itself(
    mall: BreakableMall, load: Load, settle: Callable[..., None], how: str
) -> None:
    """Hazard 14: an outage of the database must not end a process, nor use up a message's attempts."""
    pids = mall.pids()
    getattr(mall.postgres, how)()
    keepers = [role.name for role in mall.roles() if role.database]
    wait_until(lambda: {mall.readiness(name) for name in keepers} == {503}, timeout=20)
    answer, seconds, _key = book_once(mall, load)
    assert refused_in_time(answer, seconds), (answer, seconds)
    mall.postgres.start()
    mall.wait_all_ready()
    settle()
    assert mall.pids() == pids
