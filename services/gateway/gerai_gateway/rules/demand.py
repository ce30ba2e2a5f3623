"""Whether very many want something at this moment. Standard library only."""

from collections import deque
from dataclasses import dataclass, field

WINDOW_SECONDS = 60
#: Demand that was high is so until it has fallen to this share: else a task would come and go.
CALM_SHARE = 0.5


@dataclass(kw_only=True)
class _Wishes:
    #: (second, how many) of the last minute, the oldest first.
    by_second: deque[tuple[int, int]] = field(default_factory=deque)
    total: int = 0
    is_high: bool = False


@dataclass(kw_only=True)
class Demand:
    """Wishes of the last minute by key; `high` of them in a minute are many.

    Times are seconds of a clock that never goes back. Kept are at most sixty pairs of numbers a key.
    """

    high: int
    _wishes: dict[str, _Wishes] = field(default_factory=dict)

    def note(self, key: str, *, now: float) -> bool:
        """Count one wish; return whether demand is high now."""
        wishes = self._wishes.setdefault(key, _Wishes())
        second = int(now)
        if wishes.by_second and wishes.by_second[-1][0] == second:
            wishes.by_second[-1] = (second, wishes.by_second[-1][1] + 1)
        else:
            wishes.by_second.append((second, 1))
        wishes.total += 1
        return self.is_high(key, now=now)

    def is_high(self, key: str, *, now: float) -> bool:
        """Tell whether demand is high now."""
        wishes = self._wishes.get(key)
        if wishes is None:
            return False
        while wishes.by_second and wishes.by_second[0][0] <= int(now) - WINDOW_SECONDS:
            wishes.total -= wishes.by_second.popleft()[1]
        wishes.is_high = wishes.total >= self.high * (CALM_SHARE if wishes.is_high else 1)
        return wishes.is_high
