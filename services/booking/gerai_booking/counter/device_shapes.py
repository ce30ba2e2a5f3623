"""What the forms about devices send, as marshmallow reads it."""

from marshmallow import fields, validate

from gerai_booking.counter.supervision_shapes import FormSchema
from gerai_booking.rules.devices import KINDS, PAPER_WIDTHS
from gerai_booking.schemas import CHOICE, CODE, FREE_OF_CONTROLS

NAME = "Please give a name by which your people find it, such as Kiosk at the door."
DEVICE = validate.Length(equal=36, error=CHOICE)


class DeviceSchema(FormSchema):
    """A device to be added: a printer with its address, a kiosk with the printer it prints on."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS, error=CHOICE))
    site = fields.String(required=True, validate=CODE)
    name = fields.String(
        required=True,
        validate=[validate.Length(min=2, max=100, error=NAME), FREE_OF_CONTROLS],
        error_messages={"required": NAME},
    )
    address = fields.String(load_default=None, validate=validate.Length(max=60))
    paper_mm = fields.Integer(load_default=None, validate=validate.OneOf(PAPER_WIDTHS, error=CHOICE))
    printer = fields.String(load_default=None, validate=DEVICE)


class ChosenDeviceSchema(FormSchema):
    """A device that something is to be done with."""

    device = fields.String(required=True, validate=DEVICE, error_messages={"required": CHOICE})
