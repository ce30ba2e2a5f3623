"""Sound catalogues, dated rows that answer by date, and checks that see what is wrong."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest
from gerai_booking import agencies
from gerai_booking.agencies import sites
from gerai_booking.rules.catalogue import (
    Agency,
    Brand,
    Break,
    Counter,
    Offer,
    Requirement,
    Service,
    Text,
    WeeklyHours,
    clashes,
    fees_on,
    promise_on,
    validities_on,
)
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 11, 22)
DAYS = [
    date(2014, 1, 1),
    date(2019, 5, 3),
    date(2024, 10, 20),
    date(2024, 10, 21),
    date(2024, 12, 31),
    TODAY,
    date(2028, 2, 29),
    date(2035, 7, 7),
]
MONDAY, FRIDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 27), date(2026, 11, 28)


def immigration() -> Agency:
    return agencies.load("immigration", TODAY)


def service(code: str, agency: str = "immigration") -> Service:
    return next(item for item in agencies.load(agency, TODAY).services if item.code == code)


def prices(code: str, day: date, agency: str = "immigration") -> dict[str, int]:
    return {fee.code: fee.amount_rupiah for fee in fees_on(service(code, agency), day)}


@pytest.mark.parametrize("slug", ["immigration", "legal"])
@pytest.mark.parametrize("today", DAYS)
def test_the_catalogue_of_each_agency_is_sound_on_any_day(slug: str, today: date) -> None:
    agency = agencies.load(slug, today)
    assert agency.code == slug
    assert agency.problems() == []


@pytest.mark.parametrize("today", DAYS)
def test_the_agencies_fit_under_one_roof(today: date) -> None:
    assert clashes(agencies.load(slug, today) for slug in agencies.available()) == []


def test_the_agencies_are_found_by_name_and_a_stranger_is_refused() -> None:
    assert agencies.available() == ("immigration", "legal")
    for stranger in ("sites", "tax", "", "immigration.passports", "../legal"):
        with pytest.raises(agencies.UnknownAgency):
            agencies.load(stranger, TODAY)


def test_a_text_is_indonesian_unless_english_is_asked_for() -> None:
    text = Text(id="Loket", en="Counter")
    assert [text.in_language(code) for code in ("id", "en", "en-GB", "EN", "fr", "")] == [
        "Loket",
        "Counter",
        "Counter",
        "Counter",
        "Loket",
        "Loket",
    ]


@pytest.mark.parametrize("code", ["passport-new", "passport-renewal"])
def test_passports_cost_what_the_present_regulation_says(code: str) -> None:
    assert prices(code, date(2024, 12, 17)) == {
        "ordinary-5-years": 350_000,
        "electronic-5-years": 650_000,
        "ordinary-10-years": 650_000,
        "electronic-10-years": 950_000,
        "same-day": 1_000_000,
    }
    assert {fee.basis for fee in fees_on(service(code), TODAY)} == {"PP 45/2024"}


def test_the_former_tariff_ends_the_day_before_the_present_one_begins() -> None:
    last_day = date(2024, 12, 16)
    assert prices("passport-new", last_day) == {
        "ordinary-5-years": 350_000,
        "electronic-5-years": 650_000,
        "ordinary-10-years": 350_000,
        "electronic-10-years": 650_000,
    }
    assert {fee.basis for fee in fees_on(service("passport-new"), last_day)} == {"PP 28/2019"}
    assert set(prices("passport-new", date(2022, 10, 11))) == {"ordinary-5-years", "electronic-5-years"}
    assert prices("passport-new", date(2019, 5, 2)) == {}


def test_a_child_gets_five_years_only() -> None:
    assert set(prices("passport-child", TODAY)) == {"ordinary-5-years", "electronic-5-years"}


@pytest.mark.parametrize(
    ("code", "surcharge", "amount"),
    [("passport-lost", "lost-book", 1_000_000), ("passport-damaged", "damaged-book", 500_000)],
)
def test_a_replacement_adds_its_surcharge_and_cannot_be_hurried(
    code: str, surcharge: str, amount: int
) -> None:
    added = {fee.code: fee.amount_rupiah for fee in fees_on(service(code), TODAY) if fee.additional}
    assert added == {surcharge: amount}


def test_a_passport_is_promised_four_working_days_from_the_interview() -> None:
    promise = promise_on(service("passport-new"), TODAY, sites.KANIM_SERANG)
    assert promise is not None
    assert (promise.working_days, promise.counts_from.en) == (4, "from the interview")
    assert promise.basis == "Permenkumham 8/2014 Pasal 22"
    assert promise_on(service("passport-new"), TODAY) == promise


def test_the_pop_up_promises_three_working_days_and_collection_at_the_office() -> None:
    promise = promise_on(service("passport-renewal"), TODAY, sites.POPUP_GORONTALO)
    assert promise is not None
    assert promise.working_days == 3
    offers = [offer for offer in immigration().offers if offer.site == sites.POPUP_GORONTALO]
    assert {offer.service for offer in offers} == {"passport-new", "passport-renewal"}
    assert all(offer.complete_files_only and offer.collection for offer in offers)
    assert all(offer.places_per_hour_slot == 0 for offer in offers)


@pytest.mark.parametrize("code", ["passport-lost", "passport-damaged"])
def test_a_replacement_is_promised_no_day_and_says_so(code: str) -> None:
    assert promise_on(service(code), TODAY) is None
    note = service(code).promise_note
    assert note is not None
    assert "Pasal 22" in note.id


def test_a_lost_passport_needs_the_police_report_before_booking() -> None:
    lost = service("passport-lost")
    assert lost.precondition is not None
    assert "polisi" in lost.precondition.id
    assert lost.requirements[0].code == "police-report"
    assert service("passport-new").precondition is None


def test_stay_permits_are_for_foreigners_and_passports_for_citizens() -> None:
    passports = [item for item in immigration().services if item.code.startswith("passport-")]
    assert len(passports) == 5
    assert all(item.citizenship == {"WNI"} for item in passports)
    assert service("stay-permit").citizenship == {"WNA"}


def test_every_passport_warns_that_the_fee_is_not_returned() -> None:
    for item in immigration().services:
        if item.code.startswith("passport-"):
            assert any("tidak dikembalikan" in warning.id for warning in item.warnings), item.code


def test_one_birth_document_out_of_four_is_enough() -> None:
    proof = next(item for item in service("passport-new").requirements if item.code == "proof-of-birth")
    assert [choice.id for choice in proof.one_of] == [
        "Akta kelahiran",
        "Akta perkawinan atau buku nikah",
        "Ijazah",
        "Surat baptis",
    ]


@pytest.mark.parametrize(
    "code", ["fiduciary", "patent-design", "human-rights-complaint", "legal-consultation"]
)
def test_a_tariff_that_is_not_verified_is_left_to_the_counter(code: str) -> None:
    unpriced = service(code, "legal")
    assert unpriced.fees == ()
    assert unpriced.fee_note is not None
    assert "loket" in unpriced.fee_note.id


def test_legal_fees_change_with_their_dates() -> None:
    assert prices("copyright", date(2022, 6, 1), "legal") == {"small-business": 200_000, "general": 400_000}
    assert prices("copyright", TODAY, "legal") == {"recording": 200_000}
    assert prices("apostille", TODAY, "legal") == {"document": 150_000}
    assert prices("apostille", date(2022, 6, 3), "legal") == {}
    assert prices("sole-company", TODAY, "legal") == {"registration": 50_000}
    assert prices("trademark", TODAY, "legal")["general"] == 1_800_000


def test_the_ministry_above_changes_with_the_split_of_october_2024() -> None:
    before = agencies.load("immigration", date(2024, 10, 20))
    after = agencies.load("immigration", date(2024, 10, 21))
    assert before.parent.id == "Kementerian Hukum dan Hak Asasi Manusia"
    assert after.parent.id == "Kementerian Imigrasi dan Pemasyarakatan"
    with pytest.raises(LookupError, match="2013-12-31"):
        agencies.load("immigration", date(2013, 12, 31))


def test_prefixes_are_a_to_f_for_immigration_and_from_l_on_for_legal() -> None:
    assert sorted(item.prefix for item in immigration().services) == list("ABCDEF")
    assert sorted(item.prefix for item in agencies.load("legal", TODAY).services) == list("LMNPQRST")


def test_the_mall_of_lebak_closes_its_slots_around_the_friday_prayer() -> None:
    mall = sites.mpp_lebak()
    monday, friday = mall.hours_on(MONDAY), mall.hours_on(FRIDAY)
    assert monday is not None
    assert friday is not None
    assert [start.hour for start in monday.hour_starts()] == [8, 9, 10, 11, 13, 14]
    assert [start.hour for start in friday.hour_starts()] == [8, 9, 10, 13, 14]
    assert mall.hours_on(SATURDAY) is None


def test_a_replaced_tariff_is_not_quoted_as_the_present_one() -> None:
    present = fees_on(service("trademark", "legal"), TODAY)
    assert {(fee.code, fee.basis) for fee in present} == {
        ("small-business", "PP 45/2024"),
        ("general", "PP 45/2024"),
    }
    former = fees_on(service("trademark", "legal"), date(2024, 12, 16))
    assert {fee.basis for fee in former} == {"PP 28/2019"}
    assert len(former) == 4


@pytest.mark.parametrize("slug", agencies.available())
def test_a_basis_is_a_citation_that_reads_the_same_in_both_languages(slug: str) -> None:
    for item in agencies.load(slug, TODAY).services:
        shown = [*item.fees, *item.promises, *item.requirements]
        for basis in {row.basis for row in shown} - {"Tanyakan di loket / ask at the counter"}:
            assert not re.search(
                r"\b(dikutip|pastikan|pada|yang|tarif|persyaratan|layanan)\b", basis, re.IGNORECASE
            )


def test_ten_years_say_for_whom_they_are() -> None:
    for code in ("passport-new", "passport-renewal", "passport-lost", "passport-damaged"):
        whom = [fee.only_for for fee in service(code).fees if "10-years" in fee.code]
        assert whom
        assert all(text and "17" in text.id and "17" in text.en for text in whom)


@pytest.mark.parametrize(
    ("code", "years"),
    [
        ("passport-new", [5, 10]),
        ("passport-renewal", [5, 10]),
        ("passport-lost", [5, 10]),
        ("passport-damaged", [5, 10]),
        ("passport-child", [5]),
    ],
)
def test_ten_years_are_for_adults_since_october_2022_and_never_for_a_child(
    code: str, years: list[int]
) -> None:
    rules = validities_on(service(code), date(2022, 10, 12))
    assert [rule.years for rule in rules] == years
    assert [rule.ages for rule in rules if rule.years == 10] == ["adult"] * (len(years) - 1)
    assert validities_on(service(code), date(2022, 10, 11)) == ()
    assert not any("10-years" in fee.code for fee in service("passport-child").fees)


@pytest.mark.parametrize(("site", "places"), [(sites.KANIM_SERANG, 140), (sites.MPP_LEBAK, 60)])
def test_the_daily_quota_can_be_reached_by_a_single_service(site: str, places: int) -> None:
    agency = immigration()
    (quota,) = (row for row in agency.quotas if (row.site, row.channel) == (site, "online"))
    hours = next(item for item in agency.sites if item.code == site).hours_on(MONDAY)
    (offer,) = (item for item in agency.offers if (item.site, item.service) == (site, "passport-new"))
    assert hours is not None
    assert quota.places == places == len(hours.hour_starts()) * offer.places_per_hour_slot


@pytest.mark.parametrize("started_on", [date(2026, 12, 9), date(2026, 12, 12), date(2027, 3, 1)])
def test_the_pop_up_has_the_same_days_whenever_a_process_started(started_on: date) -> None:
    by_agency = [agencies.load(slug, started_on).sites for slug in ("immigration", "legal")]
    for popup in (site for places in by_agency for site in places if site.code == sites.POPUP_GORONTALO):
        assert popup.hours_on(date(2026, 12, 12)) is not None
        assert popup.hours_on(date(2026, 12, 19)) is None
        assert popup.time_zone == "Asia/Makassar"


def test_the_pop_up_comes_on_one_saturday_of_each_month() -> None:
    days = sites.popup_gorontalo().dates
    assert len({(day.year, day.month) for day in days}) == len(days)
    assert {day.weekday() for day in days} == {5}


@given(
    st.integers(0, 12 * 60),
    st.integers(60, 11 * 60),
    st.integers(0, 23 * 60),
    st.integers(1, 180),
)
def test_a_bookable_hour_lies_within_opening_and_outside_breaks(
    opens: int, lasts: int, pause_at: int, pause_lasts: int
) -> None:
    def clock(minutes: int) -> time:
        return time(*divmod(min(minutes, 24 * 60 - 1), 60))

    pause = Break(starts=clock(pause_at), ends=clock(pause_at + pause_lasts))
    hours = WeeklyHours(weekday=0, opens=clock(opens), closes=clock(opens + lasts), breaks=(pause,))
    starts = [start.hour * 60 + start.minute for start in hours.hour_starts()]
    closed = range(pause.starts.hour * 60 + pause.starts.minute, pause.ends.hour * 60 + pause.ends.minute)
    expected = [
        minute
        for minute in range(opens, opens + lasts, 60)
        if minute + 60 <= opens + lasts and not set(range(minute, minute + 60)) & set(closed)
    ]
    assert starts == expected


def with_service(change: Callable[[Service], Service]) -> Agency:
    agency = immigration()
    return replace(agency, services=(change(agency.services[0]), *agency.services[1:]))


def overlapping_fee(item: Service) -> Service:
    return replace(item, fees=(*item.fees, replace(item.fees[1], valid_from=date(2030, 1, 1))))


def same_text_twice(item: Service) -> Service:
    return replace(item, steps=(*item.steps, Text(id="Paspor", en="Paspor ")))


def empty_requirement(item: Service) -> Service:
    empty = Requirement(code="empty", text=Text(id="Kosong", en=" "), basis=" ")
    return replace(item, requirements=(*item.requirements, empty))


def unnoted_price(item: Service) -> Service:
    return replace(item, fees=(), promises=())


def a_site(**changes: object) -> Agency:
    agency = immigration()
    return replace(agency, sites=(replace(agency.sites[0], **changes), *agency.sites[1:]))  # type: ignore[arg-type]


def lunch_outside_hours() -> Agency:
    breaks = (Break(starts=time(12), ends=time(17)),)
    return a_site(opens_on=(WeeklyHours(weekday=0, opens=time(8), closes=time(15), breaks=breaks),))


def more(agency: Agency, **extra: tuple[object, ...]) -> Agency:
    return replace(agency, **{field: (*getattr(agency, field), *rows) for field, rows in extra.items()})  # type: ignore[arg-type]


BROKEN: list[tuple[Callable[[], Agency], str]] = [
    (lambda: with_service(overlapping_fee), "two rows hold on 2030-01-01"),
    (lambda: with_service(same_text_twice), "both languages say 'Paspor'"),
    (lambda: with_service(empty_requirement), "a language is empty"),
    (lambda: with_service(empty_requirement), "requirement empty has no basis"),
    (lambda: with_service(unnoted_price), "says nothing about its price"),
    (lambda: with_service(unnoted_price), "says nothing about when the result is ready"),
    (lambda: with_service(lambda item: replace(item, prefix="B")), "prefix 'B' occurs 2 times"),
    (lambda: with_service(lambda item: replace(item, prefix="b")), "not one letter"),
    (lambda: with_service(lambda item: replace(item, code="Passport New")), "unknown service passport-new"),
    (lambda: with_service(lambda item: replace(item, code="Passport New")), "small letters"),
    (
        lambda: with_service(lambda item: replace(item, code="passport-lost")),
        "service 'passport-lost' occurs 2",
    ),
    (lambda: with_service(lambda item: replace(item, purposes=())), "lacks steps, requirements or purposes"),
    (lambda: with_service(lambda item: replace(item, citizenship=frozenset())), "whether WNI or WNA"),
    (lambda: with_service(lambda item: replace(item, duration_minutes=0)), "takes no time"),
    (lambda: with_service(lambda item: replace(item, online=False)), "contradict each other"),
    (lambda: a_site(time_zone="Asia/Rangkasbitung"), "unknown time zone"),
    (lambda: a_site(regency_code="3602"), "not a regency code"),
    (lambda: a_site(kind="popup"), "a pop-up, and only it"),
    (lambda: a_site(opens_on=()), "no hours for a day"),
    (lunch_outside_hours, "impossible hours"),
    (lambda: a_site(online_booking=False), "contradict each other"),
    (lambda: replace(immigration(), quotas=()), "without a daily quota"),
    (lambda: more(immigration(), quotas=(immigration().quotas[0],)), "two rows hold"),
    (lambda: replace(immigration(), counters=()), "no counter serves"),
    (
        lambda: more(immigration(), offers=(Offer(site="moon", service="tea", places_per_hour_slot=1),)),
        "unknown site moon",
    ),
    (
        lambda: more(immigration(), counters=(replace(immigration().counters[0], code="A"),)),
        "not a number that can be called out",
    ),
    (lambda: more(immigration(), counters=(immigration().counters[0],)), "occurs 2 times"),
    (lambda: replace(immigration(), brand=Brand(colour="#ffffff", on_colour="#eeeeee")), "not readable"),
    (lambda: replace(immigration(), brand=Brand(colour="red", on_colour="#eeeeee")), "#rrggbb"),
]


@pytest.mark.parametrize(("broken", "complaint"), BROKEN, ids=[complaint for _, complaint in BROKEN])
def test_a_catalogue_that_contradicts_itself_says_where(broken: Callable[[], Agency], complaint: str) -> None:
    assert any(complaint in problem for problem in broken().problems())


def test_agencies_that_share_a_counter_a_prefix_or_describe_a_site_otherwise_clash() -> None:
    first, other = immigration(), agencies.load("legal", TODAY)
    taken = Counter(
        site=sites.MPP_LEBAK, code="1", name=Text(id="Loket", en="Counter"), services=("trademark",)
    )
    other = replace(
        other,
        services=(replace(other.services[0], prefix="A"), *other.services[1:]),
        sites=(replace(other.sites[0], regency_code="36.01"), *other.sites[1:]),
        counters=(*other.counters, taken),
    )
    assert clashes([first, other]) == [
        "prefix 'A' occurs 2 times",
        "counter ('mpp-lebak', '1') occurs 2 times",
        "site mpp-lebak is described differently by two agencies",
    ]
