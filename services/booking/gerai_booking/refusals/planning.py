"""Quotas, restrictions, orders of the centre, the calendar."""

from gerai_shared.refusals import Refused


class PlanInThePast(Refused):
    """Days that are over stay as they were. Please choose a day from today on."""

    code = "plan_in_the_past"


class NotBookedOnline(Refused):
    """This service is not booked by the hour here: its hours have no places to change.

    Please change its quota of the day instead.
    """

    code = "not_booked_online"
    status = 409


class QuotaClosesSite(Refused):
    """With this nobody would get a place here from %(day)s on: that closes the office, which only an order of
    the centre does. Please leave a place, put a restriction in force, or ask the centre for an order.
    """

    code = "quota_closes_site"
    status = 409


class UnknownQuota(Refused):
    """There is no such quota. Please load the page again and choose one of it."""

    code = "unknown_quota"
    status = 404


class QuotaOver(Refused):
    """This quota ended on %(day)s already. Should it hold again, please put a new one into the plan."""

    code = "quota_over"
    status = 409


class UnknownRegime(Refused):
    """No rule says what this restriction does at this level. Please choose one of the list."""

    code = "unknown_regime"


class NoSiteInRegion(Refused):
    """No place of this agency lies in that region: nothing would change.

    Please give another region, or leave it empty for the whole country.
    """

    code = "no_site_in_region"


class UnknownRestriction(Refused):
    """There is no such restriction. Please load the page again and choose one of it."""

    code = "unknown_restriction"
    status = 404


class RestrictionOver(Refused):
    """This restriction ended on %(day)s already. Should it hold again, please put a new one in force."""

    code = "restriction_over"
    status = 409


class ClosedByOrder(Refused):
    """Closed by order %(number)s of %(issuer)s. %(text)s. Please choose another day or another place."""

    code = "closed_by_order"
    status = 409


class NotOnThisWeekday(Refused):
    """This service is not given at this place today. Please offer one of its days: %(days)s."""

    code = "not_on_this_weekday"
    status = 409


class NeedsNewHour(Refused):
    """The hour of this ticket was closed by order. Please choose another one on the ticket's page."""

    code = "needs_new_hour"
    status = 409


class UnknownDirective(Refused):
    """There is no such order. Please choose one on the page of orders."""

    code = "unknown_directive"
    status = 404


class ScopeWithoutSites(Refused):
    """This agency has no place in that scope. Please choose another one."""

    code = "scope_without_sites"


class DirectiveOver(Refused):
    """The dates of this order are over: there is nothing left to close.

    Should it go on, please write down a new order.
    """

    code = "directive_over"
    status = 409


class DirectiveUndone(Refused):
    """This order is undone already. Should it hold again, please write it down anew."""

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
