"""GeoReport v2 (Open311) in words of ours: codes of services, times, spans, first lines."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

FORMATS = ("xml", "json")
#: What can be reported, and what it is called. A consultation is between two people and never public.
CLASSIFICATIONS = {"complaint": "Complaint", "information": "Question", "aspiration": "Wish"}
#: Codes have hyphens of their own.
SEPARATOR = "_"
CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
LONGEST_SPAN = timedelta(days=90)
MOST_REPORTS = 1000
LONGEST_TITLE = 150
LONGEST_DESCRIPTION = 4_000
ATTRIBUTE = re.compile(r"attribute\[([^\]]*)\](\[\])?")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotW3cTime(ValueError):
    """A text that is no time of the W3C note, or has no zone."""


class SpanTooLong(ValueError):
    """More than 90 days."""


@dataclass(frozen=True, kw_only=True)
class ServiceCode:
    """A kind of report: about an agency as a whole, or about one of its services."""

    classification: str
    agency: str
    service: str | None = None

    def __str__(self) -> str:
        return SEPARATOR.join(filter(None, (self.classification, self.agency, self.service)))


def read_service_code(text: str) -> ServiceCode | None:
    """Return what a code stands for, None when it has not the shape of ours."""
    classification, *rest = text.split(SEPARATOR)
    if classification not in CLASSIFICATIONS or not 1 <= len(rest) <= 2:
        return None
    if not all(CODE.fullmatch(part) for part in rest):
        return None
    return ServiceCode(
        classification=classification, agency=rest[0], service=rest[1] if len(rest) == 2 else None
    )


def read_time(text: str, *, zone: tzinfo) -> datetime:
    """Return a W3C time; a day alone begins in `zone`. Raises NotW3cTime.

    Many clients do not escape the plus of an offset, which then arrives as a space.
    """
    try:
        if DAY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time(), zone)
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        # At the ends of the calendar a moment has no other zone's time.
        moment.astimezone(zone)
    except (ValueError, OverflowError) as error:
        raise NotW3cTime(text) from error
    if moment.tzinfo is None:
        raise NotW3cTime(text)
    return moment


def span(start: datetime | None, end: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when reports are looked for: the last 90 days, or 90 days from or to what is given.

    Raises SpanTooLong.
    """
    try:
        if end is None:
            end = start + LONGEST_SPAN if start is not None else now
        if start is None:
            start = end - LONGEST_SPAN
    except OverflowError as error:
        raise SpanTooLong from error
    if end - start > LONGEST_SPAN:
        raise SpanTooLong
    return start, end


def w3c(text: str | None) -> str | None:
    """Return an ISO 8601 time with its offset to the second."""
    return datetime.fromisoformat(text).replace(microsecond=0).isoformat() if text else None


def title_of(description: str) -> str:
    """Return the first line of a report that says something, shortened."""
    lines = [" ".join(line.split()) for line in description.splitlines()]
    first = next((line for line in lines if len(line) > 2), " ".join(filter(None, lines)))
    return first if len(first) <= LONGEST_TITLE else first[: LONGEST_TITLE - 1].rstrip() + "…"


def described(title: str | None, text: str | None) -> str | None:
    """Return one description of a title and a text, of 4,000 characters at most; None of neither."""
    if text is None:
        return title
    begins = title is None or text.startswith(title.rstrip("…"))
    whole = text if begins else f"{title}\n\n{text}"
    return whole if len(whole) <= LONGEST_DESCRIPTION else whole[: LONGEST_DESCRIPTION - 1] + "…"


def read_degrees(text: str, *, most: float) -> float | None:
    """Return a coordinate, None for what is none."""
    try:
        degrees = float(text)
    except ValueError:
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= most else None


def listed(text: str) -> list[str]:
    """Return what stands between commas; an empty text lists nothing."""
    return [part.strip() for part in text.split(",") if part.strip()]


def for_xml(text: str) -> str:
    """Return a text without what XML 1.0 cannot write."""
    return _NOT_IN_XML.sub("", text)
