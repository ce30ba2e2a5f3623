"""Forms of the portal: from what was typed to what the interface takes, and errors back to their fields."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.tokens import realm_of
from werkzeug.wrappers import Request

from gerai_gateway.entrypoints import KEY
from gerai_gateway.refusals import InvalidIdempotencyKey
from gerai_gateway.words import say

#: Fields of a form by where the interface has them.
FIELD_OF_PATH = {
    "person.name": "name",
    "person.nik": "nik",
    "person.passport_number": "passport_number",
    "person.email": "email",
    "person.phone": "phone",
    "person.birth_date": "birth_date",
    "person.sex": "sex",
    "person.married": "married",
    "person.regency": "regency",
    "police_report": "police_number",
    "police_report.number": "police_number",
    "police_report.date": "police_date",
    "police_report.station": "police_station",
    "ticket_token": "ticket",
    "attachments": "files",
}
#: Fields that a refusal is about, when it is about one.
FIELD_OF_CODE = {
    "slot_full": "slot_id",
    "day_full": "slot_id",
    "slot_past": "slot_id",
    "slot_closed": "slot_id",
    "day_not_open_yet": "slot_id",
    "unknown_slot": "slot_id",
    "hold_expired": "slot_id",
    "precondition_not_met": "precondition_met",
    "wrong_citizenship": "nik",
    "open_ticket_exists": "nik",
    "too_many_for_contact": "phone",
    "too_young": "birth_date",
    "too_old": "birth_date",
    "validity_not_allowed": "validity_years",
    "offer_of_another": "nik",
    "already_waiting": "nik",
    "too_many_entries": "email",
    "places_free": "first_day",
    "waiting_over": "last_day",
    "wait_too_long": "last_day",
    "file_empty": "files",
    "file_too_large": "files",
    "file_type_not_taken": "files",
    "file_damaged": "files",
    "picture_too_large": "files",
    "too_many_files": "files",
    "no_file_chosen": "files",
    "file_not_kept": "files",
    "files_are_not_taken": "files",
    "case_holds_enough_files": "files",
}
#: After these nobody knows yet whether it went through.
UNANSWERED = frozenset({"unavailable", "saturated", "fault", "took_too_long"})
#: What stands before an error in the summary.
LABELS = {
    "name": "Full name",
    "nik": "NIK",
    "passport_number": "Passport number",
    "birth_date": "Date of birth",
    "sex": "Sex",
    "email": "E-mail address",
    "phone": "Mobile number",
    "regency": "Regency or city where you live",
    "purpose": "Purpose",
    "validity_years": "Validity of the passport",
    "urgent": "Is it urgent?",
    "precondition_met": "Before you book",
    "police_number": "Number of the police report",
    "police_date": "Date of the police report",
    "police_station": "Police station",
    "slot_id": "Hour",
    "first_day": "First day you can come",
    "last_day": "Last day you can come",
    "title": "Subject",
    "principal": "Name of the person it happened to",
    "relation": "What you are to them",
    "text": "What happened",
    "agency": "Agency",
    "site": "Place",
    "occurred_on": "Day",
    "classification": "Kind",
    "public": "May everybody read it?",
    "ticket": "Ticket code",
    "files": "Photos or documents",
    "requirements": "Requirements",
    "procedure": "Procedure",
    "time": "Time",
    "cost": "Cost",
    "product": "Result",
    "competence": "Ability of the officer",
    "conduct": "Manners of the officer",
    "facilities": "Rooms and facilities",
    "complaints": "Dealing with complaints",
    "remark": "Anything else?",
}
_SEPARATORS = re.compile(r"[\s.-]")


def form_key(request: Request) -> str:
    """Return the key that a form was given when it was made. Raises InvalidIdempotencyKey."""
    key = request.form.get("idempotency_key", "")
    if not KEY.fullmatch(key):
        raise InvalidIdempotencyKey
    return key


def key_to_keep(form: Mapping[str, str], refusal: Refused | None) -> str | None:
    """Return the key with which a form that got no answer is sent again, None when it needs a new one.

    With the same key, what went through after all is answered and not done twice.
    """
    return form.get("idempotency_key") if refusal is not None and refusal.code in UNANSWERED else None


def booking_body(form: Mapping[str, str], *, hold_token: str, language: str) -> dict[str, Any]:
    """Return the interface's booking in a form; a chosen hour goes before the hold."""
    place = {"slot_id": form["slot_id"]} if form.get("slot_id") else {"hold_token": hold_token}
    person = {name: typed(form, name) for name in ("name", "email", "phone", "birth_date", "sex", "regency")}
    # People copy numbers with the spaces of the card.
    person["nik"] = without_separators(form.get("nik", ""))
    person["passport_number"] = without_separators(form.get("passport_number", "")).upper()
    told = {name: typed(form, f"police_{name}") for name in ("number", "date", "station")}
    report = {name: text for name, text in told.items() if text}
    return {
        **place,
        **({"purpose": form["purpose"]} if form.get("purpose") else {}),
        **({"police_report": report} if report else {}),
        "precondition_met": bool(form.get("precondition_met")),
        "priority": bool(form.get("priority")),
        **({"urgent": form["urgent"] == "yes"} if form.get("urgent") else {}),
        **_validity(typed(form, "validity_years")),
        "language": language,
        "person": {name: value for name, value in person.items() if value}
        | ({"married": True} if form.get("married") else {}),
    }


def _validity(years: str) -> dict[str, Any]:
    """What is no number stays as it was typed, to be refused where everything is."""
    return {"validity_years": int(years) if years.isdecimal() else years} if years else {}


def without_separators(number: str) -> str:
    """Return a number without the spaces, dots and hyphens between its digits."""
    return _SEPARATORS.sub("", number)


def complaint_body(
    form: Mapping[str, str], *, language: str, attachments: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the interface's complaint in a form; `attachments` are references of kept files."""
    body: dict[str, Any] = {
        name: typed(form, name)
        for name in ("classification", "title", "text", "agency", "site", "service", "occurred_on")
        if typed(form, name)
    }
    # Browsers send line ends as CRLF.
    body["text"] = body.get("text", "").replace("\r\n", "\n")
    if typed(form, "ticket"):
        body["ticket_token"] = token_in(typed(form, "ticket"))
        body.setdefault("agency", realm_of(body["ticket_token"]))
    if form.get("claims_danger"):
        body["claims_danger"] = True
    proxy = {name: typed(form, name) for name in ("principal", "relation") if typed(form, name)}
    if proxy:
        body["proxy"] = {**proxy, "has_power_of_attorney": bool(form.get("has_power_of_attorney"))}
    person = {name: typed(form, name) for name in ("name", "email", "phone") if typed(form, name)}
    return {
        **body,
        "anonymous": bool(form.get("anonymous")),
        "confidential": bool(form.get("confidential")),
        **({"public": True} if form.get("public") else {}),
        "language": language,
        "person": person,
        "attachments": list(attachments),
    }


def typed(form: Mapping[str, str], name: str) -> str:
    """Return what was typed into a field, without spaces around."""
    return form.get(name, "").strip()


def token_in(text: str) -> str:
    """Return the token in what somebody pasted: the token itself, or the address of its page."""
    return text.strip().split("?")[0].rstrip("/").rpartition("/")[2]


def errors_of(
    refusal: Refused, *, language: str, message: str
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return the errors of a form by field, and their summary: {field, label, message} each.

    `message` is the refusal's own text, for refusals that name no fields.
    """
    if refusal.code != InvalidRequest.code or not refusal.details.get("fields"):
        field = FIELD_OF_CODE.get(refusal.code, "")
        return ({field: message} if field else {}), [{"field": field, "label": "", "message": message}]
    by_field: dict[str, str] = {}
    for path, messages in refusal.details["fields"].items():
        field = FIELD_OF_PATH.get(path, path.rpartition(".")[2])
        by_field.setdefault(field, " ".join(say(language, text) for text in messages))
    order = list(LABELS)
    by_field = dict(
        sorted(by_field.items(), key=lambda item: order.index(item[0]) if item[0] in order else -1)
    )
    summary = [
        {
            "field": field if field in LABELS else "",
            "label": say(language, LABELS[field]) if field in LABELS else field,
            "message": text,
        }
        for field, text in by_field.items()
    ]
    return by_field, summary
