"""How many open tickets one telephone number or e-mail address has, and how many it may have.

Counted in the transaction of a batch, which holds its contacts by then: of two batches that book for one
contact at the same moment the second one counts what the first one took. Everybody else's do not meet.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from gerai_booking.models.contacts import lock, open_by_contact
from gerai_booking.refusals import TooManyForContact
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.rulebook import in_force


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """The open tickets of contacts; `most` is how many one may have, None without a limit."""

    most: int | None
    open_tickets: Counter[str] = field(default_factory=Counter)

    def is_full(self, contacts: Iterable[str]) -> bool:
        """Tell whether one of these contacts may have no more."""
        return self.most is not None and any(self.open_tickets[each] >= self.most for each in contacts)

    def add(self, contacts: Iterable[str]) -> None:
        """Count one more ticket."""
        self.open_tickets.update(contacts)

    def copy(self) -> "Contacts":
        """Return the same counts, to be tried with."""
        return replace(self, open_tickets=Counter(self.open_tickets))

    def meet(self, several: Iterable[frozenset[str]]) -> bool:
        """Tell whether two of these share a contact."""
        named = Counter(each for contacts in several for each in contacts)
        return any(count > 1 for count in named.values())

    def check(self, contacts: Iterable[str]) -> None:
        """Refuse one ticket more than a contact may have. Raises TooManyForContact."""
        if self.is_full(contacts):
            raise self.refusal()

    def refusal(self) -> TooManyForContact:
        """Return the refusal of one ticket more."""
        return TooManyForContact(most=self.most)


def contacts_of(
    session: Session, office: Office, several: Sequence[frozenset[str]], *, now: datetime
) -> Contacts:
    """Lock these contacts and return their open tickets, with the limit that holds today.

    Without a limit nothing is locked. The caller has locked no rows of tickets or days yet.
    """
    today = office.today(office.agency.sites[0].code, now)
    limit = next((each for each in in_force(session, office).contact_limits if each.holds_on(today)), None)
    if limit is None:
        return Contacts(most=None)
    wanted = frozenset[str]().union(*several)
    lock(session, wanted)
    return Contacts(most=limit.open_tickets, open_tickets=open_by_contact(session, wanted))
