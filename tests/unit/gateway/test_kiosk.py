"""The kiosk without any script, and heartbeats of devices: what it does, and that it does nothing else."""

import pytest
from gerai_booking import refusals as booking
from gerai_gateway.devices import BELIEVED_SECONDS, BELIEVED_WHILE_AWAY_SECONDS, COOKIE
from gerai_gateway.portal import kiosk_kept
from gerai_shared.ticket import State

from tests.unit.gateway.browsing import booked, send, text_of
from tests.unit.gateway.conftest import Gateway
from tests.unit.gateway.fake_devices import PRINTER

KIOSK = "/kiosk/mpp-lebak"
PASSPORT = f"{KIOSK}/number/immigration/passport-new"


def sign_in(gateway: Gateway, **device) -> str:
    """Open the kiosk's address with its key, once."""
    key = gateway.agencies.add_device(**device)
    answer = gateway.client.get(f"{KIOSK}?key={key}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{KIOSK}/over")
    assert key not in answer.text
    assert gateway.client.get(f"{KIOSK}/over").status_code == 303
    return key


def take_number(gateway: Gateway, **fields: str):
    page = gateway.client.get(PASSPORT)
    return send(gateway, page, PASSPORT, **{"need": "none", **fields})


def wishes(gateway: Gateway, method: str) -> list[dict]:
    return [payload for _, asked, payload, _ in gateway.agencies.asked if asked == method]


def test_without_a_key_a_kiosk_says_what_to_do_and_does_nothing(gateway: Gateway) -> None:
    for path in ("", "/check-in", "/number", "/number/immigration", "/ticket", "/ticket/panel"):
        answer = gateway.client.get(f"{KIOSK}{path}")
        assert answer.status_code == 403
        assert "belum disiapkan" in text_of(answer)
    assert gateway.client.get(f"{KIOSK}?key=device-immigration.{'A' * 43}").status_code == 403
    assert gateway.client.post(PASSPORT, data={"need": "none"}).status_code == 403
    assert wishes(gateway, "kiosk_walk_in") == []


def test_a_key_of_a_display_or_of_another_place_opens_no_kiosk(gateway: Gateway) -> None:
    for device in ({"kind": "display"}, {"site": "kanim-serang"}):
        key = gateway.agencies.add_device(**device)
        gateway.client.set_cookie(COOKIE, key)
        assert gateway.client.get(KIOSK).status_code == 403


def test_from_the_first_touch_to_a_number_in_four_steps_without_a_script(gateway: Gateway) -> None:
    sign_in(gateway, printer=PRINTER)
    gateway.agencies.events.append(gateway.agencies.walk_in()[1])
    gateway.mall.boards.receive(gateway.agencies.events[-1])
    assert "Apa keperluan Anda?" in text_of(gateway.client.get(KIOSK))
    assert "Imigrasi 1 orang menunggu" in text_of(gateway.client.get(f"{KIOSK}/number"))
    services = text_of(gateway.client.get(f"{KIOSK}/number/immigration"))
    assert "Paspor baru 1 orang menunggu" in services
    answer = take_number(gateway, need="elderly")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{KIOSK}/ticket")
    (wish,) = wishes(gateway, "kiosk_walk_in")
    assert (wish["service"], wish["need"], wish["language"], wish["printer"]) == (
        "passport-new",
        "elderly",
        "id",
        PRINTER,
    )
    page = gateway.client.get(f"{KIOSK}/ticket")
    assert "7 orang sebelum Anda" in text_of(page)
    assert "/qr.svg" in page.text


def test_the_same_form_sent_thrice_gives_one_number(gateway: Gateway) -> None:
    sign_in(gateway)
    page = gateway.client.get(PASSPORT)
    for _ in range(3):
        assert send(gateway, page, PASSPORT, need="none").status_code == 303
    assert len(gateway.agencies.tickets) == 1


def test_a_form_of_another_site_gives_no_number(gateway: Gateway) -> None:
    sign_in(gateway)
    answer = gateway.client.post(PASSPORT, data={"need": "none", "idempotency_key": "a-key-of-theirs"})
    assert answer.status_code == 403
    assert gateway.agencies.tickets == {}


def test_who_booked_checks_in_by_scanning_the_address_of_the_ticket(gateway: Gateway) -> None:
    sign_in(gateway)
    token = booked(gateway)
    page = gateway.client.get(f"{KIOSK}/check-in")
    address = f"http://localhost/t/{token}"
    answer = send(gateway, page, f"{KIOSK}/check-in", shown=address)
    assert answer.status_code == 303
    assert gateway.agencies._find(token).state is State.CHECKED_IN
    assert token in gateway.client.get(f"{KIOSK}/ticket").text


def test_who_types_the_number_checks_in_and_gets_no_code_for_the_page(gateway: Gateway) -> None:
    sign_in(gateway, printer=PRINTER)
    token = booked(gateway)
    page = gateway.client.get(f"{KIOSK}/check-in")
    answer = send(gateway, page, f"{KIOSK}/check-in", shown=gateway.agencies._find(token).number)
    assert answer.status_code == 303
    shown = gateway.client.get(f"{KIOSK}/ticket")
    assert token not in shown.text
    assert "/qr.svg" not in shown.text
    send(gateway, shown, f"{KIOSK}/ticket/print")
    assert [wish["token"] for wish in wishes(gateway, "kiosk_print")] == [None]


@pytest.mark.parametrize("typed", ["A-999", "hello", "Z-001"])
def test_what_is_no_ticket_may_be_typed_again(gateway: Gateway, typed: str) -> None:
    sign_in(gateway)
    page = gateway.client.get(f"{KIOSK}/check-in")
    answer = send(gateway, page, f"{KIOSK}/check-in", shown=typed)
    assert answer.status_code in {404, 422}
    assert f'value="{typed}"' in answer.text


def test_a_full_service_says_why_and_what_else_is_possible(gateway: Gateway) -> None:
    sign_in(gateway)
    gateway.agencies.refuses["kiosk_walk_in"] = booking.WalkInFull()
    answer = take_number(gateway)
    assert answer.status_code == 409
    said = text_of(answer)
    for words in ("Maaf", "Pilih instansi atau layanan lain", "meja informasi", "Pesan hari lain"):
        assert words in said


def test_an_agency_that_is_silent_leaves_the_others_at_work(gateway: Gateway) -> None:
    sign_in(gateway)
    gateway.agencies.away.add("booking-legal")
    trademark = f"{KIOSK}/number/legal/trademark"
    refused = send(gateway, gateway.client.get(trademark), trademark, need="none")
    assert refused.status_code == 503
    assert "Pilih instansi atau layanan lain" in text_of(refused)
    assert take_number(gateway).status_code == 303


@pytest.mark.parametrize(
    ("printing", "words"),
    [
        ({"state": "waiting", "error": None}, "sedang dicetak"),
        ({"state": "waiting", "error": "paper_out"}, "Kertas habis"),
        ({"state": "waiting", "error": "gone"}, "Pencetak tidak menjawab"),
        ({"state": "printed", "error": None}, "Silakan ambil nomor"),
        ({"state": "unsure", "error": "cut_off"}, "Apakah nomornya tercetak?"),
        ({"state": "cancelled", "error": "gone"}, "Nomor Anda tidak dicetak"),
    ],
)
def test_what_the_printer_does_is_told_with_the_number(gateway: Gateway, printing: dict, words: str) -> None:
    sign_in(gateway, printer=PRINTER)
    take_number(gateway)
    gateway.agencies.printing = {"kind": "ticket", "copies": 0, "can_copy": True, **printing}
    panel = gateway.client.get(f"{KIOSK}/ticket/panel")
    assert words in text_of(panel)
    offers_again = printing["state"] in {"printed", "unsure", "cancelled"}
    assert ("/ticket/print" in panel.text) is offers_again


def test_the_next_person_sees_nothing_of_the_one_before(gateway: Gateway) -> None:
    sign_in(gateway)
    gateway.client.get(f"{KIOSK}?lang=en")
    gateway.client.get(f"{KIOSK}/view?set=large&back={KIOSK}")
    take_number(gateway)
    seen = gateway.client.get(f"{KIOSK}/ticket")
    assert "kiosk--large" in seen.text
    assert "people before you" in text_of(seen)
    gateway.client.get(f"{KIOSK}/over")
    assert gateway.client.get_cookie(kiosk_kept.COOKIE, path="/kiosk") is None
    assert gateway.client.get(f"{KIOSK}/ticket").status_code == 303
    start = gateway.client.get(KIOSK)
    assert "kiosk--large" not in start.text
    assert "Apa keperluan Anda?" in text_of(start)


def test_going_back_from_the_looks_leads_nowhere_else(gateway: Gateway) -> None:
    for back in ("https://elsewhere.example/", "//elsewhere.example", f"{KIOSK}.example", "/"):
        answer = gateway.client.get(f"{KIOSK}/view", query_string={"set": "large", "back": back})
        assert answer.headers["Location"] == KIOSK


def test_a_revoked_key_stops_within_half_a_minute_and_is_asked_for_seldom(gateway: Gateway) -> None:
    moment = [0.0]
    gateway.mall.monotonic = lambda: moment[0]
    key = sign_in(gateway)
    for _ in range(5):
        assert gateway.client.get(KIOSK).status_code == 200
    assert gateway.agencies.count("device_check") == 1
    del gateway.agencies.devices[key]
    moment[0] = BELIEVED_SECONDS
    assert gateway.client.get(KIOSK).status_code == 403


def test_a_kiosk_goes_on_for_a_while_when_its_own_agency_is_silent(gateway: Gateway) -> None:
    moment = [0.0]
    gateway.mall.monotonic = lambda: moment[0]
    sign_in(gateway)
    gateway.agencies.away.add("booking-immigration")
    moment[0] = BELIEVED_WHILE_AWAY_SECONDS - 1
    assert gateway.client.get(f"{KIOSK}/number").status_code == 200
    moment[0] = BELIEVED_WHILE_AWAY_SECONDS
    answer = gateway.client.get(f"{KIOSK}/number")
    assert answer.status_code == 503
    assert "tidak tersambung" in text_of(answer)


def test_a_heartbeat_reaches_the_agency_of_the_key(gateway: Gateway) -> None:
    key = gateway.agencies.add_device("display")
    state = {"page": "/display/mpp-lebak", "screen": "1920x1080"}
    headers = {"Authorization": f"Bearer {key}"}
    answer = gateway.api("POST", "devices/heartbeat", key=None, json=state, headers=headers)
    assert (answer.status_code, answer.json) == (200, {"next_in_seconds": 30})
    assert [said for _, said in gateway.agencies.heard] == [state]
    asked = [(deployment, method) for deployment, method, _, _ in gateway.agencies.asked]
    assert asked[-1] == ("booking-immigration", "device_seen")


def test_a_heartbeat_without_a_valid_key_is_refused(gateway: Gateway) -> None:
    for key in ("", "nonsense", f"device-police.{'A' * 43}", f"device-immigration.{'A' * 43}"):
        headers = {"Authorization": f"Bearer {key}"}
        answer = gateway.api("POST", "devices/heartbeat", key=None, json={}, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (403, "unknown_device")


def test_a_display_signs_in_by_its_address_and_works_without_a_key(gateway: Gateway) -> None:
    key = gateway.agencies.add_device("display")
    assert gateway.client.get("/display/mpp-lebak").status_code == 200
    answer = gateway.client.get(f"/display/mpp-lebak?lang=en&key={key}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/display/mpp-lebak?lang=en")
    assert "device.js" in gateway.client.get("/display/mpp-lebak").text
    assert gateway.api("POST", "devices/heartbeat", key=None, json={}).status_code == 200


def test_the_code_at_the_entrance_lets_a_phone_check_in(gateway: Gateway) -> None:
    token = booked(gateway)
    page = gateway.client.get("/here/mpp-lebak")
    answer = send(gateway, page, "/here/mpp-lebak", ticket=f"http://localhost/t/{token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/t/{token}")
    assert gateway.agencies._find(token).state is State.CHECKED_IN


def test_at_another_place_nobody_is_checked_in_and_what_was_typed_stays(gateway: Gateway) -> None:
    token = booked(gateway)
    page = gateway.client.get("/here/kanim-serang")
    assert send(gateway, page, "/here/kanim-serang", ticket=token).status_code == 303
    assert gateway.agencies._find(token).state is State.BOOKED
    wrong = send(gateway, page, "/here/kanim-serang", ticket="nonsense")
    assert wrong.status_code == 404
    assert 'value="nonsense"' in wrong.text
