"""GeoReport v2 to the letter: addresses, forms, fields, errors, what is taken and what is passed on."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from gerai_gateway.limits import Limits
from gerai_gateway.open311.rendering import answer
from gerai_gateway.rules.open311 import (
    LONGEST_DESCRIPTION,
    LONGEST_SPAN,
    LONGEST_TITLE,
    NotW3cTime,
    ServiceCode,
    SpanTooLong,
    described,
    read_degrees,
    read_service_code,
    read_time,
    span,
    title_of,
)
from gerai_shared.refusals import TooManyRequests
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.gateway.asking import COMPLAINT
from tests.unit.gateway.browsing import send, text_of
from tests.unit.gateway.fake_catalogue import NOW
from tests.unit.gateway.fake_reports import API_KEY

BASE = "/open311/v2"
FIELDS = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
]
JAKARTA = ZoneInfo("Asia/Jakarta")
texts = st.text(st.characters(exclude_categories=["Cs"]))


def form(**changes) -> dict[str, str]:
    """A report that is in order, with `changes`; None leaves one out."""
    data = {
        "api_key": API_KEY,
        "service_code": "complaint_immigration_passport-new",
        "address_string": "Loket 2, lantai 1",
        "description": "Menunggu terlalu lama\nSaya menunggu dua jam tanpa penjelasan.",
        **changes,
    }
    return {name: text for name, text in data.items() if text is not None}


def post(gateway, form_="json", *, headers=None, **changes):
    return gateway.client.post(f"{BASE}/requests.{form_}", data=form(**changes), headers=headers or {})


def asked(gateway, method: str) -> dict:
    return next(payload for _, name, payload, _ in reversed(gateway.agencies.asked) if name == method)


def xml(response) -> ElementTree.Element:
    assert response.content_type == "text/xml; charset=utf-8"
    assert response.data.startswith(b"<?xml version=")
    return ElementTree.fromstring(response.data)


def error(response) -> tuple[int, str]:
    (told,) = response.json
    assert told["code"] == response.status_code
    return told["code"], told["description"]


def test_services_are_kinds_of_complaints_about_what_the_mall_has(gateway) -> None:
    found = gateway.client.get(f"{BASE}/services.json").json
    codes = [each["service_code"] for each in found]
    assert {"complaint_immigration", "information_legal", "aspiration_mall"} <= set(codes)
    assert "complaint_immigration_passport-new" in codes
    assert len(codes) == len(set(codes))
    assert {tuple(each) for each in found} == {
        ("service_code", "service_name", "description", "metadata", "type", "keywords", "group")
    }
    assert {(each["metadata"], each["type"]) for each in found} == {(True, "realtime")}
    root = xml(gateway.client.get(f"{BASE}/services.xml"))
    assert root.tag == "services"
    assert [each.findtext("service_code") for each in root.findall("service")] == codes
    assert {each.findtext("metadata") for each in root} == {"true"}
    english = gateway.client.get(f"{BASE}/services.json", headers={"Accept-Language": "en"}).json
    assert english[0]["service_name"] == "Complaint: Immigration"


def test_an_agency_that_is_silent_can_be_reported_all_the_same(gateway) -> None:
    gateway.mall.catalogues._known.clear()
    codes = [each["service_code"] for each in gateway.client.get(f"{BASE}/services.json").json]
    assert "complaint_immigration" in codes
    assert post(gateway, service_code="complaint_immigration").status_code == 200


def test_a_definition_names_the_attributes(gateway) -> None:
    found = gateway.client.get(f"{BASE}/services/complaint_mall.json").json
    assert found["service_code"] == "complaint_mall"
    assert [(each["code"], each["required"], each["order"]) for each in found["attributes"]] == [
        ("public", False, 1),
        ("occurred_on", False, 2),
    ]
    root = xml(gateway.client.get(f"{BASE}/services/complaint_mall.xml"))
    keys = [key.text for key in root.findall("attributes/attribute/values/value/key")]
    assert (root.tag, keys) == ("service_definition", ["yes", "no"])


@pytest.mark.parametrize("form_", ["xml", "json"])
@pytest.mark.parametrize(
    "path",
    [
        "services/complaint_police.{}",
        "services/complaint_immigration_nothing.{}",
        "services/complaint_mall_lift.{}",
        "services/praise_immigration.{}",
        "services.{}?jurisdiction_id=elsewhere.example",
        "requests/00000000-0000-4000-8000-000000000000.{}",
        "requests/P-2026-000001.{}",
        "tokens/12345.{}",
        "nothing.{}",
    ],
)
def test_what_is_not_there_is_404_in_the_form_that_was_asked_for(gateway, path, form_) -> None:
    response = gateway.client.get(f"{BASE}/{path.format(form_)}")
    assert response.status_code == 404
    if form_ == "json":
        assert error(response)[1]
    else:
        root = xml(response)
        assert [each.tag for each in root] == ["error"]
        assert (root.tag, root.findtext("error/code")) == ("errors", "404")
        assert root.findtext("error/description")


def test_a_report_goes_on_as_a_complaint_and_comes_back_as_the_standard_has_it(gateway) -> None:
    names = {"first_name": "Siti", "last_name": "Contoh", "email": "siti@contoh.example"}
    (made,) = post(gateway, lat="-6.36", long="106.25", address_id="mpp-lebak", device_id="d", **names).json
    assert list(made) == ["service_request_id", "service_notice", "account_id"]
    assert "http://localhost/c/complaint." in made["service_notice"]
    sent = asked(gateway, "report")
    assert sent["key_hash"] == sha256(API_KEY.encode()).hexdigest()
    filing = sent["filing"]
    assert filing["person"] == {"name": "Siti Contoh", "email": "siti@contoh.example", "phone": None}
    assert (filing["title"], filing["anonymous"], filing["site"]) == (
        "Menunggu terlalu lama",
        False,
        "mpp-lebak",
    )
    found = gateway.client.get(f"{BASE}/requests/{made['service_request_id']}.json").json
    assert found == gateway.client.get(f"{BASE}/requests.json").json
    (report,) = found
    assert list(report) == FIELDS
    assert report["description"].startswith("Menunggu terlalu lama\n")
    assert (report["status"], report["lat"], report["long"]) == ("open", -6.36, 106.25)
    assert report["expected_datetime"] == "2026-12-14T02:00:00+00:00"
    assert "Siti" not in str(found)
    assert "contoh" not in str(found)
    root = xml(gateway.client.get(f"{BASE}/requests.xml"))
    assert (root.tag, [each.tag for each in root]) == ("service_requests", ["request"])
    assert [each.tag for each in root[0]] == FIELDS
    token = made["service_notice"].rpartition("/")[2]
    assert gateway.client.get(f"{BASE}/tokens/{token}.json").json == [
        {"service_request_id": made["service_request_id"], "token": token}
    ]


def test_a_report_may_be_kept_from_the_public(gateway) -> None:
    (made,) = post(gateway, **{"attribute[public]": "no", "attribute[occurred_on]": "2026-11-23"}).json
    sent = asked(gateway, "report")
    assert (sent["agreed"], sent["filing"]["occurred_on"]) == (False, "2026-11-23")
    assert gateway.client.get(f"{BASE}/requests/{made['service_request_id']}.json").status_code == 404


def test_posting_answers_in_xml_too_and_passes_a_key_on(gateway) -> None:
    root = xml(
        post(gateway, "xml", headers={"Idempotency-Key": "kunci-0001"}, media_url="https://gambar.example/1")
    )
    assert root.findtext("request/service_request_id")
    assert root.find("request/account_id") is not None
    keys = [key for _, method, _, key in gateway.agencies.asked if method == "report"]
    assert keys == ["kunci-0001"]
    assert asked(gateway, "report")["filing"]["text"].endswith("\n\nhttps://gambar.example/1")


@pytest.mark.parametrize(
    ("changes", "status", "named"),
    [
        ({"api_key": None}, 403, "api_key"),
        ({"api_key": "lain"}, 403, "api_key"),
        ({"api_key": "x" * 1000}, 403, "api_key"),
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "complaint_police"}, 404, "service_code"),
        ({"jurisdiction_id": "elsewhere.example"}, 404, "jurisdiction_id"),
        ({"address_string": None}, 400, "address_string"),
        ({"lat": "-6.3"}, 400, "long"),
        ({"lat": "abc", "long": "106"}, 400, "lat"),
        ({"lat": "91", "long": "106"}, 400, "lat"),
        ({"lat": "nan", "long": "inf"}, 400, None),
        ({"address_id": "nowhere"}, 404, None),
        ({"description": None}, 400, "description"),
        ({"description": "pendek"}, 400, "description"),
        ({"description": "a" * 6000}, 400, "description"),
        ({"description": "Ada \x07 di sini, sungguh."}, 400, "description"),
        ({"email": "bukan surel", "first_name": "Siti"}, 400, "email"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({"attribute[public]": "mungkin"}, 400, "attribute[public]"),
        ({"attribute[warna]": "merah"}, 400, "attribute[warna]"),
        ({"attribute[occurred_on]": "kemarin"}, 400, "attribute[occurred_on]"),
    ],
)
def test_a_report_that_cannot_be_used_is_refused_as_the_standard_refuses(
    gateway, changes, status, named
) -> None:
    response = post(gateway, **changes)
    assert response.status_code == status, response.text
    for told in response.json:
        assert (told["code"], bool(told["description"])) == (status, True)
    assert named is None or any(named in told["description"] for told in response.json)
    assert gateway.agencies.reports == {}


def test_pictures_themselves_are_not_taken_and_nothing_is_dropped_in_silence(gateway) -> None:
    data = {**form(), "media": (BytesIO(b"x"), "foto.png")}
    response = gateway.client.post(f"{BASE}/requests.json", data=data)
    assert (response.status_code, "media_url" in response.json[0]["description"]) == (400, True)


def test_each_program_has_its_own_limit_and_is_told_when_to_come_back(gateway_with) -> None:
    gateway = gateway_with(Limits(client_writes=2))
    assert [post(gateway).status_code for _ in range(3)] == [200, 200, TooManyRequests.status]
    refused = post(gateway)
    assert (error(refused)[0], "Retry-After" in refused.headers) == (429, True)
    assert post(gateway, api_key="lain").status_code == 403


def test_whoever_asks_too_often_is_refused_in_the_form_of_the_standard(gateway_with) -> None:
    gateway = gateway_with(Limits(reads=1))
    gateway.client.get(f"{BASE}/services.xml")
    assert xml(gateway.client.get(f"{BASE}/services.xml")).findtext("error/code") == "429"


def test_filters_are_passed_on(gateway) -> None:
    query = (
        "service_code=complaint_immigration,complaint_legal,nix&status=open&page_size=5&page=3"
        "&start_date=2026-10-01T00:00:00%2B07:00&end_date=2026-11-01T00:00:00 07:00"
    )
    assert gateway.client.get(f"{BASE}/requests.json?{query}").json == []
    sent = asked(gateway, "public_reports")
    assert (sent["limit"], sent["offset"], sent["is_open"]) == (5, 10, True)
    assert (sent["start"], sent["end"]) == ("2026-10-01T00:00:00+07:00", "2026-11-01T00:00:00+07:00")
    assert [each["agency"] for each in sent["services"]] == ["immigration", "legal"]
    gateway.client.get(f"{BASE}/requests.json?service_request_id=a,b&start_date=nonsense&status=open,closed")
    assert asked(gateway, "public_reports")["ids"] == ["a", "b"]
    gateway.client.get(f"{BASE}/requests.json?status=&service_code=&start_date=")
    sent = asked(gateway, "public_reports")
    assert set(sent) == {"start", "end", "limit", "offset"}
    assert datetime.fromisoformat(sent["end"]) - datetime.fromisoformat(sent["start"]) == LONGEST_SPAN
    assert sent["limit"] == 1000


@pytest.mark.parametrize(
    "query",
    [
        "status=lama",
        "start_date=2026-01-01T00:00:00",
        "start_date=01-02-2026",
        "end_date=0001-01-01T00:00:00Z",
        "start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z",
        "page=0",
        "page_size=banyak",
    ],
)
def test_arguments_that_cannot_be_used_are_400(gateway, query) -> None:
    response = gateway.client.get(f"{BASE}/requests.json?{query}")
    assert error(response)[0] == 400
    assert gateway.agencies.count("public_reports") == 0


@pytest.mark.parametrize("address", ["/open311/discovery", f"{BASE}/discovery"])
def test_what_is_spoken_here_is_discovered(gateway, address) -> None:
    (endpoint,) = gateway.client.get(f"{address}.json").json["endpoints"]
    assert (endpoint["url"], endpoint["formats"]) == (
        f"http://localhost{BASE}",
        ["text/xml", "application/json"],
    )
    root = xml(gateway.client.get(f"{address}.xml"))
    assert [each.text for each in root.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]


def test_the_portal_asks_whether_everybody_may_read_it_and_takes_it_back(gateway) -> None:
    page = gateway.client.get("/c/new")
    sent = send(gateway, page, "/c/new", **{**COMPLAINT, "person": "", "name": "Warga Contoh"}, public="1")
    address = sent.headers["Location"].partition("?")[0]
    page = gateway.client.get(address)
    assert "Petugas memeriksa isinya dahulu" in text_of(page)
    assert send(gateway, page, f"{address}/unpublish").status_code == 303
    assert "Boleh dibaca umum" not in text_of(gateway.client.get(address))
    body = {**COMPLAINT, "public": True}
    filed = gateway.api("POST", "complaints", json=body).json
    assert asked(gateway, "file")["public"] is True
    assert gateway.api("GET", f"complaints/{filed['token']}").json["publication"] == "waiting"
    taken_back = gateway.api("POST", f"complaints/{filed['token']}/unpublish")
    assert taken_back.json["publication"] is None
    gateway.api("POST", "complaints", json=COMPLAINT, key="key-number-2")
    assert "public" not in asked(gateway, "file")
    both = gateway.api("POST", "complaints", json={**body, "confidential": True}, key="key-number-3")
    assert "public" in both.json["details"]["fields"]


@given(texts)
def test_codes_of_services_are_read_as_they_are_written(text: str) -> None:
    code = read_service_code(text)
    assert code is None or str(code) == text


def test_service_codes_have_parts() -> None:
    assert read_service_code("complaint_legal_ahu-1") == ServiceCode(
        classification="complaint", agency="legal", service="ahu-1"
    )


@given(texts)
def test_titles_fit_and_descriptions_keep_to_the_limit(text: str) -> None:
    title = title_of(text)
    assert len(title) <= LONGEST_TITLE
    assert "\n" not in title
    told = described(title, text)
    assert told is not None
    assert len(told) <= LONGEST_DESCRIPTION
    assert described(None, None) is None


@given(st.one_of(texts, st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat())))
def test_times_have_a_zone_or_are_refused(text: str) -> None:
    try:
        found = read_time(text, zone=JAKARTA)
    except NotW3cTime:
        return
    assert found.tzinfo is not None
    try:
        start, end = span(found, None, now=NOW)
        assert end - start == LONGEST_SPAN
    except SpanTooLong:
        assert found.year == 9999


def test_spans() -> None:
    assert span(None, None, now=NOW) == (NOW - LONGEST_SPAN, NOW)
    assert span(None, NOW, now=NOW)[0] == NOW - LONGEST_SPAN
    with pytest.raises(SpanTooLong):
        span(NOW, NOW + LONGEST_SPAN + timedelta(seconds=1), now=NOW)


@given(texts)
def test_degrees_are_within_their_bounds(text: str) -> None:
    found = read_degrees(text, most=90)
    assert found is None or -90 <= found <= 90


@given(texts, texts)
def test_whatever_people_write_is_xml_that_can_be_read(key: str, value: str) -> None:
    response = answer("service_requests", [{"description": key, "address": value}], "xml")
    root = ElementTree.fromstring(response.get_data())
    assert root.find("request/description") is not None
