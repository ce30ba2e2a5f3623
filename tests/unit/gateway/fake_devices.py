"""The agencies' part in kiosks and displays, in memory."""

from dataclasses import replace
from typing import Any

from gerai_booking import refusals as booking
from gerai_booking.refusals.devices import UnknownDevice
from gerai_shared.ids import new_id
from gerai_shared.ticket import Actor, State, TicketSchema, move
from gerai_shared.tokens import make_token, read_token

from tests.unit.gateway.fake_catalogue import SECRET, Json, catalogue_of

_schema = TicketSchema()
PRINTER = {"id": new_id(), "host": "10.0.0.9", "port": 9100, "paper_mm": 80}


class FakeDevices:
    """`devices` are those that are not revoked, by key; `heard` what they said; `printing` of every number."""

    tickets: dict[str, Any]
    now: Any
    _new: Any
    token: Any

    def have_no_devices(self) -> None:
        """Begin without any."""
        self.devices: dict[str, Json] = {}
        self.heard: list[tuple[str, Json]] = []
        self.printing: Json | None = None

    def add_device(self, kind: str = "kiosk", *, site: str = "mpp-lebak", printer: Json | None = None) -> str:
        """Add a device of immigration; its key is returned."""
        key = make_token(secret=SECRET, realm="device-immigration", identifier=new_id())
        self.devices[key] = {
            "id": new_id(),
            "kind": kind,
            "site": site,
            "name": "Uji",
            "agency": "immigration",
            "printer": printer,
        }
        return key

    def _device_check(self, _agency: str, payload: Json) -> Json:
        if payload["key"] not in self.devices:
            raise UnknownDevice
        return self.devices[payload["key"]]

    def _device_seen(self, agency: str, payload: Json) -> Json:
        device = self._device_check(agency, payload)
        self.heard.append((device["id"], payload["state"]))
        return {}

    def _kiosk_walk_in(self, _agency: str, payload: Json) -> Json:
        visit = payload["visit"] or {}
        ticket = self._new(
            payload["site"], payload["service"], State.CHECKED_IN, None, checked_in_at=self.now
        )
        if visit:
            ticket = replace(ticket, visit_id=visit["id"], number=visit["number"])
            self.tickets[ticket.id] = ticket
        return {"token": self.token(ticket), "code": self._code(ticket), "visit": _visit_of(ticket)}

    def _kiosk_check_in(self, agency: str, payload: Json) -> Json:
        shown = payload["number"]
        found = [
            ticket
            for ticket in self.tickets.values()
            if ticket.agency == agency and shown in {ticket.number, self.token(ticket)}
        ]
        if not found:
            raise booking.UnknownTicket
        ticket = found[0]
        if ticket.state is not State.CHECKED_IN:
            ticket = move(ticket, State.CHECKED_IN, actor=Actor.CITIZEN, now=self.now, checked_in_at=self.now)
            self.tickets[ticket.id] = ticket
        visit = {**_visit_of(ticket), "arrived_at": None}
        return {"code": self._code(ticket), "visit": visit, "service": ticket.service}

    def _kiosk_ticket(self, _agency: str, payload: Json) -> Json:
        ticket = self.tickets.get(read_token(secret=SECRET, token=payload["code"]) or "")
        if ticket is None:
            raise booking.UnknownTicket
        told = catalogue_of(ticket.agency)
        agency, services = told["agency"], told["services"]
        return {
            "ticket": _schema.dump(ticket),
            "code": payload["code"],
            "agency_name": agency["name"],
            "service_name": next(each["name"] for each in services if each["code"] == ticket.service),
            "counter_name": None,
            "time_zone": "Asia/Jakarta",
            "ahead": 7,
            "is_late": False,
            "print": self.printing,
        }

    def _kiosk_print(self, agency: str, payload: Json) -> Json:
        return self._kiosk_ticket(agency, payload)

    def _code(self, ticket: Any) -> str:
        return make_token(secret=SECRET, realm=f"check-{ticket.agency}", identifier=ticket.id)


def _visit_of(ticket: Any) -> Json:
    told = _schema.dump(ticket)
    return {"id": told["visit_id"], "number": told["number"], "arrived_at": told["checked_in_at"]}
