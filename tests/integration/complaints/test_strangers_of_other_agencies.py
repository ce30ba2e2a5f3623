"""Officers and supervisors of one agency walk through every door of the desk: nothing of another is there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from gerai_complaints.desk.acts import ACTS
from gerai_complaints.keyring import keyring_of
from gerai_complaints.models import (
    Agency,
    AnswerTemplate,
    Attachment,
    Base,
    Complaint,
    DeskAgency,
    PublicReport,
    PvlConsultation,
    PvlEvent,
    PvlIntake,
    SurveyAnswer,
)
from gerai_complaints.rules.satisfaction import Element
from gerai_shared import accounts
from gerai_shared.ids import new_id
from gerai_shared.overseers import Access
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.integration.complaints.desk_http import NOW, Desk, make_desk

#: Stands in everything of the other agency, and in nothing else.
SECRET = "Rahasialah"
THEIRS, OTHER = "legal", "immigration"
#: What is the same for all: agreements of the Ombudsman, who works at the desk, what is typed at the door.
OF_ALL = ("/agreements", "/staff", "/sign-in", "/sign-out", "/api/v1/session", "/static/", "/pvl/worker.js")
REVISION = "1"
#: Said everywhere, so that it is the address that is refused and not the form.
FORM = {
    "revision": REVISION,
    "decision": "withhold",
    "reason": "Nama orang",
    "state": "held",
    "why": "Diminta di loket",
    "first_day": "2026-11-25",
    "last_day": "2026-11-25",
    "agency": THEIRS,
    "site": "mpp-lebak",
    "title": "Judul",
    "text": "Teks",
    "language": "id",
}


@dataclass(frozen=True, kw_only=True)
class World:
    """One of each thing that belongs to an agency, by the name of the argument that addresses it."""

    ids: Mapping[str, str]
    template: int


@pytest.fixture(params=["officer", "supervisor"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """Somebody is signed in who works for one agency alone."""
    desk = make_desk(tmp_path)
    desk.sign_in("tetangga", request.param)
    with desk.deployment.database.transaction() as session:
        officer = session.scalar(select(accounts.officers.c.id))
        session.add(DeskAgency(officer_id=officer, agency=THEIRS))
        # Which agencies there are is known to all.
        session.add(Agency(code=OTHER, ask_at=NOW))
    yield desk
    desk.deployment.database.close()


def world_of(desk: Desk, agency: str) -> World:
    """Make one of each thing."""
    number = desk.file(agency=agency, service=None, title=SECRET, text=SECRET, public=True).number
    seal = keyring_of(desk.deployment).sealer.seal
    event, consultation, attachment = new_id(), new_id(), new_id()
    with desk.deployment.database.transaction() as session:
        officer = session.scalars(select(accounts.officers.c.id)).one()
        case = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        report = session.scalar(select(PublicReport.id).where(PublicReport.complaint_id == case.id))
        at = {"uploaded_at": NOW, "stored_at": NOW, "attached_at": NOW, "scan_at": NOW}
        session.add(
            Attachment(
                id=attachment,
                complaint_id=case.id,
                by="citizen",
                name=seal({"name": SECRET}),
                kind="image/jpeg",
                size=1,
                scan_attempts=0,
                **at,
            )
        )
        session.add(
            PvlEvent(
                id=event,
                first_day=NOW.date(),
                last_day=NOW.date(),
                agency=agency,
                place=SECRET,
                regency="Lebak",
                state="held",
                recorded_at=NOW,
                recorded_by=officer,
            )
        )
        session.flush()
        of_event = {"event_id": event, "officer_id": officer, "taken_at": NOW, "received_at": NOW}
        session.add(
            PvlIntake(id=consultation, key="k-1", kind="consultation", local_number="TAB-001", **of_event)
        )
        session.add(
            PvlIntake(
                id=new_id(),
                key="k-2",
                kind="complaint",
                local_number="TAB-002",
                complaint_id=case.id,
                **of_event,
            )
        )
        session.flush()
        session.add(
            PvlConsultation(
                intake_id=consultation,
                title=SECRET,
                question=SECRET,
                advice=SECRET,
                agency=agency,
                anonymous=True,
                confidential=False,
                language="id",
                contact=seal({"name": None, "email": None, "phone": None}),
            )
        )
        answered = {each.value: 4 for each in Element}
        session.add_all(
            SurveyAnswer(
                agency=agency,
                site="mpp-lebak",
                day=date(2026, 11, 20),
                answered_on=date(2026, 11, 20),
                channel="web",
                remark=SECRET,
                **answered,
            )
            for _ in range(12)
        )
        template = AnswerTemplate(
            agency=agency, language="id", title=SECRET, text=SECRET, changed_by=officer, changed_at=NOW
        )
        session.add(template)
        session.flush()
        return World(
            ids={
                "number": number,
                "attachment_id": attachment,
                "identifier": str(report),
                "event_id": event,
                "intake_id": consultation,
            },
            template=template.id,
        )


ABSENT = {
    "number": "P-2026-999999",
    "attachment_id": new_id(),
    "identifier": "00000000-0000-4000-8000-000000000000",
    "event_id": new_id(),
    "intake_id": new_id(),
}


def doors(desk: Desk) -> list[tuple[str, Rule]]:
    """Every method and rule of the desk that is about something of an agency."""
    found = [
        (method, rule)
        for rule in desk.app._url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(OF_ALL) and rule.endpoint.overseers is not Access.FREE
    ]
    return sorted(found, key=lambda each: (each[1].rule, each[0]))


def go(desk: Desk, method: str, rule: Rule, ids: Mapping[str, str], act: str = "reply") -> TestResponse:
    address = rule.rule
    for name in rule.arguments:
        known = {**ids, "act": act, "ending": "csv", "version": "1", "part": "dossier.json"}
        value = known[name]
        address = re.sub(rf"<[^<>]*\b{name}>", value, address)
    options: dict[str, Any] = {"headers": {"Idempotency-Key": "tetangga-1", "Accept-Language": "id"}}
    if method == "POST" and address.startswith("/api/"):
        options["json"] = {"revision": 1, "text": "Teks", **INTAKE}
    elif method == "POST":
        said = {f"{act}-{name}": value for name, value in FORM.items()}
        hidden = {"form_token": desk.form_token(), "idempotency_key": "tetangga-1"}
        options["data"] = {**FORM, **said, **hidden}
    return desk.client.open(address, method=method, **options)


INTAKE = {
    "kind": "complaint",
    "local_number": "TAB-003",
    "taken_at": NOW.isoformat(),
    "title": "Judul",
    "agency": THEIRS,
    "anonymous": True,
    "confidential": False,
    "consent": True,
    "language": "id",
}


def told(answer: TestResponse, ids: Mapping[str, str]) -> tuple[int, str]:
    """What an answer tells, but for what was asked for and what every page has of its own."""
    text = answer.text if "zip" not in answer.content_type else ""
    for own in (*ids.values(), answer.headers["X-Request-ID"]):
        text = text.replace(own, "OWN")
    return answer.status_code, re.sub(r'name="(form_token|idempotency_key)" value="[^"]*"', "", text)


def acts_of(rule: Rule) -> list[str]:
    return sorted(ACTS) if "act" in rule.arguments else ["reply"]


def counted(desk: Desk) -> dict[str, int]:
    with desk.deployment.database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def test_what_is_another_agencys_is_answered_like_what_does_not_exist(desk: Desk) -> None:
    world = world_of(desk, OTHER)
    before = counted(desk)
    asked = [each for each in doors(desk) if each[1].arguments & ABSENT.keys()]
    assert len(asked) >= 18
    for method, rule in asked:
        for act in acts_of(rule):
            door = f"{method} {rule.rule} {act}"
            theirs = told(go(desk, method, rule, world.ids, act), world.ids)
            absent = told(go(desk, method, rule, ABSENT, act), ABSENT)
            assert theirs == absent, door
            assert theirs[0] in (403, 404, 422), door
            assert SECRET not in theirs[1], door
    assert counted(desk) == before


def test_what_is_another_agencys_is_in_no_list_and_no_count(desk: Desk) -> None:
    lists = [each for each in doors(desk) if each[0] == "GET" and not each[1].arguments & ABSENT.keys()]
    assert len(lists) >= 8

    def seen() -> dict[str, tuple[int, str]]:
        return {rule.rule: told(go(desk, method, rule, ABSENT), {}) for method, rule in lists}

    before = seen()
    world = world_of(desk, OTHER)
    for address, page in seen().items():
        assert not [each for each in (SECRET, *world.ids.values()) if each in page[1]], address
        # How many events a year has had is public, and told here, too.
        assert page == before[address] or address == "/pvl", address
    for address in ("/cases", "/api/v1/cases"):
        for asked in ("state=all", "state=received", "number=1"):
            assert world.ids["number"] not in desk.get(f"{address}?{asked}").text
        theirs, absent = (desk.get(f"{address}?number={ids['number']}") for ids in (world.ids, ABSENT))
        assert told(theirs, world.ids) == told(absent, ABSENT)


def test_the_same_of_their_own_agency_is_there(desk: Desk) -> None:
    """The negative control: the walk goes through doors that open."""
    world = world_of(desk, THEIRS)
    opened = []
    for method, rule in doors(desk):
        if method == "GET" and rule.arguments & ABSENT.keys():
            answer = go(desk, method, rule, world.ids)
            if answer.status_code == 200 and (SECRET in answer.text or "intake" in rule.rule):
                opened.append(rule.rule)
    assert {"/cases/<number>", "/moderation/<identifier>", "/pvl/<event_id>"} <= set(opened)
    assert SECRET in desk.get("/moderation").text
    assert SECRET in desk.get("/satisfaction").text


def test_a_supervisor_of_one_agency_changes_no_texts_of_another(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    desk.sign_in("tetangga", "supervisor")
    with desk.deployment.database.transaction() as session:
        officer = session.scalar(select(accounts.officers.c.id))
        session.add(DeskAgency(officer_id=officer, agency=THEIRS))
    world = world_of(desk, OTHER)
    form = {**FORM, "form_token": desk.form_token(), "id": str(world.template)}
    for more in ({}, {"remove": "1"}):
        desk.client.post("/templates", data={**form, **more})
    assert SECRET not in desk.get("/templates").text
    with desk.deployment.database.reading() as session:
        assert session.scalars(select(AnswerTemplate)).one().text == SECRET
    desk.deployment.database.close()
