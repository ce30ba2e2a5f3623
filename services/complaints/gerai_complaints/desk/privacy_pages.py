"""A supervisor erases who brought a complaint, for somebody who asked for it without its page."""

from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from gerai_shared.refusals import Refused
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk.forms import DeskForms
from gerai_complaints.keyring import keyring_of
from gerai_complaints.privacy_settings import retention_of
from gerai_complaints.rules.privacy import keepings
from gerai_complaints.schemas.privacy import LONGEST_WHY, EraseSchema
from gerai_complaints.usecases import privacy
from gerai_complaints.usecases.case_view import case


class PrivacyPages(DeskForms):
    """One form."""

    @http("GET", "/cases/<number>/erasure", page=True)
    def erasure_page(self, request: Request, number: str) -> Response:
        """Show what goes and what stays, and the form."""
        officer = self._officer(request)
        return self._erasure(request, number, officer) if officer else self._to_sign_in(request)

    @http("POST", "/cases/<number>/erasure", page=True)
    def erasure_form(self, request: Request, number: str) -> Response:
        """Erase, or write down that it is to be done."""

        def run(session: Session, officer: Officer, asked: dict[str, Any], _key: str) -> str:
            privacy.erase_at_desk(
                session,
                number,
                why=asked["why"],
                officer=officer,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )
            return f"/cases/{number}"

        def show(officer: Officer, refusal: Refused, typed: dict[str, Any]) -> Response:
            return self._erasure(request, number, officer, refusal=refusal, typed=typed)

        return self._carry_out(request, EraseSchema(), run, show)

    def _erasure(
        self,
        request: Request,
        number: str,
        officer: Officer,
        *,
        refusal: Refused | None = None,
        typed: dict[str, Any] | None = None,
    ) -> Response:
        officer.must_be_supervisor()
        with self.deployment.database.reading() as session:
            found = case(
                session,
                number,
                officer=officer,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )
        return self._render(
            request,
            "erasure.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            case=found,
            kept=keepings(retention_of(self.deployment)),
            longest_why=LONGEST_WHY,
            typed=typed or {},
            **self._told(request, refusal),
        )
