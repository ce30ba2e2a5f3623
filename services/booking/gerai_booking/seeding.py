"""What a new database needs before its first day: quotas, open days, and officers to try it with."""

import os
import secrets

from gerai_shared import accounts
from gerai_shared.deployment import Deployment

from gerai_booking.sample_outreach import add_sample
from gerai_booking.usecases import plan, planning, road_map
from gerai_booking.usecases.office import Office

DEMO_OFFICERS = (
    ("petugas", "Petugas Loket", "officer"),
    ("petugas2", "Petugas Loket Dua", "officer"),
    ("petugas3", "Petugas Loket Tiga", "officer"),
    ("penyelia", "Penyelia Loket", "supervisor"),
    ("pusat", "Petugas Pusat", "central"),
    ("ombudsman", "Pengawas (Ombudsman), hanya baca", "overseer"),
)


def seed(deployment: Deployment, office: Office) -> list[str]:
    """Write what is missing and leave the rest; return what to tell the operator.

    Outside production some outreach and four accounts are added, with the password in
    GERAI_DEMO_PASSWORD or one that is made up here and told once.
    """
    now = deployment.clock.now()
    told: list[str] = []
    with deployment.database.transaction() as session:
        plan.follow_catalogue(session, office, now=now)
        planning.open_days(session, office, now=now)
        road_map.record_catalogue(session, office)
        if deployment.settings.environment == "production":
            return told
        add_sample(session, office, now=now)
        password = os.environ.get("GERAI_DEMO_PASSWORD") or secrets.token_urlsafe(9)
        for username, name, role in DEMO_OFFICERS:
            if not accounts.exists(session, username):
                accounts.create_officer(
                    session, username=username, name=name, password=password, role=role, now=now
                )
                told.append(f"{deployment.name}: {username} / {password} ({role})")
    return told
