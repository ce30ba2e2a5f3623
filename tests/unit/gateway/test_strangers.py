"""Through the gateway nobody learns whether a complaint, a report or a file is there that is not theirs."""

import re
import uuid
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.tokens import make_token
from werkzeug.test import TestResponse

from tests.support.pictures import picture
from tests.unit.gateway.asking import COMPLAINT
from tests.unit.gateway.fake_catalogue import SECRET
from tests.unit.gateway.fake_reports import API_KEY

PREFIXES = ("/c/", "/api/v1/complaints/")
IDENTIFIER = new_id()


def token_of(realm: str, identifier: str = IDENTIFIER, secret: str = SECRET) -> str:
    return make_token(secret=secret, realm=realm, identifier=identifier)


#: What somebody may try who has no reference, or the wrong one. The first is that of a complaint that is gone.
TRIED = {
    "gone": token_of("complaint"),
    "wrong signature": token_of("complaint", secret="y" * 43),
    "another realm": token_of("immigration"),
    "of a file": token_of("attachment"),
    "of a visit": token_of("visit"),
    "made up": "complaint." + "a" * 43,
    "too short": token_of("complaint")[:-1],
    "an id": IDENTIFIER,
    "a number": "P-2026-000001",
}


def filed(gateway: Any, *, key: str) -> tuple[str, str]:
    """File a complaint with a file; return its token and the id of the file."""
    named = gateway.api(
        "POST", f"complaints/attachments?name={key}.jpg", data=picture(), key=f"upload-{key}"
    ).json["reference"]
    token = gateway.api("POST", "complaints", json={**COMPLAINT, "attachments": [named]}, key=key).json[
        "token"
    ]
    return token, gateway.api("GET", f"complaints/{token}").json["attachments"][0]["id"]


def routes(gateway: Any, argument: str) -> list[tuple[str, Any]]:
    """Every method and rule of complaints that takes an argument."""
    rules = gateway.server.get_wsgi_app()._url_map.iter_rules()
    found = [
        (method, rule)
        for rule in rules
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if argument in rule.arguments and rule.rule.startswith(PREFIXES)
    ]
    return sorted(found, key=lambda each: (each[1].rule, each[0]))


def told(answer: TestResponse, *secrets: str) -> tuple[int, str, str]:
    """What an answer tells, but for what every answer has of its own and what was asked for."""
    text = answer.text
    for own in (*secrets, answer.headers["X-Request-ID"]):
        text = text.replace(own, "OWN")
    text = re.sub(r'name="(form_token|idempotency_key)" value="[^"]*"', "", text)
    return answer.status_code, answer.headers.get("Content-Type", ""), text


def ask(gateway: Any, method: str, rule: Any, **values: str) -> TestResponse:
    address = rule.rule
    for name, value in values.items():
        address = address.replace(f"<{name}>", value)
    assert "<" not in address, address
    options: dict[str, Any] = {}
    if method == "POST" and address.startswith("/api/"):
        body = {"attachments": ["attachment." + "a" * 43]} if address.endswith("attachments") else {}
        options["json"] = {**body, **({} if body else {"text": "Belum selesai"})}
        if address.endswith(("erasure", "unpublish")):
            options = {}
        options["headers"] = {"Idempotency-Key": "stranger-1"}
    elif method == "POST":
        cookie = gateway.client.get_cookie("form_token")
        options["data"] = {
            "form_token": cookie.value if cookie else "",
            "idempotency_key": "stranger-1",
            "decision": "dispute",
            "text": "Belum selesai",
            "confirmed": "yes",
        }
    return gateway.client.open(address, method=method, **options)


def test_every_reference_that_opens_nothing_is_answered_alike_at_every_door(gateway: Any) -> None:
    token, file = filed(gateway, key="key-of-one")
    gateway.client.get("/c/new")
    doors = routes(gateway, "token")
    assert len(doors) >= 16
    for method, rule in doors:
        more = {"attachment_id": file} if "attachment_id" in rule.arguments else {}
        answers = {
            name: told(ask(gateway, method, rule, token=tried, **more), tried)
            for name, tried in TRIED.items()
        }
        assert set(answers.values()) == {answers["gone"]}, f"{method} {rule.rule}"
        assert answers["gone"][0] == 404, f"{method} {rule.rule}"
        # Its holder goes through this door: what was asked above could have been answered.
        held = ask(gateway, method, rule, token=token, **more)
        assert held.status_code not in (404, 500), f"{method} {rule.rule}"


def test_a_file_of_another_case_is_answered_like_one_that_is_not_there(gateway: Any) -> None:
    token, own = filed(gateway, key="key-of-one")
    _, of_another = filed(gateway, key="key-of-two")
    doors = routes(gateway, "attachment_id")
    assert doors
    for method, rule in doors:
        wrong = [
            told(ask(gateway, method, rule, token=token, attachment_id=tried), tried)
            for tried in (of_another, new_id(), str(uuid.uuid4()))
        ]
        assert len(set(wrong)) == 1, rule.rule
        assert wrong[0][0] == 404
        assert ask(gateway, method, rule, token=token, attachment_id=own).status_code == 200


def test_what_is_not_public_is_answered_like_what_does_not_exist(gateway: Any) -> None:
    body = {
        "service_code": "complaint_immigration_passport-new",
        "description": "Antrean panjang",
        "api_key": API_KEY,
        "lat": "-6.3",
        "long": "106.2",
    }
    reported = gateway.client.post("/open311/v2/requests.json", data=body)
    assert reported.status_code in (200, 201), reported.text
    token, _ = filed(gateway, key="key-of-one")
    for ending in ("json", "xml"):
        answers = {
            told(gateway.client.get(f"/open311/v2/requests/{tried}.{ending}"), tried)
            for tried in (str(uuid.uuid4()), new_id(), IDENTIFIER)
        }
        assert len(answers) == 1
        assert next(iter(answers))[0] == 404
    answers = {
        told(gateway.client.get(f"/open311/v2/tokens/{tried}.json"), tried)
        for tried in (token, TRIED["gone"], TRIED["made up"], TRIED["of a file"])
    }
    assert len(answers) == 1
