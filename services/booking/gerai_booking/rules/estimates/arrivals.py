"""Who is still to come and will go before others: holders of bookings whose hour has begun or is near."""

from gerai_booking.rules.estimates.simulation import Expected, Order
from gerai_booking.rules.visits import CHECK_IN_OPENS, GRACE

#: How many of those who booked come, as long as nothing was seen.
USUAL_SHARE = 0.85
#: So many bookings weigh as much as that.
STRENGTH_OF_SHARE = 20


def share_that_comes(*, came: int, booked: int) -> float:
    """Return which share of the holders of bookings come, learned from those whose day is over."""
    return (came + STRENGTH_OF_SHARE * USUAL_SHARE) / (booked + STRENGTH_OF_SHARE)


def expected(*, service: str, order: Order, booked_in: float, share: float) -> Expected | None:
    """Return somebody who booked an hour that begins in `booked_in` seconds (negative: has begun).

    None when they could keep its place no more: later than the grace period they wait behind who is there
    already. Until then they come at any moment alike, from when check-in opens.
    """
    within = booked_in + GRACE.total_seconds()
    if within <= 0:
        return None
    span = (CHECK_IN_OPENS + GRACE).total_seconds()
    past = min(max(1 - within / span, 0.0), 1.0)
    return Expected(
        service=service, within=within, chance=share * (1 - past) / (1 - share * past), order=order
    )
