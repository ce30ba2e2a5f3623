"""Statistics for supervisors: pages that can be kept as an address, files, and the same as an API."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gerai_shared import spreadsheets as files
from gerai_shared import workbooks
from gerai_shared.borders import load
from gerai_shared.http import http, json_response
from gerai_shared.overseers import Access
from gerai_shared.pages import date_time
from gerai_shared.refusals import InvalidRequest, NotFound
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_booking.counter import statistics_view as view
from gerai_booking.counter import statistics_words as words
from gerai_booking.counter.commands import Signed
from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.statistics_json import as_json
from gerai_booking.counter.statistics_shapes import StatisticsSchema, wanted_of
from gerai_booking.counter.statistics_tables import Tables
from gerai_booking.usecases.statistics import Statistics, must_see_statistics, statistics_of

#: What the address may hold beside the fields of the form.
NOT_ASKED = ("lang", "table")


class StatisticsPages(Signed):
    """Who came from where, for what, and how long they waited."""

    @http("GET", "/statistics", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def statistics_everywhere(self, request: Request) -> Response:
        """Show the statistics of all sites together."""
        return self._statistics(request, None)

    @http("GET", "/statistics/<site>", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def statistics_page(self, request: Request, site: str) -> Response:
        """Show the statistics of a site."""
        return self._statistics(request, site)

    @http("GET", "/statistics/files/table.csv", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def statistics_csv(self, request: Request) -> Response:
        """Answer one table as CSV: `?table=tickets` (or waiting, course, quota), and what is asked."""
        tables = self._tables(request, self._counted(request, self._asked(request)))
        wanted = request.args.get("table", "tickets")
        table = next((table for table in tables.all if table.code == wanted), None)
        if table is None:
            raise NotFound
        return _file(tables, f"{table.code}.csv", files.CSV_TYPE, files.csv_of(table))

    @http("GET", "/statistics/files/workbook.xlsx", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def statistics_workbook(self, request: Request) -> Response:
        """Answer all tables as a workbook with their explanation."""
        tables = self._tables(request, self._counted(request, self._asked(request)))
        time_zone = self.office.site(tables.seen.wanted.sites[0]).time_zone
        made_at = date_time(tables.seen.made_at, time_zone, language=language_of(request))
        body = workbooks.workbook_of(
            tables.all,
            explanation=tables.explanation(made_at),
            name_of_explanation=tables.say(words.EXPLANATION),
        )
        return _file(tables, "xlsx", workbooks.XLSX_TYPE, body)

    @http("GET", "/api/v1/statistics", overseers=Access.ON_RECORD)
    def api_statistics(self, request: Request) -> Response:
        """Answer the statistics as JSON; a hidden number is null, and named in `hidden`."""
        return json_response(as_json(self._counted(request, self._asked(request))))

    def _asked(self, request: Request, **given: str) -> dict[str, Any]:
        fields = {name: value for name, value in request.args.items() if name not in NOT_ASKED}
        asked: dict[str, Any] = load(StatisticsSchema(), fields | given)
        return asked

    def _counted(self, request: Request, asked: dict[str, Any]) -> Statistics:
        """Return what is asked for. Raises SignInRequired, Forbidden, UnknownSite."""
        now = self.deployment.clock.now()
        sites = (asked["site"],) if asked["site"] else tuple(site.code for site in self.office.agency.sites)
        today = self.office.today(sites[0], now)
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            return statistics_of(session, self.office, officer, wanted_of(asked, sites, today=today), now=now)

    def _say(self, request: Request) -> Callable[..., str]:
        return partial(self.pages.text, request)

    def _tables(self, request: Request, seen: Statistics) -> Tables:
        return Tables(self.office, seen, say=self._say(request), language=language_of(request))

    def _statistics(self, request: Request, site: str | None) -> Response:
        """Show the page; what cannot be used of the form comes back as it was filled in."""
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            must_see_statistics(officer)
        language = language_of(request)
        context: dict[str, Any] = {
            "officer": officer,
            "site": self.office.site(site) if site else None,
            "sites": self.office.agency.sites,
            "choices": view.choices(self.office, say=self._say(request), language=language),
            "filled": {
                name: request.args.get(name, "") for name in StatisticsSchema().fields if name != "site"
            },
        }
        path = f"/statistics/{site}" if site else "/statistics"
        context["address"] = partial(view.address, filled=context["filled"])
        try:
            seen = self._counted(request, self._asked(request, site=site or ""))
        except InvalidRequest as refused:
            wrong = refused.details["fields"]
            errors = {name: self.pages.text(request, texts[0]) for name, texts in wrong.items()}
            return self.pages.render(
                request, "statistics.html", status=refused.status, errors=errors, shown=None, **context
            )
        shown = view.results(self._tables(request, seen), language=language)
        shown |= view.around(path, context["filled"], seen.wanted.period)
        context["filled"] |= {"day": context["filled"]["day"] or seen.wanted.period.first.isoformat()}
        return self.pages.render(request, "statistics.html", errors={}, shown=shown, **context)


def _file(tables: Tables, ending: str, kind: str, body: bytes) -> Response:
    """Return a file with a name that says what is in it."""
    seen = tables.seen
    place = seen.wanted.sites[0] if len(seen.wanted.sites) == 1 else "all"
    name = f"statistics-{place}-{seen.now.first}-{seen.now.last}-{seen.wanted.by}"
    joint = "-" if ending.endswith("csv") else "."
    headers = {
        "Content-Disposition": f'attachment; filename="{name}{joint}{ending}"',
        "Cache-Control": "no-store",
    }
    return Response(body, headers=headers, content_type=kind)
