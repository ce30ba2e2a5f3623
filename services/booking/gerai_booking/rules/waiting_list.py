"""The waiting list: who waits, for how long a place is offered, how much one may wait for. Standard library.

The first who waits for a day gets its next place, alone and for some time; nobody can pass it on.
"""

from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum


class Waiting(StrEnum):
    """Where somebody on the waiting list is.

    TAKEN: has a place, the offered one or another. LAPSED: let an offer pass. LEFT: went by themselves.
    OVER: the last day came and no place with it.
    """

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LAPSED = "lapsed"
    LEFT = "left"
    OVER = "over"


#: Who can still get a place.
OPEN = (Waiting.WAITING, Waiting.OFFERED)

OFFER_LASTS = timedelta(hours=2)
#: Whoever takes an offer has to get there.
BEFORE_THE_HOUR = timedelta(hours=1)
#: A shorter offer would be over before somebody has read of it; such a place is free for everybody.
SHORTEST_OFFER = timedelta(minutes=15)
#: Nobody has to answer at night: these hours, in the site's own time, do not count.
NIGHT_BEGINS, NIGHT_ENDS = time(21), time(6)
#: Open entries of one e-mail address or telephone: a family's.
ENTRIES_OF_A_CONTACT = 5
LONGEST_WAIT_DAYS = 62


def offer_ends_at(*, offered_at: datetime, starts_at: datetime, zone: tzinfo) -> datetime | None:
    """Return until when a place at `starts_at` is kept; None when there is no time left to offer it.

    Two hours, of which the night does not count, but never past an hour before the place's own.
    """
    ends = min(_awake_after(offered_at, OFFER_LASTS, zone), starts_at - BEFORE_THE_HOUR)
    return ends if ends - offered_at >= SHORTEST_OFFER else None


def _awake_after(moment: datetime, lasting: timedelta, zone: tzinfo) -> datetime:
    """Return when so much time has passed, nights not counted."""
    begins = _not_at_night(moment.astimezone(zone))
    evening = begins.replace(hour=NIGHT_BEGINS.hour, minute=0, second=0, microsecond=0)
    until_evening = evening - begins
    if lasting > until_evening:
        begins, lasting = _not_at_night(evening), lasting - until_evening
    return (begins + lasting).astimezone(moment.tzinfo)


def _not_at_night(local: datetime) -> datetime:
    """Return this moment, or the morning after it when it is night."""
    if NIGHT_ENDS <= local.time() < NIGHT_BEGINS:
        return local
    day = local.date() + timedelta(days=0 if local.time() < NIGHT_ENDS else 1)
    return datetime.combine(day, NIGHT_ENDS, local.tzinfo)


def shown(
    state: Waiting, *, offer_ends: datetime | None, last_day: date, now: datetime, today: date
) -> Waiting:
    """Return where somebody is at this moment, whether or not it was written down yet."""
    if state is Waiting.OFFERED and offer_ends is not None and offer_ends <= now:
        return Waiting.LAPSED
    if state is Waiting.WAITING and last_day < today:
        return Waiting.OVER
    return state
