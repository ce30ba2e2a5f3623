"""The acts of officers at the border: what is said with each, and which use case carries it out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.deployment import Deployment
from gerai_shared.refusals import NotFound
from marshmallow import Schema

from gerai_complaints.keyring import keyring_of
from gerai_complaints.rules.acts import Act
from gerai_complaints.schemas import acts as schemas
from gerai_complaints.schemas.fields import checked_key
from gerai_complaints.shapes import Case, Order
from gerai_complaints.usecases import clock, refusing, reopening, working

UseCase = Callable[..., Case | None]
CHECK_FIELD = "check-"


@dataclass(frozen=True, kw_only=True)
class ActOfDesk:
    """What is said with an act (a schema), and who carries it out."""

    schema: type[Schema]
    use_case: UseCase


ACTS: Mapping[str, ActOfDesk] = {
    Act.TAKE: ActOfDesk(schema=schemas.ActSchema, use_case=working.take),
    Act.VERIFY: ActOfDesk(schema=schemas.ActSchema, use_case=working.verify),
    Act.CHECK: ActOfDesk(schema=schemas.CheckSchema, use_case=working.check),
    Act.REPLY: ActOfDesk(schema=schemas.WordsSchema, use_case=working.reply),
    Act.NOTE: ActOfDesk(schema=schemas.NoteSchema, use_case=working.note_internally),
    Act.ASK: ActOfDesk(schema=schemas.WordsSchema, use_case=working.ask),
    Act.COMPLETE: ActOfDesk(schema=schemas.WordsSchema, use_case=working.complete),
    Act.FORWARD: ActOfDesk(schema=schemas.ForwardSchema, use_case=working.forward),
    Act.ASSIGN: ActOfDesk(schema=schemas.AssignSchema, use_case=working.assign),
    Act.QUALIFY: ActOfDesk(schema=schemas.QualifySchema, use_case=working.qualify),
    Act.URGENT: ActOfDesk(schema=schemas.WordsSchema, use_case=working.mark_urgent),
    Act.EXTEND: ActOfDesk(schema=schemas.ExtendSchema, use_case=clock.extend),
    Act.JOIN: ActOfDesk(schema=schemas.JoinSchema, use_case=working.join),
    Act.PROPOSE_REFUSAL: ActOfDesk(schema=schemas.ProposeRefusalSchema, use_case=refusing.propose),
    Act.DECIDE_REFUSAL: ActOfDesk(schema=schemas.DecideRefusalSchema, use_case=refusing.decide),
    Act.REOPEN: ActOfDesk(schema=schemas.WordsSchema, use_case=reopening.reopen),
    Act.CLARIFY: ActOfDesk(schema=schemas.OmbudsmanSchema, use_case=reopening.clarify),
    Act.CORRECT: ActOfDesk(schema=schemas.OmbudsmanSchema, use_case=reopening.correct),
}


def act_of(name: str) -> ActOfDesk:
    """Return an act by its name. Raises NotFound."""
    if name not in ACTS:
        raise NotFound
    return ACTS[name]


@cache
def _schema_of(kind: type[Schema]) -> Schema:
    """Return the schema of a class, made once: a schema copies all of its fields as it is made."""
    return kind()


def said_on_form(name: str, form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form of the desk says with an act, in the shape of its schema.

    A page has the forms of several acts: the names of their fields begin with the act, `reply-text`.
    """
    known = _schema_of(act_of(name).schema).fields
    wanted = {field.data_key or key for key, field in known.items()}
    said: dict[str, Any] = {key: form[field] for key in wanted if (field := f"{name}-{key}") in form}
    if "revision" in wanted and "revision" in form:
        said["revision"] = form["revision"]
    if name == Act.CHECK:
        said["checks"] = {
            key.removeprefix(CHECK_FIELD): value
            for key, value in form.items()
            if key.startswith(CHECK_FIELD) and value
        }
    return said


def carry_out(
    deployment: Deployment,
    name: str,
    *,
    number: str,
    officer: Officer,
    said: dict[str, Any],
    key: str | None,
) -> Case | None:
    """Carry out an act; return the case, None when it is not the officer's any more. Raises Refused."""
    act = act_of(name)
    wanted = load(_schema_of(act.schema), said)
    order = Order(
        number=number, officer=officer, key=checked_key(key), revision=wanted.pop("revision", None), **wanted
    )
    use_case = act.use_case
    if name == Act.FORWARD:
        use_case = partial(use_case, agencies=deployment.settings.agencies)
    with deployment.database.transaction() as session:
        return use_case(session, order, keyring=keyring_of(deployment), now=deployment.clock.now())
