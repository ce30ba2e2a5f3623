"""What became of a ticket after the counter, on its page and in the interface."""

from typing import Any

import pytest
from gerai_gateway.schemas.applications import ApplicationSchema

from tests.unit.gateway.browsing import booked, text_of

Json = dict[str, Any]


def both(text: str) -> Json:
    """A text in both languages."""
    return {"id": text, "en": f"{text} (en)"}


def application(**changes: Any) -> Json:
    """An application that is interviewed, with a promise."""
    stages = [("file_complete", "done"), ("interviewed", "current"), ("ready", "pending")]
    return {
        "stage": "interviewed",
        "stage_name": both("Wawancara"),
        "state": "open",
        "stages": [
            {
                "code": code,
                "name": both(f"Tahap {code}"),
                "state": state,
                "at": "2026-11-24T03:00:00+00:00" if state != "pending" else None,
            }
            for code, state in stages
        ],
        "moved_at": "2026-11-24T03:00:00+00:00",
        "promise_on": "2026-11-30",
        "promise_provisional": False,
        "promise_days": 4,
        "promise_from": both("Wawancara"),
        "promise_basis": "Permenkumham 8/2014 Pasal 22",
        "promise_paused": False,
        "no_promise": None,
        "asks": None,
        "note": None,
        "collection": {
            "site_name": both("Kantor Contoh"),
            "site_address": both("Jalan Contoh 1"),
            "until": None,
            "receivers": [{"code": "self", "name": both("Pemohon"), "proofs": [both("Bukti bayar")]}],
        },
        **changes,
    }


def page(gateway, **changes: Any) -> str:
    """The ticket's page as a reader sees it."""
    gateway.agencies.application = application(**changes)
    return text_of(gateway.client.get(f"/t/{booked(gateway)}"))


def test_a_ticket_without_a_file_says_nothing_of_one(gateway) -> None:
    assert "Permohonan Anda" not in text_of(gateway.client.get(f"/t/{booked(gateway)}"))


def test_the_page_tells_stages_promise_and_place(gateway) -> None:
    shown = page(gateway)
    for told in ("Permohonan Anda", "Senin, 30 November 2026", "Tahap ready", "Kantor Contoh"):
        assert told in shown, told
    assert "Yang harus dibawa" not in shown


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"promise_on": None}, "4 hari kerja setelah: Wawancara"),
        (
            {"promise_on": None, "promise_from": None, "no_promise": both("Tergantung pemeriksaan")},
            "Tergantung",
        ),
        ({"asks": both("Silakan bayar")}, "Silakan bayar"),
        ({"state": "waiting", "note": "Bawa akta", "promise_paused": True}, "Bawa akta"),
        ({"state": "waiting", "promise_paused": True}, "Hari itu mundur"),
        ({"promise_provisional": True}, "Cuti bersama tahun itu belum diumumkan"),
        ({"state": "ready"}, "Bukti bayar"),
        ({"state": "closed", "stage": "rejected", "note": "Data tidak benar"}, "Data tidak benar"),
        ({"state": "closed", "stage": "cancelled_uncollected"}, "Tidak diambil pada waktunya"),
    ],
)
def test_each_state_tells_what_the_citizen_has_to_know(gateway, changes: Json, told: str) -> None:
    assert told in page(gateway, **changes)


def test_until_when_to_collect_is_told_once_it_is_known(gateway) -> None:
    collection = application()["collection"] | {"until": "2026-12-30"}
    assert "Rabu, 30 Desember 2026" in page(gateway, state="ready", collection=collection)


def test_what_ended_shows_nothing_to_come(gateway) -> None:
    assert "Tahap ready" not in page(gateway, state="closed", stage="withdrawn")


def test_a_file_that_was_handed_back_shows_what_is_missing(gateway) -> None:
    gateway.agencies.incomplete_file = {
        "at": "2026-11-24T03:00:00+00:00",
        "why": "Tertinggal di rumah",
        "missing": [both("Kartu keluarga")],
    }
    shown = text_of(gateway.client.get(f"/t/{booked(gateway)}"))
    assert "Tertinggal di rumah" in shown
    assert "Kartu keluarga" in shown


def test_the_interface_tells_it_in_the_documented_shape(gateway) -> None:
    token = booked(gateway)
    assert gateway.api("GET", f"tickets/{token}").json["application"] is None
    gateway.agencies.application = application()
    answer = gateway.api("GET", f"tickets/{token}").json["application"]
    assert ApplicationSchema().validate(answer) == {}
