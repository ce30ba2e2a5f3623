"""Where an officer stands."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An officer at a counter, at a moment."""

    site: str
    counter: str
    officer_id: str
    now: datetime
