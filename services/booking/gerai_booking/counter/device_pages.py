"""Kiosks, displays and printers, for supervisors."""

from functools import partial
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.device_shapes import ChosenDeviceSchema, DeviceSchema
from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.rules.devices import PAPER_WIDTHS, PRINTER, Condition
from gerai_booking.usecases import devices

BACK = "/devices"


class DevicePages(OfficersForms):
    """Which devices there are, how they are, and their keys."""

    @http("GET", "/devices", page=True)
    @at_the_door
    def devices_page(self, request: Request) -> Response:
        """Show them."""
        return self._devices(request)

    @http("POST", "/devices", page=True)
    @at_the_door
    def device_form(self, request: Request) -> Response:
        """Add one; the answer shows its key, and is the only one that does."""
        keys: list[str] = []

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            key = devices.add(session, self.office, officer, now=self.deployment.clock.now(), **asked)
            keys.extend([key] if key else [])

        return self._with_key(request, keys, form="device", schema=DeviceSchema(), run=run)

    @http("POST", "/devices/key", page=True)
    @at_the_door
    def device_key_form(self, request: Request) -> Response:
        """Give one another key."""
        keys: list[str] = []

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            keys.append(devices.renew_key(session, self.office, officer, device_id=asked["device"]))

        return self._with_key(request, keys, form="key", schema=ChosenDeviceSchema(), run=run)

    @http("POST", "/devices/revoke", page=True)
    @at_the_door
    def device_revoke_form(self, request: Request) -> Response:
        """Withdraw one."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            devices.revoke(session, officer, device_id=asked["device"], now=self.deployment.clock.now())

        return self._carry_out(request, form="revoke", schema=ChosenDeviceSchema(), run=run)

    def _carry_out(self, request: Request, **form: Any) -> Response:
        return self.carry_out_form(request, show=partial(self._devices, request), back=BACK, **form)

    def _with_key(self, request: Request, keys: list[str], **form: Any) -> Response:
        answer = self._carry_out(request, **form)
        # Sent again, the form is carried out no more, and there is no key to be shown.
        return self._devices(request, key=keys[0]) if keys else answer

    def _devices(self, request: Request, *, key: str = "", **refusal: Any) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            found = devices.overview(session, officer, now=now)
            shown = devices.check(session, self.office, key=key) if key else None
        live = [each for each in found if each.condition is not Condition.REVOKED]
        return self.pages.render(
            request,
            "devices.html",
            officer=officer,
            found=found,
            live=live,
            printers=[each.row for each in live if each.row.kind == PRINTER],
            sites={site.code: site for site in self.office.agency.sites},
            paper_widths=PAPER_WIDTHS,
            shown_key=key,
            shown=shown,
            portal=self.deployment.settings.public_url.rstrip("/"),
            now=now,
            **{"filled": {}, "error": "", "errors": {}, "refused_form": ""} | refusal,
        )
