"""What the agency does by itself about its devices: it prints, and misses who is silent."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from eventlet import sleep
from gerai_shared.deployment import Deployment
from gerai_shared.logs import get_logger
from nameko.extensions import Entrypoint

from gerai_booking import measures, printers
from gerai_booking.models import print_jobs
from gerai_booking.rules.devices import PRINTER_TROUBLES, Condition, Printer
from gerai_booking.usecases import devices, printing
from gerai_booking.usecases.office import Office

log = get_logger(__name__)

Address = tuple[str, int]
#: How soon a number comes out after it was given.
PRINTING_SECONDS = 0.5
#: How long a printer that does not print is left alone: paper takes longer to change.
TROUBLE_SECONDS = 5.0
WATCHING = timedelta(seconds=10)


class DeviceLoop(Entrypoint):
    """Prints, asks printers how they are, tells of silence; at any number of replicas."""

    def setup(self) -> None:
        """Begin with no printer busy."""
        self._busy: set[Address] = set()
        self._left_alone: dict[Address, float] = {}
        self._is_stopping = False

    def start(self) -> None:
        """Begin."""
        self.container.spawn_managed_thread(self._print, identifier="printing")
        self.container.spawn_managed_thread(self._watch, identifier="devices")

    def stop(self) -> None:
        """Take no further ticket; what is being printed is printed, and written down."""
        self._is_stopping = True
        while self._busy:
            sleep(0.05)

    @property
    def _deployment(self) -> Deployment:
        deployment: Deployment = self.container.config["gerai"]
        return deployment

    def _print(self) -> None:
        waited = 0.0
        while not self._is_stopping:
            self._begin_printing(waited)
            sleep(PRINTING_SECONDS)
            waited += PRINTING_SECONDS

    def _begin_printing(self, waited: float) -> None:
        # Each printer has a green thread of its own: one that is gone keeps nobody at another from printing.
        for address in _at_work("print", lambda: waiting_printers(self._deployment), []):
            if address not in self._busy and self._left_alone.get(address, 0.0) <= waited:
                self._busy.add(address)
                self.container.spawn_managed_thread(
                    partial(self._print_at, address, waited), identifier="printer"
                )

    def _print_at(self, address: Address, waited: float) -> None:
        try:
            if _at_work("print", lambda: print_at(self._deployment, address), Condition.GONE) is not None:
                self._left_alone[address] = waited + TROUBLE_SECONDS
        finally:
            self._busy.discard(address)

    def _watch(self) -> None:
        while not self._is_stopping:
            _at_work("watch", lambda: watch(self._deployment), None)
            sleep(WATCHING.total_seconds())


def _at_work(part: str, work: Callable[[], Any], otherwise: Any) -> Any:
    """Return what `work` returns, or `otherwise` when it fails: the database may be away."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - tried again, and nobody else's work
        log.warning("devices_failed", part=part, reason=type(error).__name__)
        return otherwise


def waiting_printers(deployment: Deployment) -> list[Address]:
    """Return the printers for which something waits, and put aside what is not to be printed any more."""
    with deployment.database.reading() as session:
        if not printing.has_work(session):
            return []
    with deployment.database.transaction() as session:
        printing.tidy(session, now=deployment.clock.now())
        return print_jobs.printers_with_work(session)


def print_at(deployment: Deployment, address: Address) -> Condition | None:
    """Print what waits for one printer, in order; return what keeps it from it, None when all is out."""
    try:
        with printers.connected(address) as line:
            while (trouble := _print_next(deployment, address, line)) is None:
                continue
    except printers.PrinterGone:
        trouble = Condition.GONE
    if trouble is Condition.FINE:
        return None
    with deployment.database.transaction() as session:
        print_jobs.note_trouble(session, address, trouble.value)
    return trouble


def _print_next(deployment: Deployment, address: Address, line: printers.Line) -> Condition | None:
    """Print one ticket; return None when it is out, FINE when none is left, else what is wrong."""
    how = line.condition()
    if how in PRINTER_TROUBLES:
        return how
    office, now = deployment.extras["office"], deployment.clock.now
    with deployment.database.transaction() as session:
        slip = printing.claim(session, office, address, now=now())
    if slip is None:
        return Condition.FINE
    portal = deployment.settings.public_url.rstrip("/")
    error = line.put(printers.compose(slip, portal=portal))
    measures.PRINTED.labels(outcome="unsure" if error else "printed").inc()
    with deployment.database.transaction() as session:
        printing.finish(session, slip, error=error, now=now())
    # After a doubt the connection may hold half a ticket: the next one gets a new one.
    return Condition.OFFLINE if error else None


def watch(deployment: Deployment) -> None:
    """Ask printers how they are when it is time, and tell of who is missed."""
    office: Office = deployment.extras["office"]
    with deployment.database.transaction() as session:
        due = devices.printers_to_ask(session, now=deployment.clock.now())
    for row, printer in due:
        _ask(deployment, office, row, printer)
    with deployment.database.transaction() as session:
        told = devices.tell_of_silence(session, office, now=deployment.clock.now())
        counts = devices.count_of_troubles(session, now=deployment.clock.now())
    for name in told:
        log.warning("device_silent", name=name)
    measures.measure_devices(office.code, counts)


def _ask(deployment: Deployment, office: Office, row: Any, printer: Printer) -> None:
    try:
        with printers.connected((printer.host, printer.port)) as line:
            how: Condition | None = line.condition()
    except printers.PrinterGone:
        how = None
    with deployment.database.transaction() as session:
        now = deployment.clock.now()
        if how is None:
            devices.not_reached(session, row, now=now)
        else:
            devices.heard(session, office, row, state={"condition": how.value}, now=now)
