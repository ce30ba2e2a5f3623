"""Files about a ticket: calendar entry and QR code."""

from datetime import datetime, timedelta
from io import BytesIO

import segno
from gerai_shared.calendar_entry import calendar_entry
from gerai_shared.ticket import TicketSchema
from icalendar import Calendar, Event, vUri

from gerai_gateway.catalogues import Json
from gerai_gateway.words import say

QR_SCALE = 8
CALENDAR_TYPE = "text/calendar"
SVG_TYPE = "image/svg+xml"
_ticket = TicketSchema()


def calendar_file(
    view: Json, *, duration_minutes: int, url: str, language: str, now: datetime
) -> bytes | None:
    """Return the iCalendar file of a booked ticket (RFC 5545), None for a ticket without an appointment.

    The same entry as in the mails about this visit; see calendar_entry.
    """
    ticket = view["ticket"]
    entry = calendar_entry(_ticket.load(ticket))
    if entry is None:
        return None
    starts = datetime.fromisoformat(ticket["slot_starts_at"])
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", now)
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=duration_minutes))
    event.add("sequence", entry.sequence)
    event.add("summary", f"{view['service_name'][language]} · {ticket['number']}")
    event.add("location", f"{view['site_name'][language]}, {view['site_address'][language]}")
    event.add(
        "description",
        say(language, "Your queue number is %(number)s. Ticket: %(url)s", number=ticket["number"], url=url),
    )
    event.add("url", vUri(url))
    event.add("status", entry.status)
    calendar = Calendar()
    calendar.add("prodid", "-//Gerai//Gerai//ID")
    calendar.add("version", "2.0")
    calendar.add("method", entry.method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def qr_code(text: str) -> bytes:
    """Return a QR code as SVG: black on white with its quiet zone, readable from a distance."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=QR_SCALE, border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return out.getvalue()
