"""Where an officer stands."""

from dataclasses import dataclass
from datetime import datetime

from gerai_shared.ticket import Actor


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An officer at a counter, at a moment; or a kiosk, where both are '' and the system acts."""

    site: str
    counter: str
    officer_id: str
    now: datetime
    actor: Actor = Actor.OFFICER
