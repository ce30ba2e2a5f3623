"""The mailbox of demonstrations, read in the browser. In production there is nothing at its addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string
from email.message import EmailMessage
from email.policy import default as default_policy
from typing import Any

from gerai_shared.deployment import Resources
from gerai_shared.http import http
from gerai_shared.operations import Operations
from gerai_shared.pages import Pages, StaticFiles
from gerai_shared.refusals import NotFound
from gerai_shared.sealing import Sealer
from markupsafe import Markup, escape
from werkzeug.wrappers import Request, Response

from gerai_notifications.channels.mailbox import ENVIRONMENTS
from gerai_notifications.models import MailboxMail, find_mail, list_mailbox

PAGE_SIZE = 25
#: The mall's own clock; mails carry no zone of their reader.
TIME_ZONE = "Asia/Jakarta"
LINK = re.compile(r"https?://[^\s<>\"]+")
#: A letter brings its own styles, as it has to in mail programs. It can do nothing else.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """An attached file."""

    number: int
    name: str
    content_type: str
    size: int
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail as the pages show it."""

    id: str
    received_at: datetime
    sender: str
    to: str
    subject: str
    language: str
    message_id: str
    text: str
    html: str
    attachments: tuple[Part, ...]

    @property
    def linked_text(self) -> Markup:
        """The text with its addresses as links; everything else is escaped."""
        return Markup("").join(_linked(self.text))


class Mailbox(Operations, StaticFiles):
    """Shows the mails of the demonstration."""

    name = "notifications-mailbox"
    deployment: Any = Resources()

    @http("GET", "/", page=True)
    def list_mails(self, request: Request) -> Response:
        """Show the mails, the newest first."""
        pages = self._pages()
        page = max(request.args.get("page", 1, type=int), 1)
        with self.deployment.database.reading() as session:
            rows = list_mailbox(session, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE)
        mails = [read_mail(row, self.deployment.sealer) for row in rows[:PAGE_SIZE]]
        return pages.render(
            request,
            "mailbox/list.html",
            mails=mails,
            time_zone=TIME_ZONE,
            page=page,
            has_more=len(rows) > PAGE_SIZE,
        )

    @http("GET", "/messages/<mail_id>", page=True)
    def show_mail(self, request: Request, mail_id: str) -> Response:
        """Show one mail as text."""
        pages = self._pages()
        return pages.render(request, "mailbox/mail.html", mail=self._mail(mail_id), time_zone=TIME_ZONE)

    @http("GET", "/messages/<mail_id>/html", page=True)
    def show_letter(self, _request: Request, mail_id: str) -> Response:
        """Show one mail as a mail program shows its HTML."""
        self._pages()
        return Response(
            self._mail(mail_id).html,
            mimetype="text/html",
            headers={"Content-Security-Policy": LETTER_POLICY, "Cache-Control": "no-store"},
        )

    @http("GET", "/messages/<mail_id>/attachments/<int:number>", page=True)
    def download(self, _request: Request, mail_id: str, number: int) -> Response:
        """Answer an attached file."""
        self._pages()
        for part in self._mail(mail_id).attachments:
            if part.number == number:
                response = Response(part.body, content_type=part.content_type)
                response.headers.set("Content-Disposition", "attachment", filename=part.name)
                response.headers["Cache-Control"] = "no-store"
                return response
        raise NotFound

    def _pages(self) -> Pages:
        """Return the pages. Raises NotFound in production."""
        if self.deployment.settings.environment not in ENVIRONMENTS:
            raise NotFound
        pages: Pages = self.deployment.extras["pages"]
        return pages

    def _mail(self, mail_id: str) -> Mail:
        with self.deployment.database.reading() as session:
            row = find_mail(session, mail_id)
        if row is None:
            raise NotFound
        return read_mail(row, self.deployment.sealer)


def read_mail(row: MailboxMail, sealer: Sealer) -> Mail:
    """Return the mail in a row of the mailbox. Raises BrokenSeal."""
    parsed = message_from_string(sealer.unseal(row.mail)["mail"], EmailMessage, policy=default_policy)
    return Mail(
        id=row.id,
        received_at=row.received_at,
        sender=str(parsed["From"]),
        to=str(parsed["To"]),
        subject=str(parsed["Subject"]),
        language=str(parsed["Content-Language"]),
        message_id=str(parsed["Message-ID"]),
        text=_content(parsed, "plain"),
        html=_content(parsed, "html"),
        attachments=tuple(_attachments(parsed)),
    )


def _content(parsed: EmailMessage, kind: str) -> str:
    body = parsed.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


def _attachments(parsed: EmailMessage) -> Iterator[Part]:
    for number, part in enumerate(parsed.iter_attachments(), start=1):
        content = part.get_content()
        body = content if isinstance(content, bytes) else content.encode()
        yield Part(
            number=number,
            name=part.get_filename() or f"{number}",
            content_type=str(part["Content-Type"]),
            size=len(body),
            body=body,
        )


def _linked(text: str) -> Iterator[Markup]:
    end = 0
    for match in LINK.finditer(text):
        yield escape(text[end : match.start()])
        yield Markup('<a href="{0}">{0}</a>').format(match.group())
        end = match.end()
    yield escape(text[end:])
