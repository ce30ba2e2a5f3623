"""Saying how a visit was: by the link of the ticket, over the interface, at a kiosk; once, and of nobody."""

from gerai_complaints.rules.satisfaction import NUMBERS
from gerai_gateway.rules.survey import ELEMENTS
from gerai_shared.ticket import State

from tests.unit.gateway.asking import problem
from tests.unit.gateway.browsing import booked, field, send, text_of
from tests.unit.gateway.conftest import Gateway
from tests.unit.gateway.test_kiosk import KIOSK, sign_in

FINE = dict.fromkeys(ELEMENTS, "4")
SURVEY = f"{KIOSK}/survey"


def served(gateway: Gateway) -> str:
    token = booked(gateway)
    gateway.agencies.change(token, State.SERVED, counter="2")
    return token


def asked(gateway: Gateway) -> list[dict]:
    return [payload for _, method, payload, _ in gateway.agencies.asked if method == "answer_survey"]


def test_both_services_ask_the_same_in_the_order_of_the_form() -> None:
    assert {element.value: number for element, number in NUMBERS.items()} == {
        element: f"U{place}" for place, element in enumerate(ELEMENTS, start=1)
    }


def test_a_served_ticket_leads_to_the_survey_and_others_do_not(gateway: Gateway) -> None:
    token = booked(gateway)
    assert gateway.client.get(f"/t/{token}/survey").headers["Location"] == f"/t/{token}"
    page = gateway.client.get(f"/t/{token}/survey")
    assert (page.status_code, len(asked(gateway))) == (303, 0)
    gateway.agencies.change(token, State.SERVED)
    assert f'href="/t/{token}/survey"' in gateway.client.get(f"/t/{token}").text
    assert "Bagaimana kunjungan Anda?" in text_of(gateway.client.get(f"/t/{token}/survey"))


def test_the_form_tells_the_facts_of_the_visit_and_nothing_of_the_citizen(gateway: Gateway) -> None:
    token = served(gateway)
    address = f"/t/{token}/survey"
    page = gateway.client.get(address)
    answer = send(gateway, page, address, **FINE, remark="Cepat\r\nsekali")
    assert answer.headers["Location"] == f"{address}?until=2026-11-25"
    (payload,) = asked(gateway)
    ticket = gateway.agencies._find(token)
    assert payload == {
        "answers": dict.fromkeys(ELEMENTS, 4),
        "remark": "Cepat\nsekali",
        "agency": "immigration",
        "site": "mpp-lebak",
        "service": "passport-new",
        "counter": "2",
        "day": ticket.day.isoformat(),
        "ticket_id": ticket.id,
        "channel": "link",
    }
    assert "Anda dapat mengubahnya sampai Rabu, 25 November" in text_of(
        gateway.client.get(answer.headers["Location"])
    )


def test_what_is_not_answered_is_named_and_what_is_stays(gateway: Gateway) -> None:
    address = f"/t/{served(gateway)}/survey"
    given = {**FINE, "cost": "9"}
    del given["time"]
    answer = send(gateway, gateway.client.get(address), address, **given)
    assert answer.status_code == 422
    assert 'href="#field-time"' in answer.text
    assert 'href="#field-cost"' in answer.text
    assert answer.text.count(" checked") == 7
    assert asked(gateway) == []


def test_while_one_of_both_services_is_away_it_says_so_and_loses_nothing(gateway: Gateway) -> None:
    address = f"/t/{served(gateway)}/survey"
    page = gateway.client.get(address)
    for away in ("complaints", "booking-immigration"):
        gateway.agencies.away = {away}
        page = send(gateway, page, address, **FINE, remark="Sopan")
        assert page.status_code == 503
        assert "Tidak ada pilihan Anda yang hilang" in text_of(page)
        assert page.text.count(" checked") == 9
        assert "Sopan" in page.text
    key = field(page, "idempotency_key")
    gateway.agencies.away = set()
    assert send(gateway, page, address, **FINE).status_code == 303
    assert [used for _, method, _, used in gateway.agencies.asked if method == "answer_survey"] == [key] * 2


def test_the_form_is_there_while_the_agency_is_silent(gateway: Gateway) -> None:
    token = served(gateway)
    gateway.agencies.away = {"booking-immigration"}
    page = gateway.client.get(f"/t/{token}/survey")
    assert page.status_code == 200
    assert "Instansi sedang tidak menjawab" in text_of(page)
    assert gateway.client.get(f"/t/immigration.{'a' * 42}/survey").status_code == 404


def test_the_interface_takes_the_same(gateway: Gateway) -> None:
    token = served(gateway)
    body = {"answers": dict.fromkeys(ELEMENTS, 3)}
    assert gateway.api("POST", f"tickets/{token}/survey", json=body).json == {
        "is_changed": False,
        "changeable_until": "2026-11-25",
    }
    gateway.agencies.answers_of[gateway.agencies._find(token).id]["settled"] = True
    assert problem(gateway.api("POST", f"tickets/{token}/survey", json=body, key="another-key")) == (
        409,
        "answer_settled",
    )
    waiting = booked(gateway)
    assert problem(gateway.api("POST", f"tickets/{waiting}/survey", json=body)) == (409, "visit_not_over")
    short = {"answers": {"cost": 3}}
    assert problem(gateway.api("POST", f"tickets/{token}/survey", json=short)) == (422, "invalid_request")


def through(gateway: Gateway, page, answers: str = "444444443", **first: str):
    """Press through the questions; the last page is returned."""
    page = send(gateway, page, SURVEY, **first)
    for answer in answers:
        assert page.status_code == 200
        page = press(gateway, page, answer)
    return page


def press(gateway: Gateway, page, answer: str):
    carried = {name: field(page, name) for name in ("agency", "shown", "answers")}
    return send(gateway, page, SURVEY, **carried, answer=answer)


def test_at_a_kiosk_a_ticket_is_shown_and_nine_buttons_are_pressed(gateway: Gateway) -> None:
    token = served(gateway)
    sign_in(gateway)
    page = through(gateway, gateway.client.get(SURVEY), shown=f"http://localhost/t/{token}")
    assert "Terima kasih" in text_of(page)
    assert token not in page.text
    (payload,) = asked(gateway)
    assert (payload["channel"], payload["ticket_id"]) == ("kiosk_ticket", gateway.agencies._find(token).id)
    assert (payload["answers"]["requirements"], payload["answers"]["complaints"]) == (4, 3)


def test_at_a_kiosk_nobody_needs_a_ticket(gateway: Gateway) -> None:
    sign_in(gateway)
    page = through(gateway, gateway.client.get(SURVEY), agency="legal")
    assert "Terima kasih" in text_of(page)
    (payload,) = gateway.agencies.anonymous
    assert {name: payload[name] for name in ("agency", "site", "channel")} == {
        "agency": "legal",
        "site": "mpp-lebak",
        "channel": "kiosk",
    }
    assert "ticket_id" not in payload


def test_at_a_kiosk_one_may_go_back_and_a_silent_service_loses_nothing(gateway: Gateway) -> None:
    sign_in(gateway)
    page = through(gateway, gateway.client.get(SURVEY), "12", agency="legal")
    page = press(gateway, page, "back")
    assert field(page, "answers") == "1"
    for answer in "3333333":
        page = press(gateway, page, answer)
    gateway.agencies.away = {"complaints"}
    page = press(gateway, page, "4")
    assert page.status_code == 503
    assert "Kirim lagi: Ditangani dengan baik" in text_of(page)
    gateway.agencies.away = set()
    assert "Terima kasih" in text_of(press(gateway, page, "4"))
    assert len(gateway.agencies.anonymous) == 1


def test_at_a_kiosk_what_is_no_served_ticket_is_asked_for_again(gateway: Gateway) -> None:
    waiting = booked(gateway)
    sign_in(gateway)
    page = gateway.client.get(SURVEY)
    for shown, status in (("A-012", 422), (waiting, 409), (f"immigration.{'a' * 43}", 404)):
        again = send(gateway, page, SURVEY, shown=shown)
        assert again.status_code == status
        assert f'value="{shown}"' in again.text
    assert send(gateway, page, SURVEY, agency="legal", answers="19").status_code == 404
    assert asked(gateway) == []
