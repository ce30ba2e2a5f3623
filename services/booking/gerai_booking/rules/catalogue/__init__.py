"""The catalogue of an agency: what it does for citizens, where, at what price, how fast, and on what basis.

Agencies are described as code with these shapes, seeded into tables, and shown to citizens in Indonesian and
English. A rule that the law may change (fee, promise, quota, name) is a dated row; see `Dated` for what its
dates mean.
"""

from gerai_booking.rules.catalogue.agency import Agency, clashes
from gerai_booking.rules.catalogue.shapes import (
    Brand,
    Break,
    Channel,
    Citizenship,
    Counter,
    DailyQuota,
    Dated,
    Fee,
    NamePeriod,
    Offer,
    PlannedCounter,
    Promise,
    Purpose,
    Requirement,
    RestrictionCap,
    Service,
    Site,
    SiteKind,
    Text,
    WeeklyHours,
    fees_on,
    period_on,
    promise_on,
)

__all__ = [
    "Agency",
    "Brand",
    "Break",
    "Channel",
    "Citizenship",
    "Counter",
    "DailyQuota",
    "Dated",
    "Fee",
    "NamePeriod",
    "Offer",
    "PlannedCounter",
    "Promise",
    "Purpose",
    "Requirement",
    "RestrictionCap",
    "Service",
    "Site",
    "SiteKind",
    "Text",
    "WeeklyHours",
    "clashes",
    "fees_on",
    "period_on",
    "promise_on",
]
