"""What everybody may read of complaints: only what its sender lets them, once a moderator has looked at it."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from eventlet.greenpool import GreenPool
from gerai_complaints.models import Complaint, PublicReport
from gerai_complaints.rules.public_reports import REPEATED_WITHIN
from gerai_complaints.usecases import moderating, public_reports
from gerai_shared.refusals import RemoteRefusal
from sqlalchemy import func, select, update

from tests.integration.complaints import conftest
from tests.integration.complaints.conftest import Mall
from tests.integration.complaints.test_complaints_desk import Browser
from tests.support.migrated import MigratedDatabases

KEY = "kunci-uji-yang-panjang"
NOT_PUBLIC = ("title", "text", "site", "address", "latitude", "longitude")


#: Tests whose answer may depend on the database; the others run on SQLite alone.
on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'complaints.sqlite'}"
    databases: MigratedDatabases = request.getfixturevalue("migrated_databases")
    return databases.fresh("gerai_complaints")


@pytest.fixture(autouse=True)
def client(mall: Mall) -> None:
    """A program that may report."""
    with mall.deployment.database.transaction() as session:
        public_reports.add_client(session, name="Aplikasi Uji", key=KEY, now=mall.deployment.clock.now())


def body(*, key: str = KEY, agreed: bool = True, **changes: Any) -> dict[str, Any]:
    filing = conftest.request(**changes)
    place = {"address": "Jl. Contoh 1", "latitude": -6.36, "longitude": 106.25}
    return {"key_hash": public_reports.hash_of(key), "filing": filing, "agreed": agreed, **place}


def report(mall: Mall, *, idempotency_key: str | None = None, **changes: Any) -> dict[str, Any]:
    return mall.ask("report", body(**changes), key=idempotency_key)


def listed(mall: Mall, **changes: Any) -> list[dict[str, Any]]:
    now = mall.deployment.clock.now()
    search = {"start": (now - timedelta(days=80)).isoformat(), "end": now.isoformat(), "limit": 1000}
    found: list[dict[str, Any]] = mall.ask("public_reports", {**search, **changes})["reports"]
    return found


def refusal(mall: Mall, method: str, payload: dict[str, Any], **options: Any) -> str:
    with pytest.raises(RemoteRefusal) as refused:
        mall.ask(method, payload, **options)
    return refused.value.code


def count(mall: Mall) -> int:
    with mall.deployment.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Complaint)) or 0


def moderate(mall: Mall, identifier: str, **typed: str) -> Browser:
    browser = Browser(mall)
    browser.sign_in()
    browser.get(f"/moderation/{identifier}")
    browser.send(f"/moderation/{identifier}/decision", **typed)
    return browser


@on_both
def test_a_report_is_listed_without_its_text_until_a_moderator_has_looked_at_it(mall: Mall) -> None:
    reported = report(mall)
    uuid.UUID(reported["id"], version=4)
    (found,) = listed(mall)
    assert found == mall.ask("public_report", {"id": reported["id"]})
    assert (found["id"], found["is_open"], found["publication"]) == (reported["id"], True, "waiting")
    assert [found[name] for name in NOT_PUBLIC] == [None] * len(NOT_PUBLIC)
    assert found["expected_at"].startswith("2026-12-11T17:00:00")
    assert not {"number", "name", "email", "phone"} & found.keys()
    assert mall.ask("public_id", {"token": reported["token"]}) == {"id": reported["id"]}
    words = {"title": "Menunggu dua jam", "text": "Dipanggil pukul 12.30."}
    page = moderate(mall, reported["id"], decision="publish", **words)
    assert [listed(mall)[0][name] for name in ("address", "latitude", "longitude")] == [None, None, None]
    page = moderate(mall, reported["id"], decision="publish", place="1", **words)
    assert "Diterbitkan" in page.page
    case = page.get("/cases/P-2026-000001").text
    assert "Tempat menurut laporan: Jl. Contoh 1; -6.36000, 106.25000" in case
    assert "Diterbitkan tanpa nama" in case
    (found,) = listed(mall)
    assert (found["title"], found["text"]) == ("Menunggu dua jam", "Dipanggil pukul 12.30.")
    assert (found["site"], found["address"], found["latitude"]) == ("mpp-lebak", "Jl. Contoh 1", -6.36)
    assert mall.ask("track", {"token": reported["token"]})["publication"] == "published"


def test_what_is_withheld_has_a_reason_and_its_history_stays(mall: Mall) -> None:
    identifier = report(mall)["id"]
    assert "Belum tertulis mengapa" in moderate(mall, identifier, decision="withhold", reason="").page
    assert "Mohon diisi" in moderate(mall, identifier, decision="publish", title="", text="Teks.").page
    moderate(mall, identifier, decision="publish", title="Judul", text="Nama Budi Contoh.")
    moderate(mall, identifier, decision="withhold", reason="Menyebut nama orang")
    (found,) = listed(mall)
    assert (found["publication"], found["text"]) == ("withheld", None)
    browser = Browser(mall)
    browser.sign_in()
    page = browser.get(f"/moderation/{identifier}").text
    assert page.index("Diterbitkan tanpa nama") < page.index("Menyebut nama orang")
    assert "Menyebut nama orang" not in mall.ask("track", {"token": report(mall)["token"]}).__repr__()


def test_two_moderators_do_not_decide_over_each_other(mall: Mall) -> None:
    identifier = report(mall)["id"]
    slow = Browser(mall)
    slow.sign_in()
    slow.get(f"/moderation/{identifier}")
    seen = slow.page
    moderate(mall, identifier, decision="withhold", reason="Menyebut nama orang")
    slow.page = seen
    late = slow.send(f"/moderation/{identifier}/decision", decision="publish", title="J", text="Teks.")
    assert late.status_code == 409
    assert listed(mall)[0]["publication"] == "withheld"


def test_nobody_finds_what_is_confidential_not_agreed_or_taken_back(mall: Mall) -> None:
    private = report(mall, agreed=False)
    taken_back = report(mall, title="Ditarik kembali")
    mall.ask("unpublish", {"token": taken_back["token"]})
    mall.ask("unpublish", {"token": taken_back["token"]})
    sealed = report(mall, title="Kini rahasia")
    with mall.deployment.database.transaction() as session:
        found = session.get_one(PublicReport, sealed["id"]).complaint_id
        session.execute(update(Complaint).where(Complaint.id == found).values(confidential=True))
    mall.file()
    mall.file(confidential=True)
    assert listed(mall) == []
    ids = [each["id"] for each in (private, taken_back, sealed)]
    assert listed(mall, ids=ids) == []
    browser = Browser(mall)
    browser.sign_in()
    assert "Tidak ada yang perlu diperiksa" in browser.get("/moderation").text
    for identifier in (*ids, str(uuid.uuid4()), "P-2026-000001"):
        assert refusal(mall, "public_report", {"id": identifier}) == "unknown_report"
        assert browser.get(f"/moderation/{identifier}").status_code == 404
    for each in (private, taken_back, sealed):
        assert mall.ask("track", {"token": each["token"]})["publication"] is None


def test_our_own_form_makes_public_what_is_not_confidential(
    mall: Mall, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = mall.file(public=True)
    assert mall.ask("track", {"token": filed["token"]})["publication"] == "waiting"
    assert [each["publication"] for each in listed(mall)] == ["waiting"]
    both = conftest.request(public=True, confidential=True)
    assert refusal(mall, "file", both, key="kunci-uji") == "confidential_is_not_public"
    assert count(mall) == 1
    mall.pass_time(minutes=1)
    mall.file(public=True, title="Yang kedua")
    monkeypatch.setattr(moderating, "PAGE_SIZE", 1)
    browser = Browser(mall)
    browser.sign_in()
    assert "Yang kedua" not in browser.get("/moderation").text
    assert "page=2" in browser.page
    assert "Yang kedua" in browser.get("/moderation?page=2").text
    assert "page=3" not in browser.page


def test_the_same_contents_soon_after_are_one_report(mall: Mall) -> None:
    first = report(mall)
    mall.pass_time(minutes=9)
    assert report(mall) == first
    assert report(mall, title="Lain")["id"] != first["id"]
    mall.pass_time(minutes=REPEATED_WITHIN.total_seconds() / 60 - 8)
    assert report(mall)["id"] != first["id"]
    assert count(mall) == 3


def test_with_a_key_a_repeat_is_what_has_the_key(mall: Mall) -> None:
    first = report(mall, idempotency_key="kunci-satu")
    assert report(mall, idempotency_key="kunci-dua")["id"] != first["id"]
    mall.pass_time(days=1)
    assert report(mall, idempotency_key="kunci-satu") == first
    other = body(title="Lain")
    assert refusal(mall, "report", other, key="kunci-satu") == "idempotency_key_reused"


@on_both
def test_what_is_sent_twice_at_once_is_one_report(mall: Mall) -> None:
    pool = GreenPool(4)
    found = {each["id"] for each in pool.imap(lambda _: report(mall), range(4))}
    assert (len(found), count(mall)) == (1, 1)
    # Without the key of the contents, four are four.
    again = {each["id"] for each in pool.imap(lambda n: report(mall, title=f"Hal {n}"), range(4))}
    assert (len(again), count(mall)) == (4, 5)


def test_only_keys_that_hold_may_report(mall: Mall) -> None:
    assert refusal(mall, "report", body(key="lain")) == "invalid_api_key"
    with mall.deployment.database.transaction() as session:
        assert public_reports.revoke_client(session, "Aplikasi Uji", now=mall.deployment.clock.now())
    assert refusal(mall, "report", body()) == "invalid_api_key"
    assert count(mall) == 0


@on_both
def test_reports_are_found_by_time_service_and_state(mall: Mall) -> None:
    first = report(mall)["id"]
    mall.pass_time(hours=1)
    second = report(mall, classification="aspiration", service=None)["id"]
    assert [each["id"] for each in listed(mall)] == [second, first]
    assert [each["id"] for each in listed(mall, limit=1, offset=1)] == [first]
    wish = {"classification": "aspiration", "agency": "immigration"}
    assert [each["id"] for each in listed(mall, services=[wish])] == [second]
    passport = {**wish, "classification": "complaint", "service": "passport-new"}
    assert [each["id"] for each in listed(mall, services=[passport])] == [first]
    assert listed(mall, services=[]) == []
    with mall.desk() as desk:
        answered = conftest.call(
            mall, desk, "POST", "cases/P-2026-000001/reply", {"revision": 1, "text": "Sudah."}, key="k"
        )
    assert answered.status_code == 200
    (closed,) = listed(mall, is_open=False)
    assert (closed["id"], closed["is_open"], closed["state"]) == (first, False, "answered")
    assert [each["id"] for each in listed(mall, is_open=True)] == [second]
    # Ids override all else, and what is none of ours finds nothing.
    found = listed(mall, ids=[first, "P-2026-000001", "' OR 1=1"], is_open=True)
    assert [each["id"] for each in found] == [first]


def test_strangers_do_not_moderate(mall: Mall) -> None:
    identifier = report(mall)["id"]
    stranger = requests.Session()
    for path in ("/moderation", f"/moderation/{identifier}"):
        answer = stranger.get(mall.base_url + path, timeout=10, allow_redirects=False)
        assert (answer.status_code, "/sign-in" in answer.headers["Location"]) == (303, True)
    sent = stranger.post(f"{mall.base_url}/moderation/{identifier}/decision", data={}, timeout=10)
    assert sent.status_code == 403
    assert listed(mall)[0]["publication"] == "waiting"
