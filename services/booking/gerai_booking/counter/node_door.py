"""What can be done at a site node: the work of counters; everything else is done at the centre."""

from gerai_shared.overseers import Access, Door
from werkzeug.wrappers import Request

from gerai_booking.refusals import OnlyAtCentre

#: What changes something and is brought to the centre afterwards, by the beginning of its address.
CARRIED = (
    "/sign-in",
    "/sign-out",
    "/counters/",
    "/api/v1/session",
    "/api/v1/walk-ins",
    "/api/v1/check-ins",
    "/api/v1/counters/",
    # A node's own kiosks, displays and printers; they are not brought to the centre.
    "/devices",
)
READING = frozenset({"GET", "HEAD"})


class NodeDoor:
    """Stands before every entrypoint of a node: what nobody would bring to the centre is not begun here."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def __call__(self, request: Request, access: Access) -> None:
        """Refuse what is the centre's. Raises OnlyAtCentre, and what the door itself raises."""
        self._door(request, access)
        if request.method not in READING and not request.path.startswith(CARRIED):
            raise OnlyAtCentre
