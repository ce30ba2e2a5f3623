"""Mails come in: complaints and messages are made of them, once, and no program is answered."""

import io
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import eventlet
import pytest
from gerai_complaints import receiving
from gerai_complaints.__main__ import main
from gerai_complaints.models import Complaint, Entry, MailIn
from gerai_complaints.receiving import EXIT_LATER, EXIT_OK, EXIT_REFUSED, receive_mail
from gerai_complaints.rules.mail import MOST_BYTES
from gerai_complaints.usecases import mailing
from gerai_shared.clock import Clock
from gerai_shared.deployment import Deployment
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.integration.complaints.conftest import Mall, call, settings
from tests.unit.complaints.test_mails import FIRST, written


def post_office(mall: Mall) -> Deployment:
    """What a process that takes one mail works with."""
    changed = replace(
        mall.deployment.settings,
        agencies=("immigration", "legal"),
        complaints_mail="pengaduan@mpp.example.id",
        mail_from="Gerai <antrean@mpp.example.id>",
    )
    return Deployment(settings=changed, clock=mall.deployment.clock)


def receive(mall: Mall, mail: EmailMessage | bytes) -> int:
    return receive_mail(post_office(mall), io.BytesIO(mail if isinstance(mail, bytes) else mail.as_bytes()))


def complaints(session: Session) -> list[Complaint]:
    return list(session.scalars(select(Complaint).order_by(Complaint.number)))


def test_a_mail_becomes_a_complaint_once_and_its_writer_gets_the_receipt(mall: Mall) -> None:
    mail = written(To="Pengaduan <pengaduan+immigration@mpp.example.id>")
    mail.add_attachment(b"\xff\xd8", maintype="image", subtype="jpeg", filename="loket.jpg")
    racing = [eventlet.spawn(receive, mall, mail) for _ in range(3)]
    assert [each.wait() for each in racing] == [EXIT_OK] * 3
    assert receive(mall, mail) == EXIT_OK
    with mall.deployment.database.reading() as session:
        (complaint,) = complaints(session)
        assert (complaint.title, complaint.agency, complaint.language) == ("Loket tutup", "immigration", "id")
        assert complaint.text == ("Loket tutup sebelum jamnya.\n\n[Lampiran tidak ikut disimpan: loket.jpg]")
        assert (complaint.anonymous, complaint.due_at is not None) == (False, True)
        (row,) = session.scalars(select(MailIn))
        assert (row.outcome, row.complaint_id) == ("filed", complaint.id)
        assert "contoh" not in row.sender + row.id
    event = mall.wait_for("complaint.filed.v1")
    recipient = mall.keyring.sealer.unseal(event.data["recipient"])
    assert (recipient["name"], recipient["email"]) == ("Siti Contoh", "siti@contoh.example")


def test_a_reply_of_the_complainant_becomes_a_message_and_moves_no_clock(mall: Mall) -> None:
    number = mall.file(person={"name": "Siti Contoh", "email": "Siti@contoh.example"})["number"]
    with mall.deployment.database.reading() as session:
        (before,) = complaints(session)
    reply = written(
        "Kemarin terjadi lagi.\n\nOn Mon, Gerai wrote:\n> Laporan Anda",
        In_Reply_To=f"<{FIRST}.{before.id}@mpp.example.id>",
        Subject="Re: Laporan diterima",
    )
    mall.pass_time(days=1)
    assert [receive(mall, reply) for _ in range(2)] == [EXIT_OK] * 2
    stranger = written(
        "Saya juga.", From="lain@contoh.example", In_Reply_To=str(reply["In-Reply-To"]), Message_ID="<b@x>"
    )
    assert receive(mall, stranger) == EXIT_OK
    with mall.deployment.database.reading() as session:
        after, new = complaints(session)
        said = [(entry.kind, entry.by, entry.text) for entry in session.scalars(select(Entry))]
    assert said == [("message", "citizen", "Kemarin terjadi lagi.")]
    assert (after.revision, after.state, after.due_at, after.climbs_at) == (
        before.revision,
        before.state,
        before.due_at,
        before.climbs_at,
    )
    assert (after.number, new.text) == (number, "Saya juga.")
    with mall.desk() as desk:
        thread = call(mall, desk, "GET", f"cases/{number}").json()["thread"]
        assert [(turn["kind"], turn["text"]) for turn in thread] == [("message", "Kemarin terjadi lagi.")]
        page = desk.get(f"{mall.base_url}/cases/{number}", timeout=10).text
        assert "Pesan dari pelapor" in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_program_is_answered_and_each_is_noted_with_the_reason(
    mall: Mall, capsys: pytest.CaptureFixture[str]
) -> None:
    robots = {
        "automatic": written(Auto_Submitted="auto-replied"),
        "bounce": written(Return_Path="<>"),
        "list": written(List_Id="<warga.example>"),
        "own": written(From="Gerai <antrean@mpp.example.id>"),
        "spam": written(X_Spam_Flag="YES"),
    }
    for number, mail in enumerate(robots.values()):
        del mail["Message-ID"]
        mail["Message-ID"] = f"<{number}@contoh.example>"
        assert receive(mall, mail) == EXIT_OK
    refused = {
        "no_sender": b"Subject: x\r\n\r\nhalo",
        "no_text": written(" \n", Subject="").as_bytes(),
        "too_large": b"x" * (MOST_BYTES + 1),
    }
    capsys.readouterr()
    for raw in refused.values():
        assert receive(mall, raw) == EXIT_REFUSED
    told = capsys.readouterr().err.splitlines()
    assert told == [receiving.TOLD[reason] for reason in refused]
    with mall.deployment.database.reading() as session:
        assert complaints(session) == []
        noted = {row.reason for row in session.scalars(select(MailIn)) if row.outcome == "refused"}
    assert noted == {*robots, *refused}
    assert set(receiving.TOLD) >= refused.keys()
    assert mall.heard == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_address_sends_so_many_a_day(mall: Mall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "MOST_A_DAY", 2)
    mails = [written(Message_ID=f"<{number}@contoh.example>") for number in range(4)]
    assert [receive(mall, mail) for mail in mails[:3]] == [EXIT_OK, EXIT_OK, EXIT_REFUSED]
    assert receive(mall, written(From="lain@contoh.example")) == EXIT_OK
    mall.pass_time(days=1, seconds=1)
    assert receive(mall, mails[3]) == EXIT_OK


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_long_and_wordless_mails_are_kept_as_far_as_they_go(mall: Mall) -> None:
    assert receive(mall, written("The counter is closed and was not open. " * 500, Message_ID="<1@x>")) == 0
    assert (
        receive(mall, written(" ", Subject="Lift rusak " * 40, To="x@y.example", From="Budi@x.example")) == 0
    )
    with mall.deployment.database.reading() as session:
        long, wordless = complaints(session)
    assert (len(long.text), long.language) == (5_000, "en")
    assert long.text.endswith("[the message was cut off here]")
    assert (wordless.agency, len(wordless.title), wordless.text[:10]) == ("mall", 150, "Lift rusak")


def test_a_mail_waits_at_its_server_while_the_database_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    away = settings(
        "complaints",
        "embedded://none",
        database_url=f"sqlite:///{tmp_path / 'none' / 'c.sqlite'}",
        secret_key="k" * 32,
        sealing_keys=("bm90aWZpY2F0aW9ucy1leGFtcGxlcy1rZXktMDAwMDA=",),
    )
    deployment = Deployment(settings=away, clock=Clock())
    assert receive_mail(deployment, io.BytesIO(written().as_bytes())) == EXIT_LATER
    monkeypatch.setenv("GERAI_SEALING_KEYS", "short")
    assert main(["receive-mail"]) == EXIT_LATER
    assert "GERAI_SEALING_KEYS" in capsys.readouterr().err
