"""Letters about orders of the centre: why an hour is gone, and what its holder may do."""

import pytest
from gerai_notifications.rules import CAUSES
from gerai_notifications.writing import Letter, Writer

from tests.unit.notifications.examples import ticket_event

BY_ORDER = sorted(cause for cause in CAUSES if "_by_order" in cause)


def letter(event_type: str, language: str = "id", **changes: object) -> Letter:
    """The letter about an event."""
    writer = Writer(public_url="https://antrean.example/", organizer="antrean@gerai.example")
    return writer.write(
        ticket_event(event_type, language=language, **changes), name="", token="immigration.tok"
    )


@pytest.mark.parametrize("event_type", BY_ORDER)
def test_every_letter_names_the_order_and_its_reason(event_type: str) -> None:
    indonesian, english = letter(event_type), letter(event_type, "en")
    for form in (indonesian.text, indonesian.html):
        assert "Perintah IMI-0001, Direktorat Jenderal Imigrasi" in form
        assert "Kantor ditutup karena banjir." in form
    assert "The office is closed because of a flood." in english.text


def test_an_offer_says_until_when_another_hour_may_be_chosen_and_leads_to_the_ticket() -> None:
    offered = letter("ticket.offered_by_order.v1", starts_at=None)
    assert "sampai Kamis, 24 Desember 2026" in offered.text
    assert "https://antrean.example/t/immigration.tok" in offered.text
    assert offered.calendar is None


@pytest.mark.parametrize(
    ("event_type", "state", "method"),
    [
        ("ticket.moved_by_order.v1", "booked", "PUBLISH"),
        ("ticket.cancelled_by_order.v1", "cancelled", "CANCEL"),
        ("ticket.restored_by_order.v1", "booked", "PUBLISH"),
    ],
)
def test_the_calendar_follows_what_the_order_did(event_type: str, state: str, method: str) -> None:
    written = letter(event_type, ticket={"state": state})
    assert written.calendar is not None
    assert written.calendar.method == method
