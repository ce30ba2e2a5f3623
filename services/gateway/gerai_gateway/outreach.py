"""By what the agencies make their services known next, put together for everybody."""

from gerai_gateway.catalogues import Json
from gerai_gateway.mall import Mall
from gerai_gateway.oversight import name_of


def outreach(mall: Mall) -> Json:
    """Return the coming events in their order, how many each agency has this year, and who is missing."""
    coming, years, missing = [], [], []
    for agency in mall.catalogues.agencies:
        kept = mall.kept.of(agency, "outreach")
        if kept is None:
            missing.append(agency)
            continue
        name = name_of(mall, agency)
        years.append({"agency": agency, "name": name, **kept.contents["year"]})
        coming += [{"agency": agency, "name": name, **event} for event in kept.contents["coming"]]
    coming.sort(key=lambda event: (event["first_day"], event["last_day"], event["agency"]))
    return {"coming": coming, "years": years, "missing": missing}
