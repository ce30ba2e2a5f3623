"""The road map of a site, put together from its agencies, whoever of them is away."""

from tests.unit.gateway.browsing import text_of


def test_the_road_map_of_a_site_has_the_part_of_each_agency(gateway) -> None:
    told = gateway.api("GET", "sites/mpp-lebak/road-map").json
    assert [part["agency"] for part in told["agencies"]] == ["immigration", "legal"]
    assert told["agencies"][0]["entries"][0]["earlier"][0]["target_on"] == "2027-01-04"
    assert told["missing"] == []


def test_an_agency_that_is_away_is_named_and_the_rest_is_shown(gateway) -> None:
    gateway.agencies.away.add("booking-legal")
    told = gateway.api("GET", "sites/mpp-lebak/road-map").json
    assert [part["agency"] for part in told["agencies"]] == ["immigration"]
    assert told["missing"] == ["legal"]
    page = text_of(gateway.client.get("/sites/mpp-lebak/road-map"))
    assert "Rencana Layanan Hukum dan HAM sedang tidak tersedia." in page
    assert "sebelumnya: 4 Januari 2027 (Gedung belum selesai)" in page


def test_the_page_is_linked_from_the_site_and_says_when_what_opens(gateway) -> None:
    assert '/sites/mpp-lebak/road-map"' in gateway.client.get("/sites/mpp-lebak").text
    page = text_of(gateway.client.get("/sites/mpp-lebak/road-map"))
    for part in ("Peta jalan", "Paspor", "1 Juli 2027", "Ditunda", "Kepala Kantor"):
        assert part in page
    assert "Instansi ini tidak merencanakan loket lain di sini." in page


def test_a_place_that_is_not_there_has_no_road_map(gateway) -> None:
    assert gateway.api("GET", "sites/pasar/road-map").status_code == 404
    assert gateway.client.get("/sites/pasar/road-map").status_code == 404
