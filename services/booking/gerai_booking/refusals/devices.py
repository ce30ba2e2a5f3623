"""Of kiosks, displays and printers."""

from gerai_shared.refusals import Refused


class UnknownDevice(Refused):
    """This device has no valid key.

    Please have a supervisor make a new key on the page of devices and open the address shown there.
    """

    code = "unknown_device"
    status = 403


class DeviceRevoked(Refused):
    """The key of this device has been withdrawn already. Please add the device anew."""

    code = "device_revoked"
    status = 409


class PrinterAddressMissing(Refused):
    """A printer needs an address. Please give the one that it prints on its test page."""

    code = "printer_address_missing"


class UnknownPrinter(Refused):
    """There is no such printer at this place. Please choose one of the list."""

    code = "unknown_printer"
    status = 404


class ClosedForToday(Refused):
    """This place has closed for today: it was open until %(closes)s.

    Please come on another day, or book a place on the portal.
    """

    code = "closed_for_today"
    status = 409


class NotYetPrinted(Refused):
    """This number is being printed. Please wait a moment and look at the printer."""

    code = "not_yet_printed"
    status = 409


class CopiesUsedUp(Refused):
    """This number has been printed often enough.

    Please take a photo of it with your phone, or ask at the information desk.
    """

    code = "copies_used_up"
    status = 409
