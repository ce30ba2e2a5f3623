"""The registers of agreements and of supervised agencies at the desk (S2-8, S2-11)."""

from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from gerai_shared.refusals import Refused
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk.forms import DeskForms
from gerai_complaints.pvl_shapes import AgreementText
from gerai_complaints.schemas.agreements import AgreementSchema, SupervisedSchema
from gerai_complaints.usecases import agreements
from gerai_complaints.usecases.places import names

PAGE = "/agreements"


class AgreementPages(DeskForms):
    """One page with both registers, and one for each agreement."""

    @http("GET", PAGE, page=True)
    def agreements_page(self, request: Request) -> Response:
        """Show both registers."""
        officer = self._officer(request)
        return self._registers(request, officer) if officer else self._to_sign_in(request)

    @http("POST", PAGE + "/new", page=True)
    def agreement_new_form(self, request: Request) -> Response:
        """Write an agreement down."""
        return self._save_agreement(request, None)

    @http("POST", PAGE + "/supervised", page=True)
    def supervised_form(self, request: Request) -> Response:
        """Write down that an agency is supervised."""

        def run(session: Session, officer: Officer, asked: dict[str, Any], _key: str) -> str:
            codes = self.deployment.settings.agencies
            agreements.put_supervised(session, officer=officer, agencies=codes, **asked)
            return PAGE

        def show(officer: Officer, refusal: Refused, typed: dict[str, Any]) -> Response:
            return self._registers(request, officer, form="supervised", refusal=refusal, typed=typed)

        return self._carry_out(request, SupervisedSchema(), run, show)

    @http("GET", PAGE + "/<agreement_id>", page=True)
    def agreement_page(self, request: Request, agreement_id: str) -> Response:
        """Show the form of one agreement."""
        officer = self._officer(request)
        return self._agreement(request, agreement_id, officer) if officer else self._to_sign_in(request)

    @http("POST", PAGE + "/<agreement_id>", page=True)
    def agreement_form(self, request: Request, agreement_id: str) -> Response:
        """Change an agreement."""
        return self._save_agreement(request, agreement_id)

    def _save_agreement(self, request: Request, agreement_id: str | None) -> Response:
        def run(session: Session, officer: Officer, text: AgreementText, key: str) -> str:
            now = self.deployment.clock.now()
            agreements.save(session, text, agreement_id=agreement_id, officer=officer, key=key, now=now)
            return PAGE

        def show(officer: Officer, refusal: Refused, typed: dict[str, Any]) -> Response:
            if agreement_id is None:
                return self._registers(request, officer, form="agreement", refusal=refusal, typed=typed)
            return self._agreement(request, agreement_id, officer, refusal=refusal, typed=typed)

        return self._carry_out(request, AgreementSchema(), run, show)

    def _registers(
        self,
        request: Request,
        officer: Officer,
        *,
        form: str = "",
        refusal: Refused | None = None,
        typed: dict[str, Any] | None = None,
    ) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            lines = agreements.register(session, now=now)
            supervised = agreements.supervised(session, now=now)
            agencies = self._agencies(session, names(session))
        return self._render(
            request,
            "agreements.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            lines=lines,
            supervised=supervised,
            agencies=agencies,
            form=form,
            typed=typed or {},
            **self._told(request, refusal),
        )

    def _agreement(
        self,
        request: Request,
        agreement_id: str,
        officer: Officer,
        *,
        refusal: Refused | None = None,
        typed: dict[str, Any] | None = None,
    ) -> Response:
        officer.must_be_supervisor()
        with self.deployment.database.reading() as session:
            line = agreements.find(session, agreement_id, now=self.deployment.clock.now())
        written = {name: getattr(line.text, name) or "" for name in agreements.FIELDS}
        return self._render(
            request,
            "agreement.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            line=line,
            typed=typed or {name: str(value) for name, value in written.items()},
            **self._told(request, refusal),
        )
