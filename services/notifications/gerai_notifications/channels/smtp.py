"""E-mail through an SMTP server. smtplib waits through the patched socket, so other green threads run on."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from gerai_shared.deployment import Deployment
from gerai_shared.settings import InvalidSettings

from gerai_notifications.channels import Delivery, Interrupted, PutOff, Rejected, Unreachable
from gerai_notifications.mail import compose, sender_address
from gerai_notifications.schemas import Contact

SCHEMES = frozenset({"smtp", "smtps"})
TIMEOUT_SECONDS = 10.0
#: RFC 5321: the server closes the connection, whatever was asked.
SERVICE_CLOSING = 421
FIRST_PERMANENT_CODE = 500


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """Where mail is handed over. `tls`: "none", "starttls" (never without) or "implicit"."""

    host: str
    port: int
    tls: str
    user: str
    password: str


def read_address(url: str) -> SmtpServer:
    """Return what `smtp[s]://[user:password@]host[:port][?starttls=1]` says. Raises InvalidSettings."""
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        port = parts.port
    except ValueError as error:
        raise InvalidSettings(f"GERAI_SMTP_URL: {error}") from error
    starttls = options.pop("starttls", "0")
    if not parts.hostname or parts.path not in ("", "/") or options or starttls not in ("0", "1"):
        raise InvalidSettings("GERAI_SMTP_URL: must be smtp[s]://[user:password@]host[:port][?starttls=1]")
    implicit = parts.scheme == "smtps"
    if implicit and starttls == "1":
        raise InvalidSettings(
            "GERAI_SMTP_URL: smtps:// is encrypted from the start, starttls=1 is for smtp://"
        )
    return SmtpServer(
        host=parts.hostname,
        port=port or (465 if implicit else 587 if starttls == "1" else 25),
        tls="implicit" if implicit else "starttls" if starttls == "1" else "none",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


class SmtpConnection:
    """One session with the server."""

    def __init__(self, smtp: smtplib.SMTP, *, mail_from: str) -> None:
        self._smtp = smtp
        self._mail_from = mail_from

    def hand_over(self, delivery: Delivery) -> None:
        """Hand a mail over; the server's answer to its contents decides."""
        mail = compose(delivery, mail_from=self._mail_from)
        try:
            self._smtp.sendmail(sender_address(self._mail_from), [delivery.address], mail.as_bytes())
        except smtplib.SMTPRecipientsRefused as error:
            code, text = error.recipients[delivery.address]
            raise _answer(code, text, recipient=True) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            # A refused sender is our mistake, not this message's: it waits until somebody mends it.
            about_message = isinstance(error, smtplib.SMTPDataError)
            raise _answer(error.smtp_code, error.smtp_error, recipient=about_message) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Interrupted(f"{type(error).__name__}: {error}") from error


def _answer(code: int, text: bytes | str, *, recipient: bool) -> Exception:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    reason = f"{code} {said}"
    if code == SERVICE_CLOSING:
        return Interrupted(reason)
    if code >= FIRST_PERMANENT_CODE and recipient:
        return Rejected(reason)
    return PutOff(reason)


class SmtpChannel:
    """E-mail."""

    name = "email"

    def __init__(self, server: SmtpServer, *, mail_from: str) -> None:
        self._server = server
        self._mail_from = mail_from

    def address_of(self, contact: Contact) -> str | None:
        """Return the e-mail address."""
        return contact.email

    @contextmanager
    def connect(self) -> Iterator[SmtpConnection]:
        """Open a session; it ends politely unless something went wrong in it."""
        try:
            smtp = self._open()
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        try:
            yield SmtpConnection(smtp, mail_from=self._mail_from)
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            smtp.close()

    def _open(self) -> smtplib.SMTP:
        server = self._server
        context = ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.tls == "implicit":
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.tls == "starttls":
                # Raises when it is not offered: whoever cuts the offer out must not get to read the mail.
                smtp.starttls(context=context)
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


def build(deployment: Deployment) -> SmtpChannel:
    """Return the channel to the server in the settings. Raises InvalidSettings."""
    settings = deployment.settings
    if "@" not in sender_address(settings.mail_from):
        raise InvalidSettings("GERAI_MAIL_FROM: must be an e-mail address")
    return SmtpChannel(read_address(settings.smtp_url), mail_from=settings.mail_from)
