"""Files at the desk: opened, and added for whoever brought the complaint."""

from collections.abc import Callable
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.files import download, sent_files
from gerai_shared.http import http, json_response
from gerai_shared.overseers import Access
from gerai_shared.refusals import NotFound, Refused
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_complaints.attachment_files import files_of
from gerai_complaints.desk import sessions
from gerai_complaints.desk.base import DeskBase, see_other
from gerai_complaints.keyring import keyring_of
from gerai_complaints.rules.attachments import MOST_AT_ONCE, MOST_BYTES, NothingChosen, check_count
from gerai_complaints.schemas.attachments import ATTACHMENT_ID, DeskAttachmentSchema
from gerai_complaints.schemas.fields import checked_key
from gerai_complaints.usecases import attachments

#: Files, and what a form has beside them.
FORM_BYTES = MOST_AT_ONCE * MOST_BYTES + (64 << 10)
FORM_SECONDS = 60.0
FIELD = "files"
ADDED = "files_added"


class AttachmentPages(DeskBase):
    """Mixin: the files of a case."""

    #: Shows the page of a case: the pages of cases do, which are made of this.
    _case: Callable[..., Response]

    @http("GET", "/cases/<number>/files/<attachment_id>", page=True, overseers=Access.ON_RECORD)
    def case_file(self, request: Request, number: str, attachment_id: str) -> Response:
        """Give a file to be saved."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        return self._file(number, attachment_id, officer)

    def _file(self, number: str, attachment_id: str, officer: Officer) -> Response:
        if not ATTACHMENT_ID.fullmatch(attachment_id):
            raise NotFound
        files = files_of(self.deployment)
        with self.deployment.database.reading() as session:
            opened = attachments.open_at_desk(
                session,
                number,
                attachment_id,
                officer=officer,
                is_scanning=files.is_scanning,
                keyring=keyring_of(self.deployment),
            )
        return download(files.content_of(opened), name=opened.name, kind=opened.kind)

    @http("GET", "/api/v1/cases/<number>/attachments", overseers=Access.ON_RECORD)
    def api_case_files(self, request: Request, number: str) -> Response:
        """Answer the files of a case: {"attachments": [...], "may_add_files"}."""
        officer = sessions.officer_of(self.deployment, request)
        with self.deployment.database.reading() as session:
            found = self._files_of(session, number, officer)
        seen = DeskAttachmentSchema(many=True).dump(found["attachments"])
        return json_response({**found, "attachments": seen})

    @http("GET", "/api/v1/cases/<number>/attachments/<attachment_id>", overseers=Access.ON_RECORD)
    def api_case_file(self, request: Request, number: str, attachment_id: str) -> Response:
        """Answer a file of a case."""
        return self._file(number, attachment_id, sessions.officer_of(self.deployment, request))

    @http("POST", "/cases/<number>/files", page=True, body_limit=FORM_BYTES, seconds=FORM_SECONDS)
    def add_case_files(self, request: Request, number: str) -> Response:
        """Add files, which whoever brought the complaint sees."""
        self._pages.check_form(request)
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        key = checked_key(request.form.get("idempotency_key"))
        try:
            self._add_files(request, number, officer, key)
        except Refused as refusal:
            if refusal.status >= 500 or refusal.status == 404:
                raise
            return self._case(request, number, officer, refusal=refusal)
        return see_other(f"/cases/{number}?done={ADDED}")

    def _add_files(self, request: Request, number: str, officer: Officer, key: str) -> None:
        sent = sent_files(request, FIELD)
        if not sent:
            raise NothingChosen
        check_count(len(sent))
        with self.deployment.database.reading() as session:
            # Who may not read the case is told so before anything is stored.
            self._files_of(session, number, officer)
        files = files_of(self.deployment)
        references = [
            files.receive(
                each.content,
                name=each.name,
                by=attachments.OFFICER,
                officer_id=officer.id,
                key=f"{key[:90]}.{place}",
            ).reference
            for place, each in enumerate(sent)
        ]
        with self.deployment.database.transaction() as session:
            attachments.add_at_desk(
                session,
                number,
                references,
                officer=officer,
                key=key,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )

    def _files_of(self, session: Session, number: str, officer: Officer) -> dict[str, Any]:
        """Return what a page of a case shows of its files. Raises UnknownComplaint, ConfidentialCase."""
        seen, may_add = attachments.at_desk(
            session,
            number,
            officer=officer,
            is_scanning=files_of(self.deployment).is_scanning,
            keyring=keyring_of(self.deployment),
        )
        # Overseers change nothing, and so are shown no form.
        may_add = may_add and not officer.is_overseer and files_of(self.deployment).is_taking
        return {"attachments": seen, "may_add_files": may_add}
