"""The mall's figures for everybody (S0-8): put together from its agencies, honest about who is silent."""

from datetime import timedelta

import pytest
from gerai_gateway.kept import FRESH

from tests.unit.gateway.browsing import text_of


def test_s0_8_everybody_reads_the_figures_of_every_agency(gateway) -> None:
    page = text_of(gateway.client.get("/oversight"))
    for part in (
        "Kinerja mal ini",
        "Imigrasi",
        "Layanan Hukum dan HAM",
        "700",
        "640",
        "17 mnt",
        "96%",
        "=IMI-0001.GR.01",
        "Direktorat Jenderal Imigrasi",
        "3 November 2026",
        "Ditutup karena banjir",
        "2 j 30 mnt",
        "berlangsung",
    ):
        assert part in page


def test_a_small_number_is_a_sign_on_the_page_and_null_in_the_interface(gateway) -> None:
    assert "&lt;5" in gateway.client.get("/oversight").text
    told = gateway.api("GET", "oversight").json
    month = told["agencies"][0]["sites"][0]["months"][0]
    assert month["counts"]["emergency"] is None
    assert month["hidden"] == {"emergency": "<5"}
    assert month["counts"]["over_quota"] == 12


def test_an_agency_that_is_silent_is_named_and_the_rest_is_shown(gateway) -> None:
    gateway.agencies.away.add("booking-legal")
    told = gateway.api("GET", "oversight").json
    assert [part["agency"] for part in told["agencies"]] == ["immigration"]
    assert told["missing"] == ["legal"]
    assert "Angka Layanan Hukum dan HAM sedang tidak tersedia." in text_of(gateway.client.get("/oversight"))


def test_agencies_are_asked_once_in_some_minutes_and_an_older_answer_says_so(gateway) -> None:
    for _ in range(3):
        gateway.client.get("/oversight")
    assert gateway.agencies.count("oversight") == 2
    gateway.agencies.away.add("booking-immigration")
    gateway.agencies.now += FRESH
    page = text_of(gateway.client.get("/oversight"))
    assert gateway.agencies.count("oversight") == 4
    assert "Imigrasi sedang tidak menjawab" in page
    assert "Angka ini per Selasa, 24 November 2026, 09.00 WIB." in page
    gateway.client.get("/oversight")
    # Who does not answer is left alone for a moment.
    assert gateway.agencies.count("oversight") == 4
    gateway.agencies.away.clear()
    gateway.agencies.now += timedelta(seconds=10)
    assert "sedang tidak menjawab" not in text_of(gateway.client.get("/oversight"))


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        ("visits", ["immigration;mpp-lebak;2026-11;700;600;640;40;20;0;12;<5;17;96", "legal;mpp-lebak;all;"]),
        ("orders", ["immigration;'=IMI-0001.GR.01;Direktorat Jenderal Imigrasi;2026-11-02;site;"]),
        ("outages", ["immigration;mpp-lebak;server;2026-11-05T02:00:00+00:00;2026-11-05T04:30:00+00:00;150"]),
    ],
)
def test_s0_8_the_figures_can_be_taken_along(gateway, table: str, lines: list[str]) -> None:
    answer = gateway.client.get(f"/oversight/{table}.csv")
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="oversight-{table}-')
    body = answer.get_data().decode("utf-8-sig")
    for line in lines:
        assert any(each.startswith(line) for each in body.splitlines()), body
    assert f'href="/oversight/{table}.csv"' in gateway.client.get("/oversight").text


def test_another_table_is_not_there(gateway) -> None:
    assert gateway.client.get("/oversight/people.csv").status_code == 404


def test_the_page_is_linked_from_the_home_page_and_from_every_footer(gateway) -> None:
    assert gateway.client.get("/").text.count('href="/oversight"') == 2
    assert 'href="/oversight"' in gateway.client.get("/tickets").text
