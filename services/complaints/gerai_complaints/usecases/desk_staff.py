"""Who works at the desk, and for which agencies."""

from dataclasses import dataclass

from gerai_shared import accounts
from gerai_shared.accounts import Officer
from gerai_shared.borders import is_storable
from gerai_shared.refusals import NotFound
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gerai_complaints.models import DeskAgency

WORKING_ROLES = ("officer", "supervisor")


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody of the desk; without `agencies` they work on the complaints about all."""

    username: str
    name: str
    role: str
    agencies: frozenset[str]


def names(session: Session) -> list[tuple[str, str]]:
    """Return (user name, name) of everybody to whom a case can be given."""
    return [(each.username, each.name) for each in members(session)]


def members(session: Session) -> list[Member]:
    """Return everybody who works at the desk, by name."""
    officers = accounts.officers.c
    rows = session.execute(
        select(officers.id, officers.username, officers.name, officers.role)
        .where(officers.active, officers.role.in_(WORKING_ROLES))
        .order_by(officers.name, officers.username)
    ).all()
    agencies: dict[str, set[str]] = {}
    for row in session.scalars(select(DeskAgency)):
        agencies.setdefault(row.officer_id, set()).add(row.agency)
    return [
        Member(
            username=row.username,
            name=row.name,
            role=row.role,
            agencies=frozenset(agencies.get(row.id, ())),
        )
        for row in rows
    ]


def set_agencies(session: Session, username: str, agencies: frozenset[str], *, officer: Officer) -> None:
    """Say for which agencies somebody works; none means all. Raises Forbidden, NotFound.

    A supervisor of some agencies gives no more than these, and takes nobody away from others.
    """
    officer.must_be_supervisor()
    officers = accounts.officers.c
    member = None
    if is_storable(username):
        member = session.scalar(
            select(officers.id)
            .where(officers.username == username, officers.role.in_(WORKING_ROLES))
            .with_for_update()
        )
    own = frozenset(session.scalars(select(DeskAgency.agency).where(DeskAgency.officer_id == officer.id)))
    theirs = frozenset(session.scalars(select(DeskAgency.agency).where(DeskAgency.officer_id == member)))
    if member is None or (own and not (theirs and agencies and theirs <= own and agencies <= own)):
        raise NotFound
    session.execute(delete(DeskAgency).where(DeskAgency.officer_id == member))
    session.add_all(DeskAgency(officer_id=member, agency=agency) for agency in sorted(agencies))
