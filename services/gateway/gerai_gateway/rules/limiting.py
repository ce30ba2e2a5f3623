"""Token buckets: how many requests one address or one person may make in a while."""

import hashlib
import hmac
import ipaddress
import math
from collections import OrderedDict
from dataclasses import dataclass, field

SECONDS_A_MINUTE = 60.0
#: Buckets kept at once; the longest unused one is dropped first, and would be full again by then.
MOST_BUCKETS = 50_000
#: Whoever has one IPv6 address has all of its network.
IPV6_NETWORK = 64


@dataclass(kw_only=True)
class _Bucket:
    tokens: float
    filled_at: float


@dataclass(kw_only=True)
class Buckets:
    """One bucket a key; each holds `per_minute` tokens and fills again within a minute.

    Times are seconds of a clock that never goes back.
    """

    per_minute: int
    most: int = MOST_BUCKETS
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)

    def take(self, key: str, *, now: float) -> int:
        """Take one token; return 0, or after how many whole seconds there will be one."""
        rate = self.per_minute / SECONDS_A_MINUTE
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(tokens=float(self.per_minute), filled_at=now)
            if len(self._buckets) > self.most:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
            bucket.tokens = min(self.per_minute, bucket.tokens + (now - bucket.filled_at) * rate)
            bucket.filled_at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0
        return max(1, math.ceil((1 - bucket.tokens) / rate))

    def __len__(self) -> int:
        return len(self._buckets)


def network_of(address: str) -> str:
    """Return what is counted as one asker: an IPv4 address, or the network of an IPv6 address."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
    except ValueError:
        return address


def disguise(identity: str, *, key: bytes) -> str:
    """Return what stands for a NIK or passport number in memory: worth nothing without `key`."""
    return hmac.new(key, identity.strip().upper().encode(), hashlib.sha256).hexdigest()
