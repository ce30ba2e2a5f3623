"""What services tell everybody about themselves, kept for some minutes: no page asks them anew."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from eventlet.event import Event
from gerai_shared.refusals import Refused

from gerai_gateway.catalogues import Ask, Json

#: How long an answer is shown without asking again.
FRESH = timedelta(minutes=5)
#: How soon an agency that did not answer is asked again.
AGAIN = timedelta(seconds=10)
#: How long each agency may take: the page says who is missing, rather than keep its reader waiting.
SECONDS = 2.0

#: Deployment, method, site.
Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a service told at `told_at`; `is_old` once it has failed to tell it anew."""

    contents: Json
    told_at: datetime
    is_old: bool = False


@dataclass(kw_only=True)
class KeptAnswers:
    """The last answers to questions of everybody, by deployment, method and site ('' for none).

    There are as many as agencies and sites, so that none is ever thrown away.
    """

    ask: Ask
    now: Callable[[], datetime]
    _known: dict[Key, Kept] = field(default_factory=dict)
    _failed_at: dict[Key, datetime] = field(default_factory=dict)
    _under_way: dict[Key, Event] = field(default_factory=dict)

    def of(self, agency: str, method: str) -> Kept | None:
        """Return an agency's answer, an older one while it does not answer; None when it never did."""
        return self._of((f"booking-{agency}", method, ""))

    def of_deployment(self, deployment: str, method: str) -> Kept | None:
        """Return what a deployment tells, as `of` does."""
        return self._of((deployment, method, ""))

    def of_site(self, deployment: str, method: str, site: str) -> Kept | None:
        """Return what a deployment tells of a site that is known, as `of` does."""
        return self._of((deployment, method, site))

    def _of(self, key: Key) -> Kept | None:
        now = self.now()
        known = self._known.get(key)
        if known is not None and not known.is_old and now - known.told_at < FRESH:
            return known
        failed_at = self._failed_at.get(key)
        if failed_at is None or now - failed_at >= AGAIN:
            self._ask_once(key)
        return self._known.get(key)

    def _ask_once(self, key: Key) -> None:
        """Ask, once for all who want it now."""
        under_way = self._under_way.get(key)
        if under_way is not None:
            under_way.wait()
            return
        event = self._under_way[key] = Event()
        try:
            self._fetch(key)
        finally:
            del self._under_way[key]
            event.send(None)

    def _fetch(self, key: Key) -> None:
        deployment, method, site = key
        try:
            contents = self.ask(deployment, method, {"site": site} if site else {}, deadline=SECONDS)
        except Refused:
            # Whatever it says no with, an older version of it included: what it told before stays.
            self._failed_at[key] = self.now()
            known = self._known.get(key)
            if known is not None:
                self._known[key] = Kept(contents=known.contents, told_at=known.told_at, is_old=True)
            return
        self._failed_at.pop(key, None)
        self._known[key] = Kept(contents=contents, told_at=self.now())
