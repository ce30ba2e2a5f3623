"""Receiving people on the spot: the page of the tablet, its worker, and where it sends what it has kept."""

from typing import Any

import segno
from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.http import http, json_body, json_response
from gerai_shared.overseers import Access
from gerai_shared.refusals import UnreadableBody
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk import sessions
from gerai_complaints.desk.base import see_other
from gerai_complaints.desk.forms import DeskForms
from gerai_complaints.keyring import keyring_of
from gerai_complaints.models import PlaceName
from gerai_complaints.pvl_refusals import NotOnTeam
from gerai_complaints.pvl_shapes import IntakeReceipt
from gerai_complaints.schemas.fields import LONGEST_TEXT, LONGEST_TITLE, checked_key
from gerai_complaints.schemas.pvl import IntakeReceiptSchema, IntakeSchema
from gerai_complaints.shapes import Named
from gerai_complaints.usecases import pvl_intakes
from gerai_complaints.usecases.places import SERVICE, THE_MALL, Names, names

WORKER = "pvl-worker.js"


class PvlIntakePages(DeskForms):
    """The tablet."""

    @http("GET", "/pvl/worker.js", overseers=Access.FREE)
    def pvl_worker(self, request: Request) -> Response:
        """Answer the service worker: here and not below /static, so that it may serve the pages of /pvl."""
        asset = self._pages.assets[WORKER]
        # Browsers look for another version themselves; one that is kept would keep the tablet on an old one.
        response = Response(asset.body, mimetype=asset.mimetype, headers={"Cache-Control": "no-cache"})
        response.set_etag(asset.version)
        return response.make_conditional(request)

    @http("GET", "/pvl/<event_id>/intake", page=True)
    def pvl_intake_page(self, request: Request, event_id: str) -> Response:
        """Show the form on which somebody is received; it works without network once it was opened."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        with self.deployment.database.reading() as session:
            seen = pvl_intakes.view(session, event_id, officer=officer, keyring=keyring_of(self.deployment))
            if not seen.may_work:
                raise NotOnTeam
            known = names(session)
            agencies, services = self._agencies(session, known), _services(session, known)
        return self._render(
            request,
            "pvl_intake.html",
            officer=officer,
            seen=seen,
            agencies=[*agencies, THE_MALL],
            services=services,
            longest_text=LONGEST_TEXT,
            longest_title=LONGEST_TITLE,
        )

    @http("POST", "/api/v1/pvl/<event_id>/intake")
    def api_pvl_intake(self, request: Request, event_id: str) -> Response:
        """Write down who was received: {kind, local_number, taken_at, ...}; answers the receipt.

        The Idempotency-Key was made on the tablet: sent again, it is answered with the same receipt.
        """
        officer = sessions.officer_of(self.deployment, request)
        # A page of another origin can send other types without asking first; JSON it cannot.
        if request.mimetype != "application/json":
            raise UnreadableBody
        body = json_body(request)
        key = checked_key(request.headers.get("Idempotency-Key"))
        intake = load(IntakeSchema(), body)
        with self.deployment.database.transaction() as session:
            receipt = pvl_intakes.take_in(
                session,
                event_id,
                intake,
                officer=officer,
                key=key,
                body=body,
                agencies=self.deployment.settings.agencies,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )
        return json_response(self._receipt(receipt), 201)

    @http("POST", "/pvl/<event_id>/consultations/<intake_id>", page=True)
    def pvl_carry_over(self, request: Request, event_id: str, intake_id: str) -> Response:
        """Make a complaint of a consultation."""
        self._pages.check_form(request)
        officer: Officer | None = self._officer(request)
        if officer is None:
            return see_other(f"/sign-in?next=/pvl/{event_id}")
        with self.deployment.database.transaction() as session:
            receipt = pvl_intakes.carry_over(
                session,
                event_id,
                intake_id,
                officer=officer,
                agencies=self.deployment.settings.agencies,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )
        return self._render(
            request, "pvl_receipt.html", officer=officer, event_id=event_id, told=self._receipt(receipt)
        )

    def _receipt(self, receipt: IntakeReceipt) -> dict[str, Any]:
        """Return a receipt as JSON; of a complaint with the address of its page, as text and as QR code."""
        told: dict[str, Any] = IntakeReceiptSchema().dump(receipt)
        if receipt.token is None:
            return told
        link = f"{self.deployment.settings.public_url.rstrip('/')}/c/{receipt.token}"
        code = segno.make(link, error="m", micro=False)
        return {**told, "link": link, "qr": code.svg_data_uri(scale=4, border=4, light="#fff")}


def _services(session: Session, known: Names) -> list[tuple[str, Named]]:
    """Return (agency, service) of everything that the agencies offer, by agency and name."""
    rows = session.execute(select(PlaceName.agency, PlaceName.code).where(PlaceName.kind == SERVICE))
    found = [(agency, known.service(agency, code)) for agency, code in rows]
    return sorted(found, key=lambda each: (each[0], each[1].called("id")))
