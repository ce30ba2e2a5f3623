"""What goes in and out of the use cases of satisfaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gerai_complaints.rules.periods import Period
from gerai_complaints.rules.satisfaction import Element, Result
from gerai_complaints.shapes import Named

#: By the link of a ticket's page; at a kiosk with a ticket; at a kiosk without one.
LINK, KIOSK_TICKET, KIOSK = "link", "kiosk_ticket", "kiosk"
CHANNELS = (LINK, KIOSK_TICKET, KIOSK)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says of a visit; `answers` are 1 to 4.

    Without a ticket `ticket_id` and `day` are None.
    """

    agency: str
    site: str
    service: str | None = None
    counter: str | None = None
    day: date | None = None
    ticket_id: str | None = None
    channel: str
    answers: Mapping[Element, int]
    remark: str | None = None


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The receipt of an answer: whether it took the place of an earlier one, and its last day for changes."""

    is_changed: bool
    changeable_until: date


@dataclass(frozen=True, kw_only=True)
class Row:
    """A group of respondents: all, an agency, or one of its services; `result` is None where it is hidden.

    `service` is None for an agency as a whole; its code is '' for answers that named no service.
    """

    agency: Named | None = None
    service: Named | None = None
    result: Result | None


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What somebody wrote. `month` is the first day of the month of the visit."""

    agency: Named
    month: date
    text: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The survey in a period: everybody, each agency and service, then the months of the whole year.

    A month is None where nobody answered or it is hidden, told apart by `counted`.
    """

    period: Period
    total: Row
    rows: tuple[Row, ...]
    months: tuple[tuple[Period, Row], ...]
    remarks: tuple[Remark, ...]
    by_channel: Mapping[str, int | None]
