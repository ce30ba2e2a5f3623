"""The immigration agency: passports for citizens, stay permits for foreign nationals."""

from datetime import date

from gerai_booking.agencies import fairness
from gerai_booking.agencies.immigration.common import passport_group
from gerai_booking.agencies.immigration.passports import child_passport, new_passport, renewal
from gerai_booking.agencies.immigration.replacements import damaged_passport, lost_passport
from gerai_booking.agencies.immigration.routing import coverage, routes
from gerai_booking.agencies.immigration.stay_permits import stay_permit
from gerai_booking.agencies.immigration.suspensions import suspension_kinds
from gerai_booking.agencies.sites import (
    KANIM_GORONTALO,
    KANIM_SERANG,
    MPP_LEBAK,
    POPUP_GORONTALO,
    kanim_gorontalo,
    kanim_serang,
    mpp_lebak,
    popup_gorontalo,
)
from gerai_booking.rules.catalogue import (
    Agency,
    Brand,
    Channel,
    Counter,
    DailyQuota,
    NamePeriod,
    Offer,
    PlannedCounter,
    RestrictionCap,
    Text,
    period_on,
)

SAMPLE = "Data contoh / sample data"


def agency(today: date) -> Agency:
    """The catalogue as it stands on `today`, which decides the agency's name."""
    history = _history()
    period = period_on(history, today)
    return Agency(
        code="immigration",
        name=period.name,
        parent=period.parent,
        brand=Brand(colour="#14365c", on_colour="#ffffff"),
        history=history,
        services=(
            new_passport(),
            renewal(),
            lost_passport(),
            damaged_passport(),
            child_passport(),
            stay_permit(),
        ),
        sites=(mpp_lebak(), kanim_serang(), popup_gorontalo(), kanim_gorontalo()),
        offers=(*_offers_in_lebak(), *_offers_in_serang(), *_offers_in_gorontalo()),
        quotas=_quotas(),
        restriction_caps=_restriction_caps(),
        coverage=coverage(),
        routes=routes(),
        floor_rules=fairness.floor_rules(),
        aside_reasons=fairness.aside_reasons(),
        no_show_rules=fairness.no_show_rules(),
        lane_rules=fairness.lane_rules(),
        contact_limits=fairness.contact_limits(),
        suspension_kinds=suspension_kinds(),
        counters=(*_counters_in_lebak(), *_counters_in_serang(), *_counters_in_gorontalo()),
        establishes_units=True,
        road_map=_road_map(),
    )


def _road_map() -> tuple[PlannedCounter, ...]:
    """The mall of Lebak planned a counter for passports (S4-7) and opened with one in October 2023."""
    return (
        PlannedCounter(
            code="lebak-passports",
            site=MPP_LEBAK,
            group=passport_group(),
            counters=2,
            target_on=date(2023, 10, 26),
            state="open",
            responsible="Kepala Kantor Imigrasi Serang",
            basis="banpos.co, 2023-10-27",
        ),
        PlannedCounter(
            code="lebak-stay-permits",
            site=MPP_LEBAK,
            group=stay_permit().group,
            counters=1,
            target_on=date(2027, 7, 1),
            state="planned",
            responsible="Kepala Kantor Imigrasi Serang",
            basis=SAMPLE,
        ),
    )


def _quotas() -> tuple[DailyQuota, ...]:
    """Online places; beyond them a supervisor may give some (S1-4); emergencies have their own (S0-6)."""
    first = date(2024, 1, 1)
    rows: tuple[tuple[str, Channel, int], ...] = (
        (KANIM_SERANG, "online", 140),
        (KANIM_SERANG, "over_quota", 20),
        (KANIM_SERANG, "emergency", 15),
        (MPP_LEBAK, "online", 60),
        (MPP_LEBAK, "over_quota", 10),
        (MPP_LEBAK, "emergency", 5),
        (POPUP_GORONTALO, "walk_in", 100),
        (POPUP_GORONTALO, "over_quota", 10),
        (POPUP_GORONTALO, "emergency", 5),
    )
    return tuple(
        DailyQuota(site=site, channel=channel, places=places, basis=SAMPLE, valid_from=first)
        for site, channel, places in rows
    )


def _restriction_caps() -> tuple[RestrictionCap, ...]:
    """At level 3 the Serang office took 20 online bookings a day at most (Ombudsman, November 2021)."""
    first = date(2021, 7, 1)  # The month from which restrictions by level were ordered for regions.
    return (
        RestrictionCap(name="PPKM", level="1", percent=75, basis=SAMPLE, valid_from=first),
        RestrictionCap(name="PPKM", level="2", percent=50, basis=SAMPLE, valid_from=first),
        RestrictionCap(
            name="PPKM",
            level="3",
            places=20,
            basis="Ombudsman RI Perwakilan Banten, 2021-11-04",
            valid_from=first,
        ),
        RestrictionCap(name="PPKM", level="4", places=0, basis=SAMPLE, valid_from=first),
    )


def _history() -> tuple[NamePeriod, ...]:
    name = Text(id="Imigrasi", en="Immigration")
    return (
        NamePeriod(
            name=name,
            parent=Text(id="Kementerian Hukum dan Hak Asasi Manusia", en="Ministry of Law and Human Rights"),
            # The ministry's name is older; the passport rule of 2014 is where it is attested here.
            basis="Permenkumham 8/2014",
            valid_from=date(2014, 1, 1),
            valid_to=date(2024, 10, 20),
        ),
        NamePeriod(
            name=name,
            parent=Text(
                id="Kementerian Imigrasi dan Pemasyarakatan", en="Ministry of Immigration and Corrections"
            ),
            basis="Pemisahan Kementerian Hukum dan HAM, Oktober 2024",
            valid_from=date(2024, 10, 21),
        ),
    )


def _offers_in_lebak() -> tuple[Offer, ...]:
    places = {"passport-new": 10, "passport-renewal": 10, "passport-child": 5}
    return tuple(
        Offer(site=MPP_LEBAK, service=code, places_per_hour_slot=count) for code, count in places.items()
    )


def _offers_in_serang() -> tuple[Offer, ...]:
    """Examinations after loss or damage, and stay permits, are the office's own work."""
    places = {
        "passport-new": 20,
        "passport-renewal": 20,
        "passport-child": 10,
        "passport-lost": 4,
        "passport-damaged": 4,
        "stay-permit": 6,
    }
    return tuple(
        Offer(site=KANIM_SERANG, service=code, places_per_hour_slot=count) for code, count in places.items()
    )


def _offers_in_gorontalo() -> tuple[Offer, ...]:
    """At the pop-up only complete files are taken, and passports are collected at the office."""
    collection = Text(
        id="Paspor diambil di Kantor Imigrasi Gorontalo.",
        en="Passports are collected at the Gorontalo Immigration Office.",
    )
    return tuple(
        Offer(
            site=POPUP_GORONTALO,
            service=code,
            places_per_hour_slot=0,
            complete_files_only=True,
            collection=collection,
            collection_site=KANIM_GORONTALO,
        )
        for code in ("passport-new", "passport-renewal")
    )


def _counters_in_lebak() -> tuple[Counter, ...]:
    return (
        Counter(
            site=MPP_LEBAK,
            code="1",
            name=Text(id="Loket 1: Paspor", en="Counter 1: Passports"),
            services=("passport-new", "passport-renewal"),
        ),
        Counter(
            site=MPP_LEBAK,
            code="2",
            name=Text(id="Loket 2: Paspor dan paspor anak", en="Counter 2: Passports, also for children"),
            services=("passport-new", "passport-renewal", "passport-child"),
        ),
    )


def _counters_in_serang() -> tuple[Counter, ...]:
    passports = ("passport-new", "passport-renewal", "passport-child")
    return (
        Counter(
            site=KANIM_SERANG,
            code="1",
            name=Text(id="Loket 1: Paspor", en="Counter 1: Passports"),
            services=passports,
        ),
        Counter(
            site=KANIM_SERANG,
            code="2",
            name=Text(id="Loket 2: Paspor", en="Counter 2: Passports"),
            services=passports,
        ),
        Counter(
            site=KANIM_SERANG,
            code="3",
            name=Text(id="Loket 3: Paspor", en="Counter 3: Passports"),
            services=passports,
        ),
        Counter(
            site=KANIM_SERANG,
            code="4",
            name=Text(id="Loket 4: Paspor hilang dan rusak", en="Counter 4: Lost and damaged passports"),
            services=("passport-lost", "passport-damaged"),
        ),
        Counter(
            site=KANIM_SERANG,
            code="5",
            name=Text(id="Loket 5: Izin tinggal", en="Counter 5: Stay permits"),
            services=("stay-permit",),
        ),
    )


def _counters_in_gorontalo() -> tuple[Counter, ...]:
    return (
        Counter(
            site=POPUP_GORONTALO,
            code="1",
            name=Text(id="Loket 1: Paspor", en="Counter 1: Passports"),
            services=("passport-new", "passport-renewal"),
        ),
    )
