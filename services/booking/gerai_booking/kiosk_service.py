"""What kiosks, displays and printers ask of their agency through the gateway."""

from typing import Any

from gerai_shared.borders import load
from gerai_shared.bus.rpc import Request, rpc
from gerai_shared.deployment import Resources

from gerai_booking import device_schemas
from gerai_booking.usecases import devices, kiosk, views
from gerai_booking.usecases.office import Office


class KioskRequests:
    """Mixin: devices of this agency, and what is done at kiosks of whichever agency.

    The gateway has asked the agency of a kiosk whether its key is good: no other asker reaches this.
    """

    deployment = Resources()
    _once: Any

    @property
    def _office(self) -> Office:
        office: Office = self.deployment.extras["office"]
        return office

    @rpc
    def device_check(self, request: Request) -> dict[str, Any]:
        """Tell whose key it is."""
        asked = load(device_schemas.KeySchema(), request.payload)
        with self.deployment.database.reading() as session:
            return devices.check(session, self._office, key=asked["key"])

    @rpc
    def device_seen(self, request: Request) -> dict[str, Any]:
        """Take a heartbeat."""
        asked = load(device_schemas.SeenSchema(), request.payload)
        with self.deployment.database.transaction() as session:
            devices.seen(session, self._office, **asked, now=self.deployment.clock.now())
        return {}

    @rpc
    def kiosk_walk_in(self, request: Request) -> dict[str, Any]:
        """Give a number at a kiosk; answers the token and the check code of the ticket, and its visit."""
        asked = load(device_schemas.KioskWalkInSchema(), request.payload)
        device = asked.pop("device")

        def run(session: Any, now: Any) -> dict[str, Any]:
            return views.receipt(kiosk.walk_in(session, self._office, now=now, **asked))

        # A repeat may find the kiosk with another printer.
        own = {name: asked[name] for name in ("site", "service", "need")}
        if asked["visit"] is not None:
            own["visit"] = asked["visit"].id
        answer = self._once(request, f"kiosk:{device}", run, body=own)
        ticket_id = answer["ticket"]["id"]
        return {
            "token": self._office.token(ticket_id),
            "code": self._office.check_code(ticket_id),
            "visit": _visit_of(answer["ticket"]),
        }

    @rpc
    def kiosk_check_in(self, request: Request) -> dict[str, Any]:
        """Check in at a kiosk by number or token; answers the ticket's check code, its visit and service."""
        asked = load(device_schemas.KioskCheckInSchema(), request.payload)

        def run(session: Any, now: Any) -> dict[str, Any]:
            shown, site = asked["number"], asked["site"]
            return views.receipt(kiosk.check_in(session, self._office, site=site, shown=shown, now=now))

        own = {name: asked[name] for name in ("site", "number")}
        answer = self._once(request, f"kiosk:{asked['device']}", run, body=own)
        code = self._office.check_code(answer["ticket"]["id"])
        # They may be in the house for hours: another errand waits from now on.
        visit = {**_visit_of(answer["ticket"]), "arrived_at": None}
        return {"code": code, "visit": visit, "service": answer["ticket"]["service"]}

    @rpc
    def kiosk_ticket(self, request: Request) -> dict[str, Any]:
        """Show a ticket at a kiosk."""
        asked = load(device_schemas.KioskTicketSchema(), request.payload)
        with self.deployment.database.reading() as session:
            return kiosk.view(session, self._office, code=asked["code"])

    @rpc
    def kiosk_print(self, request: Request) -> dict[str, Any]:
        """Print a ticket at a kiosk, or a copy."""
        asked = load(device_schemas.KioskPrintSchema(), request.payload)
        device = asked.pop("device")

        def run(session: Any, now: Any) -> dict[str, Any]:
            return views.receipt(kiosk.print_ticket(session, self._office, now=now, **asked))

        own = {name: request.payload.get(name) for name in ("code", "token")}
        self._once(request, f"kiosk:{device}", run, body=own)
        with self.deployment.database.reading() as session:
            return kiosk.view(session, self._office, code=asked["code"])


def _visit_of(ticket: dict[str, Any]) -> dict[str, Any]:
    """Return the visit that a ticket is a step of, for those to come at whatever agency."""
    return {"id": ticket["visit_id"], "number": ticket["number"], "arrived_at": ticket["checked_in_at"]}
