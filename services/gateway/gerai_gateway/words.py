"""Texts of the gateway in the reader's language, where no page is rendered."""

from typing import Any

from gerai_shared.translations import texts

PACKAGES = ("gerai_gateway", "gerai_shared")


def say(language: str, message: str, **values: Any) -> str:
    """Return `message` (English, with `%(name)s` places) in `language`."""
    text = texts(PACKAGES, language).gettext(message)
    return text % values if values else text


def say_number(language: str, one: str, many: str, number: int, **values: Any) -> str:
    """Return the text for `number` things, `%(num)s` in it."""
    return texts(PACKAGES, language).ngettext(one, many, number) % {"num": number, **values}
