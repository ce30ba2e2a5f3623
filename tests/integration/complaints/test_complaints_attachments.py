"""Files of complaints over the bus and at the desk: kept, attached, opened by theirs alone, removed."""

import base64
import re
import secrets
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from eventlet import spawn
from gerai_complaints.attachment_files import AttachmentFiles, files_of
from gerai_complaints.models import Attachment, Complaint
from gerai_complaints.rules.attachments import FileNotKept, Scan
from gerai_complaints.storage.scanning import ScannerAway
from gerai_complaints.storage.settings import StorageSettings
from gerai_complaints.usecases import attachments
from gerai_shared.refusals import Refused, Unavailable
from PIL import Image
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from tests.integration.complaints.conftest import PASSWORD, Mall
from tests.support.pictures import document, photo_of_a_place, picture
from tests.support.s3_server import KEY, REGION, SECRET, S3Server, running_s3
from tests.support.waiting import wait_until

PHOTO = photo_of_a_place()
#: How many wait for a lock in this test's database.
WAITING = (
    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE NOT granted AND datname = current_database()"
)
#: What does not lean on the database's own ways is tried with one of them.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def s3() -> Iterator[S3Server]:
    """A store that speaks S3."""
    with running_s3() as server:
        yield server


@pytest.fixture
def folder(mall: Mall, tmp_path: Path) -> Path:
    """Where the files of the mall are kept."""
    root = tmp_path / "attachments"
    keep(mall, StorageSettings(url=f"file://{root}"))
    return root


def keep(mall: Mall, storage: StorageSettings) -> AttachmentFiles:
    files = mall.deployment.extras["files"] = AttachmentFiles(mall.deployment, storage)
    return files


def upload(mall: Mall, content: bytes = PHOTO, *, name: str = "foto.jpg", key: str | None = None) -> str:
    body = {"name": name, "content": base64.b64encode(content).decode()}
    return str(mall.ask("upload", body, key=key or secrets.token_hex(8))["reference"])


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def rows(mall: Mall) -> int:
    with mall.deployment.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Attachment)) or 0


def refused(ask: Callable[[], Any]) -> Refused:
    with pytest.raises(Refused) as found:
        ask()
    return found.value


def journey(mall: Mall) -> None:
    """A photo comes with a complaint, another afterwards; their holder opens both, cleaned."""
    filed = mall.file(attachments=[upload(mall, name="../meja 3.JPG")])
    token = filed["token"]
    (first,) = mall.ask("track", {"token": token})["attachments"]
    assert (first["name"], first["kind"], first["by"], first["scan"], first["may_open"]) == (
        "meja 3.jpg",
        "image/jpeg",
        "citizen",
        "unscanned",
        True,
    )
    told = mall.ask("open_file", {"token": token, "id": first["id"]})
    content = base64.b64decode(told["content"])
    assert len(content) == first["size"]
    assert not Image.open(BytesIO(content)).getexif()
    added = mall.ask(
        "add_files",
        {"token": token, "attachments": [upload(mall, document(), name="surat.pdf")]},
        key="k" * 8,
    )
    assert [each["name"] for each in added["attachments"]] == ["meja 3.jpg", "surat.pdf"]
    again = mall.ask("open_file", {"token": token, "id": added["attachments"][1]["id"]})
    assert base64.b64decode(again["content"]) == document()


def test_files_are_kept_in_a_folder_sealed_and_for_the_service_alone(mall: Mall, folder: Path) -> None:
    journey(mall)
    kept = files_in(folder)
    assert len(kept) == 2
    for path in kept:
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0
        assert b"%PDF" not in path.read_bytes()
        assert not path.read_bytes().startswith(b"\xff\xd8")


@on_sqlite
def test_files_are_kept_in_a_store_that_speaks_s3(mall: Mall, s3: S3Server) -> None:
    keep(mall, s3.settings)
    journey(mall)
    assert len(s3.objects) == 2
    assert all(b"%PDF" not in content for content in s3.objects.values())
    with mall.deployment.database.transaction() as session:
        session.execute(delete(Complaint))
    assert not files_of(mall.deployment).remove_some()
    assert (s3.objects, rows(mall)) == ({}, 0)


@on_sqlite
def test_a_store_that_is_away_or_takes_no_such_key_is_told_as_such(mall: Mall, s3: S3Server) -> None:
    wrong = StorageSettings(url=s3.settings.url, region=REGION, access_key=KEY, secret_key=SECRET[::-1])
    keep(mall, wrong)
    assert isinstance(refused(lambda: upload(mall)), Refused)
    assert s3.refused_signatures
    keep(mall, s3.settings)
    s3.close()
    assert refused(lambda: upload(mall)).code == Unavailable.code
    # The row that nobody finished is found later, and nothing else was kept.
    mall.pass_time(days=2)
    keep(mall, StorageSettings(url="file:///nowhere"))
    assert not files_of(mall.deployment).remove_some()
    assert rows(mall) == 0


@on_sqlite
def test_strangers_open_nothing_and_learn_nothing(mall: Mall, folder: Path) -> None:
    mine, other = mall.file(attachments=[upload(mall)]), mall.file()
    (file,) = mall.ask("track", {"token": mine["token"]})["attachments"]

    def ask(token: str, file_id: str) -> tuple[str, str]:
        refusal = refused(lambda: mall.ask("open_file", {"token": token, "id": file_id}))
        return refusal.code, refusal.message

    missing = "01936c2e-7b1a-7c3d-8e5f-00000000000f"
    assert ask(other["token"], file["id"]) == ask(other["token"], missing) == ask(mine["token"], missing)
    forged = "complaint." + "a" * 43
    assert ask(forged, file["id"])[0] == "unknown_complaint"
    assert mall.ask("track", {"token": other["token"]})["attachments"] == []


def test_a_reference_is_good_once_and_for_a_day(mall: Mall, folder: Path) -> None:
    once, late = upload(mall), upload(mall)
    filed = mall.file(attachments=[once], key="filed-once")
    assert mall.file(attachments=[once], key="filed-once") == filed
    assert refused(lambda: mall.file(attachments=[once])).code == "file_not_kept"
    mall.pass_time(hours=24)
    assert refused(lambda: mall.file(attachments=[late])).code == "file_not_kept"
    forged = "attachment." + "a" * 43
    assert refused(lambda: mall.file(attachments=[forged])).code == "file_not_kept"
    assert refused(lambda: mall.file(attachments=[filed["token"]])).code == "invalid_request"
    assert rows(mall) == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_who_send_one_file_at_once_one_has_it(mall: Mall, folder: Path) -> None:
    reference = upload(mall)
    numbers = [mall.file()["number"] for _ in range(2)]
    database = mall.deployment.database

    def attach_to(session: Session, number: str) -> None:
        complaint = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        now = mall.deployment.clock.now()
        attachments.attach(session, complaint, [reference], by="citizen", keyring=mall.keyring, now=now)

    def second() -> str:
        with database.transaction() as session:
            attach_to(session, numbers[1])
        return "attached"

    def waits() -> bool:
        # It found the file loose, as the first one did, and would take it: the lock alone stops it.
        with database.reading() as session:
            return bool(session.scalar(text(WAITING)))

    with database.transaction() as session:
        attach_to(session, numbers[0])
        waiting = spawn(second)
        wait_until(waits)
    with pytest.raises(FileNotKept):
        waiting.wait()


def test_a_file_that_comes_twice_is_one(mall: Mall, folder: Path) -> None:
    assert upload(mall, key="the-same") == upload(mall, key="the-same")
    assert (rows(mall), len(files_in(folder))) == (1, 1)
    assert refused(lambda: upload(mall, document(), key="the-same")).code == "idempotency_key_reused"


def test_what_nobody_sends_and_what_lost_its_complaint_is_removed(mall: Mall, folder: Path) -> None:
    files = files_of(mall.deployment)
    filed = mall.file(attachments=[upload(mall)])
    upload(mall)
    assert not files.remove_some()
    assert len(files_in(folder)) == 2
    mall.pass_time(days=1)
    assert not files.remove_some()
    assert len(files_in(folder)) == 1
    assert mall.ask("track", {"token": filed["token"]})["attachments"]
    with mall.deployment.database.transaction() as session:
        session.execute(delete(Complaint))
    assert not files.remove_some()
    assert (files_in(folder), rows(mall)) == ([], 0)


@on_sqlite
def test_a_refused_complaint_attaches_nothing(mall: Mall, folder: Path) -> None:
    good = upload(mall)
    assert refused(lambda: mall.file(attachments=[good, "attachment." + "b" * 43])).code == "file_not_kept"
    assert refused(lambda: mall.file(attachments=[good], occurred_on="2027-01-01")).code == "invalid_request"
    assert mall.ask("track", {"token": mall.file(attachments=[good])["token"]})["attachments"]


class Scanner:
    """Says what a test tells it."""

    says: Scan | None = None
    seen: list[bytes]

    def __init__(self) -> None:
        self.seen = []

    def scan(self, content: bytes) -> Scan:
        """Say it."""
        if self.says is None:
            raise ScannerAway("away")
        self.seen.append(content)
        return self.says


def test_with_a_scanner_a_file_is_opened_only_when_it_is_clean(mall: Mall, folder: Path) -> None:
    filed = mall.file(attachments=[upload(mall, document())])
    files, scanner = files_of(mall.deployment), Scanner()
    (file,) = mall.ask("track", {"token": filed["token"]})["attachments"]
    assert (file["scan"], file["may_open"]) == ("unscanned", True)
    # A scanner is set up later: what is there already is shut until it was looked at.
    files._scanner = scanner
    body = {"token": filed["token"], "id": file["id"]}
    assert mall.ask("track", {"token": filed["token"]})["attachments"][0]["scan"] == "waiting"
    assert refused(lambda: mall.ask("open_file", body)).code == "file_not_opened"
    assert not files.scan_next()
    mall.pass_time(minutes=4)
    scanner.says = Scan.CLEAN
    assert not files.scan_next()
    mall.pass_time(minutes=1)
    assert files.scan_next()
    assert scanner.seen == [document()]
    assert base64.b64decode(mall.ask("open_file", body)["content"]) == document()
    assert not files.scan_next()
    for verdict in (Scan.INFECTED, Scan.UNSCANNABLE):
        scanner.says = verdict
        bad = mall.file(attachments=[upload(mall, document())])
        assert files.scan_next()
        (shut,) = mall.ask("track", {"token": bad["token"]})["attachments"]
        assert (shut["scan"], shut["may_open"]) == (verdict.value, False)
        opening = {"token": bad["token"], "id": shut["id"]}
        assert refused(lambda opening=opening: mall.ask("open_file", opening)).code == "file_not_opened"


@on_sqlite
def test_a_file_that_was_exchanged_in_the_store_is_not_given_out(mall: Mall, folder: Path) -> None:
    filed = mall.file(attachments=[upload(mall), upload(mall, document())])
    one, other = files_in(folder)
    one.write_bytes(other.read_bytes())
    answers = []
    for file in mall.ask("track", {"token": filed["token"]})["attachments"]:
        try:
            mall.ask("open_file", {"token": filed["token"], "id": file["id"]})
            answers.append("given")
        except Refused as refusal:
            answers.append(refusal.code)
    assert sorted(answers) == ["given", Unavailable.code]


@on_sqlite
def test_a_closed_complaint_takes_no_more(mall: Mall, folder: Path) -> None:
    filed = mall.file()
    with mall.deployment.database.transaction() as session:
        session.scalars(select(Complaint)).one().state = "closed"
    body = {"token": filed["token"], "attachments": [upload(mall)]}
    assert refused(lambda: mall.ask("add_files", body, key="k" * 8)).code == "nothing_more_is_added"
    assert mall.ask("track", {"token": filed["token"]})["may_add_files"] is False


def browser(mall: Mall, username: str = "pengaduan") -> tuple[requests.Session, str]:
    """Return a signed-in browser and the token of its forms."""
    session = requests.Session()
    page = session.get(f"{mall.base_url}/sign-in", timeout=10)
    form_token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert form_token is not None
    answer = session.post(
        f"{mall.base_url}/sign-in",
        data={"form_token": form_token[1], "username": username, "password": PASSWORD},
        timeout=10,
        allow_redirects=False,
    )
    assert answer.status_code == 303
    return session, form_token[1]


@on_sqlite
def test_officers_open_files_and_add_some(mall: Mall, folder: Path) -> None:
    filed = mall.file(attachments=[upload(mall, document(), name='surat "asli" ✓.pdf')])
    number, address = filed["number"], f"{mall.base_url}/cases/{filed['number']}"
    desk, form_token = browser(mall)
    page = desk.get(address, timeout=10)
    link = re.search(rf"/cases/{number}/files/[0-9a-f-]+", page.text)
    assert link is not None
    given = desk.get(f"{mall.base_url}{link[0]}", timeout=10)
    assert given.content == document()
    headers = given.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Content-Disposition"].startswith('attachment; filename="surat _asli_ _.pdf"')
    assert desk.get(f"{address}/files/nothing", timeout=10).status_code == 404
    stranger = requests.get(f"{mall.base_url}{link[0]}", timeout=10, allow_redirects=False)
    assert (stranger.status_code, stranger.headers["Location"].split("?")[0]) == (303, "/sign-in")

    def add(files: list[tuple[str, Any]], key: str) -> requests.Response:
        return desk.post(
            f"{address}/files",
            data={"form_token": form_token, "idempotency_key": key},
            files=[("files", file) for file in files],
            timeout=20,
            allow_redirects=False,
        )

    photo = picture("PNG", size=(900, 700))
    assert add([("denah.png", photo)], "add-once").status_code == 303
    assert add([("denah.png", photo)], "add-once").status_code == 303
    bad = add([("virus.exe", b"MZ")], "add-bad")
    assert bad.status_code == 422
    assert "virus.exe" in bad.text
    assert add([("", b"")], "add-none").status_code == 422
    seen = mall.ask("track", {"token": filed["token"]})["attachments"]
    assert [(each["by"], each["name"]) for each in seen] == [
        ("citizen", 'surat "asli" ✓.pdf'),
        ("officer", "denah.png"),
    ]
    told = desk.get(f"{mall.base_url}/api/v1/cases/{number}/attachments", timeout=10).json()
    assert [each["officer"] for each in told["attachments"]] == [None, "Petugas Uji"]
    file = f"{mall.base_url}/api/v1/cases/{number}/attachments/{told['attachments'][0]['id']}"
    assert desk.get(file, timeout=10).content == document()
    assert "Berkas ditambahkan" in desk.get(address, timeout=10).text


@on_sqlite
def test_files_of_a_confidential_case_are_for_those_who_work_on_it(mall: Mall, folder: Path) -> None:
    filed = mall.file(attachments=[upload(mall)], confidential=True)
    (file,) = mall.ask("track", {"token": filed["token"]})["attachments"]
    address = f"{mall.base_url}/cases/{filed['number']}/files"
    officer, form_token = browser(mall)
    supervisor, _ = browser(mall, "pengawas")
    assert officer.get(f"{address}/{file['id']}", timeout=10).status_code == 403
    assert supervisor.get(f"{address}/{file['id']}", timeout=10).status_code == 200
    before = rows(mall)
    officer.post(
        address,
        data={"form_token": form_token, "idempotency_key": "sneak-in"},
        files=[("files", ("a.jpg", PHOTO))],
        timeout=10,
    )
    assert rows(mall) == before


@on_sqlite
def test_without_a_place_for_files_none_are_taken(
    mall: Mall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(mall, StorageSettings(url=f"file://{tmp_path}/kept"))
    monkeypatch.setattr(attachments, "LOOSE_BYTES", 2 * len(document()))
    sent = upload(mall, document())
    upload(mall, document())
    assert refused(lambda: upload(mall, document())).code == "files_are_not_taken"
    mall.file(attachments=[sent])
    upload(mall, document())
    keep(mall, StorageSettings())
    assert refused(lambda: upload(mall)).code == "files_are_not_taken"
    assert mall.ask("track", {"token": mall.file()["token"]})["attachments"] == []
