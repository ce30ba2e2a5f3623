"""Orders of the centre that close offices: which hours they reach. Standard library and own rules only.

An office is open by default; neither it nor its region closes it. It closes when the centre orders so, by
number, date, issuer and scope (Kantor Imigrasi Serang, 10 September 2020: "mana kala ada perintah tutup kami
akan menutupnya, tapi apabila tidak ada perintah penutupan layanan, maka kami akan terus melayani").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from gerai_booking.rules.catalogue import Text

ScopeKind = Literal["national", "province", "regency", "site"]
#: A province (36) and a regency or city (36.02) have the codes of Kemendagri.
SCOPE_KINDS: tuple[ScopeKind, ...] = ("national", "province", "regency", "site")
MOVE, OFFER, CANCEL = "move", "offer", "cancel"
TREATMENTS = (MOVE, OFFER, CANCEL)
DRAFT, IN_FORCE, UNDOING, UNDONE = "draft", "in_force", "undoing", "undone"
#: While an order is undone, its hours are given back to those who had them, and to nobody else.
CLOSING_STATES = (IN_FORCE, UNDOING)
#: So long after a closure has ended may somebody choose an hour instead of the one that it took.
OFFER_LASTS = timedelta(days=30)
LONGEST_CLOSURE_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class Directive:
    """An order to close: from `first_day` to `last_day`, both included, at every site in its scope.

    `services` are the codes of those it closes; none are all. `text` says to citizens why.
    """

    id: str
    number: str
    issuer: str
    scope: ScopeKind
    code: str
    services: frozenset[str] = frozenset()
    first_day: date
    last_day: date
    text: Text
    choose_until: date | None = None

    def reaches(self, site: str, regency: str) -> bool:
        """Tell whether a site in a regency lies in the scope."""
        return {
            "national": True,
            "province": regency.startswith(f"{self.code}."),
            "regency": regency == self.code,
            "site": site == self.code,
        }[self.scope]

    def closes(self, service: str, day: date) -> bool:
        """Tell whether a service is closed on a day, at a site that the order reaches."""
        return self.first_day <= day <= self.last_day and (not self.services or service in self.services)


def closing(
    directives: Iterable[Directive], *, site: str, regency: str, service: str, day: date
) -> Directive | None:
    """Return the order that closes a service at a site on a day, the longest of several; None: it is open."""
    found = [each for each in directives if each.reaches(site, regency) and each.closes(service, day)]
    return max(found, key=lambda each: (each.last_day, each.id), default=None)
