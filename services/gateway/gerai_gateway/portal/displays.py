"""The display of a site, for a television on the wall."""

from dataclasses import dataclass

from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import board_view
from gerai_gateway.entrypoints import public
from gerai_gateway.portal.base import PortalPages
from gerai_gateway.rules.calling_out import WAYS
from gerai_gateway.speech.settings import CHOICES
from gerai_gateway.speech.studio import Studio

#: What a display's address says when another screen of the same hall speaks.
OFF = "off"


@dataclass(frozen=True, kw_only=True)
class DisplaySpeech:
    """How one display speaks: `languages` is one of CHOICES, `digits` one of WAYS."""

    is_wanted: bool
    has_voice: bool
    languages: str
    digits: str


class DisplayPages(PortalPages):
    """Mixin: the display."""

    @public("GET", "/display/<site>", page=True)
    def page_display(self, request: Request, site: str) -> Response:
        """Show the calls of all agencies at a site."""
        board = board_view.board(self.mall, site, language=language_of(request), now=self.now)
        return self.page(request, "display.html", board=board, speech=self._speech(request))

    def _speech(self, request: Request) -> DisplaySpeech:
        """Return what the address asks for with `voice` (id; id,en; off) and `digits`, else what is set."""
        studio: Studio = self.deployment.extras["studio"]
        voice = request.args.get("voice", "")
        digits = request.args.get("digits", "")
        return DisplaySpeech(
            is_wanted=voice != OFF,
            has_voice=studio.has_voice,
            languages=voice if voice in CHOICES else studio.settings.languages,
            digits=digits if digits in WAYS else studio.settings.digits,
        )
