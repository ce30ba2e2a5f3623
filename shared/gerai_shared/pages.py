"""Pages: Jinja2 templates in the house design, in the reader's language, with guarded forms."""

import gzip
import hashlib
import mimetypes
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from importlib import resources
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval, format_time
from babel.numbers import format_decimal
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from jinja2.loaders import BaseLoader, ChoiceLoader
from werkzeug.wrappers import Request, Response

from gerai_shared.compiled import compiled_for
from gerai_shared.context import current_context
from gerai_shared.http import http
from gerai_shared.ids import new_id
from gerai_shared.overseers import Access
from gerai_shared.refusals import ForeignForm, NotFound, Refused
from gerai_shared.translations import LANGUAGE_COOKIE, LANGUAGES, language_of, texts, translate_in_parts

FORM_COOKIE = "form_token"
FORM_FIELD = "form_token"
ONE_YEAR_SECONDS = 31_536_000
SHORTEST_COMPRESSED = 600
COMPRESSED_TYPES = ("text/", "image/svg+xml", "application/javascript")


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A static file in memory; `version` changes with its contents."""

    body: bytes
    compressed: bytes | None
    mimetype: str
    version: str


class Pages:
    """Renders the pages of one package, on top of the shared templates and static files.

    `packages` are searched in order for `templates/`, `static/` and `locale/`; the shared package
    comes last by itself. `site_name` is what the header says after the wordmark.
    """

    def __init__(
        self, *, package: str, site_name: str, secure_cookies: bool, defaults: dict[str, Any] | None = None
    ):
        self._packages = (package, "gerai_shared")
        self._site_name = site_name
        self._secure = secure_cookies
        self._defaults = defaults or {}

    @cached_property
    def _environments(self) -> dict[str, Environment]:
        return {language: self._environment(language) for language in LANGUAGES}

    def _environment(self, language: str) -> Environment:
        loaders: list[BaseLoader] = [
            PackageLoader(self._packages[0], "templates"),
            PackageLoader("gerai_shared.web", "templates"),
        ]
        environment = Environment(
            loader=ChoiceLoader([*loaders, PrefixLoader({"shared": loaders[-1]})]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            # A process shows the pages it started with, whatever is installed beside it meanwhile.
            auto_reload=False,
            # Compiling takes longer than all else at a start; agencies in one process have the same pages.
            bytecode_cache=compiled_for(f"pages {language}"),
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        )
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_translations(texts(self._packages, language), newstyle=True)  # type: ignore[attr-defined]
        environment.globals.update(
            asset=self.asset_url, lang=language, site_name=self._site_name, new_key=new_id
        )
        environment.filters.update(
            date_long=partial(date_long, language=language),
            date_short=partial(date_short, language=language),
            date_span=partial(date_span, language=language),
            month_span=partial(month_span, language=language),
            time_short=time_short,
            time_seconds=time_seconds,
            date_time=partial(date_time, language=language),
            rupiah=rupiah,
            text=lambda text: text[language] if text else "",
        )
        return environment

    def text(self, request: Request, message: str, **values: Any) -> str:
        """Return one translated text."""
        translated = texts(self._packages, language_of(request)).gettext(message)
        return translated % values if values else translated

    def render(self, request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
        """Return the page `template` as an answer; it is not cached."""
        language = language_of(request)
        values = {
            "other_language_url": _other_language_url(request, language),
            "form_token": self.form_token(request),
            "path": request.path,
            # Filled by the fields of the page: their labels by their names.
            "field_labels": {},
            **self._defaults,
            **context,
        }
        body = self._environments[language].get_template(template).render(values)
        response = Response(body, status=status, mimetype="text/html", headers={"Cache-Control": "no-store"})
        response.headers["Content-Language"] = language
        response.headers["Vary"] = "Accept-Language, Cookie"
        self._set_cookies(request, response, language)
        return response

    def fragment(self, request: Request, template: str, **context: Any) -> str:
        """Return a piece of a page, to be put into one by a script."""
        values = {"form_token": self.form_token(request), "path": request.path, **self._defaults, **context}
        return self._environments[language_of(request)].get_template(template).render(values)

    def problem(self, request: Request, refusal: Refused) -> Response:
        """Return a refusal as a page that says what happened and what to do."""
        happened, to_do = translate_in_parts(refusal, language_of(request))
        response = self.render(
            request,
            "problem.html",
            status=refusal.status,
            title=happened,
            detail=to_do,
            refusal=refusal,
            code=refusal.code,
            status_code=refusal.status,
            details=refusal.details,
            request_id=current_context().correlation_id,
            retry_after=refusal.details.get("retry_after"),
        )
        if "retry_after" in refusal.details:
            response.headers["Retry-After"] = str(refusal.details["retry_after"])
        return response

    def form_token(self, request: Request) -> str:
        """Return the token that a form of this browser has to carry."""
        known = request.cookies.get(FORM_COOKIE) or request.environ.get("gerai.form_token")
        if known is None:
            known = request.environ["gerai.form_token"] = secrets.token_urlsafe(24)
        return str(known)

    def check_form(self, request: Request) -> None:
        """Refuse a form that another site made a browser send. Raises ForeignForm."""
        cookie = request.cookies.get(FORM_COOKIE, "")
        if not cookie or not secrets.compare_digest(
            cookie.encode(), request.form.get(FORM_FIELD, "").encode()
        ):
            raise ForeignForm

    def _set_cookies(self, request: Request, response: Response, language: str) -> None:
        if FORM_COOKIE not in request.cookies:
            response.set_cookie(
                FORM_COOKIE, self.form_token(request), httponly=True, samesite="Strict", secure=self._secure
            )
        if request.args.get("lang") in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE,
                language,
                max_age=ONE_YEAR_SECONDS,
                samesite="Lax",
                secure=self._secure,
            )

    @cached_property
    def assets(self) -> dict[str, Asset]:
        """Every static file by its path."""
        found: dict[str, Asset] = {}
        for root in ("gerai_shared.web", self._packages[0]):
            folder = resources.files(root).joinpath("static")
            if folder.is_dir():
                found.update(_read_assets(folder, PurePosixPath()))
        return found

    def asset_url(self, path: str) -> str:
        """Return the address of a static file; it changes with the file's contents."""
        return f"/static/{path}?v={self.assets[path].version}"


def _read_assets(folder: Any, prefix: PurePosixPath) -> Iterable[tuple[str, Asset]]:
    for entry in folder.iterdir():
        path = prefix / entry.name
        if entry.is_dir():
            yield from _read_assets(entry, path)
            continue
        body = entry.read_bytes()
        mimetype = mimetypes.guess_type(entry.name)[0] or "application/octet-stream"
        compressible = mimetype.startswith(COMPRESSED_TYPES) and len(body) > SHORTEST_COMPRESSED
        yield (
            str(path),
            Asset(
                body=body,
                compressed=gzip.compress(body, mtime=0) if compressible else None,
                mimetype=mimetype,
                version=hashlib.sha256(body).hexdigest()[:12],
            ),
        )


class StaticFiles:
    """Mixin: serves the static files of `deployment.extras["pages"]`."""

    deployment: Any

    @http("GET", "/static/<path:name>", overseers=Access.FREE)
    def static(self, request: Request, name: str) -> Response:
        """Answer one static file; a versioned address may be kept for a year."""
        asset = self.deployment.extras["pages"].assets.get(name)
        if asset is None:
            raise NotFound
        response = Response(mimetype=asset.mimetype)
        response.set_etag(asset.version)
        fresh = request.args.get("v") == asset.version
        response.headers["Cache-Control"] = (
            f"public, max-age={ONE_YEAR_SECONDS}, immutable" if fresh else "public, max-age=300"
        )
        response.headers["Vary"] = "Accept-Encoding"
        if asset.compressed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            response.data = asset.compressed
            response.headers["Content-Encoding"] = "gzip"
        else:
            response.data = asset.body
        return response.make_conditional(request)

    @http("GET", "/favicon.ico", overseers=Access.FREE)
    def favicon(self, _request: Request) -> Response:
        """Point browsers that ask for the old name to the icon."""
        return Response(
            status=308, headers={"Location": self.deployment.extras["pages"].asset_url("favicon.svg")}
        )


def _other_language_url(request: Request, language: str) -> str:
    other = next(each for each in LANGUAGES if each != language)
    arguments = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return f"{request.path}?{urlencode([*arguments, ('lang', other)])}"


def date_long(value: date | datetime, time_zone: str | None = None, *, language: str) -> str:
    """Return `Senin, 23 November 2026`; a moment is shown in `time_zone`."""
    return format_date(_local(value, time_zone), "EEEE, d MMMM y", locale=language)


def date_short(value: date | datetime, time_zone: str | None = None, *, language: str) -> str:
    """Return `Sen, 23 Nov`."""
    return format_date(_local(value, time_zone), "EEE, d MMM", locale=language)


def date_span(first: date | str, last: date | str, *, language: str) -> str:
    """Return `7–13 Des 2026`, the days from `first` to `last`."""
    return str(format_interval(_local(first, None), _local(last, None), "yMMMd", locale=language))


def month_span(first: str, last: str, *, language: str) -> str:
    """Return `Januari–Desember 2026` for the months `2026-01` to `2026-12`."""
    return str(
        format_interval(
            date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01"), "yMMMM", locale=language
        )
    )


def time_short(value: datetime, time_zone: str) -> str:
    """Return `09.00` as Indonesians write it, in the site's zone."""
    return format_time(_local(value, time_zone), "HH.mm", locale="id")


def time_seconds(value: datetime, time_zone: str) -> str:
    """Return `09.00.30` in the site's zone."""
    return format_time(_local(value, time_zone), "HH.mm.ss", locale="id")


def date_time(value: datetime, time_zone: str, *, language: str) -> str:
    """Return `Senin, 23 November 2026, 09.00 WIB`."""
    day = date_long(value, time_zone, language=language)
    return f"{day}, {time_short(value, time_zone)} {zone_name(value, time_zone)}"


def zone_name(value: datetime, time_zone: str) -> str:
    """Return WIB, WITA or WIT, or the zone's own abbreviation."""
    name: str = _local(value, time_zone).strftime("%Z")
    return name


def rupiah(amount: int) -> str:
    """Return `Rp650.000`."""
    return f"Rp{format_decimal(amount, locale='id')}"


def _local(value: Any, time_zone: str | None) -> Any:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime) and time_zone is not None:
        return value.astimezone(ZoneInfo(time_zone))
    return value
