"""The waiting list through the interface and on the portal, without any script."""

import pytest
from gerai_booking import refusals as booking
from gerai_gateway.portal.shapes import full_days
from gerai_shared.refusals import Unavailable

from tests.unit.gateway.browsing import BOOK, TYPED, field, send, text_of
from tests.unit.gateway.fake_places import HOURS

DAY, SLOT = "2026-11-25", "mpp-lebak.passport-new.20261125T0200Z"
PERSON = {"name": "Warga Contoh", "nik": "3602146508900003", "email": "warga@example.org"}
BODY = {"site": "mpp-lebak", "service": "passport-new", "first_day": DAY, "last_day": DAY, "person": PERSON}
JOIN = "agencies/immigration/waiting-list"
WISH = {name: TYPED[name] for name in ("name", "nik", "email", "phone")} | {
    "site": "mpp-lebak",
    "first_day": DAY,
    "last_day": DAY,
}


def joined(gateway) -> str:
    answer = gateway.api("POST", JOIN, json=BODY, key=f"join-{len(gateway.agencies.waiting):04d}")
    assert answer.status_code == 201, answer.text
    return answer.json["token"]


def fill(gateway, *days: str) -> None:
    """Leave no place on these days."""
    for day in days:
        hours = (f"{hour - 7:02d}" for hour in HOURS)
        gateway.agencies.full.update(f"mpp-lebak.passport-new.{day.replace('-', '')}T{h}00Z" for h in hours)


def test_who_joins_gets_a_token_its_page_and_an_honest_position(gateway) -> None:
    joined(gateway)
    answer = gateway.api("POST", JOIN, json=BODY, key="join-second").json
    assert answer["url"] == f"http://localhost/w/{answer['token']}"
    assert answer["token"].startswith("waiting-immigration.")
    seen = gateway.api("GET", f"waiting-list/{answer['token']}").json
    assert (seen["state"], seen["ahead"], seen["offer"]) == ("waiting", 1, None)
    again = gateway.api("POST", JOIN, json=BODY, key="join-second").json
    assert again["token"] == answer["token"]


def test_an_offer_tells_the_hold_and_leaving_makes_way(gateway) -> None:
    token = joined(gateway)
    hold = gateway.agencies.offer(token, SLOT)
    offer = gateway.api("GET", f"waiting-list/{token}").json["offer"]
    assert (offer["hold_token"], offer["held_until"]) == (hold, "2026-11-24T04:00:00+00:00")
    left = gateway.api("POST", f"waiting-list/{token}/leave", key="leave-0001")
    assert (left.status_code, left.json["state"]) == (200, "left")


@pytest.mark.parametrize(
    ("body", "field_name"),
    [
        ({**BODY, "first_day": "tomorrow"}, "first_day"),
        ({**BODY, "person": {"name": "W", "email": "warga@example.org"}}, "person.nik"),
        ({name: value for name, value in BODY.items() if name != "last_day"}, "last_day"),
    ],
)
def test_a_body_that_lacks_something_says_what(gateway, body, field_name) -> None:
    answer = gateway.api("POST", JOIN, json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert field_name in answer.json["details"]["fields"]


def test_what_is_no_token_of_the_list_is_unknown_and_nobody_is_asked(gateway) -> None:
    asked = len(gateway.agencies.asked)
    for token in ("immigration." + "A" * 43, "waiting-nowhere." + "A" * 43, "waiting-immigration.x"):
        answer = gateway.api("GET", f"waiting-list/{token}")
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_entry")
    assert len(gateway.agencies.asked) == asked


def test_a_full_day_leads_to_the_list_and_one_with_places_does_not(gateway) -> None:
    assert "Masuk daftar tunggu" not in text_of(gateway.client.get(f"{BOOK}?site=mpp-lebak"))
    fill(gateway, DAY, "2026-11-26")
    gateway.mall.availability.forget_all()
    page = gateway.client.get(f"{BOOK}?site=mpp-lebak")
    assert "Masuk daftar tunggu" in text_of(page)
    assert f"{BOOK}/wait?site=mpp-lebak&amp;from={DAY}&amp;to=2026-11-26" in page.text
    form = gateway.client.get(f"{BOOK}/wait?site=mpp-lebak&from={DAY}&to=2026-11-26")
    assert (field(form, "first_day"), field(form, "last_day")) == (DAY, "2026-11-26")


def test_somebody_joins_by_the_form_waits_is_offered_a_place_and_is_led_to_it(gateway) -> None:
    joined(gateway)
    form = gateway.client.get(f"{BOOK}/wait?site=mpp-lebak&from={DAY}&to={DAY}")
    answer = send(gateway, form, f"{BOOK}/wait", **WISH)
    assert answer.status_code == 303, text_of(answer)
    address = answer.headers["Location"]
    seen = text_of(gateway.client.get(address))
    assert "Anda masuk daftar tunggu" in seen
    assert "Ada 1 orang sebelum Anda" in seen
    token = address.removeprefix("/w/").removesuffix("?new=1")
    hold = gateway.agencies.offer(token, SLOT)
    page = gateway.client.get(f"/w/{token}")
    assert "Mohon pesan sebelum Selasa, 24 November 2026, 11.00 WIB" in text_of(page)
    assert f"{BOOK}/details/{hold}" in page.text
    assert "Tempat Anda kami simpan" in text_of(gateway.client.get(f"{BOOK}/details/{hold}"))


def test_a_refused_form_keeps_what_was_typed_and_says_where_it_is_wrong(gateway) -> None:
    form = gateway.client.get(f"{BOOK}/wait?site=mpp-lebak&from={DAY}&to={DAY}")
    answer = send(gateway, form, f"{BOOK}/wait", **{**WISH, "nik": "123", "last_day": ""})
    assert answer.status_code == 422
    assert field(answer, "name") == "Warga Contoh"
    assert "NIK terdiri atas 16 angka" in text_of(answer)
    gateway.agencies.refuses["join_waiting_list"] = booking.PlacesFree(day=DAY)
    answer = send(gateway, form, f"{BOOK}/wait", **WISH)
    assert answer.status_code == 409
    assert "25 November 2026 masih ada tempat kosong" in text_of(answer)
    assert field(answer, "email") == "warga@example.org"


def test_a_form_that_got_no_answer_is_sent_again_with_the_same_key(gateway) -> None:
    form = gateway.client.get(f"{BOOK}/wait?site=mpp-lebak&from={DAY}&to={DAY}")
    gateway.agencies.refuses["join_waiting_list"] = Unavailable(retry_after=5)
    answer = send(gateway, form, f"{BOOK}/wait", **WISH)
    assert field(answer, "idempotency_key") == field(form, "idempotency_key")
    del gateway.agencies.refuses["join_waiting_list"]
    assert send(gateway, answer, f"{BOOK}/wait", **WISH).status_code == 303


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("taken", "Anda sudah mendapat tempat"),
        ("lapsed", "Waktu untuk memesan tempat sudah habis"),
        ("left", "Anda sudah keluar dari daftar tunggu"),
        ("over", "Hari terakhir Anda sudah lewat"),
    ],
)
def test_whatever_became_of_the_waiting_is_said(gateway, state: str, said: str) -> None:
    token = joined(gateway)
    gateway.agencies.waiting[token] |= {"state": state, "ahead": None}
    assert said in text_of(gateway.client.get(f"/w/{token}"))


def test_leaving_from_the_page(gateway) -> None:
    token = joined(gateway)
    page = gateway.client.get(f"/w/{token}")
    assert "Giliran Anda berikutnya" in text_of(page)
    assert send(gateway, page, f"/w/{token}/leave").headers["Location"] == f"/w/{token}"
    assert "Anda sudah keluar dari daftar tunggu" in text_of(gateway.client.get(f"/w/{token}"))


def test_the_code_of_a_place_in_the_list_is_found_and_search_engines_stay_out(gateway) -> None:
    token = joined(gateway)
    assert gateway.client.get(f"/tickets?code={token}").headers["Location"] == f"/w/{token}"
    assert "Disallow: /w/" in gateway.client.get("/robots.txt").text


def test_the_next_full_days_end_before_a_day_with_places() -> None:
    def day(name: str, reason: str | None) -> dict:
        return {"day": name, "reason": reason, "open": reason is None}

    days = [day("1", "past"), day("2", None), day("3", "full"), day("4", "closed"), day("5", "full")]
    assert full_days(days) == ("3", "5")
    assert full_days([*days, day("6", None), day("7", "full")]) == ("3", "5")
    assert full_days(days[:2]) is None
