"""On which days the services of a place can be booked: all of them beside each other, whoever is away."""

from datetime import timedelta

import pytest

from tests.unit.gateway.browsing import text_of
from tests.unit.gateway.fake_catalogue import TODAY, catalogue_of
from tests.unit.gateway.fake_places import HOURS

MALL = "mpp-lebak"
PAGE = f"/sites/{MALL}/free-days"


def fill(gateway, service: str = "passport-new") -> None:
    """Take every place of a service at the mall."""
    days = [TODAY + timedelta(days=offset) for offset in range(62)]
    gateway.agencies.full.update(
        f"{MALL}.{service}.{day:%Y%m%d}T{hour - 7:02}00Z" for day in days for hour in HOURS
    )


def asked(gateway, **changes: str):
    days = {"from": "2026-11-24", "to": "2026-11-30"} | changes
    query = "&".join(f"{name}={value}" for name, value in days.items())
    return gateway.api("GET", f"sites/{MALL}/availability?{query}")


def test_every_service_that_is_booked_at_a_place_is_told_with_its_days(gateway) -> None:
    told = asked(gateway).json
    assert (told["site"], told["time_zone"], told["missing"]) == (MALL, "Asia/Jakarta", [])
    assert [part["agency"] for part in told["agencies"]] == ["immigration", "legal"]
    for part in told["agencies"]:
        offered = [
            service["code"]
            for service in catalogue_of(part["agency"])["services"]
            if any(offer["site"] == MALL for offer in service["offers"])
        ]
        assert [service["service"] for service in part["services"]] == offered
        for service in part["services"]:
            assert [day["reason"] for day in service["days"]] == [None] * 4 + ["closed"] * 2 + [None]


def test_it_is_asked_once_for_all_who_look_and_anew_when_something_changed(gateway) -> None:
    for _ in range(3):
        assert asked(gateway).status_code == 200
    assert gateway.agencies.count("site_availability") == 2
    assert asked(gateway, to="2026-12-01").status_code == 200
    assert gateway.agencies.count("site_availability") == 4


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"from": "besok"}, "invalid_request"),
        ({"to": "2026-11-01"}, "invalid_request"),
        ({"to": "2027-11-30"}, "range_too_long"),
    ],
)
def test_days_that_make_no_sense_are_refused_before_anybody_is_asked(gateway, changes, code) -> None:
    answer = asked(gateway, **changes)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert gateway.agencies.count("site_availability") == 0


def test_a_place_that_is_not_there_has_no_free_days(gateway) -> None:
    assert gateway.api("GET", "sites/pasar/availability?from=2026-11-24&to=2026-11-24").status_code == 404
    assert gateway.client.get("/sites/pasar/free-days").status_code == 404


def test_an_agency_that_is_away_is_named_and_the_days_of_others_are_shown(gateway) -> None:
    gateway.agencies.away.add("booking-legal")
    told = asked(gateway).json
    assert ([part["agency"] for part in told["agencies"]], told["missing"]) == (["immigration"], ["legal"])
    page = text_of(gateway.client.get(PAGE))
    assert "Hari kosong Layanan Hukum dan HAM sedang tidak tersedia." in page
    assert "Paspor baru" in page


def test_the_page_is_linked_from_its_place_and_leads_to_the_hours_of_a_day(gateway) -> None:
    assert PAGE in gateway.client.get(f"/sites/{MALL}").text
    page = gateway.client.get(PAGE)
    assert f'href="/book/immigration/passport-new?site={MALL}&amp;day=2026-11-24"' in page.text
    assert "30 tempat" in text_of(page)
    assert gateway.client.get(f"/book/immigration/passport-new?site={MALL}&day=2026-11-25").status_code == 200


def test_a_full_service_leads_to_its_waiting_list(gateway) -> None:
    fill(gateway)
    page = gateway.client.get(PAGE)
    assert "Penuh sampai" in text_of(page)
    link = f"/book/immigration/passport-new/wait?site={MALL}&amp;from=2026-11-24&amp;to=2027-01-22"
    assert link in page.text
    assert gateway.client.get(link.replace("&amp;", "&")).status_code == 200


def test_days_that_are_kept_back_are_told_with_the_moment_they_open(gateway) -> None:
    gateway.agencies.releases = [
        {
            "site": MALL,
            "opens_at": "2026-11-27T07:00:00+00:00",
            "room_opens_at": "2026-11-27T06:00:00+00:00",
            "first": "2026-11-24",
            "last": "2027-01-31",
        }
    ]
    gateway.mall.catalogues.refresh("immigration")
    page = text_of(gateway.client.get(PAGE))
    assert "Belum ada hari yang dibuka." in page
    assert "Hari berikutnya dibuka" in page


def test_a_place_where_nothing_is_booked_says_so(gateway) -> None:
    page = text_of(gateway.client.get("/sites/popup-gorontalo/free-days"))
    assert "Di sini tidak perlu memesan" in page
    assert "free-days" not in gateway.client.get("/sites/popup-gorontalo").text
