"""Missed visits and calls, how much one contact may hold, and who counts as come earlier: sample figures.

The old national queue froze an account for a month after a single missed or cancelled visit, and people
complained of it; a booking account served a family of up to five (imigrasi.go.id, 10 January 2023).
"""

from datetime import date

from gerai_booking.rules.catalogue import AsideReason, ContactLimit, FloorRule, LaneRule, NoShowRule, Text
from gerai_booking.rules.catalogue.lane_rules import APPOINTMENT, LANES_WITH_RULES, WALK_IN

SAMPLE = "Data contoh / sample data"
FIRST = date(2024, 1, 1)


def no_show_rules() -> tuple[NoShowRule, ...]:
    """The third missed visit within half a year pauses online booking for two weeks."""
    return (NoShowRule(window_days=180, paused_at=3, pause_days=14, basis=SAMPLE, valid_from=FIRST),)


def contact_limits() -> tuple[ContactLimit, ...]:
    """Five open tickets: a family's."""
    return (ContactLimit(open_tickets=5, basis=SAMPLE, valid_from=FIRST),)


def floor_rules() -> tuple[FloorRule, ...]:
    """Three calls, half a minute for the way to the counter, a quarter of an hour for who was outside."""
    return (
        FloorRule(
            most_calls=3,
            recall_seconds=10,
            absent_seconds=30,
            place_kept_minutes=15,
            most_returns=2,
            later_people=3,
            meant_minutes=30,
            basis=SAMPLE,
            valid_from=FIRST,
        ),
    )


def aside_reasons() -> tuple[AsideReason, ...]:
    """What people are sent for while their place is kept; the last one is for everything else."""
    return (
        _aside("copy", Text(id="Fotokopi", en="A copy"), 15),
        _aside("payment", Text(id="Pembayaran", en="A payment"), 30),
        _aside("document", Text(id="Melengkapi berkas", en="A missing document"), 60),
        _aside("other", Text(id="Lain-lain", en="Something else"), 20),
    )


def _aside(code: str, name: Text, minutes: int) -> AsideReason:
    return AsideReason(code=code, name=name, minutes=minutes, basis=SAMPLE, valid_from=FIRST)


def lane_rules() -> tuple[LaneRule, ...]:
    """An hour for whoever has priority, on whatever ground; nothing for appointments and walk-ins."""
    return tuple(
        LaneRule(
            lane=lane,
            head_start_minutes=0 if lane in {APPOINTMENT, WALK_IN} else 60,
            basis=SAMPLE,
            valid_from=FIRST,
        )
        for lane in LANES_WITH_RULES
    )
