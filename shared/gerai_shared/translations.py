"""Texts in Indonesian and English through gettext. English is the key, Indonesian the first language."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from io import BytesIO
from typing import Any

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from werkzeug.wrappers import Request

from gerai_shared.refusals import InvalidRequest, Refused, in_language

LANGUAGES = ("id", "en")
DEFAULT_LANGUAGE = "id"
LANGUAGE_COOKIE = "language"
FIRST_SENTENCE = re.compile(r"([.!?])\s+")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


@lru_cache(maxsize=8)
def texts(packages: tuple[str, ...], language: str) -> NullTranslations:
    """Return the translations into `language` out of `locale/<language>.po` of each package.

    The .po files are compiled in memory, a matter of milliseconds, so that none can be stale.
    """
    merged: NullTranslations = NullTranslations()
    for package in packages:
        source = resources.files(package).joinpath("locale", f"{language}.po")
        if not source.is_file():
            continue
        compiled = BytesIO()
        with source.open("rb") as file:
            write_mo(compiled, read_po(file, locale=language))
        compiled.seek(0)
        found = Translations(compiled)
        if isinstance(merged, Translations):
            merged.merge(found)
        else:
            merged = found
    return merged


@lru_cache(maxsize=1)
def _packages() -> list[str]:
    return ["gerai_shared"]


def add_texts_of(packages: Iterable[str]) -> None:
    """Have refusals translated with the texts of further packages, too; called at start-up."""
    known = _packages()
    known.extend(package for package in packages if package not in known)


def translate(refusal: Refused, language: str) -> str:
    """Return a refusal's message in `language`, English where no translation stands."""
    return _filled(texts(tuple(_packages()), language).gettext(refusal.template), refusal, language)


def translate_in_parts(refusal: Refused, language: str) -> tuple[str, str]:
    """Return a refusal's first sentence, which says what happened, and the rest, which says what to do."""
    text = texts(tuple(_packages()), language).gettext(refusal.template)
    happened, _, to_do = FIRST_SENTENCE.sub(r"\1\n", text, count=1).partition("\n")
    return _filled(happened, refusal, language), _filled(to_do, refusal, language)


def _filled(text: str, refusal: Refused, language: str) -> str:
    """Return a text with a refusal's details; as it is where they do not fit."""
    try:
        said = {key: in_language(value, language) for key, value in refusal.details.items()}
        values = {key: _readable(value, language) for key, value in said.items()}
        return text % values if "%(" in text else text
    except (KeyError, TypeError, ValueError):
        return text


def details_in(refusal: Refused, language: str) -> dict[str, Any]:
    """Return a refusal's details with what is wrong with each field said in `language`."""
    fields = refusal.details.get("fields")
    if refusal.code != InvalidRequest.code or not isinstance(fields, dict):
        return refusal.details
    known = texts(tuple(_packages()), language)
    said = {path: [known.gettext(message) for message in messages] for path, messages in fields.items()}
    return {**refusal.details, "fields": said}


def _readable(value: Any, language: str) -> Any:
    """Return a detail as people say it: days and moments in words, words of ours translated."""
    if isinstance(value, list | tuple):
        return ", ".join(str(_readable(item, language)) for item in value)
    if not isinstance(value, str) or not value:
        return value
    if ISO_DAY.fullmatch(value):
        return format_date(date.fromisoformat(value), "d MMMM y", locale=language)
    if ISO_MOMENT.match(value):
        return format_datetime(datetime.fromisoformat(value), "d MMMM y, HH.mm", locale=language)
    return texts(tuple(_packages()), language).gettext(value)


def language_of(request: Request) -> str:
    """Return 'id' or 'en': what the address says (`?lang=`), then the cookie, then the browser."""
    for wish in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return wish
    if "Accept-Language" not in request.headers:
        return DEFAULT_LANGUAGE
    return request.accept_languages.best_match(LANGUAGES, DEFAULT_LANGUAGE) or DEFAULT_LANGUAGE
