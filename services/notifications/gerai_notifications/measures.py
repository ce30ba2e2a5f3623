"""Measurements of this service, in Prometheus' terms."""

from datetime import datetime

from prometheus_client import Counter, Gauge
from sqlalchemy.orm import Session

from gerai_notifications.models import count_waiting

MESSAGES = Counter("gerai_messages_total", "Attempts to send a message, by what came of them", ["outcome"])
MESSAGES_WAITING = Gauge("gerai_messages_waiting", "Messages not handed over yet")
MESSAGES_OLDEST_SECONDS = Gauge("gerai_messages_oldest_seconds", "Age of the oldest message not handed over")


def measure_waiting(session: Session, *, now: datetime) -> None:
    """Bring the gauges up to date."""
    count, oldest = count_waiting(session)
    MESSAGES_WAITING.set(count)
    MESSAGES_OLDEST_SECONDS.set(max((now - oldest).total_seconds(), 0.0) if oldest else 0.0)
