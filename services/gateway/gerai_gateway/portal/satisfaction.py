"""Saying how a visit was, by the link of a ticket: a form that works without scripts."""

from datetime import date
from typing import Any

from gerai_shared.borders import load
from gerai_shared.refusals import Refused
from gerai_shared.ticket import State
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands, surveys
from gerai_gateway.catalogues import Json
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms
from gerai_gateway.portal.base import PortalPages, see_other
from gerai_gateway.rules.survey import ELEMENTS, HIGHEST, LOWEST
from gerai_gateway.schemas.satisfaction import LONGEST_REMARK, SurveySchema

_survey = SurveySchema()
NUMBERS = tuple(str(number) for number in range(LOWEST, HIGHEST + 1))


class SatisfactionPages(PortalPages):
    """Mixin: the survey of satisfaction (SKM)."""

    @public("GET", "/t/<token>/survey", page=True)
    def page_survey(self, request: Request, token: str) -> Response:
        """Show the form, or, after it, the thanks (`?until=` the last day for a change)."""
        errands.deployment_of_ticket(self.mall, token)
        until = _day(request.args.get("until", ""))
        if until is not None and "change" not in request.args:
            return self.page(
                request, "survey_thanks.html", section="ticket", token=token, until=until.isoformat()
            )
        view: Json | None = None
        try:
            view = errands.ticket(self.mall, token)
        except Refused as refusal:
            # The agency may be back by the time that all is answered.
            if refusal.code not in forms.UNANSWERED:
                raise
        if view is not None and view["ticket"]["state"] != State.SERVED:
            return see_other(f"/t/{token}")
        return self._survey_form(request, token, view=view)

    @public("POST", "/t/<token>/survey", page=True)
    def form_survey(self, request: Request, token: str) -> Response:
        """Take the answers; what cannot be taken now comes back as it was filled in."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        form = request.form.to_dict()
        try:
            body = load(_survey, survey_body(form))
            heard = surveys.answer_for_ticket(self.mall, token, body, channel=surveys.LINK, key=key)
        except Refused as refusal:
            return self._survey_form(request, token, form=form, refusal=refusal)
        return see_other(f"/t/{token}/survey?until={heard['changeable_until']}")

    def _survey_form(
        self,
        request: Request,
        token: str,
        *,
        view: Json | None = None,
        form: dict[str, str] | None = None,
        refusal: Refused | None = None,
    ) -> Response:
        by_field, summary = self.errors(request, refusal)
        typed = form or {}
        return self.page(
            request,
            "survey.html",
            section="ticket",
            status=refusal.status if refusal else 200,
            token=token,
            view=view,
            form=typed,
            errors=by_field,
            summary=summary,
            is_away=refusal is not None and refusal.code in forms.UNANSWERED,
            key=forms.key_to_keep(typed, refusal),
            longest_remark=LONGEST_REMARK,
        )


def survey_body(form: dict[str, str]) -> dict[str, Any]:
    """Return the interface's body in a form; what is no number stays as it is, to be refused."""
    given = {element: form[element] for element in ELEMENTS if element in form}
    answers = {each: int(text) if text in NUMBERS else text for each, text in given.items()}
    remark = forms.typed(form, "remark").replace("\r\n", "\n")
    return {"answers": answers, **({"remark": remark} if remark else {})}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
