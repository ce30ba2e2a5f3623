"""Measurements of this service, in Prometheus' terms."""

from collections.abc import Mapping

from prometheus_client import Counter, Gauge

from gerai_booking.rules.devices import KINDS, TROUBLES

DEVICES_IN_TROUBLE = Gauge(
    "gerai_devices_in_trouble", "Devices that somebody has to look after", ["agency", "kind", "condition"]
)
PRINTED = Counter(
    "gerai_tickets_printed_total", "Tickets sent to printers, by what came of them", ["outcome"]
)


def measure_devices(agency: str, counts: Mapping[tuple[str, str], int]) -> None:
    """Bring the gauges of an agency up to date; `counts` are by (kind, condition)."""
    for kind in KINDS:
        for condition in TROUBLES:
            gauge = DEVICES_IN_TROUBLE.labels(agency=agency, kind=kind, condition=condition.value)
            gauge.set(counts.get((kind, condition.value), 0))
