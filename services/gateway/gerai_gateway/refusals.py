"""What the gateway says no with."""

from gerai_shared.refusals import Refused


class UnknownAgency(Refused):
    """There is no such agency in this mall. Please choose one on the home page."""

    code = "unknown_agency"
    status = 404


class UnknownSite(Refused):
    """There is no such place. Please choose one on the home page."""

    code = "unknown_site"
    status = 404


class UnknownService(Refused):
    """This agency has no such service at this place. Please choose another service or another place."""

    code = "unknown_service"
    status = 404


class UnknownTicket(Refused):
    """There is no ticket at this address. Please check the link in your message."""

    code = "unknown_ticket"
    status = 404


class UnknownEntry(Refused):
    """There is nothing on the waiting list at this address. Please check the link in your message."""

    code = "unknown_entry"
    status = 404


class UnknownComplaint(Refused):
    """There is no complaint with this reference. Please check that the whole address was copied."""

    code = "unknown_complaint"
    status = 404


class FileTooLarge(Refused):
    """The file %(file)s is larger than %(megabytes)s MB. Please choose a smaller one, or a photo of it."""

    code = "file_too_large"


class TooManyFiles(Refused):
    """At most %(most)s files can be added at once. Please leave some out, and add them afterwards."""

    code = "too_many_files"


class NoFileChosen(Refused):
    """No file is chosen. Please choose at least one."""

    code = "no_file_chosen"


class RangeTooLong(Refused):
    """At most %(days)s days can be asked for at once.

    Please ask for fewer days, and for the rest afterwards.
    """

    code = "range_too_long"


class InvalidIdempotencyKey(Refused):
    """An Idempotency-Key has 8 to 100 letters, digits, dots, hyphens and underscores.

    Please load the page again, or send such a key.
    """

    code = "idempotency_key_invalid"
    status = 400


class UnknownNumber(Refused):
    """This is no number of the waiting room of this place. Please draw a new one."""

    code = "unknown_number"
    status = 404


class UnknownCheckCode(Refused):
    """This code is not genuine: no ticket of ours has it.

    Please compare it once more; if it is right, do not pay for this ticket and report who offered it.
    """

    code = "unknown_check_code"
    status = 404


class ProofRequired(Refused):
    """Very many people want places just now. Please solve the task, or draw a number in the waiting room."""

    code = "proof_required"
    status = 428


class UnknownDevice(Refused):
    """This device has no valid key.

    Please have a supervisor make a new key on the page of devices and open the address shown there.
    """

    code = "unknown_device"
    status = 403


class KioskBeganAnew(Refused):
    """The kiosk has begun anew meanwhile. To add an errand, please show the code of your ticket first."""

    code = "kiosk_began_anew"
    status = 409


class NothingShown(Refused):
    """This is no number and no code of a ticket. Please type it as it stands there, such as A-012."""

    code = "nothing_shown"


class NotBookable(Refused):
    """This service takes no bookings here. Just come; the number is given on the spot."""

    code = "not_bookable"
    status = 409


class UnknownCall(Refused):
    """There is no such call on the board of this place. Please load the board again."""

    code = "unknown_call"
    status = 404


class VoiceMissing(Refused):
    """There is no voice on this machine at the moment.

    Please ring a bell instead and show the number; whoever runs the mall installs espeak-ng.
    """

    code = "voice_missing"
    status = 503


class UnknownVisit(Refused):
    """There is no visit at this address. Please check that it was copied whole."""

    code = "unknown_visit"
    status = 404


class ErrandsOverlap(Refused):
    """The errands of one visit are at one place, on one day, and one after the other. Please choose the
    hours anew.
    """

    code = "errands_overlap"
    status = 409


class ErrandsDoNotFit(Refused):
    """On this day no free hours fit one after the other. Please choose another day."""

    code = "errands_do_not_fit"
    status = 409


class VisitNotOver(Refused):
    """This visit is not over yet. Please say how it was once you have been served."""

    code = "visit_not_over"
    status = 409
