"""The waiting list of a site for supervisors: how many wait for what, since when, and who has an offer."""

from datetime import date
from typing import Any

from gerai_shared.http import http
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.commands import Signed
from gerai_booking.counter.doors import at_the_door, see
from gerai_booking.rules.waiting_list import Waiting
from gerai_booking.usecases import views, waiting_list

#: Without a day: everybody who waits for some day from today to this many days ahead.
DAYS_SHOWN = 62


class WaitingPages(Signed):
    """Who waits, as supervisors see it; nobody is moved or let in here."""

    @http("GET", "/waiting", page=True)
    @at_the_door
    def waiting_start(self, request: Request) -> Response:
        """Lead to the list of the first site."""
        with self.deployment.database.reading() as session:
            self.officer(session, request).must_be_supervisor()
        return see(f"/waiting/{self.office.agency.sites[0].code}")

    @http("GET", "/waiting/<site>", page=True)
    @at_the_door
    def waiting_page(self, request: Request, site: str) -> Response:
        """Show who waits at a site, for one day with `?day=`."""
        now = self.deployment.clock.now()
        day = _day(request.args.get("day", ""))
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.must_be_supervisor()
            seen = waiting_list.overview(session, self.office, site=site, day=day, days=DAYS_SHOWN, now=now)
        services = {service for service, _ in seen.counts} | set(seen.kept_back)
        return self.pages.render(
            request,
            "waiting.html",
            officer=officer,
            site=self.office.site(site),
            sites=self.office.agency.sites,
            day=day.isoformat() if day else "",
            counts=[_count(seen, service) for service in sorted(services)],
            entries=seen.entries,
            is_cut=len(seen.entries) == waiting_list.ENTRIES_SHOWN,
            service_names={code.code: views.both(code.name) for code in self.office.agency.services},
            time_zone=self.office.site(site).time_zone,
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _count(seen: waiting_list.Overview, service: str) -> dict[str, Any]:
    return {
        "service": service,
        "waiting": seen.counts.get((service, Waiting.WAITING.value), 0),
        "offered": seen.counts.get((service, Waiting.OFFERED.value), 0),
        "kept_back": seen.kept_back.get(service, 0),
    }
