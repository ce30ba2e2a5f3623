"""Writes the letters: words from templates/messages, in the citizen's language, as plain text and as HTML."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from gerai_shared.calendar_entry import calendar_entry
from gerai_shared.compiled import compiled_for
from gerai_shared.events.envelope import Event
from gerai_shared.ticket import Ticket
from gerai_shared.translations import LANGUAGES, texts
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.environment import TemplateModule

from gerai_notifications.calendar_file import Appointment, Attachment, appointment_file
from gerai_notifications.rules import CAUSES, is_about_complaint

PACKAGE = "gerai_notifications"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a message says. `text` has lines of any length, `html` is a whole document."""

    subject: str
    text: str
    html: str
    calendar: Attachment | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the letter as it is sealed."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Letter":
        """Return the letter that `to_json` described."""
        calendar = value["calendar"]
        return cls(**{**value, "calendar": Attachment(**calendar) if calendar else None})


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a template of templates/messages sets: plain text, which the frames put into their form.

    An empty paragraph, and a fact with an empty value, are left out.
    """

    subject: str
    heading: str
    highlight_label: str
    highlight: str
    facts: list[tuple[str, str]]
    paragraphs: list[str]
    action_label: str
    action_url: str
    closing: str = ""
    calendar_hint: str = ""
    calendar_summary: str = ""
    calendar_description: str = ""

    @classmethod
    def of(cls, module: TemplateModule) -> "Words":
        """Return the words that a template has set. Raises TypeError when it lacks one."""
        return cls(
            **{name: value for name, value in vars(module).items() if name in cls.__dataclass_fields__}
        )


class Writer:
    """Writes letters that lead to the portal at `public_url`; `organizer` is named in calendar files.

    `hears_complainants` says that answers to mails about complaints are read.
    """

    def __init__(self, *, public_url: str, organizer: str, hears_complainants: bool = False) -> None:
        self._public_url = public_url.rstrip("/")
        self._organizer = organizer
        self._hears_complainants = hears_complainants

    def write(self, event: Event, *, name: str, token: str) -> Letter:
        """Return the letter about `event`.

        `name` addresses its reader and may be ''; `token` opens the page of what it is about.
        """
        language = event.data["language"]
        path, facts_of = _ABOUT[event.type.partition(".")[0]]
        context = {
            **facts_of(event),
            "page_url": f"{self._public_url}/{path}/{token}",
            "home_url": f"{self._public_url}/",
            "check_url": f"{self._public_url}/check",
        }
        template_name = CAUSES[event.type].template
        template = self._plain[language].get_template(f"messages/{template_name}.txt")
        words = Words.of(template.make_module(context))
        calendar = self._calendar(event, words, page_url=context["page_url"])
        frame = {
            "words": words,
            "name": name,
            "language": language,
            "has_calendar": calendar is not None,
            "can_answer": self._hears_complainants and is_about_complaint(template_name),
        }
        return Letter(
            subject=" ".join(words.subject.split()),
            text=self._plain[language].get_template("letter.txt").render(frame),
            html=self._html[language].get_template("letter.html").render(frame),
            calendar=calendar,
        )

    @cached_property
    def _plain(self) -> dict[str, Environment]:
        return {language: _environment(language, autoescape=False) for language in LANGUAGES}

    @cached_property
    def _html(self) -> dict[str, Environment]:
        return {language: _environment(language, autoescape=True) for language in LANGUAGES}

    def _calendar(self, event: Event, words: Words, *, page_url: str) -> Attachment | None:
        ends_at = appointment_end(event)
        if not CAUSES[event.type].has_calendar or ends_at is None:
            return None
        data = event.data
        ticket: Ticket = data["ticket"]
        entry = calendar_entry(ticket)
        if entry is None:
            return None
        language = data["language"]
        site = data["site_name"][language]
        return appointment_file(
            Appointment(
                entry=entry,
                number=ticket.number,
                written_at=event.time,
                starts_at=ends_at - timedelta(minutes=data["duration_minutes"]),
                ends_at=ends_at,
                time_zone=data["time_zone"],
                summary=words.calendar_summary,
                description=words.calendar_description,
                location=f"{site}, {data['site_address'][language]}",
                organizer_name=site,
                organizer_address=self._organizer,
                page_url=page_url,
            )
        )


def _environment(language: str, *, autoescape: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader(PACKAGE, "templates"),
        autoescape=autoescape,  # noqa: S701 - off for plain text alone; letter.html escapes every word
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # A template does not change while the process runs: no file is looked at for each letter.
        auto_reload=False,
        bytecode_cache=compiled_for(f"letters {language} {'HTML' if autoescape else 'text'}"),
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(texts((PACKAGE,), language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _ticket_facts(event: Event) -> dict[str, Any]:
    data = event.data
    language = data["language"]
    ticket: Ticket = data["ticket"]
    return {
        "number": ticket.number,
        "day": long_day(ticket.day, language),
        "time": clock_time(ticket.slot_starts_at, data["time_zone"]) if ticket.slot_starts_at else "",
        "service": data["service_name"][language],
        "site": data["site_name"][language],
        "address": data["site_address"][language],
        "counter": data["counter_name"][language] if data["counter_name"] else "",
        "times_called": ticket.times_called,
        # Of events about a list alone.
        "match_state": data.get("match_state", ""),
        "differing_fields": data.get("differing_fields", []),
        "order": _order_facts(data["directive"], language) if "directive" in data else None,
        **_further_facts(data),
    }


def _further_facts(data: dict[str, Any]) -> dict[str, Any]:
    """Return what some events tell beside their ticket, days and hours in words."""
    language, time_zone = data["language"], data["time_zone"]
    further: dict[str, Any] = {
        name: data[name]
        for name in ("grade", "count", "paused_at", "pause_days", "window_days", "accepted", "failed")
        if name in data
    }
    for name in ("started_at", "expected_end_at"):
        if name in data:
            further[name] = clock_time(data[name], time_zone) if data[name] else ""
    if "paused_until" in data:
        further["paused_until"] = long_day(data["paused_until"], language) if data["paused_until"] else ""
    return further


def _order_facts(directive: dict[str, Any], language: str) -> dict[str, str]:
    until = directive["choose_until"]
    return {
        "number": directive["number"],
        "issuer": directive["issuer"],
        "text": directive["text"][language],
        "choose_until": long_day(until, language) if until else "",
    }


def _application_facts(event: Event) -> dict[str, Any]:
    data = event.data
    language = data["language"]
    return {
        "number": data["number"],
        "service": data["service_name"][language],
        "stage": data["stage"],
        "stage_name": data["stage_name"][language],
        "site": data["collection_name"][language],
        "address": data["collection_address"][language],
        "kept_until": long_day(data["kept_until"], language) if data["kept_until"] else "",
        "promise": long_day(data["promise_on"], language) if data["promise_on"] else "",
    }


def _complaint_facts(event: Event) -> dict[str, Any]:
    return {
        "number": event.data["number"],
        "classification": event.data["classification"],
        "due": long_day(event.data["due_on"], event.data["language"]),
        "level": event.data.get("level", ""),
    }


def _waiting_facts(event: Event) -> dict[str, Any]:
    data = event.data
    language, zone = data["language"], data["time_zone"]
    starts_at, ends = data["slot_starts_at"], data["offer_ends"]
    return {
        "service": data["service_name"][language],
        "site": data["site_name"][language],
        "address": data["site_address"][language],
        "first_day": long_day(data["first_day"], language),
        "last_day": long_day(data["last_day"], language),
        "day": _local_day(starts_at, zone, language) if starts_at else "",
        "time": clock_time(starts_at, zone) if starts_at else "",
        "offer_ends": _day_and_time(ends, zone, language) if ends else "",
        "order": _order_facts(data["directive"], language) if "directive" in data else None,
    }


def _local_day(moment: datetime, time_zone: str, language: str) -> str:
    return long_day(moment.astimezone(ZoneInfo(time_zone)).date(), language)


def _day_and_time(moment: datetime, time_zone: str, language: str) -> str:
    return f"{_local_day(moment, time_zone, language)}, {clock_time(moment, time_zone)}"


#: By what an event is about: where its page is on the portal, and what the templates are told.
_ABOUT: dict[str, tuple[str, Callable[[Event], dict[str, Any]]]] = {
    "ticket": ("t", _ticket_facts),
    "complaint": ("c", _complaint_facts),
    "waiting_list": ("w", _waiting_facts),
    # An application is shown on the page of its ticket.
    "application": ("t", _application_facts),
    **dict.fromkeys(("no_show", "appeal", "outage"), ("t", _ticket_facts)),
}


def appointment_end(event: Event) -> datetime | None:
    """Return when the appointment of a ticket's event is over, None when there is none."""
    ticket: Ticket | None = event.data.get("ticket")
    if ticket is None or ticket.slot_starts_at is None:
        return None
    return ticket.slot_starts_at + timedelta(minutes=event.data["duration_minutes"])


def long_day(day: date, language: str) -> str:
    """Return `Senin, 23 November 2026`."""
    return format_date(day, "EEEE, d MMMM y", locale=language)


def clock_time(moment: datetime, time_zone: str) -> str:
    """Return `09.00 WITA`: the time at the site, as Indonesians write it."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return f"{format_time(local, 'HH.mm', locale='id')} {local:%Z}"
