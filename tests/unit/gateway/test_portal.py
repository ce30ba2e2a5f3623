"""Services and booking on the portal: what its pages say, and that its forms lose nothing."""

import re
from datetime import timedelta
from html import unescape

import pytest
from gerai_booking import refusals as booking
from gerai_shared.refusals import IdempotencyKeyReused, Unavailable
from gerai_shared.ticket import State

from tests.unit.gateway.browsing import BOOK, SLOT, TYPED, booked, field, held, send, text_of


def test_the_home_page_groups_services_by_agency(gateway) -> None:
    page = gateway.client.get("/")
    seen = text_of(page)
    assert seen.index("Imigrasi Kementerian Imigrasi") < seen.index("Paspor baru")
    assert seen.index("Paspor baru") < seen.index("Layanan Hukum dan HAM Kementerian")
    assert "Mal Pelayanan Publik Lebak" in seen


@pytest.mark.parametrize(
    ("query", "there", "missing"),
    [("paspor hilang", "passport-lost", "trademark"), ("trademark", "trademark", "passport-lost")],
)
def test_the_search_finds_services_in_both_languages(gateway, query, there, missing) -> None:
    page = gateway.client.get("/", query_string={"q": query}).text
    assert f"/{there}" in page
    assert f"/{missing}" not in page


def test_a_search_for_nothing_we_have_says_so_and_shows_what_was_typed_escaped(gateway) -> None:
    page = gateway.client.get("/", query_string={"q": '<b>"zzz'})
    assert "Tidak ada layanan yang cocok" in text_of(page)
    assert '<b>"zzz' not in page.text


def test_a_service_page_says_what_to_bring_what_it_costs_and_how_long_it_takes(gateway) -> None:
    seen = text_of(gateway.client.get("/services/immigration/passport-new"))
    for expected in (
        "KTP elektronik",
        "Salah satu dari: Akta kelahiran",
        "Khusus: Pemohon yang pernah mengganti nama",
        "Rp350.000",
        "PP 45/2024, sejak 17 Desember 2024",
        "4 hari kerja sejak wawancara",
        "Tidak berlaku untuk: Penggantian paspor hilang",
        "Permenkumham 8/2014",
        "Datang langsung tanpa mendaftar",
    ):
        assert expected in seen


def test_pages_speak_english_once_asked_and_remember_it(gateway) -> None:
    assert 'lang="en"' in gateway.client.get("/?lang=en").text
    assert "What to bring" in gateway.client.get("/services/immigration/passport-new").text
    assert "Yang harus dibawa" in gateway.client.get("/services/immigration/passport-new?lang=id").text


def test_an_old_catalogue_is_shown_with_an_honest_note(gateway) -> None:
    gateway.agencies.away.add("booking-immigration")
    gateway.mall.catalogues.refresh("immigration")
    page = gateway.client.get("/services/immigration/passport-new")
    assert page.status_code == 200
    assert "Imigrasi sedang tidak menjawab" in text_of(page)
    assert "Selasa, 24 November 2026, 09.00 WIB" in text_of(page)


def test_hours_are_shown_in_the_sites_zone_and_closed_days_say_why(gateway) -> None:
    gateway.agencies.full.update(f"mpp-lebak.passport-new.20261126T0{hour}00Z" for hour in (1, 2, 3, 4, 6, 7))
    seen = text_of(gateway.client.get(f"{BOOK}?site=mpp-lebak&day=2026-11-25"))
    assert "Rabu, 25 November 2026, pagi" in seen
    assert "09.00 5 tempat" in seen
    assert "Kam 26 penuh" in seen
    assert "Sab 28 tutup" in seen
    assert "Sen 23 lewat" in seen


def test_the_next_two_weeks_are_a_link_away(gateway) -> None:
    page = gateway.client.get(f"{BOOK}?site=mpp-lebak&from=2026-12-21")
    seen = text_of(page)
    assert "Jum 25 libur" in seen
    assert "Hari Raya Natal" in seen
    assert f"{BOOK}?site=mpp-lebak&amp;from=2026-12-07" in page.text
    assert f"{BOOK}?site=mpp-lebak&amp;from=2027-01-04" in page.text


def test_a_service_that_takes_no_bookings_says_so(gateway) -> None:
    assert gateway.client.get(f"{BOOK}?site=popup-gorontalo").status_code == 404
    assert gateway.client.get("/book/police/passport-new").status_code == 404
    assert gateway.client.get("/book/immigration/nothing").status_code == 404


def test_an_errand_goes_from_the_hour_to_the_ticket(gateway) -> None:
    address = held(gateway)
    assert address.startswith(f"{BOOK}/details/immigration.")
    details = gateway.client.get(address)
    assert "Rabu, 25 November 2026" in text_of(details)
    answer = send(gateway, details, address, **TYPED)
    assert answer.status_code == 303
    page = gateway.client.get(answer.headers["Location"])
    seen = text_of(page)
    assert "Tiket Anda sudah jadi" in seen
    assert "A-001" in seen
    assert "09.00 WIB" in seen
    assert "KTP elektronik" in seen
    body = next(payload for _, method, payload, _ in gateway.agencies.asked if method == "book_batch")
    assert body["requests"][0]["body"] == {
        "hold_token": address.rpartition("/")[2],
        "purpose": "umrah",
        "precondition_met": False,
        "priority": True,
        "language": "id",
        "person": {
            "name": "Warga Contoh",
            "nik": "3602146508900003",
            "email": "warga@example.org",
            "phone": "0812 3456 7890",
            "birth_date": "1990-08-25",
        },
    }


def test_no_hour_chosen_is_said_beside_the_hours(gateway) -> None:
    page = gateway.client.get(f"{BOOK}?site=mpp-lebak&day=2026-11-25")
    answer = send(gateway, page, BOOK, site="mpp-lebak", day="2026-11-25")
    assert answer.status_code == 422
    assert "Silakan pilih jam." in text_of(answer)
    assert "Rabu, 25 November 2026, pagi" in text_of(answer)


def test_an_hour_that_filled_up_meanwhile_is_said_and_others_are_offered(gateway) -> None:
    page = gateway.client.get(f"{BOOK}?site=mpp-lebak&day=2026-11-25")
    gateway.agencies.full.add(SLOT)
    answer = send(gateway, page, BOOK, site="mpp-lebak", day="2026-11-25", slot_id=SLOT)
    assert answer.status_code == 409
    assert "Semua tempat pada jam ini sudah terisi" in text_of(answer)
    assert "mpp-lebak.passport-new.20261125T0300Z" in answer.text


def test_mistakes_are_all_told_at_once_and_nothing_typed_is_lost(gateway) -> None:
    address = held(gateway)
    typed = {**TYPED, "nik": "12345", "email": "warga at example", "purpose": ""}
    answer = send(gateway, gateway.client.get(address), address, **typed)
    assert answer.status_code == 422
    seen = text_of(answer)
    assert "NIK: NIK terdiri atas 16 angka." in seen
    assert "Surel: Ini bukan alamat surel." in seen
    assert "Keperluan: Mohon pilih keperluan Anda." in seen
    for name in ("name", "nik", "email", "phone"):
        assert field(answer, name) == typed[name]
    assert 'href="#field-nik"' in answer.text
    assert gateway.agencies.count("book_batch") == 0


def test_an_empty_form_names_every_field_that_is_needed(gateway) -> None:
    address = held(gateway)
    seen = text_of(send(gateway, gateway.client.get(address), address))
    order = [
        seen.index(label)
        for label in ("Nama lengkap: Mohon", "NIK: Mohon", "Surel: Mohon", "Keperluan: Mohon")
    ]
    assert order == sorted(order)


def test_a_hold_that_ran_out_keeps_what_was_typed_and_asks_for_another_hour(gateway) -> None:
    address = held(gateway)
    details = gateway.client.get(address)
    gateway.agencies.now += timedelta(minutes=11)
    answer = send(gateway, details, address, **TYPED)
    assert answer.status_code == 410
    assert "Waktu untuk menahan tempat sudah habis" in text_of(answer)
    for name in ("name", "nik", "email", "phone"):
        assert field(answer, name) == TYPED[name]
    other = "mpp-lebak.passport-new.20261126T0200Z"
    assert other in answer.text
    again = send(gateway, answer, address, **TYPED, slot_id=other)
    assert again.status_code == 303
    ticket = gateway.client.get(again.headers["Location"])
    assert "Kamis, 26 November 2026" in text_of(ticket)


def test_a_hold_that_ran_out_before_the_form_was_opened_offers_hours(gateway) -> None:
    address = held(gateway)
    gateway.agencies.now += timedelta(minutes=11)
    page = gateway.client.get(address)
    assert page.status_code == 410
    assert "mpp-lebak.passport-new.20261126T0200Z" in page.text


def test_an_answer_that_was_lost_is_asked_again_with_the_same_key(gateway) -> None:
    address = held(gateway)
    details = gateway.client.get(address)
    gateway.agencies.refuses["book_batch"] = Unavailable(retry_after=5)
    answer = send(gateway, details, address, **TYPED)
    assert answer.status_code == 503
    assert "Anda tidak akan terdaftar dua kali" in text_of(answer)
    assert field(answer, "idempotency_key") == field(details, "idempotency_key")
    assert field(answer, "name") == TYPED["name"]
    del gateway.agencies.refuses["book_batch"]
    assert send(gateway, answer, address, **TYPED).status_code == 303


def test_an_agency_that_falls_silent_takes_no_form_away(gateway) -> None:
    address = held(gateway)
    details = gateway.client.get(address)
    seen = {name: field(details, name) for name in ("seen_site", "seen_starts_at", "seen_held_until")}
    for method in ("book_batch", "ticket"):
        gateway.agencies.refuses[method] = Unavailable(retry_after=5)
    for _ in range(2):
        answer = send(gateway, details, address, **TYPED, **seen)
        assert answer.status_code == 503
        assert "Anda tidak akan terdaftar dua kali" in text_of(answer)
        assert "Rabu, 25 November 2026" in text_of(answer)
        assert field(answer, "nik") == TYPED["nik"]
        assert field(answer, "idempotency_key") == field(details, "idempotency_key")
        assert {name: field(answer, name) for name in seen} == seen
    for made_up in ("", "yesterday", "2026-11-25T09:00:00", "9999-12-31T23:59:59+00:00"):
        for name in seen:
            assert send(gateway, details, address, **TYPED, **{**seen, name: made_up}).status_code == 503
    gateway.agencies.refuses.clear()
    assert send(gateway, details, address, **TYPED, **seen).status_code == 303


def test_a_form_sent_twice_leads_to_the_one_ticket(gateway) -> None:
    address = held(gateway)
    details = gateway.client.get(address)
    first = send(gateway, details, address, **TYPED)
    second = send(gateway, details, address, **TYPED)
    assert second.headers["Location"] == first.headers["Location"]
    gateway.agencies.refuses["book_batch"] = IdempotencyKeyReused()
    third = send(gateway, details, address, **{**TYPED, "name": "Warga Lain"})
    assert third.headers["Location"] == first.headers["Location"]
    assert gateway.client.get(address).headers["Location"] == first.headers["Location"].partition("?")[0]


def test_a_refusal_about_the_person_stands_beside_the_number(gateway) -> None:
    address = held(gateway)
    gateway.agencies.refuses["book_batch"] = booking.OpenTicketExists()
    answer = send(gateway, gateway.client.get(address), address, **TYPED)
    assert answer.status_code == 409
    assert "Orang ini masih punya tiket" in text_of(answer)
    assert 'href="#field-nik"' in answer.text


def test_a_precondition_has_to_be_confirmed(gateway) -> None:
    address = "/book/immigration/passport-lost"
    page = gateway.client.get(f"{address}?site=kanim-serang&day=2026-11-25")
    slot = "kanim-serang.passport-lost.20261125T0200Z"
    details = send(gateway, page, address, site="kanim-serang", slot_id=slot).headers["Location"]
    answer = send(gateway, gateway.client.get(details), details, **TYPED)
    assert answer.status_code == 422
    assert "Sebelum mendaftar: Mohon nyatakan dahulu." in text_of(answer)
    assert "Nomor laporan polisi: Mohon diisi." in text_of(answer)
    report = {
        "police_number": "LP/12/XI/2026",
        "police_date": "2026-11-20",
        "police_station": "Polsek Contoh",
    }
    partly = send(gateway, answer, details, **TYPED, precondition_met="1", police_number="LP/12/XI/2026")
    assert partly.status_code == 422
    assert "Kantor polisi: Mohon diisi." in text_of(partly)
    assert send(gateway, partly, details, **TYPED, precondition_met="1", **report).status_code == 303
    asked = [payload for _, method, payload, _ in gateway.agencies.asked if method == "book_batch"]
    assert asked[-1]["requests"][0]["body"]["police_report"] == {
        "number": "LP/12/XI/2026",
        "date": "2026-11-20",
        "station": "Polsek Contoh",
    }


def test_a_date_of_birth_is_asked_where_age_decides_and_nowhere_else(gateway) -> None:
    address = held(gateway)
    without = {name: value for name, value in TYPED.items() if name != "birth_date"}
    answer = send(gateway, gateway.client.get(address), address, **without)
    assert answer.status_code == 422
    assert "Tanggal lahir: Mohon diisi." in text_of(answer)


def test_a_nik_with_another_birth_date_keeps_the_place_and_has_a_letter_for_dukcapil(gateway) -> None:
    gateway.agencies.identity_note = "birth_date_differs"
    token = booked(gateway)
    page = gateway.client.get(f"/t/{token}")
    assert "Tempat Anda tetap disimpan." in text_of(page)
    assert f'href="/t/{token}/referral"' in page.text
    letter = gateway.client.get(f"/t/{token}/referral")
    assert "Kepada Dinas Kependudukan dan Pencatatan Sipil" in text_of(letter)
    assert "3602************" in text_of(letter)
    assert "pemegang surat ini mengisi tanggal lahir yang berbeda" in text_of(letter)
    gateway.agencies.identity_note = None
    assert "Dukcapil" not in text_of(gateway.client.get(f"/t/{token}"))
    assert gateway.client.get(f"/t/{token}/referral").headers["Location"] == f"/t/{token}"


@pytest.mark.parametrize(
    ("note", "digits", "differs"),
    [
        ("sex_differs", "Angka ke-7 dan ke-8 NIK", "Jenis kelamin dan angka ke-7 dan ke-8 NIK"),
        (
            "birth_date_differs sex_differs",
            "Angka ke-7 sampai ke-12 NIK berbeda dengan tanggal lahir dan jenis kelamin",
            "Tanggal lahir dan jenis kelamin, angka ke-7 sampai ke-12 NIK",
        ),
    ],
)
def test_a_nik_with_another_sex_keeps_the_place_and_the_letter_says_which_digits(
    gateway, note: str, digits: str, differs: str
) -> None:
    gateway.agencies.identity_note = note
    token = booked(gateway)
    page = text_of(gateway.client.get(f"/t/{token}"))
    letter = text_of(gateway.client.get(f"/t/{token}/referral"))
    assert digits in page
    assert "Tempat Anda tetap disimpan." in page
    assert differs in letter
    for text in (page, letter):
        assert "tanggal lahir perempuan ditambah 40" in text


def test_the_sex_is_asked_of_citizens_and_may_stay_unanswered(gateway) -> None:
    address = held(gateway)
    page = gateway.client.get(address)
    assert '<option value="female">Perempuan</option>' in page.text
    wrong = send(gateway, page, address, **TYPED, sex="x")
    assert wrong.status_code == 422
    assert "Jenis kelamin: " in text_of(wrong)
    assert send(gateway, wrong, address, **TYPED, sex="female").status_code == 303
    asked = [payload for _, method, payload, _ in gateway.agencies.asked if method == "book_batch"]
    assert asked[-1]["requests"][0]["body"]["person"]["sex"] == "female"
    address = held(gateway)
    assert send(gateway, gateway.client.get(address), address, **TYPED, sex="").status_code == 303
    asked = [payload for _, method, payload, _ in gateway.agencies.asked if method == "book_batch"]
    assert "sex" not in asked[-1]["requests"][0]["body"]["person"]


def test_the_validity_is_chosen_where_there_is_a_choice(gateway) -> None:
    address = held(gateway)
    page = gateway.client.get(address)
    assert "10 tahun: WNI 17 tahun ke atas atau sudah menikah" in text_of(page)
    wrong = send(gateway, page, address, **TYPED, validity_years="many")
    assert wrong.status_code == 422
    assert "Masa berlaku paspor: " in text_of(wrong)
    assert send(gateway, wrong, address, **TYPED, validity_years="10").status_code == 303
    asked = [payload for _, method, payload, _ in gateway.agencies.asked if method == "book_batch"]
    assert asked[-1]["requests"][0]["body"]["validity_years"] == 10


def test_fees_say_for_whom_they_are(gateway) -> None:
    page = text_of(gateway.client.get("/services/immigration/passport-lost"))
    assert "berlaku paling lama 10 tahun. Khusus: WNI 17 tahun ke atas atau sudah menikah." in page
    answer = gateway.client.get("/api/v1/agencies/immigration/services")
    services = {each["code"]: each for each in answer.json["services"]}
    whom = {fee["code"]: fee["only_for"] for fee in services["passport-lost"]["fees"]}
    assert whom["ordinary-5-years"] is None
    assert whom["ordinary-10-years"]["en"] == "Citizens aged 17 or over, or married"
    assert {fee["code"] for fee in services["passport-child"]["fees"]} == {
        "ordinary-5-years",
        "electronic-5-years",
    }


def test_a_form_from_elsewhere_is_refused(gateway) -> None:
    address = held(gateway)
    for data in (TYPED, {**TYPED, "form_token": "made up", "idempotency_key": "a-key-of-theirs"}):
        answer = gateway.client.post(address, data=data)
        assert answer.status_code == 403
        assert "<h1>" in answer.text
    assert gateway.agencies.count("book_batch") == 0


def test_a_ticket_under_another_services_form_is_unknown(gateway) -> None:
    token = held(gateway).rpartition("/")[2]
    assert gateway.client.get(f"/book/immigration/passport-child/details/{token}").status_code == 404


def test_a_held_ticket_leads_to_its_form(gateway) -> None:
    address = held(gateway)
    answer = gateway.client.get(f"/t/{address.rpartition('/')[2]}")
    assert answer.headers["Location"] == address


def test_changing_the_hour_gives_up_the_place_held_before(gateway) -> None:
    address = held(gateway)
    before = address.rpartition("/")[2]
    back = re.search(rf'href="({BOOK}[^"]*instead=[^"]*)"', gateway.client.get(address).text)
    assert back is not None
    page = gateway.client.get(unescape(back.group(1)))
    assert f"instead={before}" in page.text, "the way to another day or place still knows"
    other = "mpp-lebak.passport-new.20261125T0300Z"
    answer = send(gateway, page, BOOK, site="mpp-lebak", slot_id=other, instead=field(page, "instead"))
    assert answer.status_code == 303
    assert text_of(gateway.client.get(answer.headers["Location"])).count("10.00 WIB") >= 1
    _, _, asked, _ = [each for each in gateway.agencies.asked if each[1] == "hold"][-1]
    assert asked["replaces"] == before
    assert [ticket.state for ticket in gateway.agencies.tickets.values()] == [State.CANCELLED, State.HELD]


@pytest.mark.parametrize("instead", ["legal." + "A" * 43, "immigration.short", '"><b>'])
def test_what_is_no_ticket_of_the_agency_is_given_up_by_nobody(gateway, instead) -> None:
    page = gateway.client.get(f"{BOOK}?site=mpp-lebak&day=2026-11-25")
    assert send(gateway, page, BOOK, site="mpp-lebak", slot_id=SLOT, instead=instead).status_code == 303
    _, _, asked, _ = next(each for each in gateway.agencies.asked if each[1] == "hold")
    assert "replaces" not in asked


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("id", "tanpa surel, simpan tautan halaman tiket Anda", "tanpa surel tidak ada yang dikirim"),
        ("en", "without an e-mail address, keep the link of your ticket's page", "nothing is sent to you"),
    ],
)
def test_whoever_gives_a_phone_number_alone_is_told_to_keep_the_link(
    gateway, language, before, after
) -> None:
    address = held(gateway)
    gateway.client.get(f"/?lang={language}")
    details = gateway.client.get(address)
    assert before in text_of(details)
    answer = send(gateway, details, address, **{**TYPED, "email": ""})
    assert answer.status_code == 303
    assert after in text_of(gateway.client.get(answer.headers["Location"]))


def test_a_hold_tells_the_agency_which_browser_and_which_network_it_is_for(gateway) -> None:
    page = gateway.client.get(f"{BOOK}?site=mpp-lebak&day=2026-11-25")
    from_home = {"REMOTE_ADDR": "2001:db8:1:2:3::4"}
    send(gateway, page, BOOK, environ_base=from_home, site="mpp-lebak", slot_id=SLOT)
    gateway.api("POST", "agencies/immigration/holds", json={"slot_id": SLOT}, environ_base=from_home)
    on_page, on_api = (payload for _, method, payload, _ in gateway.agencies.asked if method == "hold")
    assert on_page["network"] == on_api["network"] == "2001:db8:1:2::/64"
    assert on_page["holder"] == field(page, "form_token")
    assert "holder" not in on_api
