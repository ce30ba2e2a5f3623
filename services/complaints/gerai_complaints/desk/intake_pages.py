"""What somebody says at the counter or by telephone is taken down at the desk, and gets a receipt."""

from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.http import http
from gerai_shared.refusals import Forbidden, IdempotencyKeyReused, Refused
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk.base import DeskBase, see_other
from gerai_complaints.keyring import keyring_of
from gerai_complaints.rules.case import Classification
from gerai_complaints.rules.channels import TAKEN_DOWN
from gerai_complaints.schemas.fields import LONGEST_TEXT, checked_key
from gerai_complaints.schemas.intake import IntakeSchema, filing_on_form
from gerai_complaints.usecases import filing, receipts
from gerai_complaints.usecases.places import THE_MALL, names


class IntakePages(DeskBase):
    """Mixin: take a complaint down, and print its receipt."""

    @http("GET", "/cases/new", page=True)
    def intake_page(self, request: Request) -> Response:
        """Show the form."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        return self._intake(request, officer, typed={})

    @http("POST", "/cases/new", page=True)
    def intake(self, request: Request) -> Response:
        """Take a complaint down."""
        self._pages.check_form(request)
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        form = request.form.to_dict()
        body = filing_on_form(form)
        try:
            if officer.is_overseer:
                raise Forbidden
            wanted = load(IntakeSchema(), body)
            with self.deployment.database.transaction() as session:
                filed = filing.file(
                    session,
                    receipts.taken_down(wanted, officer),
                    key=checked_key(form.get("idempotency_key")),
                    body=body,
                    agencies=self.deployment.settings.agencies,
                    keyring=keyring_of(self.deployment),
                    now=self.deployment.clock.now(),
                )
        except Refused as refusal:
            if isinstance(refusal, IdempotencyKeyReused):
                # Somebody went back after a receipt and wrote down the next: what is sent again is theirs.
                form.pop("idempotency_key", None)
            return self._intake(request, officer, typed=form, refusal=refusal)
        return see_other(f"/cases/{filed.number}/receipt")

    @http("GET", "/cases/<number>/receipt", page=True)
    def receipt_page(self, request: Request, number: str) -> Response:
        """Show the receipt, for whoever took it down to print it."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        with self.deployment.database.reading() as session:
            receipt = receipts.receipt(session, number, officer=officer, keyring=keyring_of(self.deployment))
            agency = names(session).agency(receipt.agency)
        return self._render(
            request,
            "receipt.html",
            officer=officer,
            receipt=receipt,
            agency=agency,
            address=f"{self.deployment.settings.public_url.rstrip('/')}/c/{receipt.token}",
        )

    def _intake(
        self, request: Request, officer: Officer, *, typed: dict[str, str], refusal: Refused | None = None
    ) -> Response:
        with self.deployment.database.reading() as session:
            known = names(session)
        codes = (*self.deployment.settings.agencies, THE_MALL.code)
        return self._render(
            request,
            "intake.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            typed=typed or {"language": language_of(request), "channel": TAKEN_DOWN[0].value},
            agencies=[known.agency(code) for code in codes],
            sites=known.sites(),
            channels=TAKEN_DOWN,
            classifications=tuple(Classification),
            longest_text=LONGEST_TEXT,
            **self._told(request, refusal),
        )
