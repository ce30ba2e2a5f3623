"""What every use case works with: the agency's catalogue, its keys, its name on the bus."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from secrets import SystemRandom

from gerai_shared.clock import local_date
from gerai_shared.sealing import Sealer, keyed_hash
from gerai_shared.tokens import make_token, read_token
from gerai_shared.workdays import WorkCalendar

from gerai_booking.refusals import UnknownCounter, UnknownEntry, UnknownService, UnknownSite, UnknownTicket
from gerai_booking.rules.catalogue import Agency, Counter, Offer, Service, Site, Text

#: What stands before the agency's short name in tokens of the waiting list.
WAITING_REALM = "waiting-"


@dataclass(kw_only=True)
class Office:
    """One deployment of the booking engine."""

    agency: Agency
    deployment: str
    secret: str
    identity_key: str
    sealer: Sealer
    calendar: WorkCalendar
    #: A number in [0, 1) that nobody can foresee.
    chance: Callable[[], float] = field(default_factory=lambda: SystemRandom().random)

    @property
    def code(self) -> str:
        """The agency's short name."""
        return self.agency.code

    @cached_property
    def _sites(self) -> dict[str, Site]:
        return {site.code: site for site in self.agency.sites}

    @cached_property
    def _services(self) -> dict[str, Service]:
        return {service.code: service for service in self.agency.services}

    @cached_property
    def _offers(self) -> dict[tuple[str, str], Offer]:
        return {(offer.site, offer.service): offer for offer in self.agency.offers}

    @cached_property
    def _counters(self) -> dict[tuple[str, str], Counter]:
        return {(counter.site, counter.code): counter for counter in self.agency.counters}

    def site(self, code: str) -> Site:
        """Return a site of this agency. Raises UnknownSite."""
        try:
            return self._sites[code]
        except KeyError:
            raise UnknownSite from None

    def service(self, code: str) -> Service:
        """Return a service of this agency. Raises UnknownService."""
        try:
            return self._services[code]
        except KeyError:
            raise UnknownService from None

    def offer(self, site: str, service: str) -> Offer:
        """Return how a service is offered at a site. Raises UnknownSite, UnknownService."""
        self.site(site)
        try:
            return self._offers[site, service]
        except KeyError:
            raise UnknownService from None

    def offers(self, site: str, service: str) -> bool:
        """Tell whether a service is offered at a site."""
        return (site, service) in self._offers

    def counter(self, site: str, code: str) -> Counter:
        """Return a counter of this agency. Raises UnknownCounter."""
        try:
            return self._counters[site, code]
        except KeyError:
            raise UnknownCounter from None

    def counters_at(self, site: str) -> list[Counter]:
        """Return this agency's counters at a site."""
        return [counter for counter in self.agency.counters if counter.site == site]

    def counter_name(self, site: str, code: str | None) -> Text | None:
        """Return what a counter is called out as."""
        found = self._counters.get((site, code)) if code else None
        return found.name if found else None

    def today(self, site: str, now: datetime) -> date:
        """Return the calendar day at a site."""
        return local_date(now, self.site(site).time_zone)

    def closed_because(self, site: Site, day: date) -> str | None:
        """Return why a site is closed on a day ('closed', 'holiday'), None when it is open."""
        if site.hours_on(day) is None:
            return "closed"
        # A pop-up is planned for its date, whatever the calendar says of it.
        return None if site.dates or self.calendar.is_working_day(day) else "holiday"

    def token(self, ticket_id: str) -> str:
        """Return the token by which a ticket's holder refers to it."""
        return make_token(secret=self.secret, realm=self.code, identifier=ticket_id)

    def ticket_id(self, token: str) -> str:
        """Return the ticket a token refers to. Raises UnknownTicket."""
        found = read_token(secret=self.secret, token=token)
        if found is None or not token.startswith(f"{self.code}."):
            raise UnknownTicket
        return found

    def entry_token(self, entry_id: str) -> str:
        """Return the token by which somebody on the waiting list refers to their place in it."""
        return make_token(secret=self.secret, realm=f"{WAITING_REALM}{self.code}", identifier=entry_id)

    def entry_id(self, token: str) -> str:
        """Return the place in the waiting list a token refers to. Raises UnknownEntry."""
        found = read_token(secret=self.secret, token=token)
        if found is None or not token.startswith(f"{WAITING_REALM}{self.code}."):
            raise UnknownEntry
        return found

    def person_hash(self, identity: str) -> str:
        """Return the keyed hash of a NIK or passport number."""
        return keyed_hash(self.identity_key, identity)
