"""What can be chosen of a spoken call."""

from marshmallow import Schema, fields, validate

from gerai_gateway.rules.calling_out import WAYS
from gerai_gateway.schemas.taken import CHOOSE


class SpeechQuerySchema(Schema):
    """`lang` are the languages spoken one after the other; `digits`: a number's digits one by one, or as one.

    Without them it is as the mall has set it.
    """

    lang = fields.String(validate=validate.OneOf(("id", "id,en"), error=CHOOSE))
    digits = fields.String(validate=validate.OneOf(WAYS, error=CHOOSE))
