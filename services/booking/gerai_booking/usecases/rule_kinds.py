"""The kinds of rules that supervisors write down: what each is about, and how it is kept.

A row is kept as what its form says (`Body`: texts, numbers, lists), and made into the shape of the catalogue.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from gerai_booking.rules.catalogue import (
    ContactLimit,
    Coverage,
    Dated,
    FloorRule,
    Horizon,
    LaneRule,
    NoShowRule,
    ReleaseRule,
    RestrictionCap,
    Route,
    Stage,
    StageLine,
    SuspensionKind,
    Text,
)

Body = dict[str, Any]
ROUTES, COVERAGE, RELEASES, NO_SHOWS = "routes", "coverage", "releases", "no_shows"
CONTACTS, CAPS, SUSPENSIONS, STAGES = "contacts", "caps", "suspensions", "stages"
FLOOR, LANES = "floor", "lanes"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind: `field` is where the catalogue and `Rules` have its rows.

    `subject` tells which rows are about the same thing; `build` makes a row of its body and its dates, and
    `body` takes it apart again. A rule that is `for_new_only` begins tomorrow at the earliest: what began
    today keeps the rule it began with.
    """

    code: str
    field: str
    subject: Callable[[Any], str]
    build: Callable[[Body, Mapping[str, Any]], Dated]
    body: Callable[[Any], Body]
    for_new_only: bool = False

    def row(self, body: Body, *, basis: str, valid_from: date, valid_to: date | None) -> Dated:
        """Return the row of a body."""
        return self.build(body, {"basis": basis, "valid_from": valid_from, "valid_to": valid_to})


def _route(body: Body, dated: Mapping[str, Any]) -> Route:
    return Route(
        purposes=tuple(body["purposes"]),
        regencies=tuple(body["regencies"]),
        office=Text(id=body["office_id"], en=body["office_en"]),
        why=Text(id=body["reason_id"], en=body["reason_en"]),
        site=body["site"] or None,
        **dated,
    )


def _route_body(row: Route) -> Body:
    return {
        "purposes": list(row.purposes),
        "regencies": list(row.regencies),
        "office_id": row.office.id,
        "office_en": row.office.en,
        "reason_id": row.why.id,
        "reason_en": row.why.en,
        "site": row.site or "",
    }


def _coverage(body: Body, dated: Mapping[str, Any]) -> Coverage:
    return Coverage(site=body["site"], regency=body["regency"], **dated)


def _release(body: Body, dated: Mapping[str, Any]) -> ReleaseRule:
    until, on = body["when"].split(":")
    return ReleaseRule(
        site=body["site"] or None,
        until=Horizon(until),
        on=int(on),
        at=time.fromisoformat(body["at"]),
        pace=body["pace"],
        **dated,
    )


def _release_body(row: ReleaseRule) -> Body:
    return {
        "site": row.site or "",
        "when": f"{row.until.value}:{row.on}",
        "at": f"{row.at:%H:%M}",
        "pace": row.pace,
    }


def _no_show(body: Body, dated: Mapping[str, Any]) -> NoShowRule:
    return NoShowRule(
        window_days=body["window_days"], paused_at=body["paused_at"], pause_days=body["pause_days"], **dated
    )


def _no_show_body(row: NoShowRule) -> Body:
    return {"window_days": row.window_days, "paused_at": row.paused_at, "pause_days": row.pause_days}


#: What a rule of the floor says, as FloorRule names it.
FLOOR_NUMBERS = (
    "most_calls",
    "recall_seconds",
    "absent_seconds",
    "place_kept_minutes",
    "most_returns",
    "later_people",
    "meant_minutes",
)


def _floor(body: Body, dated: Mapping[str, Any]) -> FloorRule:
    return FloorRule(**{name: body[name] for name in FLOOR_NUMBERS}, **dated)


def _cap(body: Body, dated: Mapping[str, Any]) -> RestrictionCap:
    return RestrictionCap(
        name=body["name"],
        level=body["level"],
        channel=body["channel"],
        places=body["places"],
        percent=body["percent"],
        site=body["site"] or None,
        **dated,
    )


def _cap_body(row: RestrictionCap) -> Body:
    return {
        "name": row.name,
        "level": row.level,
        "channel": row.channel,
        "places": row.places,
        "percent": row.percent,
        "site": row.site or "",
    }


def _suspension(body: Body, dated: Mapping[str, Any]) -> SuspensionKind:
    return SuspensionKind(
        code=body["code"],
        name=Text(id=body["name_id"], en=body["name_en"]),
        least_months=body["least_months"],
        most_months=body["most_months"],
        **dated,
    )


def _suspension_body(row: SuspensionKind) -> Body:
    return {
        "code": row.code,
        "name_id": row.name.id,
        "name_en": row.name.en,
        "least_months": row.least_months,
        "most_months": row.most_months,
    }


def _stages(body: Body, dated: Mapping[str, Any]) -> StageLine:
    return StageLine(service=body["service"], stages=tuple(_stage(each) for each in body["stages"]), **dated)


def _stage(body: Body) -> Stage:
    asks = Text(id=body["asks_id"], en=body["asks_en"]) if body["asks_id"] else None
    return Stage(
        code=body["code"],
        name=Text(id=body["name_id"], en=body["name_en"]),
        waits_for_citizen=body["waits"],
        asks=asks,
        clock="stops" if body["stops"] else "runs",
    )


def _stages_body(row: StageLine) -> Body:
    return {"service": row.service, "stages": [_stage_body(stage) for stage in row.stages]}


def _stage_body(stage: Stage) -> Body:
    return {
        "code": stage.code,
        "name_id": stage.name.id,
        "name_en": stage.name.en,
        "waits": stage.waits_for_citizen,
        "asks_id": stage.asks.id if stage.asks else "",
        "asks_en": stage.asks.en if stage.asks else "",
        "stops": stage.clock == "stops",
    }


#: In the order in which the page lists them.
KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            code=RELEASES,
            field="releases",
            subject=lambda row: row.site or "",
            build=_release,
            body=_release_body,
        ),
        Kind(
            code=CAPS,
            field="restriction_caps",
            subject=lambda row: "|".join((row.name, row.level, row.channel, row.site or "")),
            build=_cap,
            body=_cap_body,
        ),
        Kind(
            code=COVERAGE,
            field="coverage",
            subject=lambda row: f"{row.site}|{row.regency}",
            build=_coverage,
            body=lambda row: {"site": row.site, "regency": row.regency},
        ),
        Kind(
            code=ROUTES,
            field="routes",
            subject=lambda row: f"{','.join(sorted(row.purposes))}|{','.join(sorted(row.regencies))}",
            build=_route,
            body=_route_body,
        ),
        Kind(
            code=CONTACTS,
            field="contact_limits",
            subject=lambda _row: "",
            build=lambda body, dated: ContactLimit(open_tickets=body["open_tickets"], **dated),
            body=lambda row: {"open_tickets": row.open_tickets},
        ),
        Kind(
            code=NO_SHOWS,
            field="no_show_rules",
            subject=lambda _row: "",
            build=_no_show,
            body=_no_show_body,
        ),
        Kind(
            code=FLOOR,
            field="floor_rules",
            subject=lambda _row: "",
            build=_floor,
            body=lambda row: {name: getattr(row, name) for name in FLOOR_NUMBERS},
        ),
        Kind(
            code=SUSPENSIONS,
            field="suspension_kinds",
            subject=lambda row: row.code,
            build=_suspension,
            body=_suspension_body,
        ),
        Kind(
            code=STAGES,
            field="stage_lines",
            subject=lambda row: row.service,
            build=_stages,
            body=_stages_body,
            for_new_only=True,
        ),
        Kind(
            code=LANES,
            field="lane_rules",
            subject=lambda row: row.lane,
            build=lambda body, dated: LaneRule(**body, **dated),
            body=lambda row: {"lane": row.lane, "head_start_minutes": row.head_start_minutes},
            # Those who wait are ordered by the rule of the morning; a second one would mix two orders.
            for_new_only=True,
        ),
    )
}
