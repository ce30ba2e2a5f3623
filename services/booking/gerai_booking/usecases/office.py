"""What every use case works with: the agency's catalogue, its keys, its name on the bus."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from secrets import SystemRandom
from typing import Any

from gerai_shared.clock import local_date
from gerai_shared.sealing import Sealer, keyed_hash
from gerai_shared.tokens import make_token, read_token
from gerai_shared.workdays import WorkCalendar

from gerai_booking.refusals import (
    NotOnThisWeekday,
    UnknownCheckCode,
    UnknownCounter,
    UnknownEntry,
    UnknownService,
    UnknownSite,
    UnknownTicket,
)
from gerai_booking.rules.catalogue import Agency, Counter, Offer, Service, Site, Text
from gerai_booking.rules.rulebook import Rules
from gerai_booking.rules.weekdays import names_of

#: What stands before the agency's short name in tokens of the waiting list.
WAITING_REALM = "waiting-"
#: What stands before it in the keys of kiosks and displays.
DEVICE_REALM = "device-"


@dataclass(frozen=True, kw_only=True)
class KnownWaits:
    """A site's waiting times as of a moment, good while this is the last line of history."""

    position: int
    as_of: datetime
    times: Any


@dataclass(kw_only=True)
class Office:
    """One deployment of the booking engine."""

    agency: Agency
    deployment: str
    secret: str
    identity_key: str
    sealer: Sealer
    calendar: WorkCalendar
    #: The site whose floor alone this deployment carries, at the site itself; none at the centre.
    node_of: str | None = None
    #: A number in [0, 1) that nobody can foresee.
    chance: Callable[[], float] = field(default_factory=lambda: SystemRandom().random)
    #: The rules that were read last, with their revision and the catalogue they lie over: usecases.rulebook.
    known_rules: tuple[int, Agency, Rules] | None = None
    #: Waiting times by site as they were simulated last.
    known_waits: dict[str, KnownWaits] = field(default_factory=dict)

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

    def knows_site(self, code: str) -> bool:
        """Tell whether a site is in the catalogue still."""
        return code in self._sites

    def service(self, code: str) -> Service:
        """Return a service of this agency. Raises UnknownService."""
        try:
            return self._services[code]
        except KeyError:
            raise UnknownService from None

    def find_service(self, code: str) -> Service | None:
        """Return a service of this agency, None when it is in the catalogue no more."""
        return self._services.get(code)

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

    @cached_property
    def _weekdays(self) -> dict[tuple[str, str], frozenset[int]]:
        staffed: dict[tuple[str, str], set[int]] = {}
        for counter in self.agency.counters:
            for service in counter.services:
                staffed.setdefault((counter.site, service), set()).update(counter.weekdays)
        return {
            place: frozenset(offer.weekdays) & staffed.get(place, set())
            for place, offer in self._offers.items()
        }

    def weekdays_of(self, site: str, service: str) -> frozenset[int]:
        """Return the weekdays (0 is Monday) on which a service is given at a site: counters may be shared."""
        return self._weekdays.get((site, service), frozenset())

    def must_serve_on(self, site: str, service: str, day: date) -> None:
        """Refuse a service on a weekday on which nobody gives it there. Raises NotOnThisWeekday."""
        weekdays = self.weekdays_of(site, service)
        if day.weekday() not in weekdays:
            raise NotOnThisWeekday(days=names_of(weekdays).id)

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
        """Return why the catalogue has a site closed on a day ('closed', 'holiday'), None when it is open.

        A site may have days of its own beside it: see usecases.opening.
        """
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

    def check_code(self, ticket_id: str) -> str:
        """Return the code with which anybody sees that a ticket is genuine; it opens nothing."""
        return make_token(secret=self.secret, realm=f"check-{self.code}", identifier=ticket_id)

    def checked_ticket_id(self, code: str) -> str:
        """Return the ticket that a check code is of. Raises UnknownCheckCode."""
        found = read_token(secret=self.secret, token=code)
        if found is None or not code.startswith(f"check-{self.code}."):
            raise UnknownCheckCode
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

    def device_key(self, key_id: str) -> str:
        """Return the key that a kiosk or display shows; `key_id` is a random UUID that nobody keeps."""
        return make_token(secret=self.secret, realm=f"{DEVICE_REALM}{self.code}", identifier=key_id)

    def is_device_key(self, key: str) -> bool:
        """Tell whether a key was made here, whether or not a device still has it."""
        made_here = read_token(secret=self.secret, token=key) is not None
        return made_here and key.startswith(f"{DEVICE_REALM}{self.code}.")

    def person_hash(self, identity: str) -> str:
        """Return the keyed hash of a NIK or passport number."""
        return keyed_hash(self.identity_key, identity)
