"""Who asks too much is asked to wait, and so is who asks for what does not answer."""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from gerai_shared.refusals import Refused, Saturated, TooManyRequests, Unavailable

from gerai_gateway.limits import Limits
from gerai_gateway.rules.limiting import Buckets, disguise, network_of

FULL_HOUSE_SECONDS = 30
SILENT_SECONDS = 5
#: Of all workers, as many as this part may wait for one deployment that is silent: the others and the pages
#: that need none of them have the rest. However many wait for one that answers are being served.
SHARE_OF_WORKERS = 3
SILENT_AFTER_SECONDS = 1.5


class Limiter:
    """Counts in this process's memory alone; persons are hashed with a key that dies with it."""

    def __init__(self, limits: Limits, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._reads = Buckets(per_minute=limits.reads)
        self._writes = Buckets(per_minute=limits.writes)
        self._uploads = Buckets(per_minute=limits.uploads)
        self._identities = Buckets(per_minute=limits.identity_writes)
        self._clients = Buckets(per_minute=limits.client_writes)
        self._monotonic = monotonic
        self._key = secrets.token_bytes(32)

    def admit(self, *, address: str, writes: bool) -> None:
        """Count one request of an address. Raises TooManyRequests."""
        buckets = self._writes if writes else self._reads
        self._refuse_if(buckets.take(network_of(address), now=self._monotonic()))

    def admit_upload(self, *, address: str) -> None:
        """Count one file of an address. Raises TooManyRequests."""
        self._refuse_if(self._uploads.take(network_of(address), now=self._monotonic()))

    def admit_identity(self, identity: str) -> None:
        """Count one booking of a person, named by NIK or passport number. Raises TooManyRequests."""
        self._refuse_if(self._identities.take(disguise(identity, key=self._key), now=self._monotonic()))

    def admit_client(self, api_key: str) -> None:
        """Count one report of a program, named by its key. Raises TooManyRequests."""
        self._refuse_if(self._clients.take(disguise(api_key, key=self._key), now=self._monotonic()))

    def _refuse_if(self, seconds: int) -> None:
        if seconds:
            raise TooManyRequests(retry_after=seconds)


@dataclass(kw_only=True)
class Seats:
    """The places for listeners to live streams."""

    limits: Limits
    taken: int = 0
    by_network: Counter[str] = field(default_factory=Counter)

    def take(self, address: str) -> Callable[[], None]:
        """Take a seat; return what gives it back. Raises Saturated."""
        network = network_of(address)
        is_full = self.taken >= self.limits.listeners
        if is_full or self.by_network[network] >= self.limits.listeners_per_address:
            raise Saturated(retry_after=FULL_HOUSE_SECONDS)
        self.taken += 1
        self.by_network[network] += 1
        return lambda: self._leave(network)

    def _leave(self, network: str) -> None:
        self.taken -= 1
        self.by_network[network] -= 1
        if not self.by_network[network]:
            del self.by_network[network]


@dataclass(kw_only=True)
class Waits:
    """The workers that wait for an answer of each deployment.

    At most `most` wait for one that is silent; and when twice as many wait in all, for whatever, nobody
    more waits for a silent one: should all be silent, the pages that need none of them still come.
    """

    most: int
    silent_after: float = SILENT_AFTER_SECONDS
    monotonic: Callable[[], float] = time.monotonic
    by_deployment: Counter[str] = field(default_factory=Counter)
    #: When each was last heard of, or asked by somebody whom nobody waited before.
    heard_at: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def place(self, deployment: str) -> Iterator[None]:
        """Be one of those who wait, during the block.

        Raises Unavailable at once when the deployment is silent and many wait for it already.
        """
        now = self.monotonic()
        if not self.by_deployment[deployment]:
            self.heard_at[deployment] = now
        is_silent = now - self.heard_at[deployment] >= self.silent_after
        many = self.by_deployment[deployment] >= self.most or self.by_deployment.total() >= 2 * self.most
        if is_silent and many:
            raise Unavailable(retry_after=SILENT_SECONDS)
        self.by_deployment[deployment] += 1
        try:
            yield
        except Refused as refusal:
            if refusal.code != Unavailable.code:
                self.heard_at[deployment] = self.monotonic()
            raise
        else:
            self.heard_at[deployment] = self.monotonic()
        finally:
            self.by_deployment[deployment] -= 1
