"""Every text has its Indonesian, and what other services say is said in their own words."""

import string
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import gerai_gateway
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from gerai_booking import refusals as booking
from gerai_booking import schemas as booking_schemas
from gerai_complaints import refusals as complaints
from gerai_complaints.rules import case, satisfaction
from gerai_gateway import board_view, refusals
from gerai_gateway.portal import booking as booking_pages
from gerai_gateway.portal.forms import LABELS
from gerai_gateway.schemas import taken
from gerai_shared.borders import load
from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.ticket import State
from marshmallow import Schema

PACKAGE = Path(gerai_gateway.__file__).parent
KEYWORDS = {"_": None, "ngettext": (1, 2), "say": (2,), "say_number": (2, 3)}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "extensions": "jinja2.ext.do", "silent": "false"}}
#: Refusals of counters and desks, which no citizen meets.
OFFICERS_ONLY = {
    "ticket_of_another_agency", "ticket_of_another_site", "unknown_counter", "counter_busy", "counter_idle",
    "counter_moved_on", "nobody_waits", "nothing_to_undo", "walk_in_full", "over_quota_not_allowed",
    "over_quota_used_up", "emergency_used_up", "emergency_not_allowed", "not_booked_online",
    "plan_in_the_past", "unknown_restriction", "restriction_over", "unknown_quota", "quota_over",
    "quota_closes_site", "unknown_regime", "no_site_in_region", "emergency_stays", "unknown_suspension",
    "suspension_lifted", "wrong_length", "unknown_kind_of_suspension", "unknown_rule", "rule_over",
    "rule_from_tomorrow", "route_overlaps", "rule_contradicts", "not_on_this_weekday", "unknown_directive",
    "scope_without_sites", "directive_over", "directive_undone", "closing_needs_order",
    "people_outside_hours", "no_whole_hour", "list_missing", "list_too_large", "list_unreadable",
    "list_without_columns", "list_empty", "rows_refused", "unknown_match", "match_moved_on",
    "counter_taken", "shift_changed", "counter_not_open", "counter_paused", "nothing_to_serve", "nobody_would_serve",
    "unknown_application", "ticket_not_served", "no_applications", "application_exists", "incomplete_files",
    "nothing_missing", "application_changed", "wrong_place_of_collection", "proofs_missing",
    "nothing_to_correct", "still_kept", "move_not_allowed", "unknown_event", "event_over",
    "nobody_reached_yet", "unknown_regency", "unknown_outage", "outage_over", "outage_not_begun",
    "outage_without_time", "unknown_appeal", "appeal_decided", "site_closed_today", "answer_needs_text",
    "stale_revision", "confidential_case", "recall_limit", "unknown_establishment", "unit_comes_first",
    "stage_not_next", "items_lacking", "item_not_next", "unknown_item", "document_missing",
    "staff_not_mixed", "request_closed", "unknown_minutes", "action_done", "unknown_planned_counter",
    "unknown_service_group", "absent_too_soon", "already_added", "at_another_counter", "called_often",
    "came_back_often", "not_sent_from_elsewhere", "not_served_there", "outcome_needed",
    "outcome_needs_reason", "recalled_too_soon", "unknown_aside_reason", "unknown_officer",
    "all_at_other_counters", "no_step_here", "not_at_another_counter", "unknown_neighbour",
    "site_is_leased", "no_lease", "numbers_used_up", "unknown_node", "lease_taken", "unknown_lease",
    "nothing_to_lease", "number_not_leased", "unknown_conflict",
}  # fmt: skip


def catalogue(package: str) -> dict[str, str]:
    """The Indonesian texts of a package by their English."""
    with resources.files(package).joinpath("locale", "id.po").open("rb") as file:
        found = read_po(file, locale="id")
    texts = {}
    for message in found:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            texts[key] = message.string if isinstance(message.string, str) else message.string[0]
    return texts


def said() -> Iterator[str]:
    """Every text that the gateway's code and templates hand to gettext."""
    for _, _, message, _, _ in extract_from_dir(str(PACKAGE), METHODS, OPTIONS, keywords=KEYWORDS):
        yield message if isinstance(message, str) else message[0]
    yield from board_view.STATE_TEXTS.values()
    yield from LABELS.values()
    yield from (booking_pages.CHOOSE_A_PURPOSE, booking_pages.CONFIRM)
    yield from (taken.EMPTY, taken.NO_TEXT, taken.CHOOSE, taken.CHOOSE_AN_HOUR, taken.NO_CODE)
    yield from booking_schemas.NIK_PROBLEMS.values()


def refusals_of(*modules) -> list[type[Refused]]:
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Refused)
        and value.__module__.startswith(module.__name__)
    ]


def places(text: str) -> set[str]:
    """The names that a text leaves open."""
    return {part.split(")")[0] for part in text.split("%(")[1:]} | {
        name for _, name, _, _ in string.Formatter().parse(text) if name
    }


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    return {**catalogue("gerai_shared"), **catalogue("gerai_gateway")}


def test_every_text_of_the_gateway_has_its_indonesian(known) -> None:
    assert sorted({text for text in said() if not known.get(text)}) == []


def test_translations_leave_the_same_places_open() -> None:
    texts = catalogue("gerai_gateway")
    assert [key for key, text in texts.items() if places(key) - {"num"} != places(text) - {"num"}] == []


def test_every_message_about_a_field_has_its_indonesian(known) -> None:
    schemas = [v for v in vars(taken).values() if isinstance(v, type) and issubclass(v, Schema)]
    messages = {
        str(validator.error)
        for schema in schemas
        for field in schema().fields.values()
        for validator in field.validators
        if getattr(validator, "error", None)
    }
    assert len(messages) > 5
    assert sorted(text for text in messages if not known.get(text)) == []


def test_whatever_is_taken_for_a_field_is_refused_in_indonesian(known) -> None:
    told: set[str] = set()
    schemas = [v for v in vars(taken).values() if isinstance(v, type) and issubclass(v, Schema)]
    mistakes: tuple[Any, ...] = (None, True, -1, 7.5, "", "x", "x" * 6_000, "\x07", "2026-02-30", [], {})
    for wrong in mistakes:
        for schema in (found() for found in schemas):
            names = [field.data_key or name for name, field in schema.fields.items()]
            try:
                load(schema, {**dict.fromkeys(names, wrong), "more": wrong})
            except InvalidRequest as refusal:
                told.update(text for texts in refusal.details["fields"].values() for text in texts)
    assert len(told) > 15
    assert sorted(text for text in told if not known.get(text)) == []


@pytest.mark.parametrize("refusal", refusals_of(refusals), ids=lambda each: each.code)
def test_every_refusal_of_the_gateway_is_translated(known, refusal) -> None:
    assert known.get(" ".join((refusal.__doc__ or "").split()))


@pytest.mark.parametrize(
    ("refusal", "package"),
    [
        *((each, "gerai_booking") for each in refusals_of(booking) if each.code not in OFFICERS_ONLY),
        *(
            (each, "gerai_complaints")
            for each in refusals_of(complaints, case, satisfaction)
            if each.code not in OFFICERS_ONLY
        ),
    ],
    ids=lambda each: getattr(each, "code", each),
)
def test_what_citizens_hear_of_other_services_is_in_those_services_own_words(known, refusal, package) -> None:
    text = " ".join((refusal.__doc__ or "").split())
    assert known.get(text) == catalogue(package)[text]


def test_every_state_has_a_name() -> None:
    assert set(board_view.STATE_TEXTS) == {state.value for state in State}
