"""The cases of the desk, on both databases: what comes first, what is counted, and who wins a race."""

import eventlet
from gerai_shared.ids import new_id

from tests.integration.complaints.conftest import FACTS, Mall, call


def test_what_is_overdue_comes_first_and_the_filters_count(mall: Mall) -> None:
    late = mall.file(classification="information")["number"]
    mall.pass_time(days=8)
    soon = mall.file(classification="information")["number"]
    far = mall.file()["number"]
    with mall.desk() as desk:
        found = call(mall, desk, "GET", "cases").json()
        assert [case["number"] for case in found["cases"]] == [late, soon, far]
        assert [case["overdue"] for case in found["cases"]] == [True, False, False]
        assert [case["working_days_left"] for case in found["cases"]] == [-1, 5, 14]
        counts = {"open": 3, "overdue": 1, "received": 3, "answered": 0, "unassigned": 3, "mine": 0}
        assert found["counts"].items() >= counts.items()
        # What is over is not counted: there may be very many.
        assert not found["counts"].keys() & {"all", "closed", "accepted", "withdrawn", "refused"}
        overdue = call(mall, desk, "GET", "cases?state=overdue").json()
        assert [case["number"] for case in overdue["cases"]] == [late]
        search = call(mall, desk, "GET", f"cases?state=all&number={soon[-3:]}").json()
        assert [case["number"] for case in search["cases"]] == [soon]
        assert not call(mall, desk, "GET", "cases?state=all&number=99").json()["cases"]
        assert call(mall, desk, "GET", "cases?state=nothing").status_code == 422
        assert call(mall, desk, "GET", "cases?page=-5&number=%00%27").status_code == 200


def test_the_desk_answers_json_like_its_pages(mall: Mall) -> None:
    number = mall.file(ticket_facts=FACTS)["number"]
    with mall.desk() as desk:
        case = call(mall, desk, "GET", f"cases/{number}").json()
        assert case["ticket"] == FACTS
        assert (case["state"], case["revision"]) == ("received", 1)
        assert [act for act, possible in case["can"].items() if possible] == [
            "take",
            "verify",
            "reply",
            "note",
            "ask",
            "forward",
            "qualify",
            "urgent",
            "join",
            "propose-refusal",
        ]
        assert case["agency"] == {"code": "immigration", "id": None, "en": None}
        taken = call(mall, desk, "POST", f"cases/{number}/take", {"revision": 1}, key="ambil").json()
        assert (taken["state"], taken["revision"], taken["thread"][0]["officer"]) == (
            "in_progress",
            2,
            "Petugas Uji",
        )
        reply = {"revision": 2, "text": "Sudah."}
        first = call(mall, desk, "POST", f"cases/{number}/reply", reply, key="jawab")
        again = call(mall, desk, "POST", f"cases/{number}/reply", reply, key="jawab")
        assert first.json() == again.json()
        assert first.json()["state"] == "answered"


def test_a_key_used_for_another_answer_is_refused(mall: Mall) -> None:
    number = mall.file()["number"]
    with mall.desk() as desk:
        call(mall, desk, "POST", f"cases/{number}/take", {"revision": 1}, key="kunci")
        other = call(mall, desk, "POST", f"cases/{number}/take", {"revision": 2}, key="kunci")
    assert other.json()["code"] == "idempotency_key_reused"


def test_of_two_officers_who_answer_at_once_one_answers(mall: Mall) -> None:
    number = mall.file()["number"]

    def answer(text: str) -> str:
        with mall.desk() as desk:
            sent = call(
                mall, desk, "POST", f"cases/{number}/reply", {"revision": 1, "text": text}, key=new_id()
            ).json()
        return str(sent.get("code", "answered"))

    racing = [eventlet.spawn(answer, f"Jawaban {each}") for each in range(4)]
    assert sorted(each.wait() for each in racing) == ["answered", *["stale_revision"] * 3]
    with mall.desk() as desk:
        thread = call(mall, desk, "GET", f"cases/{number}").json()["thread"]
    assert [turn["kind"] for turn in thread] == ["answered"]
