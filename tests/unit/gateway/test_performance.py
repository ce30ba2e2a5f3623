"""How a site does, for everybody: on a page, as JSON, as rows; honest about who is silent."""

import csv
from io import StringIO

import pytest
from gerai_gateway.kept import FRESH
from gerai_gateway.schemas.performance import PerformanceSchema
from gerai_shared.borders import load

from tests.unit.gateway.asking import problem
from tests.unit.gateway.browsing import text_of
from tests.unit.gateway.conftest import Gateway

PAGE = "/sites/mpp-lebak/performance"
DATA = "sites/mpp-lebak/performance"


def test_everybody_reads_how_a_place_does_with_period_source_and_moment(gateway: Gateway) -> None:
    assert f'href="{PAGE}"' in gateway.client.get("/sites/mpp-lebak").text
    answer = gateway.client.get(PAGE)
    page = text_of(answer)
    for part in (
        "Kinerja tempat ini",
        "Periode: 1 Desember 2025 sampai 23 November 2026. Sumber: pengaduan tentang tempat ini.",
        "Dihitung: Selasa, 24 November 2026, 09.00 WIB",
        "74%",
        "80,31",
        "B (baik)",
        "U9 Penanganan pengaduan",
        "3,20",
        "61 hari atau lebih",
        "Kepala unit",
        "Sumber: tiket Imigrasi.",
        "96%",
    ):
        assert part in page, part
    # Each chart has a title, a text for who does not see it, and its table.
    assert answer.text.count('<svg class="chart" role="img"') == 8
    assert answer.text.count("<title id=") == answer.text.count("<desc id=") == 8


def test_what_is_not_told_is_a_sign_on_the_page_null_in_json_and_empty_in_rows(gateway: Gateway) -> None:
    told = gateway.api("GET", f"{DATA}.json").json
    load(PerformanceSchema(), told)
    question = told["complaints"]["classes"][1]
    assert (question["classification"], question["received"], question["in_time_percent"]) == (
        "information",
        None,
        None,
    )
    february = next(each for each in told["satisfaction"]["months"] if each["month"] == "2026-02")
    assert (february["respondents"], february["index"]) == (None, None)
    answer = gateway.api("GET", f"{DATA}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))
    found = {(row["table"], row["first_day"], row["of"], row["measure"]): row for row in rows}
    assert found["classes", "2025-12-01", "information", "received"]["value"] == ""
    assert found["classes", "2025-12-01", "complaint", "in_time"]["value"] == "40"
    assert found["satisfaction", "2025-12-01", "all", "index"]["value"] == "80,31"
    assert found["visits", "2026-11", "immigration", "wait_minutes"]["value"] == "17"
    assert {row["source"] for row in rows} == {"complaints", "survey", "booking-immigration", "booking-legal"}
    assert all(row["computed_at"] for row in rows)


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_others_may_keep_the_open_data_for_some_minutes(gateway: Gateway, ending: str) -> None:
    assert gateway.api("GET", f"{DATA}.{ending}").headers["Cache-Control"] == "public, max-age=300"


def test_a_place_that_is_not_there_has_no_figures(gateway: Gateway) -> None:
    assert problem(gateway.api("GET", "sites/atlantis/performance.json")) == (404, "unknown_site")
    assert gateway.client.get("/sites/atlantis/performance").status_code == 404
    assert gateway.agencies.count("site_performance") == 0


def test_it_is_asked_once_in_some_minutes_and_an_older_answer_says_since_when(gateway: Gateway) -> None:
    for _ in range(3):
        gateway.client.get(PAGE)
    assert gateway.agencies.count("site_performance") == 1
    gateway.agencies.away = {"complaints"}
    gateway.agencies.now += FRESH
    page = text_of(gateway.client.get(PAGE))
    assert "Terakhir disampaikan Selasa, 24 November 2026, 09.00 WIB." in page
    told = gateway.api("GET", f"{DATA}.json").json
    assert told["complaints"]["is_old"] is True
    assert told["visits"][0]["is_old"] is False


def test_what_nobody_has_told_yet_is_named_and_the_rest_is_shown(gateway: Gateway) -> None:
    gateway.agencies.away = {"complaints", "booking-legal"}
    page = text_of(gateway.client.get(PAGE))
    assert "Angka pengaduan dan kepuasan sedang tidak tersedia." in page
    assert "Angka Layanan Hukum dan HAM sedang tidak tersedia." in page
    assert "17" in page
    told = gateway.api("GET", f"{DATA}.json").json
    load(PerformanceSchema(), told)
    assert (told["complaints"], told["satisfaction"], told["missing"]) == (None, None, ["legal"])
    assert gateway.api("GET", f"{DATA}.csv").status_code == 200
