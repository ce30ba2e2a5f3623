"""Making services known: coming events, brochures to print, texts for the radio (S1-1, S1-2)."""

import re

import pytest
from gerai_gateway.rules import spoken
from gerai_gateway.rules.announcements import LENGTHS, WORDS_A_MINUTE, Facts, announcements

from tests.unit.gateway.browsing import text_of
from tests.unit.gateway.fake_catalogue import AGENCIES, catalogue_of

SERVICES = [(agency, each["code"]) for agency in AGENCIES for each in catalogue_of(agency)["services"]]


def test_s1_1_the_public_reads_where_the_agencies_come_next_in_their_order(gateway) -> None:
    told = gateway.api("GET", "outreach").json
    assert [event["agency"] for event in told["coming"]] == ["legal", "immigration"]
    page = text_of(gateway.client.get("/outreach"))
    for part in (
        "Tanya jawab di radio",
        "Kabupaten Lebak",
        "Siaran radio: Radio publik Banten",
        "Paspor baru",
    ):
        assert part in page
    assert "Imigrasi pada 2026: 5 sudah, 1 akan datang; sasaran 12." in page


def test_an_agency_that_is_silent_is_named(gateway) -> None:
    gateway.agencies.away.add("booking-legal")
    assert gateway.api("GET", "outreach").json["missing"] == ["legal"]
    page = text_of(gateway.client.get("/outreach"))
    assert "Kegiatan Layanan Hukum dan HAM sedang tidak tersedia." in page


@pytest.mark.parametrize(("agency", "service"), SERVICES)
def test_s1_2_every_service_has_a_brochure_with_all_one_has_to_know(gateway, agency, service) -> None:
    found = next(each for each in catalogue_of(agency)["services"] if each["code"] == service)
    answer = gateway.client.get(f"/services/{agency}/{service}/brochure")
    page = text_of(answer)
    for requirement in found["requirements"]:
        assert requirement["text"]["id"] in page
    for fee in found["fees"]:
        assert f"Rp{fee['amount_rupiah']:,}".replace(",", ".") in page
    for step in found["steps"]:
        assert step["id"] in page
    for part in (
        found["name"]["id"],
        f"localhost/book/{agency}/{service}",
        "localhost/c/new",
        "Sen–Jum 08.00",
    ):
        assert part in page
    assert f'src="/services/{agency}/{service}/brochure.svg"' in answer.text


def test_s1_2_the_code_on_the_paper_leads_to_the_choice_of_an_hour(gateway) -> None:
    answer = gateway.client.get("/services/immigration/passport-new/brochure.svg")
    assert answer.mimetype == "image/svg+xml"
    assert gateway.client.get("/book/immigration/passport-new").status_code in {200, 303}
    assert gateway.client.get("/services/immigration/nothing/brochure.svg").status_code == 404


def test_s1_2_brochure_and_radio_text_are_linked_from_the_service_and_from_outreach(gateway) -> None:
    for path in ("/services/immigration/passport-new", "/outreach"):
        page = gateway.client.get(path).text
        for kind in ("brochure", "announcement"):
            assert f'href="/services/immigration/passport-new/{kind}"' in page


@pytest.mark.parametrize(("agency", "service"), SERVICES)
def test_s1_2_every_service_has_texts_for_the_radio_that_fit_their_time(gateway, agency, service) -> None:
    found = catalogue_of(agency)
    asked = next(each for each in found["services"] if each["code"] == service)
    facts = Facts(
        service=asked,
        agency=found["agency"]["name"]["id"],
        site=next(site for site in found["sites"] if site["code"] == asked["offers"][0]["site"]),
        host="gerai.example.id",
        is_bookable=True,
    )
    made = announcements(facts)
    assert [each.wanted_seconds for each in made] == list(LENGTHS)
    for each in made:
        assert 0.75 * each.wanted_seconds <= each.seconds <= each.wanted_seconds, each
        # Numbers are written as they are spoken, and nothing is left that cannot be read aloud.
        assert not re.search(r"[0-9()/;]|Rp", " ".join(each.sentences)), each.sentences
        assert "gerai titik example titik id" in " ".join(each.sentences)
    assert made[1].words > made[0].words
    page = text_of(gateway.client.get(f"/services/{agency}/{service}/announcement"))
    assert made[0].sentences[0] in page


def test_s1_2_the_radio_says_the_fees_documents_and_promise_of_the_catalogue() -> None:
    found = catalogue_of("immigration")
    facts = Facts(
        service=next(each for each in found["services"] if each["code"] == "passport-new"),
        agency="Imigrasi",
        site=found["sites"][0],
        host="gerai.example.id",
        is_bookable=True,
    )
    text = " ".join(announcements(facts)[1].sentences)
    for part in (
        "paspor baru",
        "tiga ratus lima puluh ribu rupiah",
        "KTP elektronik yang masih berlaku, Kartu Keluarga, serta salah satu dokumen kelahiran",
        "empat hari kerja sejak wawancara",
        "Jangan memakai calo",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "nol"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (19, "sembilan belas"),
        (20, "dua puluh"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (1000, "seribu"),
        (1100, "seribu seratus"),
        (2000, "dua ribu"),
        (101_000, "seratus satu ribu"),
        (350_000, "tiga ratus lima puluh ribu"),
        (1_350_000, "satu juta tiga ratus lima puluh ribu"),
        (5_000_000_000, "lima miliar"),
    ],
)
def test_numbers_are_spoken(value: int, words: str) -> None:
    assert spoken.number(value) == words


def test_what_cannot_be_spoken_is_refused() -> None:
    for value in (-1, spoken.MOST):
        with pytest.raises(ValueError, match=str(value)):
            spoken.number(value)


def test_texts_hours_and_addresses_are_spoken() -> None:
    assert spoken.text("Rp5 miliar dalam 30 hari") == "lima miliar rupiah dalam tiga puluh hari"
    assert spoken.text("Rp650.000") == "enam ratus lima puluh ribu rupiah"
    assert spoken.hour("08:00") == "pukul delapan"
    assert spoken.hour("15:30") == "pukul lima belas tiga puluh"
    assert (
        spoken.address("127.0.0.1:80")
        == "satu dua tujuh titik nol titik nol titik satu titik dua delapan nol"
    )
    assert WORDS_A_MINUTE > 100
