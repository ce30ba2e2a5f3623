"""Immigration's counters with as many counters as are wanted: `python -m bench.counter_process PORT URL COUNT`.

The tables are there. Makes an officer for each counter, who is signed in, and people who wait for them. Serves as
the role `counter` does. Prints a line of JSON when it listens: {"counters": [code], "tokens": [bearer]}.
"""

from gerai_shared.green import make_green

make_green()

import json  # noqa: E402 - nothing may be imported before the patch
import sys  # noqa: E402
from dataclasses import replace  # noqa: E402
from datetime import UTC, datetime  # noqa: E402

from cryptography.fernet import Fernet  # noqa: E402
from gerai_booking import agencies, roles  # noqa: E402
from gerai_booking.rules.catalogue import Agency, Counter, Text  # noqa: E402
from gerai_booking.usecases import plan, planning  # noqa: E402
from gerai_shared import accounts, runtime  # noqa: E402
from gerai_shared.deployment import Deployment, deployment_of  # noqa: E402
from gerai_shared.settings import Settings  # noqa: E402
from sqlalchemy import text  # noqa: E402

from bench.houses import SITE, TODAY, waiting_people  # noqa: E402
from bench.running import MORNING  # noqa: E402
from tests.support.passwords import hash_quickly  # noqa: E402

SERVICES = ("passport-new", "passport-renewal", "passport-child")
PASSWORD = "a word of the bench"  # noqa: S105 - of nothing that lasts
FIRST_COUNTER = 101
#: Far more than are called while anybody measures: five thousand wait for two hundred counters.
PEOPLE_A_COUNTER = 25


def agency_with(count: int) -> Agency:
    """Return immigration with `count` counters at the site, all for the same services."""
    sample = agencies.load("immigration", TODAY)
    codes = [str(FIRST_COUNTER + number) for number in range(count)]
    counters = tuple(
        Counter(site=SITE, code=code, name=Text(id=f"Loket {code}", en=f"Counter {code}"), services=SERVICES)
        for code in codes
    )
    return replace(sample, counters=counters)


def fill(deployment: Deployment, agency: Agency) -> list[str]:
    """Open the day, let people wait, sign an officer in for each counter; return the bearers."""
    now, tokens = deployment.clock.now(), []
    office = deployment.extras["office"]
    people = PEOPLE_A_COUNTER * len(agency.counters)
    with deployment.database.transaction() as session:
        plan.follow_catalogue(session, office, now=now)
        planning.open_days(session, office, now=now, days=1)
        session.execute(text(waiting_people(people, site=SITE, services=SERVICES)))
        for counter in agency.counters:
            username = f"officer{counter.code}"
            accounts.create_officer(
                session, username=username, name=username, password=PASSWORD, role="officer", now=now
            )
            signed = accounts.sign_in(session, username=username, password=PASSWORD, now=now)
            assert isinstance(signed, tuple)
            tokens.append(signed[0])
    with deployment.database.transaction() as session:
        session.execute(text("ANALYZE"))
    return tokens


def main(port: int, url: str, count: int) -> int:
    """Serve until told to stop."""
    hash_quickly()
    deployment = deployment_of(
        Settings(
            deployment="booking-immigration",
            environment="test",
            database_url=url,
            http_address=f"127.0.0.1:{port}",
            secret_key="s" * 40,
            identity_key="i" * 40,
            sealing_keys=(Fernet.generate_key().decode(),),
            clock_offset=MORNING - datetime.now(UTC),
            log_level="ERROR",
            drain_seconds=3.0,
        )
    )
    agency = agency_with(count)
    runtime.start_logs(deployment)
    runner = runtime.Runner()
    roles.build(deployment, runner, "counter", agency=agency)
    told = {"counters": [counter.code for counter in agency.counters], "tokens": fill(deployment, agency)}

    def announce() -> None:
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()

    return runtime.serve(runner, drain_seconds=3.0, announce=announce)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
