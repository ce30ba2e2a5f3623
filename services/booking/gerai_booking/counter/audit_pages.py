"""Who gave places beyond the quota, for supervisors and as a file for whoever audits them."""

import csv
from datetime import date, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.http import http
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.usecases import audit, views

MONTHS_SHOWN = 12
COLUMNS = ("day", "time", "site", "service", "number", "kind", "officer", "reason")
#: A spreadsheet takes a value that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class AuditPages(OfficersForms):
    """Places beyond the quota, by month and officer."""

    @http("GET", "/audit", page=True)
    @at_the_door
    def audit_page(self, request: Request) -> Response:
        """Show a month: who gave how many, and which."""
        officer, found = self._audit(request)
        sites = self.office.agency.sites
        return self.pages.render(
            request,
            "audit.html",
            officer=officer,
            found=found,
            months=self._months(),
            giver=request.args.get("officer", ""),
            kind=request.args.get("kind", ""),
            sites={site.code: site for site in sites},
            service_names={each.code: views.both(each.name) for each in self.office.agency.services},
        )

    @http("GET", "/audit.csv", page=True)
    @at_the_door
    def audit_file(self, request: Request) -> Response:
        """Give what the page lists as a file for spreadsheets."""
        _officer, found = self._audit(request)
        text = StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for row in found.grants:
            site = self.office.site(row.site)
            at = row.at.astimezone(ZoneInfo(site.time_zone))
            values = (row.site, row.service, row.number, row.kind, row.officer_name, row.reason)
            writer.writerow([f"{row.day:%Y-%m-%d}", f"{at:%H:%M}", *map(as_text, values)])
        name = f"audit-{found.first:%Y-%m}.csv"
        return Response(
            # With its mark, so that spreadsheets read it as UTF-8.
            text.getvalue().encode("utf-8-sig"),
            mimetype="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )

    def _audit(self, request: Request) -> tuple[Any, audit.Audit]:
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            return officer, audit.audit(
                session,
                self.office,
                officer=officer,
                month=month_of(request.args.get("month", ""), self._months()),
                giver=request.args.get("officer") or None,
                kind=request.args.get("kind") or None,
            )

    def _months(self) -> list[date]:
        """Return the first days of the last months, this one first."""
        today = self.office.today(self.office.agency.sites[0].code, self.deployment.clock.now())
        months = [today.replace(day=1)]
        while len(months) < MONTHS_SHOWN:
            months.append((months[-1] - timedelta(days=1)).replace(day=1))
        return months


def month_of(text: str, months: list[date]) -> date:
    """Return the month that an address names, the present one when it names none of those shown."""
    return next((month for month in months if f"{month:%Y-%m}" == text), months[0])


def as_text(value: str) -> str:
    """Return a value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value
