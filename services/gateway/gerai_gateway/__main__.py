"""`python -m gerai_gateway serve`."""

from gerai_shared.green import make_green

make_green()

import argparse  # noqa: E402 - the standard library is patched before anything else is imported
import sys  # noqa: E402
from functools import partial  # noqa: E402

from gerai_shared.deployment import deployment_of  # noqa: E402
from gerai_shared.runtime import Runner, exit_with, serve, start_logs  # noqa: E402
from gerai_shared.settings import InvalidSettings, Settings, read_settings  # noqa: E402

DEPLOYMENT = "gateway"


def main() -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m gerai_gateway", description="The portal and public interface."
    )
    parser.add_subparsers(dest="command", required=True).add_parser("serve", help="run until SIGTERM")
    parser.parse_args()
    from gerai_gateway.roles import build

    try:
        settings = _settings()
    except InvalidSettings as problems:
        return exit_with(problems)
    deployment = deployment_of(settings)
    runner = Runner()
    build(deployment, runner)
    start_logs(deployment)
    return serve(runner, drain_seconds=settings.drain_seconds)


def _settings() -> Settings:
    """Read the settings. Raises InvalidSettings with every problem in it, also of limits and voice."""
    from gerai_gateway.limits import read_limits
    from gerai_gateway.speech.settings import read_speech

    read = partial(read_settings, DEPLOYMENT, needs=frozenset({"agencies"}))
    problems = []
    for attempt in (read, read_limits, read_speech):
        try:
            attempt()
        except InvalidSettings as problem:
            problems.append(str(problem))
    if problems:
        raise InvalidSettings("\n".join(problems))
    return read()


if __name__ == "__main__":
    sys.exit(main())
