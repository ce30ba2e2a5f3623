"""What is kept of whoever brought a complaint is told to them, and erased: at their wish, and by time."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from gerai_complaints.__main__ import main
from gerai_complaints.keyring import keyring_of
from gerai_complaints.models import (
    Attachment,
    AuditRow,
    Complaint,
    Entry,
    Erasure,
    Person,
    PublicReport,
    SurveyAnswer,
)
from gerai_complaints.privacy_settings import read_retention
from gerai_complaints.rules.case import State
from gerai_complaints.rules.privacy import Retention
from gerai_complaints.rules.satisfaction import Element
from gerai_complaints.schemas.complaints import FileSchema
from gerai_complaints.shapes import Keyring
from gerai_complaints.usecases import audit, filing, privacy, verifying
from gerai_complaints.usecases.cases import announce
from gerai_complaints.usecases.following import track
from gerai_complaints.usecases.satisfaction import visit_of
from gerai_gateway.schemas.privacy import PersonalDataSchema
from gerai_shared import tables
from gerai_shared.borders import load
from gerai_shared.database import Database
from gerai_shared.ids import new_id
from gerai_shared.sealing import Sealer
from gerai_shared.settings import InvalidSettings
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.integration.complaints.conftest import request
from tests.integration.complaints.desk_http import NOW, Desk, make_desk
from tests.support.migrated import MigratedDatabases

PERSON = {"name": "Sari Contoh", "email": "sari@contoh.example", "phone": "+628120000001"}
PROXY = {"principal": "Budi Contoh", "relation": "Anak", "has_power_of_attorney": True}
#: None of these is found anywhere once it is erased.
SECRETS = ("Sari", "sari@", "628120000001", "Budi")
RETENTION = Retention(contact=timedelta(days=100), contents_years=1)
LATER = NOW + timedelta(days=400)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = make_desk(tmp_path)
    yield desk
    desk.deployment.database.close()


def filed(desk: Desk, **changes: Any) -> tuple[str, str]:
    """File a complaint of which everything is kept; return its token and number."""
    receipt = desk.file(person=PERSON, proxy=PROXY, public=True, **changes)
    keyring = keyring_of(desk.deployment)
    with desk.deployment.database.transaction() as session:
        complaint = session.scalars(select(Complaint).where(Complaint.number == receipt.number)).one()
        complaint.ticket_id, complaint.ticket_number = new_id(), "A-031"
        session.execute(
            update(PublicReport)
            .where(PublicReport.complaint_id == complaint.id)
            .values(address="Jalan Contoh 1", latitude=-6.1, longitude=106.2)
        )
        session.add(
            Attachment(
                id=new_id(),
                complaint_id=complaint.id,
                by="citizen",
                name=keyring.sealer.seal({"name": "ktp.jpg"}),
                kind="image/jpeg",
                size=7,
                uploaded_at=NOW,
                stored_at=NOW,
                attached_at=NOW,
                scan_at=NOW,
                scan_attempts=0,
            )
        )
        session.add(
            SurveyAnswer(
                agency="immigration",
                site="mpp-lebak",
                day=NOW.date(),
                answered_on=NOW.date(),
                channel="web",
                visit=visit_of(complaint.ticket_id, keyring),
                remark="Ruang tunggu sempit",
                **{each.value: 3 for each in Element},
            )
        )
    return receipt.token, receipt.number


def end(session: Session, number: str, *, at: datetime = NOW) -> Complaint:
    """End a case."""
    complaint = session.scalars(select(Complaint).where(Complaint.number == number)).one()
    complaint.state, complaint.closed_at = State.CLOSED.value, at
    complaint.climbs_at = None
    session.flush()
    return complaint


def kept_of(desk: Desk, token: str) -> dict[str, Any]:
    """Return what its holder is told."""
    with desk.deployment.database.transaction() as session:
        return privacy.access(
            session, token, retention=RETENTION, keyring=keyring_of(desk.deployment), now=NOW
        )


def erase(desk: Desk, token: str, *, key: str = "hapus-001") -> Any:
    """Ask for it as the holder."""
    with desk.deployment.database.transaction() as session:
        return privacy.erase(session, token, key=key, keyring=keyring_of(desk.deployment), now=NOW)


def findings(desk: Desk) -> list[str]:
    """Chain what waits, and return what the verifier finds."""
    with desk.deployment.database.transaction() as session:
        audit.seal(session)
    walk = verifying.Walk()
    with desk.deployment.database.reading() as session:
        while walk.step(session):
            pass
        walk.findings += verifying.without_rows(session)
    return [each.problem for each in walk.findings]


def events(session: Session, event_type: str) -> list[dict[str, Any]]:
    """Return the data of the events of a type in the outbox."""
    outbox = tables.outbox.c
    bodies = session.scalars(select(outbox.body).where(outbox.type == event_type).order_by(outbox.position))
    return [json.loads(body)["data"] for body in bodies]


def test_the_holder_is_told_everything_and_that_is_audited(desk: Desk) -> None:
    token, number = filed(desk)
    told = kept_of(desk, token)
    assert PersonalDataSchema().validate(told) == {}
    assert told["contact"] == PERSON
    assert told["proxy"] == PROXY
    assert told["case"]["number"] == number
    assert told["visit"]["number"] == "A-031"
    assert told["files"][0]["name"] == "ktp.jpg"
    assert told["survey"]["remark"] == "Ruang tunggu sempit"
    assert told["public_report"]["address"] == "Jalan Contoh 1"
    with desk.deployment.database.reading() as session:
        acts = session.scalars(select(AuditRow.act).where(AuditRow.number == number)).all()
    assert privacy.ACCESSED in acts
    assert findings(desk) == []


def test_notes_among_colleagues_are_told_of_and_withheld(desk: Desk) -> None:
    token, number = filed(desk)
    desk.sign_in("petugas", "officer")
    body = {"text": "Tanya loket tiga dulu"}
    headers = {"Idempotency-Key": "catatan-1"}
    assert desk.client.post(f"/api/v1/cases/{number}/note", json=body, headers=headers).status_code == 200
    told = kept_of(desk, token)
    assert [each["text"] for each in told["history"] if each["is_withheld"]] == [None]
    assert "loket tiga" not in json.dumps(told)


def test_a_case_that_is_over_is_erased_at_once_and_only_once(desk: Desk) -> None:
    token, number = filed(desk)
    with desk.deployment.database.transaction() as session:
        end(session, number)
    erased = erase(desk, token)
    assert erased.erasure.person_erased_at == NOW
    assert erased.publication is None
    assert erased.text
    again = erase(desk, token, key="hapus-002")
    assert again.erasure == erased.erasure
    told = kept_of(desk, token)
    assert not [secret for secret in SECRETS if secret in json.dumps(told)]
    assert told["contact"] == {"name": None, "email": None, "phone": None}
    assert (told["proxy"], told["survey"], told["visit"]) == (None, None, None)
    assert told["public_report"]["address"] is None
    keyring = keyring_of(desk.deployment)
    with desk.deployment.database.transaction() as session:
        assert session.scalar(select(SurveyAnswer.remark)) is None
        # The figures of the survey are nobody's.
        assert session.scalar(select(SurveyAnswer.facilities)) == 3
        assert events(session, "complaint.erased.v1") == [{"part": "person"}]
        complaint = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        announce(session, complaint, "complaint.closed.v1", previous=None, keyring=keyring, now=NOW)
        assert events(session, "complaint.closed.v1")[-1]["recipient"] is None
    # The texts are still proven by the audit: nothing of the person was ever in it.
    assert findings(desk) == []
    with desk.deployment.database.transaction() as session:
        session.execute(update(Complaint).values(text="Sesuatu yang lain"))
    assert findings(desk) == ["what it tells of was changed afterwards"]


def test_an_open_case_is_erased_when_it_is_over(desk: Desk) -> None:
    token, number = filed(desk)
    keyring = keyring_of(desk.deployment)
    asked = erase(desk, token)
    assert asked.erasure.asked_at == NOW
    assert asked.erasure.person_erased_at is None
    assert asked.publication is None
    assert kept_of(desk, token)["contact"] == PERSON
    with desk.deployment.database.transaction() as session:
        assert privacy.carry_out_wishes(session, keyring=keyring, now=LATER) == 0
        end(session, number)
    with desk.deployment.database.transaction() as session:
        assert privacy.carry_out_wishes(session, keyring=keyring, now=LATER) == 1
    with desk.deployment.database.transaction() as session:
        assert privacy.carry_out_wishes(session, keyring=keyring, now=LATER) == 0
        tracked = track(session, token, keyring=keyring, now=LATER)
    assert tracked.erasure is not None
    assert tracked.erasure.person_erased_at == LATER
    assert kept_of(desk, token)["contact"]["name"] is None


def test_time_erases_people_first_and_texts_and_files_later(desk: Desk) -> None:
    token, number = filed(desk)
    _, still_open = filed(desk)
    keyring, database = keyring_of(desk.deployment), desk.deployment.database

    def tick(now: datetime) -> tuple[int, int]:
        options = {"retention": RETENTION, "keyring": keyring, "now": now}
        with database.transaction() as session:
            people = privacy.forget_people(session, **options)
        with database.transaction() as session:
            return people, privacy.forget_contents(session, **options)

    with database.transaction() as session:
        end(session, number)
    assert tick(NOW + timedelta(days=99)) == (0, 0)
    assert tick(NOW + timedelta(days=101)) == (1, 0)
    assert tick(NOW + timedelta(days=365)) == (0, 0)
    assert kept_of(desk, token)["case"]["text"] != "[dihapus]"
    assert tick(LATER) == (0, 1)
    assert tick(LATER) == (0, 0)
    told = kept_of(desk, token)
    assert (told["case"]["title"], told["case"]["text"]) == ("[dihapus]", "[dihapus]")
    assert told["files"] == []
    assert not [each for each in told["history"] if each["text"]]
    with database.reading() as session:
        complaint = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        assert complaint.classification
        salts = session.scalars(
            select(AuditRow.salt).where(
                AuditRow.complaint_id == complaint.id,
                AuditRow.act.not_in((audit.ERASED, privacy.ACCESSED)),
            )
        ).all()
        assert set(salts) == {None}
        assert events(session, "complaint.erased.v1") == [{"part": "person"}, {"part": "contents"}]
        # What was attached once and is no more is removed from the store by whoever removes files.
        assert session.scalars(select(Attachment.complaint_id)).first() is None
        assert session.scalars(select(Erasure)).one().complaint_id == complaint.id
        other = session.scalars(select(Complaint).where(Complaint.number == still_open)).one()
        assert session.get_one(Person, other.id).reachable
    assert findings(desk) == []
    desk.sign_in("pengawas", "supervisor")
    page = desk.get(f"/cases/{number}")
    assert page.status_code == 200
    assert "Teks dan berkas dihapus pada" in page.text


def test_a_supervisor_erases_with_a_reason_that_is_recorded(desk: Desk) -> None:
    token, number = filed(desk)
    with desk.deployment.database.transaction() as session:
        end(session, number)
    desk.sign_in("petugas", "officer")
    assert desk.get(f"/cases/{number}/erasure").status_code == 403
    desk.sign_in("pengawas", "supervisor")
    assert f"/cases/{number}/erasure" in desk.get(f"/cases/{number}").text
    assert "Pasal" in desk.get(f"/cases/{number}/erasure").text
    form = {"form_token": desk.form_token(), "idempotency_key": "hapus-0001"}
    refused = desk.client.post(f"/cases/{number}/erasure", data={**form, "why": ""})
    assert refused.status_code == 422
    done = desk.client.post(f"/cases/{number}/erasure", data={**form, "why": "Datang sendiri ke loket"})
    assert done.headers["Location"] == f"/cases/{number}"
    page = desk.get(f"/cases/{number}").text
    assert "Sari" not in page
    assert "Dihapus" in page
    with desk.deployment.database.reading() as session:
        wish = session.scalars(select(Erasure)).one()
        assert (wish.by, wish.why) == ("officer", "Datang sendiri ke loket")
        asked = session.scalars(select(Entry).where(Entry.kind == privacy.ASKED)).one()
        assert asked.officer_id is not None
    # Who asked is told why; on the page of the complaint it is no turn of the conversation.
    assert "Datang sendiri" in json.dumps(kept_of(desk, token))
    with desk.deployment.database.reading() as session:
        tracked = track(session, token, keyring=keyring_of(desk.deployment), now=NOW)
    assert [turn.text for turn in tracked.thread] == []
    assert findings(desk) == []


def test_processes_beside_each_other_erase_each_case_once(migrated_databases: MigratedDatabases) -> None:
    database = Database(migrated_databases.fresh("gerai_complaints"), pool_size=4)
    keyring = Keyring(
        deployment="complaints", secret="x" * 43, sealer=Sealer((Fernet.generate_key().decode(),))
    )
    options = {"retention": RETENTION, "keyring": keyring, "now": LATER}
    try:
        with database.transaction() as session:
            for place in range(3):
                body = request(person=PERSON)
                receipt = filing.file(
                    session,
                    load(FileSchema(), body),
                    key=f"ajuan-{place:04}",
                    body=body,
                    agencies=(),
                    keyring=keyring,
                    now=NOW,
                )
                end(session, receipt.number)
        with database.transaction() as first, database.transaction() as second:
            assert privacy.forget_people(first, limit=2, **options) == 2
            # What the first holds is left to it, and nobody waits.
            assert privacy.forget_people(second, limit=2, **options) == 1
        with database.transaction() as first, database.transaction() as second:
            assert privacy.forget_contents(first, limit=2, **options) == 2
            assert privacy.forget_contents(second, limit=2, **options) == 1
        with database.transaction() as session:
            assert privacy.forget_people(session, **options) == 0
            assert privacy.forget_contents(session, **options) == 0
            assert len(events(session, "complaint.erased.v1")) == 6
    finally:
        database.close()


def test_an_operator_reads_and_erases_from_a_shell(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, number = filed(desk)
    with desk.deployment.database.transaction() as session:
        end(session, number)
    settings = desk.deployment.settings
    for name, value in {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "SEALING_KEYS": settings.sealing_keys[0],
        "ENVIRONMENT": "test",
    }.items():
        monkeypatch.setenv(f"GERAI_{name}", value)

    def run(action: str, of: str = number) -> tuple[int, str]:
        code = main(["privacy", action, of, "--why", "surat, identitas diperiksa"])
        return code, capsys.readouterr().out

    code, told = run("access")
    assert (code, json.loads(told)["contact"]) == (0, PERSON)
    code, told = run("erase")
    assert code == 0
    assert json.loads(told)["person_erased_at"]
    assert json.loads(run("access")[1])["contact"]["name"] is None
    assert run("erase", "P-2026-999999") == (1, "")
    assert findings(desk) == []


@pytest.mark.parametrize(("days", "years"), [("0", "5"), ("nie", "5"), ("365", "0"), ("800", "1")], ids=str)
def test_periods_that_make_no_sense_end_the_start(
    monkeypatch: pytest.MonkeyPatch, days: str, years: str
) -> None:
    monkeypatch.setenv("GERAI_CONTACT_DAYS", days)
    monkeypatch.setenv("GERAI_CONTENTS_YEARS", years)
    with pytest.raises(InvalidSettings, match="CONT"):
        read_retention()
    monkeypatch.setenv("GERAI_CONTACT_DAYS", "30")
    monkeypatch.setenv("GERAI_CONTENTS_YEARS", "2")
    assert read_retention() == Retention(contact=timedelta(days=30), contents_years=2)
