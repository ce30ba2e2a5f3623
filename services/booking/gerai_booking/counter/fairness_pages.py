"""How fair the queue of a site was: a page that can be kept as an address, and the same as an API."""

from datetime import date, timedelta
from typing import Any

from gerai_shared.borders import load
from gerai_shared.http import http, json_response
from gerai_shared.overseers import Access
from gerai_shared.refusals import InvalidRequest
from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.commands import Signed
from gerai_booking.counter.doors import at_the_door, see
from gerai_booking.counter.statistics_shapes import BACKWARDS, CALENDAR
from gerai_booking.rules.fairness import TOTAL, Broken, LaneFigures
from gerai_booking.rules.statistics import FIRST_DAY, LAST_DAY
from gerai_booking.rules.suppression import Hidden, Shown
from gerai_booking.schemas import CODE, DAY
from gerai_booking.usecases import views
from gerai_booking.usecases.fairness import MOST_DAYS, Fairness, fairness_of
from gerai_booking.usecases.statistics import must_see_statistics

#: Without an asked range, a week until today.
DAYS_SHOWN = 7
TOO_LONG = "At most 31 days are counted at once."


def _day() -> fields.Date:
    within = validate.Range(min=FIRST_DAY, max=LAST_DAY, error=CALENDAR)
    return fields.Date(load_default=None, validate=within, error_messages={"invalid": DAY})


class FairnessSchema(Schema):
    """A site and a range of days; an empty day is one that is not given."""

    site = fields.String(required=True, validate=CODE)
    first = _day()
    last = _day()

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take what was left empty as not given."""
        return {name: value.strip() for name, value in data.items() if value.strip()}

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Two days in their order, not too far from each other."""
        first, last = data["first"], data["last"]
        if first is None or last is None:
            return
        if last < first:
            raise ValidationError({"last": [BACKWARDS]})
        if (last - first).days >= MOST_DAYS:
            raise ValidationError({"last": [TOO_LONG]})


class FairnessPages(Signed):
    """How long each lane waited, who was overtaken, and that nobody was beyond the bound."""

    @http("GET", "/fairness", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def fairness_start(self, _request: Request) -> Response:
        """Lead to the first site with counters."""
        sites = [site for site in self.office.agency.sites if self.office.counters_at(site.code)]
        return see(f"/fairness/{(sites or self.office.agency.sites)[0].code}")

    @http("GET", "/fairness/<site>", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def fairness_page(self, request: Request, site: str) -> Response:
        """Show the days of a site."""
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            must_see_statistics(officer)
        asked = {name: request.args.get(name, "") for name in ("first", "last")}
        context: dict[str, Any] = {"errors": {}, "seen": None, "filled": asked, "status": 200}
        try:
            context["seen"] = seen = self._fairness(request, asked | {"site": site})
            context["filled"] = {"first": seen.first.isoformat(), "last": seen.last.isoformat()}
        except InvalidRequest as refused:
            context["status"] = refused.status
            wrong = refused.details["fields"]
            context["errors"] = {name: self.pages.text(request, texts[0]) for name, texts in wrong.items()}
        return self.pages.render(
            request,
            "fairness.html",
            officer=officer,
            site=self.office.site(site),
            sites={each.code: each for each in self.office.agency.sites},
            service_names={each.code: views.both(each.name) for each in self.office.agency.services},
            most_days=MOST_DAYS,
            **context,
        )

    @http("GET", "/api/v1/fairness", overseers=Access.ON_RECORD)
    def api_fairness(self, request: Request) -> Response:
        """Answer the same as JSON: `?site=&first=&last=`; a hidden number is null."""
        return json_response(as_json(self._fairness(request, dict(request.args))))

    def _fairness(self, request: Request, asked: dict[str, str]) -> Fairness:
        """Return what is asked for. Raises InvalidRequest, SignInRequired, Forbidden, UnknownSite."""
        wanted = load(FairnessSchema(), asked)
        today = self.office.today(wanted["site"], self.deployment.clock.now())
        first, last = _range(wanted["first"], wanted["last"], today)
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            return fairness_of(
                session, self.office, officer=officer, site=wanted["site"], first=first, last=last
            )


def _range(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """Return the range that is asked for: a week where one of its ends, or both, are not given."""
    week = timedelta(days=DAYS_SHOWN - 1)
    if first is None:
        last = last or today
        return last - week, last
    return first, last or first + week


def as_json(seen: Fairness) -> dict[str, Any]:
    """Return the report as JSON; minutes are whole ones."""
    return {
        "first": seen.first.isoformat(),
        "last": seen.last.isoformat(),
        "lanes": [_lane(figures, seen) for figures in seen.lanes],
        "out_of_turn": _told(seen.out_of_turn),
        "came_back": _told(seen.came_back),
        "out_of_order": [_broken(each) for each in seen.out_of_order],
        "beyond_bound": [_broken(each) for each in seen.beyond_bound],
    }


def _lane(figures: LaneFigures, seen: Fairness) -> dict[str, Any]:
    is_total = figures.lane == TOTAL
    minute = timedelta(minutes=1)
    return {
        "lane": None if is_total else figures.lane,
        "called": _told(figures.called),
        "minutes": {"median": figures.median, "p90": figures.of_most, "longest": figures.longest},
        "overtaken": _told(figures.overtaken),
        "overtaken_by_at_most": figures.most,
        "head_start_minutes": None if is_total else seen.head_starts[figures.lane] // minute,
        "bound_minutes": None if is_total else seen.bounds[figures.lane] // minute,
    }


def _broken(each: Broken) -> dict[str, Any]:
    return {"day": each.day.isoformat(), "service": each.service, "count": each.count}


def _told(count: Shown) -> int | None:
    return None if isinstance(count, Hidden) else count
