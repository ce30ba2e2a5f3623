"""While a query waits for PostgreSQL, every other green thread of the process goes on."""

import ast
import os
import subprocess
import sys
from importlib import resources

import pytest
from gerai_shared.database import Database

#: Ten queries of 0.3 s each run side by side; another green thread wakes every 10 ms and measures how late.
PROGRAM = """
import time
import eventlet
eventlet.monkey_patch(psycopg=False)
from eventlet.support import psycopg2_patcher
if {patched}:
    psycopg2_patcher.make_psycopg_green()
from gerai_shared.database import Database
from sqlalchemy import text

database = Database({url!r}, pool_size=10)
with database.reading() as session:
    session.execute(text("SELECT 1"))
begin, stalls, over = time.monotonic(), [], eventlet.Event()

def beat():
    while not over.ready():
        before = time.monotonic()
        eventlet.sleep(0.01)
        stalls.append(time.monotonic() - before - 0.01)

def ask():
    with database.reading() as session:
        session.execute(text("SELECT pg_sleep(0.3)"))

heart = eventlet.spawn(beat)
asking = [eventlet.spawn(ask) for _ in range(10)]
for one in asking:
    one.wait()
taken = time.monotonic() - begin
over.send(None)
heart.wait()
print(taken, max(stalls))
"""


def ten_waits(url: str, *, patched: bool) -> tuple[float, float]:
    """The seconds that ten waits of 0.3 s took together, and the longest stall of the hub."""
    taken, stall = map(float, output_of(PROGRAM.format(url=url, patched=patched)).split())
    return taken, stall


def output_of(program: str) -> str:
    """What a program prints in a process of its own."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-W", "ignore", "-c", program]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def test_ten_waits_overlap_and_the_hub_never_stalls(postgres_url: str) -> None:
    # Another process may take the processor away for longer than that; it does not do so three times.
    tries = (ten_waits(postgres_url, patched=True) for _ in range(3))
    assert any(taken < 1.5 and stall < 0.1 for taken, stall in tries)


def test_without_the_patch_each_wait_stops_the_whole_process(postgres_url: str) -> None:
    """The negative control: what the patch is for."""
    taken, stall = ten_waits(postgres_url, patched=False)
    assert taken > 2.9
    assert stall > 0.25


def test_a_driver_that_would_stall_the_hub_is_not_what_an_address_gets(postgres_url: str) -> None:
    database = Database(postgres_url)
    assert database.engine.dialect.driver == "psycopg2"
    database.close()


def test_a_process_that_was_made_green_waits_without_stopping() -> None:
    program = """
from gerai_shared.green import make_green
make_green()
import psycopg2.extensions, socket, eventlet.greenio
print(psycopg2.extensions.get_wait_callback() is not None, socket.socket is eventlet.greenio.GreenSocket)
"""
    assert output_of(program).splitlines()[-1] == "True True"


@pytest.mark.parametrize(
    "module", ["gerai_booking", "gerai_complaints", "gerai_notifications", "gerai_gateway"]
)
def test_every_process_is_made_green_before_it_imports_anything_that_waits(module: str) -> None:
    source = resources.files(module).joinpath("__main__.py").read_text()
    statements = [ast.unparse(statement) for statement in ast.parse(source).body]
    before = statements[: statements.index("make_green()")]
    imported = {line.split()[1] for line in before if line.startswith(("import ", "from "))}
    assert imported - sys.stdlib_module_names == {"gerai_shared.green"}


def test_no_library_keeps_a_sleep_that_stops_the_others() -> None:
    """Kombu waits between two attempts to connect; a sleep it took before the patch stops the hub for seconds."""
    program = """
from gerai_shared.green import make_green
make_green()
import gerai_shared.bus.listener, kombu.utils.functional, eventlet.green.time
print(kombu.utils.functional.sleep is eventlet.green.time.sleep)
"""
    assert output_of(program).splitlines()[-1] == "True"
