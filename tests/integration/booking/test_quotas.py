"""The stack of quotas on both databases: walk-ins, places beyond them, restrictions, and changes of the plan."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from gerai_booking.models.places import day_quotas, slots
from gerai_booking.models.plan import plan_changes
from gerai_booking.rules.catalogue import DailyQuota
from gerai_booking.rules.quota import (
    ALL,
    EMERGENCY,
    GROUP,
    ONLINE,
    OVER_QUOTA,
    PRIORITY,
    WALK_IN,
    Bound,
)
from gerai_booking.rules.release import LATEST
from gerai_booking.rules.visits import HOLD_LASTS
from gerai_booking.usecases import changes, floor, holding, intake, plan, planning
from gerai_booking.usecases.plan import Change
from gerai_shared.accounts import Officer
from gerai_shared.refusals import Forbidden, Refused
from gerai_shared.ticket import Lane, Ticket
from sqlalchemy import delete, select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House, outcome

SUPERVISOR = Officer(id="supervisor", username="penyelia", name="Penyelia Uji", role="supervisor")
OFFICER = Officer(id="officer", username="petugas", name="Petugas Uji", role="officer")
CHANGE = Change(officer=SUPERVISOR, why="Karena sedang diuji", now=NOW)
REASON = "Ibu dirawat di luar negeri"


def set_quota(house: House, bound: Bound, places: int, **dates: date | None) -> None:
    """Put a quota into the plan from today on."""
    wanted: dict[str, Any] = {"valid_from": TODAY, "valid_to": None, **dates}
    house.do(plan.set_quota, CHANGE, site=SITE, bound=bound, places_a_day=places, basis="Uji", **wanted)


def restrict(house: House, level: str, *, region: str = "36", **dates: date | None) -> str:
    """Put PPKM in force from today on."""
    wanted: dict[str, Any] = {"valid_from": TODAY, "valid_to": None, **dates}
    return house.do(plan.restrict, CHANGE, name="PPKM", level=level, region=region, basis="Uji", **wanted)


def walk_in(house: House, *, priority: bool = False, service: str = SERVICE) -> Ticket:
    return house.do(intake.walk_in, house.desk(), service=service, priority=priority)


def beyond(house: House, *, officer: Officer = SUPERVISOR, service: str = SERVICE) -> Ticket:
    given = {"supervisor": officer, "service": service, "priority": False, "reason": REASON}
    return house.do(intake.over_quota, house.desk(), **given)


def emergency(house: House, *, officer: Officer = SUPERVISOR) -> Ticket:
    return house.do(intake.emergency, house.desk(), supervisor=officer, service=SERVICE, reason=REASON)


def test_walk_ins_are_counted_and_without_a_rule_unbounded(house: House) -> None:
    for _ in range(3):
        walk_in(house)
    assert house.taken_of_day(TODAY, channel=ALL) == 3
    assert house.of_day(TODAY, Bound()).capacity is None
    house.check()


def test_a_quota_for_walk_ins_bounds_them_alone(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 2)
    assert [walk_in(house).number, walk_in(house).number] == ["A-001", "A-002"]
    with pytest.raises(Refused, match="walk_in_full"):
        walk_in(house)
    house.booked(1, house.slots(TODAY)[2])
    house.check()


@pytest.mark.parametrize("bound", [Bound(), Bound(SERVICE, ALL)])
def test_a_quota_over_all_channels_counts_bookings_and_walk_ins_together(house: House, bound: Bound) -> None:
    set_quota(house, bound, 2)
    house.booked(1, house.slots(TODAY)[2])
    walk_in(house)
    with pytest.raises(Refused, match="walk_in_full"):
        walk_in(house)
    (answer,) = house.book(house.request(2, house.slots(TODAY)[3]))
    assert outcome(answer) == "day_full"
    house.check()


def test_priority_has_places_of_its_own_where_the_plan_says_so(house: House) -> None:
    set_quota(house, Bound(channel=PRIORITY), 1)
    set_quota(house, Bound(channel=WALK_IN), 0)
    assert walk_in(house, priority=True).lane is Lane.PRIORITY
    assert house.taken_of_day(TODAY, channel=PRIORITY) == 1
    for priority in (True, False):
        with pytest.raises(Refused, match="walk_in_full"):
            walk_in(house, priority=priority)
    house.check()


def test_who_has_priority_takes_an_ordinary_place_when_those_of_priority_are_gone(house: House) -> None:
    set_quota(house, Bound(channel=PRIORITY), 1)
    set_quota(house, Bound(channel=WALK_IN), 1)
    assert [walk_in(house, priority=True).lane for _ in range(2)] == [Lane.PRIORITY] * 2
    assert [house.taken_of_day(TODAY, channel=channel) for channel in (PRIORITY, WALK_IN)] == [1, 1]
    house.check()


def test_a_place_that_was_held_for_too_long_is_there_for_who_came(house: House) -> None:
    set_quota(house, Bound(), 1)
    house.do(holding.hold, slot_id=house.slots(TODAY)[4], now=NOW)
    with pytest.raises(Refused, match="walk_in_full"):
        walk_in(house)
    later = house.desk(now=NOW + HOLD_LASTS)
    house.do(intake.walk_in, later, service=SERVICE, priority=False)
    house.check()


def test_a_day_that_nobody_opened_is_opened_by_its_first_walk_in(house: House) -> None:
    house.change(delete(day_quotas).where(day_quotas.c.day == TODAY))
    walk_in(house)
    assert house.taken_of_day(TODAY, channel=ALL) == 1
    assert house.of_day(TODAY, Bound(channel=ONLINE)).capacity == 140
    house.check()


def test_beyond_the_quota_a_supervisor_gives_with_a_reason_and_within_a_limit(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 1)
    set_quota(house, Bound(channel=OVER_QUOTA), 2)
    walk_in(house)
    given = [beyond(house).number, beyond(house).number]
    with pytest.raises(Refused, match="over_quota_used_up"):
        beyond(house)
    seen = house.ask(plan.overview, site=SITE, days=3, now=NOW)
    assert [(row.number, row.reason, row.officer_name) for row in seen.grants] == [
        (number, REASON, SUPERVISOR.name) for number in reversed(given)
    ]
    assert [(row.officer_name, row.kind, row.count) for row in seen.granted_by] == [
        (SUPERVISOR.name, OVER_QUOTA, 2)
    ]
    row = house.of_day(TODAY, Bound(channel=WALK_IN))
    assert (row.capacity, row.taken, row.extra) == (1, 3, 2)
    house.check()


def test_where_a_place_is_left_nothing_beyond_it_is_recorded(house: House) -> None:
    beyond(house)
    seen = house.ask(plan.overview, site=SITE, days=3, now=NOW)
    assert (seen.grants, house.taken_of_day(TODAY, channel=OVER_QUOTA)) == ([], 0)
    house.check()


def test_without_a_rule_nothing_is_given_beyond_the_quota(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 0)
    house.change(delete(day_quotas).where(day_quotas.c.channel == OVER_QUOTA))
    with pytest.raises(Refused, match="over_quota_not_allowed"):
        beyond(house)
    house.check()


def test_an_emergency_takes_nobodys_place_and_only_its_own_quota_limits_it(house: House) -> None:
    set_quota(house, Bound(), 1)
    set_quota(house, Bound(channel=EMERGENCY), 2)
    assert [emergency(house).lane, emergency(house).lane] == [Lane.EMERGENCY] * 2
    with pytest.raises(Refused, match="emergency_used_up"):
        emergency(house)
    walk_in(house)
    row = house.of_day(TODAY, Bound())
    assert (row.capacity, row.taken, row.extra) == (1, 1, 0)
    house.check()


def test_without_a_rule_there_are_no_emergencies_and_a_supervisor_can_add_one(house: House) -> None:
    house.do(plan.end_quota, CHANGE, site=SITE, bound=Bound(channel=EMERGENCY), valid_from=date(2024, 1, 1))
    with pytest.raises(Refused, match="emergency_not_allowed"):
        emergency(house)
    set_quota(house, Bound(SERVICE, EMERGENCY), 1)
    assert emergency(house).lane is Lane.EMERGENCY
    house.check()


def test_an_emergency_keeps_its_lane(house: House) -> None:
    ticket = emergency(house)
    for priority in (True, False):
        with pytest.raises(Refused, match="emergency_stays"):
            house.do(floor.set_priority, house.desk(), ticket_id=ticket.id, priority=priority, revision=None)


def test_a_limit_beyond_the_quota_can_be_that_of_one_service(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 0)
    set_quota(house, Bound(channel=OVER_QUOTA), 5)
    set_quota(house, Bound(SERVICE, OVER_QUOTA), 1)
    beyond(house)
    with pytest.raises(Refused, match="over_quota_used_up"):
        beyond(house)
    beyond(house, service="passport-lost")
    assert house.taken_of_day(TODAY, channel=OVER_QUOTA) == 2
    house.check()


@pytest.mark.parametrize("give", [beyond, emergency])
def test_an_officer_gives_nothing_beyond_the_quota(house: House, give: Callable[..., Ticket]) -> None:
    with pytest.raises(Forbidden):
        give(house, officer=OFFICER)
    assert house.taken_of_day(TODAY, channel=ALL) == 0


def test_a_change_of_the_plan_holds_at_once_for_open_days(house: House) -> None:
    set_quota(house, Bound(channel=ONLINE), 1, valid_from=DAY, valid_to=DAY)
    first, second = house.slots()[:2]
    answers = house.book(house.request(1, first), house.request(2, second))
    assert [outcome(answer) for answer in answers] == ["booked", "day_full"]
    assert house.of_day(NEXT_DAY, Bound(channel=ONLINE)).capacity == 140
    set_quota(house, Bound(channel=ONLINE), 2, valid_from=DAY, valid_to=DAY)
    assert outcome(house.book(house.request(3, second))[0]) == "booked"
    house.check()


def test_who_has_a_place_keeps_it_when_the_quota_falls(house: House) -> None:
    tokens = [house.booked(person, house.slots()[person]) for person in range(1, 4)]
    set_quota(house, Bound(channel=ONLINE), 1)
    row = house.of_day(DAY, Bound(channel=ONLINE))
    assert (row.capacity, row.taken, row.extra) == (1, 3, 2)
    house.do(changes.cancel, token=tokens[0], revision=None, now=NOW)
    assert outcome(house.book(house.request(9, house.slots()[1]))[0]) == "day_full"
    for token in tokens[1:]:
        house.do(changes.cancel, token=token, revision=None, now=NOW)
    # The last one of a full day comes back after a while.
    later = NOW + LATEST
    assert outcome(house.book(house.request(10, house.slots()[1]), now=later)[0]) == "booked"
    house.check()


def test_a_quota_that_is_new_counts_what_was_taken_before_it(house: House) -> None:
    house.booked(1, house.slots(TODAY)[2])
    walk_in(house)
    emergency(house)
    for bound, taken in (
        (Bound(SERVICE, ALL), 2),
        (Bound(SERVICE, ONLINE), 1),
        (Bound(channel=WALK_IN), 1),
        (Bound(channel=EMERGENCY), 1),
        (Bound(channel=GROUP), 0),
    ):
        set_quota(house, bound, 10)
        assert house.of_day(TODAY, bound).taken == taken, bound
    house.check()


def test_a_quota_that_ends_bounds_nobody_any_more(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 0)
    set_quota(house, Bound(channel=WALK_IN), 0, valid_to=TODAY)
    house.do(planning.open_days, now=NOW, days=3)
    with pytest.raises(Refused, match="walk_in_full"):
        walk_in(house)
    tomorrow = house.desk(now=NOW + timedelta(days=1))
    house.do(intake.walk_in, tomorrow, service=SERVICE, priority=False)
    house.check()


@pytest.mark.parametrize(("level", "places"), [("1", 105), ("2", 70), ("3", 20), ("4", 0)])
def test_a_restriction_lowers_the_quota_by_its_level(house: House, level: str, places: int) -> None:
    restrict(house, level)
    assert house.of_day(DAY, Bound(channel=ONLINE)).capacity == places
    house.check()


def test_a_share_lowers_what_the_hours_alone_bound(house: House) -> None:
    house.do(plan.end_quota, CHANGE, site=SITE, bound=Bound(channel=ONLINE), valid_from=date(2024, 1, 1))
    of_hours = house.of_day(DAY, Bound(channel=ONLINE)).capacity
    restrict(house, "2")
    assert house.of_day(DAY, Bound(channel=ONLINE)).capacity == of_hours // 2
    house.check()


def test_a_restriction_that_says_nothing_is_refused(house: House) -> None:
    with pytest.raises(Refused, match="unknown_regime"):
        restrict(house, "5")
    with pytest.raises(Refused, match="no_site_in_region"):
        restrict(house, "3", region="51")
    assert house.rows(select(plan_changes)) == []


def test_a_quota_is_ended_and_bounds_nobody_from_that_day_on(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 0)
    house.do(plan.end_quota, CHANGE, site=SITE, bound=Bound(channel=WALK_IN), valid_from=TODAY)
    walk_in(house)
    with pytest.raises(Refused, match="quota_over"):
        house.do(plan.end_quota, CHANGE, site=SITE, bound=Bound(channel=WALK_IN), valid_from=TODAY)
    with pytest.raises(Refused, match="unknown_quota"):
        house.do(plan.end_quota, CHANGE, site=SITE, bound=Bound(channel=GROUP), valid_from=TODAY)
    house.do(plan.follow_catalogue, now=NOW)
    walk_in(house)
    house.check()


def test_a_quota_that_is_new_in_the_catalogue_reaches_days_that_are_open(house: House) -> None:
    house.booked(1, house.slots(TODAY)[2])
    walk_in(house)
    sample = house.office.agency
    both = DailyQuota(site=SITE, channel="", places=1, basis="Uji", valid_from=TODAY)
    house.office.agency = replace(sample, quotas=(*sample.quotas, both))
    house.do(plan.follow_catalogue, now=NOW)
    row = house.of_day(TODAY, Bound())
    assert (row.capacity, row.taken, row.extra) == (1, 2, 1)
    with pytest.raises(Refused, match="walk_in_full"):
        walk_in(house)
    house.check()


def test_a_service_that_is_new_has_hours_on_days_that_are_open(house: House) -> None:
    gone = (slots.c.site == SITE, slots.c.service == SERVICE, slots.c.day == DAY)
    house.do(plan.end_quota, CHANGE, site=SITE, bound=Bound(channel=ONLINE), valid_from=date(2024, 1, 1))
    before = house.of_day(DAY, Bound(channel=ONLINE)).capacity
    house.change(delete(slots).where(*gone))
    house.do(planning.open_days, now=NOW, days=3)
    assert house.slots(DAY)
    assert house.of_day(DAY, Bound(channel=ONLINE)).capacity == before


def test_a_restriction_counts_in_its_region_and_days_alone_and_can_be_lifted(house: House) -> None:
    restrict(house, "3", region="75.71")
    assert house.of_day(DAY, Bound(channel=ONLINE)).capacity == 140
    found = restrict(house, "3", region="36.73", valid_to=DAY)
    held = [house.of_day(day, Bound(channel=ONLINE)).capacity for day in (TODAY, DAY, NEXT_DAY)]
    assert held == [20, 20, 140]
    house.do(plan.lift, CHANGE, restriction_id=found)
    assert house.of_day(DAY, Bound(channel=ONLINE)).capacity == 140
    with pytest.raises(Refused, match="restriction_over"):
        house.do(plan.lift, CHANGE, restriction_id=found)
    with pytest.raises(Refused, match="unknown_restriction"):
        house.do(plan.lift, CHANGE, restriction_id="nothing")


def test_days_that_open_later_open_with_the_restriction(house: House) -> None:
    restrict(house, "3")
    house.do(planning.open_days, now=NOW, days=10)
    assert house.of_day(date(2026, 12, 9), Bound(channel=ONLINE)).capacity == 20


def test_every_change_is_kept_with_who_why_and_what_was_before(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 30)
    set_quota(house, Bound(channel=WALK_IN), 40)
    rows = house.rows(select(plan_changes).order_by(plan_changes.c.id))
    assert [(row.officer_name, row.why) for row in rows] == [(SUPERVISOR.name, CHANGE.why)] * 2
    assert rows[0].before is None
    assert '"places": 30' in rows[1].before
    assert '"places": 40' in rows[1].after


def test_only_a_supervisor_changes_the_plan_and_never_the_past(house: House) -> None:
    stranger = Change(officer=OFFICER, why="Ingin lebih banyak", now=NOW)
    wanted = {"site": SITE, "bound": Bound(channel=ONLINE), "places_a_day": 500, "basis": "Uji"}
    with pytest.raises(Forbidden):
        house.do(plan.set_quota, stranger, valid_from=TODAY, valid_to=None, **wanted)
    with pytest.raises(Refused, match="plan_in_the_past"):
        set_quota(house, Bound(channel=ONLINE), 500, valid_from=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="plan_in_the_past"):
        restrict(house, "3", valid_from=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="unknown_service"):
        set_quota(house, Bound("haircut", ONLINE), 5)
    assert house.of_day(DAY, Bound(channel=ONLINE)).capacity == 140
    assert house.rows(select(plan_changes)) == []
