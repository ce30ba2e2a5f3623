"""Where the Ombudsman receives complaints next, as the complaints service tells it."""

from gerai_gateway.catalogues import Json
from gerai_gateway.mall import Mall


def pvl_events(mall: Mall) -> Json:
    """Return the coming events and this year's count; without any answer ever, `year` is None.

    `told_at` is when they were told, `is_old` whether complaints does not answer since.
    """
    kept = mall.kept.of_deployment("complaints", "pvl_events")
    if kept is None:
        return {"coming": [], "year": None, "told_at": None, "is_old": True}
    return {**kept.contents, "told_at": kept.told_at.isoformat(), "is_old": kept.is_old}
