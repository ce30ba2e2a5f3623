"""What the forms about lists and differences take."""

from typing import Any

from marshmallow import Schema, fields, pre_load, validate

from gerai_booking.rules.matching import DECIDED, MatchState
from gerai_booking.schemas import CHOICE, DAY, REASON, WHY

NEEDED: dict[str, Any] = {"required": WHY, "null": WHY}
SOURCE = "Please name whose list this is, in 3 to 100 letters."
MODES = ("all", "good")


class _Form(Schema):
    """Empty fields count as not given, spaces around are of no meaning."""

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Leave out what is empty."""
        tidy = {name: " ".join(value.split()) for name, value in data.items()}
        return {name: value for name, value in tidy.items() if value}


class ImportSchema(_Form):
    """A list to be taken over; its file comes beside the fields. `purposes` are codes with spaces between."""

    source = fields.String(
        required=True,
        validate=validate.Length(min=3, max=100, error=SOURCE),
        error_messages={"required": SOURCE},
    )
    as_of = fields.Date(required=True, error_messages={"required": DAY, "invalid": DAY})
    purposes = fields.String(
        required=True,
        validate=validate.Regexp(r"^[a-z0-9-]{1,60}( [a-z0-9-]{1,60})*\Z", error=CHOICE),
        error_messages={"required": CHOICE},
    )
    rows = fields.String(
        required=True,
        validate=validate.OneOf(MODES, error=CHOICE),
        error_messages={"required": CHOICE},
    )
    why = fields.String(required=True, validate=REASON, error_messages=NEEDED)


class DecisionSchema(_Form):
    """What an officer decides about a difference; `seen` is the state that the page showed."""

    seen = fields.Enum(MatchState, by_value=True, required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf([state.value for state in DECIDED], error=CHOICE),
        error_messages={"required": CHOICE},
    )
    note = fields.String(required=True, validate=REASON, error_messages=NEEDED)
