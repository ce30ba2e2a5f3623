"""Immigration's counters in a process of their own: `python -m tests.browser.counter_process PORT FILE`.

The database alone, no bus. It is a Tuesday, five past nine in Jakarta, when it starts; five citizens have
booked at ten o'clock, the last of whom is no woman as the NIK says, and one who missed yesterday's visit says
why. Prints one line of JSON when it listens: the numbers of the booked tickets.
"""

from gerai_shared.green import make_green

make_green()

import json  # noqa: E402 - nothing may be imported before the patch
import sys  # noqa: E402
from dataclasses import replace  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402

from cryptography.fernet import Fernet  # noqa: E402
from gerai_booking import agencies, roles, schemas  # noqa: E402
from gerai_booking.usecases import appeals, availability, booking, plan, planning  # noqa: E402
from gerai_booking.usecases.applicants import applicant_of  # noqa: E402
from gerai_booking.usecases.office import Office  # noqa: E402
from gerai_shared import accounts, migrating, runtime  # noqa: E402
from gerai_shared.commands import fingerprint  # noqa: E402
from gerai_shared.deployment import Deployment, deployment_of  # noqa: E402
from gerai_shared.settings import Settings  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from tests.browser.officers import OFFICERS, PASSWORD  # noqa: E402
from tests.support.passwords import hash_quickly  # noqa: E402

FIVE_PAST_NINE = datetime(2026, 12, 1, 2, 5, tzinfo=UTC)
SITE = "mpp-lebak"
BOOKINGS = 5
SAID = "Anak saya mendadak sakit dan harus dirawat."


def settings(port: int, database_file: str) -> Settings:
    """Everything a counter needs."""
    return Settings(
        deployment="booking-immigration",
        environment="test",
        database_url=f"sqlite:///{database_file}",
        http_address=f"127.0.0.1:{port}",
        secret_key="s" * 40,
        identity_key="i" * 40,
        sealing_keys=(Fernet.generate_key().decode(),),
        clock_offset=FIVE_PAST_NINE - datetime.now(UTC),
        log_level="WARNING",
        drain_seconds=3.0,
    )


def fill(deployment: Deployment, office: Office) -> list[str]:
    """Open the days, add officers, book five places at ten; return the numbers."""
    now = deployment.clock.now()
    with deployment.database.transaction() as session:
        plan.follow_catalogue(session, office, now=now)
        planning.open_days(session, office, now=now, days=1)
        for username, name, role in OFFICERS:
            accounts.create_officer(
                session, username=username, name=name, password=PASSWORD, role=role, now=now
            )
        today = office.today(SITE, now)
        found = availability.availability(
            session, office, site=SITE, service="passport-new", first=today, last=today, now=now
        )
        slots = found["days"][0]["slots"]
        slot = next(slot["id"] for slot in slots if "T03:00" in slot["starts_at"])
        wishes = [request(office, slot, count) for count in range(1, BOOKINGS + 1)]
        answers = booking.book_batch(session, office, wishes, now=now)
        miss_yesterday(session, office, now=now)
    return [answer["ticket"]["number"] for answer in answers.values() if isinstance(answer, dict)]


def miss_yesterday(session: Session, office: Office, *, now: datetime) -> None:
    """Have somebody miss a visit of yesterday, and say why."""
    before = now - timedelta(days=1)
    planning.open_days(session, office, now=before, days=0)
    yesterday = office.today(SITE, before)
    found = availability.availability(
        session, office, site=SITE, service="passport-new", first=yesterday, last=yesterday, now=before
    )
    wish = request(office, found["days"][0]["slots"][-1]["id"], BOOKINGS + 1)
    answer = booking.book_batch(session, office, [wish], now=before)[wish.key]
    planning.close_days(session, office, now=now)
    assert isinstance(answer, dict)
    appeals.file(session, office, token=answer["token"], text=SAID, now=now)


def request(office: Office, slot: str, count: int) -> booking.BookingRequest:
    """One booking of a made-up citizen."""
    body = {
        "slot_id": slot,
        "purpose": office.service("passport-new").purposes[0].code,
        "validity_years": 10 if count == BOOKINGS else None,
        "person": {
            "name": f"Warga Uji {count}",
            "nik": f"360214650890{count:04d}",
            "email": f"w{count}@example.org",
            **({"sex": "male"} if count == BOOKINGS else {}),
        },
    }
    return booking.BookingRequest(
        key=f"booking-{count:04d}",
        fingerprint=fingerprint(body),
        slot_id=slot,
        hold_id=None,
        applicant=applicant_of(schemas.BookingSchema().load(body), office),
    )


def main(port: int, database_file: str) -> int:
    """Serve until the process is ended."""
    hash_quickly()
    deployment = deployment_of(settings(port, database_file))
    migrating.upgrade(deployment.settings.database_url, "gerai_booking")
    agency = agencies.load("immigration", FIVE_PAST_NINE.date())
    # Nobody waits here for a second call or an absence.
    hurried = tuple(replace(rule, recall_seconds=0, absent_seconds=0) for rule in agency.floor_rules)
    agency = replace(agency, floor_rules=hurried)
    runtime.start_logs(deployment)
    runner = runtime.Runner()
    roles.build(deployment, runner, "counter", agency=agency)
    numbers = fill(deployment, deployment.extras["office"])

    def announce() -> None:
        sys.stdout.write(json.dumps(numbers) + "\n")
        sys.stdout.flush()

    return runtime.serve(runner, drain_seconds=3.0, announce=announce)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]), sys.argv[2]))
