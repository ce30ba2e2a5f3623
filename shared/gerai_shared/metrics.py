"""Measurements, in Prometheus' terms."""

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

HTTP_SECONDS = Histogram(
    "gerai_http_request_seconds", "Time to answer a request", ["entrypoint", "status"], buckets=BUCKETS
)
HTTP_STREAMS = Gauge("gerai_http_streams", "Listeners on server-sent events now")
RPC_SECONDS = Histogram(
    "gerai_rpc_seconds", "Time to carry out a request", ["method", "outcome"], buckets=BUCKETS
)
RPC_LATE = Counter("gerai_rpc_late_total", "Requests not carried out because their deadline was over")
RPC_UNANSWERED = Counter("gerai_rpc_unanswered_total", "Requests without an answer in time", ["deployment"])
PARKED = Counter("gerai_parked_total", "Messages put aside for a person to look at", ["kind"])
EVENTS_HANDLED = Counter("gerai_events_handled_total", "Events by outcome", ["type", "outcome"])
EVENTS_PUBLISHED = Counter("gerai_events_published_total", "Events the broker has confirmed", ["type"])
EVENTS_UNDELIVERABLE = Counter("gerai_events_undeliverable_total", "Events that no queue took", ["type"])
OUTBOX_WAITING = Gauge("gerai_outbox_waiting", "Events not published yet")
OUTBOX_OLDEST_SECONDS = Gauge("gerai_outbox_oldest_seconds", "Age of the oldest unpublished event")
FAILED_MESSAGES = Gauge("gerai_failed_messages", "Messages kept after a failure", ["state"])
BUS_CONNECTED = Gauge("gerai_bus_connected", "1 while messages can arrive", ["container"])
