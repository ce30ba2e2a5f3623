"""What reaches this service from outside: the contact that other services sealed for it."""

from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from gerai_notifications.rules import salutation


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom to write to. `name` may stand in a message as it is, '' when unknown."""

    name: str
    email: str | None
    phone: str | None


class ContactSchema(Schema):
    """The sealed {name, email, phone, language} of an event."""

    class Meta:
        unknown = EXCLUDE

    name = fields.String(load_default=None, allow_none=True)
    email = fields.String(load_default=None, allow_none=True)
    phone = fields.String(load_default=None, allow_none=True)

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Contact:
        """Build the dataclass; an address that no mail can go to counts as none."""
        return Contact(
            name=salutation(values["name"]),
            email=usable_email(values["email"]),
            phone=(values["phone"] or "").strip() or None,
        )


def usable_email(text: str | None) -> str | None:
    """Return an e-mail address in ASCII (a domain in other letters becomes its IDNA form), or None."""
    local, _, domain = (text or "").strip().rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}"
        validate.Email()(address)
        Address(addr_spec=address)
    except (ValidationError, MessageError, ValueError):
        return None
    return address if address.isascii() else None
