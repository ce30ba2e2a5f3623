"""Making services known: by which channels, and what becomes of what was planned. Standard library only.

S1-1, S1-2: an office goes to its regencies, speaks on the radio (a public and a local station in 2018) and
hands out brochures. S2-7, S2-10: how often a year, against a target.
"""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

FACE_TO_FACE, RADIO, BROCHURE, SOCIAL_MEDIA, OTHER = (
    "face_to_face",
    "radio",
    "brochure",
    "social_media",
    "other",
)
CHANNELS = (FACE_TO_FACE, RADIO, BROCHURE, SOCIAL_MEDIA, OTHER)
PLANNED, HELD, CALLED_OFF = "planned", "held", "called_off"
STATES = (PLANNED, HELD, CALLED_OFF)


class Event(Protocol):
    """What the agency did or will do, from `held_on` to `last_on` (None: one day)."""

    @property
    def held_on(self) -> date:
        """Its first day."""

    @property
    def last_on(self) -> date | None:
        """Its last day."""

    @property
    def state(self) -> str:
        """One of STATES."""

    @property
    def place(self) -> str:
        """Where."""


def last_day(event: Event) -> date:
    """Return the day on which it is over."""
    return event.last_on or event.held_on


def first_state(held_on: date, *, today: date) -> str:
    """Return what an event is when it is written down: held once its first day has come."""
    return HELD if held_on <= today else PLANNED


def is_to_report(event: Event, *, today: date) -> bool:
    """Tell whether it is over and nobody has written down yet whether it was held."""
    return event.state == PLANNED and last_day(event) < today


def counted(events: Iterable[Event], *, today: date) -> list[tuple[date, str]]:
    """Return (day, place) of what counts for a year: what was held, and what is still to come.

    What was planned and never reported counts for nothing: nobody knows whether anybody was reached.
    """
    return [
        (event.held_on, event.place)
        for event in events
        if event.state == HELD or (event.state == PLANNED and event.held_on > today)
    ]
