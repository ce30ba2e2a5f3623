"""The calendar file of a mail and the one from the ticket's page are about one entry."""

from datetime import timedelta

import pytest
from gerai_gateway.files import calendar_file
from gerai_notifications.writing import Writer
from gerai_shared.ticket import Ticket, TicketSchema
from icalendar import Calendar

from tests.unit.notifications.examples import NOW, ticket_event

LATER = NOW + timedelta(minutes=5)
BOOKED = {"created_at": NOW.isoformat()}
MOVED = {"created_at": LATER.isoformat(), "number": "A-020"}
CANCELLED = {**BOOKED, "state": "cancelled", "finished_at": LATER.isoformat()}


def both_files(event_type: str, ticket: dict) -> tuple[Calendar, Calendar]:
    """The file in the mail about an event, and the one that the ticket's page has then."""
    event = ticket_event(event_type, ticket=ticket)
    letter = Writer(public_url="https://x.example", organizer="a@x.example").write(
        event, name="", token="t.x"
    )
    assert letter.calendar is not None
    found: Ticket = event.data["ticket"]
    names = {name: event.data[name] for name in ("service_name", "site_name", "site_address")}
    downloaded = calendar_file(
        {"ticket": TicketSchema().dump(found), **names},
        duration_minutes=event.data["duration_minutes"],
        url="https://x.example/t/t.x",
        language="id",
        now=NOW,
    )
    assert downloaded is not None
    return Calendar.from_ical(letter.calendar.text), Calendar.from_ical(downloaded)


@pytest.mark.parametrize(
    ("event_type", "ticket"),
    [
        ("ticket.booked.v1", BOOKED),
        ("ticket.rescheduled.v1", MOVED),
        ("ticket.cancelled.v1", CANCELLED),
    ],
)
def test_mail_and_page_agree_on_the_entry(event_type: str, ticket: dict) -> None:
    mailed, downloaded = both_files(event_type, ticket)
    assert mailed["METHOD"] == downloaded["METHOD"]
    for name in ("UID", "SEQUENCE", "STATUS"):
        assert mailed.events[0][name] == downloaded.events[0][name]
    assert mailed.events[0].start == downloaded.events[0].start
    assert mailed.events[0].end == downloaded.events[0].end


@pytest.mark.parametrize(
    ("event_type", "later"), [("ticket.rescheduled.v1", MOVED), ("ticket.cancelled.v1", CANCELLED)]
)
def test_a_later_file_of_either_kind_outweighs_an_earlier_one_of_the_other(
    event_type: str, later: dict
) -> None:
    first, then = both_files("ticket.booked.v1", BOOKED), both_files(event_type, later)
    for earlier, newer in ((first[0], then[1]), (first[1], then[0])):
        assert earlier.events[0]["UID"] == newer.events[0]["UID"]
        assert earlier.events[0].sequence < newer.events[0].sequence
