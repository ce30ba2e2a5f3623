"""The legal agency: intellectual property (KI), general legal administration (AHU), human rights (HAM)."""

from datetime import date, time

from gerai_booking.agencies import fairness
from gerai_booking.agencies.legal.administration import apostille, fiduciary, sole_company
from gerai_booking.agencies.legal.common import (
    human_rights_group,
    intellectual_property_group,
    legal_administration_group,
)
from gerai_booking.agencies.legal.human_rights import human_rights_complaint, legal_consultation
from gerai_booking.agencies.legal.intellectual_property import copyright_record, patent_and_design, trademark
from gerai_booking.agencies.sites import FRIDAY, MPP_LEBAK, POPUP_GORONTALO, mpp_lebak, popup_gorontalo
from gerai_booking.rules.catalogue import (
    EVERY_WEEKDAY,
    Agency,
    Brand,
    Counter,
    DailyQuota,
    Horizon,
    NamePeriod,
    Offer,
    PlannedCounter,
    ReleaseRule,
    RestrictionCap,
    Text,
    period_on,
)

SAMPLE = "Data contoh / sample data"
TUESDAY_AND_THURSDAY = (1, 3)


def agency(today: date) -> Agency:
    """The catalogue as it stands on `today`, which decides the ministries and the date of the pop-up."""
    history = _history()
    period = period_on(history, today)
    return Agency(
        code="legal",
        name=period.name,
        parent=period.parent,
        brand=Brand(colour="#6b1d3a", on_colour="#ffffff"),
        history=history,
        services=(
            trademark(),
            copyright_record(),
            patent_and_design(),
            apostille(),
            sole_company(),
            fiduciary(),
            human_rights_complaint(),
            legal_consultation(),
        ),
        sites=(mpp_lebak(), popup_gorontalo()),
        offers=(*_offers_in_lebak(), *_offers_in_gorontalo()),
        quotas=(
            DailyQuota(site=MPP_LEBAK, places=40, basis=SAMPLE, valid_from=date(2024, 1, 1)),
            DailyQuota(
                site=MPP_LEBAK, channel="over_quota", places=10, basis=SAMPLE, valid_from=date(2024, 1, 1)
            ),
            *(
                DailyQuota(
                    site=site, channel="emergency", places=5, basis=SAMPLE, valid_from=date(2024, 1, 1)
                )
                for site in (MPP_LEBAK, POPUP_GORONTALO)
            ),
        ),
        restriction_caps=tuple(
            RestrictionCap(
                name="PPKM", level=level, percent=percent, basis=SAMPLE, valid_from=date(2021, 7, 1)
            )
            for level, percent in (("1", 75), ("2", 50), ("3", 25), ("4", 0))
        ),
        counters=_counters(),
        releases=(
            # The hour at which M-Paspor gave out the week after: Fridays at two.
            ReleaseRule(
                site=MPP_LEBAK,
                until=Horizon.NEXT_WEEK,
                on=FRIDAY,
                at=time(14),
                basis=SAMPLE,
                valid_from=date(2024, 1, 1),
            ),
        ),
        floor_rules=fairness.floor_rules(),
        aside_reasons=fairness.aside_reasons(),
        no_show_rules=fairness.no_show_rules(),
        lane_rules=fairness.lane_rules(),
        contact_limits=fairness.contact_limits(),
        road_map=_road_map(),
    )


def _road_map() -> tuple[PlannedCounter, ...]:
    """The mall of Lebak was asked to offer KI, AHU and HAM beside passports (S4-6); the days are samples."""
    rows = (
        ("lebak-intellectual-property", intellectual_property_group(), date(2024, 1, 2), "open"),
        ("lebak-legal-administration", legal_administration_group(), date(2024, 1, 2), "open"),
        ("lebak-human-rights", human_rights_group(), date(2024, 1, 2), "open"),
    )
    return tuple(
        PlannedCounter(
            code=code,
            site=MPP_LEBAK,
            group=group,
            counters=1,
            target_on=target_on,
            state=state,
            responsible="Kantor Wilayah Banten",
            basis=SAMPLE,
        )
        for code, group, target_on, state in rows
    )


def _history() -> tuple[NamePeriod, ...]:
    name = Text(id="Layanan Hukum dan HAM", en="Law and Human Rights Services")
    return (
        NamePeriod(
            name=name,
            parent=Text(id="Kementerian Hukum dan Hak Asasi Manusia", en="Ministry of Law and Human Rights"),
            # The ministry's name is older; a rule of 2014 is where it is attested here.
            basis="Permenkumham 8/2014",
            valid_from=date(2014, 1, 1),
            valid_to=date(2024, 10, 20),
        ),
        NamePeriod(
            name=name,
            parent=Text(
                id="Kementerian Hukum (KI, AHU) dan Kementerian HAM",
                en="Ministry of Law (KI, AHU) and Ministry of Human Rights",
            ),
            basis="Pemisahan Kementerian Hukum dan HAM, Oktober 2024",
            valid_from=date(2024, 10, 21),
        ),
    )


def _offers_in_lebak() -> tuple[Offer, ...]:
    places = {
        "trademark": 3,
        "copyright": 3,
        "patent-design": 2,
        "apostille": 4,
        "sole-company": 3,
        "fiduciary": 2,
        "human-rights-complaint": 2,
        "legal-consultation": 4,
    }
    return tuple(
        Offer(
            site=MPP_LEBAK,
            service=code,
            places_per_hour_slot=count,
            # Sample data: as agreements with malls say, some agencies share a counter on certain weekdays.
            weekdays=TUESDAY_AND_THURSDAY if code == "fiduciary" else EVERY_WEEKDAY,
        )
        for code, count in places.items()
    )


def _offers_in_gorontalo() -> tuple[Offer, ...]:
    """At the pop-up only what needs listening: advice and complaints."""
    return tuple(
        Offer(site=POPUP_GORONTALO, service=code, places_per_hour_slot=0)
        for code in ("human-rights-complaint", "legal-consultation")
    )


def _counters() -> tuple[Counter, ...]:
    """Numbers go on where those of immigration end, because they are called out in the same hall."""
    return (
        Counter(
            site=MPP_LEBAK,
            code="3",
            name=Text(id="Loket 3: Kekayaan intelektual", en="Counter 3: Intellectual property"),
            services=("trademark", "copyright", "patent-design"),
        ),
        Counter(
            site=MPP_LEBAK,
            code="4",
            name=Text(id="Loket 4: Administrasi hukum umum", en="Counter 4: General legal administration"),
            services=("apostille", "sole-company", "fiduciary", "legal-consultation"),
        ),
        Counter(
            site=MPP_LEBAK,
            code="5",
            name=Text(id="Loket 5: HAM dan konsultasi hukum", en="Counter 5: Human rights and legal advice"),
            services=("human-rights-complaint", "legal-consultation"),
        ),
        Counter(
            site=POPUP_GORONTALO,
            code="2",
            name=Text(id="Loket 2: HAM dan konsultasi hukum", en="Counter 2: Human rights and legal advice"),
            services=("human-rights-complaint", "legal-consultation"),
        ),
    )
