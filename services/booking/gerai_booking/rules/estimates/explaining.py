"""An estimate in words: whole minutes, and one sentence that says what it rests on."""

from dataclasses import dataclass
from math import ceil, floor

from gerai_booking.rules.catalogue import Text
from gerai_booking.rules.estimates.simulation import Interval

#: From so many minutes on, they are told in steps of five.
COARSE_FROM = 30
COARSE_STEP = 5


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """An interval as it is told: whole minutes, rounded outwards, at least one."""

    low: int
    high: int


def minutes_of(interval: Interval) -> Minutes:
    """Return an interval of seconds as people are told it."""
    low, high = floor(interval.low / 60), ceil(interval.high / 60)
    if high >= COARSE_FROM:
        low = low if low < COARSE_FROM else low - low % COARSE_STEP
        high = -(-high // COARSE_STEP) * COARSE_STEP
    low = max(low, 1)
    return Minutes(low=low, high=max(high, low))


def sentence(*, ahead: int, open_counters: int, is_known: bool) -> Text:
    """Return what an estimate rests on; where there is none, why not."""
    if not open_counters or not is_known:
        return Text(
            id="Belum ada loket yang buka untuk layanan ini, jadi lama menunggu belum dapat diperkirakan.",
            en="No counter is open for this service yet, so the wait cannot be estimated.",
        )
    counters = Text(
        id=f"{open_counters} loket buka",
        en="1 counter open" if open_counters == 1 else f"{open_counters} counters open",
    )
    if ahead == 0:
        return Text(
            id=f"Tidak ada orang sebelum Anda, {counters.id}.", en=f"Nobody is before you, {counters.en}."
        )
    people = "1 person" if ahead == 1 else f"{ahead} people"
    return Text(id=f"{ahead} orang sebelum Anda, {counters.id}.", en=f"{people} before you, {counters.en}.")
