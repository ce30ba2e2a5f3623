"""Suspensions, missed visits, appeals, outages, limits of contacts."""

from gerai_shared.refusals import Refused


class Suspended(Refused):
    """This service is suspended for this applicant until %(until)s. How to appeal: %(appeal)s."""

    code = "suspended"
    status = 403


class UnknownSuspension(Refused):
    """There is no such suspension. Please look it up again by the person's number."""

    code = "unknown_suspension"
    status = 404


class SuspensionLifted(Refused):
    """This suspension was lifted already. Nothing is left to do: its page says by whom and why."""

    code = "suspension_lifted"
    status = 409


class UnknownKindOfSuspension(Refused):
    """On that day no rule names this kind of suspension. Please choose another one.

    A new kind is written down under the rules first.
    """

    code = "unknown_kind_of_suspension"


class WrongLength(Refused):
    """A suspension of this kind lasts %(least)s to %(most)s months. Please choose a length between them."""

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
    """This visit does not count as missed, so that there is nothing to appeal against.

    You need not do anything.
    """

    code = "nothing_to_appeal"
    status = 409


class AppealExists(Refused):
    """You have told us already why you could not come. The answer stands on the page of the ticket."""

    code = "appeal_exists"
    status = 409


class UnknownAppeal(Refused):
    """There is no such appeal. Please choose one on the page of appeals."""

    code = "unknown_appeal"
    status = 404


class AppealDecided(Refused):
    """This appeal was decided already. Nothing is left to do: its page says by whom and why."""

    code = "appeal_decided"
    status = 409


class UnknownOutage(Refused):
    """There is no such outage. Please choose one on the page of outages."""

    code = "unknown_outage"
    status = 404


class OutageOver(Refused):
    """This outage has ended already. Should something fail again, please write it down as a new one."""

    code = "outage_over"
    status = 409


class OutageNotBegun(Refused):
    """This moment is still to come, and an outage is written down when it has happened.

    Please give a moment that has passed.
    """

    code = "outage_not_begun"


class OutageWithoutTime(Refused):
    """An outage ends after it begins. Please give a later end or an earlier beginning."""

    code = "outage_without_time"
