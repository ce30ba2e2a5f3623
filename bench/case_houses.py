"""Databases of complaints, one with three years of cases and one without: the use cases at one, without a bus."""

import base64
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from uuid import uuid4

import structlog
from gerai_complaints.rules.case import Classification
from gerai_complaints.shapes import Contact, Filed, Filing, Keyring, Order
from gerai_complaints.usecases import clock, desk, escalating, filing, following, working
from gerai_shared import accounts, migrating
from gerai_shared.accounts import Officer
from gerai_shared.database import Database
from gerai_shared.sealing import Sealer
from sqlalchemy import select, text

from bench.measures import Context
from bench.running import MORNING

TODAY = date(2026, 12, 1)
AGENCY, SITE = "immigration", "kanim-serang"
PORTION = 50_000
#: So many in a thousand are open, and so many wait for the citizen's word; the others are over.
OPEN, ANSWERED = 5, 5
#: Their entries and audit rows have numbers behind those of what is there already.
BASE = 1_000_000_000
#: As in a mall of three years: most of them came before the last thirty days.
DAYS = 1100
PASSWORD = "a word of the bench"  # noqa: S105 - of nothing that lasts
TITLE = "Antrean tidak bergerak"
TEXT = "Sejak pagi loket itu tidak memanggil siapa pun, dan tidak ada yang memberi tahu mengapa. "

#: Numbers are those of the year before last, so that none is given out twice. Ids sort by time, as those that are given do.
_FILL = """
INSERT INTO complaints (id, number, classification, title, text, agency, site, service, anonymous, confidential, language,
    state, revision, received_at, received_on, time_zone, channel, assigned_to, is_oversight, due_on, working_days, due_basis,
    verify_by, follow_up_by, lapses_at, period_begins, due_at, climbed, climbs_at, level, taken_at, answered_at, closed_at,
    link_attempts)
SELECT id, 'P-2024-' || lpad(n::text, 9, '0'), 'complaint', '{title}', repeat('{text}', 4), agency, '{site}', 'passport-new',
    n % 20 = 0, n % 50 = 0, 'id', state, CASE WHEN is_open THEN 1 ELSE 4 END, came, came::date, 'Asia/Jakarta', 'web',
    CASE WHEN NOT is_open OR n % 3 = 0 THEN (SELECT min(id) FROM officers) END, false, due, 14, 'bench', came::date + 4,
    came::date + 11, CASE WHEN state = 'answered' THEN timestamptz '{today} 17:00Z' + (n / 1000 % 9 + 1) * interval '1 day' END,
    came::date, due + time '17:00', CASE WHEN is_open THEN n / 1000 % 4 ELSE 3 END,
    CASE WHEN is_open THEN timestamptz '{today} 17:00Z' + (n / 1000 % 9) * interval '1 day' END,
    CASE WHEN is_open AND n / 1000 % 4 = 3 THEN 'unit_head' END, CASE WHEN NOT is_open THEN came + interval '2 days' END,
    CASE WHEN NOT is_open THEN came + interval '9 days' END, CASE WHEN NOT is_open AND state <> 'answered' THEN came + interval '12 days' END, 0
FROM (
    SELECT n, '01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0') AS id,
        n % 1000 < {open} AS is_open,
        (ARRAY['immigration', 'police', 'tax', 'land'])[1 + n % 4] AS agency,
        CASE WHEN n % 1000 < {open} THEN 'received' WHEN n % 1000 < {open} + {answered} THEN 'answered'
            WHEN n % 1000 = 999 THEN 'refused' WHEN n % 3 = 0 THEN 'closed' ELSE 'accepted' END AS state,
        CASE WHEN n % 1000 < {open} + {answered} THEN timestamptz '{today} 01:00Z' - (n / 1000 % 25) * interval '1 day'
            ELSE timestamptz '{today} 01:00Z' - {days} * interval '1 day' + n * {days}.0 / {all} * interval '1 day' END AS came,
        CASE WHEN n % 1000 < {open} + {answered} THEN date '{today}' + 20 - (n / 1000 % 25)::int
            ELSE date '{today}' - {days} + 20 + (n * {days}.0 / {all})::int END AS due
    FROM {numbers}
) AS made;
INSERT INTO complaint_people (complaint_id, contact, reachable)
    SELECT '01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'), '{contact}', true FROM {numbers};
INSERT INTO complaint_entries (id, complaint_id, at, by, officer_id, kind, text)
    SELECT {base} + (n - 1) * 4 + step, '01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'), timestamptz '{today}' - interval '30 days',
        'system', NULL, (ARRAY['taken', 'note', 'answered', 'accepted'])[step], repeat('{text}', 2)
    FROM {numbers}, generate_series(1, 4) step;
INSERT INTO audit_rows (id, position, at, by, act, number, complaint_id, entry_id, digest, hash, salt)
    SELECT {base} + (n - 1) * 5 + step, {base} + (n - 1) * 5 + step, timestamptz '{today}' - interval '30 days', 'system', 'note',
        'P-2024-' || lpad(n::text, 9, '0'), '01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'),
        CASE WHEN step > 1 THEN {base} + (n - 1) * 4 + step - 1 END, repeat('d', 64), repeat('0', 64), repeat('5', 32)
    FROM {numbers}, generate_series(1, 5) step;
INSERT INTO commands (scope, key, fingerprint, response, created_at)
    SELECT 'complaints.file', 'filled-' || n, repeat('f', 64), '{{"id": "x"}}', timestamptz '{today}' - interval '9 days'
    FROM {numbers} WHERE n % 10 = 0
"""
_FILLED = """
SELECT setval(pg_get_serial_sequence('complaint_entries', 'id'), {base} + {cases} * 4 + 1);
SELECT setval(pg_get_serial_sequence('audit_rows', 'id'), {base} + {cases} * 5 + 1)
"""
_NUMBERS = "(SELECT n FROM generate_series({first}, {last}) AS n WHERE {which}) AS numbers"
_SOME = "SELECT id FROM complaints WHERE state = '{state}' ORDER BY id LIMIT {count}"
_LATE = """
DELETE FROM escalations WHERE complaint_id IN ({ids});
UPDATE complaints SET climbs_at = timestamptz '{now}' - interval '1 minute', climbed = 2,
    due_at = timestamptz '{now}' - interval '1 minute', period_begins = date '{now}' - 20, due_on = date '{now}' - 1
WHERE id IN ({ids})
"""
_SILENT = """
UPDATE complaints SET state = 'answered', closed_at = NULL, lapses_at = timestamptz '{now}' - interval '1 minute'
WHERE id IN ({ids})
"""


def under_way_of(cases: int) -> int:
    """Return how many of so many cases are under way: open, or waiting for the citizen's word."""
    return cases * (OPEN + ANSWERED) // 1000


def fill(
    run: Callable[[str], object],
    cases: int,
    *,
    sealer: Sealer,
    tell: Callable[[str], object],
    only_under_way: bool = False,
) -> None:
    """Have `run` execute what makes so many cases of others, some at a time, of which one officer has many.

    There is an officer already. `only_under_way`, those of them that are over are left out.
    """
    contact = sealer.seal({"name": "Warga Uji", "email": "warga@example.org", "phone": None})
    which = f"n % 1000 < {OPEN + ANSWERED}" if only_under_way else "true"
    for first in range(1, cases + 1, PORTION):
        last = min(first + PORTION - 1, cases)
        run(
            _FILL.format(
                title=TITLE,
                contact=contact,
                text=TEXT,
                site=SITE,
                today=TODAY,
                days=DAYS,
                all=cases,
                open=OPEN,
                answered=ANSWERED,
                base=BASE,
                numbers=_NUMBERS.format(first=first, last=last, which=which),
            )
        )
        tell(f"a full database: {last:,} of {cases:,} complaints")
    if cases:
        run(_FILLED.format(cases=cases, base=BASE))
    run("ANALYZE")


class CaseHouse:
    """The use cases of complaints at one database."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, pool_size=2)
        self.keyring = Keyring(
            deployment="complaints",
            secret="a secret of the bench, long enough",  # noqa: S106 - of nothing that lasts
            sealer=Sealer((base64.urlsafe_b64encode(b"b" * 32).decode(),)),
        )
        self._keys = (f"bench-{uuid4().hex[:12]}-{number}" for number in count())
        self._late = self._silent = ""
        self.officer = Officer(id="", username="", name="", role="officer")

    def open(self) -> None:
        """Have an officer at the desk."""
        with self.database.transaction() as session:
            if not accounts.exists(session, "bench"):
                accounts.create_officer(
                    session, username="bench", name="Bench", password=PASSWORD, role="officer", now=MORNING
                )
        self.sit_down()

    def sit_down(self) -> None:
        """Work as the officer who is there already."""
        table = accounts.officers.c
        with self.database.reading() as session:
            row = session.execute(select(table.id, table.username, table.name, table.role)).first()
        assert row is not None, "there is no officer"
        self.officer = Officer(id=row.id, username=row.username, name=row.name, role=row.role)

    def execute(self, statement: str) -> None:
        """Run a statement in a transaction of its own."""
        with self.database.transaction() as session:
            session.execute(text(statement.replace(":", "\\:")))

    def key(self) -> str:
        """Return a key that nobody has used."""
        return next(self._keys)

    def file(self) -> Filed:
        """File a complaint."""
        key, asked = self.key(), a_filing()
        with self.database.transaction() as session:
            return filing.file(
                session,
                asked,
                key=key,
                body={"title": asked.title, "text": asked.text},
                agencies=(),
                keyring=self.keyring,
                now=MORNING,
            )

    def take(self, number: str, revision: int) -> int:
        """Take it in hand; return its revision."""
        return self._order(
            working.take, Order(number=number, officer=self.officer, key=self.key(), revision=revision)
        )

    def answer(self, number: str, revision: int) -> int:
        """Answer it; return its revision."""
        order = Order(number=number, officer=self.officer, key=self.key(), revision=revision, text=TEXT)
        return self._order(working.reply, order)

    def _order(self, use_case: Callable[..., object], order: Order) -> int:
        with self.database.transaction() as session:
            case = use_case(session, order, keyring=self.keyring, now=MORNING)
        revision: int = case.summary.revision  # type: ignore[attr-defined]
        return revision

    def accept(self, token: str) -> None:
        """Accept the answer."""
        with self.database.transaction() as session:
            following.decide(
                session,
                token,
                decision="accept",
                text=None,
                key=self.key(),
                body={"token": token, "decision": "accept"},
                keyring=self.keyring,
                now=MORNING,
            )

    def track(self, token: str) -> None:
        """Look where a complaint stands."""
        with self.database.reading() as session:
            following.track(session, token, keyring=self.keyring, now=MORNING)

    def look(self, wanted: str, number: str = "") -> None:
        """Open the first page of a list of the desk."""
        with self.database.reading() as session:
            desk.list_cases(session, officer=self.officer, wanted=wanted, search=number, page=1, now=MORNING)

    def make_late(self, count: int) -> None:
        """Let the time come to climb, for the same ones each time."""
        self._late = self._late or self._some("received", count)
        self.execute(_LATE.format(now=MORNING.isoformat(), ids=self._late))

    def make_silent(self, count: int) -> None:
        """Let them have waited too long for the citizen's word, the same ones each time."""
        self._silent = self._silent or self._some("answered", count)
        self.execute(_SILENT.format(now=MORNING.isoformat(), ids=self._silent))

    def _some(self, state: str, count: int) -> str:
        with self.database.reading() as session:
            found = session.scalars(text(_SOME.format(state=state, count=count))).all()
        assert len(found) == count, f"only {len(found)} are {state}"
        return ", ".join(f"'{each}'" for each in found)

    def climb(self) -> int:
        """Let climb whose time has come."""
        with self.database.transaction() as session:
            return escalating.climb(session, keyring=self.keyring, now=MORNING)

    def scan(self) -> int:
        """Do what the clock does each minute, when nothing is due."""
        with self.database.transaction() as session:
            return escalating.adopt(session, now=MORNING) + escalating.climb(
                session, keyring=self.keyring, now=MORNING
            )

    def lapse(self) -> int:
        """End what has waited too long."""
        with self.database.transaction() as session:
            return clock.adopt_answered(session, now=MORNING) + clock.lapse(
                session, keyring=self.keyring, now=MORNING
            )


def a_filing() -> Filing:
    """Return what somebody complains about."""
    return Filing(
        classification=Classification.COMPLAINT.value,
        title=TITLE,
        text=TEXT * 3,
        agency=AGENCY,
        site=SITE,
        service="passport-new",
        anonymous=False,
        confidential=False,
        language="id",
        person=Contact(name="Warga Uji", email="warga@example.org"),
    )


@contextmanager
def opened(context: Context, *, cases: int, only_under_way: bool = False) -> Iterator[CaseHouse]:
    """Make a database with so many cases, or with those of them that are under way; drop it afterwards."""
    # Each complaint that climbs or lapses is logged: here thousands are.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    postgres = context.bench.mall.postgres
    name = f"cases_{uuid4().hex[:8]}"
    url = postgres.create_database(name)
    try:
        migrating.upgrade(url, "gerai_complaints")
        house = CaseHouse(url)
        house.open()
        fill(
            house.execute,
            cases,
            sealer=house.keyring.sealer,
            tell=context.tell,
            only_under_way=only_under_way,
        )
        postgres.sql("VACUUM ANALYZE", name)
        yield house
        house.database.close()
    finally:
        postgres.drop_database(name)
