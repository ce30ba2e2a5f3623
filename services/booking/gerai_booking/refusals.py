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


class ValidityNotAllowed(Refused):
    """A validity of %(years)s years is for whoever is 17 or married on that day: please choose 5 years."""

    code = "validity_not_allowed"


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


class EmergencyNotAllowed(Refused):
    """No rule allows emergencies here today. A supervisor can add one in the plan of places."""

    code = "emergency_not_allowed"
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


class NotBookedOnline(Refused):
    """This service is not booked by the hour here: its hours have no places to change."""

    code = "not_booked_online"
    status = 409


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


class ClosedByOrder(Refused):
    """Closed by order %(number)s of %(issuer)s. %(text)s."""

    code = "closed_by_order"
    status = 409


class NotOnThisWeekday(Refused):
    """This service is not given at this place today. It is given on: %(days)s."""

    code = "not_on_this_weekday"
    status = 409


class NeedsNewHour(Refused):
    """The hour of this ticket was closed by order. Please choose another one on the ticket's page."""

    code = "needs_new_hour"
    status = 409


class UnknownDirective(Refused):
    """There is no such order."""

    code = "unknown_directive"
    status = 404


class ScopeWithoutSites(Refused):
    """This agency has no place in that scope. Please choose another one."""

    code = "scope_without_sites"


class DirectiveOver(Refused):
    """The dates of this order are over: there is nothing left to close."""

    code = "directive_over"
    status = 409


class DirectiveUndone(Refused):
    """This order is undone already. If it is to hold again, write it down anew."""

    code = "directive_undone"
    status = 409


class ClosingNeedsOrder(Refused):
    """A place is closed by order of the centre alone. Please ask the centre for a dated order."""

    code = "closing_needs_order"
    status = 403


class PeopleOutsideHours(Refused):
    """These hours leave out %(count)s who have booked on that day. Please choose hours that keep them."""

    code = "people_outside_hours"
    status = 409


class NoWholeHour(Refused):
    """Between these times there is no whole hour in which somebody could come. Please choose longer hours."""

    code = "no_whole_hour"


class DayNotOpenYet(Refused):
    """The places of this day open at %(opens_at)s."""

    code = "day_not_open_yet"
    status = 409


class WaitingRoomOpen(Refused):
    """Very many people want these days just now. Draw a number in the waiting room; everybody gets a turn."""

    code = "waiting_room"
    status = 429


class RoomNotOpen(Refused):
    """The waiting room gives numbers from %(opens_at)s."""

    code = "room_not_open"
    status = 409


class UnknownNumber(Refused):
    """This is no number of the waiting room of this place. Please draw a new one."""

    code = "unknown_number"
    status = 404


class NotYourTurn(Refused):
    """Your number has not come up yet. Please ask again in %(retry_after)s seconds."""

    code = "not_your_turn"
    status = 429


class NumberExpired(Refused):
    """Your number came up some time ago and is over. Please draw a new one."""

    code = "number_expired"
    status = 410


class TooManyNumbers(Refused):
    """Too many numbers were drawn from here. Please try again in %(retry_after)s seconds."""

    code = "too_many_numbers"
    status = 429


class ProofUsed(Refused):
    """This solution was used for a place before. Please load the page again; your device gets a new task."""

    code = "proof_used"
    status = 409


class UnknownCheckCode(Refused):
    """This code is not genuine: no ticket of ours has it."""

    code = "unknown_check_code"
    status = 404


class UnknownEntry(Refused):
    """There is nothing on the waiting list at this address. Please check the link in your message."""

    code = "unknown_entry"
    status = 404


class AlreadyWaiting(Refused):
    """This person waits for this service already. The link is in the message about it."""

    code = "already_waiting"
    status = 409


class TooManyEntries(Refused):
    """At most %(count)s people may wait under one e-mail address or phone number."""

    code = "too_many_entries"
    status = 409


class PlacesFree(Refused):
    """On %(day)s there are free places: please book one, or choose days that are full."""

    code = "places_free"
    status = 409


class WaitingOver(Refused):
    """The last of these days is over or comes before the first. Please choose days from today on."""

    code = "waiting_over"


class WaitTooLong(Refused):
    """One may wait for the next %(days)s days. Please choose an earlier last day."""

    code = "wait_too_long"


class OfferOfAnother(Refused):
    """This place is kept for somebody on the waiting list, and only that person can book it."""

    code = "offer_of_another"


class ListMissing(Refused):
    """Please choose the file with the list, and fill in the form again."""

    code = "list_missing"


class ListTooLarge(Refused):
    """This file is too large. At most 2 MB and 20,000 rows are taken; please split it."""

    code = "list_too_large"


class ListUnreadable(Refused):
    """This file is no text that can be read. Please save it as CSV (UTF-8) and send it again."""

    code = "list_unreadable"


class ListWithoutColumns(Refused):
    """The first row must name the columns: nomor porsi, nik, nama, tanggal lahir. Please add them."""

    code = "list_without_columns"


class ListEmpty(Refused):
    """There is no row to take over in this file. Please look whether it is the right one."""

    code = "list_empty"


class RowsRefused(Refused):
    """Nothing was taken over: %(count)s rows have to be mended first. Or choose to take the good rows
    only.
    """

    code = "rows_refused"


class UnknownMatch(Refused):
    """For this ticket no list is looked into, or there is no such ticket."""

    code = "unknown_match"
    status = 404


class MatchMovedOn(Refused):
    """Somebody else has changed this in the meantime. Please look at it again; nothing was changed."""

    code = "match_moved_on"


class UnknownApplication(Refused):
    """There is no such file."""

    code = "unknown_application"
    status = 404


class TicketNotServed(Refused):
    """A file is opened while its owner is being served, or after that."""

    code = "ticket_not_served"
    status = 409


class NoApplications(Refused):
    """This service ends at the counter: there is no file to follow."""

    code = "no_applications"
    status = 409


class ApplicationExists(Refused):
    """A file is open for this number already. Please look at the list of files."""

    code = "application_exists"
    status = 409


class IncompleteFiles(Refused):
    """The file is not complete. Still missing, or without a reason: %(missing)s."""

    code = "incomplete_files"


class NothingMissing(Refused):
    """Everything on the checklist is there: please open the file instead."""

    code = "nothing_missing"
    status = 409


class ApplicationChanged(Refused):
    """Somebody else changed this file in the meantime. Please look again; nothing was changed."""

    code = "application_changed"
    status = 409


class WrongPlaceOfCollection(Refused):
    """This is handed over at another place: %(site)s."""

    code = "wrong_place_of_collection"
    status = 409


class ProofsMissing(Refused):
    """Whoever collects has to show as well: %(missing)s."""

    code = "proofs_missing"


class NothingToCorrect(Refused):
    """There is no step of this file that could be taken back."""

    code = "nothing_to_correct"
    status = 409


class StillKept(Refused):
    """This is kept until %(day)s and cannot be cancelled before the day after."""

    code = "still_kept"
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
