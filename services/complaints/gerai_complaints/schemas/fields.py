"""Fields and checks that the schemas share. Messages are English keys of locale/id.po."""

import re
import unicodedata
from typing import Any

import phonenumbers
from gerai_shared.refusals import IdempotencyKeyMissing, InvalidRequest
from marshmallow import ValidationError, fields, validate

LANGUAGES = ("id", "en")
LONGEST_TITLE = 150
LONGEST_TEXT = 5_000
LONGEST_NAME = 100
LONGEST_EMAIL = 254
#: What a key that recognises a repeat may look like.
KEY = re.compile(r"[\x21-\x7e]{1,100}")

CODE = validate.Regexp(r"^[a-z][a-z0-9-]{0,39}\Z", error="This is not a code of the mall.")
COUNTER = validate.Regexp(r"^[A-Za-z0-9-]{1,60}\Z", error="This is not a code of the mall.")
TICKET_NUMBER = validate.Regexp(r"^[A-Z]-\d{3,5}\Z", error="This is not a number on a ticket.")
TICKET_TOKEN = validate.Regexp(
    r"^[a-z][a-z0-9-]{0,39}\.[A-Za-z0-9_-]{43}\Z", error="This is not a ticket's reference."
)


TEXT_MESSAGES = {
    "blank": "Please fill this in.",
    "unseen": "This contains characters that cannot be shown.",
    "long": "At most {longest} characters.",
}


class PlainText(fields.String):
    """A text that people typed: normalised (NFC, line feeds), without characters that do not show.

    `longest` counts characters; `lines` allows line breaks and tabs. Control characters can end a
    line in a log or a database's text; directional ones make a text show otherwise than it reads.
    """

    def __init__(self, *, longest: int, lines: bool = False, **options: Any) -> None:
        super().__init__(error_messages=dict(TEXT_MESSAGES), **options)
        self.longest = longest
        self.lines = lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
        if any(_is_unseen(character, lines=self.lines) for character in text):
            raise self.make_error("unseen")
        if len(text) > self.longest:
            raise self.make_error("long", longest=f"{self.longest:,}")
        if not text:
            if self.allow_none:
                return None
            raise self.make_error("blank")
        return text


def _is_unseen(character: str, *, lines: bool) -> bool:
    if lines and character in "\n\t":
        return False
    directional = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return directional or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


class PhoneNumber(fields.String):
    """A phone number as Indonesians write it (0812…, 62812…, +62812…), kept in E.164."""

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages={"phone": "This is not a phone number."}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options).strip()
        if not text:
            return None
        try:
            number = phonenumbers.parse(text, "ID")
        except phonenumbers.NumberParseException:
            raise self.make_error("phone") from None
        if not phonenumbers.is_valid_number(number):
            raise self.make_error("phone")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class EmailAddress(fields.String):
    """An e-mail address; an empty one is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options).strip()
        if not text:
            return None
        if len(text) > LONGEST_EMAIL or not text.isascii():
            raise ValidationError("This is not an e-mail address.")
        validate.Email(error="This is not an e-mail address.")(text)
        return text


def checked_key(key: str | None) -> str:
    """Return an idempotency key. Raises IdempotencyKeyMissing, InvalidRequest."""
    if not key:
        raise IdempotencyKeyMissing
    if not KEY.fullmatch(key):
        raise InvalidRequest(fields={"idempotency_key": ["This is not a key of ours."]})
    return key
