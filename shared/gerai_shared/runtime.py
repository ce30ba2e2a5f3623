"""Start, run and stop a process of Gerai on nameko's ServiceRunner."""

import gc
import signal
import socket
import sys
from collections.abc import Callable, Sequence

import eventlet
from eventlet.event import Event
from eventlet.timeout import Timeout
from nameko.runners import ServiceRunner

from gerai_shared.bus.listener import Listener
from gerai_shared.deployment import Deployment
from gerai_shared.logs import configure_logs, get_logger

log = get_logger(__name__)

EXIT_OK, EXIT_FAILED, EXIT_CONFIGURATION = 0, 1, 2


class Runner(ServiceRunner):
    """nameko's runner, with a configuration for each container: one process may hold several deployments."""

    def __init__(self) -> None:
        super().__init__({})

    def add(
        self,
        service: type,
        deployment: Deployment,
        *,
        name: str,
        http_address: str | None = None,
        needs_bus: bool = False,
        workers_at_least: int = 0,
    ) -> None:
        """Add `service` under the container name `name`, working with `deployment`.

        `needs_bus` says that the process is not ready while the broker is away. With fewer workers in the
        settings than `workers_at_least` it has so many.
        """
        named = type(service.__name__, (service,), {"name": name})
        settings = deployment.settings
        config = {
            "gerai": deployment,
            "max_workers": max(settings.max_workers, workers_at_least),
            "WEB_SERVER_ADDRESS": http_address or settings.http_address,
            "serializer": "json",
        }
        container = self.container_cls(named, config)
        self.service_map[name] = container
        listener = container.shared_extensions.get(Listener)
        if needs_bus and listener is not None:
            listener.watch_broker()
            deployment.extras.setdefault("needs", {})["bus"] = lambda: listener.connected


def serve(runner: Runner, *, drain_seconds: float, announce: Callable[[], None] | None = None) -> int:
    """Run until SIGTERM or SIGINT; finish what is under way within `drain_seconds`; return the exit code."""
    wish = Event()
    eventlet.spawn(_hear_signals, wish)
    # The hearer has to listen before the first signal can come.
    eventlet.sleep(0)
    runner.start()
    # What was imported lives for ever: not looking through it again keeps pauses short.
    gc.collect()
    gc.freeze()
    log.info("ready", containers=sorted(runner.service_names))
    if announce is not None:
        announce()
    watcher = eventlet.spawn(_watch, runner, wish)
    reason = wish.wait()
    if isinstance(reason, BaseException):
        log.error("container_died", reason=f"{type(reason).__name__}: {reason}")
        runner.kill()
        return EXIT_FAILED
    log.info("stopping", signal=reason)
    watcher.kill()
    return _stop(runner, drain_seconds)


def _hear_signals(wish: Event) -> None:
    """Turn SIGTERM and SIGINT into the wish to stop, for as long as the process lives.

    The bytes come through a socket: a handler alone does not wake the hub, and a process in which
    nothing happens would sleep on for up to a minute.
    """
    hearing, telling = socket.socketpair()
    telling.setblocking(False)
    signal.set_wakeup_fd(telling.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    while True:
        for received in hearing.recv(16):
            _send_once(wish, received)


def _send_once(wish: Event, value: object) -> None:
    if not wish.ready():
        wish.send(value)


def _watch(runner: Runner, wish: Event) -> None:
    try:
        runner.wait()
        _send_once(wish, 0)
    except Exception as error:  # noqa: BLE001 - told to the main thread, which ends the process
        _send_once(wish, error)


def _stop(runner: Runner, drain_seconds: float) -> int:
    try:
        with Timeout(drain_seconds):
            runner.stop()
    except Timeout:
        log.warning("not_drained_in_time", seconds=drain_seconds)
        runner.kill()
    log.info("stopped")
    return EXIT_OK


def start_logs(deployment: Deployment) -> None:
    """Configure the logs of this process."""
    configure_logs(level=deployment.settings.log_level, deployment=deployment.name)


def exit_with(problem: Exception, *, usage: Sequence[str] = ()) -> int:
    """Tell of a configuration problem on standard error; return the exit code for it."""
    sys.stderr.write(f"gerai: the settings cannot be used:\n{problem}\n")
    for line in usage:
        sys.stderr.write(line + "\n")
    return EXIT_CONFIGURATION
