"""PVL on the spot (S0-1 to S0-4, S2-7 to S2-11): events, plan, intake exactly once, ranking, registers."""

import re
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests
from gerai_complaints.models import Agreement, Complaint, PvlConsultation, PvlEvent, PvlIntake
from gerai_complaints.pvl_shapes import EventPlan
from gerai_complaints.seeding import seed
from gerai_complaints.usecases import agreements, asking, pvl_events, pvl_places
from gerai_shared import accounts, commands
from gerai_shared.accounts import Officer
from gerai_shared.deployment import Deployment
from sqlalchemy import func, select

from tests.integration.complaints.conftest import PASSWORD, Mall, call
from tests.support.migrated import MigratedDatabases

SUPERVISOR, ASSISTANT, STRANGER = "pengawas", "rekan", "pengaduan"
CONSULTATION = {
    "kind": "consultation",
    "advice": "Bawa surat keterangan dari kelurahan.",
    "legal_basis": "UU 25/2009 pasal 18",
}
CATALOGUE: dict[str, Any] = {
    "agency": {"code": "immigration", "name": {"id": "Imigrasi", "en": "Immigration"}},
    "sites": [
        {"code": "mpp-lebak", "name": {"id": "MPP Lebak", "en": "Lebak Mall"}, "time_zone": "Asia/Jakarta"},
        {"code": "serang", "name": {"id": "Kanim Serang", "en": "Serang"}, "time_zone": "Asia/Jakarta"},
    ],
    "services": [],
    "coverage": [
        {"code": "36.04", "name": "Kabupaten Serang", "province": "Banten", "sites": ["serang"]},
        {"code": "36.01", "name": "Kabupaten Pandeglang", "province": "Banten", "sites": ["serang"]},
        {"code": "36.02", "name": "Kabupaten Lebak", "province": "Banten", "sites": ["mpp-lebak", "serang"]},
    ],
}
AGREEMENT = {
    "number": "01/MOU/2024",
    "subject": "Peningkatan pelayanan publik",
    "parties": "Ombudsman perwakilan\nKantor Imigrasi Contoh",
    "signed_on": "2024-01-15",
    "valid_until": "2027-01-14",
    "document": "Arsip A-1",
    "focal_role": "Kepala subbagian umum",
}


def fields_of(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form with this address."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form, action
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form.group())
    }


class Desk:
    """The browser of an officer who has signed in."""

    def __init__(self, mall: Mall, username: str) -> None:
        self.mall = mall
        self.session = mall.desk(username)
        self.session.headers["Accept-Language"] = "id"

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self.session.get(self.mall.base_url + path, timeout=10)

    def send(self, action: str, page: str, **typed: Any) -> requests.Response:
        """Send a form of `page`."""
        data = {**fields_of(self.get(page).text, action), **typed}
        return self.session.post(self.mall.base_url + action, data=data, timeout=10)

    def receive(self, event_id: str, *, key: str | None = None, **changes: Any) -> requests.Response:
        """Send what a tablet has kept."""
        body, key = person(**changes), key or secrets.token_hex(16)
        return call(self.mall, self.session, "POST", f"pvl/{event_id}/intake", body, key=key)


Desks = Callable[[str], Desk]


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite, but for what depends on how two wait for each other."""
    if getattr(request, "param", "sqlite") == "postgresql":
        databases: MigratedDatabases = request.getfixturevalue("migrated_databases")
        return databases.fresh("gerai_complaints")
    return f"sqlite:///{tmp_path / 'complaints.sqlite'}"


@pytest.fixture
def desks(mall: Mall) -> Desks:
    """Officers at the desk, each of whom signs in once: passwords are slow on purpose."""
    known: dict[str, Desk] = {}

    def signed_in(username: str) -> Desk:
        if username not in known:
            known[username] = Desk(mall, username)
        return known[username]

    return signed_in


def account(mall: Mall, username: str) -> Officer:
    """An account."""
    with mall.deployment.database.reading() as session:
        return next(each for each in accounts.staff(session) if each.username == username)


def event(mall: Mall, first_day: date = date(2026, 11, 23), **changes: Any) -> str:
    """An event at the mall of Lebak, led by the supervisor, with one assistant."""
    head = account(mall, SUPERVISOR)
    plan = {
        "first_day": first_day,
        "last_day": first_day,
        "agency": "immigration",
        "site": "mpp-lebak",
        "place": None,
        "regency": None,
        "head": head.id,
        "assistants": (account(mall, ASSISTANT).id,),
        **changes,
    }
    with mall.deployment.database.transaction() as session:
        return pvl_events.save(
            session,
            EventPlan(**plan),
            event_id=None,
            officer=head,
            agencies=(),
            key=secrets.token_hex(8),
            now=mall.deployment.clock.now(),
        )


def person(**changes: Any) -> dict[str, Any]:
    """What a tablet sends of one complaint."""
    return {
        "kind": "complaint",
        "local_number": "TABCD-001",
        "taken_at": "2026-11-23T02:30:00Z",
        "title": "Menunggu dua jam",
        "text": "Saya datang pukul 10 dan dipanggil pukul 12.30.",
        "agency": "immigration",
        "service": "passport-new",
        "occurred_on": "2026-11-20",
        "anonymous": False,
        "confidential": False,
        "consent": True,
        "language": "id",
        "name": "Siti Contoh",
        "phone": "081234567890",
        **changes,
    }


def count(mall: Mall, table: Any) -> int:
    """How many rows a table has."""
    with mall.deployment.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def learn(mall: Mall) -> None:
    """Have the agency tell its names and coverage, twice: it tells them every day."""
    now = mall.deployment.clock.now()
    for _ in range(2):
        with mall.deployment.database.transaction() as session:
            asking.next_agency(session, agencies=("immigration",), now=now)
            asking.learn_names(session, "immigration", CATALOGUE, now=now)


def test_s0_1_a_complaint_on_the_spot_is_filed_once_however_often_it_is_sent(
    mall: Mall, desks: Desks
) -> None:
    event_id, key, desk = event(mall), secrets.token_hex(16), desks(ASSISTANT)
    told = desk.receive(event_id, key=key)
    assert told.status_code == 201, told.text
    receipt = told.json()
    assert receipt["number"] == "P-2026-000001"
    assert receipt["officer"] == "Rekan Uji"
    assert receipt["local_number"] == "TABCD-001"
    assert receipt["qr"].startswith("data:image/svg+xml")
    token = receipt["link"].rpartition("/")[2]
    assert mall.ask("track", {"token": token})["number"] == receipt["number"]
    # The answer got lost on its way: the tablet sends it again.
    assert desk.receive(event_id, key=key).json() == receipt
    assert desk.receive(event_id, key=key, title="Lain").json()["code"] == "idempotency_key_reused"
    # A tablet may lie in a drawer for longer than commands are remembered.
    with mall.deployment.database.transaction() as session:
        commands.delete_old(session, before=date_after(mall))
    assert desk.receive(event_id, key=key).json() == receipt
    assert count(mall, PvlIntake) == count(mall, Complaint) == 1
    page = desk.get(f"/pvl/{event_id}").text
    assert "TABCD-001" in page
    assert "Terlaksana" in page
    assert "Diterima pada PVL on the spot" in desk.get(f"/cases/{receipt['number']}").text


def date_after(mall: Mall) -> Any:
    """A moment after everything that has happened."""
    mall.pass_time(minutes=1)
    return mall.deployment.clock.now()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_tabs_that_send_the_same_record_at_once_file_it_once(mall: Mall, desks: Desks) -> None:
    event_id, key, desk = event(mall), secrets.token_hex(16), desks(ASSISTANT)
    cookies = desk.session.cookies

    def send(_: int) -> dict[str, Any]:
        with requests.Session() as session:
            session.cookies.update(cookies)
            answer = call(mall, session, "POST", f"pvl/{event_id}/intake", person(), key=key)
            found: dict[str, Any] = answer.json()
            return found

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(send, range(4)))
    assert {each["number"] for each in told} == {"P-2026-000001"}
    assert count(mall, Complaint) == 1
    # Another key is another person.
    assert desk.receive(event_id).json()["number"] == "P-2026-000002"


def test_what_is_wrong_is_told_at_its_field_and_may_be_mended_with_the_same_key(
    mall: Mall, desks: Desks
) -> None:
    event_id, key, desk = event(mall), secrets.token_hex(16), desks(ASSISTANT)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("title", {"title": ""}),
        ("name", {"name": None}),
        ("phone", {"phone": "12"}),
        ("occurred_on", {"occurred_on": "2026-12-20"}),
        ("consent", {"consent": False}),
        ("advice", {"kind": "consultation"}),
        ("local_number", {"local_number": "x"}),
        ("text", {"text": "a\u202eb"}),
    ]
    for field, changes in wrong:
        refused = desk.receive(event_id, key=key, **changes)
        assert refused.status_code == 422, refused.text
        assert list(refused.json()["details"]["fields"]) == [field]
    assert count(mall, PvlIntake) == 0
    assert desk.receive(event_id, key=key).status_code == 201


def test_only_the_team_and_supervisors_receive_people_and_nobody_without_signing_in(
    mall: Mall, desks: Desks
) -> None:
    event_id, stranger = event(mall), desks(STRANGER)
    assert stranger.receive(event_id).json()["code"] == "not_on_team"
    assert stranger.receive("nowhere").status_code == 404
    assert stranger.get(f"/pvl/{event_id}/intake").status_code == 403
    for page in ("/pvl/new", f"/pvl/{event_id}/edit"):
        assert stranger.get(page).status_code == 403
    address = f"{mall.base_url}/api/v1/pvl/{event_id}/intake"
    assert requests.post(address, json=person(), timeout=10).status_code == 401
    # A form of another site can carry the cookie along, JSON it cannot send.
    assert stranger.session.post(address, data=person(), timeout=10).json()["code"] == "unreadable_body"
    assert count(mall, PvlIntake) == 0


def test_a_consultation_is_closed_at_once_read_by_the_team_and_carried_over_in_one_click(
    mall: Mall, desks: Desks
) -> None:
    event_id, desk, stranger = event(mall), desks(ASSISTANT), desks(STRANGER)
    told = desk.receive(event_id, confidential=True, **CONSULTATION).json()
    assert "link" not in told
    assert count(mall, Complaint) == 0
    with mall.deployment.database.reading() as session:
        kept = session.scalars(select(PvlConsultation)).one()
    assert "Siti" not in kept.contact
    seen = stranger.get(f"/pvl/{event_id}").text
    assert "1 konsultasi" in seen
    assert "kelurahan" not in seen
    assert "kelurahan" in desk.get(f"/pvl/{event_id}").text
    action = f"/pvl/{event_id}/consultations/{kept.intake_id}"
    form = fields_of(desk.get(f"/pvl/{event_id}").text, action)
    for _ in range(2):
        receipt = desk.session.post(mall.base_url + action, data=form, timeout=10)
        assert "P-2026-000001" in receipt.text
    assert count(mall, Complaint) == 1
    # It stays confidential, and who carried it over does not read the case for that.
    assert desk.get("/cases/P-2026-000001").status_code == 403


def test_s2_7_s2_10_events_are_counted_against_the_plan_which_is_to_increase(
    mall: Mall, desks: Desks
) -> None:
    desk, now = desks(SUPERVISOR), mall.deployment.clock.now()
    for day in (date(2026, 11, 2), date(2026, 11, 10)):
        page = f"/pvl/{event(mall, day)}"
        assert desk.send(f"{page}/state", page, state="held").status_code == 200
    page = f"/pvl/{event(mall, date(2026, 12, 7))}"
    state = f"{page}/state"
    assert desk.send(state, page, state="held").status_code == 409
    desk.send("/pvl/plan", "/pvl", year="2026", target="6", basis="Rencana kerja")
    with mall.deployment.database.reading() as session:
        years = {year.year: year for year in pvl_events.years(session, now=now)}
    assert (years[2026].held, years[2026].to_come, years[2026].missing) == (2, 1, 3)
    assert years[2027].proposed == 7
    desk.send("/pvl/plan", "/pvl", year="2027", target="1", basis="Anggaran")
    assert "tidak ditingkatkan" in desk.get("/pvl").text
    assert desk.send(state, page, state="cancelled", reason="").status_code == 422
    desk.send(state, page, state="cancelled", reason="Anggaran dipotong")
    assert "Anggaran dipotong" in desk.get("/pvl").text
    told = mall.ask("pvl_events", {})
    assert told == {"year": {"year": 2026, "held": 2, "to_come": 0, "target": 6}, "coming": []}


def test_s0_2_s0_3_an_event_has_days_a_place_and_a_team_of_which_the_public_reads_no_name(
    mall: Mall, desks: Desks
) -> None:
    learn(mall)
    desk = desks(SUPERVISOR)
    typed: dict[str, Any] = {
        "first_day": "2026-12-07",
        "last_day": "2026-12-06",
        "agency": "immigration",
        "head": account(mall, SUPERVISOR).id,
        "assistants": [account(mall, ASSISTANT).id],
    }
    refused = desk.send("/pvl/new", "/pvl/new", **typed)
    assert refused.status_code == 422
    assert "Kegiatan berakhir pada hari pertamanya" in refused.text
    assert "Silakan pilih tempat" in desk.send("/pvl/new", "/pvl/new", **{**typed, "last_day": ""}).text
    typed |= {"last_day": "2026-12-08", "site": "mpp-lebak"}
    assert desk.send("/pvl/new", "/pvl/new", **{**typed, "head": "nobody"}).status_code == 422
    saved = desk.send("/pvl/new", "/pvl/new", **typed)
    for part in ("MPP Lebak", "Kepala Keasistenan PVL", "Pengawas Uji", "Asisten", "Rekan Uji"):
        assert part in saved.text
    address = saved.url.removeprefix(mall.base_url)
    changed = {**typed, "site": "", "place": "Balai desa Contoh", "regency": "Kabupaten Lebak"}
    assert (
        "Balai desa Contoh, Kabupaten Lebak"
        in desk.send(f"{address}/edit", f"{address}/edit", **changed).text
    )
    event(mall, date(2026, 12, 1))
    told = mall.ask("pvl_events", {})
    assert [each["place"]["id"] for each in told["coming"]] == ["MPP Lebak", "Balai desa Contoh"]
    assert told["coming"][0]["agency_name"] == {"id": "Imigrasi", "en": "Immigration"}
    assert "Uji" not in str(told)


def test_s0_4_places_are_ranked_by_complaints_coverage_and_time(mall: Mall, desks: Desks) -> None:
    learn(mall)
    for _ in range(3):
        mall.file()
    mall.file(site=None)
    with mall.deployment.database.reading() as session:
        found = pvl_places.ranked(session, officer=account(mall, SUPERVISOR), now=mall.deployment.clock.now())
    assert [(each.site.code, each.ranked.points) for each in found.places] == [
        ("mpp-lebak", 80),
        ("serang", 50),
    ]
    assert found.without_place == 1
    desk = desks(ASSISTANT)
    page = desk.get("/pvl/places").text
    assert "3 pengaduan setahun terakhir" in page
    assert "Kabupaten Lebak, Kabupaten Pandeglang, Kabupaten Serang" in page
    desk.receive(event(mall))
    event(mall, date(2026, 12, 7), site="serang")
    page = desk.get("/pvl/places").text
    assert "dikunjungi 0 hari lalu." in page
    assert "Direncanakan" in page


def test_a_demonstration_has_an_event_and_an_agreement_once(mall: Mall, desks: Desks) -> None:
    settings = replace(mall.deployment.settings, agencies=("immigration", "legal"))
    deployment = Deployment(settings=settings, clock=mall.deployment.clock)
    for _ in range(2):
        seed(deployment, password=PASSWORD)
    deployment.database.close()
    assert count(mall, PvlEvent) == count(mall, Agreement) == 1
    page = desks(SUPERVISOR).get("/pvl").text
    assert "Balai desa contoh" in page
    assert "01/CONTOH/MOU" in page


def test_s2_8_s2_11_agreements_remind_before_they_end_and_supervision_has_its_days(
    mall: Mall, desks: Desks
) -> None:
    desk, page = desks(SUPERVISOR), "/agreements"
    assert desk.send(f"{page}/new", page, **AGREEMENT).status_code == 200
    assert AGREEMENT["number"] in desk.get("/pvl").text
    assert desk.send(f"{page}/new", page, **AGREEMENT).status_code == 409
    one_sided = desk.send(f"{page}/new", page, **{**AGREEMENT, "parties": "Ombudsman"})
    assert "sedikitnya dua pihak" in one_sided.text
    with mall.deployment.database.reading() as session:
        (line,) = agreements.register(session, now=mall.deployment.clock.now())
    desk.send(f"{page}/{line.id}", f"{page}/{line.id}", **{**AGREEMENT, "valid_until": ""})
    assert AGREEMENT["number"] not in desk.get("/pvl").text
    supervised = {"agency": "immigration", "since": "2025-01-01", "basis": "UU 37/2008"}
    desk.send(f"{page}/supervised", page, **supervised)
    twice = desk.send(f"{page}/supervised", page, **{**supervised, "since": "2026-01-01"})
    assert twice.status_code == 409
    desk.send(f"{page}/supervised", page, until="2026-06-30", **supervised)
    with mall.deployment.database.reading() as session:
        assert agreements.supervised_on(session, date(2026, 6, 30)) == {"immigration"}
        assert agreements.supervised_on(session, date(2026, 7, 1)) == set()
    reader = desks(ASSISTANT)
    assert "Catat nota kesepahaman" not in reader.get(page).text
    assert reader.get(f"{page}/{line.id}").status_code == 403
    assert desk.get(f"{page}/nothing").status_code == 404
