"""The kiosk: saying how a visit was, a question at a time, with a ticket or without.

The answers so far travel in the form itself: the kiosk keeps nothing, and nothing is left for who comes next.
"""

from gerai_shared.refusals import NotFound, Refused
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands, surveys
from gerai_gateway.catalogues import Json
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms
from gerai_gateway.portal.kiosk_base import AtKiosk, at_kiosk
from gerai_gateway.refusals import NothingShown, UnknownTicket, VisitNotOver
from gerai_gateway.rules.survey import ELEMENTS, answers_in, is_run_of_answers

BACK = "back"
#: What somebody may show anew: it was no ticket, or not of a visit that is over.
SHOWN_AGAIN = frozenset({NothingShown.code, UnknownTicket.code, VisitNotOver.code})


class KioskSurveyPages(AtKiosk):
    """Mixin: the survey of satisfaction at a kiosk."""

    @public("GET", "/kiosk/<site>/survey", page=True)
    @at_kiosk
    def page_kiosk_survey(self, request: Request, device: Json) -> Response:
        """Ask for the ticket, or which office it was."""
        return self._kiosk_survey_start(request, device)

    @public("POST", "/kiosk/<site>/survey", page=True)
    @at_kiosk
    def form_kiosk_survey(self, request: Request, device: Json) -> Response:
        """Take one answer and ask the next question; after the last one, keep all."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        agency, shown = request.form.get("agency", ""), request.form.get("shown", "").strip()[:300]
        given, pressed = request.form.get("answers", ""), request.form.get("answer", "")
        run = given[:-1] if pressed == BACK else given + pressed
        if not is_run_of_answers(run):
            raise NotFound
        try:
            subject = self._kiosk_subject(
                device, agency=agency, shown=shown, is_begun="answers" in request.form
            )
            if len(run) == len(ELEMENTS) and pressed != BACK:
                return self._kiosk_survey_done(request, device, subject, run, key=key)
        except Refused as refusal:
            if refusal.code in SHOWN_AGAIN:
                return self._kiosk_survey_start(request, device, shown=shown, refusal=refusal)
            if refusal.code in forms.UNANSWERED and len(run) == len(ELEMENTS):
                # Nothing is lost: the same answers are sent with the same key when it is tried again.
                return self._kiosk_question(
                    request, device, (agency, shown), run[:-1], key=key, kept=run[-1], status=refusal.status
                )
            raise
        return self._kiosk_question(request, device, subject, run, key=key)

    def _kiosk_subject(self, device: Json, *, agency: str, shown: str, is_begun: bool) -> tuple[str, str]:
        """Return the agency of who has no ticket, or the ticket's token; looked at when the survey begins."""
        if agency:
            self.mall.catalogues.of(agency).site(device["site"])
            return agency, ""
        token = forms.token_in(shown)
        if not errands.TOKEN.fullmatch(token):
            raise NothingShown
        if not is_begun:
            surveys.must_be_served(errands.ticket(self.mall, token))
        return "", token

    def _kiosk_survey_done(
        self, request: Request, device: Json, subject: tuple[str, str], run: str, *, key: str
    ) -> Response:
        agency, token = subject
        body = {"answers": answers_in(run), "remark": None}
        if token:
            surveys.answer_for_ticket(self.mall, token, body, channel=surveys.KIOSK_TICKET, key=key)
        else:
            surveys.answer_at_kiosk(self.mall, site=device["site"], agency=agency, body=body, key=key)
        return self.kiosk_page(request, device, "kiosk_survey_thanks.html")

    def _kiosk_survey_start(
        self, request: Request, device: Json, *, shown: str = "", refusal: Refused | None = None
    ) -> Response:
        _, present = self.mall.catalogues.site(device["site"])
        return self.kiosk_page(
            request,
            device,
            "kiosk_survey.html",
            status=refusal.status if refusal else 200,
            agencies=[catalogue.agency for catalogue in present],
            shown=shown,
            error=self.said(request, refusal) if refusal else "",
        )

    def _kiosk_question(
        self,
        request: Request,
        device: Json,
        subject: tuple[str, str],
        run: str,
        *,
        key: str,
        kept: str = "",
        status: int = 200,
    ) -> Response:
        agency, token = subject
        return self.kiosk_page(
            request,
            device,
            "kiosk_survey_question.html",
            status=status,
            agency_slug=agency,
            agency=agency,
            shown=token,
            run=run,
            kept=kept,
            key=key,
        )
