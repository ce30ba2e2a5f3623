"""Applications as tests open them, move them on and read them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gerai_booking.models.applications import Application
from gerai_booking.rules.checklist import NOT_CONCERNED, Checklist
from gerai_booking.rules.floor import Outcome
from gerai_booking.usecases import (
    application_views,
    applications,
    changes,
    files,
    floor,
    handing_over,
    intake,
)
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.handing_over import Collected
from gerai_shared import tables
from gerai_shared.accounts import Officer
from gerai_shared.refusals import Refused
from gerai_shared.ticket import Ticket
from sqlalchemy import select

from tests.integration.booking.house import NOW, SERVICE, SITE, House
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR

POPUP, OFFICE = "popup-gorontalo", "kanim-gorontalo"
#: Saturday, 12 December 2026, 11:00 in Gorontalo: a day of the pop-up.
SATURDAY = datetime(2026, 12, 12, 3, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
NOTE = "Mohon bawa akta kelahiran yang asli"
SELF = Collected(receiver="self", name="Warga Uji 1", proofs=["payment", "identity"], signed=True)


def everything(house: House, service: str = SERVICE) -> Checklist:
    """A checklist on which nothing lacks."""
    required = house.office.service(service).requirements
    return Checklist(
        have=frozenset(each.code for each in required if each.only_for is None),
        absences={each.code: NOT_CONCERNED for each in required if each.only_for is not None},
    )


def serve_next(house: House, site: str, counter: str, *, now: datetime) -> Ticket:
    """Call whoever is next and serve them to the end."""
    desk = Desk(site=site, counter=counter, officer_id=OFFICER.id, now=now)
    house.do(floor.call_next, desk)
    house.do(floor.start, desk, revision=None)
    return house.do(floor.finish, desk, revision=None, outcome=Outcome.COMPLETED)


def served(house: House, person: int = 1, *, service: str = SERVICE, counter: str = "101") -> Ticket:
    """Somebody who booked and was served."""
    slot = house.slots(service=service)[0]
    now = NOW + A_DAY
    token = house.booked(person, slot, service=service)
    house.do(changes.check_in, token=token, now=now)
    return serve_next(house, SITE, counter, now=now)


def served_at_popup(house: House, *, checklist: Checklist | None = None) -> Ticket:
    """Somebody who came to the pop-up with a complete file and was served."""
    desk = Desk(site=POPUP, counter="1", officer_id=OFFICER.id, now=SATURDAY)
    complete = everything(house) if checklist is None else checklist
    house.do(intake.walk_in, desk, service=SERVICE, priority=False, checklist=complete)
    return serve_next(house, POPUP, "1", now=SATURDAY)


def opened(house: House, ticket: Ticket, *, now: datetime = NOW + A_DAY, **changes: Any) -> Application:
    given: dict[str, Any] = {
        "officer": OFFICER,
        "site": ticket.site,
        "ticket_id": ticket.id,
        "checklist": everything(house, ticket.service),
        "purpose": "umrah",
        "applicant": None,
        **changes,
    }
    return house.do(files.open_file, now=now, **given)


def advance(
    house: House, found: Application, *stages: str, now: datetime = NOW + A_DAY, note: str | None = None
) -> Application:
    """Go through stages on one day."""
    for stage in stages:
        found = house.do(
            applications.advance,
            officer=OFFICER,
            site=found.site,
            application_id=found.id,
            to=stage,
            note=note,
            revision=found.revision,
            now=now,
        )
    return found


TO_READY = ("paid", "interviewed", "verified", "printed", "ready")


def ready(house: House, person: int = 1, *, now: datetime = NOW + A_DAY) -> Application:
    return advance(house, opened(house, served(house, person)), *TO_READY, now=now)


def correct(
    house: House, found: Application, *, officer: Officer = OFFICER, now: datetime = NOW
) -> Application:
    why = "Salah pilih berkas, keliru menekan"
    given: dict[str, Any] = {"site": found.site, "application_id": found.id, "revision": None}
    return house.do(applications.correct, officer=officer, why=why, now=now, **given)


def hand_over(
    house: House,
    found: Application,
    collected: Collected = SELF,
    *,
    site: str = "",
    now: datetime = NOW + A_DAY,
) -> Application:
    return house.do(
        handing_over.hand_over,
        officer=OFFICER,
        site=site or found.collection_site,
        application_id=found.id,
        collected=collected,
        revision=None,
        now=now,
    )


def cancel(house: House, found: Application, *, officer: Officer = SUPERVISOR, now: datetime) -> Application:
    given: dict[str, Any] = {"site": found.site, "application_id": found.id, "revision": None}
    why = "Lewat satu bulan, tidak diambil"
    return house.do(applications.cancel_uncollected, officer=officer, why=why, now=now, **given)


def told(house: House, found: Application) -> list[str]:
    """What was announced of an application, in order."""
    subject = tables.outbox.c.subject == found.id
    query = select(tables.outbox.c.type).where(subject).order_by(tables.outbox.c.position)
    return [row.type.removeprefix("application.").removesuffix(".v1") for row in house.rows(query)]


def view(house: House, ticket: Ticket, *, now: datetime = NOW + A_DAY) -> dict[str, Any]:
    return house.ask(application_views.whole_ticket, ticket, now=now)


def code_of(run: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        run()
    return refused.value.code
