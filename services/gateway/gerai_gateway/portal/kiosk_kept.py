"""What a kiosk's browser keeps of the person before it: numbers, for some minutes. No address names them."""

from dataclasses import asdict, dataclass

from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Request, Response

from gerai_gateway.catalogues import Json
from gerai_gateway.mall import Mall
from gerai_gateway.rules.visit_order import MOST_ERRANDS

COOKIE = "kiosk_ticket"
#: How long a number stays on the screen of a kiosk that nobody touches; scripts clear it sooner.
LASTS_SECONDS = 180


@dataclass(frozen=True, kw_only=True)
class Errand:
    """A ticket by its check code.

    `token` is '' for who showed a number alone.
    """

    agency: str
    service: str
    code: str
    token: str


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The errands of one person, the newest last.

    `visit` is what further ones are steps of, as an agency told it; `need` is why its holder goes before
    others, None where nobody asked.
    """

    errands: tuple[Errand, ...]
    visit: Json
    need: str | None = None

    @property
    def newest(self) -> Errand:
        """The number on the screen."""
        return self.errands[-1]

    @property
    def may_add(self) -> bool:
        """Tell whether there may be one errand more; a number alone, which anybody may type, adds nothing."""
        return bool(self.newest.token) and len(self.errands) < MOST_ERRANDS

    def has(self, agency: str, service: str) -> bool:
        """Tell whether this was given already."""
        return any((errand.agency, errand.service) == (agency, service) for errand in self.errands)

    def with_one_more(self, errand: Errand, *, need: str) -> "Kept":
        """Return the same person with an errand more."""
        return Kept(errands=(*self.errands, errand), visit=self.visit, need=need)


def keep(mall: Mall, response: Response, kept: Kept) -> Response:
    """Keep it in the browser, signed."""
    response.set_cookie(
        COOKIE,
        _signer(mall).dumps(asdict(kept)),
        max_age=LASTS_SECONDS,
        path="/kiosk",
        httponly=True,
        samesite="Strict",
    )
    return response


def kept_in(mall: Mall, request: Request) -> Kept | None:
    """Return what is kept; None when there is nothing, or nothing that this mall signed just now."""
    try:
        found = _signer(mall).loads(request.cookies.get(COOKIE, ""), max_age=LASTS_SECONDS)
    except BadData:
        return None
    errands = tuple(Errand(**errand) for errand in found["errands"])
    return Kept(errands=errands, visit=found["visit"], need=found["need"])


def _signer(mall: Mall) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(mall.deployment.settings.secret_key, salt="kiosk")
