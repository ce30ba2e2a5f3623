"""The heads of the complaints' audit, as they were published day by day: for whoever wants to keep them."""

from gerai_shared.refusals import Unavailable

from gerai_gateway.catalogues import Json
from gerai_gateway.kept import AGAIN
from gerai_gateway.mall import Mall


def audit_heads(mall: Mall) -> Json:
    """Return the heads of the last months, as last told while nobody answers. Raises Unavailable."""
    kept = mall.kept.of_deployment("complaints", "audit_heads")
    if kept is None:
        raise Unavailable(retry_after=int(AGAIN.total_seconds()))
    return {"told_at": kept.told_at.isoformat(), "is_old": kept.is_old, "heads": kept.contents["heads"]}
