"""What of a complaint the public may see, and when a repeated report is taken for one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from gerai_shared.refusals import Refused

from gerai_complaints.rules.case import OPEN_STATES, State

#: The same contents from the same program within this time are one report, sent again.
REPEATED_WITHIN = timedelta(minutes=10)
#: No list reaches over a longer time, nor has more entries on a page (GeoReport v2, response volume).
LONGEST_SPAN = timedelta(days=90)
MOST_REPORTS = 1000


class Publication(StrEnum):
    """Where a public report stands: until a moderator has looked at it, its text is nobody's."""

    WAITING = "waiting"
    PUBLISHED = "published"
    WITHHELD = "withheld"


class ConfidentialIsNotPublic(Refused):
    """What is confidential cannot be read by the public. Please choose one of the two."""

    code = "confidential_is_not_public"
    status = 422


class WithholdingReasonNeeded(Refused):
    """Nothing says why this is not to be read. Please write the reason, and send it again."""

    code = "withholding_reason_needed"
    status = 422


class ChangedMeanwhile(Refused):
    """Somebody else has decided about this report, or who sent it has taken it back.

    Please look at it again; nothing was changed.
    """

    code = "report_changed_meanwhile"
    status = 409


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a moderator decides: publish this `title` and `text`, or withhold them for a `reason`.

    `place` publishes the address and coordinates that the reporter gave, too.
    """

    publish: bool
    place: bool = False
    title: str | None = None
    text: str | None = None
    reason: str | None = None

    def checked(self) -> "Verdict":
        """Return the verdict with what belongs to it. Raises WithholdingReasonNeeded."""
        if self.publish:
            return Verdict(publish=True, title=self.title, text=self.text, place=self.place)
        if not self.reason:
            raise WithholdingReasonNeeded
        return Verdict(publish=False, reason=self.reason)


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which reports are looked for; `ids` overrides all else, None and empty mean any.

    `services` are (classification, agency, service or None). `is_open` None means both.
    """

    start: datetime
    end: datetime
    limit: int
    offset: int = 0
    ids: tuple[str, ...] | None = None
    services: tuple[tuple[str, str, str | None], ...] | None = None
    is_open: bool | None = None


def is_open(state: State) -> bool:
    """Tell whether the public reads `open`: the office owes an answer. All else is `closed`."""
    return state in OPEN_STATES


def last_change(*moments: datetime | None) -> datetime | None:
    """Return the latest of some moments, None without any."""
    return max((moment for moment in moments if moment is not None), default=None)


def content_hash(client: str, body: Mapping[str, Any]) -> str:
    """Return 64 hexadecimal digits that are the same when a program sends the same contents again."""
    told = json.dumps([client, body], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def time_slice(now: datetime) -> int:
    """Return the number of the stretch of `REPEATED_WITHIN` that a moment is in."""
    return int(now.timestamp() // REPEATED_WITHIN.total_seconds())
