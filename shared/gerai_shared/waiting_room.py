"""Numbers of a waiting room, and when each is admitted: arithmetic alone, nothing is kept for who waits.

A room admits `pace` numbers a second from the moment it opens, in order, whatever happens. So whoever holds a
number, the gateway and the agency compute the same place in line from the number itself, after any restart.
"""

import hashlib
import math
import struct
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gerai_shared.tokens import TOKEN_BYTES, make_token, read_token, unverified_identifier

REALM = "room-"
#: A number that came up is good for this long; others come up meanwhile, whoever sleeps.
NUMBER_LASTS = timedelta(minutes=15)
#: Nobody asks again sooner or later than this, in seconds: a page that waits is quiet, and never stale.
SHORTEST_PAUSE, LONGEST_PAUSE = 1, 20
_LAYOUT = struct.Struct(">6sIHI")
assert _LAYOUT.size == TOKEN_BYTES


@dataclass(frozen=True, kw_only=True)
class Room:
    """One opening of one site; `opens_at` in whole seconds, `pace` in people a second."""

    site_mark: bytes
    opens_at: datetime
    pace: int

    def admitted(self, now: datetime) -> int:
        """Return up to which number people are admitted; 0 before the opening."""
        passed = now - self.opens_at
        return passed * self.pace // timedelta(seconds=1) + 1 if passed >= timedelta(0) else 0


@dataclass(frozen=True, kw_only=True)
class Number:
    """One number of a room, counted from 1."""

    room: Room
    number: int

    @property
    def admitted_at(self) -> datetime:
        """When it comes up."""
        # Rounded up: a microsecond earlier it has not.
        micro = -(-(self.number - 1) * 1_000_000 // self.room.pace)
        return self.room.opens_at + timedelta(microseconds=micro)

    def is_admitted(self, now: datetime) -> bool:
        """Tell whether it has come up."""
        return self.number <= self.room.admitted(now)

    def is_over(self, now: datetime) -> bool:
        """Tell whether it came up too long ago."""
        return now >= self.admitted_at + NUMBER_LASTS

    def position(self, now: datetime) -> int:
        """Return how many come up before and with it, 0 once it has."""
        return max(self.number - self.room.admitted(now), 0)

    def wait_seconds(self, now: datetime) -> int:
        """Return after how many whole seconds it comes up, 0 once it has."""
        return max(math.ceil((self.admitted_at - now).total_seconds()), 0)

    def pause_seconds(self, now: datetime) -> int:
        """Return after how many seconds it is worth asking again."""
        return min(max(self.wait_seconds(now), SHORTEST_PAUSE), LONGEST_PAUSE)

    def token(self, *, secret: str, agency: str) -> str:
        """Return what its holder shows: signed, and everything about it inside."""
        opens = int(self.room.opens_at.timestamp())
        raw = _LAYOUT.pack(self.room.site_mark, opens, self.room.pace, self.number)
        return make_token(secret=secret, realm=REALM + agency, identifier=str(uuid.UUID(bytes=raw)))


def site_mark(site: str) -> bytes:
    """Return what stands for a site in a number."""
    return hashlib.sha256(site.encode()).digest()[:6]


def read_number(token: str, *, secret: str, agency: str) -> Number | None:
    """Return the number in a token that this agency made, else None."""
    identifier = read_token(secret=secret, token=token)
    return _number(identifier) if identifier and token.startswith(f"{REALM}{agency}.") else None


def told_number(token: str) -> Number | None:
    """Return the number that a token says it is, for showing: whoever lets somebody in checks it."""
    identifier = unverified_identifier(token) if token.startswith(REALM) else None
    return _number(identifier) if identifier else None


def _number(identifier: str) -> Number | None:
    mark, opens, pace, number = _LAYOUT.unpack(uuid.UUID(identifier).bytes)
    if not pace or not number:
        return None
    room = Room(site_mark=mark, opens_at=datetime.fromtimestamp(opens, UTC), pace=pace)
    return Number(room=room, number=number)
