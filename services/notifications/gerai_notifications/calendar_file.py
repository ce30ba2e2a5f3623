"""The calendar file of an appointment (RFC 5545), which moves and removes the entry of an earlier one."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from gerai_shared.calendar_entry import CalendarEntry
from icalendar import Calendar, Event, Timezone, vCalAddress


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A calendar file: its name, its iTIP method, its contents."""

    name: str
    method: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """What the calendar entry says. Times are aware; `time_zone` is the site's."""

    entry: CalendarEntry
    number: str
    written_at: datetime
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    summary: str
    description: str
    location: str
    organizer_name: str
    organizer_address: str
    page_url: str


def appointment_file(appointment: Appointment) -> Attachment:
    """Return the calendar file; method CANCEL removes the entry."""
    zone = ZoneInfo(appointment.time_zone)
    starts_at = appointment.starts_at.astimezone(zone)
    entry = Event()
    entry.add("uid", appointment.entry.uid)
    entry.add("sequence", appointment.entry.sequence)
    entry.add("dtstamp", appointment.written_at)
    entry.add("dtstart", starts_at)
    entry.add("dtend", appointment.ends_at.astimezone(zone))
    entry.add("summary", appointment.summary)
    entry.add("description", appointment.description)
    entry.add("location", appointment.location)
    entry.add("url", appointment.page_url)
    entry.add("class", "PRIVATE")
    entry.add("transp", "OPAQUE")
    entry.add("status", appointment.entry.status)
    organizer = vCalAddress(f"mailto:{appointment.organizer_address}")
    organizer.params["CN"] = appointment.organizer_name
    entry.add("organizer", organizer)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Gerai//Antrean//ID")
    calendar.add("method", appointment.entry.method)
    # Programs without a table of the world's zones read the offset from the file itself.
    calendar.add_component(_zone_rules(appointment.time_zone, starts_at.year))
    calendar.add_component(entry)
    return Attachment(
        name=f"antrean-{appointment.number}.ics",
        method=appointment.entry.method,
        text=calendar.to_ical().decode(),
    )


@lru_cache(maxsize=32)
def _zone_rules(time_zone: str, year: int) -> Timezone:
    """Return what VTIMEZONE says of a zone for appointments of `year`; finding it out takes milliseconds."""
    return Timezone.from_tzid(time_zone, first_date=date(year, 1, 1), last_date=date(year + 1, 2, 1))
