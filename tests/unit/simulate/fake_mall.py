"""A mall in memory that answers as the real one does, and can be told to misbehave."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from gerai_allinone.simulate.client import Answer
from gerai_allinone.simulate.day import Hours, Service, Visit
from gerai_allinone.simulate.site import Offered, Site

COUNTERS = {"immigration": ("1", "2"), "legal": ("3",)}
SERVICES = {"immigration": ("passport-new", "passport-renewal"), "legal": ("apostille", "copyright")}
#: From where each verb leads where.
STEPS = {
    "start": ({"called"}, "serving"),
    "recall": ({"called"}, "called"),
    "no-show": ({"called"}, "no_show"),
    "park": ({"called", "serving"}, "parked"),
    "finish": ({"serving"}, "served"),
}
LISTS = {"checked_in": "waiting", "parked": "parked", "booked": "expected", "no_show": "missed"}

Json = dict[str, Any]


def visit(number: int = 0, **changes: Any) -> Visit:
    """Somebody who comes at 500 and is served without anything happening."""
    usual: dict[str, Any] = {
        "number": number,
        "agency": "immigration",
        "service": "passport-new",
        "booked_for": None,
        "arrives": 500.0,
        "cancels_at": None,
        "by_phone": False,
        "priority": False,
        "walks": 1.0,
        "calls_heard": 1,
        "returns_after": None,
        "serves": 20.0,
        "parked_for": None,
        "sent_on_to": None,
        "undone": False,
        "complains": False,
    }
    return Visit(**{**usual, **changes})


def site() -> Site:
    """A site as the gateway would tell of it."""
    return Site(
        code="mpp-test",
        day=date(2026, 12, 1),
        hours=Hours(opens=480, closes=900, breaks=((720, 780),)),
        counters=COUNTERS,
        offered={
            (agency, code): Offered(
                service=Service(code=code, minutes=20, weight=5, is_bookable=True),
                purpose="first",
                needs_precondition=False,
                needs_police_report=False,
                checklist=(),
            )
            for agency, codes in SERVICES.items()
            for code in codes
        },
    )


@dataclass
class Desk:
    """A door to one part of the mall."""

    answer: Callable[[str, str, Json], Answer]

    def get(self, path: str, *, bearer: str | None = None) -> Answer:
        return self.answer("GET", path, {})

    def post(self, path: str, body: Json | None = None, *, bearer: str | None = None) -> Answer:
        return self.answer("POST", path, body or {})


@dataclass(kw_only=True)
class FakeMall:
    """`spoil` may replace what a request (its last word, its body) is answered with."""

    spoil: Callable[[str, Json], Answer | None] = lambda _word, _body: None
    outcomes: tuple[str, ...] = ()
    has_shifts: bool = False
    tickets: dict[str, Json] = field(default_factory=dict)
    bodies: list[tuple[str, Json]] = field(default_factory=list)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def gateway(self) -> Desk:
        return Desk(partial(self._ask, ""))

    @property
    def counters(self) -> dict[str, Desk]:
        return {agency: Desk(partial(self._ask, agency)) for agency in COUNTERS}

    def states(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for ticket in self.tickets.values():
            found[ticket["state"]] = found.get(ticket["state"], 0) + 1
        return found

    def _ask(self, agency: str, method: str, path: str, body: Json) -> Answer:
        with self._lock:
            word = path.partition("?")[0].rsplit("/", 1)[-1]
            self.bodies.append((word, body))
            if (spoilt := self.spoil(word, body)) is not None:
                return spoilt
            if word == "queue":
                return Answer(status=200, body=self._queue(agency, path.partition("&")[0].rpartition(".")[2]))
            if word == "walk-ins":
                return Answer(
                    status=201, body={"ticket": self._new(agency, body["service"], "checked_in", body)}
                )
            if word == "tickets":
                ticket = self._new(path.split("/")[4], body["slot_id"].split(".")[0], "booked", body)
                return Answer(status=201, body={"ticket": ticket, "token": ticket["id"]})
            if word == "check-ins":
                found = next(each for each in self.tickets.values() if each["number"] == body["number"])
                return self._moved(found, {"booked"}, "checked_in")
            if word in {"check-in", "cancel"}:
                to = "checked_in" if word == "check-in" else "cancelled"
                return self._moved(self.tickets[path.split("/")[4]], {"booked"}, to)
            if word in {"close", "complaints"}:
                return Answer(status=200, body={"shift": None, "number": "1"})
            return self._step(agency, path.split("/")[4].rpartition(".")[2], word, body)

    def _new(self, agency: str, service: str, state: str, body: Json) -> Json:
        count = next(self._ids)
        made = {
            "id": f"ticket-{count}",
            "number": f"A-{count:03d}",
            "agency": agency,
            "service": service,
            "lane": "priority" if body.get("priority") else "walk_in",
            "state": state,
            "counter": None,
            "revision": 1,
            "times_called": 0,
            "checked_in_at": "2026-12-01T02:00:00+00:00",
            "called_at": None,
        }
        self.tickets[made["id"]] = made
        return dict(made)

    def _queue(self, agency: str, counter: str) -> Json:
        own = [dict(each) for each in self.tickets.values() if each["agency"] == agency]
        lists = {name: [each for each in own if each["state"] == state] for state, name in LISTS.items()}
        current = self._current(agency, counter)
        told: Json = {"outcomes": list(self.outcomes)} if self.outcomes else {}
        if self.has_shifts:
            told["shift"] = {"officer": "petugas"}
        return {
            "current": dict(current) if current else None,
            "allowed": ["no-show", "recall"],
            **lists,
            **told,
        }

    def _current(self, agency: str, counter: str) -> Json | None:
        return next(
            (
                each
                for each in self.tickets.values()
                if each["agency"] == agency
                and each["counter"] == counter
                and each["state"] in {"called", "serving"}
            ),
            None,
        )

    def _step(self, agency: str, counter: str, verb: str, body: Json) -> Answer:
        current = self._current(agency, counter)
        if verb == "call-next":
            waiting = [
                each
                for each in self.tickets.values()
                if each["agency"] == agency and each["state"] == "checked_in"
            ]
            if current or not waiting:
                return refusal("counter_busy" if current else "nobody_waits")
            return self._moved(waiting[0], {"checked_in"}, "called", counter)
        if verb in {"requeue", "undo"}:
            back = {"requeue": ({"parked", "no_show"}, "checked_in"), "undo": ({"served"}, "serving")}[verb]
            return self._moved(self.tickets[body["ticket_id"]], *back)
        if current is None or body.get("revision") != current["revision"]:
            return refusal("counter_moved_on")
        if verb == "transfer":
            self._moved(current, {"serving"}, "transferred")
            return Answer(status=200, body={"ticket": self._new(agency, body["service"], "checked_in", {})})
        if verb == "finish" and self.outcomes and body.get("outcome") not in self.outcomes:
            return Answer(status=422, body={"code": "invalid_request"})
        return self._moved(current, *STEPS[verb], counter)

    def _moved(self, ticket: Json, before: set[str], to: str, counter: str | None = None) -> Answer:
        if ticket["state"] not in before:
            return refusal("transition_not_allowed")
        ticket.update(state=to, revision=ticket["revision"] + 1, counter=counter or ticket["counter"])
        if to == "called":
            ticket.update(times_called=ticket["times_called"] + 1, called_at="2026-12-01T02:00:30+00:00")
        return Answer(status=200, body={"ticket": dict(ticket)})


def refusal(code: str) -> Answer:
    """Somebody was faster, or the like."""
    return Answer(status=409, body={"code": code})
