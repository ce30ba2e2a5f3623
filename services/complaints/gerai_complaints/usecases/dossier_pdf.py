"""The dossier as a printed document in Indonesian: the same as its JSON says, in words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from gerai_shared.translations import texts
from reportlab.platypus import Flowable

from gerai_complaints.rules.dossier import Identity
from gerai_complaints.usecases import dossier_words as words
from gerai_complaints.usecases.dossier_layout import (
    ALARM,
    PageTexts,
    facts,
    gap,
    heading,
    paragraph,
    quiet,
    written,
)

Said = Mapping[str, Any]
Rows = list[tuple[str, str]]
NOTHING = "-"


def pdf(said: Said, digest: str) -> bytes:
    """Return a dossier, as schemas.dossier.DossierSchema dumps it, as a PDF; `digest` is that of its JSON."""
    return _Printer(said).print(digest)


class _Printer:
    def __init__(self, said: Said) -> None:
        self._said = said
        self._zone = ZoneInfo(said["times"]["time_zone"])
        self._gettext = texts(("gerai_shared", "gerai_complaints"), "id").gettext

    def print(self, digest: str) -> bytes:
        said = self._said
        story: list[Flowable] = [
            paragraph(self._word("Dossier for the Ombudsman"), size=18, bold=True),
            gap(),
            *self._alarms(),
            self._head(),
            *self._section("Complainant", self._complainant()),
            *self._section("About the complaint", self._about()),
            *self._section("What was complained about", self._conversation()),
            *self._section("Times", self._times()),
            *self._section("Levels reached", self._levels()),
            *self._section("The visit", self._visit()),
            *self._section("Check list", self._checks()),
            *self._section("Proposals to refuse it", self._proposals()),
            *self._section("History", self._history()),
            *self._section("Further parts", self._parts()),
            gap(),
            quiet(self._word("Signs that cannot be printed stand as [U+…]; the JSON has them.")),
        ]
        return written(
            story,
            PageTexts(
                title=self._word("Dossier for the Ombudsman"),
                number=f"{said['number']}, {self._word('Version').lower()} {said['version']}",
                banner=self._word("SECRET") if said["secret"] else "",
                digest=self._word("SHA-256 of the JSON: %(digest)s") % {"digest": digest},
                page=self._word("Page %(page)s of %(pages)s"),
            ),
        )

    def _word(self, key: str, among: Mapping[str, str] = words.WORDS) -> str:
        known = among.get(key)
        # What a newer release calls by a code that is unknown here, is called so.
        return self._gettext(known) if known else key

    def _moment(self, text: str | None) -> str:
        if text is None:
            return NOTHING
        there = datetime.fromisoformat(text).astimezone(self._zone)
        return f"{self._day(there.date().isoformat())}, {there:%H.%M} {there.tzname()}"

    def _day(self, text: str | None) -> str:
        return format_date(date.fromisoformat(text), "d MMMM y", locale="id") if text else NOTHING

    @staticmethod
    def _named(value: Said | None) -> str:
        return (value["id"] or value["code"]) if value else NOTHING

    def _yes(self, *, value: bool) -> str:
        return self._word("Yes") if value else self._word("No")

    def _section(self, title: str, flowables: list[Flowable]) -> list[Flowable]:
        return [*heading(self._word(title)), *flowables] if flowables else []

    def _facts(self, rows: Rows) -> Flowable:
        return facts([(self._word(label), value) for label, value in rows])

    def _alarms(self) -> list[Flowable]:
        if not self._said["is_rapid_response"]:
            return []
        alarm = self._word("Rapid response: a life is in danger")
        return [paragraph(alarm, size=11, bold=True, color=ALARM), gap()]

    def _head(self) -> Flowable:
        said = self._said
        return self._facts(
            [
                ("Number", said["number"]),
                ("Version", str(said["version"])),
                ("Made", self._moment(said["made_at"])),
                ("Made because", self._word(said["reason"], words.REASONS)),
                ("Number at the Ombudsman", said["ombudsman_number"] or NOTHING),
            ]
        )

    def _complainant(self) -> list[Flowable]:
        person = self._said["complainant"]
        if person is None or self._said["identity"] != Identity.NAMED:
            return [paragraph(self._word(self._said["identity"], words.IDENTITIES))]
        rows = [
            ("Name", person["name"] or NOTHING),
            ("E-mail", person["email"] or NOTHING),
            ("Telephone", person["phone"] or NOTHING),
        ]
        if proxy := person["proxy"]:
            has_power = proxy["has_power_of_attorney"]
            rows.append(("Acts for", self._word("%(principal)s (%(relation)s)") % proxy))
            rows.append(("Power of attorney", self._word("Yes" if has_power else "Not yet")))
        return [self._facts(rows)]

    def _about(self) -> list[Flowable]:
        about = self._said["complaint"]
        rows: Rows = [
            ("Kind", self._word(about["classification"], words.CLASSIFICATIONS)),
            ("State", self._word(about["state"], words.STATES)),
            ("Now for", self._word(about["level"], words.LEVELS) if about["level"] else NOTHING),
            ("Came in", self._word(about["channel"], words.CHANNELS)),
            ("Agency", self._named(about["agency"])),
            ("Place", self._named(about["site"])),
            ("Service", self._named(about["service"])),
            ("Happened on", self._day(about["occurred_on"])),
            ("Taken down by", about["received_by"] or NOTHING),
            ("In the hands of", about["in_the_hands_of"] or NOTHING),
            (
                "Category of maladministration",
                self._word(about["maladministration"], words.CATEGORIES)
                if about["maladministration"]
                else NOTHING,
            ),
            ("Rule that was broken", about["breached_rule"] or NOTHING),
        ]
        together = [about["joined_to"], *about["joined"]] if about["joined_to"] else about["joined"]
        if together:
            rows.append(("Answered together with another complaint", ", ".join(together)))
        return [self._facts(rows)]

    def _conversation(self) -> list[Flowable]:
        about = self._said["complaint"]
        return [paragraph(about["title"], size=10, bold=True), gap(), paragraph(about["text"])]

    def _times(self) -> list[Flowable]:
        times = self._said["times"]
        moments = [
            ("Taken in hand", "taken_at"),
            ("Answered", "answered_at"),
            ("Disputed", "disputed_at"),
            ("Closed", "closed_at"),
        ]
        found: list[Flowable] = [
            self._facts(
                [
                    ("Received", self._moment(times["received_at"])),
                    ("Due", self._day(times["due_on"])),
                    ("Working days", str(times["working_days"])),
                    ("Basis", times["due_basis"]),
                    ("Verify by", self._day(times["verify_by"])),
                    ("Follow up by", self._day(times["follow_up_by"])),
                    *[(label, self._moment(times[name])) for label, name in moments],
                ]
            )
        ]
        for pause in times["pauses"]:
            end = self._day(pause["ended_on"]) if pause["ended_on"] else self._word("until now")
            days = f" ({self._word('Working days').lower()}: {pause['working_days']})"
            span = (
                f"{self._day(pause['began_on'])} – {end}{days if pause['working_days'] is not None else ''}"
            )
            found += self._turn(f"{self._word('The clock stood still')}: {span}", "", pause["reason"])
        for more in times["extensions"]:
            days = f"{self._word('More time')}: {more['working_days']} {self._word('Working days').lower()}"
            due = f"{self._word('Due')}: {self._day(more['due_on'])}"
            head = f"{self._moment(more['at'])}, {more['officer'] or NOTHING}. {due}"
            found += self._turn(days, head, more["reason"])
        return found

    def _turn(self, title: str, head: str, text: str | None) -> list[Flowable]:
        found: list[Flowable] = [gap(), paragraph(title, bold=True)]
        if head:
            found.append(quiet(head))
        if text:
            found.append(paragraph(text))
        return found

    def _levels(self) -> list[Flowable]:
        return [
            paragraph(f"{self._moment(each['at'])}: {self._word(each['rung'], words.RUNGS)}")
            for each in self._said["escalations"]
        ]

    def _visit(self) -> list[Flowable]:
        visit = self._said["visit"]
        if visit is None:
            return []
        return [
            self._facts(
                [
                    ("Agency", self._named(visit["agency"])),
                    ("Place", self._named(visit["site"])),
                    ("Service", self._named(visit["service"])),
                    ("Counter", visit["counter"] or NOTHING),
                    ("Day", self._day(visit["day"])),
                    ("Ticket", visit["number"] or self._word("Withheld")),
                ]
            )
        ]

    def _checks(self) -> list[Flowable]:
        found: list[Flowable] = []
        for each in self._said["checks"]:
            item = self._word(each["item"], words.ITEMS)
            found.append(paragraph(f"{self._yes(value=each['is_fulfilled'])}: {item}"))
            found.append(quiet(f"{self._moment(each['at'])}, {each['officer'] or NOTHING}"))
        return found

    def _proposals(self) -> list[Flowable]:
        found: list[Flowable] = []
        for each in self._said["refusal_proposals"]:
            proposed = f"{self._word('Proposed by')}: {each['proposed_by'] or NOTHING}"
            head = f"{proposed}, {self._moment(each['proposed_at'])}"
            if each["decided_at"] is None:
                decided = self._word("Nobody has decided")
            else:
                outcome = self._word("Refused" if each["is_refused"] else "Not refused")
                by = f"{self._word('Decided by')}: {each['decided_by'] or NOTHING}"
                decided = f"{outcome}. {by}, {self._moment(each['decided_at'])}"
            found += self._turn(self._word(each["ground"], words.GROUNDS), f"{head}. {decided}", each["text"])
        return found

    def _history(self) -> list[Flowable]:
        found: list[Flowable] = []
        if not self._said["has_internal_notes"]:
            found.append(quiet(self._word("Internal notes of the office are left out.")))
        for entry in self._said["history"]:
            authors = {"citizen": "Complainant", "officer": "Officer", "system": "System"}
            author = entry["officer"] or self._word(authors[entry["by"]])
            title = self._word(entry["kind"], words.KINDS)
            found += self._turn(title, f"{self._moment(entry['at'])}, {author}", self._text_of(entry))
        return found

    def _text_of(self, entry: Said) -> str | None:
        text, kind = entry["text"], entry["kind"]
        if kind == "due" and text:
            return self._day(text)
        return self._word(text, words.CODED[kind]) if kind in words.CODED and text else text

    def _parts(self) -> list[Flowable]:
        return [paragraph(f"{each['name']}: SHA-256 {each['sha256']}") for each in self._said["parts"]]
