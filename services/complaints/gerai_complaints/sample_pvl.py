"""What a demonstration has of PVL on the spot: a plan, an event, an agreement. Nobody is called so."""

from datetime import date, timedelta

from gerai_shared import accounts
from gerai_shared.accounts import Officer
from gerai_shared.clock import local_date
from gerai_shared.deployment import Deployment
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Agreement, PvlEvent
from gerai_complaints.pvl_shapes import AgreementText, EventPlan
from gerai_complaints.usecases import agreements, pvl_events
from gerai_complaints.usecases.places import DEFAULT_TIME_ZONE

BASIS = "Contoh rencana kerja"


def seed_pvl(deployment: Deployment) -> None:
    """Write the samples down where there is neither an event nor an agreement, and agencies are known."""
    now = deployment.clock.now()
    today = local_date(now, DEFAULT_TIME_ZONE)
    with deployment.database.transaction() as session:
        heads = [each for each in accounts.staff(session) if each.is_supervisor]
        is_fresh = session.scalar(select(PvlEvent.id).limit(1)) is None
        if not heads or not deployment.settings.agencies or not is_fresh:
            return
        _event(session, deployment, heads[0], today)
        if session.scalar(select(Agreement.id).limit(1)) is None:
            _registers(session, deployment, heads[0], today)


def _event(session: Session, deployment: Deployment, head: Officer, today: date) -> None:
    agencies, now = deployment.settings.agencies, deployment.clock.now()
    others = tuple(each.id for each in accounts.staff(session) if each.id != head.id)
    day = today + timedelta(days=14)
    plan = EventPlan(
        first_day=day,
        last_day=day,
        agency=agencies[0],
        site=None,
        place="Balai desa contoh",
        regency="Kabupaten Lebak",
        head=head.id,
        assistants=others,
    )
    pvl_events.save(
        session, plan, event_id=None, officer=head, agencies=agencies, key="sample-event", now=now
    )
    pvl_events.set_plan(session, year=day.year, target=6, basis=BASIS, officer=head)


def _registers(session: Session, deployment: Deployment, head: Officer, today: date) -> None:
    agencies, now = deployment.settings.agencies, deployment.clock.now()
    text = AgreementText(
        number="01/CONTOH/MOU",
        subject="Pelayanan yang tanggap, tanpa penolakan",
        parties="Ombudsman (perwakilan contoh)\nInstansi di mal pelayanan publik contoh",
        signed_on=today - timedelta(days=665),
        valid_until=today + timedelta(days=65),
        document="Arsip contoh",
        focal_role="Kepala subbagian umum",
    )
    agreements.save(session, text, agreement_id=None, officer=head, key="sample-agreement", now=now)
    for agency in agencies:
        agreements.put_supervised(
            session,
            agency=agency,
            since=text.signed_on,
            until=None,
            basis="UU 37/2008",
            officer=head,
            agencies=agencies,
        )
