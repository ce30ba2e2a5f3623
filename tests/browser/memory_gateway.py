"""A gateway with agencies in memory, served in a process of its own: a browser and green threads do not mix.

`python -m tests.browser.memory_gateway <port>` prints the token of a served ticket and a kiosk's key as JSON.
"""

import json
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

from gerai_gateway.limits import Limits
from gerai_shared.ticket import State

from tests.unit.gateway.browsing import booked
from tests.unit.gateway.conftest import make_gateway


class Silent(WSGIRequestHandler):
    """Writes no lines about requests."""

    def log_message(self, *_: object) -> None:
        """Write nothing."""


def main() -> None:
    """Serve until somebody ends the process."""
    gateway = make_gateway(Limits(writes=100_000, reads=1_000_000, identity_writes=1_000))
    token = booked(gateway)
    gateway.agencies.change(token, State.SERVED)
    key = gateway.agencies.add_device()
    server = make_server("127.0.0.1", int(sys.argv[1]), gateway.server.get_wsgi_app(), handler_class=Silent)
    sys.stdout.write(json.dumps({"token": token, "key": key}) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
