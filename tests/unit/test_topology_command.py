"""`make up` and `make down`: one mall a data folder, nothing left of it when it is killed, nobody else signalled."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from gerai_allinone import topology
from gerai_allinone.holding import holder
from gerai_allinone.servers import PostgresServer, RabbitServer, ServerError
from gerai_allinone.servers.family import family

from tests.support.waiting import wait_until

HOLDS = """
import sys, time
from pathlib import Path
from gerai_allinone.holding import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
STARTS_A_ROLE = """
import os, sys, time
from pathlib import Path
from gerai_allinone.topology import Mall, Role
class Bare(Mall):
    def environment_of(self, role):
        return dict(os.environ)
folder = Path(sys.argv[1])
(folder / "logs").mkdir()
mall = Bare(folder=folder, ports=None, rabbit=None, postgres=None, clock_offset=0)
mall.start(Role(deployment="any", role="bus", command=("http.server", "0"), database=None, port=0))
print("started", flush=True)
time.sleep(60)
"""


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Return what runs lines in a process of its own, with the data folder as argument, until they print."""
    with ExitStack() as stack:

        def run(lines: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-c", lines, str(tmp_path)], stdout=subprocess.PIPE, text=True
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline()
            return process

        yield run


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """Give SIGTERM back its meaning, which `up` changes."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_a_second_start_says_that_a_mall_runs_already_and_touches_nothing(
    another: Callable[[str], subprocess.Popen[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = another(HOLDS)
    assert topology.main(["up", "--data-folder", str(tmp_path)]) == 2
    assert "already" in capsys.readouterr().out
    assert holder(tmp_path) == first.pid
    assert not (tmp_path / "rabbitmq").exists()


def test_a_stop_ends_the_process_that_holds_the_folder(
    another: Callable[[str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    running = another(HOLDS)
    assert topology.main(["down", "--data-folder", str(tmp_path)]) == 0
    assert running.wait(timeout=10) == -signal.SIGTERM


def test_after_a_kill_nobody_holds_the_folder_and_nobody_is_signalled(
    another: Callable[[str], subprocess.Popen[str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The number of a process that is gone may be anybody's by now."""
    killed = another(HOLDS)
    killed.kill()
    killed.wait()
    signalled: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _number: signalled.append(pid))
    assert topology.main(["down", "--data-folder", str(tmp_path)]) == 0
    assert "Nothing is running" in capsys.readouterr().out
    assert signalled == []


def test_a_process_of_the_mall_ends_with_a_starter_that_is_killed(
    another: Callable[[str], subprocess.Popen[str]],
) -> None:
    starter = another(STARTS_A_ROLE)
    members = wait_until(lambda: found if len(found := family(starter.pid)) == 2 else [])
    wait_until(lambda: b"http.server" in Path(f"/proc/{members[1].pid}/cmdline").read_bytes())
    starter.kill()
    starter.wait()
    wait_until(lambda: not any(member.lives() for member in members), message="all processes gone")


def test_a_server_that_does_not_start_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_server: RabbitServer) -> RabbitServer:
        raise ServerError("RabbitMQ is not installed")

    monkeypatch.setattr(RabbitServer, "start", missing)
    assert topology.main(["up", "--data-folder", str(tmp_path)]) == 1
    assert "RabbitMQ is not installed" in capsys.readouterr().out
    assert holder(tmp_path) is None


def test_no_two_processes_are_given_the_same_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens yet when the ports are drawn, so that those of the mall look free as well."""
    monkeypatch.setattr(topology, "free_ports", lambda count: [8000, 8104, *range(12000, 12000 + count - 2)])
    mall = topology.Mall(
        folder=tmp_path,
        ports=topology.Ports(),
        rabbit=RabbitServer(folder=tmp_path / "rabbitmq"),
        postgres=PostgresServer(folder=tmp_path / "postgresql"),
        clock_offset=0,
    )
    ports = [role.port for role in mall.roles()]
    assert len(ports) == 11
    assert len(set(ports)) == len(ports)
