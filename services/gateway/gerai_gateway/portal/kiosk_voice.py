"""A kiosk's page read aloud by the mall's own voice: a browser without voices is what most kiosks have.

What is said travels in the address, signed: no text from outside is ever spoken, and any gateway of the mall
answers.
"""

from gerai_shared.refusals import NotFound
from gerai_shared.translations import language_of
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Request, Response

from gerai_gateway.api.speech import KEPT_SECONDS, SOUND_TYPE
from gerai_gateway.mall import Mall
from gerai_gateway.rules.reading_out import marked, read_out
from gerai_gateway.speech.studio import Studio

#: What a template leaves for the address.
PLACE = b'data-speech-url=""'


def sound_of(mall: Mall, request: Request, *, site: str, signed: str) -> Response:
    """Return what a page of a kiosk at a site says of itself, as sound. Raises NotFound, VoiceMissing."""
    try:
        of_site, language, text = _signer(mall).loads(signed)
    except BadData:
        raise NotFound from None
    if of_site != site:
        raise NotFound
    recording = _studio(mall).reading(text, language=language)
    response = Response(
        recording.body,
        mimetype=SOUND_TYPE,
        headers={"Cache-Control": f"private, max-age={KEPT_SECONDS}"},
    )
    return response.make_conditional(request, accept_ranges=True, complete_length=len(recording.body))


def with_voice(mall: Mall, request: Request, response: Response, *, site: str) -> Response:
    """Return a page that knows where it is read aloud, if this machine has a voice."""
    body = response.get_data()
    if PLACE not in body or not _studio(mall).has_voice:
        return response
    text = read_out(marked(body.decode()))
    signed = _signer(mall).dumps([site, language_of(request), text])
    assert isinstance(signed, str)
    response.set_data(body.replace(PLACE, f'data-speech-url="/kiosk/{site}/speech/{signed}.wav"'.encode()))
    return response


def _signer(mall: Mall) -> URLSafeSerializer:
    return URLSafeSerializer(mall.deployment.settings.secret_key, salt="kiosk-voice")


def _studio(mall: Mall) -> Studio:
    studio: Studio = mall.deployment.extras["reading_studio"]
    return studio
