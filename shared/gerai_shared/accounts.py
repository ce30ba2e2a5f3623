"""Officers of one deployment: accounts, passwords (argon2id), sessions."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from gerai_shared.ids import new_id
from gerai_shared.refusals import Forbidden, Refused, SignInRequired
from gerai_shared.tables import NAMING
from gerai_shared.times import AwareDateTime

#: `central` is the centre, above all offices: closing one is its decision alone (S3-4). `overseer` is
#: somebody from outside who reads and changes nothing, such as the Ombudsman (S0-8): see overseers.
ROLES = ("officer", "supervisor", "central", "overseer")
#: A shift with its overtime; after it an officer signs in anew.
SESSION_LIFE = timedelta(hours=12)
ATTEMPTS_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=5)
SHORTEST_PASSWORD = 10

metadata = MetaData(naming_convention=NAMING)

officers = Table(
    "officers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("username", String(40), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("failed_attempts", Integer, nullable=False, server_default="0"),
    Column("locked_until", AwareDateTime, nullable=True),
    Column("created_at", AwareDateTime, nullable=False),
)

officer_sessions = Table(
    "officer_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column(
        "officer_id", String(36), ForeignKey("officers.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("created_at", AwareDateTime, nullable=False),
    Column("expires_at", AwareDateTime, nullable=False, index=True),
)


def session_cookie(deployment: str) -> str:
    """Return the name of a deployment's session cookie.

    Browsers share cookies between the ports of a host: without a name of its own, signing in at one
    agency would sign out of another.
    """
    return f"officer-{deployment}"


class WrongCredentials(Refused):
    """User name or password is wrong.

    Please try again, or ask the operator of this system for a new password.
    """

    code = "wrong_credentials"
    status = 401


class TooManyAttempts(Refused):
    """Too many wrong passwords. Please wait %(retry_after)s seconds."""

    code = "too_many_attempts"
    status = 429


class WeakPassword(Refused):
    """A password needs at least %(least)s characters. Please choose a longer one."""

    code = "weak_password"


@dataclass(frozen=True, kw_only=True)
class Officer:
    """Somebody who works at a counter or a desk or at the centre, or looks on. `role` is one of ROLES."""

    id: str
    username: str
    name: str
    role: str

    @property
    def is_supervisor(self) -> bool:
        """Whether they may do and see what others may not."""
        return self.role == "supervisor"

    def must_be_supervisor(self) -> None:
        """Refuse everybody else. Raises Forbidden."""
        if not self.is_supervisor:
            raise Forbidden

    @property
    def is_central(self) -> bool:
        """Whether they speak for the centre."""
        return self.role == "central"

    def must_be_central(self) -> None:
        """Refuse everybody else, supervisors too. Raises Forbidden."""
        if not self.is_central:
            raise Forbidden

    def must_be_above_officers(self) -> None:
        """Refuse whoever is neither a supervisor nor of the centre. Raises Forbidden."""
        if not (self.is_supervisor or self.is_central):
            raise Forbidden

    @property
    def is_overseer(self) -> bool:
        """Whether they look on from outside: they read what is opened to them, and change nothing."""
        return self.role == "overseer"

    def may_oversee(self) -> None:
        """Refuse who neither decides here nor oversees who does. Raises Forbidden."""
        if not self.is_overseer:
            self.must_be_above_officers()


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account as an operator sees it."""

    username: str
    name: str
    role: str
    active: bool
    locked_until: datetime | None
    created_at: datetime


#: argon2id as RFC 9106 has it for little memory: some 50 ms on one core, so that guessing is slow.
COST = RFC_9106_LOW_MEMORY
hasher = PasswordHasher.from_parameters(COST)


def create_officer(
    session: Session, *, username: str, name: str, password: str, role: str, now: datetime
) -> Officer:
    """Add an account. Raises WeakPassword; the database refuses a second account of the same name."""
    _refuse_weak(password)
    if role not in ROLES:
        raise ValueError(f"no role {role}")
    officer = Officer(id=new_id(), username=username.lower(), name=name, role=role)
    session.execute(
        insert(officers).values(
            id=officer.id,
            username=officer.username,
            name=name,
            role=role,
            password_hash=hasher.hash(password),
            active=True,
            created_at=now,
        )
    )
    return officer


def exists(session: Session, username: str) -> bool:
    """Tell whether there is an account of this name."""
    return session.scalar(select(officers.c.id).where(officers.c.username == username.lower())) is not None


def list_accounts(session: Session) -> list[Account]:
    """Return all accounts by name."""
    rows = session.execute(
        select(
            officers.c.username,
            officers.c.name,
            officers.c.role,
            officers.c.active,
            officers.c.locked_until,
            officers.c.created_at,
        ).order_by(officers.c.username)
    )
    return [Account(**row._asdict()) for row in rows]


def staff(session: Session) -> list[Officer]:
    """Return who may work at counters, by name."""
    query = select(officers.c.id, officers.c.username, officers.c.name, officers.c.role).where(
        officers.c.active, officers.c.role.in_(("officer", "supervisor"))
    )
    rows = session.execute(query.order_by(officers.c.name, officers.c.username))
    return [Officer(id=row.id, username=row.username, name=row.name, role=row.role) for row in rows]


def name_of(session: Session, officer_id: str) -> str | None:
    """Return the name of whoever has this account, None when there is none any more."""
    return session.scalar(select(officers.c.name).where(officers.c.id == officer_id))


def set_active(session: Session, *, username: str, active: bool) -> bool:
    """Let somebody sign in or not; whoever may not is signed out. False without such an account."""
    officer_id = session.scalar(
        update(officers)
        .where(officers.c.username == username.lower())
        .values(active=active)
        .returning(officers.c.id)
    )
    if officer_id is not None and not active:
        _end_sessions(session, officer_id)
    return officer_id is not None


def set_password(session: Session, *, username: str, password: str) -> bool:
    """Give an account a new password, lift its lock and sign it out everywhere.

    False when there is no such account. Raises WeakPassword.
    """
    _refuse_weak(password)
    officer_id = session.scalar(
        update(officers)
        .where(officers.c.username == username.lower())
        .values(password_hash=hasher.hash(password), failed_attempts=0, locked_until=None)
        .returning(officers.c.id)
    )
    if officer_id is not None:
        _end_sessions(session, officer_id)
    return officer_id is not None


def sign_in(
    session: Session, *, username: str, password: str, now: datetime
) -> tuple[str, Officer] | Refused:
    """Return a session token and its officer, or the refusal to be raised after this transaction.

    The refusal is returned and not raised, because the count of wrong attempts has to be committed.
    """
    row = session.execute(
        select(officers).where(officers.c.username == username.strip().lower()).with_for_update()
    ).one_or_none()
    if row is None or not row.active:
        # As slow as a wrong password, so that names cannot be found out by timing.
        hasher.hash(password)
        return WrongCredentials()
    if row.locked_until is not None and row.locked_until > now:
        return TooManyAttempts(retry_after=int((row.locked_until - now).total_seconds()) + 1)
    if not _matches(row.password_hash, password):
        failed = row.failed_attempts + 1
        locked = now + LOCKED_FOR if failed % ATTEMPTS_ALLOWED == 0 else None
        session.execute(
            update(officers)
            .where(officers.c.id == row.id)
            .values(failed_attempts=failed, locked_until=locked)
        )
        return WrongCredentials()
    session.execute(
        update(officers).where(officers.c.id == row.id).values(failed_attempts=0, locked_until=None)
    )
    session.execute(delete(officer_sessions).where(officer_sessions.c.expires_at < now))
    token = secrets.token_urlsafe(32)
    session.execute(
        insert(officer_sessions).values(
            token_hash=_digest(token), officer_id=row.id, created_at=now, expires_at=now + SESSION_LIFE
        )
    )
    return token, Officer(id=row.id, username=row.username, name=row.name, role=row.role)


def officer_of(session: Session, *, token: str | None, now: datetime) -> Officer:
    """Return whose session `token` is. Raises SignInRequired."""
    if not token:
        raise SignInRequired
    row = session.execute(
        select(officers.c.id, officers.c.username, officers.c.name, officers.c.role)
        .join(officer_sessions, officer_sessions.c.officer_id == officers.c.id)
        .where(
            officer_sessions.c.token_hash == _digest(token),
            officer_sessions.c.expires_at > now,
            officers.c.active.is_(True),
        )
    ).one_or_none()
    if row is None:
        raise SignInRequired
    return Officer(id=row.id, username=row.username, name=row.name, role=row.role)


def sign_out(session: Session, *, token: str) -> None:
    """End a session."""
    session.execute(delete(officer_sessions).where(officer_sessions.c.token_hash == _digest(token)))


def _end_sessions(session: Session, officer_id: str) -> None:
    session.execute(delete(officer_sessions).where(officer_sessions.c.officer_id == officer_id))


def _refuse_weak(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(least=SHORTEST_PASSWORD)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
