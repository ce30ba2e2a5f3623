"""What of the private servers can be shown without starting one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from gerai_allinone.servers import PostgresServer, RabbitServer, ServerError, free_ports
from gerai_allinone.servers.family import family
from gerai_allinone.servers.network import is_free

from tests.support.waiting import wait_until


def test_free_ports_are_different_and_outside_of_what_the_kernel_gives_to_clients() -> None:
    ports = free_ports(20)
    lowest, highest = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    assert len(set(ports)) == 20
    assert not [port for port in ports if lowest <= port <= highest]
    assert any(is_free(port) for port in ports)


def test_a_family_holds_grandchildren_and_forgets_the_dead() -> None:
    shell = subprocess.Popen(["sh", "-c", "sh -c 'sleep 60; :'; :"])
    members = wait_until(
        lambda: found if len(found := family(shell.pid)) == 3 else [], message="a sleeping grandchild"
    )
    assert [member.lives() for member in members] == [True, True, True]
    for member in members:
        member.kill()
    shell.wait()
    wait_until(lambda: not any(member.lives() for member in members), message="all dead")


def test_nobody_attaches_to_a_folder_without_a_server(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="no rabbitmq was started"):
        RabbitServer.attach(tmp_path)


def test_who_attached_may_not_end_the_server(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text('{"port": 1, "password": "x"}')
    attached = PostgresServer.attach(tmp_path)
    for end in (attached.stop, attached.kill, attached.restart, attached.start):
        with pytest.raises(ServerError, match="belongs to the process that started it"):
            end()
    attached.close()
    assert tmp_path.exists()


def test_a_server_takes_up_the_ports_and_passwords_of_its_folder(tmp_path: Path) -> None:
    first = RabbitServer(folder=tmp_path)
    first._remember_facts()
    assert RabbitServer(folder=tmp_path).url() == first.url()
    assert (tmp_path / "server.json").stat().st_mode & 0o077 == 0


def test_the_launcher_needs_nothing_but_the_standard_library() -> None:
    lines = "import sys, gerai_allinone.servers; print('eventlet' in sys.modules or 'kombu' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "False"
