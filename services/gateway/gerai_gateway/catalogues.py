"""What the agencies offer, kept in memory: their pages stay while an agency does not answer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from eventlet.event import Event
from gerai_shared.logs import get_logger
from gerai_shared.refusals import Refused, Unavailable

from gerai_gateway.limiting import Waits
from gerai_gateway.refusals import UnknownAgency, UnknownService, UnknownSite

log = get_logger(__name__)

REFRESH_SECONDS = 60.0
#: How soon an agency that did not answer is asked again.
RETRY_SECONDS = 5.0
RETRY_AFTER_SECONDS = 10

Json = dict[str, Any]


class Ask(Protocol):
    """Asks a deployment and waits for its answer. Raises Refused."""

    def __call__(
        self, deployment: str, method: str, payload: Json, *, deadline: float = ..., key: str | None = None
    ) -> Json: ...


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """One agency's catalogue as it told it at `told_at`; `is_old` once the agency has failed to repeat it."""

    contents: Json
    told_at: datetime
    is_old: bool = False

    @property
    def agency(self) -> Json:
        """Code, names and brand of the agency."""
        found: Json = self.contents["agency"]
        return found

    @property
    def code(self) -> str:
        """The agency's short name."""
        return str(self.agency["code"])

    @cached_property
    def sites(self) -> Mapping[str, Json]:
        """Its sites by their code."""
        return {site["code"]: site for site in self.contents["sites"]}

    @cached_property
    def services(self) -> Mapping[str, Json]:
        """Its services by their code."""
        return {service["code"]: service for service in self.contents["services"]}

    @property
    def releases(self) -> list[Json]:
        """The coming releases of its sites; none where days open one after the other."""
        found: list[Json] = self.contents.get("releases", [])
        return found

    def site(self, code: str) -> Json:
        """Return one site. Raises UnknownSite."""
        try:
            return self.sites[code]
        except KeyError:
            raise UnknownSite from None

    def service(self, code: str) -> Json:
        """Return one service. Raises UnknownService."""
        try:
            return self.services[code]
        except KeyError:
            raise UnknownService from None

    def offer(self, site: str, service: str) -> Json:
        """Return how a service is offered at a site. Raises UnknownSite, UnknownService."""
        self.site(site)
        for offer in self.service(service)["offers"]:
            if offer["site"] == site:
                found: Json = offer
                return found
        raise UnknownService

    def is_bookable(self, site: str, service: str) -> bool:
        """Tell whether places of a service can be booked at a site. Raises UnknownSite, UnknownService."""
        offer = self.offer(site, service)
        return bool(
            self.service(service)["online"]
            and self.site(site)["online_booking"]
            and offer["places_per_hour_slot"]
            and not offer["complete_files_only"]
        )


@dataclass(kw_only=True)
class Catalogues:
    """The last known catalogue of each agency."""

    agencies: tuple[str, ...]
    ask: Ask
    waits: Waits
    now: Callable[[], datetime]
    _known: dict[str, Catalogue] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)
    _under_way: dict[str, Event] = field(default_factory=dict)
    _listeners: list[Callable[[Catalogue], None]] = field(default_factory=list)

    def on_news(self, listener: Callable[[Catalogue], None]) -> None:
        """Have `listener` called with each catalogue that arrives."""
        self._listeners.append(listener)

    def of(self, agency: str) -> Catalogue:
        """Return an agency's catalogue. Raises UnknownAgency, or Unavailable when it never told one."""
        if agency not in self.agencies:
            raise UnknownAgency
        known = self._known.get(agency)
        if known is None:
            with self.waits.place(f"booking-{agency}"):
                self.refresh(agency)
            known = self._known.get(agency)
        if known is None:
            raise Unavailable(retry_after=RETRY_AFTER_SECONDS)
        return known

    def known(self) -> list[Catalogue]:
        """Return what is known, in the order of the settings."""
        return [self._known[agency] for agency in self.agencies if agency in self._known]

    def unknown(self) -> list[str]:
        """Return the agencies that have not told anything yet."""
        return [agency for agency in self.agencies if agency not in self._known]

    @property
    def are_asked(self) -> bool:
        """Whether every agency has been asked at least once: what is unknown then is unknown for a reason."""
        return self._asked.issuperset(self.agencies)

    def site(self, code: str) -> tuple[Json, list[Catalogue]]:
        """Return a site and the agencies there.

        Raises UnknownSite, or Unavailable when it may belong to an agency that has not told anything yet.
        """
        present = [catalogue for catalogue in self.known() if code in catalogue.sites]
        if present:
            return present[0].sites[code], present
        raise Unavailable(retry_after=RETRY_AFTER_SECONDS) if self.unknown() else UnknownSite

    def sites(self) -> dict[str, list[Catalogue]]:
        """Return the agencies at each site, by the site's code."""
        found: dict[str, list[Catalogue]] = {}
        for catalogue in self.known():
            for code in catalogue.sites:
                found.setdefault(code, []).append(catalogue)
        return found

    def refresh(self, agency: str) -> bool:
        """Ask an agency for its catalogue, once for all who want it now; return whether it came."""
        under_way = self._under_way.get(agency)
        if under_way is not None:
            return bool(under_way.wait())
        event = self._under_way[agency] = Event()
        came = False
        try:
            came = self._fetch(agency)
        finally:
            self._asked.add(agency)
            del self._under_way[agency]
            event.send(came)
        return came

    def _fetch(self, agency: str) -> bool:
        try:
            contents = self.ask(f"booking-{agency}", "catalogue", {})
        except Refused as refusal:
            known = self._known.get(agency)
            if known is not None and not known.is_old:
                log.warning("catalogue_is_old", agency=agency, reason=refusal.code)
                self._known[agency] = Catalogue(contents=known.contents, told_at=known.told_at, is_old=True)
            return False
        catalogue = self._known[agency] = Catalogue(contents=contents, told_at=self.now())
        for listener in self._listeners:
            listener(catalogue)
        return True


def is_any_old(catalogues: Iterable[Catalogue]) -> bool:
    """Tell whether some of these may be out of date."""
    return any(catalogue.is_old for catalogue in catalogues)
