"""The audit of complaints: each act has its row, the rows are chained, and whatever is changed later is found."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from gerai_complaints.__main__ import main
from gerai_complaints.keyring import keyring_of
from gerai_complaints.models import AuditHead, AuditRow, Complaint, Entry
from gerai_complaints.rules.chain import GENESIS, hash_after
from gerai_complaints.service import Complaints
from gerai_complaints.shapes import Order
from gerai_complaints.usecases import audit, escalating, following, verifying
from gerai_complaints.usecases import working as cases
from gerai_shared import accounts
from gerai_shared.bus.rpc import Request
from gerai_shared.database import Database
from gerai_shared.migrating import upgrade
from gerai_shared.tables import outbox
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from tests.integration.complaints.desk_http import NOW, Desk, make_desk

Output = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    desk = make_desk(tmp_path)
    monkeypatch.setenv("GERAI_DATABASE_URL", desk.deployment.settings.database_url)
    desk.sign_in("petugas", "officer")
    yield desk
    desk.deployment.database.close()


def live(desk: Desk, count: int = 1) -> None:
    """File complaints; each is taken, answered and accepted."""
    database, keyring = desk.deployment.database, keyring_of(desk.deployment)
    for _ in range(count):
        filed = desk.file()
        with database.transaction() as session:
            officer = accounts.officer_of(session, token=token_of(desk), now=NOW)
            order = Order(number=filed.number, officer=officer, revision=1, key=filed.number)
            cases.take(session, order, keyring=keyring, now=NOW)
            order = Order(number=filed.number, officer=officer, revision=2, key=filed.number, text="Sudah.")
            cases.reply(session, order, keyring=keyring, now=NOW)
        with database.transaction() as session:
            following.decide(
                session,
                filed.token,
                decision="accept",
                text="Terima kasih",
                key=filed.number,
                body={},
                keyring=keyring,
                now=NOW,
            )


def token_of(desk: Desk) -> str | None:
    cookie = desk.client.get_cookie(accounts.session_cookie("complaints"))
    return cookie.value if cookie else None


def seal(desk: Desk, limit: int = audit.BATCH) -> int:
    with desk.deployment.database.transaction() as session:
        return audit.seal(session, limit=limit)


def publish(desk: Desk, **later: float) -> audit.Head | None:
    with desk.deployment.database.transaction() as session:
        return audit.publish(session, source="complaints", now=NOW + timedelta(**later))


def rows(desk: Desk) -> list[AuditRow]:
    with desk.deployment.database.reading() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.position)))


def break_in(desk: Desk, *statements: Any) -> None:
    """Change the database as one who may do everything with it."""
    with desk.deployment.database.transaction() as session:
        for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            session.execute(text(statement) if isinstance(statement, str) else statement)


def verify(capsys: Output, *more: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["audit", "verify", *more])
    return code, capsys.readouterr().out


def test_citizens_officers_and_the_system_are_in_the_audit(desk: Desk, capsys: Output) -> None:
    live(desk)
    desk.file(ticket_token="immigration." + "a" * 43)
    with desk.deployment.database.transaction() as session:
        escalating.climb(session, keyring=keyring_of(desk.deployment), now=NOW + timedelta(days=60))
    assert seal(desk) == 11
    found = rows(desk)
    assert [(row.by, row.act) for row in found[:5]] == [
        ("citizen", "filed"),
        ("officer", "taken"),
        ("officer", "answered"),
        ("citizen", "accepted"),
        ("citizen", "filed"),
    ]
    assert {(row.by, row.act) for row in found[5:]} == {("system", "reminded"), ("system", "escalated")}
    assert [row.position for row in found] == list(range(1, 12))
    assert [row.officer_id is None for row in found[:4]] == [True, False, False, True]
    assert verify(capsys)[0] == 0
    assert "The audit is whole. Head: 11 " + str(found[-1].hash) in verify(capsys)[1]


def test_the_chain_can_be_computed_by_anybody(desk: Desk) -> None:
    live(desk, 2)
    seal(desk)
    previous = GENESIS
    for row in rows(desk):
        previous = hash_after(
            previous,
            {
                "position": row.position,
                "at": row.at.isoformat(timespec="microseconds"),
                "by": row.by,
                "officer_id": row.officer_id,
                "act": row.act,
                "number": row.number,
                "complaint_id": row.complaint_id,
                "entry_id": row.entry_id,
                "look_id": row.look_id,
                "digest": row.digest,
            },
        )
        assert row.hash == previous


def test_what_is_sealed_later_follows_and_a_batch_leaves_the_rest(desk: Desk, capsys: Output) -> None:
    live(desk)
    assert [seal(desk, limit=3), seal(desk, limit=3), seal(desk, limit=3)] == [3, 1, 0]
    desk.file()
    assert main(["audit", "head"]) == 0
    told = capsys.readouterr()
    assert told.out == f"4 {rows(desk)[-1].hash}\n"
    assert "1 acts are still to be chained" in told.err
    assert seal(desk) == 1
    assert verify(capsys)[0] == 0


ROW = f"('2026-11-23 03:00:00', 'system', 'made', '{'a' * 64}', '{'b' * 64}', '00', %s)"
INSERT = 'INSERT INTO audit_rows (at, "by", act, digest, hash, salt, position) VALUES ' + ROW
#: What somebody does who may do everything with the database, and where it is found first.
CHANGES: dict[str, tuple[list[str], int]] = {
    "a row's act": (["UPDATE audit_rows SET act = 'refused' WHERE position = 3"], 3),
    "a row's officer": (["UPDATE audit_rows SET officer_id = 'other' WHERE position = 2"], 2),
    "a row's moment": (["UPDATE audit_rows SET at = '2026-11-24 00:00:00' WHERE position = 3"], 3),
    "a row's hash": ([f"UPDATE audit_rows SET hash = '{'0' * 64}' WHERE position = 3"], 3),
    "no hash": (["UPDATE audit_rows SET hash = NULL WHERE position = 3"], 3),
    "a row is deleted": (["DELETE FROM audit_rows WHERE position = 3"], 3),
    "the first is deleted": (["DELETE FROM audit_rows WHERE position = 1"], 1),
    "two rows are swapped": (
        [
            "UPDATE audit_rows SET position = -position WHERE position IN (3, 4)",
            "UPDATE audit_rows SET position = 7 + position WHERE position < 0",
        ],
        3,
    ),
    "a row is put between": (
        [
            "UPDATE audit_rows SET position = -position - 1 WHERE position >= 3",
            "UPDATE audit_rows SET position = -position WHERE position < 0",
            INSERT % 3,
        ],
        3,
    ),
    "a row is put behind": ([INSERT % 10], 10),
    "an answer's text": (["UPDATE complaint_entries SET text = 'Tidak.' WHERE kind = 'answered'"], 3),
    "who answered": (["UPDATE complaint_entries SET officer_id = NULL WHERE kind = 'answered'"], 3),
    "an entry is deleted": (["DELETE FROM complaint_entries WHERE id = 2"], 3),
    "an entry of another case": (
        ["UPDATE complaint_entries SET complaint_id = (SELECT max(id) FROM complaints) WHERE id = 2"],
        3,
    ),
    "a complaint's text": (["UPDATE complaints SET text = 'Semua baik.'"], 1),
    "a complaint is deleted": (["DELETE FROM complaints WHERE number LIKE '%1'"], 1),
    "a salt": (["UPDATE audit_rows SET salt = NULL WHERE position = 3"], 3),
    "a look": (["UPDATE overseer_looks SET address = '/cases'"], 9),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose chain is whole: two lives, and one look of an overseer."""
    folder = tmp_path_factory.mktemp("whole")
    desk = make_desk(folder)
    desk.sign_in("petugas", "officer")
    live(desk, 2)
    desk.client.post("/sign-out", data={"form_token": desk.form_token()})
    desk.sign_in("ombudsman", "overseer")
    desk.get("/oversight/opened")
    assert seal(desk) == 9
    desk.deployment.database.close()
    return folder / "complaints.sqlite"


@pytest.mark.parametrize("change", [None, *CHANGES])
def test_whatever_is_changed_is_found_with_the_first_place(
    whole: Path, tmp_path: Path, capsys: Output, change: str | None
) -> None:
    copy = shutil.copy(whole, tmp_path)
    statements, place = CHANGES[change] if change else ([], 0)
    with sqlite3.connect(copy) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()
    code = main(["audit", "--database-url", f"sqlite:///{copy}", "verify"])
    told = capsys.readouterr().out
    if change:
        assert (code, f"THE AUDIT IS BROKEN, first at position {place}:" in told) == (1, True), told
    else:
        assert (code, "The audit is whole. Head: 9 " in told) == (0, True), told


@pytest.mark.parametrize("broken", [None, "x", "y" * 64])
def test_sealing_goes_on_behind_a_broken_end(desk: Desk, capsys: Output, broken: str | None) -> None:
    desk.file()
    seal(desk)
    break_in(desk, update(AuditRow).values(hash=broken))
    desk.file()
    assert seal(desk) == 1
    code, told = verify(capsys)
    assert (code, told.count("its hash does not follow")) == (1, 1)
    assert "first at position 1:" in told


def test_an_act_that_was_written_without_a_row_is_found(desk: Desk, capsys: Output) -> None:
    live(desk)
    seal(desk)
    break_in(
        desk,
        'INSERT INTO complaint_entries (complaint_id, at, "by", kind)'
        " SELECT id, received_at, 'system', 'linked' FROM complaints",
    )
    code, told = verify(capsys)
    assert code == 1
    assert "entry 4 of P-2026-000001 is not in the audit" in told


def rehash(desk: Desk) -> None:
    """Make the chain fit what its rows say now."""
    previous = GENESIS
    found = rows(desk)
    break_in(desk, "UPDATE audit_rows SET position = NULL")
    for position, row in enumerate(found, 1):
        previous = hash_after(previous, audit.chained(row, position))
        break_in(desk, update(AuditRow).where(AuditRow.id == row.id).values(position=position, hash=previous))


def test_who_makes_the_whole_chain_anew_is_found_by_the_published_heads(
    desk: Desk, capsys: Output, tmp_path: Path
) -> None:
    live(desk)
    seal(desk)
    assert publish(desk) == audit.Head(position=4, hash=str(rows(desk)[-1].hash))
    kept = tmp_path / "heads.json"
    head = rows(desk)[-1].hash
    kept.write_text(json.dumps({"heads": [{"day": "2026-11-23", "position": 4, "hash": head, "count": 4}]}))
    live(desk)
    seal(desk)
    assert verify(capsys, "--heads", str(kept))[0] == 0
    break_in(desk, "UPDATE audit_rows SET act = 'refused' WHERE position = 3")
    rehash(desk)
    code, told = verify(capsys)
    assert (code, told.count("published on 2026-11-23")) == (1, 1)
    assert "first at position 4" in told
    # Whoever may do everything changes the heads, too: those that others kept tell.
    break_in(desk, f"UPDATE audit_heads SET hash = '{rows(desk)[3].hash}'")
    assert verify(capsys)[0] == 0
    assert verify(capsys, "--heads", str(kept))[0] == 1


def test_the_end_cut_off_is_found_by_the_published_heads(desk: Desk, capsys: Output) -> None:
    live(desk)
    seal(desk)
    publish(desk)
    break_in(
        desk,
        "DELETE FROM audit_rows WHERE position = 4",
        "DELETE FROM complaint_entries WHERE kind = 'accepted'",
    )
    code, told = verify(capsys)
    assert code == 1
    assert "first at position 4" in told
    assert "rows are missing: the head that was published on 2026-11-23 is at 4" in told


def test_erasing_is_an_act_and_leaves_the_chain_whole(desk: Desk, capsys: Output) -> None:
    live(desk, 2)
    seal(desk)
    with desk.deployment.database.transaction() as session:
        complaint = session.scalars(select(Complaint).order_by(Complaint.id)).first()
        assert complaint is not None
        audit.erase(session, complaint, by=audit.SYSTEM, why="UU 27/2022", now=NOW)
        session.execute(update(Entry).where(Entry.complaint_id == complaint.id).values(text=None))
        complaint.title = complaint.text = ""
    # Still to be chained, and it counts already.
    assert verify(capsys)[0] == 0
    seal(desk)
    code, told = verify(capsys)
    assert code == 0
    assert "4 whose contents were erased" in told
    assert [(row.act, row.salt is None) for row in rows(desk)] == [
        *[(act, True) for act in ("filed", "taken", "answered", "accepted")],
        *[(act, False) for act in ("filed", "taken", "answered", "accepted")],
        ("erased", False),
    ]
    # Of the other case nothing was erased.
    break_in(desk, "UPDATE audit_rows SET salt = NULL WHERE position = 6")
    assert "first at position 6" in verify(capsys)[1]


def test_what_older_releases_wrote_is_adopted_once(desk: Desk, capsys: Output) -> None:
    live(desk, 2)
    break_in(desk, "DELETE FROM audit_rows")
    code, told = verify(capsys)
    assert (code, told.count("is not in the audit")) == (1, 8)
    assert main(["audit", "adopt"]) == 0
    assert "8 acts from before the audit were taken in" in capsys.readouterr().out
    assert main(["audit", "adopt"]) == 0
    assert "0 acts" in capsys.readouterr().out
    assert seal(desk) == 8
    code, told = verify(capsys)
    assert code == 0
    assert "8 adopted from before the audit" in told
    break_in(desk, "UPDATE complaint_entries SET text = 'Tidak.' WHERE kind = 'answered'")
    assert verify(capsys)[0] == 1


def test_the_head_is_published_once_a_day(desk: Desk) -> None:
    assert publish(desk) == audit.Head(position=0, hash=GENESIS)
    live(desk)
    seal(desk)
    assert publish(desk, hours=1) is None
    # Lebak's day begins at 17:00 UTC.
    assert publish(desk, hours=13, minutes=59) is None
    head = publish(desk, hours=14)
    assert head is not None
    assert head.position == 4
    with desk.deployment.database.reading() as session:
        heads = audit.heads(session, now=NOW + timedelta(days=1))
        wire = session.scalars(select(outbox.c.body).where(outbox.c.type == "audit.sealed.v1")).all()
    assert [(str(each.day), each.position, each.count) for each in heads] == [
        ("2026-11-24", 4, 4),
        ("2026-11-23", 0, 0),
    ]
    assert json.loads(wire[-1])["data"] == {
        "day": "2026-11-24",
        "position": 4,
        "hash": head.hash,
        "count": 4,
    }


def test_the_timer_chains_and_publishes_and_the_bus_tells_the_heads(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(desk)
    service = Complaints()
    service.__dict__["deployment"] = desk.deployment
    # Four acts in batches of two: the timer goes on until none waits.
    monkeypatch.setattr(audit, "BATCH", 2)
    monkeypatch.setattr(audit.seal, "__kwdefaults__", {"limit": 2})
    for _ in range(2):
        service.seal_audit()
    asked = Request(method="audit_heads", payload={}, deadline=NOW, idempotency_key=None, correlation_id="c")
    last = rows(desk)[-1]
    assert service.audit_heads(asked) == {
        "heads": [
            {
                "day": "2026-11-23",
                "at": "2026-11-23T03:00:00+00:00",
                "position": 4,
                "hash": last.hash,
                "count": 4,
            }
        ]
    }
    # A database that is away is waited for.
    monkeypatch.setattr(audit, "seal", _away)
    service.seal_audit()


def _away(_session: Any) -> int:
    raise OperationalError("SELECT 1", {}, ConnectionError("away"))


def test_misuse_has_a_code_of_its_own(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    for wrong in (["audit"], ["audit", "check"], ["audit", "verify", "--heads", str(tmp_path / "none.json")]):
        with pytest.raises(SystemExit) as ended:
            main(wrong)
        assert ended.value.code == 2
    assert main(["audit", "--database-url", f"sqlite:///{tmp_path}/empty.sqlite", "head"]) == 2
    assert main(["audit", "--database-url", "no address", "head"]) == 2
    monkeypatch.delenv("GERAI_DATABASE_URL")
    assert main(["audit", "head"]) == 2
    assert "audit: " in capsys.readouterr().err


def test_the_database_itself_refuses_to_change_the_audit(database_url: str) -> None:
    upgrade(database_url, "gerai_complaints")
    database = Database(database_url, pool_size=2)
    with database.transaction() as session:
        for act in ("one", "two"):
            audit.record(session, act=act, by=audit.SYSTEM, content={}, now=NOW)
        session.flush()
        audit.seal(session, limit=1)
        audit.publish(session, source="complaints", now=NOW)
    refused = [
        update(AuditRow).values(act="x"),
        update(AuditRow).where(AuditRow.position == 1).values(hash="x"),
        update(AuditRow).where(AuditRow.position == 1).values(position=None),
        update(AuditRow).values(salt="00"),
        delete(AuditRow).where(AuditRow.position == 1),
        delete(AuditRow).where(AuditRow.position.is_(None)),
        update(AuditHead).values(hash="x"),
        delete(AuditHead),
    ]
    if not database.is_sqlite:
        refused.append(text("TRUNCATE audit_rows"))
    for statement in refused:
        with pytest.raises(DBAPIError, match="the audit stays as it is"), database.transaction() as session:
            session.execute(statement)
    with database.transaction() as session:
        session.execute(update(AuditRow).values(salt=None))
        assert audit.seal(session) == 1
    database.close()


def test_one_sealer_works_at_a_time_and_who_commits_late_comes_later(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(postgres_url, "gerai_complaints")
    database = Database(postgres_url, pool_size=4)

    def act(session: Any, name: str) -> None:
        audit.record(session, act=name, by=audit.SYSTEM, content={}, now=NOW)
        session.flush()

    def seal_beside_another() -> int:
        with database.transaction() as first:
            assert audit.seal(first) == 1
            with database.transaction() as second:
                second.execute(text("SET LOCAL lock_timeout = '100ms'"))
                return audit.seal(second)

    with database.transaction() as late:
        act(late, "late")
        with database.transaction() as session:
            act(session, "early")
        assert seal_beside_another() == 0
    assert seal_beside_another() == 0
    with database.transaction() as session:
        found = session.execute(select(AuditRow.act, AuditRow.position).order_by(AuditRow.id)).all()
        walk = verifying.Walk()
        while walk.step(session, limit=1):
            pass
        act(session, "another")
    assert [tuple(row) for row in found] == [("late", 2), ("early", 1)]
    assert (walk.position, walk.findings) == (2, [])
    # Without the lock both would chain the same row.
    monkeypatch.setattr(audit, "_is_alone", lambda _session: True)
    with pytest.raises(DBAPIError, match="lock timeout"):
        seal_beside_another()
    database.close()
