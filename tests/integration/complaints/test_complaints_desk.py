"""The desk over HTTP: pages in a browser without scripts, JSON, sessions, refusals."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests
from gerai_shared.ids import new_id

from tests.integration.complaints.conftest import FACTS, PASSWORD, Mall, call


def fields_of(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form with this address."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form, action
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form.group())
    }


class Browser:
    """A browser without scripts: follows links, fills in forms, keeps cookies."""

    def __init__(self, mall: Mall) -> None:
        self.mall = mall
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "id"
        self.page = ""

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        answer = self.session.get(self.mall.base_url + path, timeout=10)
        self.page = answer.text
        return answer

    def send(self, action: str, **typed: str) -> requests.Response:
        """Send the form with this address from the page that is open."""
        data = {**fields_of(self.page, action), **typed}
        answer = self.session.post(self.mall.base_url + action, data=data, timeout=10)
        self.page = answer.text
        return answer

    def sign_in(self) -> None:
        """Sign in as an officer."""
        self.get("/sign-in")
        answer = self.send("/sign-in", username="pengaduan", password=PASSWORD)
        assert answer.status_code == 200, answer.text


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite alone: what depends on the database is tested with the requests and the cases."""
    return f"sqlite:///{tmp_path / 'complaints.sqlite'}"


@pytest.fixture
def browser(mall: Mall) -> Browser:
    """A browser in which an officer is signed in."""
    browser = Browser(mall)
    browser.sign_in()
    return browser


def test_an_officer_takes_a_complaint_in_hand_and_answers_it_without_scripts(
    mall: Mall, browser: Browser
) -> None:
    number = mall.file(ticket_facts=FACTS)["number"]
    assert number in browser.get("/cases").text
    page = browser.get(f"/cases/{number}").text
    assert "A-031" in page
    assert "Siti Contoh" in page
    assert "081234567890" not in page
    taken = browser.send(f"/cases/{number}/take")
    assert [each.status_code for each in taken.history] == [303]
    assert taken.url.endswith(f"/cases/{number}?done=take")
    assert "Ditangani" in taken.text
    answered = browser.send(f"/cases/{number}/reply", **{"reply-text": "Kami menambah satu loket."})
    assert answered.url.endswith("?done=reply")
    assert "Kami menambah satu loket." in answered.text
    assert mall.wait_for("complaint.answered.v1").data["previous_state"] == "in_progress"
    assert number not in browser.get("/cases").text
    assert number in browser.get("/cases?state=answered").text


@pytest.mark.parametrize(("channel", "said"), [("counter", "Di loket"), ("phone", "Lewat telepon")])
def test_s2_1_what_is_said_at_the_counter_or_by_telephone_is_taken_down_with_a_receipt(
    mall: Mall, browser: Browser, channel: str, said: str
) -> None:
    typed = {
        "channel": channel,
        "classification": "complaint",
        "agency": "immigration",
        "title": "Diminta biaya tambahan",
        "text": "Di loket dua saya diminta biaya tambahan.",
        "principal": "Budi Contoh",
        "relation": "Anaknya",
        "language": "id",
    }
    browser.get("/cases/new")
    refused = browser.send("/cases/new", **typed)
    assert refused.status_code == 422
    assert "Di loket dua saya diminta biaya tambahan." in refused.text
    receipt = browser.send("/cases/new", **typed, name="Siti Contoh")
    number = re.search(r"P-2026-[0-9]{6}", receipt.text)
    assert number is not None
    assert receipt.url.endswith(f"/cases/{number.group()}/receipt")
    for part in ("Petugas Uji", "Jumat, 11 Desember 2026", "/c/complaint."):
        assert part in receipt.text
    page = browser.get(f"/cases/{number.group()}").text
    for part in (said, "Siti Contoh", "Budi Contoh (Anaknya)", "Petugas Uji"):
        assert part in page
    # Whoever did not take it down is not shown what opens it.
    with mall.desk("rekan") as colleague:
        assert colleague.get(f"{mall.base_url}/cases/{number.group()}/receipt", timeout=10).status_code == 404


def test_a_form_sent_twice_answers_once(mall: Mall, browser: Browser) -> None:
    number = mall.file()["number"]
    browser.get(f"/cases/{number}")
    page = browser.page
    for _ in range(2):
        browser.page = page
        assert browser.send(f"/cases/{number}/reply", **{"reply-text": "Sudah."}).status_code == 200
    assert browser.page.count("message--answer") == 1


def test_who_answers_an_old_revision_is_told_and_keeps_what_they_typed(mall: Mall, browser: Browser) -> None:
    number = mall.file()["number"]
    browser.get(f"/cases/{number}")
    with mall.desk() as colleague:
        taken = call(mall, colleague, "POST", f"cases/{number}/take", {"revision": 1}, key=new_id())
        assert taken.status_code == 200
    stale = browser.send(f"/cases/{number}/reply", **{"reply-text": "Jawaban panjang saya"})
    assert stale.status_code == 409
    assert "sudah diubah orang lain" in stale.text
    assert "Jawaban panjang saya</textarea>" in stale.text
    assert browser.send(f"/cases/{number}/reply", **{"reply-text": "Jawaban panjang saya"}).status_code == 200


def test_an_empty_answer_is_refused_at_its_field(mall: Mall, browser: Browser) -> None:
    number = mall.file()["number"]
    browser.get(f"/cases/{number}")
    refused = browser.send(f"/cases/{number}/reply", **{"reply-text": "   "})
    assert refused.status_code == 422
    assert 'href="#field-reply-text"' in refused.text
    assert "Mohon diisi." in refused.text


def test_a_form_of_another_site_is_refused(mall: Mall, browser: Browser) -> None:
    number = mall.file()["number"]
    browser.get(f"/cases/{number}")
    for action in (f"/cases/{number}/take", f"/cases/{number}/reply", "/sign-out", "/sign-in"):
        answer = browser.session.post(
            mall.base_url + action, data={"form_token": "x", "revision": "1", "text": "x"}, timeout=10
        )
        assert answer.status_code == 403
    assert "Baru" in browser.get(f"/cases/{number}").text


def test_the_desk_is_not_told_who_stays_anonymous(mall: Mall, browser: Browser) -> None:
    number = mall.file(anonymous=True)["number"]
    page = browser.get(f"/cases/{number}").text
    with mall.desk() as desk:
        told = call(mall, desk, "GET", f"cases/{number}").text
    for private in ("Siti", "siti@contoh.example", "6281234567890"):
        assert private not in page
        assert private not in told
    assert "Memilih anonim" in page


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ({"name": "Siti Contoh", "email": "siti@contoh.example"}, "diberi tahu lewat surel."),
        ({"name": "Siti Contoh", "phone": "081234567890"}, "tidak diberi tahu"),
    ],
)
def test_an_officer_hears_whether_the_answer_was_announced(
    mall: Mall, browser: Browser, person: dict[str, str], said: str
) -> None:
    number = mall.file(person=person)["number"]
    browser.get(f"/cases/{number}")
    assert said in browser.send(f"/cases/{number}/reply", **{"reply-text": "Sudah."}).text


def test_a_dispute_shows_its_new_due_date_in_the_history(mall: Mall, browser: Browser) -> None:
    filed = mall.file()
    number = filed["number"]
    browser.get(f"/cases/{number}")
    browser.send(f"/cases/{number}/reply", **{"reply-text": "Sudah."})
    mall.pass_time(days=21)
    mall.ask("decide", {"token": filed["token"], "decision": "dispute", "text": "Belum."}, key="keberatan")
    browser.sign_in()
    page = browser.get(f"/cases/{number}").text
    assert "Jatuh tempo baru: Kamis, 7 Januari 2027" in page
    assert "2027-01-07</span>" not in page
    assert "Tinggal 14 hari kerja" in page


def test_what_people_typed_is_shown_and_never_run(mall: Mall, browser: Browser) -> None:
    number = mall.file(title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")["number"]
    for path in ("/cases", f"/cases/{number}"):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page
        assert "<img" not in page


def test_nobody_sees_anything_before_signing_in_and_lands_where_they_wanted(mall: Mall) -> None:
    number = mall.file()["number"]
    browser = Browser(mall)
    page = browser.get(f"/cases/{number}")
    assert page.url == f"{mall.base_url}/sign-in?next=%2Fcases%2F{number}"
    wrong = browser.send("/sign-in", username="pengaduan", password="salah-sekali")
    assert wrong.status_code == 401
    assert "Nama pengguna atau kata sandi salah." in wrong.text
    assert (
        browser.send("/sign-in", username="pengaduan", password=PASSWORD).url
        == f"{mall.base_url}/cases/{number}"
    )
    assert browser.send("/sign-out").url == f"{mall.base_url}/sign-in"
    assert browser.get("/cases").url.startswith(f"{mall.base_url}/sign-in")


def test_signing_in_never_leads_to_a_strange_address(mall: Mall) -> None:
    for wish in ("https://other.example/", "//other.example", "/cases/../x", "/sign-out"):
        browser = Browser(mall)
        browser.get("/sign-in")
        answer = browser.send("/sign-in", username="pengaduan", password=PASSWORD, next=wish)
        assert answer.url == f"{mall.base_url}/cases"


def test_a_long_list_has_pages(mall: Mall, browser: Browser) -> None:
    for _ in range(26):
        mall.file()
    assert "Halaman 1, 26 pengaduan" in browser.get("/cases").text
    second = browser.get("/cases?state=open&page=2").text
    assert second.count('class="code no-wrap"') == 1


def test_what_the_desk_refuses_has_a_code_and_changes_nothing(mall: Mall) -> None:
    number = mall.file()["number"]
    wrong: list[tuple[str, Any, str | None, int, str]] = [
        ("reply", {"revision": 1, "text": "x"}, None, 400, "idempotency_key_missing"),
        ("reply", {"revision": 7, "text": "x"}, "k", 409, "stale_revision"),
        ("reply", {"revision": 1}, "k", 422, "invalid_request"),
        ("reply", {"revision": 1, "text": "x", "state": "closed"}, "k", 422, "invalid_request"),
        ("take", {"revision": "x"}, "k", 422, "invalid_request"),
        ("take", [], "k", 400, "unreadable_body"),
        ("close", {"revision": 1}, "k", 404, "not_found"),
    ]
    with mall.desk() as desk:
        for path, body, key, status, code in wrong:
            answer = call(mall, desk, "POST", f"cases/{number}/{path}", body, key=key)
            assert (answer.status_code, answer.json()["code"]) == (status, code)
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert call(mall, desk, "GET", f"cases/{number}").json()["revision"] == 1


def test_json_is_for_officers_alone(mall: Mall) -> None:
    case = f"cases/{mall.file()['number']}"
    strangers: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer made-up"},
        {"Cookie": "officer-complaints=made-up"},
    ]
    for verb, path in (("GET", "cases"), ("GET", case), ("POST", f"{case}/take"), ("POST", f"{case}/reply")):
        for headers in strangers:
            address = f"{mall.base_url}/api/v1/{path}"
            answer = requests.request(verb, address, headers=headers, json={}, timeout=10)
            assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_required")


def test_a_session_is_a_bearer_token_or_a_cookie_and_ends(mall: Mall) -> None:
    opened = requests.post(
        f"{mall.base_url}/api/v1/session", json={"username": "Pengaduan", "password": PASSWORD}, timeout=10
    )
    cookie = opened.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    bearer = {"Authorization": f"Bearer {opened.json()['token']}"}
    assert opened.json()["officer"] == {"username": "pengaduan", "name": "Petugas Uji", "role": "officer"}
    address = f"{mall.base_url}/api/v1/cases"
    assert requests.get(address, headers=bearer, timeout=10).status_code == 200
    assert requests.delete(f"{mall.base_url}/api/v1/session", headers=bearer, timeout=10).status_code == 204
    assert requests.get(address, headers=bearer, timeout=10).status_code == 401


def test_a_form_cannot_pose_as_json(mall: Mall) -> None:
    number = mall.file()["number"]
    with mall.desk() as desk:
        answer = desk.post(
            f"{mall.base_url}/api/v1/cases/{number}/take",
            data='{"revision": 1}',
            headers={"Content-Type": "text/plain", "Idempotency-Key": "k"},
            timeout=10,
        )
    assert answer.json()["code"] == "unreadable_body"


def test_a_case_that_does_not_exist_is_a_page_that_says_so(mall: Mall, browser: Browser) -> None:
    for number in ("P-2026-999999", "x", "P-2026-00000%00"):
        answer = browser.get(f"/cases/{number}")
        assert answer.status_code == 404
        assert "Tidak ada pengaduan" in answer.text


def test_the_desk_tells_its_health(mall: Mall) -> None:
    ready = requests.get(f"{mall.base_url}/readyz", timeout=10)
    assert (ready.status_code, ready.json()["needs"]) == (200, {"database": True})
    assert "gerai_outbox_waiting" in requests.get(f"{mall.base_url}/metrics", timeout=10).text
