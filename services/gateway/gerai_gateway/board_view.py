"""Boards and tickets as listeners see them, in their language."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from gerai_gateway.boards import Board
from gerai_gateway.catalogues import Catalogue
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownCall
from gerai_gateway.rules import calling_out
from gerai_gateway.rules.board import WAITING, Entry, at_counters, calls, next_numbers
from gerai_gateway.streams import Message
from gerai_gateway.words import say, say_number

CALLS_SHOWN = 10
NEXT_SHOWN = 5
#: All calls that are no older stand on the board: who was away so long misses none.
CATCH_UP = timedelta(minutes=2)
#: A board that is told anew says what time it is, no more than this late.
MOMENT_KEPT = timedelta(seconds=2)

STATE_TEXTS = {
    "held": "Place kept while you fill in the form",
    "booked": "Booked",
    "checked_in": "You are in the queue",
    "called": "Called",
    "serving": "Being served",
    "served": "Served",
    "parked": "Waiting aside",
    "expired": "The kept place has run out",
    "cancelled": "Cancelled",
    "rescheduled": "Moved to another hour",
    "no_show": "Called, but nobody came",
    "transferred": "Sent on to another service",
}


def board(mall: Mall, site: str, *, language: str, now: datetime) -> dict[str, Any]:
    """Return a site's board. Raises UnknownSite, Unavailable."""
    place, present = mall.catalogues.site(site)
    boards = {found.agency: found for found in mall.boards.at(site)}
    shown = [(catalogue, boards[catalogue.code]) for catalogue in present if catalogue.code in boards]
    entries = [entry for _, found in shown for entry in found.entries]
    names = {catalogue.code: catalogue.agency["name"][language] for catalogue, _ in shown}
    return {
        "sequence": mall.boards.feed(site).version,
        "now": now.isoformat(),
        "site": site,
        "site_name": place["name"][language],
        "time_zone": place["time_zone"],
        "calls": [
            _call(entry, boards[entry.agency], names, language)
            for entry in calls(entries, most=CALLS_SHOWN, since=now - CATCH_UP)
        ],
        "next": [
            {"number": entry.number, "agency": entry.agency, "agency_name": names[entry.agency]}
            for entry in next_numbers(entries, most=NEXT_SHOWN)
        ],
        "counters": [line for _, found in shown for line in _counters(found, names, language)],
        "waiting": [_waiting(found, names) for _, found in shown],
        "notices": _notices(place, shown, language),
    }


def _call(entry: Entry, found: Board, names: dict[str, str], language: str) -> dict[str, Any]:
    return {
        "call_id": entry.call_id,
        "number": entry.number,
        "counter": entry.counter,
        "counter_name": counter_name(found, entry.counter, language) or "",
        "agency": entry.agency,
        "agency_name": names[entry.agency],
        "called_at": entry.called_at.isoformat() if entry.called_at else None,
        "times_called": entry.times_called,
    }


def _counters(found: Board, names: dict[str, str], language: str) -> list[dict[str, Any]]:
    there = at_counters(found.entries)
    return [
        {
            "agency": found.agency,
            "agency_name": names[found.agency],
            "counter": code,
            "counter_name": counter_name(found, code, language),
            "number": there[code].number if code in there else None,
        }
        for code in found.counters
    ]


def announcement(mall: Mall, site: str, call_id: str) -> calling_out.Announcement:
    """Return what is said of a call on the board. Raises UnknownSite, Unavailable, UnknownCall."""
    mall.catalogues.site(site)
    for found in mall.boards.at(site):
        for entry in found.entries:
            if entry.is_call and entry.call_id == call_id:
                return calling_out.Announcement(
                    number=entry.number,
                    counters={
                        each: counter_name(found, entry.counter, each) or "" for each in calling_out.LANGUAGES
                    },
                    times_called=entry.times_called,
                )
    raise UnknownCall


def _waiting(found: Board, names: dict[str, str]) -> dict[str, Any]:
    return {
        "agency": found.agency,
        "agency_name": names[found.agency],
        "waiting": sum(1 for entry in found.entries if entry.state == WAITING),
        "is_live": found.is_reached,
    }


def _notices(place: dict[str, Any], shown: Sequence[tuple[Catalogue, Board]], language: str) -> list[str]:
    late = [catalogue.agency["name"][language] for catalogue, found in shown if not found.is_reached]
    told = [
        say(
            language,
            "The numbers of %(agency)s may be late on this board. Please listen to the calls.",
            agency=name,
        )
        for name in late
    ]
    return [*told, *(note[language] for note in place["notes"])]


def counter_name(found: Board | None, counter: str | None, language: str) -> str | None:
    """Return what a counter is called out as, its code when it has no name.

    What stands after a colon ("Loket 1: Paspor") explains the counter and is not called out.
    """
    if counter is None:
        return None
    name = found.counters.get(counter) if found is not None else None
    return str(name[language]).partition(":")[0] if name else counter


def board_message(mall: Mall, site: str, *, language: str, now: datetime) -> Message:
    """Return a site's board as an event; its id is the same for everything that reads the same.

    Made once for each change and language, however many listen; later ones set their clocks by it.
    """
    version = mall.boards.feed(site).version
    kept: tuple[int, datetime, Message] | None = mall.board_messages.get((site, language))
    if kept is not None and kept[0] == version and now - kept[1] < MOMENT_KEPT:
        return kept[2]
    data = json.dumps(
        board(mall, site, language=language, now=now), ensure_ascii=False, separators=(",", ":")
    )
    message = Message(name="board", id=f"{mall.run}-{version}", data=data.encode())
    mall.board_messages[site, language] = (version, now, message)
    return message


def ticket_state(mall: Mall, entry: Entry, *, language: str) -> dict[str, Any]:
    """Return what a ticket's holder is told live."""
    found = mall.boards.boards.get((entry.agency, entry.site))
    ahead = None
    if found is not None and found.is_reached and entry.state == WAITING:
        ahead = found.people_ahead_of(entry.id)
    return {
        "revision": entry.revision,
        "number": entry.number,
        "state": entry.state,
        "state_text": state_text(entry.state, counter_name(found, entry.counter, language), language),
        "ahead": ahead,
        "ahead_text": ahead_text(ahead, language) if entry.state == WAITING else "",
        "counter_name": counter_name(found, entry.counter, language),
        "call_id": entry.call_id,
        "times_called": entry.times_called,
    }


def ticket_message(mall: Mall, entry: Entry, *, language: str) -> Message:
    """Return a ticket's state as an event."""
    data = json.dumps(
        ticket_state(mall, entry, language=language), ensure_ascii=False, separators=(",", ":")
    ).encode()
    return Message(name="ticket", id=sha256(data).hexdigest()[:16], data=data)


def state_text(state: str, counter: str | None, language: str) -> str:
    """Return what a ticket's state is called, with its counter when it is called to one."""
    if state == "called" and counter:
        return say(language, "Called to %(counter)s", counter=counter)
    return say(language, STATE_TEXTS.get(state, state))


def ahead_text(ahead: int | None, language: str) -> str:
    """Return how many are called before, in words; while that is not known, that one waits."""
    if ahead is None:
        return say(language, STATE_TEXTS[WAITING])
    if ahead == 0:
        return say(language, "You are next")
    return say_number(language, "%(num)s person is ahead of you", "%(num)s people are ahead of you", ahead)
