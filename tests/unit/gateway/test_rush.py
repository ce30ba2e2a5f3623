"""When very many come: the waiting room, tasks for devices, and the public check of a ticket."""

import base64
import json
from datetime import timedelta

import pytest
from altcha.v1 import solve_challenge
from gerai_booking import refusals as booking
from gerai_gateway.limits import Limits
from gerai_shared.refusals import Unavailable
from gerai_shared.tokens import make_token
from gerai_shared.waiting_room import NUMBER_LASTS

from tests.unit.gateway.browsing import BOOK, TYPED, booked, held, send, text_of
from tests.unit.gateway.conftest import make_gateway
from tests.unit.gateway.fake_catalogue import NOW, SECRET

SITE, DAY = "mpp-lebak", "2026-11-25"
SLOT = "mpp-lebak.passport-new.20261125T0200Z"
PERSON = {"name": "Warga Contoh", "nik": "3602146508900003", "email": "warga@example.org"}
ROOM = "/room/immigration/mpp-lebak"
RELEASE = {
    "site": SITE,
    "opens_at": (NOW + timedelta(minutes=10)).isoformat(),
    "room_opens_at": (NOW - timedelta(minutes=5)).isoformat(),
    "first": "2026-11-30",
    "last": "2026-12-06",
}
HOLDS, TICKETS = "agencies/immigration/holds", "agencies/immigration/tickets"


@pytest.fixture
def rush():
    """A gateway to which one wish a minute is very many."""
    made = make_gateway(Limits(writes=100_000, reads=1_000_000, identity_writes=1_000, rush=1))
    yield made
    made.mall.boards.close()
    made.settle()


def with_release(gateway, **changes) -> None:
    gateway.agencies.releases = [{**RELEASE, **changes}]
    gateway.mall.catalogues.refresh("immigration")


def drawn(gateway, key: str = "key-for-tests") -> dict:
    asked = {"site": SITE, "day": "2026-12-01"}
    answer = gateway.api("POST", "agencies/immigration/waiting-room", json=asked, key=key)
    assert answer.status_code == 201
    return answer.json


def solved(challenge: dict, /, **changes) -> str:
    found = solve_challenge(challenge["challenge"], challenge["salt"], "SHA-256", challenge["maxnumber"])
    payload = {**challenge, "number": found.number, **changes}
    return base64.b64encode(json.dumps(payload).encode()).decode()


def task(gateway, key: str = "key-of-a-task") -> dict:
    refused = gateway.api("POST", HOLDS, json={"slot_id": SLOT}, key=key)
    assert (refused.status_code, refused.json["code"]) == (428, "proof_required")
    return refused.json["details"]["challenge"]


def told(gateway, method: str) -> dict:
    return [payload for _, asked, payload, _ in gateway.agencies.asked if asked == method][-1]


def test_coming_releases_are_in_the_interface_and_on_the_pages(gateway) -> None:
    assert gateway.api("GET", "agencies/immigration/services").json["next_releases"] == []
    with_release(gateway)
    assert gateway.api("GET", "agencies/immigration/services").json["next_releases"] == [RELEASE]
    opening = "Sen, 30 Nov sampai Min, 6 Des dibuka Selasa, 24 November 2026, 09.10 WIB."
    for page in ("/", "/services/immigration/passport-new", f"{BOOK}?site={SITE}"):
        assert opening in text_of(gateway.client.get(page)), page
    assert f'href="{ROOM}?service=passport-new&amp;day=2026-11-30"' in gateway.client.get(BOOK).text
    gateway.agencies.now += timedelta(minutes=10)
    assert opening not in text_of(gateway.client.get("/"))


def test_a_place_in_line_is_told_without_asking_anybody(gateway) -> None:
    with_release(gateway)
    first, second = drawn(gateway, "key-number-1"), drawn(gateway, "key-number-2")
    asked = len(gateway.agencies.asked)
    assert (first["number"], second["position"], second["admitted"]) == (1, 2, False)
    assert second["expected_wait_seconds"] == 601
    assert second["retry_after"] == 20
    assert second["site"] == SITE
    gateway.agencies.now += timedelta(minutes=10)
    later = gateway.api("GET", f"waiting-room/{second['token']}").json
    assert (later["position"], later["admitted"], later["retry_after"]) == (1, False, 1)
    gateway.agencies.now += timedelta(seconds=1)
    later = gateway.api("GET", f"waiting-room/{second['token']}").json
    assert (later["position"], later["admitted"], later["expected_wait_seconds"]) == (0, True, 0)
    assert len(gateway.agencies.asked) == asked


@pytest.mark.parametrize("token", ["x", "immigration." + "A" * 43, "room-police." + "A" * 43])
def test_what_is_no_number_is_unknown(gateway, token) -> None:
    answer = gateway.api("GET", f"waiting-room/{token}")
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_number")


def test_a_number_of_a_site_that_is_none_of_the_agencys_is_unknown(gateway) -> None:
    token = drawn(gateway)["token"]
    gateway.mall.catalogues._known["immigration"].contents["sites"] = []
    gateway.mall.catalogues._known["immigration"].__dict__.pop("sites", None)
    assert gateway.api("GET", f"waiting-room/{token}").status_code == 404


def test_a_browser_waits_without_scripts_and_is_led_on(gateway) -> None:
    with_release(gateway)
    address = f"{ROOM}?service=passport-new&day=2026-12-01"
    page = gateway.client.get(address)
    answer = send(gateway, page, ROOM, service="passport-new", day="2026-12-01")
    assert answer.headers["Location"] == address
    assert told(gateway, "enter_room")["day"] == "2026-12-01"
    waiting = gateway.client.get(address)
    assert "1 nomor lagi" in text_of(waiting)
    assert "Nomor Anda 1." in text_of(waiting)
    assert "09.10 WIB" in text_of(waiting)
    assert waiting.headers["Refresh"] == "20"
    gateway.agencies.now += timedelta(minutes=10)
    led = gateway.client.get(address)
    assert led.headers["Location"] == "/book/immigration/passport-new?site=mpp-lebak&day=2026-12-01"
    choose = gateway.client.get(ROOM)
    assert "Giliran Anda tiba" in text_of(choose)
    assert 'href="/book/immigration/passport-renewal?site=mpp-lebak"' in choose.text
    gateway.agencies.now += NUMBER_LASTS
    assert "Ambil nomor" in text_of(gateway.client.get(address))


def test_a_room_that_is_not_open_yet_says_when(gateway) -> None:
    with_release(gateway, room_opens_at=(NOW + timedelta(minutes=1)).isoformat())
    page = gateway.client.get(ROOM)
    assert "Nomor diberikan mulai Selasa, 24 November 2026, 09.01 WIB." in text_of(page)
    assert f'action="{ROOM}"' not in page.text


def test_a_refused_number_is_said_on_the_page(gateway) -> None:
    page = gateway.client.get(ROOM)
    gateway.agencies.refuses["enter_room"] = booking.TooManyNumbers(retry_after=900)
    answer = send(gateway, page, ROOM, day="kemarin")
    assert answer.status_code == 429
    assert "Terlalu banyak nomor diambil dari sini." in text_of(answer)
    assert told(gateway, "enter_room")["day"] == "2026-11-24"


@pytest.mark.parametrize("path", ["/room/police/mpp-lebak", "/room/immigration/nowhere"])
def test_there_are_rooms_of_real_places_alone(gateway, path) -> None:
    assert gateway.client.get(path).status_code == 404


def test_whoever_needs_a_number_is_shown_to_the_room_and_comes_back_with_it(gateway) -> None:
    page = gateway.client.get(f"{BOOK}?site={SITE}&day={DAY}")
    gateway.agencies.refuses["hold"] = booking.WaitingRoomOpen(site=SITE, day=DAY)
    answer = send(gateway, page, BOOK, site=SITE, day=DAY, slot_id=SLOT)
    room = answer.headers["Location"]
    assert room == f"{ROOM}?service=passport-new&day={DAY}&again=1"
    del gateway.agencies.refuses["hold"]
    send(gateway, gateway.client.get(room), ROOM, service="passport-new", day=DAY)
    send(gateway, page, BOOK, site=SITE, day=DAY, slot_id=SLOT)
    assert "room_token" not in told(gateway, "hold")
    gateway.agencies.now += timedelta(seconds=10)
    page = gateway.client.get(f"{BOOK}?site={SITE}&day={DAY}")
    assert send(gateway, page, BOOK, site=SITE, day=DAY, slot_id=SLOT).status_code == 303
    assert told(gateway, "hold")["room_token"].startswith("room-immigration.")
    # A number of another room does not help: whoever is sent back may draw again.
    assert "Ambil nomor" in text_of(gateway.client.get(room))


def test_an_hour_chosen_anew_shows_the_way_to_the_room_and_keeps_what_was_typed(gateway) -> None:
    address = held(gateway)
    gateway.agencies.now += timedelta(minutes=11)
    gateway.agencies.refuses["book_batch"] = booking.WaitingRoomOpen(site=SITE, day=DAY)
    answer = send(gateway, gateway.client.get(address), address, **TYPED, slot_id=SLOT)
    assert answer.status_code == 429
    assert f'href="{ROOM}?service=passport-new&amp;day={DAY}&amp;again=1"' in answer.text
    assert TYPED["name"] in answer.text


def test_a_ticket_moves_with_the_number_of_its_browser(gateway) -> None:
    token = booked(gateway)
    send(gateway, gateway.client.get(ROOM), ROOM, day=DAY)
    gateway.agencies.now += timedelta(seconds=10)
    page = gateway.client.get(f"/t/{token}/reschedule")
    send(gateway, page, f"/t/{token}/reschedule", day=DAY, slot_id="mpp-lebak.passport-new.20261125T0300Z")
    assert told(gateway, "reschedule")["room_token"].startswith("room-immigration.")


def test_on_a_quiet_day_nobody_is_given_a_task(gateway) -> None:
    assert gateway.api("POST", HOLDS, json={"slot_id": SLOT, "proof": "whatever"}).status_code == 201
    assert "proof" not in told(gateway, "hold")
    assert "data-proof" not in gateway.client.get(BOOK).text


def test_a_rush_asks_devices_to_solve_a_task(rush) -> None:
    challenge = task(rush)
    assert set(challenge) == {"algorithm", "challenge", "maxnumber", "salt", "signature"}
    body = {"slot_id": SLOT, "proof": solved(challenge)}
    assert rush.api("POST", HOLDS, json=body).status_code == 201
    assert told(rush, "hold")["proof"] == challenge["challenge"]
    booking_body = {"slot_id": SLOT, "purpose": "umrah", "person": PERSON}
    assert rush.api("POST", TICKETS, json=booking_body).status_code == 428
    proof = solved(task(rush))
    assert rush.api("POST", TICKETS, json={**booking_body, "proof": proof}).status_code == 201
    sent = told(rush, "book_batch")["requests"][0]["body"]
    assert len(sent["proof"]) == 64


def test_whoever_holds_a_place_has_solved_one_already(rush) -> None:
    held = rush.api("POST", HOLDS, json={"slot_id": SLOT, "proof": solved(task(rush))}).json
    body = {"hold_token": held["token"], "purpose": "umrah", "person": PERSON, "proof": "leftover"}
    assert rush.api("POST", TICKETS, json=body, key="key-of-booking").status_code == 201
    assert "proof" not in told(rush, "book_batch")["requests"][0]["body"]


@pytest.mark.parametrize(
    "changes",
    [
        {"number": -1},
        {"signature": "0" * 64},
        {"challenge": "0" * 64},
        {"algorithm": "SHA-1"},
        {"salt": "without an end"},
        {"salt": ["no text"]},
    ],
)
def test_a_proof_that_proves_nothing_gets_another_task(rush, changes) -> None:
    proof = solved(task(rush), **changes)
    assert rush.api("POST", HOLDS, json={"slot_id": SLOT, "proof": proof}).status_code == 428


@pytest.mark.parametrize(
    "proof", ["", "x", "e30=", "bnVsbA==", "W10=", base64.b64encode(b"[" * 700).decode()]
)
def test_what_is_no_proof_at_all_gets_another_task(rush, proof) -> None:
    assert rush.api("POST", HOLDS, json={"slot_id": SLOT, "proof": proof}).status_code == 428


def test_a_task_is_over_after_half_an_hour(rush) -> None:
    proof = solved(task(rush))
    rush.agencies.now += timedelta(minutes=31)
    assert rush.api("POST", HOLDS, json={"slot_id": SLOT, "proof": proof}).status_code == 428


def test_every_gateway_takes_the_tasks_of_the_others(rush) -> None:
    proof = solved(task(rush))
    other = make_gateway(Limits(rush=1))
    assert other.api("POST", HOLDS, json={"slot_id": SLOT, "proof": proof}).status_code == 201
    other.mall.boards.close()


def test_a_number_that_came_up_counts_as_a_solved_task(rush) -> None:
    token = drawn(rush)["token"]
    body = {"slot_id": SLOT, "room_token": token}
    assert rush.api("POST", HOLDS, json=body, key="key-too-early").status_code == 428
    rush.agencies.now += timedelta(seconds=10)
    assert rush.api("POST", HOLDS, json=body, key="key-in-time").status_code == 201
    assert told(rush, "hold")["room_token"] == token


def test_a_page_carries_the_task_and_another_way_for_who_has_no_scripts(rush) -> None:
    send(rush, rush.client.get(BOOK), BOOK, site=SITE, day=DAY, slot_id=SLOT)
    page = rush.client.get(f"{BOOK}?site={SITE}&day={DAY}")
    found = page.text.partition("data-proof='")[2].partition("'")[0]
    room = f"{ROOM}?service=passport-new&amp;day={DAY}&amp;again=1"
    assert page.text.partition("<noscript>")[2].partition("</noscript>")[0].count(room) == 1
    refused = send(rush, page, BOOK, site=SITE, day=DAY, slot_id=SLOT)
    assert refused.status_code == 428
    assert "Sangat banyak orang menginginkan tempat sekarang." in text_of(refused)
    proof = solved(json.loads(found))
    answer = send(rush, page, BOOK, site=SITE, day=DAY, slot_id=SLOT, proof=proof)
    assert answer.status_code == 303
    details = answer.headers["Location"]
    rush.agencies.now += timedelta(minutes=11)
    assert "data-proof" in rush.client.get(details).text


def test_demand_calms_down(rush) -> None:
    moment = rush.mall.monotonic()
    task(rush)
    rush.mall.monotonic = lambda: moment + 3600
    assert "data-proof" not in rush.client.get(BOOK).text


def genuine(gateway, **changes) -> str:
    code = make_token(
        secret=SECRET, realm="check-immigration", identifier="018f3c2e-0000-7000-8000-000000000001"
    )
    gateway.agencies.checks[code] = {
        "agency": "immigration",
        "agency_name": {"id": "Imigrasi", "en": "Immigration"},
        "number": "A-012",
        "state": "booked",
        "is_valid": True,
        "service_name": {"id": "Paspor baru", "en": "New passport"},
        "site_name": {"id": "Mal Pelayanan Publik Lebak", "en": "Lebak Public Service Mall"},
        "time_zone": "Asia/Jakarta",
        "day": "2026-11-25",
        "starts_at": "2026-11-25T02:00:00+00:00",
        "name_masked": "Wa*** Co****",
        **changes,
    }
    return code


def test_a_genuine_ticket_is_shown_with_what_can_be_compared(gateway) -> None:
    code = genuine(gateway)
    assert gateway.api("GET", f"checks/{code}").json["number"] == "A-012"
    seen = text_of(gateway.client.get(f"/check/{code}"))
    for expected in (
        "Asli dan berlaku",
        "A-012",
        "Paspor baru",
        "Rabu, 25 November 2026",
        "09.00 WIB",
        "Wa*** Co****",
    ):
        assert expected in seen
    assert "terikat pada NIK" in seen


def test_a_cancelled_ticket_is_genuine_and_helps_nobody(gateway) -> None:
    code = genuine(gateway, is_valid=False, state="cancelled", starts_at=None, name_masked=None)
    seen = text_of(gateway.client.get(f"/check/{code}"))
    assert "Asli, tetapi tidak berlaku lagi" in seen
    assert "Dibatalkan" in seen


@pytest.mark.parametrize(
    "code", ["check-immigration." + "A" * 43, "check-police." + "A" * 43, "immigration." + "A" * 43, "x"]
)
def test_a_fake_is_named_one_with_what_to_do(gateway, code) -> None:
    page = gateway.client.get(f"/check/{code}")
    assert page.status_code == 404
    assert "Tidak asli: tidak ada tiket kami dengan kode ini" in text_of(page)
    assert "Laporkan tiket palsu" in text_of(page)
    answer = gateway.api("GET", f"checks/{code}")
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_check_code")


def test_a_silent_agency_makes_no_ticket_a_fake(gateway) -> None:
    code = genuine(gateway)
    gateway.agencies.refuses["check"] = Unavailable(retry_after=5)
    page = gateway.client.get(f"/check/{code}")
    assert page.status_code == 503
    assert "Tidak asli" not in text_of(page)


def test_codes_are_pasted_as_they_come(gateway) -> None:
    code = genuine(gateway)
    assert gateway.client.get("/check").status_code == 200
    for pasted in (code, f"http://localhost/check/{code}"):
        answer = gateway.client.get("/check", query_string={"code": pasted})
        assert answer.headers["Location"] == f"/check/{code}"
    assert gateway.client.get("/check", query_string={"code": "A-012"}).status_code == 404


def test_the_printed_ticket_has_the_code_of_its_check(gateway) -> None:
    page = gateway.client.get(f"/t/{booked(gateway)}")
    code = page.text.partition('href="/check/')[2].partition('"')[0]
    assert code.startswith("check-immigration.")
    image = gateway.client.get(f"/api/v1/checks/{code}/qr.svg")
    assert image.mimetype == "image/svg+xml"
    assert gateway.client.get("/api/v1/checks/x/qr.svg").status_code == 404
    robots = gateway.client.get("/robots.txt").text
    assert "Disallow: /check/" in robots
    assert "Disallow: /room/" in robots
