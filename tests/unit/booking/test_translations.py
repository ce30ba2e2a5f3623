"""What people read at the counters stands in Indonesian, too: pages, refusals, what is wrong with a field."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from importlib import resources
from types import ModuleType

import gerai_booking
import gerai_shared
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from gerai_booking import schemas
from gerai_booking.counter import (
    application_shapes,
    establishment_shapes,
    group_shapes,
    matching_shapes,
    outreach_shapes,
    road_map_shapes,
    rule_shapes,
    statistics_words,
    supervision_shapes,
)
from gerai_booking.counter.calendar_pages import HoursSchema
from gerai_booking.counter.directive_shapes import ApplySchema, DirectiveSchema, UndoSchema
from gerai_booking.counter.fairness_pages import FairnessSchema
from gerai_booking.counter.statistics_shapes import StatisticsSchema
from gerai_booking.usecases import applications, files, handing_over, meanwhile
from gerai_shared.borders import load
from gerai_shared.refusals import InvalidRequest, Refused, RemoteRefusal
from gerai_shared.ticket import State
from gerai_shared.translations import texts
from marshmallow import Schema
from marshmallow.validate import Regexp

PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
PACKAGES = ("gerai_booking", "gerai_shared")
EXTRACTION = {"trimmed": "true", "extensions": "jinja2.ext.do", "silent": "false"}
# Programs cannot be imported to be looked at: they do their work at once.
PROGRAMS = ("__main__", "migrations", "agencies")
SIGN_IN, ARRIVAL, WALK_IN = schemas.SignInSchema, schemas.ArrivalSchema, schemas.WalkInSchema
SOMEBODY = {"name": "Warga Uji", "email": "warga@example.org"}
#: What people get wrong; each is refused with messages that they read.
WHY = "Karena diuji"
GROUP: dict[str, object] = {
    "institution": "Lembaga",
    "contact": "Sekretariat",
    "service": "passport-new",
    "first_day": "2026-12-02",
    "last_day": "2026-12-02",
    "wanted": "1",
    "most_an_hour": "1",
    "returns_on": "2026-12-03",
    "basis": "Surat",
    "why": WHY,
}
PLANNED = {"places": "1", "valid_from": "2026-12-01", "basis": "Surat", "why": "Karena diuji"}
ORDERED = {
    "number": "IMI-1",
    "issuer": "Pusat",
    "dated": "2026-12-01",
    "scope": "national:",
    "first_day": "2026-12-01",
    "last_day": "2026-12-01",
    "text_id": "Karena sedang diuji",
}
RULE = {"valid_from": "2026-12-01", "basis": "Surat", "why": "Karena diuji"}
ROUTE = {
    "purposes": "hajj",
    "regencies": "36.02",
    **dict.fromkeys(("office_id", "office_en", "reason_id", "reason_en"), "Kantor"),
}
KIND = {"code": "a", "name_id": "A", "name_en": "A", "least_months": "3", "most_months": "4"}
STAGES = {"code_1": "A", "code_2": "rejected", "code_3": "a", "code_4": "a"}
UNFINISHED = {
    "code_1": "a",
    "name_id_1": "A",
    "name_en_1": "B",
    "code_2": "ready",
    "name_id_2": "A",
    "name_en_2": "B",
}
OUTREACH: dict[str, object] = {"held_on": "2026-12-01", "title": "Uji", "place": "Uji", "channel": "brochure"}
HOURS = {"day": "2026-12-01", "opens": "08:00", "closes": "12:00", "basis": "Surat", "why": "Karena diuji"}
ORDER = {
    "citizenship": "WNI",
    "number": "?",
    "kind": "falsification",
    "months": "6",
    "first_day": "2026-12-01",
}
MISTAKES: list[tuple[type[Schema], dict[str, object]]] = [
    (SIGN_IN, {}),
    (SIGN_IN, {"username": "", "password": ""}),
    (SIGN_IN, {"username": "p" * 41, "password": "p" * 201}),
    (ARRIVAL, {"site": "mpp-lebak", "number": "12"}),
    (WALK_IN, {"site": "mpp-lebak", "service": "?"}),
    (WALK_IN, {"site": "mpp-lebak", "service": "passport-new", "priority": "perhaps"}),
    (WALK_IN, {"site": "mpp-lebak", "service": "passport-new", "beyond": "emergency"}),
    (WALK_IN, {"site": "mpp-lebak", "service": "passport-new", "beyond": "friends", "reason": "short"}),
    (schemas.QuotaSchema, {}),
    (schemas.QuotaSchema, {**PLANNED, "places": "-1", "channel": "?", "service": "?"}),
    (schemas.QuotaSchema, {**PLANNED, "places": "many", "valid_from": "?", "valid_to": "?", "basis": "x"}),
    (schemas.QuotaSchema, {**PLANNED, "valid_to": "2026-11-30"}),
    (schemas.RestrictionSchema, {**PLANNED, "regime": "?", "region": "Banten"}),
    (schemas.EndQuotaSchema, {"quota": "online", "why": "x"}),
    (schemas.LiftSchema, {"restriction": "", "why": "x"}),
    (DirectiveSchema, {}),
    (DirectiveSchema, {"number": "1", "issuer": "P", "scope": "moon:", "text_id": "x", "dated": "?"}),
    (DirectiveSchema, {**ORDERED, "last_day": "2026-11-30"}),
    (DirectiveSchema, {**ORDERED, "last_day": "2028-12-01"}),
    (ApplySchema, {"treatment": "forget"}),
    (UndoSchema, {"why": "x"}),
    (HoursSchema, {}),
    (HoursSchema, {**HOURS, "opens": "early"}),
    (HoursSchema, {**HOURS, "kind": "perhaps", "basis": "x", "why": "x"}),
    (HoursSchema, {**HOURS, "closes": "07:00"}),
    (HoursSchema, {**HOURS, "break_starts": "09:00"}),
    (
        StatisticsSchema,
        {"period": "decade", "day": "?", "against": "?", "by": "?", "lane": "?", "origin": "?"},
    ),
    (StatisticsSchema, {"period": "range", "first": "2026-12-01"}),
    (StatisticsSchema, {"period": "range", "first": "2026-12-01", "last": "2026-11-30"}),
    (StatisticsSchema, {"period": "range", "first": "2026-12-01", "last": "2036-11-30"}),
    (StatisticsSchema, {"day": "1999-12-31"}),
    (FairnessSchema, {"site": "mpp-lebak", "first": "2026-11-01", "last": "2026-12-02"}),
    (supervision_shapes.SuspensionSchema, {}),
    (supervision_shapes.SuspensionSchema, {**ORDER, "number": "12", "months": "many", "first_day": "?"}),
    (supervision_shapes.SuspensionSchema, {**ORDER, "citizenship": "WNA", "kind": "?", "months": "25"}),
    (supervision_shapes.SuspensionSchema, {**ORDER, "basis": "x", "issuer": "x", "appeal": "x", "why": "x"}),
    (supervision_shapes.DecisionSchema, {"decision": "?", "why": "x"}),
    (supervision_shapes.OutageSchema, {"site": "mpp-lebak", "failed": "?", "started_at": "?", "why": "x"}),
    (supervision_shapes.OutageEndSchema, {"outage": "x" * 37, "ended_at": "?", "why": "x"}),
    (supervision_shapes.ExpectedEndSchema, {"outage": "x" * 37, "expected_end_at": "?", "why": "x"}),
    (establishment_shapes.RequestSchema, {}),
    (
        establishment_shapes.RequestSchema,
        {"kind": "?", "regency": "Lebak", "place": "x", "submitted_on": "?"},
    ),
    (establishment_shapes.StageSchema, {"stage": "?", "on": "?", "why": "x"}),
    (establishment_shapes.ItemSchema, {"item": "land", "state": "received", "number": "1/2026", "why": WHY}),
    (establishment_shapes.ItemSchema, {"item": "?", "regional_staff": "many", "immigration_staff": "-1"}),
    (establishment_shapes.DocumentSchema, {"number": "x"}),
    (establishment_shapes.MinutesSchema, {"participants": "x"}),
    (establishment_shapes.ActionSchema, {"minutes": "x"}),
    (establishment_shapes.DoneSchema, {"why": "x"}),
    (establishment_shapes.DemandSchema, {"regency": "Lebak", "first": "May", "last": "June"}),
    (establishment_shapes.DemandSchema, {"regency": "36.02", "first": "2026-02", "last": "2026-01"}),
    (group_shapes.GroupSchema, {"wanted": "0", "most_an_hour": "many"}),
    (group_shapes.GroupSchema, GROUP),
    (
        group_shapes.LineSchema,
        {"name": "Warga Uji", "nik": "3602146508900001", "reference": "?", "hour": "9"},
    ),
    (road_map_shapes.CounterSchema, {"counters": "0", "target_on": "?"}),
    (road_map_shapes.RevisionSchema, {"state": "?", "counters": "many"}),
    (outreach_shapes.EventSchema, {}),
    (outreach_shapes.EventSchema, OUTREACH | {"channel": "radio"}),
    (outreach_shapes.EventSchema, OUTREACH | {"last_on": "2026-11-30", "regency": "x", "reached": "-1"}),
    (outreach_shapes.EventSchema, OUTREACH | {"last_on": "2026-11-30", "topics": "?", "notes": "x"}),
    (outreach_shapes.EventSchema, OUTREACH | {"last_on": "2026-11-30"}),
    (outreach_shapes.ReportSchema, {}),
    (outreach_shapes.TargetSchema, {"year": "1990", "target": "-1", "basis": "x"}),
    (schemas.PersonSchema, {}),
    (schemas.PersonSchema, {"name": "Warga Uji"}),
    (schemas.PersonSchema, {**SOMEBODY, "name": "W"}),
    (schemas.PersonSchema, {**SOMEBODY, "name": "Warga Uji", "nik": "3" * 31}),
    (schemas.PersonSchema, {**SOMEBODY, "name": 7, "passport_number": "?"}),
    (schemas.PersonSchema, {"name": "Warga Uji", "nik": "1", "phone": "1"}),
    (schemas.PersonSchema, {"name": "Warga Uji", "phone": "0" * 31, "email": "nobody"}),
    (schemas.PersonSchema, {**SOMEBODY, "email": f"{'w' * 60}@{'e' * 60}.{'e' * 60}.{'e' * 60}.org"}),
    (schemas.PersonSchema, {**SOMEBODY, "birth_date": "tomorrow", "hobby": "chess"}),
    (rule_shapes.ReleaseSchema, {}),
    (rule_shapes.ReleaseSchema, {**RULE, "site": "?", "when": "?", "at": "early", "pace": "0"}),
    (
        rule_shapes.ReleaseSchema,
        {**RULE, "valid_to": "2026-11-30", "when": "end_of_next_week:4", "at": "14:00", "pace": "9"},
    ),
    (
        rule_shapes.CapSchema,
        {"name": "x|y", "level": "x|y", "channel": "?", "places": "many", "percent": "101"},
    ),
    (rule_shapes.CapSchema, {**RULE, "name": "PPKM", "level": "5", "channel": "online"}),
    (rule_shapes.CapSchema, {**RULE, "name": "PPKM", "level": "5", "channel": "walk_in", "places": "0"}),
    (rule_shapes.CoverageSchema, {**RULE, "regency": "99.99"}),
    (rule_shapes.RouteSchema, {**RULE, **ROUTE, "purposes": "?", "regencies": "99.99"}),
    (rule_shapes.RouteSchema, {**RULE, **ROUTE}),
    (rule_shapes.ContactSchema, {**RULE, "open_tickets": "0"}),
    (rule_shapes.NoShowSchema, {**RULE, "window_days": "0", "paused_at": "1", "pause_days": "91"}),
    (rule_shapes.SuspensionKindSchema, {**RULE, **KIND, "code": "A", "least_months": "0"}),
    (rule_shapes.SuspensionKindSchema, {**RULE, **KIND}),
    (rule_shapes.SuspensionKindSchema, {**RULE, **KIND, "name_en": "B", "most_months": "2"}),
    (rule_shapes.StageLineSchema, {**RULE, "service": "passport-new"}),
    (rule_shapes.StageLineSchema, {**RULE, "service": "passport-new", **STAGES}),
    (rule_shapes.StageLineSchema, {**RULE, "service": "passport-new", **UNFINISHED}),
    (rule_shapes.EndRuleSchema, {"rule": "2026-13-01:", "why": WHY}),
    (matching_shapes.ImportSchema, {}),
    (matching_shapes.ImportSchema, {"source": "x", "as_of": "?", "purposes": "?", "rows": "?", "why": "x"}),
    (matching_shapes.DecisionSchema, {"seen": "differs"}),
    (matching_shapes.DecisionSchema, {"seen": "differs", "state": "?", "note": "x"}),
    (schemas.BookingSchema, {"language": "fr"}),
    (schemas.BookingSchema, {"slot_id": "abcde", "person": None, "priority": None}),
    (schemas.BookingSchema, {"person": {**SOMEBODY, "nik": "3602146508900001"}}),
]

#: What the forms of files say of their fields.
TEXTS_OF_FILES = {
    *(application_shapes.WHY_HANDED_BACK, application_shapes.WHO_COLLECTS, files.CHOOSE_A_PURPOSE),
    *(applications.TELL_THE_CITIZEN, handing_over.CHOOSE_RECEIVER, handing_over.SIGN_FIRST),
}


@pytest.fixture(scope="module")
def indonesian() -> dict[str, Catalog]:
    """The Indonesian texts by package."""
    found = {}
    for package in PACKAGES:
        with resources.files(package).joinpath("locale", "id.po").open("rb") as file:
            found[package] = read_po(file, locale="id", abort_invalid=True)
    return found


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    """Every module of a package that can be imported without starting something."""
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not set(found.name.split(".")) & set(PROGRAMS):
            yield importlib.import_module(found.name)


def refusals() -> list[type[Refused]]:
    """Every refusal of booking and of what all share."""
    names = {module.__name__ for each in (gerai_shared, gerai_booking) for module in modules_of(each)}

    def below(kind: type[Refused]) -> Iterator[type[Refused]]:
        for sub in kind.__subclasses__():
            yield sub
            yield from below(sub)

    found = {kind for kind in below(Refused) if kind.__module__ in names and kind is not RemoteRefusal}
    return sorted({Refused, *found}, key=lambda kind: kind.__qualname__)


def texts_of_templates() -> Iterator[tuple[str, str, str | None]]:
    """(template, text, plural) for every text that a page has translated."""
    for package in ("gerai_booking", "gerai_shared.web"):
        for entry in resources.files(package).joinpath("templates").iterdir():
            with entry.open("rb") as file:
                for _line, message, _comments, _context in extract("jinja2", file, options=EXTRACTION):
                    one, many = message if isinstance(message, tuple) else (message, None)
                    yield entry.name, str(one), many


def texts_of_rules() -> set[str]:
    """What the rules for fields say when a field breaks them."""
    return {rule.error for rule in vars(schemas).values() if isinstance(rule, Regexp)}


def placeholders(text: str) -> set[str]:
    """The names of the places in a text that are filled in."""
    return {"".join(found) for found in PLACEHOLDER.findall(text)}


def test_every_refusal_speaks_indonesian_about_the_same_things() -> None:
    spoken = texts(PACKAGES, "id")
    for kind in refusals():
        template = kind().template
        assert spoken.gettext(template) != template, f"{kind.__qualname__}: {template}"
        assert placeholders(spoken.gettext(template)) == placeholders(template), template


def test_every_text_of_every_page_stands_in_indonesian() -> None:
    spoken = texts(PACKAGES, "id")
    found = list(texts_of_templates())
    assert len(found) > 50
    for name, one, many in found:
        translated = spoken.ngettext(one, many, 2) if many else spoken.gettext(one)
        assert translated not in {one, many}, f"{name}: {one}"
        assert placeholders(translated) == placeholders(many or one), f"{name}: {one}"


@pytest.mark.parametrize(("schema", "mistake"), MISTAKES)
def test_what_is_wrong_with_a_field_is_said_in_indonesian(
    schema: type[Schema], mistake: dict[str, object]
) -> None:
    spoken = texts(PACKAGES, "id")
    with pytest.raises(InvalidRequest) as refused:
        load(schema(), mistake)
    messages = {message for several in refused.value.details["fields"].values() for message in several}
    assert messages
    assert {message for message in messages if spoken.gettext(message) == message} == set()


def test_every_rule_for_a_field_is_explained_in_indonesian() -> None:
    spoken = texts(PACKAGES, "id")
    explained = {
        *schemas.NIK_PROBLEMS.values(),
        *texts_of_rules(),
        *statistics_words.every(),
        *TEXTS_OF_FILES,
    }
    assert {text for text in explained if spoken.gettext(text) == text} == set()


@pytest.mark.parametrize("state", State)
def test_every_state_of_a_ticket_has_an_indonesian_word(state: State) -> None:
    assert texts(PACKAGES, "id").gettext(state.value) != state.value


def test_no_text_is_translated_twice_in_different_words(indonesian: dict[str, Catalog]) -> None:
    ours, shared = (indonesian[package] for package in PACKAGES)
    both = {message.id for message in ours if message.id} & {message.id for message in shared if message.id}
    assert {key for key in both if ours[key].string != shared[key].string} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_file_of_texts_is_whole(indonesian: dict[str, Catalog], package: str) -> None:
    catalogue = indonesian[package]
    assert catalogue.num_plurals == 1
    for message in catalogue:
        assert not message.fuzzy, message.id
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(strings), message.id


def test_nothing_is_kept_for_pages_that_no_longer_say_it(indonesian: dict[str, Catalog]) -> None:
    said = {text for _name, one, many in texts_of_templates() for text in (one, many)}
    said |= {kind().template for kind in refusals()}
    said |= {*schemas.NIK_PROBLEMS.values(), *texts_of_rules(), *statistics_words.every(), *TEXTS_OF_FILES}
    said |= {*meanwhile.OTHERS.values(), meanwhile.SOMEBODY}
    for schema, mistake in MISTAKES:
        with pytest.raises(InvalidRequest) as refused:
            load(schema(), mistake)
        said |= {message for several in refused.value.details["fields"].values() for message in several}
    kept = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in indonesian["gerai_booking"]
        if message.id
    }
    assert kept - said == set()
