"""How long people wait at a site, as its agencies estimate it: asked once for all, never per listener.

While somebody follows a ticket at a place, its agency is asked when something has changed there, at most
every few seconds. Pages ask for what is not known freshly; without an answer they say nothing of waiting.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from eventlet import sleep
from eventlet.event import Event
from gerai_shared.logs import get_logger
from gerai_shared.refusals import Refused

from gerai_gateway.boards import Boards, Spawn
from gerai_gateway.catalogues import Ask, Json

log = get_logger(__name__)

#: An agency is asked about a site at most this often.
SHORTEST_SECONDS = 3.0
#: Without news it is asked again after this time: waits get shorter by themselves.
IDLE_SECONDS = 30.0
#: What was told longer ago is not shown any more.
LONGEST_SECONDS = 120.0
#: How long an agency may take while a page waits.
ANSWER_SECONDS = 2.0

Place = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class _Told:
    contents: Json
    at: float


@dataclass(frozen=True, kw_only=True)
class TicketWait:
    """What is told of one who waits: whole minutes, None when nobody can tell; counters that serve them."""

    low_minutes: int | None
    high_minutes: int | None
    open_counters: int


@dataclass(kw_only=True)
class WaitEstimates:
    """The last answers of agencies, by agency and site. `ask` waits in turn, as pages do; `boards` wake."""

    ask: Ask
    spawn: Spawn
    boards: Boards
    monotonic: Callable[[], float] = time.monotonic
    _told: dict[Place, _Told] = field(default_factory=dict)
    _asked_at: dict[Place, float] = field(default_factory=dict)
    _under_way: dict[Place, Event] = field(default_factory=dict)
    _followed: Counter[Place] = field(default_factory=Counter)
    _kept: set[Place] = field(default_factory=set)

    def known(self, agency: str, site: str) -> Json | None:
        """Return what an agency told of a site lately, without asking."""
        told = self._told.get((agency, site))
        if told is None or self.monotonic() - told.at > LONGEST_SECONDS:
            return None
        return told.contents

    def of(self, agency: str, site: str) -> Json | None:
        """Return what an agency tells of a site, asked for when it is not fresh; None without an answer."""
        place = (agency, site)
        asked_at = self._asked_at.get(place)
        if asked_at is None or self.monotonic() - asked_at >= SHORTEST_SECONDS:
            self._ask_once(place)
        return self.known(agency, site)

    def of_ticket(self, agency: str, site: str, ticket_id: str) -> TicketWait | None:
        """Return what is known of one who waits, without asking."""
        contents = self.known(agency, site)
        found = contents["tickets"].get(ticket_id) if contents else None
        if found is None:
            return None
        low, high, counters = found
        return TicketWait(low_minutes=low, high_minutes=high, open_counters=counters)

    def of_services(self, agency: str, site: str) -> Mapping[str, Json]:
        """Return what is told to who came now, by service; empty while an agency does not answer."""
        contents = self.of(agency, site)
        services: Mapping[str, Json] = contents["services"] if contents else {}
        return services

    def follow(self, agency: str, site: str) -> None:
        """Somebody follows a ticket at a place: keep it current until the last of them has left."""
        place = (agency, site)
        self._followed[place] += 1
        if place not in self._kept:
            self._kept.add(place)
            self.spawn(lambda: self._keep(place))

    def unfollow(self, agency: str, site: str) -> None:
        """They do not any more."""
        self._followed[agency, site] -= 1

    def _keep(self, place: Place) -> None:
        _agency, site = place
        try:
            while self._followed[place] > 0 and not self.boards.is_closed:
                # Taken before asking: what changes meanwhile is asked for again.
                changed = self.boards.feed(site).changed
                if self._ask_once(place):
                    self.boards.ticket_feed(site).tell()
                changed.wait(timeout=IDLE_SECONDS)
                sleep(SHORTEST_SECONDS)
        finally:
            self._kept.discard(place)

    def _ask_once(self, place: Place) -> bool:
        """Ask, once for all who want it now; return whether there is news."""
        under_way = self._under_way.get(place)
        if under_way is not None:
            under_way.wait()
            return False
        event = self._under_way[place] = Event()
        try:
            return self._fetch(place)
        finally:
            del self._under_way[place]
            event.send(None)

    def _fetch(self, place: Place) -> bool:
        agency, site = place
        now = self._asked_at[place] = self.monotonic()
        try:
            answer = self.ask(f"booking-{agency}", "waiting_times", {"site": site}, deadline=ANSWER_SECONDS)
        except Refused as refusal:
            # An older version of the agency refuses as well: nothing is shown then.
            log.info("no_waiting_times", agency=agency, site=site, reason=refusal.code)
            return False
        self._told[place] = _Told(contents=answer, at=now)
        return True
