"""The least that nameko can serve: `python -m bench.bare_server PORT` answers GET / with nothing."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402 - the standard library is patched first

from nameko.runners import ServiceRunner  # noqa: E402
from nameko.web.handlers import http  # noqa: E402
from werkzeug.wrappers import Request  # noqa: E402


class Bare:
    """Answers."""

    name = "bare"

    @http("GET", "/")
    def answer(self, _request: Request) -> str:
        """Say nothing."""
        return ""


if __name__ == "__main__":
    runner = ServiceRunner({"WEB_SERVER_ADDRESS": f"127.0.0.1:{sys.argv[1]}"})
    runner.add_service(Bare)
    runner.start()
    runner.wait()
