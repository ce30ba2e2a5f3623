"""Officers: who may sign in, for how long, and what stops somebody who guesses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gerai_shared import accounts
from gerai_shared.accounts import ATTEMPTS_ALLOWED, LOCKED_FOR, SESSION_LIFE, Officer, WeakPassword
from gerai_shared.database import Database
from gerai_shared.refusals import Forbidden, Refused, SignInRequired
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
PASSWORD = "kata-sandi-uji"


def add(
    database: Database, username: str = "petugas", *, role: str = "officer", password: str = PASSWORD
) -> Officer:
    with database.transaction() as session:
        return accounts.create_officer(
            session, username=username, name="Petugas Uji", password=password, role=role, now=NOW
        )


def sign_in(
    database: Database, password: str = PASSWORD, *, username: str = "petugas", at: datetime = NOW
) -> Any:
    """The session's token, or the code of the refusal."""
    with database.transaction() as session:
        came = accounts.sign_in(session, username=username, password=password, now=at)
    return came.code if isinstance(came, Refused) else came[0]


def whose(database: Database, token: str | None, *, at: datetime = NOW) -> Officer:
    with database.reading() as session:
        return accounts.officer_of(session, token=token, now=at)


def test_an_officer_signs_in_and_is_known_by_the_token(database: Database) -> None:
    officer = add(database, "Petugas")
    token = sign_in(database, username=" PETUGAS ")
    assert whose(database, token) == officer
    assert officer.username == "petugas"


def test_neither_password_nor_token_is_kept(database: Database) -> None:
    add(database)
    token = sign_in(database)
    with database.reading() as session:
        kept = [
            list(session.execute(select(table))) for table in (accounts.officers, accounts.officer_sessions)
        ]
    assert token not in repr(kept)
    assert PASSWORD not in repr(kept)


def test_a_session_ends_after_its_time_or_at_sign_out(database: Database) -> None:
    add(database)
    token, other = sign_in(database), sign_in(database)
    assert whose(database, token, at=NOW + SESSION_LIFE - timedelta(seconds=1))
    with pytest.raises(SignInRequired):
        whose(database, token, at=NOW + SESSION_LIFE)
    with database.transaction() as session:
        accounts.sign_out(session, token=token)
    with pytest.raises(SignInRequired):
        whose(database, token)
    assert whose(database, other)


@pytest.mark.parametrize("token", [None, "", "nonsense"])
def test_nobody_is_known_by_a_token_that_is_none(database: Database, token: str | None) -> None:
    add(database)
    with pytest.raises(SignInRequired):
        whose(database, token)


def test_a_wrong_name_and_a_wrong_password_are_told_alike(database: Database) -> None:
    add(database)
    assert sign_in(database, "wrong") == sign_in(database, username="nobody") == "wrong_credentials"


def test_after_five_wrong_passwords_the_right_one_has_to_wait(database: Database) -> None:
    add(database)
    assert {sign_in(database, "wrong") for _ in range(ATTEMPTS_ALLOWED)} == {"wrong_credentials"}
    assert sign_in(database, at=NOW + LOCKED_FOR - timedelta(seconds=1)) == "too_many_attempts"
    assert whose(database, sign_in(database, at=NOW + LOCKED_FOR))


def test_a_right_password_in_between_starts_the_count_anew(database: Database) -> None:
    add(database)
    for _ in range(2):
        for _ in range(ATTEMPTS_ALLOWED - 1):
            sign_in(database, "wrong")
        assert whose(database, sign_in(database))


def test_who_may_not_work_any_more_is_signed_out_everywhere(database: Database) -> None:
    add(database)
    token = sign_in(database)
    with database.transaction() as session:
        assert accounts.set_active(session, username="petugas", active=False)
        assert not accounts.set_active(session, username="nobody", active=False)
    with pytest.raises(SignInRequired):
        whose(database, token)
    assert sign_in(database) == "wrong_credentials"


def test_a_new_password_lifts_the_lock_and_ends_all_sessions(database: Database) -> None:
    add(database)
    token = sign_in(database)
    for _ in range(ATTEMPTS_ALLOWED):
        sign_in(database, "wrong")
    with database.transaction() as session:
        assert accounts.set_password(session, username="petugas", password="kata-sandi-baru")
    with pytest.raises(SignInRequired):
        whose(database, token)
    assert sign_in(database) == "wrong_credentials"
    assert whose(database, sign_in(database, "kata-sandi-baru"))


def test_a_name_is_given_once_and_a_short_password_never(database: Database) -> None:
    add(database)
    with pytest.raises(IntegrityError):
        add(database, "PETUGAS")
    with pytest.raises(WeakPassword):
        add(database, "penyelia", password="pendek123")
    with pytest.raises(ValueError, match="no role"):
        add(database, "penyelia", role="king")


def test_only_a_supervisor_passes_for_one(database: Database) -> None:
    add(database, "penyelia", role="supervisor").must_be_supervisor()
    with pytest.raises(Forbidden):
        add(database).must_be_supervisor()


def test_accounts_are_listed_without_their_secrets(database: Database) -> None:
    add(database, "b")
    add(database, "a")
    with database.reading() as session:
        listed = accounts.list_accounts(session)
    assert [account.username for account in listed] == ["a", "b"]
    assert "argon2" not in repr(listed)


@pytest.mark.parametrize(
    ("role", "oversees"), [("officer", False), ("supervisor", True), ("central", True), ("overseer", True)]
)
def test_who_oversees_and_that_overseers_decide_nothing(
    database: Database, role: str, oversees: bool
) -> None:
    somebody = add(database, role=role)
    if oversees:
        somebody.may_oversee()
    else:
        with pytest.raises(Forbidden):
            somebody.may_oversee()
    if role == "overseer":
        for decides in (
            somebody.must_be_supervisor,
            somebody.must_be_central,
            somebody.must_be_above_officers,
        ):
            with pytest.raises(Forbidden):
                decides()
