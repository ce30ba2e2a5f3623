"""Programs of others report to a mall and read from it, as they are published; a moderator stands between."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from georeport import GeoReport
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_errand import sign_in
from tests.support.whole_mall import Mall

FIRST_LINE = "Kipas ruang tunggu mati"
DESCRIPTION = f"{FIRST_LINE}\nSudah dua hari mati, kata Ibu Siti Contoh di loket 3."
PUBLISHED = "Sudah dua hari mati."


@pytest.fixture(scope="module")
def api_key(mall: Mall) -> str:
    """The key of a program, as an operator makes it."""
    command = [sys.executable, "-m", "gerai_complaints", "open311-keys", "add", "Aplikasi Uji"]
    settings = {"GERAI_DATABASE_URL": f"sqlite:///{mall.folder / 'complaints.sqlite'}"}
    made = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=True)
    return made.stdout.strip()


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch, mall: Mall, api_key: str):
    """The client `three`, which was written for Python 2: the one name that it misses is given back to it.

    Nothing of it is changed. Its reading of XML needs what Python has no more, so that it speaks JSON here.
    """
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    for name in ("OPEN311_CITY_INFO", "OPEN311_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    from three import Three

    return Three(f"{mall.portal}/open311/v2", api_key=api_key, jurisdiction="127.0.0.1")


def picture(page: Page, name: str) -> None:
    """Keep a picture of a page where somebody asked for them."""
    if folder := os.environ.get("GERAI_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_report_travels_from_one_program_over_a_moderator_to_the_other(
    mall: Mall, three, api_key: str, open_page, violations
) -> None:
    codes = [service["service_code"] for service in three.services()]
    assert "complaint_mall" in codes
    assert three.services("complaint_mall")["service_code"] == "complaint_mall"
    sent = {
        "description": DESCRIPTION,
        "address": "Lantai 1, dekat loket 3",
        "name": "Warga Contoh",
        "phone": "0812 3456 7890",
    }
    (made,) = three.post("complaint_mall", **sent)
    identifier = made["service_request_id"]
    assert three.post("complaint_mall", **sent) == [made]
    token = made["service_notice"].rpartition("/")[2]
    assert three.token(token)[0]["service_request_id"] == identifier
    (waiting,) = three.request(identifier)
    assert (waiting["status"], waiting["description"], waiting["address"]) == ("open", None, None)

    desk = open_page(f"{mall.complaints}/sign-in", size=DESKTOP)
    sign_in(desk, "pengaduan", mall.password)
    desk.goto(f"{mall.complaints}/moderation")
    picture(desk, "moderation-1280")
    assert violations(desk) == []
    desk.get_by_role("link", name=FIRST_LINE).click()
    picture(desk, "report-1280")
    desk.set_viewport_size(PHONE)
    picture(desk, "report-390")
    assert violations(desk) == []
    desk.locator("#field-text").fill(PUBLISHED)
    desk.locator("#field-place").check(force=True)
    desk.locator("button[value=publish]").click()
    desk.wait_for_url("**/moderation?done=published")
    picture(desk, "moderation-390")

    for form in ("json", "xml"):
        reader = GeoReport(f"{mall.portal}/open311/v2", jurisdiction="127.0.0.1", output_format=form)
        assert [each["service_code"] for each in reader.get_service_list()] == codes
        definition = reader.get_service_definition("complaint_mall")
        assert definition["service_code"] == "complaint_mall"
        report = reader.get_service_request(identifier)
        assert report["address"] == "Lantai 1, dekat loket 3"
        assert report["description"] == f"{FIRST_LINE}\n\n{PUBLISHED}"
        found = reader.get_service_requests(service_code="complaint_mall", status="open")
        assert [report] == (found if form == "json" else [found])
    # The clock of this mall stands in December 2026.
    assert [each["service_request_id"] for each in three.requests(start="11-15-2026", end="12-31-2026")] == [
        identifier
    ]
    everything = requests.get(f"{mall.portal}/open311/v2/requests.json", timeout=10).text
    for secret in ("Warga", "Siti", "812", "P-2026", "complaint."):
        assert secret not in everything

    citizen = open_page(f"{mall.portal}/c/{token}", scripts=False)
    picture(citizen, "citizen-390")
    citizen.locator("form[action$='/unpublish'] button").click()
    citizen.wait_for_url(f"**/c/{token}")
    assert three.requests() == []
    assert three.request(identifier)[0]["code"] == 404
    assert three.discovery()["endpoints"][0]["url"] == f"{mall.portal}/open311/v2"


def test_a_program_without_a_key_is_told_so(mall: Mall, three) -> None:
    three.configure(api_key="lain")
    refused = three.post("complaint_mall", description=DESCRIPTION, address="Lantai 1")
    assert [each["code"] for each in refused] == [403]
