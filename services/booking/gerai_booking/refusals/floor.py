"""At the counters."""

from gerai_shared.refusals import Refused


class WrongDay(Refused):
    """This ticket is for another day: %(day)s.

    It can be used on that day, or moved on the page of the ticket; today a number is given without a booking.
    """

    code = "wrong_day"
    status = 409


class CounterBusy(Refused):
    """This counter still has %(number)s. Finish that one first."""

    code = "counter_busy"
    status = 409


class AlreadyAdded(Refused):
    """This person has the number %(number)s for that service already. Finish here; they are called for it."""

    code = "already_added"
    status = 409


class AtAnotherCounter(Refused):
    """This person is at another counter at this moment. Call somebody else; they stay at their place."""

    code = "at_another_counter"
    status = 409


class CounterIdle(Refused):
    """Nobody is at this counter. Please call the next number first."""

    code = "counter_idle"
    status = 409


class NobodyWaits(Refused):
    """Nobody is waiting for this counter at the moment.

    Whoever arrives appears here by themselves; walk-ins get a number on the page of arrivals.
    """

    code = "nobody_waits"
    status = 409


class NothingToUndo(Refused):
    """There is nothing to undo at this counter. Please go on with the next step."""

    code = "nothing_to_undo"
    status = 409


class SiteClosedToday(Refused):
    """This place is closed today.

    Please offer a booking for another day; a supervisor can open today in the calendar.
    """

    code = "site_closed_today"
    status = 409


class WalkInFull(Refused):
    """Today's places for people without a booking are gone. A supervisor may give one beyond the quota."""

    code = "walk_in_full"
    status = 409


class OverQuotaNotAllowed(Refused):
    """At this place nothing is given beyond the quota: no rule allows it.

    Please offer a booking for another day.
    """

    code = "over_quota_not_allowed"
    status = 409


class OverQuotaUsedUp(Refused):
    """All places that may be given beyond today's quota are given. Please offer a booking for another day."""

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
    """An emergency keeps its lane: it is called before everybody else. Nothing has to be changed."""

    code = "emergency_stays"
    status = 409


class CalledOften(Refused):
    """This number has been called %(count)s times, which is as often as the rule allows.

    Record that nobody came; who comes after all has a place again.
    """

    code = "called_often"
    status = 409


class RecalledTooSoon(Refused):
    """The last call was only a moment ago. Call again in %(seconds)s seconds."""

    code = "recalled_too_soon"
    status = 409


class AbsentTooSoon(Refused):
    """They may be on their way still. In %(seconds)s seconds you can record that nobody came."""

    code = "absent_too_soon"
    status = 409


class CameBackOften(Refused):
    """This number has missed its call %(count)s times today. A supervisor may let them in again."""

    code = "came_back_often"
    status = 409


class OutcomeNeeded(Refused):
    """It is not said how the service ended.

    Choose one: done, files incomplete, sent elsewhere, refused, withdrawn.
    """

    code = "outcome_needed"
    status = 422


class OutcomeNeedsReason(Refused):
    """Nobody is turned away without a word of why. Write the reason in a sentence, then finish."""

    code = "outcome_needs_reason"
    status = 422


class UnknownAsideReason(Refused):
    """This reason for waiting aside is not known. Choose one of the list."""

    code = "unknown_aside_reason"
    status = 404


class NotServedThere(Refused):
    """That counter does not serve this person's service. Choose another counter, or another service."""

    code = "not_served_there"
    status = 409


class UnknownOfficer(Refused):
    """Nobody of that name works here. Choose somebody from the list."""

    code = "unknown_officer"
    status = 404


class NotSentFromElsewhere(Refused):
    """No other counter waits for this person. Finish the service, or send them on."""

    code = "not_sent_from_elsewhere"
    status = 409
