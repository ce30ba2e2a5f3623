"""What the same machine does without us: the bare transaction, the bare server, the bare broker."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from uuid import uuid4

import psycopg2
from gerai_allinone.servers import free_ports
from kombu import Connection, Exchange, Queue
from sqlalchemy import make_url

from bench.load import percentile
from bench.running import Bench

SLOTS = 1_000
CLIENTS = 8
_TABLES = """
CREATE TABLE slots (id integer PRIMARY KEY, capacity integer NOT NULL, taken integer NOT NULL DEFAULT 0);
CREATE TABLE tickets (id uuid PRIMARY KEY, slot integer NOT NULL, state text NOT NULL, body text NOT NULL);
CREATE TABLE outbox (position bigserial PRIMARY KEY, event_id uuid NOT NULL, body text NOT NULL);
"""


def bare_transactions(bench: Bench, *, seconds: float) -> float:
    """Return how many bare bookings a second PostgreSQL takes from 8 clients, spread over 1,000 slots.

    One transaction each: a guarded update, a ticket of 500 bytes, an outbox row of 1,500 bytes.
    """
    postgres = bench.mall.postgres
    url = postgres.create_database(f"bare_{uuid4().hex[:8]}")
    name = url.rsplit("/", 1)[-1]
    postgres.sql(_TABLES, name)
    postgres.sql(f"INSERT INTO slots SELECT n, 1000000 FROM generate_series(0, {SLOTS - 1}) n", name)  # noqa: S608
    try:
        with ProcessPoolExecutor(CLIENTS, mp_context=get_context("spawn")) as pool:
            counts = list(pool.map(_book_bare, [url] * CLIENTS, range(CLIENTS), [seconds] * CLIENTS))
    finally:
        postgres.drop_database(name)
    return sum(counts)


def _book_bare(url: str, client: int, seconds: float) -> float:
    """Book for `seconds` over one connection; return transactions a second."""
    address = make_url(url)
    connection = psycopg2.connect(
        host=address.host,
        port=address.port,
        user=address.username,
        password=address.password,
        dbname=address.database,
    )
    ticket, event = "t" * 500, "e" * 1_500
    count, slot = 0, client * 131
    began = time.perf_counter()
    with connection.cursor() as cursor:
        while time.perf_counter() - began < seconds:
            slot = (slot + 7) % SLOTS
            cursor.execute(
                "UPDATE slots SET taken = taken + 1 WHERE id = %s AND taken < capacity RETURNING taken",
                (slot,),
            )
            cursor.execute("INSERT INTO tickets VALUES (%s, %s, 'booked', %s)", (str(uuid4()), slot, ticket))
            cursor.execute("INSERT INTO outbox (event_id, body) VALUES (%s, %s)", (str(uuid4()), event))
            connection.commit()
            count += 1
    ended = time.perf_counter()
    connection.close()
    return count / (ended - began)


@contextmanager
def bare_server() -> Iterator[int]:
    """Run a nameko service that answers GET / with nothing; yields its port."""
    port = free_ports(1)[0]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "bench.bare_server", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        if process.poll() is None:
            process.kill()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError("the bare server did not start")


def bare_messages(bench: Bench, *, count: int) -> tuple[float, float]:
    """Return p50 and p99 in seconds from publish to consume through kombu, one message under way.

    A classic queue, nothing confirmed or acknowledged: the least that the broker can take.
    """
    name = f"bench.{uuid4().hex[:8]}"
    url = bench.mall.rabbit.url()
    latencies: list[float] = []
    with Connection(url) as producing, Connection(url) as consuming:
        exchange = Exchange(name, type="topic", durable=False, auto_delete=True)
        queue = Queue(name, exchange, routing_key="#", durable=False, exclusive=True, auto_delete=True)
        arrived: list[float] = []
        consumer = consuming.Consumer(
            queue, on_message=lambda _message: arrived.append(time.perf_counter()), no_ack=True
        )
        producer = producing.Producer(exchange=exchange, auto_declare=False)
        with consumer:
            for _ in range(count):
                arrived.clear()
                began = time.perf_counter()
                producer.publish({"number": "A-012"}, routing_key="bench", delivery_mode=1)
                while not arrived:
                    consuming.drain_events(timeout=5)
                latencies.append(arrived[0] - began)
    ordered = sorted(latencies)
    return percentile(ordered, 0.50), percentile(ordered, 0.99)
