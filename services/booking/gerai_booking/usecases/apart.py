"""Work of which one piece must not stop the others."""

from collections.abc import Iterator
from contextlib import contextmanager

from gerai_shared.database import is_outage
from gerai_shared.logs import get_logger
from gerai_shared.refusals import Unavailable

log = get_logger(__name__)


@contextmanager
def apart(work: str, item: str, failed: set[str] | None = None) -> Iterator[None]:
    """Let one item of a piece of work fail for itself: it is logged, and put into `failed` when given.

    Of the reason only the type is logged: what it says may be personal. Raises on what would meet the next
    item, too: a database that is away, and time that is over.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, Unavailable) or is_outage(error):
            raise
        log.warning("work_failed", work=work, item=item, reason=type(error).__name__)
        if failed is not None:
            failed.add(item)
