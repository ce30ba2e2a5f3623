"""Refusals: what a use case says no with. They cross the bus and become HTTP answers.

A refusal is a small class: its docstring is the English message (a `%` template over `details`),
`code` is stable and public, `status` is the HTTP status that the edges answer with (RFC 9457).
Indonesian texts stand in the translation files under the same English text.

The message says what happened, and in a sentence of its own what to do next: nobody is left with a no. A
detail that people wrote in both languages is {"id": ..., "en": ...}, and everybody reads their own.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class Refused(Exception):
    """The request was refused. Please load the page again and look at what you entered."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details

    @property
    def template(self) -> str:
        """The English message with `%(name)s` places, which is also the key of its translations."""
        return " ".join((type(self).__doc__ or "").split())

    @property
    def message(self) -> str:
        """The English message; without the details where they do not fit, as those of a newer version may."""
        said = {name: in_language(value, "en") for name, value in self.details.items()}
        try:
            return self.template % said if said else self.template
        except (KeyError, TypeError, ValueError):
            return self.template

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class RemoteRefusal(Refused):
    """The request was refused. Please load the page again and look at what you entered."""

    def __init__(self, *, code: str, status: int, template: str, details: dict[str, Any]) -> None:
        self.remote = (code, status, template)
        super().__init__(**details)

    @property
    def code(self) -> str:  # type: ignore[override]
        return self.remote[0]

    @property
    def status(self) -> int:  # type: ignore[override]
        return self.remote[1]

    @property
    def template(self) -> str:
        return self.remote[2]


class InvalidRequest(Refused):
    """Some of what was sent cannot be used. Each field says what is wrong with it."""

    code = "invalid_request"
    status = 422


class NotFound(Refused):
    """There is nothing at this address.

    Please check that it was copied whole, or start from the home page.
    """

    code = "not_found"
    status = 404


class MethodNotAllowed(Refused):
    """This address does not take requests of this kind. Please open the page again and use its form."""

    code = "method_not_allowed"
    status = 405


class BodyTooLarge(Refused):
    """What was sent is too large. Please send at most %(limit)s bytes."""

    code = "body_too_large"
    status = 413


class ArrivedTooSlowly(Refused):
    """What was sent did not arrive in time. Please try again over a better connection."""

    code = "arrived_too_slowly"
    status = 408


class UnreadableBody(Refused):
    """What was sent could not be read. Send JSON or a form."""

    code = "unreadable_body"
    status = 400


class SignInRequired(Refused):
    """You are not signed in, or not any more. Please sign in first."""

    code = "sign_in_required"
    status = 401


class Forbidden(Refused):
    """Your role does not allow this. Please ask a supervisor or the centre."""

    code = "forbidden"
    status = 403


class ForeignForm(Refused):
    """This form did not come from our page or has grown old. Please open the page again."""

    code = "foreign_form"
    status = 403


class TooManyRequests(Refused):
    """Too many requests in a short time. Please try again in %(retry_after)s seconds."""

    code = "too_many_requests"
    status = 429


class IdempotencyKeyMissing(Refused):
    """The header Idempotency-Key is missing, so that a repeated request could not be recognised.

    Please send one that is new for each request.
    """

    code = "idempotency_key_missing"
    status = 400


class IdempotencyKeyReused(Refused):
    """This Idempotency-Key was used before with other contents.

    Please load the page again, or send a new key.
    """

    code = "idempotency_key_reused"
    status = 409


class Unavailable(Refused):
    """This service does not answer now. Nothing was lost; please try again in %(retry_after)s seconds."""

    code = "unavailable"
    status = 503


class Saturated(Refused):
    """Very many people are being served at the moment. Please try again in %(retry_after)s seconds."""

    code = "saturated"
    status = 503


class TookTooLong(Refused):
    """The answer took too long. Please look whether it went through before you try again."""

    code = "took_too_long"
    status = 504


class Fault(Refused):
    """Something went wrong on our side. It has been recorded under the number %(request_id)s.

    Please try again later, and tell us that number if it happens again.
    """

    code = "fault"
    status = 500


def in_language(detail: Any, language: str) -> Any:
    """Return a detail as it is, or of one in several languages the text in `language`, else the first."""
    if isinstance(detail, Mapping) and detail:
        return detail.get(language, next(iter(detail.values())))
    return detail


def to_wire(refusal: Refused) -> dict[str, Any]:
    """Return what crosses the bus for a refusal: {code, status, template, details}, all JSON."""
    return {
        "code": refusal.code,
        "status": refusal.status,
        "template": refusal.template,
        "details": refusal.details,
    }


def from_wire(wire: dict[str, Any]) -> RemoteRefusal:
    """Return the refusal that `to_wire` described; a lacking part becomes the general refusal's."""
    return RemoteRefusal(
        code=str(wire.get("code", Refused.code)),
        status=int(wire.get("status", Refused.status)),
        template=str(wire.get("template", Refused.__doc__)),
        details=dict(wire.get("details") or {}),
    )
