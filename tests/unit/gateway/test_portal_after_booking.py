"""Tickets, complaints and displays on the portal, without any script."""

import re
from dataclasses import replace

import pytest
from gerai_shared.refusals import Unavailable
from gerai_shared.ticket import State

from tests.unit.gateway.browsing import BOOK, booked, field, send, text_of

COMPLAINT = {
    "classification": "complaint",
    "title": "Menunggu terlalu lama",
    "text": "Saya menunggu dua jam tanpa penjelasan.",
    "agency": "legal",
    "name": "Warga Contoh",
}


def test_a_ticket_is_cancelled_after_a_question(gateway) -> None:
    token = booked(gateway)
    question = gateway.client.get(f"/t/{token}/cancel")
    assert "Batalkan tiket A-001?" in text_of(question)
    assert send(gateway, question, f"/t/{token}/cancel").headers["Location"] == f"/t/{token}"
    seen = text_of(gateway.client.get(f"/t/{token}"))
    assert "Tiket ini dibatalkan" in seen
    assert gateway.client.get(f"/t/{token}/cancel").status_code == 303


def test_a_ticket_moves_to_another_hour_and_the_old_one_leads_there(gateway) -> None:
    token = booked(gateway)
    page = gateway.client.get(f"/t/{token}/reschedule")
    other = "mpp-lebak.passport-new.20261125T0300Z"
    assert send(gateway, page, f"/t/{token}/reschedule", day="2026-11-25").status_code == 422
    moved = send(gateway, page, f"/t/{token}/reschedule", day="2026-11-25", slot_id=other)
    assert moved.status_code == 303
    assert "Tiket Anda sudah dipindahkan" in text_of(gateway.client.get(moved.headers["Location"]))
    old = gateway.client.get(f"/t/{token}")
    assert moved.headers["Location"].partition("?")[0] in old.text


def test_a_refused_move_keeps_the_ticket_and_says_why(gateway) -> None:
    token = booked(gateway)
    page = gateway.client.get(f"/t/{token}/reschedule")
    other = "mpp-lebak.passport-new.20261125T0300Z"
    gateway.agencies.full.add(other)
    answer = send(gateway, page, f"/t/{token}/reschedule", day="2026-11-25", slot_id=other)
    assert answer.status_code == 409
    assert "Semua tempat pada jam ini sudah terisi" in text_of(answer)


def test_a_holder_checks_in_from_the_page(gateway) -> None:
    token = booked(gateway)
    found = next(iter(gateway.agencies.tickets.values()))
    gateway.agencies.tickets[found.id] = replace(found, day=gateway.agencies.now.date())
    page = gateway.client.get(f"/t/{token}")
    assert send(gateway, page, f"/t/{token}/check-in").status_code == 303
    gateway.mall.boards.receive(None)
    gateway.settle()
    assert "Giliran Anda berikutnya" in text_of(gateway.client.get(f"/t/{token}"))


def test_a_check_in_that_is_too_early_says_when_in_the_sites_time(gateway) -> None:
    from gerai_shared.ticket import NotYetOpen

    token = booked(gateway)
    page = gateway.client.get(f"/t/{token}/cancel")
    gateway.agencies.refuses["check_in"] = NotYetOpen(opens_at="2026-11-25T08:00:00+07:00")
    answer = send(gateway, page, f"/t/{token}/check-in")
    assert answer.status_code == 409
    assert "25 November 2026, 08.00" in text_of(answer)


@pytest.mark.parametrize("state", list(State))
def test_every_state_of_a_ticket_has_a_page_in_both_languages(gateway, state) -> None:
    token, _ = gateway.agencies.walk_in()
    gateway.agencies.change(token, state, counter="1", called_at=gateway.agencies.now)
    for language in ("id", "en"):
        answer = gateway.client.get(f"/t/{token}?lang={language}")
        assert answer.status_code == (303 if state is State.HELD else 200)
        assert "data-when" in answer.text or state is State.HELD


def test_the_page_falls_back_to_looking_when_the_stream_does_not_get_through(gateway) -> None:
    token, event = gateway.agencies.walk_in()
    gateway.mall.boards.receive(event)
    assert f"/t/{token}/live" in gateway.client.get(f"/t/{token}").text
    assert gateway.client.get(f"/t/{token}/live?lang=en").json["ahead_text"] == "You are next"


def test_tickets_are_kept_from_search_engines_and_caches(gateway) -> None:
    answer = gateway.client.get(f"/t/{booked(gateway)}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Disallow: /t/" in gateway.client.get("/robots.txt").text


@pytest.mark.parametrize("what", ["", "A-012", "immigration.short"])
def test_what_is_no_code_is_explained(gateway, what) -> None:
    answer = gateway.client.get("/tickets", query_string={"code": what})
    assert answer.status_code == (404 if what else 200)
    assert ("Ini bukan kode kami" in text_of(answer)) is bool(what)


def test_codes_and_addresses_lead_to_their_pages(gateway) -> None:
    ticket, complaint = "immigration." + "A" * 43, "complaint." + "A" * 43
    for code, page in (
        (f"http://localhost/t/{ticket}?new=1", f"/t/{ticket}"),
        (complaint, f"/c/{complaint}"),
    ):
        answer = gateway.client.get("/tickets", query_string={"code": code})
        assert answer.headers["Location"] == page


def test_a_complaint_is_filed_followed_and_settled(gateway) -> None:
    ticket = booked(gateway)
    page = gateway.client.get(f"/c/new?ticket={ticket}")
    assert field(page, "ticket") == ticket
    assert re.search(r'<option value="immigration" selected', page.text)
    typed = {
        "classification": "complaint",
        "title": "Menunggu terlalu lama",
        "text": "Saya menunggu dua jam.\r\nTanpa penjelasan.",
        "ticket": f"http://localhost/t/{ticket}",
        "agency": "immigration",
        "name": "Warga Contoh",
    }
    answer = send(gateway, page, "/c/new", **typed)
    assert answer.status_code == 303
    address = answer.headers["Location"]
    tracked = gateway.client.get(address)
    assert "P-2026-000001" in text_of(tracked)
    assert "Senin, 14 Desember 2026" in text_of(tracked)
    filed = next(payload for _, method, payload, _ in gateway.agencies.asked if method == "file")
    assert filed["text"] == "Saya menunggu dua jam.\nTanpa penjelasan."
    assert filed["ticket_facts"]["number"] == "A-001"
    token = address.removeprefix("/c/").partition("?")[0]
    gateway.agencies.complaints[token].update(state="answered", can={"accept": True, "dispute": True})
    page = gateway.client.get(f"/c/{token}")
    assert send(gateway, page, f"/c/{token}/decision", decision="accept", text="").status_code == 303
    assert "Selesai" in text_of(gateway.client.get(f"/c/{token}"))


def test_a_complaint_whose_answer_was_lost_is_sent_again_with_the_same_key(gateway) -> None:
    page = gateway.client.get("/c/new")
    gateway.agencies.refuses["file"] = Unavailable(retry_after=5)
    lost = send(gateway, page, "/c/new", **COMPLAINT)
    assert lost.status_code == 503
    assert "tidak akan tercatat dua kali" in text_of(lost)
    del gateway.agencies.refuses["file"]
    assert send(gateway, lost, "/c/new", **COMPLAINT).status_code == 303
    first, second = (key for _, method, _, key in gateway.agencies.asked if method == "file")
    assert first == second == field(page, "idempotency_key")


def test_a_complaint_that_was_refused_for_its_mistakes_gets_a_new_key(gateway) -> None:
    page = gateway.client.get("/c/new")
    refused = send(gateway, page, "/c/new", **{**COMPLAINT, "text": "pendek"})
    assert field(refused, "idempotency_key") != field(page, "idempotency_key")
    assert "tercatat dua kali" not in text_of(refused)


def test_the_mall_itself_is_complained_about(gateway) -> None:
    page = gateway.client.get("/c/new")
    assert re.search(r'<option value="mall"[^>]*>Pengelola mal', page.text)
    filed = send(gateway, page, "/c/new", **{**COMPLAINT, "agency": "mall", "site": "popup-gorontalo"})
    seen = text_of(gateway.client.get(filed.headers["Location"]))
    assert "Instansi Pengelola mal" in seen
    assert "WITA" in seen


def test_a_complaint_with_mistakes_keeps_everything_typed(gateway) -> None:
    page = gateway.client.get("/c/new")
    answer = send(
        gateway, page, "/c/new", classification="complaint", title="Antrean", text="pendek", email="x"
    )
    assert answer.status_code == 422
    seen = text_of(answer)
    for expected in (
        "Nama lengkap: Mohon diisi",
        "Surel: Ini bukan",
        "Instansi: Mohon pilih",
        "10 sampai 5.000",
    ):
        assert expected in seen
    assert field(answer, "title") == "Antrean"
    assert field(answer, "email") == "x"


def test_a_dispute_that_is_refused_keeps_its_text(gateway) -> None:
    filed = gateway.api(
        "POST",
        "complaints",
        json={
            "classification": "complaint",
            "title": "Antrean",
            "text": "Saya menunggu dua jam.",
            "agency": "legal",
            "person": {"name": "Warga Contoh"},
        },
    ).json
    tracked = gateway.agencies.complaints[filed["token"]]
    tracked["can"] = {"accept": True, "dispute": True}
    gateway.agencies.refuses["decide"] = Unavailable(retry_after=5)
    page = gateway.client.get(f"/c/{filed['token']}")
    answer = send(gateway, page, f"/c/{filed['token']}/decision", decision="dispute", text="Belum jelas.")
    assert answer.status_code == 503
    assert "Belum jelas." in answer.text
    assert field(answer, "idempotency_key") == field(page, "idempotency_key")


def test_the_display_shows_calls_of_all_agencies(gateway) -> None:
    for service in ("passport-new", "trademark"):
        token, _ = gateway.agencies.walk_in(service=service)
        gateway.agencies.change(
            token, State.CALLED, counter="1", called_at=gateway.agencies.now, times_called=2
        )
    gateway.agencies.walk_in(service="trademark")
    gateway.mall.boards.receive(None)
    gateway.settle()
    page = gateway.client.get("/display/mpp-lebak")
    seen = text_of(page)
    for expected in ("A-001", "A-002", "A-003", "Imigrasi", "Layanan Hukum dan HAM", "Loket 1"):
        assert expected in seen
    assert 'data-time-zone="Asia/Jakarta"' in page.text


@pytest.mark.parametrize(
    "path", ["/", "/tickets", "/c/new", f"{BOOK}?site=mpp-lebak", "/display/mpp-lebak", "/nope"]
)
def test_no_page_has_inline_script_or_style(gateway, path) -> None:
    page = gateway.client.get(path)
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page.text)
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_refusals_are_pages_with_a_way_on(gateway) -> None:
    answer = gateway.client.get("/services/immigration/nothing", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "This agency has no such service at this place." in text_of(answer)
    assert 'href="/"' in answer.text
