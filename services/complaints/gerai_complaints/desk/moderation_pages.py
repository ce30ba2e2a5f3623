"""Pages of moderators: what the public is to read, looked at first."""

from urllib.parse import urlencode

from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.http import http
from gerai_shared.refusals import InvalidRequest, Refused
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk.base import DeskBase, see_other
from gerai_complaints.rules.public_reports import Publication, Verdict
from gerai_complaints.schemas.fields import LONGEST_TITLE, checked_key
from gerai_complaints.schemas.public_reports import LONGEST_PUBLISHED, LONGEST_REASON, VerdictSchema
from gerai_complaints.usecases import moderating

CONFLICT = 409
DONE = ("published", "withheld")


class ModerationPages(DeskBase):
    """Mixin: the reports that wait, and one of them with what was filed beside what is published."""

    @http("GET", "/moderation", page=True)
    def moderation(self, request: Request) -> Response:
        """Show the reports of a state, what waits longest on top."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        asked, done = request.args.get("state", ""), request.args.get("done", "")
        state = Publication(asked) if asked in set(Publication) else Publication.WAITING
        with self.deployment.database.reading() as session:
            found = moderating.reports_to_moderate(
                session, officer=officer, state=state, page=request.args.get("page", 1, type=int)
            )
        return self._render(
            request,
            "moderation.html",
            officer=officer,
            found=found,
            state=state.value,
            done=done if done in DONE else "",
            page_url=lambda page: "/moderation?" + urlencode({"state": state.value, "page": page}),
        )

    @http("GET", "/moderation/<identifier>", page=True)
    def moderated_report(self, request: Request, identifier: str) -> Response:
        """Show one report."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        return self._report(request, identifier, officer)

    @http("POST", "/moderation/<identifier>/decision", page=True)
    def moderate(self, request: Request, identifier: str) -> Response:
        """Publish a report or withhold it."""
        self._pages.check_form(request)
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        given = {name: request.form[name] for name in VerdictSchema().fields if name in request.form}
        try:
            wanted = load(VerdictSchema(), given)
            verdict = Verdict(
                publish=wanted["decision"] == "publish",
                title=wanted["title"],
                text=wanted["text"],
                reason=wanted["reason"],
                place=wanted["place"],
            )
            with self.deployment.database.transaction() as session:
                moderating.moderate(
                    session,
                    identifier,
                    verdict,
                    revision=wanted["revision"],
                    officer=officer,
                    key=checked_key(request.form.get("idempotency_key")),
                    now=self.deployment.clock.now(),
                )
        except Refused as refusal:
            if refusal.status not in (CONFLICT, InvalidRequest.status):
                raise
            return self._report(request, identifier, officer, refusal=refusal, given=given)
        return see_other(f"/moderation?done={'published' if verdict.publish else 'withheld'}")

    def _report(
        self,
        request: Request,
        identifier: str,
        officer: Officer,
        *,
        refusal: Refused | None = None,
        given: dict[str, str] | None = None,
    ) -> Response:
        with self.deployment.database.reading() as session:
            report = moderating.report_to_moderate(session, identifier, officer=officer)
        typed = {"title": report.title, "text": report.text[:LONGEST_PUBLISHED], "reason": ""}
        shows_place = report.shows_place if given is None else "place" in given
        # The other form of the page has sent nothing for these fields: they stay as they are proposed.
        typed |= given or {}
        return self._render(
            request,
            "moderated_report.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            report=report,
            typed=typed,
            shows_place=shows_place,
            longest_title=LONGEST_TITLE,
            longest_text=LONGEST_PUBLISHED,
            longest_reason=LONGEST_REASON,
            **self._told(request, refusal),
        )
