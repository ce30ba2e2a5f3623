"""What forms about rules send, as marshmallow reads it: one form for each kind, and how to take it back."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from re import fullmatch
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from gerai_booking.counter.supervision_shapes import FormSchema
from gerai_booking.rules.catalogue import Horizon
from gerai_booking.rules.catalogue.lane_rules import LANES_WITH_RULES, LONGEST_HEAD_START
from gerai_booking.rules.catalogue.stages import HANDED_OVER, READY, SIDE_STAGES
from gerai_booking.rules.quota import ALL, CHANNELS, ONLINE, OVER_QUOTA
from gerai_booking.rules.regions import REGENCIES
from gerai_booking.schemas import BASIS, CHOICE, CODE, DAY, REASON
from gerai_booking.usecases import rule_kinds
from gerai_booking.usecases.rule_kinds import Body

LAST_DAY = "The last day does not come before the first."
TIME = "Please give a time of day, such as 08:00."
LANGUAGES = "Please give the text in both languages; they are not the same."
PLACES_OR_PERCENT = "Please give either places a day or a share in percent."
ONLINE_ALONE = "Only online booking can be lowered to nothing: closing takes an order of the centre."
MONTHS_IN_ORDER = "The longest is not shorter than the shortest."
CODE_OF_A_NAME = "A code is made of small letters, with single underscores between them."
TWICE = "Another row has this code already."
KEPT_CODE = "This code belongs to a state that every service has: please choose another one."
RESULT_AT_THE_END = "What is ready is handed over at the end: the last two rows are ready and handed_over."
AT_LEAST_TWO = "Please give at least two stages."
RULE = "Please choose a rule."
#: Rows of a form of stages; those without a code are not there.
MOST_STAGES = 14
ROW_FIELDS = ("code", "name_id", "name_en", "asks_id", "asks_en", "stops")
UNDERSCORED = r"[a-z]+(_[a-z]+)*"
RELEASES_ON = tuple(
    [f"{Horizon.NEXT_WEEK.value}:{day}" for day in range(7)]
    + [f"{Horizon.NEXT_MONTH.value}:{day}" for day in range(1, 29)]
)


def _number(least: int, most: int, **options: Any) -> fields.Integer:
    said = f"Please give a whole number from {least} to {most}."
    return fields.Integer(
        validate=validate.Range(min=least, max=most, error=said), error_messages={"invalid": said}, **options
    )


def _text(longest: int, **options: Any) -> fields.String:
    return fields.String(validate=validate.Length(min=1, max=longest), **options)


def _site(**options: Any) -> fields.String:
    return fields.String(validate=validate.Regexp(r"^([a-z0-9][a-z0-9-]{0,59})?\Z", error=CHOICE), **options)


class RuleSchema(FormSchema):
    """What every rule has: its dates, what it rests on, and why it is written down now.

    `all` as a site is every one of them. `body` says what is left: what the rule itself says.
    """

    valid_from = fields.Date(required=True, error_messages={"invalid": DAY})
    valid_to = fields.Date(load_default=None, error_messages={"invalid": DAY})
    basis = fields.String(required=True, validate=BASIS)
    why = fields.String(required=True, validate=REASON)

    @pre_load
    def every_site(self, data: Any, **_: Any) -> Any:
        """Take `all` as what it says: a list cannot offer an empty choice."""
        return {key: "" if (key, value) == ("site", "all") else value for key, value in data.items()}

    @validates_schema
    def check_dates(self, data: dict[str, Any], **_: Any) -> None:
        """A last day does not come before the first."""
        last: date | None = data["valid_to"]
        if last is not None and last < data["valid_from"]:
            raise ValidationError({"valid_to": [LAST_DAY]})


class ReleaseSchema(RuleSchema):
    """When days open; `when` is a horizon and its day, as `end_of_next_week:4`."""

    site = _site(load_default="")
    when = fields.String(required=True, validate=validate.OneOf(RELEASES_ON, error=CHOICE))
    at = fields.Time(required=True, format="%H:%M", error_messages={"invalid": TIME})
    pace = _number(1, 1_000, required=True)

    @post_load
    def write_time(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Write the time as it is kept."""
        return {**data, "at": f"{data['at']:%H:%M}"}


class CapSchema(RuleSchema):
    """What a regime does at a level; `all` as the channel is every way to come."""

    name = fields.String(required=True, validate=validate.Regexp(r"^[^|]{1,40}\Z"))
    level = fields.String(required=True, validate=validate.Regexp(r"^[^|]{1,20}\Z"))
    channel = fields.String(
        required=True,
        validate=validate.OneOf([each for each in CHANNELS if each != OVER_QUOTA], error=CHOICE),
    )
    places = _number(0, 10_000, load_default=None)
    percent = _number(0, 100, load_default=None)
    site = _site(load_default="")

    @pre_load
    def every_channel(self, data: Any, **_: Any) -> Any:
        """Take `all` as what it says."""
        return {key: ALL if (key, value) == ("channel", "all") else value for key, value in data.items()}

    @validates_schema
    def check_places(self, data: dict[str, Any], **_: Any) -> None:
        """Exactly one of places and percent; nobody but those who book online may be left without any."""
        if (data["places"] is None) == (data["percent"] is None):
            raise ValidationError({"places": [PLACES_OR_PERCENT]})
        given = "places" if data["percent"] is None else "percent"
        if data["channel"] != ONLINE and data[given] == 0:
            raise ValidationError({given: [ONLINE_ALONE]})


class CoverageSchema(RuleSchema):
    """Which office is there for a regency."""

    site = _site(required=True)
    regency = fields.String(required=True, validate=validate.OneOf(tuple(REGENCIES), error=CHOICE))


class RouteSchema(RuleSchema):
    """Who is advised to go to another office; purposes and regencies are ticked."""

    purposes = fields.List(fields.String(validate=CODE), required=True, validate=validate.Length(1))
    regencies = fields.List(
        fields.String(validate=validate.OneOf(tuple(REGENCIES), error=CHOICE)),
        required=True,
        validate=validate.Length(1),
    )
    office_id = _text(100, required=True)
    office_en = _text(100, required=True)
    reason_id = _text(400, required=True)
    reason_en = _text(400, required=True)
    site = _site(load_default="")

    @pre_load
    def split(self, data: Any, **_: Any) -> Any:
        """Take apart what was ticked."""
        return data | {name: data[name].split() for name in ("purposes", "regencies") if name in data}

    @validates_schema
    def check_languages(self, data: dict[str, Any], **_: Any) -> None:
        """A text in both languages is not one text twice."""
        _check_languages(data, "office", "reason")


class ContactSchema(RuleSchema):
    """How many open tickets a contact may have."""

    open_tickets = _number(1, 100, required=True)


class NoShowSchema(RuleSchema):
    """What missed visits lead to."""

    window_days = _number(1, 730, required=True)
    paused_at = _number(2, 20, required=True)
    pause_days = _number(1, 90, required=True)


class FloorSchema(RuleSchema):
    """How people are called, and what becomes of those who were not there."""

    most_calls = _number(1, 10, required=True)
    recall_seconds = _number(0, 300, required=True)
    absent_seconds = _number(0, 900, required=True)
    place_kept_minutes = _number(0, 240, required=True)
    most_returns = _number(0, 10, required=True)
    later_people = _number(1, 50, required=True)
    meant_minutes = _number(1, 240, required=True)


class SuspensionKindSchema(RuleSchema):
    """For what somebody may be suspended, and how long."""

    code = fields.String(required=True, validate=validate.Regexp(rf"^{UNDERSCORED}\Z", error=CODE_OF_A_NAME))
    name_id = _text(80, required=True)
    name_en = _text(80, required=True)
    least_months = _number(1, 120, required=True)
    most_months = _number(1, 120, required=True)

    @validates_schema
    def check_kind(self, data: dict[str, Any], **_: Any) -> None:
        """Both languages, and a longest that is not below the shortest."""
        _check_languages(data, "name")
        if data["most_months"] < data["least_months"]:
            raise ValidationError({"most_months": [MONTHS_IN_ORDER]})


def _rows() -> dict[str, fields.Field[Any]]:
    longest = {"code": 40, "name_id": 80, "name_en": 80, "asks_id": 300, "asks_en": 300, "stops": 5}
    return {
        f"{name}_{row}": _text(longest[name], load_default="")
        for row in range(1, MOST_STAGES + 1)
        for name in ROW_FIELDS
    }


class _StageLineSchema(RuleSchema):
    service = fields.String(required=True, validate=CODE)

    @validates_schema(skip_on_field_errors=True)
    def check_stages(self, data: dict[str, Any], **_: Any) -> None:
        """Codes that can be used, both languages, and an end."""
        times = Counter(data[f"code_{row}"] for row in _used(data))
        problems = {
            name: [problem]
            for row in _used(data)
            for name, problem in _problems_of_row(data, row, times).items()
        }
        codes = [data[f"code_{row}"] for row in _used(data)]
        if len(codes) < 2:
            problems[f"code_{len(codes) + 1}"] = [AT_LEAST_TWO]
        elif {READY, HANDED_OVER} & set(codes) and codes[-2:] != [READY, HANDED_OVER]:
            problems[f"code_{_used(data)[-1]}"] = [RESULT_AT_THE_END]
        if problems:
            raise ValidationError(problems)

    @post_load
    def gather(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Gather the rows: who is asked for something waits for the citizen, and so does a ready result."""
        stages = []
        for row in _used(data):
            stage = {name: data[f"{name}_{row}"] for name in ROW_FIELDS}
            waits = bool(stage["asks_id"]) or stage["code"] == READY
            stages.append({**stage, "stops": bool(stage["stops"]), "waits": waits})
        kept = {name: value for name, value in data.items() if name not in _rows()}
        return {**kept, "stages": stages}


StageLineSchema: type[Schema] = type("StageLineSchema", (_StageLineSchema,), _rows())


def _used(data: Mapping[str, Any]) -> list[int]:
    """Return the rows in which something was written, in their order."""
    rows = range(1, MOST_STAGES + 1)
    return [row for row in rows if any(data[f"{name}_{row}"] for name in ROW_FIELDS)]


def _problems_of_row(data: Mapping[str, Any], row: int, times: Mapping[str, int]) -> dict[str, str]:
    code = data[f"code_{row}"]
    found = {}
    if not fullmatch(UNDERSCORED, code):
        found[f"code_{row}"] = CODE_OF_A_NAME
    elif code in SIDE_STAGES:
        found[f"code_{row}"] = KEPT_CODE
    elif times[code] > 1:
        found[f"code_{row}"] = TWICE
    for name in ("name", "asks"):
        texts = data[f"{name}_id_{row}"], data[f"{name}_en_{row}"]
        if (name == "name" or any(texts)) and (not all(texts) or texts[0] == texts[1]):
            found[f"{name}_en_{row}"] = LANGUAGES
    return found


def _check_languages(data: Mapping[str, Any], *names: str) -> None:
    same = [name for name in names if data[f"{name}_id"] == data[f"{name}_en"]]
    if same:
        raise ValidationError({f"{name}_en": [LANGUAGES] for name in same})


class LaneSchema(RuleSchema):
    """How much earlier those of a lane count as come."""

    lane = fields.String(required=True, validate=validate.OneOf(LANES_WITH_RULES, error=CHOICE))
    head_start_minutes = _number(0, LONGEST_HEAD_START, required=True)


class EndRuleSchema(FormSchema):
    """A rule that is to end, as `2026-12-01:subject`. Loads to valid_from and subject."""

    rule = fields.String(required=True, validate=validate.Regexp(r"^\d{4}-\d\d-\d\d:.*\Z", error=RULE))
    why = fields.String(required=True, validate=REASON)

    @post_load
    def take_apart(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Take apart what the choice in a list stands for."""
        first, _colon, subject = data["rule"].partition(":")
        try:
            return {"valid_from": date.fromisoformat(first), "subject": subject, "why": data["why"]}
        except ValueError:
            raise ValidationError({"rule": [RULE]}) from None


SCHEMAS: dict[str, type[Schema]] = {
    rule_kinds.RELEASES: ReleaseSchema,
    rule_kinds.CAPS: CapSchema,
    rule_kinds.COVERAGE: CoverageSchema,
    rule_kinds.ROUTES: RouteSchema,
    rule_kinds.CONTACTS: ContactSchema,
    rule_kinds.NO_SHOWS: NoShowSchema,
    rule_kinds.FLOOR: FloorSchema,
    rule_kinds.SUSPENSIONS: SuspensionKindSchema,
    rule_kinds.STAGES: StageLineSchema,
    rule_kinds.LANES: LaneSchema,
}


def body_in(asked: dict[str, Any]) -> Body:
    """Return what a loaded form of a rule says beside its dates and grounds."""
    return {name: value for name, value in asked.items() if name not in RuleSchema().fields}


def form_of(body: Body) -> dict[str, str]:
    """Return how a form is filled in that says this."""
    if "stages" in body:
        rows = {
            f"{name}_{row}": _written(stage[name])
            for row, stage in enumerate(body["stages"], start=1)
            for name in ROW_FIELDS
        }
        return {"service": body["service"], **rows}
    return {name: _written(value) for name, value in body.items()} | _all_of(body)


def _all_of(body: Body) -> dict[str, str]:
    """Return the fields that are every site or every channel."""
    return {name: "all" for name in ("site", "channel") if body.get(name) == ""}


def _written(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else str(value)
