"""Advice on the portal: said once before a booking, never in the way of it; and which office is for which area."""

from typing import Any

import pytest
from gerai_shared.refusals import Unavailable

from tests.unit.gateway.browsing import SLOT, TYPED, booked, field, held, send, text_of

CILEGON = {
    "kind": "other_office",
    "office": {"id": "Kantor Imigrasi Cilegon", "en": "Cilegon Immigration Office"},
    "site": None,
    "why": {"id": "Atas permintaan kementerian.", "en": "At the request of the ministry."},
    "basis": "Kantor Imigrasi Serang, 2018-07-11",
    "day": None,
}
POSTPONE = {**CILEGON, "kind": "postpone", "office": None, "why": None, "basis": None, "day": "2026-12-14"}
RESTRICTION = {"name": "PPKM", "level": "3", "free_from": "2026-12-14"}
PILGRIM = {**TYPED, "purpose": "hajj", "regency": "36.73"}


def sent(gateway, **fields: str):
    """Fill in the form of the details and send it; the address and the answer."""
    address = held(gateway)
    return address, send(gateway, gateway.client.get(address), address, **fields)


def booked_body(gateway) -> dict[str, Any]:
    """What the agency was asked to book, once."""
    (batch,) = [payload for _, method, payload, _ in gateway.agencies.asked if method == "book_batch"]
    (request,) = batch["requests"]
    body: dict[str, Any] = request["body"]
    return body


def test_advice_is_said_once_and_whoever_goes_on_is_booked(gateway) -> None:
    gateway.agencies.advice = [CILEGON]
    address, answer = sent(gateway, **PILGRIM)
    seen = text_of(answer)
    assert answer.status_code == 200
    assert "biasanya dilayani di Kantor Imigrasi Cilegon" in seen
    assert "pesanan tetap berlaku" in seen
    assert "Tetap pesan di sini" in seen
    assert 'href="/coverage"' in answer.text
    assert field(answer, "nik") == PILGRIM["nik"]
    assert gateway.agencies.count("book_batch") == 0
    answer = send(gateway, answer, address, **PILGRIM, advised=field(answer, "advised"))
    assert answer.status_code == 303
    assert gateway.agencies.count("advise") == 1
    assert gateway.agencies.count("book_batch") == 1


def test_an_agency_is_asked_for_advice_only_where_there_may_be_some(gateway) -> None:
    gateway.agencies.advice = [CILEGON]
    booked(gateway)
    assert gateway.agencies.count("advise") == 0


@pytest.mark.parametrize("silent", [False, True])
def test_without_advice_or_an_answer_the_booking_goes_through(gateway, silent) -> None:
    if silent:
        gateway.agencies.refuses["advise"] = Unavailable(retry_after=5)
    _address, answer = sent(gateway, **PILGRIM)
    assert answer.status_code == 303
    assert gateway.agencies.count("advise") == 1


def test_where_nothing_restricts_nobody_is_asked_for_urgency(gateway) -> None:
    assert "Apakah mendesak?" not in text_of(gateway.client.get(held(gateway)))


def test_under_a_restriction_urgency_is_asked_for_and_no_answer_refuses(gateway) -> None:
    gateway.agencies.restriction = RESTRICTION
    address, answer = sent(gateway, **TYPED, asks_urgency="1")
    assert answer.status_code == 422
    assert "Karena PPKM tingkat 3 tempat pada hari itu lebih sedikit" in text_of(answer).replace(",", "")
    assert 'href="#field-urgent"' in answer.text
    gateway.agencies.advice = [POSTPONE]
    answer = send(gateway, answer, address, **TYPED, asks_urgency="1", urgent="no")
    seen = text_of(answer)
    assert answer.status_code == 200
    assert "Bila tidak mendesak, mohon datang lain waktu" in seen
    assert "Senin, 14 Desember 2026" in seen
    assert "day=2026-12-14" in answer.text
    answer = send(gateway, answer, address, **TYPED, asks_urgency="1", urgent="no", advised="1")
    assert answer.status_code == 303
    assert booked_body(gateway)["urgent"] is False


def test_who_says_that_it_is_urgent_hears_no_advice_to_wait(gateway) -> None:
    gateway.agencies.restriction = RESTRICTION
    _address, answer = sent(gateway, **TYPED, asks_urgency="1", urgent="yes")
    assert answer.status_code == 303
    assert gateway.agencies.count("advise") == 0


def test_the_regency_goes_with_the_booking(gateway) -> None:
    sent(gateway, **TYPED, regency="36.01")
    assert booked_body(gateway)["person"]["regency"] == "36.01"


@pytest.mark.parametrize("regency", ["Lebak", "3602", "36.0", "99"])
def test_a_regency_that_is_no_code_is_refused_by_its_field(gateway, regency) -> None:
    _address, answer = sent(gateway, **TYPED, regency=regency)
    assert answer.status_code == 422
    assert "Kode kabupaten/kota seperti 36.02" in text_of(answer)


def test_the_page_of_areas_names_offices_routes_and_their_basis(gateway) -> None:
    seen = text_of(gateway.client.get("/coverage"))
    for expected in (
        "Anda boleh mengurus di kantor mana pun",
        "Haji, dari Kabupaten Serang, Kota Serang: Kantor Imigrasi Cilegon",
        "Kantor Imigrasi Serang, 2018-07-11, sejak 11 Juli 2018",
        "Kabupaten Pandeglang Banten Kantor Imigrasi Serang",
        "Setiap kantor instansi ini melayani warga dari semua daerah",
    ):
        assert expected in seen


def test_the_interface_tells_the_areas_of_an_agency(gateway) -> None:
    answer = gateway.api("GET", "agencies/immigration/coverage")
    assert answer.status_code == 200
    areas = {area["code"]: area["sites"] for area in answer.json["coverage"]}
    assert areas["36.02"] == ["kanim-serang", "mpp-lebak"]
    assert answer.json["routes"][0]["office"]["en"] == "Cilegon Immigration Office"


DIFFERENT = [
    {"field": "name", "size": "small", "reason": "one_letter"},
    {"field": "birth_date", "size": "large", "reason": "year"},
]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("differs", "Nama lengkap : satu huruf berbeda. Perbedaan kecil"),
        ("differs", "Tanggal lahir : tahunnya berbeda. Perbedaan besar"),
        ("differs", "Tempat Anda tetap disimpan"),
        ("being_corrected", "Data Anda sedang diperbaiki di instansi asalnya"),
        ("not_listed", "Anda belum ada di daftar Siskohat uji"),
        ("corrected", "Data Anda sudah diperbaiki"),
        ("matches", "Data Anda sama dengan daftar Siskohat uji"),
    ],
)
def test_a_ticket_says_how_its_holder_compares_with_the_list(gateway, state, expected) -> None:
    token = booked(gateway)
    match: dict[str, Any] = {"state": state, "source": "Siskohat uji", "differences": DIFFERENT}
    gateway.agencies.match = match
    assert expected in text_of(gateway.client.get(f"/t/{token}"))


def test_a_booking_of_the_interface_passes_advice_on(gateway) -> None:
    body = {
        "slot_id": SLOT,
        "purpose": "hajj",
        "urgent": None,
        "person": {
            "name": "Warga Uji",
            "nik": "3602146508900003",
            "email": "w@example.org",
            "regency": "other",
        },
    }
    answer = gateway.api("POST", "agencies/immigration/tickets", json=body)
    assert answer.status_code == 201
    assert gateway.agencies.count("advise") == 0
