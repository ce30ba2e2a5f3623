"""Whoever walks through every door of the desk and the bus without the key learns nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gerai_complaints.keyring import keyring_of
from gerai_complaints.models import Base
from gerai_complaints.service import Complaints
from gerai_complaints.usecases.cases import REALM
from gerai_shared.bus.rpc import Request, Rpc
from gerai_shared.ids import new_id
from gerai_shared.overseers import Access
from gerai_shared.refusals import Refused
from gerai_shared.tokens import make_token
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.integration.complaints.desk_http import NOW, Desk, make_desk

#: What the bus may ask for everybody: nothing that is answered belongs to one complaint.
ABOUT_NO_COMPLAINT = {
    "file",
    "upload",
    "audit_heads",
    "pvl_events",
    "answer_survey",
    "site_performance",
    # Of what may be read by everybody alone, by ids that count nothing.
    "report",
    "public_report",
    "public_reports",
}
#: What it may ask with a complaint's token, and what it says beside it.
WITH_TOKEN: dict[str, dict[str, Any]] = {
    "track": {},
    "decide": {"decision": "accept"},
    "files": {},
    "add_files": {"attachments": ["attachment." + "a" * 43]},
    "open_file": {"id": "01936c2e-7b1a-7c3d-8e5f-000000000001"},
    "public_id": {},
    "unpublish": {},
}
ABSENT, MADE_UP = "P-2026-999999", "P-2026-00000x"
WITH_TOKEN |= {"personal_data": {}, "erase": {}}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = make_desk(tmp_path)
    yield desk
    desk.deployment.database.close()


def rows_of_all(desk: Desk) -> dict[str, int]:
    with desk.deployment.database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def told(answer: TestResponse, number: str) -> tuple[int, str]:
    """What an answer tells, but for the number that was asked for and what every answer has of its own."""
    text = answer.text.replace(number, "NUMBER").replace(answer.headers["X-Request-ID"], "ID")
    return answer.status_code, text


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer made-up"}], ids=["nothing", "made-up"])
def test_a_stranger_sees_the_sign_in_page_alone(desk: Desk, headers: dict[str, str]) -> None:
    number = desk.file(title="Judul yang rahasia", confidential=True).number
    before = rows_of_all(desk)
    for method, address, entrypoint in desk.routes(number):
        if entrypoint.overseers is Access.FREE:
            continue
        for sent in ({"data": {"form_token": desk.form_token()}}, {"json": {"revision": 1, "text": "x"}}):
            answer = desk.client.open(
                address,
                method=method,
                headers={**headers, "Idempotency-Key": "key"},
                **({} if method == "GET" else sent),  # type: ignore[arg-type]
            )
            if address.startswith("/api/"):
                assert answer.status_code == 401, f"{method} {address}"
            elif answer.status_code == 303:
                assert answer.headers["Location"].startswith("/sign-in?"), address
            else:
                assert (method, answer.status_code) == ("POST", 403), address
            assert "rahasia" not in answer.text
    assert rows_of_all(desk) == before


@pytest.mark.parametrize("role", ["officer", "supervisor", "overseer"])
def test_a_made_up_number_is_answered_like_an_absent_one(desk: Desk, role: str) -> None:
    number = desk.file().number
    desk.sign_in("siapa", role)
    pairs = zip(desk.routes(ABSENT), desk.routes(MADE_UP), strict=True)
    asked = [(method, absent, made_up) for (method, absent, _), (_, made_up, _) in pairs if absent != made_up]
    assert len(asked) >= 6
    for method, absent, made_up in asked:
        form = {"form_token": desk.form_token(), "revision": "1", "text": "x", "idempotency_key": "key"}
        body: Any = {"revision": 1, "text": "x"}
        sent = {"json": body} if absent.startswith("/api/") else {"data": form}
        answers = [
            desk.client.open(
                path,
                method=method,
                headers={"Idempotency-Key": "key"},
                **({} if method == "GET" else sent),  # type: ignore[arg-type]
            )
            for path in (absent, made_up)
        ]
        assert told(answers[0], ABSENT) == told(answers[1], MADE_UP), f"{method} {absent}"
        assert answers[0].status_code >= 400, f"{method} {absent}"
    assert desk.get(f"/cases/{number}").status_code == 200


def test_each_request_of_the_bus_is_known_here() -> None:
    asked = {
        name
        for name in dir(Complaints)
        if any(isinstance(each, Rpc) for each in getattr(getattr(Complaints, name), "nameko_entrypoints", ()))
    }
    assert asked == ABOUT_NO_COMPLAINT | WITH_TOKEN.keys()


@pytest.mark.parametrize("method", sorted(WITH_TOKEN))
def test_a_made_up_token_is_answered_like_that_of_a_complaint_that_is_gone(desk: Desk, method: str) -> None:
    desk.file()
    service = Complaints()
    service.__dict__["deployment"] = desk.deployment
    keyring = keyring_of(desk.deployment)
    gone = make_token(secret=keyring.secret, realm=REALM, identifier=new_id())
    of_other_secret = make_token(secret="x" * 43, realm=REALM, identifier=new_id())
    tokens = (
        gone,
        of_other_secret,
        "complaint." + "a" * 43,
        "immigration." + "a" * 43,
        "",
        "\x00",
        gone[:-1],
    )
    refusals = []
    for token in tokens:
        payload = {"token": token, **WITH_TOKEN[method]}
        asked = Request(
            method=method, payload=payload, deadline=NOW, idempotency_key="key", correlation_id="c"
        )
        with pytest.raises(Refused) as refused:
            getattr(service, method)(asked)
        refusals.append((refused.value.code, refused.value.status, refused.value.details))
    assert set(map(str, refusals)) == {str(refusals[0])}
    assert refusals[0][:2] == ("unknown_complaint", 404)
