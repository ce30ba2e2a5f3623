"""What kiosks and displays tell and ask through the gateway, as marshmallow reads it."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from gerai_booking.rules.devices import PAPER_WIDTHS, PRINTER_PORT, Printer, printer_address
from gerai_booking.schemas import CODE, LANGUAGE, TOKEN, ArrivalSchema, VisitPartSchema

ID = validate.Length(equal=36)
#: What somebody at a kiosk says of themselves; whoever needs it goes before others (S1-7).
NEEDS = ("none", "elderly", "pregnant", "disabled", "small_child")


class KeySchema(Schema):
    """The key of a device."""

    key = fields.String(required=True, validate=TOKEN)


class StateSchema(Schema):
    """What a device says of itself: the page it shows, its screen in pixels, what is wrong."""

    page = fields.String(validate=validate.Length(max=200))
    screen = fields.String(validate=validate.Length(max=20))
    trouble = fields.String(validate=validate.Length(max=100))


class SeenSchema(KeySchema):
    """A heartbeat."""

    state = fields.Nested(StateSchema, load_default=dict)


class PrinterSchema(Schema):
    """A printer as its own agency told it; the address is looked at again by whoever connects to it."""

    id = fields.String(required=True, validate=ID)
    host = fields.String(required=True, validate=validate.Length(max=45))
    port = fields.Integer(load_default=PRINTER_PORT)
    paper_mm = fields.Integer(required=True, validate=validate.OneOf(PAPER_WIDTHS))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Printer:
        """Build the dataclass. Raises PrinterAddressWrong."""
        host, port = printer_address(f"{data['host']}:{data['port']}")
        return Printer(id=data["id"], host=host, port=port, paper_mm=data["paper_mm"])


class AtKioskSchema(Schema):
    """What every wish at a kiosk comes with: the device (its id), its printer if it has one, the language."""

    device = fields.String(required=True, validate=ID)
    printer = fields.Nested(PrinterSchema, load_default=None, allow_none=True)
    language = fields.String(load_default="id", validate=LANGUAGE)


class KioskWalkInSchema(AtKioskSchema):
    """A number for somebody who came without a booking; with `visit` for one errand more of theirs."""

    site = fields.String(required=True, validate=CODE)
    service = fields.String(required=True, validate=CODE)
    need = fields.String(load_default="none", validate=validate.OneOf(NEEDS))
    visit = fields.Nested(VisitPartSchema, load_default=None, allow_none=True)


class KioskCheckInSchema(ArrivalSchema, AtKioskSchema):
    """Somebody who has booked and shows the number or the code of the ticket."""


class KioskTicketSchema(Schema):
    """A ticket by its check code, which opens nothing."""

    code = fields.String(required=True, validate=TOKEN)


class KioskPrintSchema(KioskTicketSchema, AtKioskSchema):
    """A ticket to be printed, or a copy of it; with its `token` the code that opens its page, too."""

    token = fields.String(load_default=None, allow_none=True, validate=TOKEN)
