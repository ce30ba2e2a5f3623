"""A missed visit on the portal and in the interface: what follows is told, and its holder may say why."""

import pytest
from gerai_booking.refusals import PausedAfterNoShows
from gerai_shared.ticket import State
from gerai_shared.translations import translate

from tests.unit.gateway.browsing import booked, send, text_of
from tests.unit.gateway.fake_catalogue import Json

WHY = "Anak saya mendadak sakit dan harus dirawat."


def missed(**changes: object) -> Json:
    """A third missed visit."""
    return {
        "counts": True,
        "can_appeal": True,
        "grade": "pause",
        "count": 3,
        "paused_at": 3,
        "pause_days": 14,
        "window_days": 180,
        "paused_until": "2026-12-08",
        "appeal": None,
        **changes,
    }


@pytest.fixture
def token(gateway) -> str:
    """The ticket of a missed visit."""
    found = booked(gateway)
    gateway.agencies.change(found, State.NO_SHOW)
    gateway.agencies.missed = missed()
    return found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "berhenti sementara sampai Selasa, 8 Desember 2026"),
        ({"grade": "warning", "count": 2}, "Jika sekali lagi"),
        ({"grade": "reminder", "count": 1}, "Belum ada akibatnya"),
        ({"counts": False, "can_appeal": False}, "tidak dihitung sebagai tidak hadir"),
    ],
)
def test_the_ticket_says_what_follows(gateway, token, changes, said) -> None:
    gateway.agencies.missed = missed(**changes)
    seen = gateway.client.get(f"/t/{token}")
    assert said in text_of(seen)
    assert (f"/t/{token}/appeal" in seen.text) is gateway.agencies.missed["can_appeal"]


def test_a_holder_says_why_and_the_page_tells_that_it_was_received(gateway, token) -> None:
    page = gateway.client.get(f"/t/{token}/appeal")
    answer = send(gateway, page, f"/t/{token}/appeal", text=WHY)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/t/{token}")
    assert "Penjelasan Anda kami terima" in text_of(gateway.client.get(f"/t/{token}"))
    assert gateway.client.get(f"/t/{token}/appeal").status_code == 303
    assert gateway.agencies.count("appeal") == 1


def test_too_few_words_come_back_with_what_was_typed(gateway, token) -> None:
    page = gateway.client.get(f"/t/{token}/appeal")
    answer = send(gateway, page, f"/t/{token}/appeal", text="Macet")
    assert answer.status_code == 422
    assert "Mohon tulis 20 sampai 1.000 huruf." in text_of(answer)
    assert "Macet</textarea>" in answer.text
    assert gateway.agencies.count("appeal") == 0


def test_the_decision_and_its_reason_stand_on_the_ticket(gateway, token) -> None:
    decided = {
        "filed_at": "2026-11-24T02:00:00+00:00",
        "decided_at": "2026-11-24T03:00:00+00:00",
        "accepted": False,
        "reason": "Tidak ada <b>bukti</b>",
    }
    gateway.agencies.missed = missed(can_appeal=False, appeal=decided)
    seen = gateway.client.get(f"/t/{token}")
    assert "Penjelasan Anda belum dapat diterima" in text_of(seen)
    assert "&lt;b&gt;bukti" in seen.text
    assert f"/c/new?ticket={token}" in seen.text
    gateway.agencies.missed = missed(counts=False, can_appeal=False, appeal={**decided, "accepted": True})
    assert "Penjelasan Anda diterima" in text_of(gateway.client.get(f"/t/{token}"))


def test_the_interface_takes_an_appeal_once(gateway, token) -> None:
    answer = gateway.api("POST", f"tickets/{token}/appeal", json={"text": WHY}, key="appeal-key")
    assert answer.status_code == 200
    assert answer.json["missed"]["appeal"]["decided_at"] is None
    short = gateway.api("POST", f"tickets/{token}/appeal", json={"text": "Macet"}, key="other-key")
    assert (short.status_code, short.json["code"]) == (422, "invalid_request")


@pytest.mark.usefixtures("gateway")
def test_a_pause_is_told_with_its_end_and_what_still_works() -> None:
    said = translate(PausedAfterNoShows(until="2026-12-08"), "id")
    assert "sampai 8 Desember 2026" in said
    assert "datang langsung" in said
    assert "alasan tidak hadir" in said
