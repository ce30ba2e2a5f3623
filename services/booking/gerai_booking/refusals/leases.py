"""What is refused while the floor of a site is leased to a node there."""

from gerai_shared.refusals import Refused


class SiteIsLeased(Refused):
    """The counters of this site work on the site's own node today. Please sign in at its address."""

    code = "site_is_leased"
    status = 409


class CheckInAtSite(Refused):
    """You cannot check in from here today. Please show your ticket at the counter of the site."""

    code = "check_in_at_site"
    status = 409


class NoLease(Refused):
    """This site node has no lease of the floor today. Please work on the agency's ordinary address."""

    code = "no_lease"
    status = 409


class OnlyAtCentre(Refused):
    """This can be done only on the agency's ordinary pages. Please open its usual address."""

    code = "only_at_centre"
    status = 409


class NumbersUsedUp(Refused):
    """The numbers %(prefix)s that this site node was given are used up.

    Please connect it to the centre again; until then serve people with numbers on paper.
    """

    code = "numbers_used_up"
    status = 409


class UnknownNode(Refused):
    """Nobody knows this site node, or its key was taken back. Please have a new key made at the centre."""

    code = "unknown_node"
    status = 401


class LeaseTaken(Refused):
    """The node %(node)s has the floor of this site today. Please revoke its lease first."""

    code = "lease_taken"
    status = 409


class UnknownLease(Refused):
    """There is no such lease. Please look at the list of leases again."""

    code = "unknown_lease"
    status = 404


class NothingToLease(Refused):
    """This site is closed today: there is no floor to lease. Please open the day in the calendar first."""

    code = "nothing_to_lease"
    status = 409


class NumberNotLeased(Refused):
    """The node gave number %(number)s, which is not of its block. Please tell the centre's operators."""

    code = "number_not_leased"
    status = 409


class UnknownConflict(Refused):
    """This has been looked after already, or was never there. Please load the list again."""

    code = "unknown_conflict"
    status = 404
