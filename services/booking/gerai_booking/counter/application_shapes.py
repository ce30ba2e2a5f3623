"""What the forms of applications send, as marshmallow reads it; those of a service hold its checklist."""

from typing import Any

from gerai_shared.borders import load
from gerai_shared.refusals import InvalidRequest
from marshmallow import Schema, fields, pre_load, validate

from gerai_booking.rules.catalogue import Collection, Requirement, Service
from gerai_booking.rules.catalogue.lane_rules import OTHER
from gerai_booking.rules.checklist import NOT_CONCERNED, SHORTEST_REASON, Checklist
from gerai_booking.rules.lanes import GROUNDS
from gerai_booking.rules.quota import EMERGENCY, OVER_QUOTA
from gerai_booking.schemas import CHOICE, CODE, FREE_OF_CONTROLS, REASON, WHY, PersonSchema
from gerai_booking.usecases.handing_over import Collected

OPEN, GIVE, TURN_AWAY = "open", "give", "turn_away"
WHY_HANDED_BACK = "Please say in at least ten letters why the file is handed back."
WHO_COLLECTS = "Please give the name of who collects."
Fields = dict[str, fields.Field[Any]]
STAGE = validate.Regexp(r"^[a-z_]{1,40}\Z")
#: What a walk-in may leave, so that they can be told.
PERSONAL = ("name", "nik", "passport_number", "email", "phone")


class Tidy(Schema):
    """A form: spaces around what was typed are taken away, empty fields count as not given."""

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take what people type."""
        tidy = {key: value.strip() for key, value in data.items()}
        return {key: value for key, value in tidy.items() if value}


class StepSchema(Tidy):
    """A step to another stage, made from what was seen at `revision`."""

    to = fields.String(required=True, validate=STAGE)
    note = fields.String(load_default=None, validate=validate.Length(max=500))
    revision = fields.Integer(required=True)


class ReasonSchema(Tidy):
    """A decision with its reason: to take a step back, to cancel."""

    why = fields.String(required=True, validate=REASON)
    revision = fields.Integer(required=True)


def checklist_schema(service: Service, *, act: str) -> Schema:
    """Return the form by which a file is found complete (the act `act`), or handed back."""
    own: Fields = {
        **_marks("have", service.requirements),
        **_marks("apart", service.requirements),
        **{f"why_{each.code}": _line(300) for each in service.requirements},
        "act": fields.String(load_default=act, validate=validate.OneOf((act, TURN_AWAY), error=CHOICE)),
        "handed_back": _line(500),
        "purpose": fields.String(load_default=None, validate=CODE),
        "priority": fields.String(load_default=None),
        "ground": fields.String(load_default=None, validate=validate.OneOf((*GROUNDS, OTHER), error=CHOICE)),
        "beyond": fields.String(
            load_default=None, validate=validate.OneOf((OVER_QUOTA, EMERGENCY), error=CHOICE)
        ),
        "reason": fields.String(load_default=None, validate=REASON),
        **{name: _line(200) for name in PERSONAL},
    }
    return _schema(own)


def read_checklist(service: Service, asked: dict[str, Any]) -> Checklist:
    """Return the checklist in a loaded form."""
    absences = {
        each.code: NOT_CONCERNED if asked[f"apart_{each.code}"] else asked[f"why_{each.code}"] or ""
        for each in service.requirements
    }
    return Checklist(
        have=frozenset(each.code for each in service.requirements if asked[f"have_{each.code}"]),
        absences={code: reason for code, reason in absences.items() if reason},
    )


def read_person(asked: dict[str, Any]) -> dict[str, Any] | None:
    """Return the person in a loaded form, None when none was given. Raises InvalidRequest."""
    told = {name: asked[name] for name in PERSONAL if asked[name]}
    if not told:
        return None
    person: dict[str, Any] = load(PersonSchema(), told)
    return person


def why_handed_back(asked: dict[str, Any]) -> str:
    """Return the reason in a loaded form. Raises InvalidRequest."""
    why = asked["handed_back"] or ""
    if len(why) < SHORTEST_REASON:
        raise InvalidRequest(fields={"handed_back": [WHY_HANDED_BACK]})
    return why


def beyond_of(asked: dict[str, Any]) -> str | None:
    """Return beyond what a number is given, which needs a reason. Raises InvalidRequest."""
    if asked["beyond"] and not asked["reason"]:
        raise InvalidRequest(fields={"reason": [WHY]})
    beyond: str | None = asked["beyond"]
    return beyond


def handover_schema(rule: Collection) -> Schema:
    """Return the form of a handover under a rule."""
    proofs = {proof.code for receiver in rule.receivers for proof in receiver.proofs}
    own: Fields = {
        "receiver": fields.String(load_default=""),
        "name": fields.String(
            required=True,
            validate=[validate.Length(min=2, max=100, error=WHO_COLLECTS), FREE_OF_CONTROLS],
            error_messages={"required": WHO_COLLECTS},
        ),
        "signed": fields.String(load_default=None),
        "revision": fields.Integer(required=True),
        **{f"proof_{code}": fields.String(load_default=None) for code in sorted(proofs)},
    }
    return _schema(own)


def read_handover(asked: dict[str, Any]) -> Collected:
    """Return what a loaded form says of who collects."""
    return Collected(
        receiver=asked["receiver"],
        name=asked["name"],
        proofs=[
            name.removeprefix("proof_")
            for name, value in asked.items()
            if name.startswith("proof_") and value
        ],
        signed=bool(asked["signed"]),
    )


def _marks(kind: str, requirements: tuple[Requirement, ...]) -> Fields:
    return {f"{kind}_{each.code}": fields.String(load_default=None) for each in requirements}


def _line(longest: int) -> fields.Field[Any]:
    return fields.String(load_default=None, validate=[validate.Length(max=longest), FREE_OF_CONTROLS])


def _schema(own: Fields) -> Schema:
    made: type[Schema] = Tidy.from_dict(own)
    return made()
