"""What overseers from outside read, such as the Ombudsman (S0-8): no form, no applicant, all on record."""

import csv
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.accounts import Officer
from gerai_shared.http import http, json_response
from gerai_shared.overseers import Access
from gerai_shared.translations import language_of
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.audit_pages import MONTHS_SHOWN, as_text, month_of
from gerai_booking.counter.commands import Signed
from gerai_booking.counter.doors import at_the_door, see
from gerai_booking.rules.oversight import months_until
from gerai_booking.rules.statistics import MONTH, Period, period_of
from gerai_booking.usecases import figures, measuring, oversight, views

#: Reads what a page shows, for whoever is signed in. Raises Forbidden.
Read = Callable[[Session, Officer], dict[str, Any]]
GRANT_COLUMNS = ("day", "time", "site", "service", "kind", "officer")


def record_opened(session: Session, officer: Officer, request: Request, now: datetime) -> None:
    """Write down the address that an overseer opened, with what it asks for."""
    address = request.full_path if request.query_string else request.path
    oversight.record_opened(session, officer, address=address, now=now)


class OversightPages(Signed):
    """Plan, grants, orders, visits and outages for who looks on; supervisors and the centre see the same."""

    @http("GET", "/oversight", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_page(self, request: Request) -> Response:
        """Show what can be read."""
        return self._oversight(request, "oversight.html", self._nothing)

    @http("GET", "/oversight/plan", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_plan_start(self, _request: Request) -> Response:
        """Lead to the plan of the first site."""
        return see(f"/oversight/plan/{self.office.agency.sites[0].code}")

    @http("GET", "/oversight/plan/<site>", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_plan_page(self, request: Request, site: str) -> Response:
        """Show quotas and restrictions, past ones too, and who changed them when and why."""

        def read(session: Session, officer: Officer) -> dict[str, Any]:
            plan = oversight.plan_of(session, self.office, officer=officer, site=site)
            return {"plan": plan, "site": self.office.site(site)}

        return self._oversight(request, "oversight_plan.html", read)

    @http("GET", "/oversight/grants", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_grants_page(self, request: Request) -> Response:
        """Show who gave how many places beyond the quota in a month."""
        month = self._month(request)

        def read(session: Session, officer: Officer) -> dict[str, Any]:
            given, rows = self._given(session, officer, month)
            return {"given": given, "rows": rows, "month": month.first, "months": self._months_of_grants()}

        return self._oversight(request, "oversight_grants.html", read)

    @http("GET", "/oversight/grants.csv", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_grants_file(self, request: Request) -> Response:
        """Give the same as a file for spreadsheets."""
        month = self._month(request)
        with self.deployment.database.reading() as session:
            _given, rows = self._given(session, self.officer(session, request), month)
        text = StringIO()
        writer = csv.writer(text)
        writer.writerow(GRANT_COLUMNS)
        for row in rows:
            at = row.at.astimezone(ZoneInfo(self.office.site(row.site).time_zone))
            values = map(as_text, (row.site, row.service, row.kind, row.officer_name))
            writer.writerow([f"{row.day:%Y-%m-%d}", f"{at:%H:%M}", *values])
        name = f"beyond-the-quota-{month.first:%Y-%m}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        # With its mark, so that spreadsheets read it as UTF-8.
        return Response(text.getvalue().encode("utf-8-sig"), mimetype="text/csv", headers=headers)

    @http("GET", "/oversight/orders", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_orders_page(self, request: Request) -> Response:
        """Show the orders that close, in force and past."""

        def read(session: Session, officer: Officer) -> dict[str, Any]:
            return {"orders": oversight.orders(session, officer=officer)}

        return self._oversight(request, "oversight_orders.html", read)

    @http("GET", "/oversight/visits", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_visits_start(self, _request: Request) -> Response:
        """Lead to the visits of the first site."""
        return see(f"/oversight/visits/{self.office.agency.sites[0].code}")

    @http("GET", "/oversight/visits/<site>", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_visits_page(self, request: Request, site: str) -> Response:
        """Show visits by month, those that were missed, and what became of appeals."""
        now = self.deployment.clock.now()

        def read(session: Session, officer: Officer) -> dict[str, Any]:
            misses = oversight.misses(session, self.office, officer=officer, site=site, now=now)
            found = figures.figures_of(session, self.office, site=site, now=now)
            return {"site": self.office.site(site), "figures": found, "misses": misses}

        return self._oversight(request, "oversight_visits.html", read)

    @http("GET", "/oversight/outages", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_outages_page(self, request: Request) -> Response:
        """Show the outages of the last months, and how long they lasted."""
        now = self.deployment.clock.now()

        def read(session: Session, officer: Officer) -> dict[str, Any]:
            return {"failures": oversight.failures(session, self.office, officer=officer, now=now)}

        return self._oversight(request, "oversight_outages.html", read)

    @http("GET", "/oversight/estimates", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_estimates_start(self, _request: Request) -> Response:
        """Lead to the waiting times of the first site."""
        return see(f"/oversight/estimates/{self.office.agency.sites[0].code}")

    @http("GET", "/oversight/estimates/<site>", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_estimates_page(self, request: Request, site: str) -> Response:
        """Show by day and service how far waits were from what had been told."""

        def read(session: Session, officer: Officer) -> dict[str, Any]:
            return {"site": self.office.site(site), "judged": self._judged(session, officer, site)}

        return self._oversight(request, "oversight_estimates.html", read)

    @http("GET", "/api/v1/oversight/estimates/<site>", overseers=Access.ON_RECORD)
    def oversight_estimates_json(self, request: Request, site: str) -> Response:
        """Answer the same as JSON."""
        with self.deployment.database.reading() as session:
            found = self._judged(session, self.officer(session, request), site)
        return json_response({"site": site, "days": measuring.judged_json(found)})

    @http("GET", "/oversight/opened", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def oversight_opened_page(self, request: Request) -> Response:
        """Show which pages overseers opened when."""

        def read(session: Session, officer: Officer) -> dict[str, Any]:
            return {"opened": oversight.opened(session, officer=officer)}

        return self._oversight(request, "oversight_opened.html", read)

    def _oversight(self, request: Request, template: str, read: Read) -> Response:
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.may_oversee()
            found = read(session, officer)
        agency = self.office.agency
        return self.pages.render(
            request,
            template,
            officer=officer,
            sites={site.code: site for site in agency.sites},
            service_names={service.code: views.both(service.name) for service in agency.services},
            time_zone=agency.sites[0].time_zone,
            language=language_of(request),
            **found,
        )

    def _judged(self, session: Session, officer: Officer, site: str) -> list[measuring.Judged]:
        now = self.deployment.clock.now()
        return measuring.judged(session, self.office, officer=officer, site=site, now=now)

    @staticmethod
    def _nothing(_session: Session, _officer: Officer) -> dict[str, Any]:
        return {}

    def _given(self, session: Session, officer: Officer, month: Period) -> tuple[list[Any], list[Any]]:
        return oversight.given(session, self.office, officer=officer, first=month.first, last=month.last)

    def _month(self, request: Request) -> Period:
        """Return the month that an address names, else the present one."""
        return period_of(MONTH, month_of(request.args.get("month", ""), self._months_of_grants()))

    def _months_of_grants(self) -> list[Any]:
        """Return the first days of the months that can be looked at, the present one first."""
        today = self.office.today(self.office.agency.sites[0].code, self.deployment.clock.now())
        return [month.first for month in months_until(today, MONTHS_SHOWN)]
