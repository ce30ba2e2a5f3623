"""Which waiting room somebody is shown into, and how many numbers a network may have. Standard library only.

When a number comes up is arithmetic that every part of the mall does alike: gerai_shared.waiting_room.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from gerai_booking.rules.releases import Release

#: Numbers of one network that wait or have just come up. A carrier has one address for very many telephones.
NUMBERS_OF_A_NETWORK = 300
#: After a release its room goes on for this long at least, so that nobody who comes late overtakes.
ROOM_GOES_ON = timedelta(hours=1)
#: The side door: for who cannot solve a task while demand is high without any release. A device that can
#: spends about a second on it; without one, some waiting is the price.
SIDE_PACE, SIDE_WAIT = 2, timedelta(seconds=15)


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A room that gives numbers: since when it admits, how many a second, and how long one waits at least."""

    opens_at: datetime
    pace: int
    least_wait: timedelta = timedelta(0)


def room_of_release(release: Release | None, *, now: datetime, is_busy: bool) -> Opening | None:
    """Return the room of a release while it gives numbers, else None.

    It does from some minutes before the release until an hour after it, and on while it `is_busy`: numbers
    that were drawn are still to come up.
    """
    if release is None or now < release.room_opens_at:
        return None
    if is_busy or now < release.opens_at + ROOM_GOES_ON:
        return Opening(opens_at=release.opens_at, pace=release.pace)
    return None


def side_room(now: datetime) -> Opening:
    """Return the room of this day (UTC) for who has no task solved."""
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    return Opening(opens_at=midnight, pace=SIDE_PACE, least_wait=SIDE_WAIT)
