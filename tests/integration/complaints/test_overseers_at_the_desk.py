"""Overseers at the complaints desk (S0-8): they read every case, on record, and change nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gerai_complaints.models import AuditRow, Base, Look
from gerai_shared.overseers import Access
from sqlalchemy import func, select

from tests.integration.complaints.desk_http import Desk, make_desk

#: All that an overseer may send: who they are, and that they leave.
SENDS = {"/sign-in", "/sign-out", "/api/v1/session"}
SECRET = "Petugas meminta uang di loket"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = make_desk(tmp_path)
    yield desk
    desk.deployment.database.close()


@pytest.fixture
def overseer(desk: Desk) -> Desk:
    desk.sign_in("ombudsman", "overseer")
    return desk


def rows_of_all(desk: Desk) -> dict[str, int]:
    with desk.deployment.database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def test_s0_8_an_overseer_reads_every_case_confidential_ones_too(overseer: Desk) -> None:
    number = overseer.file(title=SECRET, confidential=True).number
    listed = overseer.get("/cases").text
    assert SECRET in listed
    page = overseer.get(f"/cases/{number}")
    assert page.status_code == 200
    assert SECRET in page.text
    assert overseer.get(f"/api/v1/cases/{number}").json["title"] == SECRET
    assert overseer.get("/api/v1/cases").json["cases"][0]["title"] == SECRET


def test_s0_8_never_who_stays_anonymous(overseer: Desk) -> None:
    number = overseer.file(anonymous=True, confidential=True).number
    for path in ("/cases", f"/cases/{number}", "/api/v1/cases", f"/api/v1/cases/{number}"):
        answer = overseer.get(path)
        assert answer.status_code == 200
        for private in ("Siti", "siti@contoh.example", "81234567890"):
            assert private not in answer.text


def test_s0_8_an_overseer_is_shown_no_form_but_the_one_to_leave(overseer: Desk) -> None:
    number = overseer.file().number
    for path in ("/cases", f"/cases/{number}", "/oversight/opened"):
        assert overseer.get(path).text.count('method="post"') == 1, path
    assert not any(overseer.get(f"/api/v1/cases/{number}").json["can"].values())
    assert overseer.client.get("/").headers["Location"] == "/cases"


def test_s0_8_everything_that_changes_something_is_refused_to_an_overseer(overseer: Desk) -> None:
    number = overseer.file().number
    before = rows_of_all(overseer)
    writes = [route for route in overseer.routes(number) if route[0] != "GET"]
    assert len(writes) > 6
    for method, address, entrypoint in writes:
        if address in SENDS:
            assert entrypoint.overseers is Access.FREE
            continue
        assert entrypoint.overseers is Access.REFUSED, address
        form = {"form_token": overseer.form_token(), "revision": "1", "text": "x", "idempotency_key": "k"}
        for sent in ({"data": form}, {"json": {"revision": 1, "text": "x"}}):
            answer = overseer.client.open(
                address,
                method=method,
                headers={"Idempotency-Key": "key", "Accept-Language": "id"},
                **sent,  # type: ignore[arg-type]
            )
            assert answer.status_code == 403, f"{method} {address}: {answer.status_code}"
            assert "Akun Anda hanya membaca" in answer.text
    assert rows_of_all(overseer) == before


def test_s0_8_an_overseer_opens_what_says_so_and_nothing_else(overseer: Desk) -> None:
    number = overseer.file().number
    for method, address, entrypoint in overseer.routes(number):
        if method == "GET":
            status = overseer.get(address).status_code
            assert (status == 403) == (entrypoint.overseers is Access.REFUSED), address


def test_s0_8_every_look_is_in_the_log_and_in_the_audit(overseer: Desk) -> None:
    number = overseer.file().number
    for path in (
        "/cases?state=overdue",
        f"/cases/{number}",
        "/cases/P-2026-999999",
        f"/api/v1/cases/{number}",
    ):
        overseer.get(path)
    overseer.client.get("/static/base.css")
    overseer.client.post(f"/cases/{number}/take")
    with overseer.deployment.database.reading() as session:
        looks = session.execute(select(Look.officer_name, Look.address, Look.number).order_by(Look.id)).all()
        rows = session.execute(
            select(AuditRow.by, AuditRow.act, AuditRow.number, AuditRow.look_id)
            .where(AuditRow.act == "opened")
            .order_by(AuditRow.id)
        ).all()
    assert [tuple(look) for look in looks] == [
        ("Overseer Uji", "/cases?state=overdue", None),
        ("Overseer Uji", f"/cases/{number}", number),
        ("Overseer Uji", "/cases/P-2026-999999", None),
        ("Overseer Uji", f"/api/v1/cases/{number}", number),
    ]
    assert [tuple(row) for row in rows] == [
        ("overseer", "opened", each.number, place) for place, each in enumerate(looks, 1)
    ]
    assert f'href="/cases/{number}"' in overseer.get("/oversight/opened").text


def test_supervisors_read_the_log_and_officers_do_not(overseer: Desk) -> None:
    number = overseer.file().number
    overseer.get(f"/cases/{number}")
    overseer.client.post("/sign-out", data={"form_token": overseer.form_token()})
    overseer.sign_in("pengawas", "supervisor")
    page = overseer.get("/oversight/opened").text
    assert "Overseer Uji" in page
    assert f"/cases/{number}" in page
    assert 'href="/oversight/opened"' in overseer.get("/cases").text
    overseer.client.post("/sign-out", data={"form_token": overseer.form_token()})
    overseer.sign_in("petugas", "officer")
    assert overseer.get("/oversight/opened").status_code == 403
    assert 'href="/oversight/opened"' not in overseer.get("/cases").text
    assert rows_of_all(overseer)["overseer_looks"] == 1
