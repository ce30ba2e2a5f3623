"""Confidential cases, on both databases: who reads them, who is told only that there is one."""

import re
from typing import Any

import requests
from gerai_shared.ids import new_id

from tests.integration.complaints.conftest import Mall, call

TITLE, TEXT = "Petugas meminta uang", "Ia meminta seratus ribu rupiah."


def confidential(mall: Mall) -> str:
    """File a confidential complaint; return its number."""
    number: str = mall.file(confidential=True, title=TITLE, text=TEXT)["number"]
    return number


def post(mall: Mall, desk: requests.Session, path: str, **body: Any) -> requests.Response:
    """Order something with a key of its own."""
    return call(mall, desk, "POST", f"cases/{path}", body, key=new_id())


def page(mall: Mall, desk: requests.Session, path: str) -> requests.Response:
    """Open a page in Indonesian."""
    return desk.get(f"{mall.base_url}{path}", headers={"Accept-Language": "id"}, timeout=10)


def test_an_officer_learns_only_that_there_is_a_confidential_case(mall: Mall) -> None:
    number = confidential(mall)
    with mall.desk() as desk:
        refused = call(mall, desk, "GET", f"cases/{number}")
        assert (refused.status_code, refused.json()["code"]) == (403, "confidential_case")
        assert refused.json()["details"] == {"revision": 1, "may_take": True}
        listed = call(mall, desk, "GET", "cases")
        case = listed.json()["cases"][0]
        assert (case["number"], case["title"], case["confidential"]) == (number, None, True)
        pages = [page(mall, desk, path) for path in ("/cases", f"/cases/{number}")]
    assert [each.status_code for each in pages] == [200, 403]
    assert "Rahasia" in pages[0].text
    assert "hanya petugas yang menanganinya dan pengawas" in pages[1].text
    for answer in (refused, listed, *pages):
        assert TITLE not in answer.text
        assert TEXT not in answer.text
    with mall.desk() as desk:
        english = desk.get(f"{mall.base_url}/cases/{number}?lang=en", timeout=10)
    assert "only who takes it in hand and the supervisors read it" in english.text


def test_a_supervisor_reads_and_answers_every_case(mall: Mall) -> None:
    number = confidential(mall)
    with mall.desk("pengawas") as desk:
        assert call(mall, desk, "GET", "cases").json()["cases"][0]["title"] == TITLE
        assert call(mall, desk, "GET", f"cases/{number}").json()["text"] == TEXT
        assert "Rahasia" in page(mall, desk, f"/cases/{number}").text
        assert post(mall, desk, f"{number}/reply", revision=1, text="Diperiksa.").status_code == 200


def test_who_takes_a_confidential_case_in_hand_reads_it_from_then_on_and_nobody_else(mall: Mall) -> None:
    number = confidential(mall)
    with mall.desk() as desk, mall.desk("rekan") as colleague:
        sealed = page(mall, desk, f"/cases/{number}").text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', sealed))
        taken = desk.post(f"{mall.base_url}/cases/{number}/take", data=fields, timeout=10)
        assert (taken.status_code, TEXT in taken.text, "Petugas Uji" in taken.text) == (200, True, True)
        assert call(mall, desk, "GET", "cases").json()["cases"][0]["title"] == TITLE
        refused = call(mall, colleague, "GET", f"cases/{number}").json()
        assert (refused["code"], refused["details"]["may_take"]) == ("confidential_case", False)
        assert "/take" not in page(mall, colleague, f"/cases/{number}").text
        assert post(mall, colleague, f"{number}/take", revision=2).json()["code"] == "transition_not_allowed"
        assert post(mall, desk, f"{number}/reply", revision=2, text="Diperiksa.").status_code == 200


def test_who_may_not_read_a_case_may_not_answer_it(mall: Mall) -> None:
    number = confidential(mall)
    with mall.desk() as desk:
        refused = post(mall, desk, f"{number}/reply", revision=1, text="Tidak benar.")
        assert (refused.status_code, refused.json()["code"]) == (403, "confidential_case")
    with mall.desk("pengawas") as desk:
        case = call(mall, desk, "GET", f"cases/{number}").json()
    assert (case["state"], case["thread"]) == ("received", [])
