"""Devices, as the interface takes and gives them."""

from marshmallow import Schema, fields, validate


class DeviceStateSchema(Schema):
    """What a device says of itself."""

    page = fields.String(validate=validate.Length(max=200), metadata={"description": "The page it shows."})
    screen = fields.String(
        validate=validate.Length(max=20), metadata={"description": "Its screen in pixels, 1080x1920."}
    )
    trouble = fields.String(
        validate=validate.Length(max=100), metadata={"description": "What is wrong with it."}
    )


class HeardSchema(Schema):
    """When the next heartbeat is expected."""

    next_in_seconds = fields.Integer(required=True)
