"""Rules of a visit: when one may come, who is called before whom. Standard library only."""

from datetime import datetime, timedelta

HOLD_LASTS = timedelta(minutes=10)
#: A citizen may check in this long before the booked hour.
CHECK_IN_OPENS = timedelta(minutes=60)
#: Who comes up to this much after the booked hour began keeps the booked place in the queue.
GRACE = timedelta(minutes=15)
#: A booked hour that began this long ago is over: who has not come keeps no place of the day from others.
MISSED_AFTER = timedelta(hours=1)
#: Live holds that one browser may have: a family's, each member at another hour.
HOLDS_AT_ONCE = 3
#: Live holds from one network. A browser says itself who it is and can be another one each time; yet a
#: carrier has one address for very many telephones, and a village's hotspot one for all.
HOLDS_OF_A_NETWORK = 60
BOOKABLE_DAYS = 30
LONGEST_RANGE_DAYS = 62

#: Priority was a rank of its own once, 1: who waits with it on the day of a release keeps it.
EMERGENCY_RANK, ORDINARY_RANK = 0, 2


def queue_rank(lane: str) -> int:
    """Return the rank of a lane: emergencies, then everybody else (see rules.lanes)."""
    return EMERGENCY_RANK if lane == "emergency" else ORDINARY_RANK


def counts_from(*, booked_for: datetime | None, checked_in_at: datetime) -> datetime:
    """Return the moment from which a ticket counts as waiting, before any head start.

    A booking holds its hour: who comes early does not overtake, who comes within the grace period is
    not overtaken. Later, and without a booking, the time of arrival counts.
    """
    if booked_for is not None and checked_in_at <= booked_for + GRACE:
        return booked_for
    return checked_in_at


def check_in_opens_at(booked_for: datetime) -> datetime:
    """Return from when a booking may be checked in."""
    return booked_for - CHECK_IN_OPENS


def masked_name(name: str) -> str:
    """Return what an officer's list shows of a name: the first letters of each word."""
    return " ".join(word[:2] + "*" * max(len(word) - 2, 1) for word in name.split())[:100]


def masked_passport(number: str) -> str:
    """Return a passport number with its middle hidden."""
    return number[:2] + "*" * max(len(number) - 4, 2) + number[-2:]
