"""Complaints through the public interface: about a visit, an agency or the mall itself."""

import pytest

from tests.unit.gateway.asking import COMPLAINT, booked, problem


def test_a_complaint_about_a_visit_carries_its_facts(gateway) -> None:
    token = booked(gateway)
    body = {**COMPLAINT, "agency": "legal", "ticket_token": token}
    answer = gateway.api("POST", "complaints", json=body, key="file-0001")
    assert answer.status_code == 201
    assert answer.json["url"].startswith("http://localhost/c/complaint.")
    filed = next(payload for _, method, payload, _ in gateway.agencies.asked if method == "file")
    facts = filed["ticket_facts"]
    assert (facts["agency"], facts["site"], facts["number"]) == ("immigration", "mpp-lebak", "A-001")


def test_a_repeated_complaint_is_the_same_request_whatever_the_agency_says_by_then(gateway) -> None:
    token = booked(gateway)
    body = {**COMPLAINT, "agency": "legal", "ticket_token": token}
    gateway.agencies.away.add("booking-immigration")
    gateway.api("POST", "complaints", json=body, key="file-0001")
    gateway.agencies.away.clear()
    gateway.api("POST", "complaints", json=body, key="file-0001")
    first, second = (payload for _, method, payload, _ in gateway.agencies.asked if method == "file")
    assert (first.pop("ticket_facts"), second.pop("ticket_facts")["number"]) == (None, "A-001")
    assert first == second


def test_a_complaint_about_an_agency_that_is_away_keeps_the_token(gateway) -> None:
    token = booked(gateway)
    gateway.agencies.away.add("booking-immigration")
    answer = gateway.api("POST", "complaints", json={**COMPLAINT, "ticket_token": token}, key="file-0001")
    assert answer.status_code == 201
    filed = next(payload for _, method, payload, _ in gateway.agencies.asked if method == "file")
    assert filed["ticket_facts"] is None
    assert filed["ticket_token"] == token


def test_a_complaint_about_a_visit_that_is_none_names_the_field(gateway) -> None:
    body = {**COMPLAINT, "ticket_token": "immigration." + "A" * 43}
    answer = gateway.api("POST", "complaints", json=body)
    assert problem(answer) == (422, "invalid_request")
    assert "ticket_token" in answer.json["details"]["fields"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"agency": "police"}, (404, "unknown_agency")),
        ({"agency": "mall", "site": "nowhere"}, (404, "unknown_site")),
        ({"agency": "mall", "service": "passport-new"}, (404, "unknown_service")),
        ({"site": "nowhere"}, (404, "unknown_site")),
        ({"service": "nothing"}, (404, "unknown_service")),
        ({"classification": "praise"}, (422, "invalid_request")),
        ({"person": {}}, (422, "invalid_request")),
        ({"occurred_on": "2026-13-01"}, (422, "invalid_request")),
        ({"text": "zu kurz"}, (422, "invalid_request")),
    ],
)
def test_a_complaint_that_cannot_be_used_is_refused(gateway, changes, expected) -> None:
    answer = gateway.api("POST", "complaints", json={**COMPLAINT, **changes})
    assert problem(answer) == expected
    assert gateway.agencies.count("file") == 0


@pytest.mark.parametrize("site", [None, "mpp-lebak"])
def test_the_mall_itself_may_be_complained_about(gateway, site) -> None:
    body = {**COMPLAINT, "agency": "mall", "site": site}
    filed = gateway.api("POST", "complaints", json=body).json
    assert gateway.api("GET", f"complaints/{filed['token']}").json["agency"] == "mall"


def test_the_mall_may_be_complained_about_at_a_place_that_no_agency_has_told_of_yet(gateway) -> None:
    gateway.mall.catalogues._known.clear()
    body = {**COMPLAINT, "agency": "mall", "site": "mpp-lebak"}
    assert gateway.api("POST", "complaints", json=body).status_code == 201


def test_whoever_stays_unknown_needs_no_name(gateway) -> None:
    body = {**COMPLAINT, "anonymous": True, "person": {}}
    assert gateway.api("POST", "complaints", json=body).status_code == 201


def test_an_answer_is_accepted_or_disputed(gateway) -> None:
    filed = gateway.api("POST", "complaints", json=COMPLAINT, key="file-0001").json
    disputed = gateway.api(
        "POST", f"complaints/{filed['token']}/dispute", json={"text": "Masih belum jelas."}, key="say-00001"
    )
    assert disputed.json["state"] == "disputed"
    accepted = gateway.api("POST", f"complaints/{filed['token']}/accept", key="say-00002")
    assert accepted.json["state"] == "closed"
    assert gateway.api("GET", f"complaints/{filed['token']}").json["state"] == "closed"
