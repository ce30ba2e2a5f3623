"""The letters in both languages, and the mails they become."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from functools import cache
from html.parser import HTMLParser
from importlib import resources
from io import BytesIO
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from gerai_notifications.channels import Delivery
from gerai_notifications.mail import compose, message_id_of
from gerai_notifications.rules import CAUSES, salutation
from gerai_notifications.writing import Letter, Writer
from gerai_shared.events.envelope import Event
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tests.unit.notifications.examples import NOW, STARTS_AT, VISIT_ID, complaint_event, ticket_event

MAIL_FROM = "antrean@gerai.example"
#: What some events tell beside their ticket.
FURTHER: dict[str, dict[str, Any]] = {
    "no_show.recorded.v1": {
        "grade": "pause",
        "count": 3,
        "paused_at": 3,
        "pause_days": 14,
        "window_days": 180,
        "paused_until": "2026-12-17",
    },
    "appeal.decided.v1": {"accepted": False},
    "outage.hit.v1": {"failed": "server", "started_at": NOW.isoformat(), "expected_end_at": None},
}
#: Events that bring a ticket along.
TICKETS = sorted(cause for cause in CAUSES if cause.startswith(("ticket.", "no_show.", "appeal.", "outage.")))
COMPLAINTS = sorted(cause for cause in CAUSES if cause.startswith("complaint."))


@cache
def writer() -> Writer:
    """One writer for all: it reads its templates once."""
    return Writer(public_url="https://antrean.example/", organizer=MAIL_FROM)


def letter_about(event: Event, name: str = "Contoh Warga") -> Letter:
    """The letter that the service writes about an event."""
    return writer().write(event, name=name, token="immigration.tok")


def event_of(event_type: str) -> Event:
    """An event of any type that causes a letter."""
    if event_type in COMPLAINTS:
        return complaint_event(event_type)
    return ticket_event(event_type, **FURTHER.get(event_type, {}))


def mail_with(letter: Letter, name: str = "Contoh Warga") -> EmailMessage:
    """The mail as its receiver's program reads it."""
    delivery = Delivery(
        id="m1",
        message_id=message_id_of("m1", MAIL_FROM),
        language="id",
        name=name,
        address="warga@contoh.example",
        letter=letter,
        written_at=NOW,
    )
    raw = compose(delivery, mail_from=MAIL_FROM).as_bytes()
    assert raw.isascii()
    return message_from_bytes(raw, EmailMessage, policy=default_policy)


def entry_of(letter: Letter) -> Calendar:
    """The calendar of a letter, read back."""
    assert letter.calendar is not None
    calendar = Calendar.from_ical(letter.calendar.text)
    assert isinstance(calendar, Calendar)
    return calendar


class Reader(HTMLParser):
    """What somebody who opens the HTML sees, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.said.append(data.strip())


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("event_type", TICKETS)
def test_a_ticket_letter_names_number_service_site_and_the_way_to_the_ticket(
    event_type: str, language: str
) -> None:
    letter = letter_about(ticket_event(event_type, language=language, **FURTHER.get(event_type, {})))
    service, site = {
        "id": ("Penggantian paspor", "MPP Lebak"),
        "en": ("Passport replacement", "Lebak Public Service Mall"),
    }[language]
    assert "A-012" in letter.subject
    for form in (letter.text, letter.html):
        assert "A-012" in form
        assert service in form
        assert site in form
        assert "https://antrean.example/" in form
        assert "Contoh Warga" in form


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("event_type", COMPLAINTS)
def test_a_complaint_letter_names_its_number_and_leads_to_its_page(event_type: str, language: str) -> None:
    letter = letter_about(complaint_event(event_type, language=language), name="")
    assert "P-2026-000123" in letter.subject
    for form in (letter.text, letter.html):
        assert "P-2026-000123" in form
        assert "https://antrean.example/c/immigration.tok" in form


def test_the_receipt_of_a_complaint_says_by_which_day_it_is_answered() -> None:
    assert "Kamis, 10 Desember 2026" in letter_about(complaint_event()).text
    assert "Thursday, 10 December 2026" in letter_about(complaint_event(language="en")).text


@pytest.mark.parametrize(
    ("classification", "word"),
    [("complaint", "Pengaduan"), ("information", "Permintaan informasi"), ("aspiration", "Aspirasi")],
)
def test_a_report_is_called_what_it_is(classification: str, word: str) -> None:
    assert letter_about(complaint_event(classification=classification)).subject.startswith(word)


@pytest.mark.parametrize("event_type", [*TICKETS, *COMPLAINTS])
def test_text_and_html_say_the_same(event_type: str) -> None:
    event = event_of(event_type)
    letter = letter_about(event)
    reader = Reader()
    reader.feed(letter.html)
    words = set(re.findall(r"\w+", " ".join(reader.said)))
    spoken = set(re.findall(r"\w+", re.sub(r"https?://\S+", "", letter.text)))
    assert spoken <= words


@pytest.mark.parametrize("event_type", [*TICKETS, *COMPLAINTS])
def test_a_letter_loads_nothing_and_links_to_the_portal_alone(event_type: str) -> None:
    event = event_of(event_type)
    reader = Reader()
    reader.feed(letter_about(event).html)
    assert reader.links
    assert all(link.startswith("https://antrean.example/") for link in reader.links)
    assert not reader.tags & {"img", "script", "link", "iframe", "form"}


@pytest.mark.parametrize(
    ("time_zone", "shown", "zone", "offset"),
    [
        ("Asia/Jakarta", "09.00 WIB", "WIB", timedelta(hours=7)),
        ("Asia/Makassar", "10.00 WITA", "WITA", timedelta(hours=8)),
        ("Asia/Jayapura", "11.00 WIT", "WIT", timedelta(hours=9)),
    ],
)
def test_the_hour_is_the_one_at_the_site(time_zone: str, shown: str, zone: str, offset: timedelta) -> None:
    letter = letter_about(ticket_event(time_zone=time_zone))
    assert f"pukul {shown}" in letter.subject
    assert shown in letter.text
    calendar = entry_of(letter)
    starts = calendar.events[0].DTSTART
    assert starts == STARTS_AT
    assert starts.utcoffset() == offset
    assert f"TZID={time_zone}:" in letter.calendar.text  # type: ignore[union-attr]
    # The rule of the zone is in the file, too, for programs that know no zones.
    standard = calendar.timezones[0].standard[0]
    assert standard["TZNAME"] == zone
    assert offset == standard.TZOFFSETTO


def test_the_calendar_entry_lasts_as_long_as_the_service_and_leads_to_the_ticket() -> None:
    event = entry_of(letter_about(ticket_event())).events[0]
    assert timedelta(minutes=30) == event.DTEND - event.DTSTART
    assert event["URL"] == "https://antrean.example/t/immigration.tok"
    assert event["LOCATION"] == "MPP Lebak, Jalan Contoh 1, Rangkasbitung"
    assert "A-012" in str(event["SUMMARY"])


def test_all_calendar_files_of_a_visit_are_about_one_entry_and_the_latest_holds() -> None:
    moved_at, cancelled_at = ((NOW + timedelta(minutes=minutes)).isoformat() for minutes in (1, 2))
    booked = entry_of(letter_about(ticket_event("ticket.booked.v1")))
    moved = entry_of(
        letter_about(ticket_event("ticket.rescheduled.v1", number="A-020", ticket={"created_at": moved_at}))
    )
    cancelled = {"state": "cancelled", "finished_at": cancelled_at}
    gone = entry_of(letter_about(ticket_event("ticket.cancelled.v1", ticket=cancelled)))
    assert [each["METHOD"] for each in (booked, moved, gone)] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert {each.events[0]["UID"] for each in (booked, moved, gone)} == {f"{VISIT_ID}@gerai"}
    sequences = [each.events[0].sequence for each in (booked, moved, gone)]
    assert sequences == sorted(set(sequences))
    assert gone.events[0]["STATUS"] == "CANCELLED"


def test_a_call_and_a_ticket_without_an_hour_have_no_calendar_file() -> None:
    assert letter_about(ticket_event("ticket.called.v1")).calendar is None
    letter = letter_about(ticket_event("ticket.cancelled.v1", starts_at=None))
    assert letter.calendar is None
    assert "kalender" not in letter.text


def test_a_call_names_the_counter_and_which_call_it_is() -> None:
    event = ticket_event(
        "ticket.called.v1", counter_name={"id": "Loket 3", "en": "Counter 3"}, ticket={"times_called": 2}
    )
    letter = letter_about(event)
    assert letter.subject == "A-012: silakan menuju Loket 3 sekarang"
    assert "panggilan ke-2" in letter.text


@pytest.mark.parametrize(
    ("grade", "count", "said"),
    [
        ("reminder", 1, "tidak ada akibatnya"),
        ("reminder", 2, "belum ada akibatnya"),
        ("warning", 2, "selama 14 hari"),
        ("pause", 3, "sampai Kamis, 17 Desember 2026"),
    ],
)
def test_a_missed_visit_is_told_with_what_follows_and_how_to_appeal(
    grade: str, count: int, said: str
) -> None:
    further = {**FURTHER["no_show.recorded.v1"], "grade": grade, "count": count}
    letter = letter_about(ticket_event("no_show.recorded.v1", **further))
    assert said in letter.text
    assert "Sampaikan di halaman tiket Anda" in letter.text
    assert "https://antrean.example/t/immigration.tok" in letter.text


@pytest.mark.parametrize(("accepted", "said"), [(True, "tidak dihitung lagi"), (False, "tetap dihitung")])
def test_a_decided_appeal_says_what_it_means(*, accepted: bool, said: str) -> None:
    assert said in letter_about(ticket_event("appeal.decided.v1", accepted=accepted)).text


def test_an_outage_says_since_when_and_until_when_it_is_expected() -> None:
    further = {**FURTHER["outage.hit.v1"], "expected_end_at": STARTS_AT.isoformat()}
    letter = letter_about(ticket_event("outage.hit.v1", **further))
    assert "Perkiraan selesai" in letter.text
    assert "09.00 WIB" in letter.text
    assert "Perkiraan selesai" not in letter_about(event_of("outage.hit.v1")).text


def test_markup_in_a_text_is_shown_and_not_obeyed() -> None:
    nasty = '<script>alert("x")</script>'
    letter = letter_about(ticket_event(site_name={"id": nasty, "en": nasty}), name="<b>x</b>")
    assert "<script" not in letter.html
    assert "<b>" not in letter.html
    assert "&lt;script&gt;" in letter.html


def test_a_mail_has_text_html_and_the_calendar_file() -> None:
    letter = letter_about(ticket_event())
    mail = mail_with(letter)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n").strip() == letter.text.strip()
    assert html.get_content().replace("\r\n", "\n").strip() == letter.html.strip()
    (attachment,) = mail.iter_attachments()
    assert attachment.get_content_type() == "text/calendar"
    assert attachment["Content-Type"].params["method"] == "PUBLISH"
    assert attachment.get_filename() == "antrean-A-012.ics"
    assert Calendar.from_ical(attachment.get_content()).events[0].DTSTART == STARTS_AT


def test_a_mail_says_that_a_program_wrote_it_in_which_language_and_when() -> None:
    mail = mail_with(letter_about(ticket_event()))
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "id"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == "<m1@gerai.example>"


@given(st.text(), st.text())
def test_nothing_typed_as_a_name_becomes_a_header(name: str, site: str) -> None:
    said = salutation(name)
    letter = letter_about(ticket_event(site_name={"id": site, "en": site}), name=said)
    mail = mail_with(letter, name=said)
    assert sorted(mail.keys()) == sorted(
        [
            *("From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted"),
            *("MIME-Version", "Content-Type"),
        ]
    )
    assert [each.addr_spec for each in mail["To"].addresses] == ["warga@contoh.example"]
    calendar = entry_of(letter)
    assert len(calendar.events) == 1
    assert "ATTENDEE" not in calendar.events[0]


def test_every_text_of_the_templates_is_translated() -> None:
    package = resources.files("gerai_notifications")
    with package.joinpath("locale", "id.po").open("rb") as file:
        catalogue = read_po(BytesIO(file.read()), locale="id")
    with resources.as_file(package) as folder:
        found = {
            message[0] if isinstance(message, tuple) else message
            for _, _, message, _, _ in extract_from_dir(
                folder,
                [("templates/**", "jinja2.ext.babel_extract")],
                {"templates/**": {"trimmed": "true", "silent": "false"}},
            )
        }
    translated = {
        each.id[0] if isinstance(each.id, tuple) else each.id for each in catalogue if each.id and each.string
    }
    assert found
    assert found == translated


def test_a_letter_comes_back_from_its_sealed_form_as_it_was() -> None:
    for event in (ticket_event(), complaint_event()):
        letter = letter_about(event)
        assert Letter.from_json(letter.to_json()) == letter


def test_a_moment_is_shown_on_the_day_of_the_site() -> None:
    # 23:30 UTC on Monday is Tuesday morning in Gorontalo; the day is the site's own.
    event = ticket_event(starts_at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC), time_zone="Asia/Makassar")
    assert "07.30 WITA" in letter_about(event).text


@pytest.mark.parametrize(
    ("state", "expected", "missing"),
    [
        ("differs", "ada data yang berbeda", "surat perbaikannya"),
        ("being_corrected", "Data Anda sedang diperbaiki", "Mohon cocokkan KTP"),
        ("corrected", "data Anda sudah diperbaiki", "Yang berbeda"),
    ],
)
def test_a_letter_about_a_list_names_the_field_and_says_that_the_place_is_kept(
    state: str, expected: str, missing: str
) -> None:
    event = ticket_event("ticket.match_changed.v1", match_state=state, differing_fields=["birth_date"])
    letter = letter_about(event)
    assert expected in f"{letter.subject} {letter.text}"
    assert "Tempat Anda tetap disimpan" in letter.text
    assert missing not in letter.text
    assert ("Tanggal lahir" in letter.text) == (state != "corrected")
