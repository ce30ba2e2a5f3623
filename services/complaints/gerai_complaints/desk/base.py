"""What the pages of the desk have in common: who asks, how a page is shown, how a refusal is told."""

from typing import Any
from urllib.parse import urlencode

from gerai_shared.accounts import Officer
from gerai_shared.deployment import Deployment
from gerai_shared.pages import Pages
from gerai_shared.refusals import Refused, SignInRequired
from gerai_shared.translations import language_of, translate
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk import sessions


class DeskBase:
    """Base of every group of pages at the desk."""

    deployment: Deployment

    def _told(self, request: Request, refusal: Refused | None) -> dict[str, Any]:
        """Return the `problem` above the form and the `errors` at its fields."""
        if refusal is None:
            return {"problem": "", "errors": {}}
        fields: dict[str, list[str]] = refusal.details.get("fields", {})
        errors = {name: self._pages.text(request, texts[0]) for name, texts in fields.items()}
        return {"problem": "" if errors else translate(refusal, language_of(request)), "errors": errors}

    def _officer(self, request: Request) -> Officer | None:
        try:
            return sessions.officer_of(self.deployment, request)
        except SignInRequired:
            return None

    def _to_sign_in(self, request: Request) -> Response:
        # After a change that came too late, the page with its form is the one to return to.
        wish = request.path if request.method == "GET" else request.path.rpartition("/")[0]
        return see_other("/sign-in?" + urlencode({"next": wish}))

    def _render(self, request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
        pages = self._pages
        context.setdefault("officer", None)
        return pages.render(
            request, template, status=status, site_name=pages.text(request, "Complaints desk"), **context
        )

    @property
    def _pages(self) -> Pages:
        pages: Pages = self.deployment.extras["pages"]
        return pages


def see_other(address: str) -> Response:
    """Send the browser on to a page of the desk."""
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
