"""What officers take down of what somebody says."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from gerai_complaints.rules.channels import TAKEN_DOWN
from gerai_complaints.schemas.complaints import FileSchema


class IntakeSchema(FileSchema):
    """A filing, and how it came in."""

    channel = fields.String(
        required=True,
        validate=validate.OneOf([each.value for each in TAKEN_DOWN], error="Please choose one of these."),
    )


def filing_on_form(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form of the desk says, in the shape of IntakeSchema; what is empty was not said."""
    said = {name: value for name, value in form.items() if value.strip()}
    body: dict[str, Any] = {
        name: said[name]
        for name in (
            "channel",
            "classification",
            "title",
            "text",
            "agency",
            "site",
            "occurred_on",
            "language",
            "ticket_token",
        )
        if name in said
    }
    body |= {name: name in said for name in ("anonymous", "confidential", "claims_danger")}
    body["person"] = {name: said[name] for name in ("name", "email", "phone") if name in said}
    if "principal" in said or "relation" in said:
        body["proxy"] = {name: said[name] for name in ("principal", "relation") if name in said}
        body["proxy"]["has_power_of_attorney"] = "has_power_of_attorney" in said
    return body
