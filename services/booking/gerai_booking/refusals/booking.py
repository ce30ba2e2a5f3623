"""What stands against a booking: the ticket, the hour, the applicant."""

from gerai_shared.refusals import Refused


class UnknownTicket(Refused):
    """There is no ticket at this address. Please check the link in your message."""

    code = "unknown_ticket"
    status = 404


class TicketOfAnotherAgency(Refused):
    """This code is of another agency. Please show its holder the way to that agency's counters."""

    code = "ticket_of_another_agency"
    status = 409


class TicketOfAnotherSite(Refused):
    """This ticket is for another place: %(site)s. Please show its holder the way there."""

    code = "ticket_of_another_site"
    status = 409


class UnknownSite(Refused):
    """This agency does not serve at such a place. Please choose another place."""

    code = "unknown_site"
    status = 404


class UnknownService(Refused):
    """This agency has no such service at this place. Please choose another service or another place."""

    code = "unknown_service"
    status = 404


class UnknownSlot(Refused):
    """There is no such hour to book. Please choose one of the hours that are shown."""

    code = "unknown_slot"
    status = 404


class UnknownCounter(Refused):
    """There is no such counter. Please choose yours on the page of counters."""

    code = "unknown_counter"
    status = 404


class SlotPast(Refused):
    """This hour has begun already. Please choose a later one."""

    code = "slot_past"
    status = 409


class SlotFull(Refused):
    """All places of this hour are taken. Please choose another hour."""

    code = "slot_full"
    status = 409


class DayFull(Refused):
    """All places of this day are taken. Please choose another day."""

    code = "day_full"
    status = 409


class SlotClosed(Refused):
    """This place does not take bookings at that hour. Please choose another hour or another day."""

    code = "slot_closed"
    status = 409


class RangeTooLong(Refused):
    """At most %(days)s days can be asked for at once.

    Please ask for fewer days, and for the rest afterwards.
    """

    code = "range_too_long"


class OpenTicketExists(Refused):
    """This person already has an open ticket for this service. Cancel or move that one instead."""

    code = "open_ticket_exists"
    status = 409


class TooManyHolds(Refused):
    """Too many places are being held from here at the moment. Please finish or wait a few minutes."""

    code = "too_many_holds"
    status = 429


class PreconditionNotMet(Refused):
    """Something has to be done before this service can be booked. Please read and confirm it first."""

    code = "precondition_not_met"


class WrongCitizenship(Refused):
    """This service is for other applicants: a NIK is for Indonesian citizens, a passport number for
    foreigners.

    Please choose the service that is meant for you.
    """

    code = "wrong_citizenship"


class TooYoung(Refused):
    """The applicant is under 17 and unmarried on that day. Please book the service for children."""

    code = "too_young"


class TooOld(Refused):
    """The applicant is 17 or older, or married, on that day. Please book the service for adults."""

    code = "too_old"


class ValidityNotAllowed(Refused):
    """A validity of %(years)s years is for whoever is 17 or married on that day. Please choose 5 years."""

    code = "validity_not_allowed"


class NotLater(Refused):
    """After an outage you can move to an hour after your own. Please choose a later one."""

    code = "not_later"
    status = 409


class UnknownCheckCode(Refused):
    """This code is not genuine: no ticket of ours has it.

    Please compare it once more; if it is right, do not pay for this ticket and report who offered it.
    """

    code = "unknown_check_code"
    status = 404
