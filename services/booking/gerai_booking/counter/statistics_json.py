"""Statistics as the API answers them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gerai_booking.rules.statistics import Change, Period
from gerai_booking.rules.suppression import Hidden, Shown
from gerai_booking.usecases.statistics import Group, Statistics


def as_json(seen: Statistics) -> dict[str, Any]:
    """Return statistics as JSON; a hidden number is null, and named in `hidden` as few or kept_back."""
    wanted = seen.wanted
    return {
        "sites": list(wanted.sites),
        "by": wanted.by,
        "only": dict(wanted.only),
        "period": _period(seen.now),
        "compared_with": _period(seen.before),
        "running": seen.is_running,
        "step": seen.step,
        "groups": [{"key": [_plain(value) for value in group.key], **_group(group)} for group in seen.groups],
        "total": _group(seen.total),
        "course": [
            {
                "from": point.span.first.isoformat(),
                "to": point.span.last.isoformat(),
                **_told({"issued": point.issued, "before": point.before}),
            }
            for point in seen.course
        ],
        "quota": [
            {
                "from": use.span.first.isoformat(),
                "to": use.span.last.isoformat(),
                "channel": use.channel or None,
                **_told({"taken": use.taken}),
                "places": use.places,
                "percent": use.percent,
            }
            for use in seen.quotas
        ],
        "errors": [
            {
                "kind": each.kind,
                **_told({"count": each.count, "served": each.served}),
                "percent": each.percent,
            }
            for each in seen.errors
        ],
        "made_at": seen.made_at.isoformat(),
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "now": _told(group.now),
        "before": _told(group.before),
        "change": _change(group.change),
        "minutes": {"wait": group.wait, "wait_of_most": group.wait_of_most, "service": group.service},
    }


def _told(counts: Mapping[str, Shown | None]) -> dict[str, Any]:
    hidden = {name: value.name.lower() for name, value in counts.items() if isinstance(value, Hidden)}
    told = {name: None if name in hidden else value for name, value in counts.items()}
    return told | ({"hidden": hidden} if hidden else {})


def _change(change: Change) -> dict[str, Any]:
    return {"difference": change.difference, "percent": change.percent}


def _period(period: Period) -> dict[str, str]:
    return {"kind": period.kind, "from": period.first.isoformat(), "to": period.last.isoformat()}


def _plain(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else value
