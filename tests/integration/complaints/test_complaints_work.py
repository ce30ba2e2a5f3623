"""What officers do with complaints, and what their holders see of it; the clock stands still and goes on."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from gerai_complaints.models import Complaint, DeskAgency, Pause
from gerai_complaints.usecases import clock, escalating
from gerai_shared import accounts
from gerai_shared.ids import new_id
from gerai_shared.tables import outbox
from sqlalchemy import select

from tests.integration.complaints.conftest import Mall, call
from tests.support.migrated import MigratedDatabases


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite, unless a test asks for PostgreSQL."""
    if getattr(request, "param", "sqlite") == "postgresql":
        databases: MigratedDatabases = request.getfixturevalue("migrated_databases")
        return databases.fresh("gerai_complaints")
    return f"sqlite:///{tmp_path / 'complaints.sqlite'}"


def act(mall: Mall, name: str, number: str, *, by: str = "pengaduan", **said: Any) -> requests.Response:
    """Have an officer do something with the case as it is now."""
    with mall.desk(by) as desk:
        case = call(mall, desk, "GET", f"cases/{number}").json()
        body = said if name == "note" else {"revision": case.get("revision", 1), **said}
        return call(mall, desk, "POST", f"cases/{number}/{name}", body, key=new_id())


def done(mall: Mall, name: str, number: str, **said: Any) -> dict[str, Any]:
    """Do it, and return the case."""
    answer = act(mall, name, number, **said)
    assert answer.status_code == 200, answer.text
    case: dict[str, Any] = answer.json()
    return case


def decide(mall: Mall, token: str, decision: str, text: str | None = None) -> dict[str, Any]:
    """Have the holder decide."""
    payload = {"token": token, "decision": decision, **({"text": text} if text else {})}
    return mall.ask("decide", payload, key=new_id())


def told(mall: Mall) -> list[str]:
    """Return the types of all events, in their order."""
    with mall.deployment.database.reading() as session:
        return list(session.scalars(select(outbox.c.type).order_by(outbox.c.position)))


def lapse(mall: Mall) -> int:
    """Let the clock end what waited too long."""
    with mall.deployment.database.transaction() as session:
        return clock.lapse(session, keyring=mall.keyring, now=mall.deployment.clock.now())


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_a_complaint_is_verified_completed_answered_and_opened_again(mall: Mall) -> None:
    filed = mall.file()
    number, token = filed["number"], filed["token"]
    case = done(mall, "verify", number)
    assert (case["state"], case["officer"], case["verify_by"]) == (
        "verification",
        "Petugas Uji",
        "2026-11-26",
    )
    case = done(mall, "check", number, checks={"identity": True, "chronology": False})
    assert case["checks"] == {"identity": True, "chronology": False}
    case = done(mall, "ask", number, text="Pada jam berapa?")
    assert (case["state"], case["pauses"][0]["ended_on"]) == ("to_complete", None)
    # Three working days, of which the first day counts for the office.
    mall.pass_time(days=3)
    tracked = mall.ask("track", {"token": token})
    assert (tracked["can"]["complete"], tracked["waits_until"]) == (True, "2026-12-23T17:00:00+00:00")
    tracked = decide(mall, token, "complete", "Pukul 10.")
    assert (tracked["state"], tracked["due_on"]) == (
        "verification",
        "2026-12-16",
    )
    case = done(mall, "qualify", number, maladministration="protracted_delay", breached_rule="SP Paspor")
    assert (case["maladministration"], case["breached_rule"]) == ("protracted_delay", "SP Paspor")
    done(mall, "reply", number, text="Sudah ditambah loket.")
    assert decide(mall, token, "accept")["state"] == "accepted"
    tracked = decide(mall, token, "reopen", "Ternyata belum.")
    assert (tracked["state"], tracked["can"]["withdraw"]) == ("reopened", True)
    assert [turn["text"] for turn in tracked["thread"]] == [
        "Pada jam berapa?",
        "Pukul 10.",
        "Sudah ditambah loket.",
        "Ternyata belum.",
    ]
    assert told(mall) == [
        "complaint.filed.v1",
        "complaint.incomplete.v1",
        "complaint.answered.v1",
        "complaint.closed.v1",
        "complaint.reopened.v1",
    ]


def test_what_is_not_completed_in_30_days_is_withdrawn_and_an_answer_without_a_word_closes(
    mall: Mall,
) -> None:
    silent, answered = mall.file(), mall.file()
    done(mall, "ask", silent["number"], text="Nama loketnya?")
    done(mall, "reply", answered["number"], text="Sudah.")
    mall.pass_time(days=14)
    assert lapse(mall) == 0
    # Ten working days after the answer are over at the end of 7 December.
    mall.pass_time(days=1)
    assert lapse(mall) == 1
    assert mall.ask("track", {"token": answered["token"]})["state"] == "closed"
    mall.pass_time(days=16)
    assert lapse(mall) == 1
    tracked = mall.ask("track", {"token": silent["token"]})
    assert (tracked["state"], [name for name, may in tracked["can"].items() if may]) == ("withdrawn", [])
    with mall.deployment.database.reading() as session:
        assert session.scalars(select(Pause.ended_on)).all() != [None]
    assert told(mall)[-2:] == ["complaint.closed.v1", "complaint.withdrawn.v1"]


def test_a_third_question_is_for_a_supervisor(mall: Mall) -> None:
    filed = mall.file()
    for each in range(2):
        done(mall, "ask", filed["number"], text=f"Pertanyaan {each}")
        decide(mall, filed["token"], "complete", "Ini.")
    refused = act(mall, "ask", filed["number"], text="Sekali lagi")
    assert (refused.status_code, refused.json()["code"]) == (403, "too_many_pauses")
    assert done(mall, "ask", filed["number"], by="pengawas", text="Sekali lagi")["state"] == "to_complete"


def test_notes_are_for_colleagues_and_move_nothing(mall: Mall) -> None:
    filed = mall.file()
    before = act(mall, "note", filed["number"], text="Tanya Bu Rina dulu.").json()
    assert (before["revision"], before["due_on"]) == (1, filed["due_on"])
    assert before["thread"][-1]["text"] == "Tanya Bu Rina dulu."
    assert mall.ask("track", {"token": filed["token"]})["thread"] == []


def test_a_wrong_address_is_forwarded_and_keeps_its_day(mall: Mall) -> None:
    filed = mall.file()
    done(mall, "take", filed["number"])
    case = done(mall, "forward", filed["number"], agency="mall", text="Ini soal gedung.")
    assert (case["state"], case["agency"]["code"], case["officer"]) == ("forwarded", "mall", None)
    tracked = mall.ask("track", {"token": filed["token"]})
    assert (tracked["agency"], tracked["due_on"]) == ("mall", filed["due_on"])
    again = act(mall, "forward", filed["number"], agency="mall", text="Sekali lagi.")
    assert again.json()["details"]["fields"].keys() == {"agency"}
    unknown = act(mall, "forward", filed["number"], agency="police", text="Ke sana.")
    assert unknown.json()["code"] == "unknown_agency"


def test_s2_8_nobody_refuses_a_complaint_alone_and_its_holder_can_object(mall: Mall) -> None:
    filed = mall.file()
    number = filed["number"]
    done(mall, "propose-refusal", number, by="pengawas", ground="in_court", text="Sedang diadili.")
    own = act(mall, "decide-refusal", number, by="pengawas", decision="refuse")
    assert (own.status_code, own.json()["code"]) == (403, "second_person_needed")
    officer = act(mall, "decide-refusal", number, decision="refuse")
    assert officer.status_code == 403
    with mall.deployment.database.transaction() as session:
        accounts.create_officer(
            session,
            username="kepala",
            name="Kepala Uji",
            password="kata-sandi-uji",
            role="supervisor",
            now=mall.deployment.clock.now(),
        )
    assert done(mall, "decide-refusal", number, by="kepala", decision="keep")["state"] == "received"
    done(mall, "propose-refusal", number, ground="in_court", text="Sedang diadili.")
    assert done(mall, "decide-refusal", number, by="kepala", decision="refuse")["state"] == "refused"
    tracked = mall.ask("track", {"token": filed["token"]})
    assert (tracked["refused_for"], tracked["thread"][-1]["text"]) == ("in_court", "Sedang diadili.")
    assert decide(mall, filed["token"], "reopen", "Perkara lain.")["state"] == "reopened"


def test_an_objection_comes_in_time_or_not_at_all(mall: Mall) -> None:
    filed = mall.file()
    done(mall, "reply", filed["number"], text="Sudah.")
    decide(mall, filed["token"], "accept")
    mall.pass_time(days=31)
    assert not mall.ask("track", {"token": filed["token"]})["can"]["reopen"]
    with pytest.raises(Exception, match="too_late_to_reopen"):
        decide(mall, filed["token"], "reopen", "Terlambat.")
    assert done(mall, "reopen", filed["number"], by="pengawas", text="Ada bukti baru.")["state"] == "reopened"


def test_a_supervisor_gives_more_time_with_a_reason_and_the_holder_is_told(mall: Mall) -> None:
    filed = mall.file()
    assert act(mall, "extend", filed["number"], days=5, text="Menunggu pusat").status_code == 403
    case = done(mall, "extend", filed["number"], by="pengawas", days=5, text="Menunggu pusat")
    assert (case["due_on"], case["extensions"][0]["due_on"]) == ("2026-12-18", filed["due_on"])
    assert told(mall)[-1] == "complaint.extended.v1"
    for wrong in (0, 31):
        answer = act(mall, "extend", filed["number"], by="pengawas", days=wrong, text="x")
        assert answer.json()["details"]["fields"].keys() == {"days"}


def test_what_oversight_bodies_look_into_has_60_working_days(mall: Mall) -> None:
    number = mall.file()["number"]
    assert act(mall, "qualify", number, is_oversight=True).status_code == 403
    case = done(
        mall, "qualify", number, by="pengawas", maladministration="demand_for_reward", is_oversight=True
    )
    assert (case["working_days"], case["due_on"], case["is_oversight"]) == (60, "2027-02-22", True)


def test_danger_to_life_goes_before_all_others_and_to_the_ombudsman_at_once(mall: Mall) -> None:
    early = mall.file(classification="information")["number"]
    danger = mall.file(claims_danger=True)["number"]
    case = done(mall, "urgent", danger, text="Pasien gawat.")
    assert (case["is_urgent"], case["level"]) == (True, "ombudsman")
    assert case["thread"][0]["kind"] == "danger_claimed"
    with mall.desk() as desk:
        found = call(mall, desk, "GET", "cases").json()["cases"]
    assert [each["number"] for each in found] == [danger, early]
    assert told(mall)[-1] == "complaint.urgent.v1"


def test_two_about_the_same_thing_are_answered_together(mall: Mall) -> None:
    first, second, third = mall.file(), mall.file(), mall.file(agency="legal")
    done(mall, "join", second["number"], main=first["number"])
    done(mall, "reply", first["number"], text="Lift sudah diperbaiki.")
    assert mall.ask("track", {"token": second["token"]})["state"] == "answered"
    assert mall.ask("track", {"token": third["token"]})["state"] == "received"
    for wrong in (first["number"], third["number"], "P-2026-999999", "x"):
        answer = act(mall, "join", third["number"], main=wrong)
        assert answer.json()["details"]["fields"].keys() == {"main"}


def test_s2_9_the_ombudsman_asks_and_wants_something_put_right_under_its_own_number(mall: Mall) -> None:
    filed = mall.file()
    number = filed["number"]
    done(mall, "reply", number, text="Tidak ada masalah.")
    case = done(
        mall, "clarify", number, by="pengawas", text="Jelaskan.", ombudsman_number="0179/LM/VI/2026/SRG"
    )
    assert (case["state"], case["ombudsman_number"]) == ("clarification", "0179/LM/VI/2026/SRG")
    case = done(mall, "correct", number, by="pengawas", text="Kembalikan biayanya.")
    assert (case["state"], case["ombudsman_number"]) == ("corrective_action", "0179/LM/VI/2026/SRG")
    assert done(mall, "reply", number, text="Sudah dikembalikan.")["state"] == "answered"


def test_who_works_for_an_agency_neither_reads_nor_counts_nor_guesses_those_of_others(mall: Mall) -> None:
    foreign = mall.file(agency="legal")["number"]
    own = mall.file()["number"]
    with mall.deployment.database.transaction() as session:
        officer = session.scalar(
            select(accounts.officers.c.id).where(accounts.officers.c.username == "pengaduan")
        )
        session.add(DeskAgency(officer_id=officer, agency="immigration"))
    with mall.desk() as desk:
        for state in ("open", "all", "received", "unassigned"):
            listed = call(mall, desk, "GET", f"cases?state={state}").json()
            assert [case["number"] for case in listed["cases"]] == [own]
            assert listed["counts"]["open"] == listed["counts"]["received"] == 1
        search = call(mall, desk, "GET", f"cases?state=all&number={foreign}").json()
        assert search["cases"] == []
        made_up = call(mall, desk, "GET", "cases/P-2026-999999")
        there = call(mall, desk, "GET", f"cases/{foreign}")
        assert there.status_code == made_up.status_code == 404
        assert {**there.json(), "request_id": ""} == {**made_up.json(), "request_id": ""}
        for name in ("take", "reply", "note", "forward"):
            said = {"revision": 1, "text": "x", "agency": "immigration"}
            body = {key: said[key] for key in {"take": ["revision"], "note": ["text"]}.get(name, said)}
            if name == "reply":
                body.pop("agency")
            answer = call(mall, desk, "POST", f"cases/{foreign}/{name}", body, key=new_id())
            assert answer.json()["code"] == "unknown_complaint"
        joined = call(mall, desk, "POST", f"cases/{own}/join", {"revision": 1, "main": foreign}, key=new_id())
        assert joined.json()["details"]["fields"].keys() == {"main"}
        # What is passed on is nobody's here any more.
        body = {"revision": 1, "agency": "mall", "text": "Soal gedung."}
        for _ in range(2):
            # The second is the repeat of whoever did not hear the answer.
            assert call(mall, desk, "POST", f"cases/{own}/forward", body, key="salur").status_code == 204
        other = call(mall, desk, "POST", f"cases/{own}/forward", body, key="lain")
        assert other.json()["code"] == "unknown_complaint"
        assert call(mall, desk, "GET", f"cases/{own}").status_code == 404


def test_a_case_is_given_to_somebody_who_then_has_it(mall: Mall) -> None:
    number = mall.file(confidential=True)["number"]
    assert act(mall, "assign", number, officer="rekan").status_code == 403
    assert done(mall, "assign", number, by="pengawas", officer="rekan")["officer"] == "Rekan Uji"
    with mall.desk("rekan") as desk:
        assert call(mall, desk, "GET", "cases?state=mine").json()["counts"]["mine"] == 1
        assert call(mall, desk, "GET", f"cases/{number}").status_code == 200
    wrong = act(mall, "assign", number, by="pengawas", officer="tidak-ada")
    assert wrong.json()["details"]["fields"].keys() == {"officer"}
    assert done(mall, "assign", number, by="pengawas")["officer"] is None


def test_rows_that_were_answered_by_an_older_release_wait_for_a_word_from_now_on(mall: Mall) -> None:
    filed = mall.file()
    done(mall, "reply", filed["number"], text="Sudah.")
    with mall.deployment.database.transaction() as session:
        session.scalars(select(Complaint)).one().lapses_at = None
    mall.pass_time(days=60)
    with mall.deployment.database.transaction() as session:
        assert clock.adopt_answered(session, now=mall.deployment.clock.now()) == 1
    assert lapse(mall) == 0
    assert mall.ask("track", {"token": filed["token"]})["waits_until"] is not None


def climb(mall: Mall) -> None:
    """Let the clock run."""
    with mall.deployment.database.transaction() as session:
        escalating.climb(session, keyring=mall.keyring, now=mall.deployment.clock.now())


@pytest.mark.parametrize(("first", "then"), [("mall", "immigration"), ("immigration", "mall")])
def test_what_is_forwarded_goes_on_climbing_and_reaches_no_level_twice(
    mall: Mall, first: str, then: str
) -> None:
    mall.deployment.settings = replace(mall.deployment.settings, agencies=("immigration", "legal"))
    number = mall.file(agency=first, site=None, service=None)["number"]
    mall.pass_time(days=27 if first == "mall" else 19)
    climb(mall)
    before = act(mall, "note", number, text="Salah alamat.").json()
    assert before["level"] == {"mall": "mall", "immigration": "unit_head"}[first]
    done(mall, "forward", number, agency=then, text="Ini urusan mereka.")
    mall.pass_time(days=40)
    climb(mall)
    thread = act(mall, "note", number, text="Sudah naik.").json()["thread"]
    rungs = [turn["text"] for turn in thread if turn["kind"] in ("reminded", "escalated")]
    assert len(set(rungs)) == len(rungs)
    assert rungs[-1] == "ombudsman"


def test_a_confidential_case_is_opened_neither_by_marking_it_nor_by_answering_another(mall: Mall) -> None:
    secret, plain = mall.file(confidential=True), mall.file()
    assert act(mall, "urgent", secret["number"], text="Buka!").json()["code"] == "confidential_case"
    done(mall, "join", secret["number"], by="pengawas", main=plain["number"])
    done(mall, "reply", plain["number"], text="Sudah diperbaiki.")
    assert mall.ask("track", {"token": secret["token"]})["state"] == "answered"
    with mall.desk() as desk:
        assert call(mall, desk, "GET", f"cases/{secret['number']}").json()["code"] == "confidential_case"


def test_what_was_answered_once_is_neither_refused_nor_left_to_silence(mall: Mall) -> None:
    filed = mall.file()
    number = filed["number"]
    done(mall, "propose-refusal", number, ground="settled", text="Sudah selesai.")
    done(mall, "reply", number, text="Sudah.")
    assert act(mall, "note", number, text="Usulan gugur.").json()["proposal"] is None
    decide(mall, filed["token"], "dispute", "Belum.")
    assert done(mall, "take", number)["state"] == "in_progress"
    for name, said in (("ask", {}), ("propose-refusal", {"ground": "settled"})):
        answer = act(mall, name, number, text="Lagi.", **said)
        assert answer.json()["code"] == "transition_not_allowed"


def test_a_case_is_given_to_nobody_who_could_not_see_it_and_no_typing_error_opens_all(mall: Mall) -> None:
    number = mall.file(agency="legal")["number"]
    mall.deployment.settings = replace(mall.deployment.settings, agencies=("immigration", "legal"))
    with mall.desk("pengawas") as desk:
        page = desk.get(f"{mall.base_url}/staff", timeout=10).text
        token = re.search(r'name="form_token" value="([^"]+)"', page)
        assert token is not None
        form = {"form_token": token[1], "username": "rekan"}
        for agencies, status in ((["imigrasi"], 422), (["immigration"], 200)):
            sent = desk.post(f"{mall.base_url}/staff", data={**form, "agencies": agencies}, timeout=10)
            assert sent.status_code == status
        unknown = desk.post(f"{mall.base_url}/staff", data={**form, "username": "\x00"}, timeout=10)
        assert unknown.status_code == 404
    refused = act(mall, "assign", number, by="pengawas", officer="rekan")
    assert refused.json()["details"]["fields"].keys() == {"officer"}
