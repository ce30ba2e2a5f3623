"""How long a result is kept, and when its owner is reminded. Standard library only."""

from calendar import monthrange
from datetime import date, timedelta

from gerai_booking.rules.catalogue import Collection

MONTHS_IN_A_YEAR = 12


def kept_until(rule: Collection, ready_on: date) -> date | None:
    """Return the last day on which a result can be collected; None when it is kept until it is.

    A month lasts to the same day of the next one, or to its last day where there is no such day: of what is
    ready on 31 January that is 28 February.
    """
    if rule.months is not None:
        count = ready_on.month - 1 + rule.months
        year, month = ready_on.year + count // MONTHS_IN_A_YEAR, count % MONTHS_IN_A_YEAR + 1
        return date(year, month, min(ready_on.day, monthrange(year, month)[1]))
    return ready_on + timedelta(days=rule.days) if rule.days is not None else None


def reminders_due(rule: Collection, ready_on: date, *, today: date) -> tuple[int, ...]:
    """Return which reminders are due by `today`, as days after readiness; none after the last day."""
    last = kept_until(rule, ready_on)
    if last is not None and today > last:
        return ()
    return tuple(days for days in rule.reminders if ready_on + timedelta(days=days) <= today)


def next_reminder_on(rule: Collection, ready_on: date, *, after: date) -> date | None:
    """Return the day of the first reminder after a day; None when there is none any more."""
    days = (ready_on + timedelta(days=count) for count in rule.reminders)
    last = kept_until(rule, ready_on)
    return next((day for day in days if day > after and (last is None or day <= last)), None)
