"""What holds at the counters: how often somebody is called, who comes back where, who waits aside."""

from dataclasses import dataclass

from gerai_booking.rules.catalogue.shapes import Dated, Text


@dataclass(frozen=True, kw_only=True)
class FloorRule(Dated):
    """How an agency calls people, and how it treats those who were not there.

    Somebody is called up to `most_calls` times, each time at least `recall_seconds` after the one before,
    and has missed the call `absent_seconds` after the last one at the earliest. Who comes up to
    `place_kept_minutes` after that has the old place again, later the last one; after `most_returns` times
    only a supervisor lets them back. "Later" in the queue is behind the next `later_people`. Who was sent to
    one counter or officer is kept for them for `meant_minutes`, then anybody may call them.
    """

    most_calls: int
    recall_seconds: int
    absent_seconds: int
    place_kept_minutes: int
    most_returns: int
    later_people: int
    meant_minutes: int


@dataclass(frozen=True, kw_only=True)
class AsideReason(Dated):
    """Why somebody waits aside, and after how many minutes they are in the queue again by themselves."""

    code: str
    name: Text
    minutes: int
