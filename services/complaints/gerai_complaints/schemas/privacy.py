"""What is said at the desk with an erasure."""

from marshmallow import Schema

from gerai_complaints.schemas.fields import PlainText

LONGEST_WHY = 300


class EraseSchema(Schema):
    """Why somebody's data is erased: who asked, and how they showed that it is theirs."""

    why = PlainText(longest=LONGEST_WHY, required=True)
