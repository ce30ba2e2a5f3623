"""Reports of GeoReport v2: posted by programs, read by everybody."""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from gerai_shared.borders import load
from gerai_shared.refusals import InvalidRequest, Refused
from werkzeug.datastructures import MultiDict

from gerai_gateway import errands
from gerai_gateway.catalogues import Json
from gerai_gateway.mall import Mall
from gerai_gateway.open311.refusals import MissingApiKey, UnknownJurisdiction
from gerai_gateway.open311.services import (
    NO,
    OCCURRED_ON,
    PUBLIC,
    YES,
    agency_name,
    find_service,
    service_name,
)
from gerai_gateway.refusals import UnknownComplaint
from gerai_gateway.rules.open311 import (
    ATTRIBUTE,
    MOST_REPORTS,
    NotW3cTime,
    ServiceCode,
    SpanTooLong,
    described,
    listed,
    read_degrees,
    read_service_code,
    read_time,
    span,
    title_of,
    w3c,
)
from gerai_gateway.schemas import taken
from gerai_gateway.words import say

Form = Mapping[str, str]

#: Days without a time are the mall's.
ZONE = ZoneInfo("Asia/Jakarta")
LONGEST_KEY = 200
MEDIA_URL = re.compile(r"https?://[\x21-\x7e]{1,500}")
READING_SECONDS = 10.0
STATUSES = {"open": True, "closed": False}
#: What the public is told of a state, in the words of the portal.
NOTES = {
    "received": "Received",
    "in_progress": "Being looked into",
    "answered": "Answered",
    "disputed": "Disputed, work goes on",
    "verification": "Being checked",
    "to_complete": "Something is missing",
    "forwarded": "Forwarded to the right agency",
    "accepted": "Settled",
    "reopened": "Opened again, work goes on",
    "withdrawn": "Withdrawn",
    "refused": "Not looked into",
    "clarification": "The Ombudsman asks the office",
    "corrective_action": "The Ombudsman wants something put right",
    "closed": "Closed",
}
_complaint = taken.ComplaintSchema()


def jurisdiction_of(mall: Mall) -> str:
    """Return our jurisdiction_id: the name of the portal's host, without www."""
    return (urlsplit(mall.public_url).hostname or "").removeprefix("www.")


def check_jurisdiction(mall: Mall, wanted: str) -> None:
    """Refuse a jurisdiction that is not ours; we are but one, so that nobody has to name it.

    Raises UnknownJurisdiction.
    """
    ours = jurisdiction_of(mall)
    if wanted and wanted.lower().removeprefix("www.") != ours:
        raise UnknownJurisdiction(jurisdiction=ours)


def post(mall: Mall, form: MultiDict[str, str], *, key: str | None, language: str) -> Json:
    """File what a program reports; return the public id and what happens next. Raises Refused.

    With a `key` a repeat is recognised by it, without one by its contents, for ten minutes.
    """
    given = {name: text.strip() for name, text in form.items() if text.strip()}
    api_key = given.get("api_key", "")
    if not api_key or len(api_key) > LONGEST_KEY:
        raise MissingApiKey
    mall.limiter.admit_client(api_key)
    if "service_code" not in given:
        raise InvalidRequest(fields={"service_code": [taken.EMPTY]})
    code = find_service(mall.catalogues, given["service_code"])
    place = _place(given)
    attributes = _attributes(given)
    body = load(_complaint, _complaint_body(given, code, attributes, language=language))
    errands.check_place(mall, body)
    del body["public"]
    reported = mall.ask(
        "complaints",
        "report",
        {
            "key_hash": sha256(api_key.encode()).hexdigest(),
            "filing": {**body, "occurred_on": _iso(body["occurred_on"])},
            "agreed": attributes.get(PUBLIC, YES) == YES,
            **place,
        },
        key=key,
    )
    return {
        "service_request_id": reported["id"],
        "service_notice": say(
            language,
            "Answered by %(day)s. Only who sent it reads the answer, here: %(url)s",
            day=reported["due_on"],
            url=f"{mall.public_url}/c/{reported['token']}",
        ),
        "account_id": None,
    }


def _iso(day: Any) -> str | None:
    return day if day is None or isinstance(day, str) else str(day.isoformat())


def _place(given: Form) -> Json:
    """Return where it was. There are three ways to say so; an address_id of ours is a site's code."""
    latitude, longitude = given.get("lat"), given.get("long")
    if (latitude is None) != (longitude is None):
        lacking = "lat" if latitude is None else "long"
        raise InvalidRequest(fields={lacking: ["Please send lat and long together."]})
    if latitude is None and not given.keys() & {"address_string", "address_id"}:
        problem = "Please send lat and long, or an address_string, or an address_id."
        raise InvalidRequest(fields={"address_string": [problem]})
    degrees = {
        name: read_degrees(given[name], most=most)
        for name, most in (("lat", 90), ("long", 180))
        if name in given
    }
    if wrong := [name for name, value in degrees.items() if value is None]:
        raise InvalidRequest(fields={name: ["This is not a number of degrees."] for name in wrong})
    return {
        "address": " ".join(given.get("address_string", "").split()) or None,
        "latitude": degrees.get("lat"),
        "longitude": degrees.get("long"),
    }


def _attributes(given: Form) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, text in given.items():
        match = ATTRIBUTE.fullmatch(name)
        if match is None:
            continue
        if match[1] not in (PUBLIC, OCCURRED_ON):
            raise InvalidRequest(fields={name: ["This service has no such attribute."]})
        found[match[1]] = text
    if found.get(PUBLIC, YES) not in (YES, NO):
        raise InvalidRequest(fields={f"attribute[{PUBLIC}]": [taken.CHOOSE]})
    return found


def _complaint_body(given: Form, code: ServiceCode, attributes: Form, *, language: str) -> Json:
    text = given.get("description", "").replace("\r\n", "\n")
    if "media_url" in given:
        if not MEDIA_URL.fullmatch(given["media_url"]):
            raise InvalidRequest(fields={"media_url": ["This is not an address of the web."]})
        text = f"{text}\n\n{given['media_url']}"
    if not given.get("description"):
        raise InvalidRequest(fields={"description": [taken.EMPTY]})
    name = " ".join(filter(None, (given.get("first_name"), given.get("last_name"))))
    person = {"name": name, "email": given.get("email"), "phone": given.get("phone")}
    return {
        "classification": code.classification,
        "agency": code.agency,
        "service": code.service,
        "site": given.get("address_id"),
        "title": title_of(given["description"]),
        "text": text,
        "occurred_on": _day(attributes.get(OCCURRED_ON)),
        # The standard has no word for it: who gives no name stays unknown.
        "anonymous": not name,
        "confidential": False,
        "language": language,
        "person": {field: value for field, value in person.items() if value},
    }


def _day(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return read_time(text, zone=ZONE).astimezone(ZONE).date().isoformat()
    except NotW3cTime:
        raise InvalidRequest(fields={f"attribute[{OCCURRED_ON}]": ["This is not a date."]}) from None


def find(mall: Mall, arguments: Form, *, language: str) -> list[Json]:
    """Return the reports that GET requests asks for, the newest first. Raises Refused."""
    given = {name: text.strip() for name, text in arguments.items() if text.strip()}
    size = _whole(given, "page_size", most=MOST_REPORTS, otherwise=MOST_REPORTS)
    page = _whole(given, "page", most=MOST_REPORTS, otherwise=1)
    start, end = _span(given, now=mall.now())
    search: Json = {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "limit": size,
        "offset": (page - 1) * size,
    }
    if "service_request_id" in given:
        search["ids"] = listed(given["service_request_id"])[:MOST_REPORTS]
    if "service_code" in given:
        search["services"] = _services(given["service_code"])
    if "status" in given:
        search |= _status(given["status"])
    found = mall.ask("complaints", "public_reports", search, deadline=READING_SECONDS)
    return [view(mall, report, language=language) for report in found["reports"]]


def _span(given: Form, *, now: datetime) -> tuple[datetime, datetime]:
    if "service_request_id" in given:
        # It overrides all other arguments, whatever they are.
        return span(None, None, now=now)
    moments: dict[str, datetime] = {}
    for name in ("start_date", "end_date"):
        if name in given:
            try:
                moments[name] = read_time(given[name], zone=ZONE)
            except NotW3cTime:
                problem = "Please write times like 2026-01-31T08:00:00Z or 2026-01-31T15:00:00+07:00."
                raise InvalidRequest(fields={name: [problem]}) from None
    try:
        return span(moments.get("start_date"), moments.get("end_date"), now=now)
    except SpanTooLong:
        raise InvalidRequest(fields={"end_date": ["At most 90 days at once."]}) from None


def _services(text: str) -> list[Json]:
    codes = [read_service_code(part) for part in listed(text)[:MOST_REPORTS]]
    return [
        {"classification": code.classification, "agency": code.agency, "service": code.service}
        for code in codes
        if code is not None
    ]


def _status(text: str) -> Json:
    wanted = {part.lower() for part in listed(text)}
    if not wanted or not wanted <= STATUSES.keys():
        raise InvalidRequest(fields={"status": [taken.CHOOSE]})
    return {"is_open": STATUSES[wanted.pop()]} if len(wanted) == 1 else {}


def _whole(given: Form, name: str, *, most: int, otherwise: int) -> int:
    text = given.get(name)
    if text is None:
        return otherwise
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise InvalidRequest(fields={name: ["Not a valid number."]})
    return min(int(text), most)


def one(mall: Mall, identifier: str, *, language: str) -> Json:
    """Return one report. Raises UnknownReport of the complaints service."""
    return view(mall, mall.ask("complaints", "public_report", {"id": identifier}), language=language)


def of_token(mall: Mall, token: str) -> Json:
    """Return the id of the report that a citizen's reference opens.

    Raises UnknownComplaint, for a complaint that is not public as for one that is not there.
    """
    errands.check_complaint_token(token)
    try:
        found = mall.ask("complaints", "public_id", {"token": token})
    except Refused as refusal:
        if refusal.code == "unknown_report":
            raise UnknownComplaint from refusal
        raise
    return {"service_request_id": found["id"], "token": token}


def view(mall: Mall, report: Json, *, language: str) -> Json:
    """Return a report as the standard has it."""
    code = ServiceCode(
        classification=report["classification"], agency=report["agency"], service=report["service"]
    )
    waits = report["publication"] == "waiting"
    note = NOTES.get(report["state"])
    return {
        "service_request_id": report["id"],
        "status": "open" if report["is_open"] else "closed",
        "status_notes": say(language, note) if note else None,
        "service_name": service_name(mall.catalogues, code, language),
        "service_code": str(code),
        "description": described(report["title"], report["text"]),
        "agency_responsible": agency_name(mall.catalogues, code.agency, language),
        "service_notice": say(language, "An officer looks at the text before it is shown.")
        if waits
        else None,
        "requested_datetime": w3c(report["requested_at"]),
        "updated_datetime": w3c(report["updated_at"]),
        "expected_datetime": w3c(report["expected_at"]),
        "address": report["address"] or _site_name(mall, report["site"], language),
        "address_id": report["site"],
        "zipcode": None,
        "lat": report["latitude"],
        "long": report["longitude"],
        "media_url": None,
    }


def _site_name(mall: Mall, site: str | None, language: str) -> str | None:
    present = mall.catalogues.sites().get(site or "")
    return present[0].sites[site or ""]["name"][language] if present else None
