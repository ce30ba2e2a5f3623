"""Files of complaints in the portal: sent with a form, kept while it is corrected, added later, opened."""

from collections.abc import Callable

from gerai_shared.files import download, sent_files
from gerai_shared.http import client_address
from gerai_shared.refusals import Refused
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands, uploads
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms
from gerai_gateway.portal.base import PortalPages, see_other
from gerai_gateway.uploads import FIELD, KEPT_FIELD, KeptFile


class ComplaintFilePages(PortalPages):
    """Mixin: the files of a complaint."""

    #: Shows the page of a complaint: the pages of complaints do, which are made of this.
    _complaint: Callable[..., Response]

    @public(
        "POST",
        "/c/<token>/files",
        page=True,
        body_limit=uploads.FORM_BYTES,
        seconds=uploads.FORM_SECONDS,
    )
    def form_complaint_files(self, request: Request, token: str) -> Response:
        """Add files to a complaint."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        # A made-up address costs nobody the work of looking at files.
        tracked = errands.complaint(self.mall, token)
        kept: list[KeptFile] = []
        try:
            self.keep_files(request, kept, key=key)
            uploads.add(self.mall, token, [each.reference for each in kept], key=key)
        except Refused as refusal:
            form = request.form.to_dict()
            return self._complaint(request, token, tracked, form=form, refusal=refusal, kept=kept)
        return see_other(f"/c/{token}?added=1")

    @public("GET", "/c/<token>/files/<attachment_id>", page=True, seconds=uploads.FORM_SECONDS)
    def complaint_file(self, _request: Request, token: str, attachment_id: str) -> Response:
        """Give a file to be saved."""
        content, told = uploads.open_file(self.mall, token, attachment_id)
        return download(content, name=told["name"], kind=told["kind"])

    def keep_files(self, request: Request, kept: list[KeptFile], *, key: str) -> None:
        """Fill `kept` with the files of a form: those it says are kept, and those that come with it.

        Raises Refused; `kept` then has what could be kept.
        """
        kept += uploads.kept_files(request.form.getlist(KEPT_FIELD))
        address = client_address(request, self.deployment.settings.trusted_proxies)
        uploads.upload_all(self.mall, sent_files(request, FIELD), kept, address=address, key=key)
