"""What of a day's places a site node gets with the floor, what stays at the centre. Standard library only."""

from collections.abc import Mapping

from gerai_booking.rules.quota import ALL, EMERGENCY, ONLINE, OVER_QUOTA, PRIORITY, WALK_IN, Bound

#: Numbers of each letter that a node is given. Those that it does not use are skipped: people see no gap in
#: the order, only in the counting.
BLOCK = 500
#: Through these people come to the floor; bookings online, and those of groups, stay with the centre.
FLOOR_CHANNELS = (WALK_IN, PRIORITY, EMERGENCY, OVER_QUOTA)


def places_for_the_floor(left: Mapping[Bound, int | None]) -> dict[Bound, int | None]:
    """Return which of the places that a day has left go to the node, by quota; None for what only counts.

    Of the channels of the floor all of them. Of a quota over all channels what the bookings online that the
    day still allows do not need; where nothing bounds those, what the channels of the floor allow; where
    nothing bounds either, half.
    """
    given: dict[Bound, int | None] = {}
    for bound, places in left.items():
        if bound.channel in FLOOR_CHANNELS:
            given[bound] = None if places is None else max(places, 0)
        elif bound.channel == ALL:
            given[bound] = None if places is None else _share(left, bound.service, max(places, 0))
    return given


def _share(left: Mapping[Bound, int | None], service: str, places: int) -> int:
    online = left.get(Bound(service, ONLINE))
    if online is not None:
        return max(places - max(online, 0), 0)
    floor = [left.get(Bound(service, channel)) for channel in (WALK_IN, PRIORITY)]
    bounded = [max(each, 0) for each in floor if each is not None]
    return min(sum(bounded), places) if bounded else places // 2
