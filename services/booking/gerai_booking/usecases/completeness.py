"""The gate of completeness: at a pop-up before a number is given, at every counter before a file is opened.

Web, counter and officer use one checklist, the catalogue's.
"""

from collections.abc import Iterable

from gerai_booking.refusals import IncompleteFiles
from gerai_booking.rules.catalogue import Requirement, Service
from gerai_booking.rules.checklist import Checklist, missing_of


def require_complete(service: Service, checklist: Checklist) -> None:
    """Refuse what is not complete, naming what is missing. Raises IncompleteFiles."""
    missing = missing_of(service.requirements, checklist)
    if missing:
        raise IncompleteFiles(missing=names_of(missing))


def names_of(requirements: Iterable[Requirement]) -> str:
    """Return what is missing as officers read it to citizens: in Indonesian."""
    return "; ".join(requirement.text.id for requirement in requirements)
