"""What rules, calendars and desks say is read once in a transaction, however many steps of it ask."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlalchemy.orm import Session

Found = TypeVar("Found")
_KEPT = "once_read"


def once_read(session: Session, *what: Hashable, read: Callable[[], Found]) -> Found:
    """Return what `read` found when this session first asked for `what`.

    For what the transaction itself does not change: rules, days off, who works for which agency. What waits
    to be written has nothing to do with it, and is not written earlier, in more statements, because of it.
    """
    kept = session.info.setdefault(_KEPT, {})
    if what not in kept:
        with session.no_autoflush:
            kept[what] = read()
    found: Found = kept[what]
    return found
