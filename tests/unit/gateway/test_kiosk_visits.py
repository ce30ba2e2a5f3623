"""One visit over several agencies from a kiosk: who has a number waits with it for other errands, too."""

import pytest
import time_machine
from gerai_booking import refusals as booking
from gerai_gateway import visits
from gerai_gateway.portal import kiosk_kept
from gerai_gateway.rules.visit_order import MOST_ERRANDS
from gerai_shared.ticket import State

from tests.unit.gateway.browsing import booked, send, text_of
from tests.unit.gateway.conftest import Gateway
from tests.unit.gateway.test_kiosk import KIOSK, sign_in, take_number, wishes

PASSPORT, TRADEMARK = "immigration/passport-new", "legal/trademark"


def add(gateway: Gateway, errand: str, **fields: str):
    """Add an errand as its pages lead to it."""
    path = f"{KIOSK}/more/{errand}"
    return send(gateway, gateway.client.get(path), path, **fields)


def test_who_has_a_number_waits_with_it_for_another_errand_without_being_asked_again(
    gateway: Gateway,
) -> None:
    sign_in(gateway)
    take_number(gateway, need="elderly")
    first = text_of(gateway.client.get(f"{KIOSK}/ticket"))
    assert "Saya punya urusan lain" in first
    (ticket,) = gateway.agencies.tickets.values()
    for page in ("/more", "/more/legal", f"/more/{TRADEMARK}"):
        assert f"tetap {ticket.number}" in text_of(gateway.client.get(f"{KIOSK}{page}"))
    assert "60 tahun" not in text_of(gateway.client.get(f"{KIOSK}/more/{TRADEMARK}"))
    assert add(gateway, TRADEMARK).headers["Location"] == f"{KIOSK}/ticket"
    one, other = wishes(gateway, "kiosk_walk_in")
    assert (one["visit"], other["need"]) == (None, "elderly")
    assert other["visit"] == {
        "id": ticket.visit_id,
        "number": ticket.number,
        "arrived_at": ticket.checked_in_at.isoformat(),
    }
    shown_page = gateway.client.get(f"{KIOSK}/ticket")
    shown = text_of(shown_page)
    assert "Paspor baru 7 orang sebelum Anda" in shown
    assert "Merek 7 orang sebelum Anda" in shown
    # One code for all of it: that of the visit.
    assert f"/api/v1/visits/{visits.token_of(gateway.mall, ticket.visit_id)}/qr.svg" in shown_page.text


def test_the_same_errand_again_changes_nothing(gateway: Gateway) -> None:
    sign_in(gateway)
    take_number(gateway)
    page = gateway.client.get(f"{KIOSK}/more/{TRADEMARK}")
    for _ in range(3):
        assert send(gateway, page, f"{KIOSK}/more/{TRADEMARK}").status_code == 303
    assert gateway.client.get(f"{KIOSK}/more/{PASSPORT}").headers["Location"] == f"{KIOSK}/ticket"
    assert len(gateway.agencies.tickets) == 2
    assert "Anda sudah menunggu" in text_of(gateway.client.get(f"{KIOSK}/more/immigration"))


@pytest.mark.parametrize("silent", ["immigration", "legal"])
def test_a_silent_agency_stops_neither_another_errand_nor_the_page(gateway: Gateway, silent: str) -> None:
    sign_in(gateway)
    take_number(gateway)
    if silent == "immigration":
        gateway.agencies.away.add("booking-immigration")
    assert add(gateway, TRADEMARK).status_code == 303
    gateway.agencies.away.add(f"booking-{silent}")
    page = gateway.client.get(f"{KIOSK}/ticket")
    assert page.status_code == 200
    assert "sedang tidak menjawab" in text_of(page)
    answering = "Merek" if silent == "immigration" else "Paspor baru"
    assert f"{answering} 7 orang sebelum Anda" in text_of(page)
    assert "/ticket/print" not in page.text


def test_a_silent_agency_is_asked_once_for_a_look(gateway: Gateway) -> None:
    sign_in(gateway)
    take_number(gateway)
    for errand in (TRADEMARK, "legal/copyright"):
        add(gateway, errand)
    gateway.agencies.away.add("booking-legal")
    before = gateway.agencies.count("kiosk_ticket")
    assert "Hak cipta" in text_of(gateway.client.get(f"{KIOSK}/ticket/panel"))
    assert gateway.agencies.count("kiosk_ticket") == before + 2


def test_a_refused_errand_leaves_the_number_and_the_way_to_others(gateway: Gateway) -> None:
    sign_in(gateway)
    take_number(gateway)
    gateway.agencies.refuses["kiosk_walk_in"] = booking.WalkInFull()
    refused = add(gateway, TRADEMARK)
    assert refused.status_code == 409
    # Elsewhere with the same number, not to a second one.
    assert f'href="{KIOSK}/more"' in refused.text
    assert f'href="{KIOSK}/number"' not in refused.text
    assert f'href="{KIOSK}/ticket"' in refused.text
    assert "Paspor baru 7 orang sebelum Anda" in text_of(gateway.client.get(f"{KIOSK}/ticket"))


def test_who_booked_and_checked_in_is_asked_for_their_need_at_another_errand(gateway: Gateway) -> None:
    sign_in(gateway)
    token = booked(gateway)
    send(gateway, gateway.client.get(f"{KIOSK}/check-in"), f"{KIOSK}/check-in", shown=token)
    # What they booked is not given once more.
    assert "Anda sudah menunggu" in text_of(gateway.client.get(f"{KIOSK}/more/immigration"))
    assert "60 tahun" in text_of(gateway.client.get(f"{KIOSK}/more/{TRADEMARK}"))
    assert add(gateway, TRADEMARK, need="pregnant").status_code == 303
    assert "60 tahun" not in text_of(gateway.client.get(f"{KIOSK}/more/legal/copyright"))
    (wish,) = wishes(gateway, "kiosk_walk_in")
    assert wish["visit"]["arrived_at"] is None
    booked_ticket = gateway.agencies._find(token)
    assert (wish["need"], wish["visit"]["id"]) == ("pregnant", booked_ticket.visit_id)
    assert booked_ticket.state is State.CHECKED_IN


def test_a_number_that_anybody_may_type_adds_nothing(gateway: Gateway) -> None:
    sign_in(gateway)
    number = gateway.agencies._find(booked(gateway)).number
    send(gateway, gateway.client.get(f"{KIOSK}/check-in"), f"{KIOSK}/check-in", shown=number)
    assert "urusan lain" not in text_of(gateway.client.get(f"{KIOSK}/ticket"))
    assert gateway.client.get(f"{KIOSK}/more").headers["Location"] == f"{KIOSK}/ticket"


def test_nobody_adds_to_a_visit_that_was_not_given_here(gateway: Gateway) -> None:
    sign_in(gateway)
    take_number(gateway)
    page = gateway.client.get(f"{KIOSK}/more/{TRADEMARK}")
    gateway.client.get(f"{KIOSK}/over")
    assert send(gateway, page, f"{KIOSK}/more/{TRADEMARK}").status_code == 409
    for forged in ("", "nonsense", "eyJlcnJhbmRzIjpbXX0.aaaa.bbbb"):
        gateway.client.set_cookie(kiosk_kept.COOKIE, forged, path="/kiosk")
        answer = gateway.client.get(f"{KIOSK}/more")
        assert answer.status_code == 409
        assert "tunjukkan dahulu kode tiket Anda" in text_of(answer)
        assert f'href="{KIOSK}/check-in"' in answer.text
    assert len(gateway.agencies.tickets) == 1


def test_a_visit_has_an_end(gateway: Gateway) -> None:
    sign_in(gateway)
    take_number(gateway)
    more = ["immigration/passport-renewal", "legal/trademark", "legal/copyright", "legal/apostille"]
    assert len(more) == MOST_ERRANDS - 1
    for errand in more:
        page = gateway.client.get(f"{KIOSK}/more/{errand}")
        for _ in range(2):
            answer = send(gateway, page, f"{KIOSK}/more/{errand}")
            assert (answer.status_code, answer.headers["Location"]) == (303, f"{KIOSK}/ticket")
    assert len(gateway.agencies.tickets) == MOST_ERRANDS
    assert "urusan lain" not in text_of(gateway.client.get(f"{KIOSK}/ticket"))
    assert gateway.client.get(f"{KIOSK}/more").headers["Location"] == f"{KIOSK}/ticket"


def test_what_is_kept_is_forgotten_after_minutes_whatever_the_browser_does(gateway: Gateway) -> None:
    sign_in(gateway)
    with time_machine.travel(0, tick=False) as clock:
        take_number(gateway)
        cookie = gateway.client.get_cookie(kiosk_kept.COOKIE, path="/kiosk")
        clock.shift(kiosk_kept.LASTS_SECONDS + 1)
        gateway.client.set_cookie(kiosk_kept.COOKIE, cookie.value, path="/kiosk")
        assert gateway.client.get(f"{KIOSK}/ticket").headers["Location"] == KIOSK
