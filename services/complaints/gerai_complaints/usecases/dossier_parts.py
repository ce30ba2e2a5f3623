"""What belongs into a dossier beside its JSON and its PDF: the one place where further parts are added."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint
from gerai_complaints.rules.dossier import DOCUMENT, PART_NAME, PRINT, Part

#: Reads further parts of a complaint's dossier, such as files that were sent with it. The name of each is
#: unlike that of any other part, whoever reads it.
Collector = Callable[[Session, Complaint], Sequence[Part]]
COLLECTORS: tuple[Collector, ...] = ()


def further_parts(session: Session, complaint: Complaint) -> tuple[Part, ...]:
    """Return a dossier's parts beside JSON and PDF, by name. Raises ValueError for a name that cannot be."""
    parts = sorted(
        (part for collect in COLLECTORS for part in collect(session, complaint)), key=lambda part: part.name
    )
    names = [part.name for part in parts]
    if len({*names, DOCUMENT, PRINT}) < len(names) + 2 or not all(map(PART_NAME.fullmatch, names)):
        raise ValueError(f"parts of a dossier cannot be called so: {names}")
    return tuple(parts)
