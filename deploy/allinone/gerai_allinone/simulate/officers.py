"""An officer at a counter: looks at the screen and does the next thing, again and again."""

from dataclasses import dataclass
from random import Random
from typing import Any

from gerai_allinone.simulate.client import Answer
from gerai_allinone.simulate.day import PRIORITY, Visit, service_minutes
from gerai_allinone.simulate.house import House

RECALL_AFTER, BEFORE_UNDO, AFTER_UNDO = 1.5, 0.3, 2.0
#: How long the officer stands there for somebody who does not come and may not be given up yet.
LONGEST_STAND = 45.0
#: After a click that was refused, the screen is read anew.
AGAIN = 0.5
#: Of a service, the part after which somebody is sent aside or on.
BEFORE_BREAK = 1 / 3
DONE = "done"
USUAL_MINUTES = 15.0


@dataclass(kw_only=True)
class OfficerAtCounter:
    """One counter. Who is at it is asked each time: other officers may have been there meanwhile."""

    house: House
    agency: str
    counter: str
    #: The (ticket, state) whose time this officer has waited for.
    _awaited: tuple[str, str] | None = None
    _regretted: str | None = None
    _called_at: float = 0.0

    def act(self, now: float) -> float | None:
        """Do the next thing; return when to look again, None when the day is over."""
        seen = self.house.queue(self.agency, self.counter)
        for ticket in (*seen["waiting"], *seen["parked"]):
            self.house.ledger.refresh(ticket)
        current = seen["current"]
        if self._regretted is not None:
            return self._take_back(now)
        if current is None:
            return self._call(now, seen)
        visit = self.house.ledger.visit_of(current["id"]) or self._stranger(current)
        if self._awaited != (current["id"], current["state"]):
            # Somebody stood here before this officer came, or another hand has moved them.
            return self._wait(current, now + (visit.walks if current["state"] == "called" else visit.serves))
        return (self._called if current["state"] == "called" else self._serving)(now, seen, current, visit)

    def _call(self, now: float, seen: dict[str, Any]) -> float | None:
        hours = self.house.day.hours
        if now < hours.opens:
            return hours.opens
        if (pause := hours.pause_until(now)) is not None:
            return pause
        if not seen["waiting"]:
            if now < hours.closes or not self.house.is_done(self.agency):
                return now + self.house.idle
            self._go_home(seen)
            return None
        ticket = self._step("call-next", {}, now)
        if ticket is None:
            return now + AGAIN
        visit = self.house.ledger.visit_of(ticket["id"]) or self._stranger(ticket)
        self._called_at = now
        return self._wait(ticket, now + visit.walks)

    def _go_home(self, seen: dict[str, Any]) -> None:
        """Close the counter, where counters are opened and closed; then the day is over here."""
        if seen.get("shift"):
            path = f"/api/v1/counters/{self.house.site.code}.{self.counter}/close"
            self.house.accepted(self._post(path, {}), f"closing counter {self.counter}")

    def _called(self, now: float, seen: dict[str, Any], current: dict[str, Any], visit: Visit) -> float:
        came_back = self.house.ledger.has_done("missed", visit.number)
        heard = came_back or 0 < visit.calls_heard <= current["times_called"]
        if not heard:
            verb = "recall" if current["times_called"] < 2 else "no-show"
            ticket = self._step(verb, _shown(current), now) if verb in seen["allowed"] else None
            if ticket is None and now < self._called_at + LONGEST_STAND:
                # The mall asks for some real seconds between these, which are minutes of a quick day.
                return now + self.house.idle
            if ticket is not None and verb == "recall":
                return self._wait(ticket, now + RECALL_AFTER)
            if ticket is not None:
                self._missed(ticket, visit, now)
                return now
            # Then they have come after all.
        ticket = self._step("start", _shown(current), now)
        return now if ticket is None else self._wait(ticket, now + self._part(visit))

    def _missed(self, ticket: dict[str, Any], visit: Visit, now: float) -> None:
        self.house.ledger.has_done("missed", visit.number, mark=True)
        if visit.returns_after is not None:
            self._put_back_at(now + visit.returns_after, ticket)

    def _part(self, visit: Visit) -> float:
        """Return how long it takes until the next thing happens to whoever is served."""
        if self._interruption(visit) is not None:
            return visit.serves * BEFORE_BREAK
        is_rest = self.house.ledger.has_done("parked", visit.number)
        return visit.serves * (1 - BEFORE_BREAK if is_rest else 1)

    def _interruption(self, visit: Visit) -> str | None:
        """Return what comes before the end of a service, None when nothing does (any more)."""
        ledger = self.house.ledger
        if visit.parked_for is not None and not ledger.has_done("parked", visit.number):
            return "parked"
        if visit.sent_on_to is not None and not ledger.has_done("sent on", visit.number):
            return "sent on"
        return None

    def _serving(self, now: float, seen: dict[str, Any], current: dict[str, Any], visit: Visit) -> float:
        interruption = self._interruption(visit)
        if interruption is not None:
            self.house.ledger.has_done(interruption, visit.number, mark=True)
            if interruption == "parked":
                self._park(now, {**_shown(current), **_reason(seen)}, visit)
            else:
                self._send_on(current, visit)
            return now
        ticket = self._step("finish", {**_shown(current), **_outcome(seen)}, now)
        if ticket is None:
            return now + AGAIN
        if visit.undone and not self.house.ledger.has_done("undone", visit.number, mark=True):
            self._regretted = ticket["id"]
            return now + BEFORE_UNDO
        return now

    def _park(self, now: float, body: dict[str, Any], visit: Visit) -> None:
        ticket = self._step("park", body, now)
        if ticket is not None and visit.parked_for is not None:
            self._put_back_at(now + visit.parked_for, ticket)

    def _send_on(self, current: dict[str, Any], visit: Visit) -> None:
        path = f"/api/v1/counters/{self.house.site.code}.{self.counter}/transfer"
        body = {**_shown(current), "service": visit.sent_on_to}
        told = self.house.accepted(self._post(path, body), f"transfer at {self.counter}")
        if told is not None:
            self.house.ledger.go_on(current["id"], told["ticket"])

    def _take_back(self, now: float) -> float:
        """Undo the last finish, which was a slip of the hand."""
        ticket_id, self._regretted = self._regretted, None
        ticket = self._step("undo", {"ticket_id": ticket_id}, now)
        return now if ticket is None else self._wait(ticket, now + AFTER_UNDO)

    def _put_back_at(self, moment: float, ticket: dict[str, Any]) -> None:
        def put_back(now: float) -> None:
            self._step("requeue", {"ticket_id": ticket["id"]}, now)

        self.house.expect_act(moment, put_back)

    def _wait(self, ticket: dict[str, Any], until: float) -> float:
        self._awaited = (ticket["id"], ticket["state"])
        return until

    def _step(self, verb: str, body: dict[str, Any], now: float) -> dict[str, Any] | None:
        """Carry out a verb; return the ticket, None when it was refused: then one looks again."""
        path = f"/api/v1/counters/{self.house.site.code}.{self.counter}/{verb}"
        told = self.house.accepted(self._post(path, body), f"{verb} at {self.counter}")
        if told is None:
            return None
        ticket: dict[str, Any] = told["ticket"]
        self.house.ledger.see(ticket, now=now, verb=verb, counter=self.counter)
        return ticket

    def _post(self, path: str, body: dict[str, Any]) -> Answer:
        bearer = self.house.bearer(self.agency, self.counter)
        return self.house.counters[self.agency].post(path, body, bearer=bearer)

    def _stranger(self, ticket: dict[str, Any]) -> Visit:
        """Return how it goes with somebody whom this simulation did not send: like with most."""
        offered = self.house.site.offered.get((self.agency, ticket["service"]))
        chance = Random(ticket["id"])  # noqa: S311 - a person, not a secret
        return Visit(
            number=-1,
            agency=self.agency,
            service=ticket["service"],
            booked_for=None,
            arrives=None,
            cancels_at=None,
            by_phone=False,
            priority=chance.random() < PRIORITY,
            walks=1.0,
            calls_heard=1,
            returns_after=None,
            serves=service_minutes(chance, offered.service.minutes if offered else USUAL_MINUTES),
            parked_for=None,
            sent_on_to=None,
            undone=False,
            complains=False,
        )


def _shown(ticket: dict[str, Any]) -> dict[str, Any]:
    """Return what a command says of the ticket that the officer's screen showed."""
    return {"ticket_id": ticket["id"], "revision": ticket["revision"]}


def _reason(seen: dict[str, Any]) -> dict[str, str]:
    """Return why somebody waits aside, where the counters ask for that."""
    reasons = seen.get("aside_reasons", ())
    return {"reason": str(reasons[0])} if reasons else {}


def _outcome(seen: dict[str, Any]) -> dict[str, str]:
    """Return how a service ended, where the counters ask for that."""
    codes = [each["code"] if isinstance(each, dict) else str(each) for each in seen.get("outcomes", ())]
    return {"outcome": DONE if DONE in codes else codes[0]} if codes else {}
