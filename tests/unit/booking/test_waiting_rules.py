"""When freed places come back, until when an offer stands, and where somebody on the list is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from gerai_booking.rules.release import LATEST, SOONEST, opens_at
from gerai_booking.rules.waiting_list import (
    BEFORE_THE_HOUR,
    NIGHT_BEGINS,
    NIGHT_ENDS,
    OFFER_LASTS,
    SHORTEST_OFFER,
    Waiting,
    offer_ends_at,
    shown,
)
from hypothesis import given
from hypothesis import strategies as st

JAKARTA = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=JAKARTA)
FAR = NOON + timedelta(days=20)
moments = st.timedeltas(timedelta(0), timedelta(days=365)).map(lambda passed: NOON.astimezone(UTC) + passed)
waits = st.timedeltas(timedelta(0), timedelta(days=30))


@given(moments, waits, st.floats(0, 1, exclude_max=True))
def test_a_place_comes_back_within_its_bounds_and_before_its_hour_or_at_once(freed_at, until, chance) -> None:
    opens = opens_at(freed_at=freed_at, starts_at=freed_at + until, chance=chance)
    if opens is None:
        assert until <= LATEST
    else:
        assert SOONEST <= opens - freed_at <= LATEST
        assert opens < freed_at + until


def test_the_chance_spreads_the_moment_over_the_whole_time() -> None:
    opened = [opens_at(freed_at=NOON, starts_at=FAR, chance=chance) for chance in (0, 0.5, 0.999999)]
    assert [round((moment - NOON).total_seconds() / 60, 1) for moment in opened] == [15, 52.5, 90]


@pytest.mark.parametrize(
    ("offered", "ends"),
    [
        ("2026-12-01 12:00", "2026-12-01 14:00"),
        ("2026-12-01 19:00", "2026-12-01 21:00"),
        ("2026-12-01 20:00", "2026-12-02 07:00"),
        ("2026-12-01 21:00", "2026-12-02 08:00"),
        ("2026-12-01 23:30", "2026-12-02 08:00"),
        ("2026-12-02 03:00", "2026-12-02 08:00"),
        ("2026-12-02 06:00", "2026-12-02 08:00"),
    ],
)
def test_an_offer_stands_for_two_hours_of_the_day(offered: str, ends: str) -> None:
    moment, expected = (datetime.fromisoformat(text).replace(tzinfo=JAKARTA) for text in (offered, ends))
    assert offer_ends_at(offered_at=moment.astimezone(UTC), starts_at=FAR, zone=JAKARTA) == expected


def test_an_offer_ends_an_hour_before_its_place_and_is_not_made_for_moments() -> None:
    starts = NOON + timedelta(hours=2)
    assert offer_ends_at(offered_at=NOON, starts_at=starts, zone=JAKARTA) == NOON + timedelta(hours=1)
    late = starts - BEFORE_THE_HOUR - SHORTEST_OFFER
    assert offer_ends_at(offered_at=late, starts_at=starts, zone=JAKARTA) == starts - BEFORE_THE_HOUR
    too_late = late + timedelta(seconds=1)
    assert offer_ends_at(offered_at=too_late, starts_at=starts, zone=JAKARTA) is None


@given(moments, waits, st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]))
def test_no_offer_ends_at_night_unless_its_hour_makes_it(offered_at, until, zone) -> None:
    starts_at = offered_at + until
    ends = offer_ends_at(offered_at=offered_at, starts_at=starts_at, zone=ZoneInfo(zone))
    if ends is None:
        assert until < BEFORE_THE_HOUR + SHORTEST_OFFER
        return
    assert ends <= starts_at - BEFORE_THE_HOUR
    assert SHORTEST_OFFER <= ends - offered_at <= OFFER_LASTS + timedelta(hours=9)
    if ends < starts_at - BEFORE_THE_HOUR:
        local = ends.astimezone(ZoneInfo(zone)).time()
        assert NIGHT_ENDS < local <= NIGHT_BEGINS or local == time(21)
        assert ends - offered_at >= OFFER_LASTS


@pytest.mark.parametrize(
    ("state", "ends", "last", "seen"),
    [
        (Waiting.WAITING, None, 1, Waiting.WAITING),
        (Waiting.WAITING, None, 0, Waiting.WAITING),
        (Waiting.WAITING, None, -1, Waiting.OVER),
        (Waiting.OFFERED, 1, 0, Waiting.OFFERED),
        (Waiting.OFFERED, 0, 0, Waiting.LAPSED),
        (Waiting.TAKEN, -1, -1, Waiting.TAKEN),
    ],
)
def test_what_ended_by_itself_is_seen_so_before_it_is_written(state, ends, last, seen) -> None:
    today = date(2026, 12, 1)
    offer_ends = None if ends is None else NOON + timedelta(minutes=ends)
    last_day = today + timedelta(days=last)
    assert shown(state, offer_ends=offer_ends, last_day=last_day, now=NOON, today=today) is seen
