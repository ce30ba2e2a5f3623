"""Measurements of webhooks, in Prometheus' terms."""

from datetime import datetime

from prometheus_client import Counter, Gauge
from sqlalchemy.orm import Session

from gerai_notifications.webhooks import models

DELIVERIES = Counter(
    "gerai_webhook_deliveries_total", "Attempts to tell another system, by outcome", ["outcome"]
)
WAITING = Gauge("gerai_webhook_waiting", "Webhook deliveries not made yet")
OLDEST_SECONDS = Gauge("gerai_webhook_oldest_seconds", "Age of the oldest webhook delivery not made yet")
PARKED = Gauge("gerai_webhook_parked", "Webhook deliveries that were given up and wait for a person")


def measure(session: Session, *, now: datetime) -> None:
    """Bring the gauges up to date."""
    waiting, oldest, parked = models.standing(session)
    WAITING.set(waiting)
    OLDEST_SECONDS.set(max((now - oldest).total_seconds(), 0.0) if oldest else 0.0)
    PARKED.set(parked)
