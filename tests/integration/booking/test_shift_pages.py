"""Shifts over HTTP: as an API, as plain forms, and what a supervisor does from the floor."""

from typing import Any

import pytest
from gerai_booking.models import skills
from gerai_booking.models.shifts import counter_sessions
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.integration.booking.counter_http import CounterHttp, counter_http
from tests.integration.booking.house import SERVICE, SITE, House

HERE = f"/counters/{SITE}/101"
FLOOR = f"/floor/{SITE}/counters/101"


@pytest.fixture
def officer(sqlite_house: House) -> CounterHttp:
    http = counter_http(sqlite_house)
    http.sign_in("petugas", name="Petugas Satu", role="officer")
    return http


@pytest.fixture
def colleague(sqlite_house: House, officer: CounterHttp) -> CounterHttp:
    http = counter_http(sqlite_house)
    http.sign_in("petugas2", name="Petugas Dua", role="officer")
    return http


@pytest.fixture
def supervisor(sqlite_house: House, officer: CounterHttp) -> CounterHttp:
    http = counter_http(sqlite_house)
    http.sign_in("penyelia", name="Penyelia Uji", role="supervisor")
    return http


def api(http: CounterHttp, verb: str, key: str = "", **body: Any) -> TestResponse:
    """Give a command at the counter."""
    token = {"X-Form-Token": http.form_token()}
    path = f"/api/v1/{verb}" if verb == "walk-ins" else f"/api/v1/counters/{SITE}.101/{verb}"
    headers = {"Idempotency-Key": key or f"key-of-{verb}", **token}
    return http.client.post(path, json=body, headers=headers)


def form(http: CounterHttp, path: str, **fields: str) -> TestResponse:
    """Send a form without a script."""
    return http.client.post(path, data={"form_token": http.form_token(), **fields})


def test_a_shift_goes_by_the_api_and_a_repeat_does_nothing_twice(officer: CounterHttp) -> None:
    for number in range(2):
        api(officer, "walk-ins", f"walk-in-{number}", site=SITE, service=SERVICE)
    opened = api(officer, "open").json["shift"]
    assert (opened["state"], opened["officer"]) == ("open", "Petugas Satu")
    paused = api(officer, "pause", reason="meeting", shift_id=opened["id"]).json["shift"]
    assert (paused["state"], paused["reason"]) == ("paused", "meeting")
    assert paused["paused_until"].startswith("2026-12-01T02:30")
    assert api(officer, "call-next").json["code"] == "counter_paused"
    first = api(officer, "resume-and-call")
    again = api(officer, "resume-and-call")
    assert (first.json["shift"]["state"], first.json["ticket"]["state"]) == ("open", "called")
    assert again.json == first.json
    seen = officer.client.get(f"/api/v1/queue?counter={SITE}.101").json
    assert (len(seen["waiting"]), seen["shift"]["state"]) == (1, "open")
    assert api(officer, "close").json["code"] == "counter_busy"


def test_a_verb_opens_the_counter_and_a_colleague_takes_it_over_first(
    officer: CounterHttp, colleague: CounterHttp
) -> None:
    api(officer, "walk-ins", "one", site=SITE, service=SERVICE)
    called = api(officer, "call-next").json["ticket"]
    refused = api(colleague, "start")
    assert (refused.status_code, refused.json["code"]) == (409, "counter_taken")
    assert "Petugas Satu" in refused.text
    page = colleague.get(HERE).text
    assert "Petugas Satu di loket ini sejak" in page
    assert f'action="{HERE}/take-over"' in page
    assert form(colleague, f"{HERE}/take-over").status_code == 303
    assert api(colleague, "start", ticket_id=called["id"]).json["ticket"]["state"] == "serving"
    assert "Petugas Dua di loket ini sejak" in officer.get(HERE).text


def test_the_hand_over_keeps_what_was_typed_when_it_is_refused(officer: CounterHttp) -> None:
    api(officer, "walk-ins", "one", site=SITE, service=SERVICE)
    api(officer, "call-next")
    answer = form(officer, f"{HERE}/hand-over", note_note="A-001 masih di loket")
    assert answer.status_code == 409
    assert "A-001 masih di loket</textarea>" in answer.text
    api(officer, "no-show")
    assert form(officer, f"{HERE}/hand-over", note_note="A-001 tidak hadir").status_code == 303
    page = officer.get(HERE).text
    assert "Catatan Petugas Satu" in page
    assert "A-001 tidak hadir" in page
    form(officer, f"{HERE}/confirm-note")
    assert "A-001 tidak hadir" not in officer.get(HERE).text


def test_a_supervisor_pauses_resumes_and_closes_from_the_floor(
    officer: CounterHttp, supervisor: CounterHttp
) -> None:
    api(officer, "open")
    assert form(supervisor, f"{FLOOR}/pause", pause_reason="trouble").status_code == 303
    assert "Gangguan teknis" in officer.get(HERE).text
    assert form(supervisor, f"{FLOOR}/resume").status_code == 303
    assert form(supervisor, f"{FLOOR}/close").status_code == 303
    (row,) = supervisor.house.rows(select(counter_sessions))
    assert row.closed_by == "supervisor"
    page = supervisor.get(FLOOR).text
    assert all(word in page for word in ("dijeda", "dilanjutkan", "loket ditutup"))
    assert form(supervisor, f"{FLOOR}/close").status_code == 409


def test_what_a_counter_serves_is_changed_and_given_back_from_the_floor(
    supervisor: CounterHttp,
) -> None:
    fields = {"services_until": "today", "services_why": "Karena sedang diuji"}
    lacking = form(supervisor, f"{FLOOR}/services", **fields)
    assert (lacking.status_code, "paling sedikit satu layanan" in lacking.text) == (422, True)
    changed = form(supervisor, f"{FLOOR}/services", services_services="passport-child", **fields)
    assert changed.status_code == 303
    assert "Diubah untuk hari ini oleh Penyelia Uji" in supervisor.get(FLOOR).text
    assert "Kembali ke katalog" in supervisor.get(FLOOR).text
    form(supervisor, f"{FLOOR}/reset")
    assert "Kembali ke katalog" not in supervisor.get(FLOOR).text


def test_the_pages_of_the_floor_are_for_supervisors(officer: CounterHttp) -> None:
    api(officer, "open")
    for path in (FLOOR, f"/floor/{SITE}/officers"):
        assert officer.get(path).status_code == 403
    for path, fields in (
        (f"{FLOOR}/pause", {"pause_reason": "break"}),
        (f"{FLOOR}/close", {}),
        (f"{FLOOR}/reset", {}),
    ):
        assert form(officer, path, **fields).status_code == 403, path
    assert officer.house.rows(select(counter_sessions))[0].closed_at is None


def test_what_an_officer_may_serve_is_chosen_on_a_page(officer: CounterHttp, supervisor: CounterHttp) -> None:
    page = f"/floor/{SITE}/officers"
    with supervisor.house.database.reading() as session:
        found = {row.name: row.id for row in skills.officers(session)}
    chosen = {"skills_officer": found["Petugas Satu"], "skills_services": "passport-child"}
    assert form(supervisor, page, **chosen).status_code == 303
    assert "Paspor anak" in supervisor.get(page).text
    assert "Hari ini Anda melayani di sini:" in officer.get(HERE).text
