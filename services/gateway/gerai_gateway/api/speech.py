"""Calls as sound."""

from gerai_shared.borders import load
from gerai_shared.deployment import Deployment
from gerai_shared.refusals import InvalidRequest, Unavailable
from werkzeug.wrappers import Request, Response

from gerai_gateway import board_view
from gerai_gateway.api.boards import TAG
from gerai_gateway.entrypoints import Operation, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownCall, UnknownSite, VoiceMissing
from gerai_gateway.schemas.speech import SpeechQuerySchema
from gerai_gateway.speech.studio import Studio

SOUND_TYPE = "audio/wav"
#: A display asks once; others of the same hall and a proxy in front may share the answer.
KEPT_SECONDS = 300
_query = SpeechQuerySchema()


class SpeechApi:
    """Mixin: what is said when a number is called."""

    mall: Mall
    deployment: Deployment

    @public(
        "GET",
        "/api/v1/sites/<site>/calls/<call_id>/speech.wav",
        operation=Operation(
            summary="A call of the board as it is spoken: a bell, then the sentence",
            tag=TAG,
            query=SpeechQuerySchema,
            answer_type=SOUND_TYPE,
            refusals=(UnknownSite, UnknownCall, InvalidRequest, VoiceMissing, Unavailable),
        ),
    )
    def api_speech(self, request: Request, site: str, call_id: str) -> Response:
        """Answer the recording of a call that stands on the board; no other text is ever spoken."""
        asked = load(_query, request.args.to_dict())
        studio: Studio = self.deployment.extras["studio"]
        settings = studio.settings
        recording = studio.recording(
            board_view.announcement(self.mall, site, call_id),
            languages=tuple(asked.get("lang", settings.languages).split(",")),
            digits=asked.get("digits", settings.digits),
        )
        response = Response(
            recording.body,
            mimetype=SOUND_TYPE,
            headers={"Cache-Control": f"public, max-age={KEPT_SECONDS}"},
        )
        response.set_etag(recording.name)
        return response.make_conditional(request, accept_ranges=True, complete_length=len(recording.body))
