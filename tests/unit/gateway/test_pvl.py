"""Where the Ombudsman receives people next, as everybody reads it (S0-1, S0-2)."""

from gerai_gateway.kept import FRESH

from tests.unit.gateway.browsing import text_of


def test_s0_2_everybody_reads_where_the_ombudsman_comes_next(gateway) -> None:
    page = gateway.client.get("/pvl")
    text = text_of(page)
    for part in (
        "Ombudsman hadir di MPP Lebak",
        "Senin, 7 Desember 2026 sampai Selasa, 8 Desember 2026",
        "Ombudsman hadir di Balai desa Contoh",
        "Kabupaten Lebak",
        "Tahun 2026: 2 terlaksana, 2 akan datang; direncanakan 6.",
    ):
        assert part in text
    assert 'href="/sites/mpp-lebak"' in page.text
    told = gateway.api("GET", "pvl").json
    assert [event["first_day"] for event in told["coming"]] == ["2026-12-07", "2026-12-14"]
    # Read from what is kept: the complaints service was asked once.
    assert gateway.agencies.count("pvl_events") == 1


def test_the_page_says_when_complaints_is_away_and_what_it_knew(gateway) -> None:
    gateway.agencies.away.add("complaints")
    assert "Jadwal kegiatan sedang tidak tersedia." in text_of(gateway.client.get("/pvl"))
    assert gateway.api("GET", "pvl").json["year"] is None


def test_an_older_answer_says_that_it_is_one(gateway) -> None:
    gateway.client.get("/pvl")
    gateway.agencies.away.add("complaints")
    gateway.agencies.now += FRESH
    page = text_of(gateway.client.get("/pvl"))
    assert "Layanan pengaduan sedang tidak menjawab." in page
    assert "Ombudsman hadir di MPP Lebak" in page
    assert gateway.api("GET", "pvl").json["is_old"]
