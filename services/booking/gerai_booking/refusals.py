"""What booking and the counters say no with."""

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
    """This ticket is for another place: %(site)s."""

    code = "ticket_of_another_site"
    status = 409


class UnknownSite(Refused):
    """This agency does not serve at such a place."""

    code = "unknown_site"
    status = 404


class UnknownService(Refused):
    """This agency has no such service at this place."""

    code = "unknown_service"
    status = 404


class UnknownSlot(Refused):
    """There is no such hour to book."""

    code = "unknown_slot"
    status = 404


class UnknownCounter(Refused):
    """There is no such counter."""

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
    """This place does not take bookings at that hour."""

    code = "slot_closed"
    status = 409


class RangeTooLong(Refused):
    """At most %(days)s days can be asked for at once."""

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


class IdentityRefused(Refused):
    """This identity number cannot be right: %(reason)s."""

    code = "identity_refused"


class WrongCitizenship(Refused):
    """This service is for other applicants: Indonesian citizens give a NIK, foreigners a passport number."""

    code = "wrong_citizenship"


class Suspended(Refused):
    """This service is suspended for this applicant until %(until)s. How to appeal: %(appeal)s."""

    code = "suspended"
    status = 403


class UnknownSuspension(Refused):
    """There is no such suspension."""

    code = "unknown_suspension"
    status = 404


class SuspensionLifted(Refused):
    """This suspension was lifted already."""

    code = "suspension_lifted"
    status = 409


class WrongLength(Refused):
    """A suspension of this kind lasts %(least)s to %(most)s months."""

    code = "wrong_length"


class PausedAfterNoShows(Refused):
    """Online booking pauses for this person until %(until)s, after several missed visits.

    You can still come without booking. On the page of a missed ticket you can tell us why you could not come.
    """

    code = "paused_after_no_shows"
    status = 403


class TooManyForContact(Refused):
    """One telephone number or e-mail address can have %(most)s open tickets.

    Please give the applicant's own number or address, or come without a booking.
    """

    code = "too_many_for_contact"
    status = 409


class NothingToAppeal(Refused):
    """This visit does not count as missed, so that there is nothing to appeal against."""

    code = "nothing_to_appeal"
    status = 409


class AppealExists(Refused):
    """You have told us already why you could not come. The answer stands on the page of the ticket."""

    code = "appeal_exists"
    status = 409


class UnknownAppeal(Refused):
    """There is no such appeal."""

    code = "unknown_appeal"
    status = 404


class AppealDecided(Refused):
    """This appeal was decided already."""

    code = "appeal_decided"
    status = 409


class NotLater(Refused):
    """After an outage you can move to an hour after your own. Please choose a later one."""

    code = "not_later"
    status = 409


class UnknownOutage(Refused):
    """There is no such outage."""

    code = "unknown_outage"
    status = 404


class OutageOver(Refused):
    """This outage has ended already."""

    code = "outage_over"
    status = 409


class OutageNotBegun(Refused):
    """An outage is written down when it has happened, not before: this moment is still to come."""

    code = "outage_not_begun"


class OutageWithoutTime(Refused):
    """An outage ends after it begins."""

    code = "outage_without_time"


class TooYoung(Refused):
    """The applicant is under 17 and unmarried on that day: please book the service for children."""

    code = "too_young"


class TooOld(Refused):
    """The applicant is 17 or older, or married, on that day: please book the service for adults."""

    code = "too_old"


class WrongDay(Refused):
    """This ticket is for another day: %(day)s."""

    code = "wrong_day"
    status = 409


class CounterBusy(Refused):
    """This counter still has %(number)s. Finish that one first."""

    code = "counter_busy"
    status = 409


class CounterIdle(Refused):
    """Nobody is at this counter."""

    code = "counter_idle"
    status = 409


class NobodyWaits(Refused):
    """Nobody is waiting for this counter at the moment."""

    code = "nobody_waits"
    status = 409


class NothingToUndo(Refused):
    """There is nothing to undo at this counter."""

    code = "nothing_to_undo"
    status = 409


class SiteClosedToday(Refused):
    """This place is closed today."""

    code = "site_closed_today"
    status = 409


class WalkInFull(Refused):
    """Today's places for people without a booking are gone. A supervisor may give one beyond the quota."""

    code = "walk_in_full"
    status = 409


class OverQuotaNotAllowed(Refused):
    """At this place nothing is given beyond the quota: no rule allows it."""

    code = "over_quota_not_allowed"
    status = 409


class OverQuotaUsedUp(Refused):
    """All places that may be given beyond today's quota are given."""

    code = "over_quota_used_up"
    status = 409


class EmergencyUsedUp(Refused):
    """Today's places for emergencies are gone. Please ask the head of the office."""

    code = "emergency_used_up"
    status = 409


class PlanInThePast(Refused):
    """A plan changes from today on: days that are over stay as they were."""

    code = "plan_in_the_past"


class UnknownRestriction(Refused):
    """There is no such restriction."""

    code = "unknown_restriction"
    status = 404


class RestrictionOver(Refused):
    """This restriction ended on %(day)s already."""

    code = "restriction_over"
    status = 409
