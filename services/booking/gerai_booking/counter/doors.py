"""Who is not signed in is led to the door."""

from collections.abc import Callable
from functools import wraps

from gerai_shared.refusals import SignInRequired
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.commands import Signed


def at_the_door(page: Callable[..., Response]) -> Callable[..., Response]:
    """Decorate a page: whoever is not signed in is led to the door."""

    @wraps(page)
    def led(self: Signed, request: Request, **values: str) -> Response:
        try:
            return page(self, request, **values)
        except SignInRequired:
            return see("/sign-in")

    return led


def see(address: str) -> Response:
    """Return the answer that sends a browser to another page."""
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
