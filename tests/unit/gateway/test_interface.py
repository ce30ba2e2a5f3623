"""The public interface, asked as a client would: what it answers, and what each kind of bad request gets."""

import json
from datetime import date

import pytest
from gerai_booking.schemas import NIK_PROBLEMS
from gerai_gateway.limits import Limits
from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.ticket import State
from icalendar import Calendar

from tests.unit.gateway.asking import COMPLAINT, PERSON, SLOT, booked, booking, problem
from tests.unit.gateway.fake_agencies import FakeAgencies
from tests.unit.gateway.fake_catalogue import TODAY

DAYS = {"site": "mpp-lebak", "service": "passport-new", "from": "2026-11-24", "to": "2026-11-27"}


def test_sites_name_the_agencies_in_them(gateway) -> None:
    answer = gateway.api("GET", "sites").json
    agencies = {site["code"]: site["agencies"] for site in answer["sites"]}
    assert agencies["mpp-lebak"] == ["immigration", "legal"]
    assert agencies["kanim-serang"] == ["immigration"]
    assert answer["silent"] == []


def test_agencies_and_services_come_with_the_time_they_were_told(gateway) -> None:
    agencies = gateway.api("GET", "agencies").json["agencies"]
    assert [agency["code"] for agency in agencies] == ["immigration", "legal"]
    services = gateway.api("GET", "agencies/immigration/services").json
    assert services["is_old"] is False
    assert services["told_at"] == "2026-11-24T02:00:00+00:00"
    assert "passport-new" in {service["code"] for service in services["services"]}


def test_free_places_are_those_that_the_agency_tells(gateway) -> None:
    days = gateway.api("GET", "agencies/immigration/availability", query_string=DAYS).json["days"]
    assert [day["day"] for day in days] == ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"]
    assert SLOT in {slot["id"] for slot in days[1]["slots"]}


def test_a_booking_gives_a_ticket_its_token_and_its_page(gateway) -> None:
    answer = gateway.api("POST", "agencies/immigration/tickets", json=booking())
    assert answer.status_code == 201
    assert answer.json["ticket"]["state"] == "booked"
    assert answer.json["url"] == f"http://localhost/t/{answer.json['token']}"
    view = gateway.api("GET", f"tickets/{answer.json['token']}").json
    assert view["ticket"]["number"] == answer.json["ticket"]["number"]


def test_the_agency_gets_the_key_and_the_body_as_they_came(gateway) -> None:
    booked(gateway, key="a-key-of-mine.01")
    deployment, method, payload, _ = next(each for each in gateway.agencies.asked if each[1] == "book_batch")
    assert (deployment, method) == ("booking-immigration", "book_batch")
    (request,) = payload["requests"]
    assert (request["key"], request["body"]) == ("a-key-of-mine.01", booking())


def test_a_held_place_is_booked_by_its_token(gateway) -> None:
    held = gateway.api("POST", "agencies/immigration/holds", json={"slot_id": SLOT}, key="hold-0001")
    assert held.status_code == 201
    assert held.json["held_until"] == "2026-11-24T02:10:00+00:00"
    body = {"hold_token": held.json["token"], "purpose": "umrah", "person": PERSON}
    answer = gateway.api("POST", "agencies/immigration/tickets", json=body, key="book-0001")
    assert answer.status_code == 201
    assert answer.json["token"] == held.json["token"]


def test_a_ticket_is_checked_in_moved_and_cancelled(gateway) -> None:
    first = booked(gateway)
    to = "mpp-lebak.passport-new.20261124T0400Z"
    moved = gateway.api("POST", f"tickets/{first}/reschedule", json={"slot_id": to}, key="move-0001")
    assert moved.status_code == 200
    second = moved.json["token"]
    assert second != first
    assert gateway.api("GET", f"tickets/{first}").json["replaced_by_token"] == second
    assert gateway.api("POST", f"tickets/{second}/check-in", key="come-0001").json["ticket"]["state"] == (
        "checked_in"
    )
    assert gateway.api("POST", f"tickets/{second}/cancel", json={"revision": 2}, key="stop-0001").json[
        "ticket"
    ]["state"] == ("cancelled")


def test_the_calendar_file_holds_the_hour_in_utc_and_the_page(gateway) -> None:
    token = booked(gateway)
    answer = gateway.api("GET", f"tickets/{token}/calendar.ics")
    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["dtstart"].dt.isoformat() == "2026-11-25T02:00:00+00:00"
    assert event["dtend"].dt - event["dtstart"].dt == event.duration
    assert event["url"] == f"http://localhost/t/{token}"
    assert event["status"] == "CONFIRMED"


def test_a_cancelled_ticket_takes_its_entry_out_of_the_calendar(gateway) -> None:
    token = booked(gateway)
    gateway.agencies.change(token, State.CANCELLED, finished_at=gateway.agencies.now)
    calendar = Calendar.from_ical(gateway.api("GET", f"tickets/{token}/calendar.ics").data)
    assert (calendar["method"], calendar.events[0]["status"]) == ("CANCEL", "CANCELLED")


def test_a_walk_in_has_no_calendar_file(gateway) -> None:
    token, _ = gateway.agencies.walk_in()
    assert problem(gateway.api("GET", f"tickets/{token}/calendar.ics")) == (404, "not_found")


def test_the_qr_code_is_an_image_that_asks_nobody(gateway) -> None:
    token = booked(gateway)
    asked = len(gateway.agencies.asked)
    answer = gateway.api("GET", f"tickets/{token}/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.data.startswith(b"<svg")
    assert len(gateway.agencies.asked) == asked


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("agencies/police/services", "unknown_agency"),
        ("agencies/immigration/availability?site=nowhere&service=passport-new&from=2026-11-24&to=2026-11-24", "unknown_site"),
        ("agencies/immigration/availability?site=mpp-lebak&service=nothing&from=2026-11-24&to=2026-11-24", "unknown_service"),
        ("agencies/immigration/availability?site=mpp-lebak&service=passport-lost&from=2026-11-24&to=2026-11-24", "unknown_service"),
        ("sites/nowhere/board", "unknown_site"),
        ("sites/nowhere/board/stream", "unknown_site"),
        ("tickets/A-012", "unknown_ticket"),
        ("tickets/police." + "A" * 43, "unknown_ticket"),
        ("tickets/immigration." + "A" * 43, "unknown_ticket"),
        ("tickets/immigration." + "A" * 43 + "/stream", "unknown_ticket"),
        ("complaints/immigration." + "A" * 43, "unknown_complaint"),
        ("complaints/complaint." + "A" * 43, "unknown_complaint"),
        ("nothing", "not_found"),
    ],
)  # fmt: skip
def test_what_does_not_exist_says_which_thing(gateway, path, code) -> None:
    assert problem(gateway.api("GET", path)) == (404, code)


def test_a_strangers_token_of_the_right_shape_opens_nothing(gateway) -> None:
    token = booked(gateway)
    stranger = token[:-1] + ("A" if token[-1] != "A" else "B")
    for path in (f"tickets/{stranger}", f"tickets/{stranger}/calendar.ics"):
        assert problem(gateway.api("GET", path)) == (404, "unknown_ticket")
    answer = gateway.api("POST", f"tickets/{stranger}/cancel", key="stop-0001")
    assert problem(answer) == (404, "unknown_ticket")
    assert gateway.api("GET", f"tickets/{token}").json["ticket"]["state"] == "booked"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (booking(nickname="Budi"), "nickname"),
        (booking(person={**PERSON, "blood": "O"}), "person.blood"),
        (booking(slot_id=17), "slot_id"),
        (booking(hold_token="immigration." + "A" * 43), "slot_id"),
        ({"purpose": "umrah", "person": PERSON}, "slot_id"),
        (booking(person={**PERSON, "birth_date": "1990-02-30"}), "person.birth_date"),
        (booking(person={**PERSON, "nik": "36021465"}), "person.nik"),
        (booking(person={**PERSON, "nik": "٣٦٠٢١٤٦٥٠٨٩٠٠٠٠٣"}), "person.nik"),
        (booking(person={**PERSON, "passport_number": "X1234567"}), "person.nik"),
        (booking(person={**PERSON, "email": "warga at example"}), "person.email"),
        (booking(person={"name": "Warga Contoh", "nik": PERSON["nik"]}), "person.email"),
        (booking(person={**PERSON, "name": "War\u0000ga"}), "person.name"),
        (booking(person={**PERSON, "name": 5}), "person.name"),
        (booking(person="Warga"), "person"),
        (booking(priority="yes"), "priority"),
        (booking(priority=1), "priority"),
        (booking(language="fr"), "language"),
        (booking(purpose="Umrah & Haji"), "purpose"),
    ],
)
def test_a_booking_that_cannot_be_used_names_the_field(gateway, body, field) -> None:
    answer = gateway.api("POST", "agencies/immigration/tickets", json=body)
    assert problem(answer) == (422, "invalid_request")
    assert field in answer.json["details"]["fields"]
    assert gateway.agencies.count("book_batch") == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"from": "2026-02-30"}, (422, "invalid_request")),
        ({"to": "tomorrow"}, (422, "invalid_request")),
        ({"to": "2026-11-23"}, (422, "invalid_request")),
        ({"to": "2027-01-25"}, (422, "range_too_long")),
        ({"sort": "up"}, (422, "invalid_request")),
        ({"site": "../etc"}, (422, "invalid_request")),
    ],
)
def test_a_question_for_places_that_cannot_be_used_is_refused(gateway, changes, expected) -> None:
    answer = gateway.api("GET", "agencies/immigration/availability", query_string={**DAYS, **changes})
    assert problem(answer) == expected


def test_the_longest_range_is_sixty_two_days(gateway) -> None:
    last = date.fromordinal(TODAY.toordinal() + 61).isoformat()
    answer = gateway.api("GET", "agencies/immigration/availability", query_string={**DAYS, "to": last})
    assert len(answer.json["days"]) == 62


@pytest.mark.parametrize(
    "path",
    [
        "agencies/immigration/tickets",
        "agencies/immigration/holds",
        "complaints",
        "tickets/immigration." + "A" * 43 + "/cancel",
        "complaints/complaint." + "A" * 43 + "/dispute",
    ],
)
@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("short", "idempotency_key_invalid"),
        ("x" * 101, "idempotency_key_invalid"),
        ("with a space", "idempotency_key_invalid"),
    ],
)
def test_every_write_needs_a_key_that_can_be_used(gateway, path, key, code) -> None:
    assert problem(gateway.api("POST", path, json={}, key=key)) == (400, code)


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b'"text"', b"\xff\xfe"])
def test_a_body_that_is_no_object_is_refused(gateway, data) -> None:
    answer = gateway.api("POST", "agencies/immigration/tickets", data=data, content_type="application/json")
    assert problem(answer) == (400, "unreadable_body")


def test_an_oversized_body_is_refused_unread(gateway) -> None:
    body = booking(person={**PERSON, "name": "x" * 70_000})
    assert problem(gateway.api("POST", "agencies/immigration/tickets", json=body)) == (413, "body_too_large")


def test_a_wrong_method_is_told_which_ones_are_right(gateway) -> None:
    answer = gateway.api("DELETE", "agencies")
    assert problem(answer) == (405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("code", "status"), [("slot_full", 409), ("open_ticket_exists", 409), ("idempotency_key_reused", 409)]
)
def test_what_an_agency_refuses_reaches_the_client_with_its_code(gateway, code, status) -> None:
    known = {each.code: each for each in _all_refusals()}
    gateway.agencies.refuses["book_batch"] = known[code]()
    assert problem(gateway.api("POST", "agencies/immigration/tickets", json=booking())) == (status, code)


def _all_refusals(of: type[Refused] = Refused) -> list[type[Refused]]:
    return [of, *(found for each in of.__subclasses__() for found in _all_refusals(each))]


def test_problems_speak_the_readers_language(gateway) -> None:
    indonesian = gateway.api("GET", "agencies/police/services", headers={"Accept-Language": "id"})
    english = gateway.api("GET", "agencies/police/services", headers={"Accept-Language": "en-GB"})
    assert indonesian.json["title"] == "Instansi itu tidak ada di mal ini. Silakan pilih di beranda."
    assert (
        english.json["title"] == "There is no such agency in this mall. Please choose one on the home page."
    )


@pytest.mark.parametrize(
    ("language", "nik", "unknown"),
    [
        ("id", "NIK terdiri atas 16 angka.", "Isian ini tidak dikenal."),
        ("en", "A NIK has 16 digits.", "Unknown field."),
    ],
)
def test_what_is_wrong_with_a_field_is_told_in_the_readers_language(gateway, language, nik, unknown) -> None:
    body = booking(person={**PERSON, "nik": "12345"}, nickname="Budi")
    headers = {"Accept-Language": language}
    answer = gateway.api("POST", "agencies/immigration/tickets", json=body, headers=headers)
    assert answer.json["details"]["fields"] == {"person.nik": [nik], "nickname": [unknown]}


def test_what_the_agency_finds_wrong_with_a_field_is_told_in_the_readers_language_too(gateway) -> None:
    wrong = InvalidRequest(fields={"person.nik": [NIK_PROBLEMS["zero_serial"]]})
    gateway.agencies.refuses["book_batch"] = wrong
    answer = gateway.api("POST", "agencies/immigration/tickets", json=booking())
    assert answer.json["details"]["fields"]["person.nik"][0].startswith("Empat angka terakhir NIK")


def test_an_agency_that_is_away_is_503_and_the_rest_works(gateway) -> None:
    token = booked(gateway)
    gateway.agencies.away.add("booking-immigration")
    gateway.mall.availability.forget_all()
    for method, path, options in (
        ("GET", f"tickets/{token}", {}),
        ("GET", "agencies/immigration/availability", {"query_string": DAYS}),
        ("POST", "agencies/immigration/tickets", {"json": booking()}),
        ("POST", f"tickets/{token}/cancel", {}),
    ):
        answer = gateway.api(method, path, **options)
        assert problem(answer) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
    assert gateway.api("GET", "agencies/immigration/services").status_code == 200
    assert gateway.api("GET", "sites/mpp-lebak/board").status_code == 200
    assert gateway.api("GET", f"tickets/{token}/qr.svg").status_code == 200
    other = {**DAYS, "service": "trademark"}
    assert gateway.api("GET", "agencies/legal/availability", query_string=other).status_code == 200


def test_an_old_catalogue_says_that_it_is_old(gateway) -> None:
    gateway.agencies.away.add("booking-legal")
    gateway.mall.catalogues.refresh("legal")
    old = {agency["code"]: agency["is_old"] for agency in gateway.api("GET", "agencies").json["agencies"]}
    assert old == {"immigration": False, "legal": True}
    gateway.agencies.away.clear()
    gateway.mall.catalogues.refresh("legal")
    assert gateway.api("GET", "agencies/legal/services").json["is_old"] is False


def test_too_many_writes_from_one_address_are_refused_and_reads_go_on(gateway_with) -> None:
    gateway = gateway_with(Limits(writes=2, reads=1000))
    answers = [gateway.api("POST", "complaints", json=COMPLAINT, key=f"file-000{n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert problem(answers[2]) == (429, "too_many_requests")
    assert int(answers[2].headers["Retry-After"]) == 30
    assert gateway.api("GET", "sites").status_code == 200
    assert gateway.client.get("/healthz").status_code == 200


def test_too_many_bookings_of_one_person_are_refused_from_any_address(gateway_with) -> None:
    gateway = gateway_with(Limits(writes=1000, reads=1000, identity_writes=2))
    statuses = []
    for number in range(4):
        person = {**PERSON, "nik": PERSON["nik"] if number < 3 else "3602146508900004"}
        answer = gateway.api(
            "POST",
            "agencies/immigration/tickets",
            json=booking(person=person),
            key=f"book-000{number}",
            environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
        )
        statuses.append(answer.status_code)
    assert statuses == [201, 201, 429, 201]


def test_places_are_asked_anew_after_an_event_and_not_before(gateway) -> None:
    ask = lambda: gateway.api("GET", "agencies/immigration/availability", query_string=DAYS)  # noqa: E731
    ask()
    ask()
    assert gateway.agencies.count("availability") == 1
    _, event = gateway.agencies.walk_in()
    gateway.mall.boards.receive(event)
    gateway.mall.availability.monotonic = lambda: 10.0**9
    ask()
    assert gateway.agencies.count("availability") == 2


def test_answers_are_not_cached_and_carry_security_headers(gateway) -> None:
    answer = gateway.api("GET", f"tickets/{booked(gateway)}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-ID"]


def test_the_state_of_a_ticket_is_what_its_agency_says(gateway) -> None:
    agencies: FakeAgencies = gateway.agencies
    token = booked(gateway)
    agencies.change(token, State.SERVED)
    assert json.loads(gateway.api("GET", f"tickets/{token}").data)["ticket"]["state"] == "served"


def test_the_gateway_is_ready_once_every_agency_was_asked_whether_it_answered_or_not(gateway) -> None:
    needs = lambda: gateway.client.get("/readyz").json["needs"]  # noqa: E731
    gateway.mall.catalogues._asked.clear()
    gateway.agencies.away.add("booking-legal")
    assert gateway.mall.catalogues.are_asked is False
    gateway.mall.catalogues.refresh("immigration")
    gateway.mall.catalogues.refresh("legal")
    assert gateway.mall.catalogues.are_asked is True
    assert needs().keys() == {"bus", "agencies"}
