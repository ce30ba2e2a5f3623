"""The officers of a demonstration and what they have planned; real ones are added with `gerai officers`."""

import secrets

from gerai_shared import accounts
from gerai_shared.deployment import Deployment

from gerai_complaints.sample_pvl import seed_pvl

#: Username, name, role of the demonstration's officers. Nobody is called so.
DEMO_OFFICERS = (
    ("pengaduan", "Petugas Pengaduan", "officer"),
    ("pengawas", "Pengawas Pengaduan", "supervisor"),
    ("ombudsman", "Pengawas (Ombudsman), hanya baca", "overseer"),
)


def seed(deployment: Deployment, *, password: str | None) -> dict[str, str]:
    """Add the demonstration's officers where they are missing; return the passwords of those added.

    Each gets `password`, or one of its own when it is None. In production nobody is added.
    """
    added: dict[str, str] = {}
    if deployment.settings.environment == "production":
        return added
    for username, name, role in DEMO_OFFICERS:
        chosen = password or secrets.token_urlsafe(9)
        if add_officer(deployment, username=username, name=name, role=role, password=chosen):
            added[username] = chosen
    seed_pvl(deployment)
    return added


def add_officer(deployment: Deployment, *, username: str, name: str, role: str, password: str) -> bool:
    """Add an account; False when there is one of this name. Raises WeakPassword."""
    with deployment.database.transaction() as session:
        if accounts.exists(session, username):
            return False
        accounts.create_officer(
            session, username=username, name=name, password=password, role=role, now=deployment.clock.now()
        )
    return True
