"""Tokens: the unguessable references that a citizen holds."""

import base64
import hashlib
import hmac
import uuid

TOKEN_VERSION = "1"  # noqa: S105 - the version of the format
TOKEN_BYTES = 16
SIGNATURE_BYTES = 15
#: The realm of visits over several agencies: no agency's, signed by the gateway.
VISIT_REALM = "visit"


def make_token(*, secret: str, realm: str, identifier: str) -> str:
    """Return the token for the record `identifier` (a UUID) of `realm` (a deployment's short name).

    Shape: `<realm>.<32 bytes base64url>`. The realm says whom to ask; the rest is the identifier
    and 120 bits of a keyed hash over both. It can be made again from the identifier, so that it
    need not be stored, and a copy of the database opens nothing.
    """
    raw = uuid.UUID(identifier).bytes
    body = raw + _signature(secret, realm, raw)
    return f"{realm}.{base64.urlsafe_b64encode(TOKEN_VERSION.encode() + body).decode().rstrip('=')}"


def read_token(*, secret: str, token: str) -> str | None:
    """Return the identifier inside `token`, or None when it was not made with `secret`."""
    realm = realm_of(token)
    identifier = unverified_identifier(token)
    if identifier is None:
        return None
    # Compared as text: base64 has several spellings of the same bytes, a ticket has one token.
    if not hmac.compare_digest(token, make_token(secret=secret, realm=realm, identifier=identifier)):
        return None
    return identifier


def unverified_identifier(token: str) -> str | None:
    """Return the identifier that `token` says it is for, whoever made it; None when it has not the shape.

    It proves nothing: good for what may be shown to anybody, or where another one checks the token.
    """
    encoded = token.partition(".")[2]
    try:
        body = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except ValueError:
        return None
    if not token.isascii() or len(body) != 1 + TOKEN_BYTES + SIGNATURE_BYTES:
        return None
    return str(uuid.UUID(bytes=body[1 : 1 + TOKEN_BYTES]))


def realm_of(token: str) -> str:
    """Return the realm a token names, '' when it names none. The realm alone proves nothing."""
    realm, dot, _ = token.partition(".")
    return realm if dot else ""


def _signature(secret: str, realm: str, raw: bytes) -> bytes:
    return hmac.new(secret.encode(), realm.encode() + b"\0" + raw, hashlib.sha256).digest()[:SIGNATURE_BYTES]
