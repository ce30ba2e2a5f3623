"""Statistics over the tickets of an agency, on both databases: what is counted, once, and beside what."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from gerai_booking.models.applications import incomplete_files
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.floor import Outcome
from gerai_booking.rules.quota import EMERGENCY, GROUP, ONLINE, PRIORITY, WALK_IN
from gerai_booking.rules.statistics import PREVIOUS, RANGE, Period, period_of
from gerai_booking.rules.suppression import Hidden
from gerai_booking.usecases import applications, changes, floor, holding, intake, sending
from gerai_booking.usecases.statistics import Statistics, Wanted, statistics_of
from gerai_shared.accounts import Officer
from gerai_shared.ids import new_id
from gerai_shared.refusals import Forbidden, Refused
from sqlalchemy import insert

from tests.integration.booking.applying import A_DAY, advance, opened, served
from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House

SUPERVISOR = Officer(id="supervisor", username="penyelia", name="Penyelia Uji", role="supervisor")
OFFICER = Officer(id="officer", username="petugas", name="Petugas Uji", role="officer")
PANDEGLANG, LEBAK = "36.01", "36.02"
LONG_AGO = date(2018, 7, 11)
_numbers: Iterator[int] = count(1)


def add(house: House, many: int, *, day: date = LONG_AGO, wait: int = 10, **columns: Any) -> None:
    """Put tickets into the table: served, but for what is said."""
    came = datetime.combine(day, NOW.timetz())
    same = {
        "visit_id": new_id(),
        "site": SITE,
        "service": SERVICE,
        "day": day,
        "channel": "online",
        "lane": "appointment",
        "state": "served",
        "created_at": came,
        "checked_in_at": came,
        "called_at": came + timedelta(minutes=wait),
        "started_at": came + timedelta(minutes=wait),
        "finished_at": came + timedelta(minutes=wait + 7),
        "times_called": 1,
        "revision": 5,
        "queue_rank": 0,
    } | columns
    rows = [{"id": new_id(), "number": f"X-{next(_numbers):05d}", **same} for _ in range(many)]
    house.change(insert(tickets).values(rows))


def read(house: House, *, by: str = "origin", officer: Officer = SUPERVISOR, **wanted: Any) -> Statistics:
    """Ask for the statistics of the month of LONG_AGO, but for what is said."""
    asked = {"sites": (SITE,), "period": period_of("month", LONG_AGO), "against": PREVIOUS} | wanted
    now = asked.pop("now", NOW)
    return house.ask(statistics_of, officer, Wanted(by=by, **asked), now=now)


def issued(seen: Statistics) -> dict[Any, Any]:
    """What was issued by group."""
    return {group.key[-1]: group.now["issued"] for group in seen.groups}


def test_s1_8_statistics_tell_738_from_pandeglang_and_674_from_lebak(house: House) -> None:
    add(house, 738, origin=PANDEGLANG)
    add(house, 674, origin=LEBAK)
    seen = read(house)
    assert [(group.key, group.now["served"]) for group in seen.groups] == [
        ((PANDEGLANG,), 738),
        ((LEBAK,), 674),
    ]
    assert seen.total.now["issued"] == 1_412
    assert issued(read(house, by="province")) == {"36": 1_412}


def test_s3_2_a_fall_by_ninety_percent_is_seen_period_over_period(house: House) -> None:
    for week in range(4):
        add(house, 250, day=date(2020, 8, 3) + timedelta(weeks=week))
        add(house, 25, day=date(2020, 9, 7) + timedelta(weeks=week), origin=LEBAK)
    seen = read(house, period=period_of("month", date(2020, 9, 10)))
    assert (seen.total.before["issued"], seen.total.now["issued"]) == (1_000, 100)
    assert (seen.total.change.difference, seen.total.change.percent) == (-900, -90)
    days = [point.issued for point in seen.course if point.issued]
    assert (days, len(seen.course)) == ([25, 25, 25, 25], 30)


def test_s0_4_the_coverage_of_each_office_is_told_by_regency(house: House) -> None:
    add(house, 30, origin=LEBAK)
    add(house, 40, origin=PANDEGLANG)
    add(house, 20, origin=LEBAK, site="mpp-lebak")
    seen = read(house, by="coverage", sites=(SITE, "mpp-lebak"))
    assert [(group.key, group.now["issued"]) for group in seen.groups] == [
        ((SITE, PANDEGLANG), 40),
        ((SITE, LEBAK), 30),
        (("mpp-lebak", LEBAK), 20),
    ]


def test_who_is_of_nobody_knows_where_comes_last_and_regencies_stand_under_their_province(
    house: House,
) -> None:
    for origin, many in ((None, 900), ("32.01", 50), (LEBAK, 40), ("32.02", 60), (PANDEGLANG, 80)):
        add(house, many, origin=origin)
    assert list(issued(read(house))) == [PANDEGLANG, LEBAK, "32.02", "32.01", None]
    assert issued(read(house, only={"origin": None})) == {None: 900}


def test_small_numbers_are_hidden_together_with_what_would_tell_them(house: House) -> None:
    add(house, 3, origin="36.72")
    add(house, 738, origin=PANDEGLANG)
    add(house, 674, origin=LEBAK)
    add(house, 2, origin=PANDEGLANG, state="no_show")
    seen = read(house)
    told = {group.key[0]: group for group in seen.groups}
    assert told["36.72"].now["issued"] == Hidden.FEW
    assert told["36.72"].wait is None
    assert told[LEBAK].now["issued"] == Hidden.KEPT_BACK
    assert told[PANDEGLANG].now["missed"] == Hidden.FEW
    assert told[PANDEGLANG].now["served"] == Hidden.KEPT_BACK
    assert seen.total.now["issued"] == 1_417


def test_outcomes_lanes_channels_services_and_sites_are_counted(house: House) -> None:
    add(house, 10, state="served")
    add(house, 20, state="no_show", lane="priority", channel="walk_in")
    add(house, 30, state="cancelled", service="stay-permit")
    add(house, 40, state="booked", site="mpp-lebak")
    everywhere = {"sites": (SITE, "mpp-lebak")}
    assert issued(read(house, by="outcome", **everywhere)) == {
        "served": 10,
        "missed": 20,
        "cancelled": 30,
        "open": 40,
    }
    assert issued(read(house, by="lane", **everywhere)) == {"appointment": 80, "priority": 20}
    assert issued(read(house, by="channel", **everywhere)) == {"online": 80, "walk_in": 20}
    assert issued(read(house, by="service", **everywhere)) == {SERVICE: 70, "stay-permit": 30}
    assert issued(read(house, by="site", **everywhere)) == {SITE: 60, "mpp-lebak": 40}
    total = read(
        house, **everywhere, only={"lane": "priority", "channel": "walk_in", "service": SERVICE}
    ).total
    assert (total.now["issued"], total.now["missed"]) == (20, 20)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("day", {date(2018, 7, 2): 6, date(2018, 7, 9): 7, date(2018, 7, 31): 8}),
        ("week", {date(2018, 7, 2): 6, date(2018, 7, 9): 7, date(2018, 7, 30): 8}),
        ("month", {date(2018, 7, 1): 21}),
    ],
)
def test_days_are_put_together_to_weeks_and_months(house: House, by: str, expected: dict[date, int]) -> None:
    for day, many in ((date(2018, 7, 2), 6), (date(2018, 7, 9), 7), (date(2018, 7, 31), 8)):
        add(house, many, day=day)
    seen = read(house, by=by)
    assert {day: number for day, number in issued(seen).items() if number} == expected
    assert [point.issued for point in seen.course] == list(issued(seen).values())


def test_the_shorter_month_before_is_counted_whole(house: House) -> None:
    add(house, 50, day=date(2019, 1, 31))
    add(house, 60, day=date(2019, 2, 28))
    seen = read(house, by="day", period=period_of("month", date(2019, 2, 1)))
    assert (seen.total.now["issued"], seen.total.before["issued"]) == (60, 50)
    assert sum(group.before["issued"] for group in seen.groups) == 0


def test_waiting_and_service_are_told_as_median_and_ninetieth_percentile(house: House) -> None:
    for wait in range(1, 11):
        add(house, 1, wait=wait)
    add(house, 4, wait=500, origin=LEBAK)
    seen = read(house, only={"origin": None})
    (group,) = seen.groups
    assert (group.wait, group.wait_of_most, group.service) == (5, 9, 7)
    assert read(house, only={"origin": LEBAK}).total.wait is None


def test_a_running_month_is_compared_with_as_many_days(house: House) -> None:
    add(house, 30, day=TODAY - timedelta(days=30))
    add(house, 70, day=TODAY - timedelta(days=20))
    add(house, 40, day=TODAY)
    seen = read(house, period=period_of("month", TODAY))
    assert seen.is_running
    assert (seen.now.last, seen.before.last) == (TODAY, TODAY - timedelta(days=30))
    assert (seen.total.now["issued"], seen.total.before["issued"]) == (40, 30)


def test_today_begins_at_midnight_of_the_site(house: House) -> None:
    before_midnight = datetime.combine(TODAY, NOW.timetz()).replace(hour=16, minute=59)
    month = period_of("month", TODAY)
    assert read(house, period=month, now=before_midnight).now.last == TODAY
    assert read(house, period=month, now=before_midnight + timedelta(minutes=1)).now.last == DAY
    # In Gorontalo the day began an hour earlier.
    popup = read(house, period=month, now=before_midnight, sites=("popup-gorontalo",))
    assert popup.now.last == DAY


def visits(house: House, *, by: str = "origin") -> Statistics:
    return read(
        house, by=by, period=Period(kind=RANGE, first=TODAY, last=NEXT_DAY), now=NOW - timedelta(days=1)
    )


def test_a_moved_ticket_counts_once_on_its_last_day(house: House) -> None:
    first, last = house.slots(DAY), house.slots(NEXT_DAY)
    tokens = [house.booked(person, first[person % len(first)]) for person in range(1, 7)]
    for index, token in enumerate(tokens):
        place = last[index % len(last)]
        house.do(changes.reschedule, token=token, slot_id=place, revision=None, now=NOW)
    (group,) = visits(house).groups
    assert (group.key, group.now["issued"], group.now["moved"]) == ((LEBAK,), 6, 6)
    assert issued(visits(house, by="day")) == {TODAY: 0, DAY: 0, NEXT_DAY: 6}


def test_who_is_sent_on_to_another_service_counts_once_and_keeps_the_origin(house: House) -> None:
    for person in range(1, 6):
        token = house.booked(person, house.slots(TODAY)[-1])
        house.do(changes.check_in, token=token, now=NOW.replace(hour=8))
        later = house.desk(now=NOW.replace(hour=8))
        house.do(floor.call_next, later)
        house.do(floor.start, later, revision=None)
        house.do(sending.transfer, later, target=sending.Target(service="passport-renewal"), revision=None)
        again = house.desk("102", now=NOW.replace(hour=9))
        house.do(floor.call_next, again)
        house.do(floor.start, again, revision=None)
        house.do(floor.finish, again, revision=None, outcome=Outcome.COMPLETED)
    (group,) = visits(house).groups
    assert (group.key, group.now["issued"], group.now["served"]) == ((LEBAK,), 5, 5)
    assert issued(visits(house, by="service")) == {"passport-renewal": 5}


def test_places_that_were_only_held_are_no_tickets(house: House) -> None:
    slot = house.slots()[0]
    for number in range(5):
        held = house.do(holding.hold, slot_id=slot, holder=f"browser-{number}", now=NOW)
        house.do(changes.cancel, token=house.office.token(held.id), revision=None, now=NOW)
    house.do(holding.hold, slot_id=slot, holder="browser-9", now=NOW)
    for person in range(1, 7):
        token = house.booked(person, house.slots()[1])
        house.do(changes.cancel, token=token, revision=None, now=NOW)
    total = visits(house).total
    assert (total.now["issued"], total.now["cancelled"], total.now["open"]) == (6, 6, 0)


def test_what_was_given_beyond_the_quota_is_counted(house: House) -> None:
    for _ in range(5):
        given = {"supervisor": SUPERVISOR, "service": SERVICE, "reason": "Ibu dirawat di luar negeri"}
        house.do(intake.emergency, house.desk(), **given)
    total = visits(house).total
    assert (total.now["issued"], total.now["granted"]) == (5, 5)


def test_the_use_of_the_quota_is_told_for_each_day(house: House) -> None:
    for person in range(1, 8):
        house.booked(person, house.slots()[person % 3])
    house.booked(8, house.slots(NEXT_DAY)[0])
    uses = {use.span.first: use for use in visits(house).quotas if use.channel == ONLINE}
    assert (uses[DAY].taken, uses[DAY].places, uses[DAY].percent) == (7, 140, 5)
    assert (uses[NEXT_DAY].taken, uses[NEXT_DAY].percent) == (Hidden.FEW, None)
    assert uses[TODAY].taken == 0


def test_officers_do_not_see_statistics(house: House) -> None:
    with pytest.raises(Forbidden):
        read(house, officer=OFFICER)


def test_a_site_that_is_not_there_is_refused(house: House) -> None:
    with pytest.raises(Refused) as refused:
        read(house, sites=("nowhere",))
    assert refused.value.code == "unknown_site"


def test_without_a_ticket_there_is_nothing_to_tell(house: House) -> None:
    seen = read(house)
    assert (seen.groups, seen.total.now["issued"], seen.total.change.percent) == ([], 0, None)


def test_tickets_are_told_by_the_quota_that_their_place_was_of(house: House) -> None:
    channels = {ONLINE: 9, WALK_IN: 8, PRIORITY: 7, EMERGENCY: 6, GROUP: 5, None: 10}
    for channel, many in channels.items():
        add(house, many, quota_channel=channel)
    seen = read(house, by="quota_channel")
    assert issued(seen) == channels
    assert [group.key[0] for group in seen.groups][-1] is None
    assert seen.total.now["issued"] == 45


def hand_back(house: House, many: int, *, at: datetime, service: str = SERVICE) -> None:
    """Have files been handed back."""
    same = {"ticket_id": None, "site": SITE, "service": service, "missing": "[]", "why": "Uji"}
    by = {"officer_id": OFFICER.id, "officer_name": OFFICER.name}
    house.change(
        insert(incomplete_files).values([{"id": new_id(), "at": at, **same, **by} for _ in range(many)])
    )


def told(seen: Statistics) -> list[tuple[Any, ...]]:
    """The errors."""
    return [(each.kind, each.count, each.served, each.percent) for each in seen.errors]


def test_files_handed_back_are_told_for_each_hundred_served(house: House) -> None:
    add(house, 60)
    add(house, 40, service="stay-permit")
    # Days are those of the site: Serang is seven hours ahead.
    hand_back(house, 6, at=datetime(2018, 6, 30, 17, tzinfo=UTC))
    hand_back(house, 6, at=datetime(2018, 7, 31, 16, 59, tzinfo=UTC), service="stay-permit")
    hand_back(house, 9, at=datetime(2018, 6, 30, 16, 59, tzinfo=UTC))
    hand_back(house, 9, at=datetime(2018, 7, 31, 17, tzinfo=UTC))
    assert told(read(house)) == [("handed_back", 12, 100, 12), ("corrected", 0, 100, 0)]
    assert told(read(house, by="outcome")) == told(read(house))
    assert told(read(house, only={"service": SERVICE}))[0] == ("handed_back", 6, 60, 10)
    assert told(read(house, only={"lane": "appointment"})) == []


def test_few_errors_are_hidden_and_without_any_there_is_no_table(house: House) -> None:
    add(house, 60)
    assert told(read(house)) == []
    hand_back(house, 2, at=datetime(2018, 7, 11, 2, tzinfo=UTC))
    assert told(read(house))[0] == ("handed_back", Hidden.FEW, 60, None)


def test_what_is_hidden_of_the_served_stays_hidden_beside_the_errors(house: House) -> None:
    add(house, 3)
    hand_back(house, 6, at=datetime(2018, 7, 11, 2, tzinfo=UTC))
    assert told(read(house))[0] == ("handed_back", 6, Hidden.FEW, None)


def test_steps_that_were_taken_back_are_told(house: House) -> None:
    found = opened(house, served(house))
    for _ in range(5):
        found = advance(house, found, "paid")
        found = house.do(
            applications.correct,
            officer=SUPERVISOR,
            site=SITE,
            application_id=found.id,
            why="Langkah yang keliru",
            revision=found.revision,
            now=NOW + A_DAY,
        )
    seen = read(house, period=period_of("month", TODAY), now=NOW + A_DAY)
    assert told(seen) == [("handed_back", 0, Hidden.FEW, None), ("corrected", 5, Hidden.FEW, None)]
