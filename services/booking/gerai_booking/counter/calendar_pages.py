"""The calendar of a site for supervisors: which days are open, why others are not, hours they decide."""

import json
from datetime import date, time
from functools import partial
from itertools import groupby
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.doors import at_the_door, see
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.rules.catalogue import Break, WeeklyHours
from gerai_booking.schemas import BASIS, CHOICE, DAY, REASON
from gerai_booking.usecases import calendar
from gerai_booking.usecases.plan import Change

TIME = "Please give a time of day, such as 08:00."
ORDER_OF_TIMES = "Opening, break and closing come after each other."
OPEN, CLOSED = "open", "closed"


class HoursSchema(Schema):
    """The hours of a day; `kind` says whether it is open at all."""

    kind = fields.String(load_default=OPEN, validate=validate.OneOf((OPEN, CLOSED), error=CHOICE))
    day = fields.Date(required=True, error_messages={"invalid": DAY})
    opens = fields.Time(load_default=None, error_messages={"invalid": TIME})
    closes = fields.Time(load_default=None, error_messages={"invalid": TIME})
    break_starts = fields.Time(load_default=None, error_messages={"invalid": TIME})
    break_ends = fields.Time(load_default=None, error_messages={"invalid": TIME})
    basis = fields.String(required=True, validate=BASIS)
    why = fields.String(required=True, validate=REASON)

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take empty fields as not given."""
        return {key: value.strip() for key, value in data.items() if value.strip()}

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """An open day opens, pauses and closes in this order, and a break has two ends."""
        if data["kind"] == CLOSED:
            return
        for name in ("opens", "closes"):
            if data[name] is None:
                raise ValidationError({name: [TIME]})
        if (data["break_starts"] is None) != (data["break_ends"] is None):
            raise ValidationError({"break_ends": [TIME]})
        given = [data[name] for name in ("opens", "break_starts", "break_ends", "closes")]
        times: list[time] = [moment for moment in given if moment is not None]
        if times != sorted(set(times)):
            raise ValidationError({"closes": [ORDER_OF_TIMES]})


def hours_in(asked: dict[str, Any]) -> WeeklyHours | None:
    """Return the hours in a loaded HoursSchema, None where it closes the day."""
    if asked["kind"] == CLOSED:
        return None
    day: date = asked["day"]
    pauses = (Break(starts=asked["break_starts"], ends=asked["break_ends"]),) if asked["break_starts"] else ()
    return WeeklyHours(weekday=day.weekday(), opens=asked["opens"], closes=asked["closes"], breaks=pauses)


class CalendarPages(OfficersForms):
    """Days that are open, days that are not, and hours that supervisors decide."""

    @http("GET", "/calendar", page=True)
    @at_the_door
    def calendar_start(self, request: Request) -> Response:
        """Lead to the calendar of the first site."""
        with self.deployment.database.reading() as session:
            self.officer(session, request).must_be_supervisor()
        return see(f"/calendar/{self.office.agency.sites[0].code}")

    @http("GET", "/calendar/<site>", page=True)
    @at_the_door
    def calendar_page(self, request: Request, site: str) -> Response:
        """Show the coming days of a site."""
        return self._calendar(request, site)

    @http("POST", "/calendar/<site>", page=True)
    @at_the_door
    def hours_form(self, request: Request, site: str) -> Response:
        """Decide the hours of a day."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            change = Change(officer=officer, why=asked["why"], now=self.deployment.clock.now())
            calendar.set_hours(
                session,
                self.office,
                change,
                site=site,
                day=asked["day"],
                hours=hours_in(asked),
                basis=asked["basis"],
            )

        return self.carry_out_form(
            request,
            form="hours",
            schema=HoursSchema(),
            run=run,
            show=partial(self._calendar, request, site),
            back=f"/calendar/{site}",
        )

    def _calendar(self, request: Request, site: str, **refusal: Any) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.must_be_supervisor()
            seen = calendar.coming(session, self.office, site=site, now=now)
        place = self.office.site(site)
        return self.pages.render(
            request,
            "calendar.html",
            officer=officer,
            site=place,
            sites=self.office.agency.sites,
            coming=seen,
            weeks=_weeks_of(seen.days),
            changes=[(row, json.loads(row.after)) for row in seen.changes],
            today=self.office.today(site, now).isoformat(),
            time_zone=place.time_zone,
            **{"filled": {}, "error": "", "errors": {}, "refused_form": ""} | refusal,
        )


def _weeks_of(days: list[calendar.Day]) -> list[list[calendar.Day]]:
    """Return days by their weeks, from Monday."""
    return [list(week) for _, week in groupby(days, key=lambda each: each.day.isocalendar()[:2])]
