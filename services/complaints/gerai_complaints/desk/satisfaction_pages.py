"""What visitors say, at the desk: by agency, service and period, on a page and as a file."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from gerai_shared import spreadsheets, workbooks
from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.clock import local_date
from gerai_shared.http import http
from gerai_shared.pages import date_time
from gerai_shared.refusals import InvalidRequest, NotFound
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk.base import DeskBase
from gerai_complaints.desk.satisfaction_tables import Tables
from gerai_complaints.rules.periods import YEAR, Period
from gerai_complaints.schemas.satisfaction import PeriodSchema
from gerai_complaints.usecases import satisfaction
from gerai_complaints.usecases.places import DEFAULT_TIME_ZONE
from gerai_complaints.usecases.reading import agencies_of

PAGE = "/satisfaction"
#: The kinds of file, by their ending.
KINDS = {"csv": spreadsheets.CSV_TYPE, "xlsx": workbooks.XLSX_TYPE}


class SatisfactionPages(DeskBase):
    """The survey of satisfaction (SKM); small groups are hidden from officers, too: they know who came."""

    @http("GET", PAGE, page=True)
    def satisfaction(self, request: Request) -> Response:
        """Show the survey: `?period=` month, quarter or year, `?day=` a day in it (today)."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        wrong: InvalidRequest | None = None
        try:
            tables = self._tables(request, officer, self._asked(request))
        except InvalidRequest as refusal:
            wrong, tables = refusal, self._tables(request, officer, self._asked(request, is_default=True))
        period = tables.figures.period
        return self._render(
            request,
            "satisfaction.html",
            status=wrong.status if wrong else 200,
            officer=officer,
            tables=tables,
            period=period,
            earlier=_address(PAGE, period.before),
            later=_address(PAGE, period.after),
            files={ending: _address(f"{PAGE}/report.{ending}", period) for ending in KINDS},
            fewest=satisfaction.FEWEST_RESPONDENTS,
            **self._told(request, wrong),
        )

    @http("GET", f"{PAGE}/report.<ending>", page=True)
    def satisfaction_file(self, request: Request, ending: str) -> Response:
        """Give the report of a period as a file: a workbook (xlsx), or the table of services alone (csv)."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        if ending not in KINDS:
            raise NotFound
        tables = self._tables(request, officer, self._asked(request))
        if ending == "csv":
            body = spreadsheets.csv_of(tables.groups)
        else:
            say = partial(self._pages.text, request)
            made_at = date_time(self.deployment.clock.now(), DEFAULT_TIME_ZONE, language=language_of(request))
            body = workbooks.workbook_of(
                [tables.groups, tables.months],
                explanation=tables.explanation(made_at),
                name_of_explanation=say("Explanation"),
            )
        period = tables.figures.period
        headers = {
            "Content-Disposition": f'attachment; filename="skm-{period.kind}-{period.first}.{ending}"',
            "Cache-Control": "no-store",
        }
        return Response(body, headers=headers, content_type=KINDS[ending])

    def _asked(self, request: Request, *, is_default: bool = False) -> dict[str, Any]:
        """Return the period that is asked for, this year without one. Raises InvalidRequest."""
        given = {name: request.args[name] for name in ("period", "day") if request.args.get(name)}
        asked: dict[str, Any] = load(PeriodSchema(), {} if is_default else given)
        today = local_date(self.deployment.clock.now(), DEFAULT_TIME_ZONE)
        return {"kind": asked.get("period", YEAR), "day": asked.get("day", today)}

    def _tables(self, request: Request, officer: Officer, asked: dict[str, Any]) -> Tables:
        with self.deployment.database.reading() as session:
            figures = satisfaction.figures(session, agencies=agencies_of(session, officer), **asked)
        return Tables(figures, say=partial(self._pages.text, request), language=language_of(request))


def _address(path: str, period: Period) -> str:
    return f"{path}?{urlencode({'period': period.kind, 'day': period.first.isoformat()})}"
