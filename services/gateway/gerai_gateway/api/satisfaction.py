"""Saying how a visit was, over the interface."""

from gerai_shared.borders import load
from gerai_shared.http import json_body, json_response
from gerai_shared.refusals import IdempotencyKeyReused, InvalidRequest, Unavailable
from werkzeug.wrappers import Request, Response

from gerai_gateway import surveys
from gerai_gateway.entrypoints import Operation, idempotency_key, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownTicket, VisitNotOver
from gerai_gateway.schemas.satisfaction import SurveyReceiptSchema, SurveySchema

_survey = SurveySchema()


class SatisfactionApi:
    """Mixin: the survey of satisfaction (SKM)."""

    mall: Mall

    @public(
        "POST",
        "/api/v1/tickets/<token>/survey",
        operation=Operation(
            summary="Say how a visit was, once; it may be changed until the next day",
            tag="Satisfaction",
            body=SurveySchema,
            answer=SurveyReceiptSchema,
            refusals=(UnknownTicket, VisitNotOver, InvalidRequest, IdempotencyKeyReused, Unavailable),
            codes=((409, "survey_over"), (409, "answer_settled")),
        ),
    )
    def api_answer_survey(self, request: Request, token: str) -> Response:
        """Take the answers of somebody who was served."""
        key = idempotency_key(request)
        body = load(_survey, json_body(request))
        return json_response(surveys.answer_for_ticket(self.mall, token, body, channel=surveys.LINK, key=key))
