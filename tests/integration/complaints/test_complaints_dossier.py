"""The Ombudsman's dossier: due with the level, made once, taken at the desk, on record."""

import json
import re
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
import requests
from gerai_complaints.models import Complaint, Dossier, DossierDownload, DossierPart, Entry
from gerai_complaints.rules.dossier import check
from gerai_complaints.rules.ladder import LADDER
from gerai_complaints.seeding import add_officer
from gerai_complaints.service import Complaints
from gerai_complaints.usecases import dossier_content, dossier_making, escalating
from gerai_shared.tables import outbox
from pypdf import PdfReader
from sqlalchemy import Select, delete, select, update

from tests.integration.complaints.conftest import FACTS, PASSWORD, Mall, call

READY = "complaint.dossier_ready.v1"
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


def climb(mall: Mall) -> None:
    with mall.deployment.database.transaction() as session:
        escalating.climb(session, keyring=mall.keyring, now=mall.deployment.clock.now())


def at_the_ombudsman(mall: Mall, **changes: Any) -> str:
    """File a complaint that nobody answers; return its number."""
    number = mall.file(**changes)["number"]
    mall.pass_time(days=60)
    climb(mall)
    return str(number)


def make(mall: Mall) -> None:
    """Let the maker run once, as its timer does."""
    service: Any = Complaints()
    service.deployment = mall.deployment
    service.make_dossiers()


def mark_urgent(mall: Mall, number: str) -> None:
    with mall.desk() as desk:
        said = {"revision": 1, "text": "Paspor untuk berobat."}
        answer = call(mall, desk, "POST", f"cases/{number}/urgent", said, key=f"darurat-{number}")
        assert answer.status_code == 200, answer.text


def rows(mall: Mall, query: Select[Any]) -> list[Any]:
    with mall.deployment.database.reading() as session:
        return list(session.scalars(query))


def announced(mall: Mall) -> list[dict[str, Any]]:
    return [json.loads(body)["data"] for body in rows(mall, bodies())]


def bodies() -> Select[Any]:
    return select(outbox.c.body).where(outbox.c.type == READY).order_by(outbox.c.position)


def overseer(mall: Mall) -> requests.Session:
    """Return the Ombudsman's session at the desk."""
    add_officer(mall.deployment, username="ombudsman", name="Ombudsman", role="overseer", password=PASSWORD)
    return mall.desk("ombudsman")


def page(mall: Mall, desk: requests.Session, path: str) -> requests.Response:
    headers = {"Accept-Language": "id"}
    return desk.get(f"{mall.base_url}{path}", headers=headers, timeout=10, allow_redirects=False)


def send(mall: Mall, desk: requests.Session, path: str, **form: str) -> requests.Response:
    token = TOKEN.search(page(mall, desk, f"{path.removesuffix('/number')}").text)
    assert token
    return desk.post(
        f"{mall.base_url}{path}", data={"form_token": token[1], **form}, timeout=10, allow_redirects=False
    )


def document(mall: Mall, desk: requests.Session, number: str, version: int = 1) -> dict[str, Any]:
    answer = page(mall, desk, f"/cases/{number}/dossier/{version}/dossier.json")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_complaint_at_the_ombudsmans_level_has_a_dossier_that_the_overseer_takes(mall: Mall) -> None:
    number = at_the_ombudsman(mall, ticket_facts=FACTS)
    assert [(each.version, each.reason) for each in rows(mall, select(Dossier))] == [(1, "ladder")]
    make(mall)
    make(mall)
    with overseer(mall) as desk:
        assert number in page(mall, desk, "/dossiers").text
        shown = page(mall, desk, f"/cases/{number}/dossier")
        printed = page(mall, desk, f"/cases/{number}/dossier/1/dossier.pdf")
        raw = page(mall, desk, f"/cases/{number}/dossier/1/dossier.json")
        assert printed.headers["Content-Type"] == "application/pdf"
        assert printed.headers["Content-Disposition"] == f'attachment; filename="{number}-v1-dossier.pdf"'
        assert number not in page(mall, desk, "/dossiers").text
        assert number in page(mall, desk, "/dossiers?state=taken").text
        for path in (f"/cases/{number}/dossier/2/dossier.pdf", f"/cases/{number}/dossier/1/x.pdf"):
            assert page(mall, desk, path).status_code == 404
        assert page(mall, desk, f"/cases/{number}").status_code == 200
    found = check(raw.content, printed.content)
    assert found.digest in shown.text.replace("<wbr>", "")
    said = raw.json()
    assert (said["identity"], said["complainant"]["name"], said["secret"]) == ("named", "Siti Contoh", False)
    assert (said["visit"]["number"], said["visit"]["counter"]) == ("A-031", "2")
    assert [each["rung"] for each in said["escalations"]] == [rung.code for rung in LADDER]
    text = "".join(each.extract_text() for each in PdfReader(BytesIO(printed.content)).pages)
    assert number in text
    assert found.document_digest in text
    (event,) = announced(mall)
    assert event == {
        "number": number,
        "version": 1,
        "reason": "ladder",
        "is_rapid_response": False,
        "digest": found.digest,
    }
    taken = rows(mall, select(DossierDownload).order_by(DossierDownload.id))
    assert [each.part for each in taken] == ["dossier.pdf", "dossier.json"]
    (dossier,) = rows(mall, select(Dossier))
    assert (dossier.handed_over_to, dossier.handed_over_at) == (taken[0].officer_id, taken[0].at)


def test_danger_to_life_is_made_first_and_stands_first(mall: Mall) -> None:
    late = at_the_ombudsman(mall)
    urgent = mall.file()["number"]
    mark_urgent(mall, urgent)
    make(mall)
    assert [event["number"] for event in announced(mall)] == [urgent, late]
    assert announced(mall)[0]["is_rapid_response"] is True
    with mall.desk("pengawas") as desk:
        text = page(mall, desk, "/dossiers").text
    assert text.index(urgent) < text.index(late)


@pytest.mark.parametrize(
    ("changes", "identity"),
    [
        ({"anonymous": True, "person": {"email": "siti@contoh.example"}}, "anonymous"),
        ({"confidential": True}, "withheld"),
    ],
)
@SQLITE
def test_who_is_not_to_be_named_is_in_no_file(mall: Mall, changes: dict[str, Any], identity: str) -> None:
    number = at_the_ombudsman(mall, ticket_facts=FACTS, **changes)
    make(mall)
    with mall.desk("pengawas") as desk:
        files = [page(mall, desk, f"/cases/{number}/dossier/1/dossier.{kind}") for kind in ("json", "pdf")]
    said = files[0].json()
    assert (said["identity"], said["complainant"]) == (identity, None)
    assert said["secret"] is (identity == "withheld")
    pages = [each.extract_text() for each in PdfReader(BytesIO(files[1].content)).pages]
    for personal in ("Siti", "siti@", "6281234567890", "A-031"):
        assert personal not in files[0].text
        assert personal not in "".join(pages)
    assert all(("RAHASIA" in each) is said["secret"] for each in pages)


@SQLITE
def test_the_files_rest_sealed(mall: Mall) -> None:
    at_the_ombudsman(mall)
    make(mall)
    for part in rows(mall, select(DossierPart)):
        content = mall.keyring.sealer.unseal_bytes(part.sealed)
        assert (sha256(content).hexdigest(), len(content)) == (part.digest, part.size)
        assert b"Siti" not in part.sealed


@SQLITE
def test_a_supervisor_asks_for_a_new_version_once_something_happened(mall: Mall) -> None:
    number = at_the_ombudsman(mall, confidential=True)
    make(mall)
    path = f"/cases/{number}/dossier"
    with mall.desk("pengawas") as desk:
        assert send(mall, desk, path).status_code == 409
        note = {"text": "Sudah ditelepon."}
        assert call(mall, desk, "POST", f"cases/{number}/note", note, key="catatan").status_code == 200
        assert "Ada yang terjadi" in page(mall, desk, path).text
        assert send(mall, desk, path).status_code == 303
        make(mall)
        second = document(mall, desk, number, 2)
        assert send(mall, desk, path, has_notes="true", names_complainant="true").status_code == 303
        make(mall)
        third = document(mall, desk, number, 3)
        first = document(mall, desk, number)
    assert "Sudah ditelepon." not in json.dumps((first, second))
    assert (second["has_internal_notes"], second["identity"]) == (False, "withheld")
    assert [each["text"] for each in third["history"] if each["kind"] == "note"] == ["Sudah ditelepon."]
    assert (third["identity"], third["complainant"]["name"], third["secret"]) == (
        "named",
        "Siti Contoh",
        True,
    )
    assert [event["reason"] for event in announced(mall)] == ["ladder", "asked", "asked"]


@SQLITE
def test_one_that_is_being_made_is_not_made_twice(mall: Mall) -> None:
    number = at_the_ombudsman(mall)
    with mall.desk("pengawas") as desk:
        for _ in range(2):
            assert send(mall, desk, f"/cases/{number}/dossier", has_notes="true").status_code == 303
    make(mall)
    assert [(each["version"], each["reason"]) for each in announced(mall)] == [(1, "ladder")]


@SQLITE
def test_the_ombudsmans_own_number_is_kept_and_the_complainant_does_not_read_it_as_an_answer(
    mall: Mall,
) -> None:
    filed = mall.file()
    path = f"/cases/{filed['number']}/dossier"
    with mall.desk("pengawas") as desk:
        assert send(mall, desk, f"{path}/number", ombudsman_number="0123/LM/2026").status_code == 303
        assert send(mall, desk, f"{path}/number", ombudsman_number="x" * 61).status_code == 422
        assert 'value="0123/LM/2026"' in page(mall, desk, path).text
        send(mall, desk, path)
        make(mall)
        assert document(mall, desk, filed["number"])["ombudsman_number"] == "0123/LM/2026"
    assert mall.ask("track", {"token": filed["token"]})["thread"] == []


@SQLITE
def test_officers_have_no_business_here_and_overseers_change_nothing(mall: Mall) -> None:
    number, other = at_the_ombudsman(mall), mall.file()["number"]
    with mall.desk() as desk:
        for path in ("/dossiers", f"/cases/{number}/dossier", f"/cases/{number}/dossier/1/dossier.json"):
            assert page(mall, desk, path).status_code == 403
        token = TOKEN.search(page(mall, desk, "/cases/new").text)
        for path in (f"/cases/{number}/dossier", f"/cases/{number}/dossier/number"):
            form = {"form_token": token[1], "ombudsman_number": "1"}
            assert desk.post(f"{mall.base_url}{path}", data=form, timeout=10).status_code == 403
    with overseer(mall) as desk:
        assert page(mall, desk, f"/cases/{other}/dossier").status_code == 404
        assert "<form method" not in page(mall, desk, f"/cases/{number}/dossier").text.partition("<main")[2]
        assert send(mall, desk, f"/cases/{number}/dossier").status_code == 403
    assert len(rows(mall, select(Dossier))) == 1


@SQLITE
def test_one_that_cannot_be_made_waits_and_the_others_go_on(
    mall: Mall, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = at_the_ombudsman(mall)
    whole = at_the_ombudsman(mall)
    real = dossier_content.contact_of
    (person,) = rows(mall, select(Complaint.id).where(Complaint.number == broken))

    def contact_of(found: Any, keyring: Any) -> Any:
        if found.complaint_id == person:
            raise LookupError("its contact has a seal that nobody has a key for")
        return real(found, keyring)

    monkeypatch.setattr(dossier_content, "contact_of", contact_of)
    make(mall)
    assert [event["number"] for event in announced(mall)] == [whole]
    monkeypatch.undo()
    make(mall)
    assert len(announced(mall)) == 1
    mall.pass_time(minutes=10)
    make(mall)
    assert [event["number"] for event in announced(mall)] == [whole, broken]


@SQLITE
def test_what_came_to_the_level_with_an_older_release_has_its_dossier_made(mall: Mall) -> None:
    late, urgent = at_the_ombudsman(mall), mall.file()["number"]
    mark_urgent(mall, urgent)
    closed = at_the_ombudsman(mall)
    with mall.deployment.database.transaction() as session:
        session.execute(delete(Dossier))
        session.execute(update(Complaint).where(Complaint.number == closed).values(state="closed"))
    make(mall)
    assert {event["number"]: event["reason"] for event in announced(mall)} == {
        late: "ladder",
        urgent: "rapid_response",
    }


@SQLITE
def test_a_dossier_leaves_the_case_as_it_was(mall: Mall) -> None:
    number = at_the_ombudsman(mall)
    (before,) = rows(mall, select(Complaint.revision).where(Complaint.number == number))
    make(mall)
    with overseer(mall) as desk:
        document(mall, desk, number)
    assert rows(mall, select(Complaint.revision).where(Complaint.number == number)) == [before]
    kinds = rows(mall, select(Entry.kind).where(Entry.kind.like("dossier%")).order_by(Entry.id))
    assert kinds == ["dossier", "dossier_taken"]


def claims_side_by_side(mall: Mall) -> list[dossier_making.Claim | None]:
    """Let two makers look at the same moment."""
    database, now = mall.deployment.database, mall.deployment.clock.now()
    with database.transaction() as one:
        first = dossier_making.claim(one, now=now)
        with database.reading() as other:
            return [first, dossier_making.claim(other, now=now)]


def finish(mall: Mall, held: dossier_making.Claim) -> bool:
    database, keyring, now = mall.deployment.database, mall.keyring, mall.deployment.clock.now()
    with database.reading() as session:
        collected = dossier_content.collect(session, held.dossier_id, keyring=keyring, now=now)
    made = dossier_making.build(collected, keyring=keyring)
    with database.transaction() as session:
        return dossier_making.store(session, held, made, keyring=keyring, now=now)


@POSTGRESQL
def test_two_makers_make_one_dossier(mall: Mall) -> None:
    at_the_ombudsman(mall)
    first, second = claims_side_by_side(mall)
    assert first is not None
    assert second is None
    # The first is slow: its claim lapses, somebody else makes it, and what the first made is thrown away.
    mall.pass_time(minutes=10)
    again, _ = claims_side_by_side(mall)
    assert again is not None
    assert (finish(mall, again), finish(mall, first)) == (True, False)
    assert (len(announced(mall)), len(rows(mall, select(DossierPart)))) == (1, 2)


@POSTGRESQL
def test_without_the_lock_both_makers_would_have_it(mall: Mall, monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_ombudsman(mall)
    monkeypatch.setattr(Select, "with_for_update", lambda query, **_: query)
    first, second = claims_side_by_side(mall)
    assert first is not None
    assert second == first
