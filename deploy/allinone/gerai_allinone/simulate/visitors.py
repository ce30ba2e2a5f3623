"""The people of a day: they book, come, check in or take a number, change their minds, complain."""

import secrets
import threading
from dataclasses import dataclass, field
from functools import partial
from random import SystemRandom
from typing import Any

from gerai_allinone.simulate.client import Answer, Door
from gerai_allinone.simulate.day import EARLY_DOOR, Visit
from gerai_allinone.simulate.house import House
from gerai_allinone.simulate.site import CannotBegin, Site

#: Tries to book before somebody comes without.
MOST_TRIES = 3
COMPLAINS_AFTER = 30.0
NOT_OPEN_TODAY = frozenset({"closed", "holiday"})
#: A district of Lebak, before a date of birth and a serial: nobody's NIK, but it reads like one.
DISTRICT = "360214"
WOMAN = 40


@dataclass(kw_only=True)
class Visitors:
    """Everybody of the plan. `run` names this simulation: who comes tomorrow is not who came today."""

    house: House
    run: str = field(default_factory=lambda: secrets.token_hex(3))
    free: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    _chance: SystemRandom = field(default_factory=SystemRandom)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def prepare(self) -> None:
        """Give everybody their first act."""
        booking = [visit for visit in self.house.day.visits if visit.booked_for is not None]
        first = self.house.day.hours.opens - 2 * EARLY_DOOR
        for place, visit in enumerate(booking):
            self.house.expect_act(first + EARLY_DOOR * place / len(booking), partial(self._book, visit))
        for visit in self.house.day.visits:
            if visit.booked_for is None and visit.arrives is not None:
                self._comes(visit, visit.arrives)

    def _comes(self, visit: Visit, moment: float, booked: dict[str, Any] | None = None) -> None:
        self.house.expect_act(moment, partial(self._arrive, visit, booked))

    def _book(self, visit: Visit, now: float) -> None:
        body = self._booking(visit)
        for slot in self._hours_for(visit):
            path = f"/api/v1/agencies/{visit.agency}/tickets"
            told = self._gateway(
                self.house.gateway.post(path, {**body, "slot_id": slot["id"]}), f"booking {visit.service}"
            )
            if told is not None:
                self.house.ledger.count("booked")
                self.house.ledger.give(visit, told["ticket"], now=now, token=told["token"])
                if visit.cancels_at is not None:
                    cancel = partial(self._cancel, visit, told)
                    self.house.expect_act(max(now, visit.cancels_at), cancel)
                elif visit.arrives is not None:
                    self._comes(visit, max(now, visit.arrives), told)
                return
        self.house.ledger.count("found no hour")
        if visit.arrives is not None:
            self._comes(visit, max(now, visit.arrives))

    def _hours_for(self, visit: Visit) -> list[dict[str, Any]]:
        """Take places out of the hours that are left, the nearest to the wanted one first.

        The mall's clock is not the simulated one: the hours that are left there are spread over the day.
        """
        hours, wanted = self.house.day.hours, visit.booked_for or 0.0
        with self._lock:
            slots = [each for each in self.free.get((visit.agency, visit.service), []) if each["places"] > 0]
            if not slots:
                return []
            part = (wanted - hours.opens) / max(hours.closes - hours.opens, 1.0)
            ideal = min(int(part * len(slots)), len(slots) - 1)
            nearest = sorted(slots, key=lambda each: abs(slots.index(each) - ideal))[:MOST_TRIES]
            nearest[0]["places"] -= 1
            return nearest

    def _arrive(self, visit: Visit, booked: dict[str, Any] | None, now: float) -> None:
        if booked is None:
            self._take_number(visit, now)
        elif not (visit.by_phone and self._check_in_by_phone(now, booked)):
            self._check_in_at_desk(visit, now, booked)
        if visit.complains:
            self.house.expect_act(now + COMPLAINS_AFTER, lambda _now: self._complain(visit, booked))

    def _check_in_by_phone(self, now: float, booked: dict[str, Any]) -> bool:
        path = f"/api/v1/tickets/{booked['token']}/check-in"
        told = self._gateway(self.house.gateway.post(path), "check-in by phone")
        if told is None:
            return False
        self.house.ledger.count("checked in by phone")
        self.house.ledger.see(told["ticket"], now=now)
        return True

    def _check_in_at_desk(self, visit: Visit, now: float, booked: dict[str, Any]) -> None:
        body = {"site": self.house.site.code, "number": booked["ticket"]["number"]}
        told = self.house.accepted(self._desk(visit, "/api/v1/check-ins", body), "check-in at the counter")
        self.house.ledger.count("checked in at the counter" if told else "turned away")
        if told is not None:
            self.house.ledger.see(told["ticket"], now=now)

    def _take_number(self, visit: Visit, now: float) -> None:
        offered = self.house.site.offered[visit.agency, visit.service]
        body: dict[str, Any] = {
            "site": self.house.site.code,
            "service": visit.service,
            "priority": visit.priority,
        }
        if offered.checklist:
            body["checked"] = list(offered.checklist)
        told = self.house.accepted(
            self._desk(visit, "/api/v1/walk-ins", body), f"a number for {visit.service}"
        )
        self.house.ledger.count("walked in" if told else "turned away")
        if told is not None:
            self.house.ledger.give(visit, told["ticket"], now=now)

    def _cancel(self, visit: Visit, booked: dict[str, Any], now: float) -> None:
        path = f"/api/v1/tickets/{booked['token']}/cancel"
        told = self._gateway(self.house.gateway.post(path), f"cancelling {visit.service}")
        if told is not None:
            self.house.ledger.count("cancelled")
            self.house.ledger.see(told["ticket"], now=now)

    def _complain(self, visit: Visit, booked: dict[str, Any] | None) -> None:
        body = {
            "classification": "complaint",
            "title": "Menunggu terlalu lama",
            "text": "Keluhan percobaan: saya menunggu lebih lama daripada yang tertulis di layar.",
            "agency": visit.agency,
            "site": self.house.site.code,
            "service": visit.service,
            "person": {"name": self._name(visit), "email": self._email(visit)},
        }
        if booked is not None:
            body["ticket_token"] = booked["token"]
        if self._gateway(self.house.gateway.post("/api/v1/complaints", body), "a complaint") is not None:
            self.house.ledger.count("complained")

    def _gateway(self, answer: Answer, what: str) -> dict[str, Any] | None:
        """Return what the gateway answered; None for a refusal, or while it cannot reach an agency."""
        if answer.status in {429, 503, 504}:
            self.house.ledger.count(f"refused: {answer.code}")
            return None
        return self.house.accepted(answer, what)

    def _desk(self, visit: Visit, path: str, body: dict[str, Any]) -> Answer:
        return self.house.counters[visit.agency].post(path, body, bearer=self.house.bearer(visit.agency))

    def _booking(self, visit: Visit) -> dict[str, Any]:
        offered = self.house.site.offered[visit.agency, visit.service]
        body: dict[str, Any] = {
            "language": "id",
            "priority": visit.priority,
            "person": {"name": self._name(visit), "nik": self._nik(), "email": self._email(visit)},
        }
        if offered.purpose:
            body["purpose"] = offered.purpose
        if offered.needs_precondition:
            body["precondition_met"] = True
        if offered.needs_police_report:
            body["police_report"] = {
                "number": f"LP/{visit.number + 1}/SIMULASI",
                "date": self.house.site.day.isoformat(),
                "station": "Polsek Contoh",
            }
        return body

    def _name(self, visit: Visit) -> str:
        return f"Warga Simulasi {visit.number + 1}"

    def _email(self, visit: Visit) -> str:
        return f"simulasi-{self.run}-{visit.number + 1}@example.org"

    def _nik(self) -> str:
        """Return a synthetic NIK of a woman of Lebak; no two of them are likely to be the same."""
        day, month, year = (self._chance.randint(*span) for span in ((1, 28), (1, 12), (60, 99)))
        return f"{DISTRICT}{day + WOMAN:02d}{month:02d}{year:02d}{self._chance.randint(1, 9999):04d}"


def free_hours(gateway: Door, site: Site) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the hours of today with free places, by (agency, service).

    Raises CannotBegin when the site is closed today, Unreachable.
    """
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for (agency, service), offered in site.offered.items():
        if not offered.service.is_bookable:
            continue
        question = f"site={site.code}&service={service}&from={site.day}&to={site.day}"
        answer = gateway.get(f"/api/v1/agencies/{agency}/availability?{question}")
        if answer.status != 200:
            raise CannotBegin(f"the free places of {service}: {answer.status} {str(answer.body)[:200]}")
        for day in answer.body["days"]:
            if day["reason"] in NOT_OPEN_TODAY:
                raise CannotBegin(f"{site.code} is closed on {site.day}, which it is in the mall")
            found[agency, service] = [each for each in day["slots"] if each["places"] > 0]
    return found
