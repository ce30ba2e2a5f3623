"""Whatever a supervisor plans, a site stays open: it closes by order of the centre alone."""

from datetime import date

import pytest
from gerai_booking.models.places import day_quotas
from gerai_booking.models.plan import plan_changes
from gerai_booking.refusals import QuotaClosesSite
from gerai_booking.rules.quota import ALL, ONLINE, WALK_IN, Bound
from gerai_booking.usecases import plan, ruling, slot_quotas
from gerai_booking.usecases.rule_kinds import CAPS, KINDS
from gerai_shared.refusals import Refused
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, SITE, TODAY, House
from tests.integration.booking.test_quotas import CHANGE, set_quota, walk_in


def nothing_left(house: House, bound: Bound, **dates: date | None) -> str:
    """The day of the refusal of a quota that leaves nobody a place."""
    with pytest.raises(QuotaClosesSite) as refused:
        set_quota(house, bound, 0, **dates)
    return str(refused.value.details["day"])


def test_s3_4_quotas_that_leave_nobody_a_place_are_refused_and_the_way_is_told(house: House) -> None:
    before = house.rows(select(day_quotas))
    assert nothing_left(house, Bound()) == TODAY.isoformat()
    assert nothing_left(house, Bound(), valid_from=NEXT_DAY, valid_to=NEXT_DAY) == NEXT_DAY.isoformat()
    assert house.rows(select(day_quotas)) == before
    assert house.rows(select(plan_changes)) == []


def test_s3_4_one_way_that_is_left_keeps_a_site_open_the_last_one_may_not_be_taken(house: House) -> None:
    set_quota(house, Bound(channel=ONLINE), 0)
    assert nothing_left(house, Bound(channel=WALK_IN)) == TODAY.isoformat()
    # Another quota lies over the new one for some days: it begins to close when that ends.
    set_quota(house, Bound(channel=ONLINE), 5, valid_from=DAY, valid_to=DAY)
    assert nothing_left(house, Bound(channel=WALK_IN), valid_from=DAY) == NEXT_DAY.isoformat()
    set_quota(house, Bound(channel=WALK_IN), 0, valid_from=DAY, valid_to=DAY)
    walk_in(house)
    house.check()


def test_s3_4_a_quota_whose_end_would_close_a_site_does_not_end(house: House) -> None:
    set_quota(house, Bound(channel=ONLINE), 0)
    set_quota(house, Bound(channel=ONLINE), 5, valid_from=DAY, valid_to=DAY)
    set_quota(house, Bound(channel=WALK_IN), 0, valid_from=DAY, valid_to=DAY)
    ended = {"site": SITE, "valid_from": DAY}
    with pytest.raises(QuotaClosesSite) as refused:
        house.do(plan.end_quota, CHANGE, bound=Bound(channel=ONLINE), **ended)
    assert refused.value.details == {"day": DAY.isoformat()}
    house.do(plan.end_quota, CHANGE, bound=Bound(channel=WALK_IN), **ended)
    house.do(plan.end_quota, CHANGE, bound=Bound(channel=ONLINE), **ended)
    house.check()


def test_s3_4_every_service_without_a_place_closes_a_site_some_of_them_do_not(house: House) -> None:
    offered = sorted({offer.service for offer in house.office.agency.offers if offer.site == SITE})
    for code in offered[:-1]:
        set_quota(house, Bound(code), 0)
    assert nothing_left(house, Bound(offered[-1])) == TODAY.isoformat()


def test_s3_4_hours_without_places_are_no_way_to_come(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 0)
    wanted = {"site": SITE, "places_an_hour": 0, "valid_from": DAY, "valid_to": None, "basis": "Uji"}
    with_hours = [
        offer.service
        for offer in house.office.agency.offers
        if offer.site == SITE and offer.places_per_hour_slot > 0
    ]
    for code in with_hours[:-1]:
        house.do(slot_quotas.set_places, CHANGE, service=code, **wanted)
    with pytest.raises(QuotaClosesSite):
        house.do(slot_quotas.set_places, CHANGE, service=with_hours[-1], **wanted)
    house.check()


def test_s3_4_a_restriction_may_go_further_than_a_quota(house: House) -> None:
    everything = {"channel": ALL, "places": 0, "percent": None, "site": SITE}
    house.do(
        ruling.write_down,
        CHANGE,
        kind=KINDS[CAPS],
        body={"name": "BENCANA", "level": "1", **everything},
        basis="Uji",
        valid_from=TODAY,
        valid_to=None,
    )
    wanted = {"name": "BENCANA", "level": "1", "region": "36", "basis": "Uji"}
    house.do(plan.restrict, CHANGE, valid_from=TODAY, valid_to=None, **wanted)
    with pytest.raises(Refused, match="walk_in_full"):
        walk_in(house)
    # Nor does it hinder quotas, which are what holds when it ends.
    set_quota(house, Bound(channel=WALK_IN), 4)
