"""Rules that supervisors write down."""

from gerai_shared.refusals import Refused


class UnknownRule(Refused):
    """There is no such rule any more. Please look at the list again."""

    code = "unknown_rule"
    status = 404


class RuleOver(Refused):
    """This rule ended on %(day)s already. To change what holds now, write a new rule down."""

    code = "rule_over"
    status = 409


class RuleFromTomorrow(Refused):
    """This rule can hold from tomorrow at the earliest: what began today keeps the one it began with.

    Please choose a later first day.
    """

    code = "rule_from_tomorrow"


class RouteOverlaps(Refused):
    """For some of these applicants from %(regency)s another row names %(office)s on the same days.

    Please end that row first, or choose other regencies, purposes or dates.
    """

    code = "route_overlaps"
    status = 409


class RuleContradicts(Refused):
    """This does not fit with the other rules: %(problems)s.

    Nothing was changed. Please change the rule, or those it does not fit with first.
    """

    code = "rule_contradicts"
    status = 409
