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
    """Today's places for emergencies are gone. A supervisor can raise their number in the plan of places."""

    code = "emergency_used_up"
    status = 409


class EmergencyStays(Refused):
    """An emergency keeps its lane: it is called before everybody else."""

    code = "emergency_stays"
    status = 409


class PlanInThePast(Refused):
    """A plan changes from today on: days that are over stay as they were."""

    code = "plan_in_the_past"


class UnknownQuota(Refused):
    """There is no such quota."""

    code = "unknown_quota"
    status = 404


class QuotaOver(Refused):
    """This quota ended on %(day)s already."""

    code = "quota_over"
    status = 409


class UnknownRegime(Refused):
    """No rule says what this restriction does at this level. Please choose one of the list."""

    code = "unknown_regime"


class NoSiteInRegion(Refused):
    """No place of this agency lies in that region: nothing would change."""

    code = "no_site_in_region"


class UnknownRestriction(Refused):
    """There is no such restriction."""

    code = "unknown_restriction"
    status = 404


class RestrictionOver(Refused):
    """This restriction ended on %(day)s already."""

    code = "restriction_over"
    status = 409


class UnknownEstablishment(Refused):
    """There is no such request to establish a service point."""

    code = "unknown_establishment"
    status = 404


class UnitComesFirst(Refused):
    """An office is opened in stages: first a work unit in %(regency)s has to be open."""

    code = "unit_comes_first"
    status = 409


class StageNotNext(Refused):
    """From where this request is now it cannot go there. Please load the page again."""

    code = "stage_not_next"
    status = 409


class ItemsLacking(Refused):
    """This stage needs items of the checklist that are not accepted yet: they are named beside the stages."""

    code = "items_lacking"
    status = 409


class ItemNotNext(Refused):
    """An item is received before it is accepted or sent back. Please load the page again."""

    code = "item_not_next"
    status = 409


class UnknownItem(Refused):
    """This request has no such item on its checklist."""

    code = "unknown_item"
    status = 404


class DocumentMissing(Refused):
    """An item is received with a document: please give its number, date, title and where it is kept."""

    code = "document_missing"
    status = 409


class StaffNotMixed(Refused):
    """The list of staff needs people of immigration and of the regency: please give both numbers."""

    code = "staff_not_mixed"
    status = 409


class RequestClosed(Refused):
    """This request is open or withdrawn already: it does not change any more."""

    code = "request_closed"
    status = 409


class UnknownMinutes(Refused):
    """This request has no such minutes or action item."""

    code = "unknown_minutes"
    status = 404


class ActionDone(Refused):
    """This action item is done already."""

    code = "action_done"
    status = 409


class UnknownPlannedCounter(Refused):
    """The road map of this place has no such entry."""

    code = "unknown_planned_counter"
    status = 404


class UnknownServiceGroup(Refused):
    """This agency has no such group of services."""

    code = "unknown_service_group"
    status = 404
