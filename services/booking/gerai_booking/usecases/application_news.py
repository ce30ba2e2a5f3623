"""What is announced of an application: to its owner what concerns them, to everybody else only that it moved.

Its events are counted in a stream of the agency, not of a site: a site's stream is the story of its board.
"""

from datetime import datetime
from typing import Any

from gerai_shared.outbox import NewEvent
from sqlalchemy.orm import Session

from gerai_booking.models.applications import Application
from gerai_booking.models.people import person_of
from gerai_booking.rules.catalogue.stages import (
    HANDED_OVER,
    READY,
    REJECTED,
    UNCOLLECTED,
    WAITING,
    WITHDRAWN,
    stage_name,
)
from gerai_booking.usecases.announcing import announce
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.rulebook import service_of
from gerai_booking.usecases.views import both

ADVANCED, REMINDED, CORRECTED = (
    "application.advanced.v1",
    "application.reminded.v1",
    "application.corrected.v1",
)
#: The events of which the owner is told, by the stage that an application has reached.
NEWS_OF = {
    WAITING: "application.waiting_for_citizen.v1",
    READY: "application.ready.v1",
    HANDED_OVER: "application.handed_over.v1",
    REJECTED: "application.cancelled.v1",
    WITHDRAWN: "application.cancelled.v1",
    UNCOLLECTED: "application.cancelled.v1",
}


def tell(
    session: Session,
    office: Office,
    application: Application,
    previous: str | None,
    *,
    now: datetime,
    event_type: str | None = None,
) -> None:
    """Announce where an application is now; `event_type` is given where the stage does not say it."""
    kind = event_type or NEWS_OF.get(application.stage, ADVANCED)
    data = _facts(application, previous)
    if kind != ADVANCED:
        data |= _news(session, office, application)
    event = NewEvent(type=kind, subject=application.id, agency=office.code, data=data)
    announce(session, office, event, now=now)


def _facts(application: Application, previous: str | None) -> dict[str, Any]:
    return {
        "application_id": application.id,
        "ticket_id": application.ticket_id,
        "number": application.number,
        "service": application.service,
        "site": application.site,
        "collection_site": application.collection_site,
        "stage": application.stage,
        "previous_stage": previous,
        "promise_on": application.progress.promise_on,
        "revision": application.revision,
    }


def _news(session: Session, office: Office, application: Application) -> dict[str, Any]:
    service = service_of(session, office, application)
    place = office.site(application.collection_site)
    person = person_of(session, application.ticket_id)
    return {
        "recipient": person.contact if person else None,
        "sealed_token": office.sealer.seal({"token": office.token(application.ticket_id)}),
        "language": person.language if person else "id",
        "service_name": both(service.name),
        "stage_name": both(stage_name(service.stages, application.stage)),
        "collection_name": both(place.name),
        "collection_address": both(place.address),
        "kept_until": application.kept_until,
    }
