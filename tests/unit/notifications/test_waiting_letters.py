"""Letters to who waits: that they wait, that a place is kept and until when, that it is gone."""

from datetime import timedelta

import pytest
from gerai_notifications.rules import CAUSES, valid_until
from gerai_notifications.writing import Writer
from gerai_shared.events.envelope import Event

from tests.unit.notifications.examples import NOW, ORDER, waiting_event
from tests.unit.notifications.test_writing import Reader, letter_about

KINDS = sorted(cause for cause in CAUSES if cause.startswith("waiting_list."))


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("event_type", KINDS)
def test_a_letter_names_service_and_site_in_both_forms(event_type: str, language: str) -> None:
    letter = letter_about(waiting_event(event_type, language=language))
    service, site = {
        "id": ("Penggantian paspor", "MPP Lebak"),
        "en": ("Passport replacement", "Lebak Public Service Mall"),
    }[language]
    for form in (letter.text, letter.html):
        assert service in form
        assert site in form
        assert "Contoh Warga" in form
    assert letter.calendar is None
    reader = Reader()
    reader.feed(letter.html)
    assert reader.links
    assert all(link.startswith("https://antrean.example/") for link in reader.links)


def test_an_offer_says_until_when_for_which_hour_and_leads_to_its_page() -> None:
    letter = letter_about(waiting_event())
    assert letter.subject == (
        "Tempat disimpan untuk Anda sampai Jumat, 20 November 2026, 11.00 WIB: "
        "Selasa, 24 November 2026, pukul 09.00 WIB"
    )
    assert "https://antrean.example/w/immigration.tok" in letter.text
    assert "Mohon dijawab sebelum: Jumat, 20 November 2026, 11.00 WIB" in letter.text


def test_whose_offer_an_order_took_reads_why_and_that_they_wait_on() -> None:
    letter = letter_about(waiting_event("waiting_list.withdrawn.v1"))
    assert letter.subject.startswith("Tempat yang disimpan untuk Anda tidak dapat dipakai")
    assert "Selasa, 24 November 2026 pukul 09.00 WIB" in letter.text
    assert ORDER["text"]["id"] in letter.text
    assert "urutan Anda dalam daftar tunggu tetap" in letter.text
    assert "https://antrean.example/w/immigration.tok" in letter.text


def test_who_waits_for_one_day_reads_one_day() -> None:
    def facts(event: Event) -> str:
        return (
            Writer(public_url="https://a.example", organizer="a@a.example")
            .write(event, name="", token="t")
            .text
        )

    assert "Senin, 23 November 2026 sampai Jumat, 27 November 2026" in facts(
        waiting_event("waiting_list.joined.v1")
    )
    one = facts(waiting_event("waiting_list.joined.v1", last_day="2026-11-23"))
    assert "sampai" not in one
    assert "Senin, 23 November 2026" in one


def test_an_offer_that_is_over_is_not_sent_any_more() -> None:
    ends = NOW + timedelta(hours=2)
    given = {"happened_at": NOW, "appointment_ends_at": None, "offer_ends_at": ends}
    assert valid_until("waiting_offered", **given) == ends
    assert valid_until("waiting_joined", **given) is None
