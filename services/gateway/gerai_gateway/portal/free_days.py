"""On which days the services of a site can be booked."""

from datetime import timedelta

from gerai_shared.clock import local_date
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import shapes
from gerai_gateway.portal.base import PortalPages

DAYS_AHEAD = 60
#: Of each service: enough to choose from, and all of them on its own page.
DAYS_SHOWN = 5


class FreeDaysPages(PortalPages):
    """Mixin: where a place is free soonest."""

    @public("GET", "/sites/<site>/free-days", page=True)
    def page_free_days(self, request: Request, site: str) -> Response:
        """Show the next free days of every service that is booked at a place."""
        place, present = self.mall.catalogues.site(site)
        today = local_date(self.now, place["time_zone"])
        last = today + timedelta(days=DAYS_AHEAD - 1)
        found = errands.free_days(self.mall, site, first=today, last=last)
        by_agency = {part["agency"]: part["services"] for part in found["agencies"]}
        return self.page(
            request,
            "free_days.html",
            section="sites",
            catalogues=present,
            site=place,
            last=last,
            found=[
                {
                    "catalogue": catalogue,
                    "services": shapes.free_days(catalogue, by_agency[catalogue.code], most=DAYS_SHOWN),
                    "opens_at": shapes.next_opening(by_agency[catalogue.code]),
                }
                for catalogue in present
                if by_agency.get(catalogue.code)
            ],
            missing=found["missing"],
            names={catalogue.code: catalogue.agency["name"] for catalogue in present},
        )
