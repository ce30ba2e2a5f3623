"""Kiosks and displays with a key: whose it is says the agency that gave it, every half minute."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from gerai_shared.refusals import Refused
from gerai_shared.tokens import realm_of
from werkzeug.wrappers import Request, Response

from gerai_gateway.catalogues import Json
from gerai_gateway.errands import TOKEN
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownDevice

REALM = "device-"
COOKIE = "device_key"
COOKIE_LASTS_SECONDS = 31_536_000
KIOSK = "kiosk"
#: A key that was withdrawn stops within half a minute.
BELIEVED_SECONDS = 25.0
#: While its agency does not answer, a kiosk that was good goes on: it serves the others as well.
BELIEVED_WHILE_AWAY_SECONDS = 600.0
CHECK_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True)
class Known:
    """A device as its agency told it, and when by this process's own clock."""

    device: Json
    told_at: float


def key_of(request: Request) -> str:
    """Return the key in a request: `Authorization: Bearer`, else the cookie; '' without one."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return bearer or request.cookies.get(COOKIE, "")


def device(mall: Mall, key: str) -> Json:
    """Return whose key it is: {id, kind, site, name, agency, printer}. Raises UnknownDevice, Unavailable."""
    deployment = _deployment_of(mall, key)
    known: Known | None = mall.known_devices.get(key)
    age = mall.monotonic() - known.told_at if known else None
    if known is not None and age is not None and age < BELIEVED_SECONDS:
        return known.device
    try:
        found = mall.ask(deployment, "device_check", {"key": key}, deadline=CHECK_SECONDS)
    except Refused as refusal:
        if refusal.code == UnknownDevice.code:
            mall.known_devices.pop(key, None)
            raise UnknownDevice from refusal
        if known is not None and age is not None and age < BELIEVED_WHILE_AWAY_SECONDS:
            return known.device
        raise
    mall.known_devices[key] = Known(device=found, told_at=mall.monotonic())
    return found


def kiosk(mall: Mall, key: str, site: str) -> Json:
    """Return the kiosk of this key at a site. Raises UnknownDevice, Unavailable."""
    found = device(mall, key)
    if found["kind"] != KIOSK or found["site"] != site:
        raise UnknownDevice
    return found


def seen(mall: Mall, key: str, state: dict[str, Any]) -> None:
    """Tell a device's agency that it is there. Raises UnknownDevice, Unavailable."""
    deployment = _deployment_of(mall, key)
    mall.ask(deployment, "device_seen", {"key": key, "state": state}, deadline=CHECK_SECONDS)


def signed_in(mall: Mall, request: Request, response: Response) -> Response:
    """Return an answer that lets the device keep the key in `?key=`. Raises UnknownDevice, Unavailable."""
    key = request.args.get("key", "").strip()
    device(mall, key)
    response.set_cookie(
        COOKIE,
        key,
        max_age=COOKIE_LASTS_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=mall.public_url.startswith("https://"),
    )
    return response


def address_without_key(request: Request) -> str:
    """Return where a device is that has just signed in: what else stood in its address stays."""
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "key"]
    return f"{request.path}?{urlencode(rest)}" if rest else request.path


def _deployment_of(mall: Mall, key: str) -> str:
    realm = realm_of(key)
    agency = realm.removeprefix(REALM)
    if not realm.startswith(REALM) or agency not in mall.catalogues.agencies or not TOKEN.fullmatch(key):
        raise UnknownDevice
    return f"booking-{agency}"
