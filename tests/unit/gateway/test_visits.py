"""Several errands as one visit: proposed, booked step by step, shown from what each agency tells."""

from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.tokens import VISIT_REALM, make_token
from werkzeug.test import TestResponse

from tests.unit.gateway.browsing import TYPED, field, send, text_of
from tests.unit.gateway.conftest import Gateway
from tests.unit.gateway.fake_catalogue import SECRET
from tests.unit.gateway.test_kiosk import KIOSK, sign_in

DAY, SITE = "2026-11-25", "mpp-lebak"
PERSON = {"name": "Siti Contoh", "nik": "3602146508900001", "email": "siti@contoh.example"}
PASSPORT, TRADEMARK = "passport-new", "trademark"


def errand(service: str, hour: str, **more: Any) -> dict[str, Any]:
    """An errand at so many hours of UTC."""
    agency = "immigration" if service == PASSPORT else "legal"
    return {"agency": agency, "slot_id": f"{SITE}.{service}.20261125T{hour}00Z", **more}


def book(gateway: Gateway, *errands: dict[str, Any], key: str = "key-of-visit", **more: Any) -> TestResponse:
    body = {"errands": list(errands), "person": PERSON, **more}
    return gateway.api("POST", "visits", json=body, key=key)


def two(gateway: Gateway) -> dict[str, Any]:
    answer = book(gateway, errand(PASSPORT, "02"), errand(TRADEMARK, "04"))
    assert answer.status_code == 201, answer.json
    return dict(answer.json or {})


def bookings(gateway: Gateway) -> list[dict[str, Any]]:
    """What the agencies were asked to book."""
    asked = [payload for _, method, payload, _ in gateway.agencies.asked if method == "book_batch"]
    return [request for payload in asked for request in payload["requests"]]


def test_a_proposal_has_all_errands_at_free_hours_one_after_the_other(gateway: Gateway) -> None:
    path = f"sites/{SITE}/visit-proposal?day={DAY}&errands=immigration.{PASSPORT},legal.{TRADEMARK}"
    steps = gateway.api("GET", path).json["steps"]
    assert {step["service"] for step in steps} == {PASSPORT, TRADEMARK}
    assert steps[0]["ends_at"] <= steps[1]["starts_at"]
    assert gateway.agencies.count("book_batch") == 0
    gateway.agencies.full = {step["slot_id"] for step in steps}
    for board in ("immigration", "legal"):
        gateway.mall.availability.outdate(board, SITE)


def test_the_first_booked_step_gives_all_their_number_and_each_agency_gets_its_own_data(
    gateway: Gateway,
) -> None:
    booked = two(gateway)
    assert {step["ticket"]["number"] for step in booked["steps"]} == {booked["number"]}
    first, second = bookings(gateway)
    assert first["body"]["visit"]["number"] is None
    assert second["body"]["visit"] == {"id": first["body"]["visit"]["id"], "number": booked["number"]}
    assert first["key"] != second["key"]
    assert "errands" not in first["body"]
    assert PASSPORT not in str(second["body"])


def test_the_same_visit_sent_twice_is_booked_once(gateway: Gateway) -> None:
    assert two(gateway) == two(gateway)
    assert len(gateway.agencies.tickets) == 2
    other = book(gateway, errand(PASSPORT, "02"), errand(TRADEMARK, "04"), key="another-key")
    assert other.json["token"] != two(gateway)["token"]


def test_a_refused_step_is_told_and_stops_no_other(gateway: Gateway) -> None:
    full = errand(PASSPORT, "02")
    gateway.agencies.full = {full["slot_id"]}
    answer = book(gateway, full, errand(TRADEMARK, "04"))
    refused, done = answer.json["steps"]
    assert (refused["problem"]["code"], refused["ticket"]) == ("slot_full", None)
    assert answer.json["number"] == done["ticket"]["number"]


def test_when_nothing_could_be_booked_it_is_refused(gateway: Gateway) -> None:
    errands = [errand(PASSPORT, "02"), errand(TRADEMARK, "04")]
    gateway.agencies.full = {each["slot_id"] for each in errands}
    assert book(gateway, *errands).json["code"] == "slot_full"


def test_a_first_step_without_an_answer_ends_it_there_for_its_number_may_be_given(gateway: Gateway) -> None:
    gateway.agencies.away = {"booking-immigration"}
    assert book(gateway, errand(PASSPORT, "02"), errand(TRADEMARK, "04")).status_code == 503
    assert gateway.agencies.tickets == {}
    gateway.agencies.away = set()
    booked = two(gateway)
    assert {step["ticket"]["number"] for step in booked["steps"]} == {booked["number"]}


def test_errands_of_one_visit_are_on_one_day_and_never_at_the_same_time(gateway: Gateway) -> None:
    at_once = book(gateway, errand(PASSPORT, "02"), errand(TRADEMARK, "02"))
    assert at_once.json["code"] == "errands_overlap"
    tomorrow = errand(TRADEMARK, "04") | {"slot_id": f"{SITE}.{TRADEMARK}.20261126T0400Z"}
    assert book(gateway, errand(PASSPORT, "02"), tomorrow).json["code"] == "errands_overlap"
    assert book(gateway, errand(PASSPORT, "02")).json["code"] == "invalid_request"
    assert gateway.agencies.count("book_batch") == 0


def test_nobody_books_into_a_visit_that_they_name_themselves(gateway: Gateway) -> None:
    forged = {"id": new_id(), "number": "A-001"}
    errands = (errand(PASSPORT, "02"), errand(TRADEMARK, "04"))
    assert book(gateway, *errands, visit=forged).json["code"] == "invalid_request"
    body = {"slot_id": errands[0]["slot_id"], "person": PERSON, "visit": forged}
    assert gateway.api("POST", "agencies/immigration/tickets", json=body).json["code"] == "invalid_request"


def test_a_visit_shows_what_each_agency_tells_and_who_is_silent(gateway: Gateway) -> None:
    booked = two(gateway)
    shown = gateway.api("GET", f"visits/{booked['token']}").json
    assert [step["ticket"]["service"] for step in shown["steps"]] == [PASSPORT, TRADEMARK]
    assert (shown["number"], shown["missing"]) == (booked["number"], [])
    gateway.agencies.away = {"booking-immigration"}
    shown = gateway.api("GET", f"visits/{booked['token']}").json
    assert [step["ticket"]["service"] for step in shown["steps"]] == [TRADEMARK]
    assert shown["missing"] == ["immigration"]
    page = gateway.client.get(f"/visits/{booked['token']}")
    assert page.status_code == 200
    assert "Imigrasi belum bisa ditampilkan" in page.text


def test_what_nobody_signed_is_no_visit(gateway: Gateway) -> None:
    two(gateway)
    visit = next(iter(gateway.agencies.tickets.values())).visit_id
    forged = make_token(secret="another secret, as long as it should be", realm=VISIT_REALM, identifier=visit)
    of_ticket = make_token(secret=SECRET, realm="immigration", identifier=visit)
    unknown = make_token(secret=SECRET, realm=VISIT_REALM, identifier=new_id())
    for token in (forged, of_ticket, unknown, "visit.short"):
        assert gateway.api("GET", f"visits/{token}").json["code"] == "unknown_visit", token
    assert gateway.api("GET", f"visits/{forged}/qr.svg").status_code == 404


def test_one_check_in_tells_every_agency_and_a_silent_one_stops_none(gateway: Gateway) -> None:
    booked = two(gateway)
    gateway.agencies.away = {"booking-immigration"}
    answer = gateway.api("POST", f"visits/{booked['token']}/check-in", json={})
    assert [step["ticket"]["state"] for step in answer.json["steps"]] == ["checked_in"]
    assert "svg" in gateway.api("GET", f"visits/{booked['token']}/qr.svg").text


def sent_form(gateway: Gateway, *, full: int | None = None, **typed: str) -> TestResponse:
    """Plan a passport and a trademark and send the form; `full` is the step whose hour went meanwhile."""
    address = f"/sites/{SITE}/visit"
    page = gateway.client.get(f"{address}?errand=immigration.{PASSPORT}&errand=legal.{TRADEMARK}&day={DAY}")
    names = [f"{name}_{place}" for place in (0, 1) for name in ("agency", "slot", "starts", "ends")]
    hidden = {name: field(page, name) for name in names}
    if full is not None:
        gateway.agencies.full = {hidden[f"slot_{full}"]}
    chosen = {"purpose_0": "consultation", "purpose_1": "consultation", "precondition_0": "1"}
    return send(gateway, page, address, day=DAY, **hidden, **{**TYPED, **chosen, **typed})


def test_the_form_books_what_it_showed_and_leads_to_the_visit(gateway: Gateway) -> None:
    answer = sent_form(gateway)
    assert answer.status_code == 303, text_of(answer)
    page = gateway.client.get(answer.headers["Location"])
    assert "Kunjungan Anda sudah dipesan" in text_of(page)
    assert len(gateway.agencies.tickets) == 2


def test_a_form_whose_errand_went_meanwhile_says_why_and_shows_what_is_booked(gateway: Gateway) -> None:
    page = sent_form(gateway, full=0)
    assert page.status_code == 200
    assert "belum bisa dipesan" in text_of(page)
    assert len(gateway.agencies.tickets) == 1


def test_a_form_that_lacks_something_keeps_what_was_typed(gateway: Gateway) -> None:
    page = sent_form(gateway, name="", purpose_0="")
    assert page.status_code == 422
    assert "Nama lengkap: Mohon diisi." in text_of(page)
    assert ", Keperluan: Mohon pilih keperluan Anda." in text_of(page)
    assert "3602 1465 0890 0003" in page.text
    assert gateway.agencies.tickets == {}


def test_the_code_of_a_visit_is_found_where_people_look_for_their_ticket(gateway: Gateway) -> None:
    token = two(gateway)["token"]
    for shown in (token, f"http://localhost/visits/{token}"):
        answer = gateway.client.get("/tickets", query_string={"code": shown})
        assert answer.headers["Location"] == f"/visits/{token}", shown


def test_errands_that_fit_on_no_day_are_told_with_the_choice_kept(gateway: Gateway) -> None:
    address = f"/sites/{SITE}/visit?errand=immigration.{PASSPORT}&errand=legal.{TRADEMARK}&day=2026-11-29"
    page = gateway.client.get(address)
    assert page.status_code == 409
    assert "Pada hari ini tidak ada jam kosong" in page.text
    assert page.text.count(" checked") == 2


def test_a_kiosk_and_the_code_at_the_entrance_take_the_one_code_of_a_visit(gateway: Gateway) -> None:
    sign_in(gateway)
    token = two(gateway)["token"]
    page = gateway.client.get(f"{KIOSK}/check-in")
    answer = send(gateway, page, f"{KIOSK}/check-in", shown=f"http://localhost/visits/{token}")
    assert answer.headers["Location"] == f"{KIOSK}/ticket"
    assert [ticket.state.value for ticket in gateway.agencies.tickets.values()] == ["checked_in"] * 2
    page = gateway.client.get(f"/here/{SITE}")
    assert send(gateway, page, f"/here/{SITE}", ticket=token).headers["Location"] == f"/visits/{token}"
    stranger = make_token(
        secret="another secret, as long as it should be", realm=VISIT_REALM, identifier=new_id()
    )
    page = gateway.client.get(f"{KIOSK}/check-in")
    assert send(gateway, page, f"{KIOSK}/check-in", shown=stranger).status_code == 404


def test_a_refused_copy_leaves_nobody_outside_the_kiosk(gateway: Gateway) -> None:
    sign_in(gateway)
    assert gateway.client.get(f"{KIOSK}/ticket/print").headers["Location"] == f"{KIOSK}/ticket"
