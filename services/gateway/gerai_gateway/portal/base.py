"""What every page of the portal needs."""

from datetime import datetime
from typing import Any

from gerai_shared.deployment import Deployment
from gerai_shared.pages import Pages
from gerai_shared.refusals import Refused
from gerai_shared.translations import language_of, translate
from werkzeug.wrappers import Request, Response

from gerai_gateway.catalogues import Catalogue
from gerai_gateway.mall import Mall
from gerai_gateway.portal import forms


class PortalPages:
    """Mixin: rendering with what all pages share."""

    mall: Mall
    deployment: Deployment

    @property
    def pages(self) -> Pages:
        """The templates."""
        pages: Pages = self.deployment.extras["pages"]
        return pages

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.deployment.clock.now()

    def page(
        self,
        request: Request,
        template: str,
        *,
        section: str = "",
        catalogues: list[Catalogue] | None = None,
        status: int = 200,
        **context: Any,
    ) -> Response:
        """Return a page; `catalogues` are those it shows, so that it can say when one is old."""
        shown = catalogues or []
        return self.pages.render(
            request,
            template,
            status=status,
            section=section,
            old=[catalogue for catalogue in shown if catalogue.is_old],
            now=self.now.isoformat(),
            **context,
        )

    def said(self, request: Request, refusal: Refused) -> str:
        """Return a refusal's text in the reader's language."""
        return translate(refusal, language_of(request))

    def errors(
        self, request: Request, refusal: Refused | None
    ) -> tuple[dict[str, str], list[dict[str, str]]]:
        """Return the errors of a form by field, and their summary; both empty without a refusal."""
        if refusal is None:
            return {}, []
        return forms.errors_of(refusal, language=language_of(request), message=self.said(request, refusal))


def see_other(address: str) -> Response:
    """Send the browser on after a form, so that loading again repeats nothing."""
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
