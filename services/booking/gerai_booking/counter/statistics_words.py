"""The words of statistics, the same on pages, in files and in their explanation, in English for gettext."""

from collections.abc import Iterator, Mapping

from gerai_booking.usecases.statistics import DIMENSIONS

#: What each count and each time is: its name and its definition.
MEASURES: Mapping[str, tuple[str, str]] = {
    "issued": (
        "Tickets",
        (
            "Tickets for days of the period, whatever came of them. One that was moved to another hour or "
            "sent on to another service counts once, as the last of its chain. Places that were only held "
            "do not count."
        ),
    ),
    "served": ("Served", "Tickets whose service was finished."),
    "missed": ("Missed", "Tickets whose holder did not come, or not when called."),
    "cancelled": ("Cancelled", "Tickets that were given back."),
    "open": (
        "Still open",
        "Tickets that something can still happen with: booked, waiting, at a counter or set aside.",
    ),
    "moved": (
        "Moved",
        (
            "Tickets for days of the period that were moved to another hour. They are not among the tickets; "
            "the one for the new hour is, on its own day."
        ),
    ),
    "granted": (
        "Beyond the quota",
        "Tickets that a supervisor gave beyond the quota or in an emergency. They are among the tickets.",
    ),
    "wait": (
        "Wait, median",
        "Half of all waited no longer, in whole minutes from check-in to the last call.",
    ),
    "wait_of_most": ("Wait, 90th percentile", "Nine of ten waited no longer, in whole minutes."),
    "service": (
        "Service, median",
        "Half of all were served no longer, in whole minutes from start to finish.",
    ),
    "taken": ("Taken", "Places taken of a quota, whatever lane or origin was chosen above."),
    "places": ("Places", "Places that the quota had, without those given beyond it."),
    "percent": ("Used", "Taken of the places, in percent."),
    "handed_back": (
        "Files handed back",
        "Files that were handed back in the period because something lacked.",
    ),
    "corrected": (
        "Steps corrected",
        "Steps of files that were taken back in the period because they were wrong.",
    ),
    "error_rate": ("Of the served", "So many for each hundred tickets that were served."),
}
NAMES_OF_DIMENSIONS: Mapping[str, str] = {
    "origin": "Regency of origin",
    "province": "Province of origin",
    "coverage": "Place and regency of origin",
    "service": "Service",
    "site": "Place",
    "channel": "Way to come",
    "lane": "Lane",
    "quota_channel": "Quota that the place was of",
    "outcome": "Outcome",
    "day": "Day",
    "week": "Week",
    "month": "Month",
}
CHANNELS: Mapping[str, str] = {
    "": "All ways to come",
    "online": "Booked online",
    "walk_in": "Walk-in",
    "priority": "Priority",
    "emergency": "Emergency",
    "group": "Group",
    "over_quota": "Beyond the quota",
}
LANES: Mapping[str, str] = {
    "regular": "Regular",
    "priority": "Priority",
    "appointment": "Appointment",
    "walk_in": "Walk-in",
    "emergency": "Emergency",
}
NAMES_OF_PERIODS: Mapping[str, str] = {
    "day": "Day",
    "week": "Week",
    "month": "Month",
    "quarter": "Quarter",
    "year": "Year",
    "range": "Free range",
}
COMPARISONS: Mapping[str, str] = {"previous": "The period before", "last_year": "The year before"}
#: Heads, names of tables, and what the sheet of explanations says.
UNKNOWN_ORIGIN = "Unknown"
TOTAL = "All together"
PERIOD = "Period"
COMPARED_WITH = "Compared with"
DIFFERENCE = "Difference"
CHANGE = "Change in percent"
TICKETS, WAITING, COURSE, QUOTA = "Tickets", "Waiting and service", "Course", "Use of the quota"
ERRORS = "Errors at work"
ERROR = "Error"
NUMBER = "Number of them"
NO_QUOTA = "Counted in no quota"
MINUTES = "%(name)s (minutes)"
PERCENT = "%(name)s (percent)"
EXPLANATION = "Explanation"
ALL_SITES = "All places"
ONLY = "Narrowed to"
EVERY = "All of them"
MADE_AT = "Made at"
RUNNING = "The period is not over: it is counted until %(day)s, and the other one as many days."
HIDDEN = (
    "<5 stands for one to four people; * for a number that is kept back so that a hidden one cannot be "
    "worked out. Times of fewer than five people are not told."
)
BASE = "A change is told in percent when there were at least 20 before."
ORIGINS = "The origin is the regency in the NIK, no address of today. Who came without a booking is unknown."


def every() -> Iterator[str]:
    """Yield every text, for those who translate."""
    for name, definition in MEASURES.values():
        yield from (name, definition)
    for names in (NAMES_OF_DIMENSIONS, CHANNELS, LANES, NAMES_OF_PERIODS, COMPARISONS):
        yield from names.values()
    yield from (value for name, value in globals().items() if name.isupper() and isinstance(value, str))


assert set(NAMES_OF_DIMENSIONS) == set(DIMENSIONS)
