"""Suspensions: for what, for how long at least and at most, and until when. Standard library only.

An order to suspend is made by the office; here it is written down, checked against its limits, and applied.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of suspension, with its limits in months and the rule they come from."""

    code: str
    least_months: int
    most_months: int
    basis: str


#: Falsification, up to two years: announced by the Serang office (S1-6); no text of a rule was found for it.
#: Negligent loss or damage, six months up to two years: Permenkumham 8/2014 art. 41.
KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            code="falsification", least_months=1, most_months=24, basis="Kantor Imigrasi Serang, 2018-07-11"
        ),
        Kind(code="negligent_loss", least_months=6, most_months=24, basis="Permenkumham 8/2014 Pasal 41"),
    )
}


def last_day(first: date, months: int) -> date:
    """Return the last day of so many months that begin with `first`.

    A month that has no such day ends with its last one: a month from 31 January ends on 28 February.
    """
    count = first.month - 1 + months
    year, month = first.year + count // 12, count % 12 + 1
    days = monthrange(year, month)[1]
    if first.day > days:
        return date(year, month, days)
    return date(year, month, first.day) - timedelta(days=1)


def holds_for(visit: date, *, first: date, last: date) -> bool:
    """Tell whether a suspension stands against a visit on a day."""
    return first <= visit <= last
