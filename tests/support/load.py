"""Citizens, officers and complainants who use the mall without a pause and remember every answer they got.

Whoever gets no answer asks again with the same key, as a browser or a kiosk would. Nothing here knows what
is being broken meanwhile.
"""

import http.client
import itertools
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.errand import Answer, Officer, ask, person
from tests.support.mall import BreakableMall
from tests.support.waiting import wait_until

#: How long somebody goes on asking before giving up.
PATIENCE_SECONDS = 110.0
THINKING_SECONDS = 0.2
#: No answer, not even a refusal, may take longer than an entrypoint's own limit.
SLOWEST_SECONDS = 16.0
AGAIN = frozenset({429, 503, 504})
#: Of the places of the busy hours, far more than the load can take.
WIDE = 5000
#: What a citizen asks for, by agency: site, service, and the counters that serve it.
ERRANDS = {
    "immigration": ("mpp-lebak", "passport-new", ("mpp-lebak.1", "mpp-lebak.2")),
    "legal": ("mpp-lebak", "apostille", ("mpp-lebak.4",)),
}


@dataclass(kw_only=True)
class Record:
    """What was asked and what was answered, in all threads together.

    Several scenarios share one mall and one record. `surprises`, `given_up` and `slowest` are those of the
    scenario under way, `known` the problems that an earlier one was blamed for already.

    `booked` and `filed` are acknowledged bookings (ticket id) and complaints (number) by key; `told` are
    the (agency, ticket id, revision, state) that somebody was shown as the outcome of a change.
    """

    keys: set[str] = field(default_factory=set)
    booked: dict[str, tuple[str, str]] = field(default_factory=dict)
    walked_in: dict[str, tuple[str, str]] = field(default_factory=dict)
    filed: dict[str, str] = field(default_factory=dict)
    told: set[tuple[str, str, int, str]] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    given_up: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    slowest: float = 0.0
    has_given_up_before: bool = False
    known: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Begin a scenario: what went wrong in earlier ones is not its fault."""
        self.has_given_up_before = self.has_given_up_before or bool(self.given_up)
        self.given_up.clear()
        self.surprises.clear()
        self.slowest = 0.0

    def news(self, problems: list[str]) -> list[str]:
        """Return the problems that no earlier scenario was blamed for."""
        found = [problem for problem in problems if problem not in self.known]
        self.known.update(found)
        return found

    def key(self) -> str:
        """Return a new idempotency key."""
        made = str(uuid.uuid4())
        self.keys.add(made)
        return made

    @property
    def has_given_up(self) -> bool:
        """Whether anybody ever went away without an answer."""
        return self.has_given_up_before or bool(self.given_up)

    def count(self, what: str) -> None:
        """Count a success; `what` is booked, changed, served, called or filed."""
        with self._lock:
            self.counts[what] += 1

    def seen(self, answer: Answer | None, seconds: float) -> None:
        """Note an answer, or that none came."""
        with self._lock:
            self.statuses[answer.status if answer else 0] += 1
            self.slowest = max(self.slowest, seconds)
        if answer is None:
            return
        if answer.status == 503 and not answer.headers.get("Retry-After"):
            self.surprises.append(f"503 without Retry-After: {answer.body}")
        if answer.status >= 500 and answer.status not in AGAIN:
            self.surprises.append(f"{answer.status}: {answer.body}")

    def tell(self, agency: str, ticket: dict[str, Any]) -> None:
        """Note the state in which a ticket was shown after a change."""
        self.told.add((agency, ticket["id"], ticket["revision"], ticket["state"]))


@dataclass(kw_only=True)
class Load:
    """Threads that use the mall between `start` and `stop`. As a context manager it does both."""

    mall: BreakableMall
    record: Record
    citizens: int = 3
    agencies: tuple[str, ...] = ("immigration", "legal")
    complains: bool = True
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    purposes: dict[str, str] = field(default_factory=dict)
    _threads: list[threading.Thread] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _places: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)

    def __enter__(self) -> "Load":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin."""
        for agency in self.agencies:
            self._places[agency] = places_of(self.mall, agency)
            self.purposes[agency] = self.mall.citizen(agency).purpose(ERRANDS[agency][1])
        for number in range(self.citizens):
            agency = self.agencies[number % len(self.agencies)]
            self._run(lambda n=number, a=agency: self._citizen(a, random.Random(n)))
        for agency in self.agencies:
            officer = self.mall.officer(agency)
            for counter in ERRANDS[agency][2]:
                self._run(lambda a=agency, o=officer, c=counter: self._officer(a, o, c))
        if self.complains:
            bearer = ask(
                "POST",
                f"{self.mall.desk}/api/v1/session",
                {"username": "pengaduan", "password": self.mall.password},
            ).body["token"]
            self._run(lambda: self._complainant(bearer, random.Random(0)))

    def stop(self) -> None:
        """End; whoever still waits for an answer gets one or gives up first."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=PATIENCE_SECONDS + SLOWEST_SECONDS + 10)
            assert not thread.is_alive(), "somebody hangs"

    def resume(self) -> None:
        """Begin again after `stop`."""
        self._threads.clear()
        self._stopping.clear()
        self.start()

    def flows(self, *, timeout: float = 20, **wanted: int) -> None:
        """Wait until so much more of each kind has been done: `flows(booked=10, served=2)`."""
        goals = {what: self.record.counts[what] + more for what, more in wanted.items()}

        def there() -> bool:
            return all(self.record.counts[what] >= goal for what, goal in goals.items())

        wait_until(there, timeout=timeout, message=f"{goals}, is {dict(self.record.counts)}")

    def places(self, agency: str) -> list[tuple[str, bool]]:
        """Return what `places_of` found; the first has room for all."""
        return self._places[agency]

    def _run(self, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - told by the invariants, in the test's own thread
                self.record.surprises.append(f"{type(error).__name__}: {error}")

        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _think(self) -> None:
        self._stopping.wait(THINKING_SECONDS)

    def _persist(self, send: Callable[[], Answer]) -> Answer | None:
        """Ask until there is an answer that is more than "try again"; None when patience is over."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            began = time.monotonic()
            answer = try_once(send)
            self.record.seen(answer, time.monotonic() - began)
            if answer is not None and answer.status not in AGAIN:
                return answer
            time.sleep(0.2)
        return None

    def _post(self, url: str, body: Any, *, key: str, bearer: str | None = None) -> Answer | None:
        answer = self._persist(
            lambda: ask("POST", url, body, key=key, bearer=bearer, timeout=SLOWEST_SECONDS + 4)
        )
        if answer is None:
            self.record.given_up.append(key)
        return answer

    def _citizen(self, agency: str, chance: random.Random) -> None:
        url = f"{self.mall.portal}/api/v1/agencies/{agency}/tickets"
        while not self._stopping.is_set():
            self._think()
            key = self.record.key()
            slot, is_today = chance.choice(self._places[agency])
            body = {
                "slot_id": slot,
                "purpose": self.purposes[agency],
                "precondition_met": True,
                "person": person(next(self.numbers)),
            }
            answer = self._post(url, body, key=key)
            if answer is None or not self._expect(answer, 201, {"slot_full", "day_full"}):
                continue
            self.record.booked[key] = (agency, answer.body["ticket"]["id"])
            self.record.tell(agency, answer.body["ticket"])
            self.record.count("booked")
            if chance.random() < 0.1:
                self._book_again(url, body, key, answer.body["ticket"]["id"])
            self._change(agency, answer.body["token"], chance, is_today=is_today)

    def _book_again(self, url: str, body: Any, key: str, ticket_id: str) -> None:
        """A repeat that comes late, after the answer: it must get the same ticket."""
        again = self._post(url, body, key=key)
        if again is not None and (again.status != 201 or again.body["ticket"]["id"] != ticket_id):
            self.record.surprises.append(f"a repeat got another answer: {again}")

    def _change(self, agency: str, token: str, chance: random.Random, *, is_today: bool) -> None:
        """Some cancel, some move, and whoever booked for now checks in."""
        dice, body, verb = chance.random(), {}, ""
        if dice < 0.15:
            verb = "cancel"
        elif dice < 0.25:
            verb, body = "reschedule", {"slot_id": chance.choice(self._places[agency])[0]}
        elif is_today:
            verb = "check-in"
        if not verb:
            return
        url = f"{self.mall.portal}/api/v1/tickets/{token}/{verb}"
        answer = self._post(url, body, key=self.record.key())
        refusals = {"slot_full", "day_full"} if verb == "reschedule" else set()
        if answer is not None and self._expect(answer, 200, refusals):
            self.record.tell(agency, answer.body["ticket"])
            self.record.count("changed")

    def _officer(self, agency: str, officer: Officer, counter: str) -> None:
        site, service, _counters = ERRANDS[agency]
        while not self._stopping.is_set():
            self._think()
            key = self.record.key()
            answer = self._persist_step(key, lambda k=key: officer.walk_in(service, site, key=k))
            if answer is not None and self._expect(answer, 201, set()):
                self.record.walked_in[key] = (agency, answer.body["ticket"]["id"])
                self.record.tell(agency, answer.body["ticket"])
            for verb in ("call-next", "start", "finish"):
                key = self.record.key()
                answer = self._persist_step(key, lambda k=key, v=verb: officer.step(counter, v, {}, key=k))
                # Who gave up on an answer finds the counter where the unanswered step has left it.
                left = {"nobody_waits", "counter_busy", "counter_idle", "transition_not_allowed"}
                if answer is None or not self._expect(
                    answer, 200, left if self.record.has_given_up else set()
                ):
                    continue
                self.record.tell(agency, answer.body["ticket"])
                self.record.count("called" if verb == "call-next" else verb)
                if verb == "finish":
                    self.record.count("served")

    def _persist_step(self, key: str, send: Callable[[], Answer]) -> Answer | None:
        answer = self._persist(send)
        if answer is None:
            self.record.given_up.append(key)
        return answer

    def _complainant(self, bearer: str, chance: random.Random) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(4 * THINKING_SECONDS)
            key = self.record.key()
            body = {
                "classification": "complaint",
                "title": "Menunggu terlalu lama",
                "text": "Nomor saya dilewati dan tidak ada penjelasan.",
                "agency": "immigration",
                "person": {"name": "Warga Contoh", "email": "warga@example.org"},
            }
            answer = self._post(f"{self.mall.portal}/api/v1/complaints", body, key=key)
            if answer is None or not self._expect(answer, 201, set()):
                continue
            self.record.filed[key] = answer.body["number"]
            self.record.count("filed")
            if chance.random() < 0.5:
                self._settle(answer.body["number"], answer.body["token"], bearer)

    def _settle(self, number: str, token: str, bearer: str) -> None:
        url = f"{self.mall.desk}/api/v1/cases/{number}"
        case = self._persist(lambda: ask("GET", url, bearer=bearer))
        if case is None or not self._expect(case, 200, set()):
            return
        body = {"revision": case.body["revision"]}
        taken = self._post(f"{url}/take", body, key=self.record.key(), bearer=bearer)
        if taken is None or not self._expect(taken, 200, set()):
            return
        body = {"revision": taken.body["revision"], "text": "Kami mohon maaf, petugas sudah ditegur."}
        replied = self._post(f"{url}/reply", body, key=self.record.key(), bearer=bearer)
        if replied is not None and self._expect(replied, 200, set()):
            url = f"{self.mall.portal}/api/v1/complaints/{token}/accept"
            accepted = self._post(url, {}, key=self.record.key())
            if accepted is not None and self._expect(accepted, 200, set()):
                self.record.count("settled")

    def _expect(self, answer: Answer, status: int, codes: set[str]) -> bool:
        """Tell whether the answer is the hoped for; note it when it is not even a fair refusal."""
        if answer.status == status:
            return True
        code = answer.body.get("code") if isinstance(answer.body, dict) else None
        if code not in codes:
            self.record.surprises.append(f"{answer.status} instead of {status}: {answer.body}")
        return False


def try_once(send: Callable[[], Answer]) -> Answer | None:
    """Return the answer, None when the connection was refused or broke."""
    try:
        return send()
    except (OSError, http.client.HTTPException):
        return None


def places_of(mall: BreakableMall, agency: str) -> list[tuple[str, bool]]:
    """Return slots to choose from, and whether one may check in there now.

    Most wishes are for hours with room for all; some for ordinary hours, and a few for one that is soon full.
    """
    site, service, _counters = ERRANDS[agency]
    rows = mall.query(
        agency_database(agency),
        # As far ahead as every agency has opened its days on the mall's first day.
        "SELECT id FROM slots WHERE site = %s AND service = %s AND day BETWEEN '2026-12-02' AND '2026-12-04' "
        "ORDER BY starts_at",
        site,
        service,
    )
    ordinary = [(str(slot), False) for (slot,) in rows]
    return [(busy_slot(agency), True)] * 20 + ordinary[1:20] + [ordinary[0]] * 3


def busy_slot(agency: str) -> str:
    """Return the hour at ten o'clock of the mall's first day, for which one may check in already."""
    site, service, _counters = ERRANDS[agency]
    return f"{site}.{service}.20261201T0300Z"


def make_room(mall: BreakableMall) -> None:
    """Give the first day's ten o'clock room for everybody who comes during the tests."""
    for agency, (site, _service, _counters) in ERRANDS.items():
        mall.query(
            agency_database(agency),
            "UPDATE slots SET capacity = %s WHERE id = %s",
            WIDE,
            busy_slot(agency),
        )
        mall.query(
            agency_database(agency),
            "UPDATE day_quotas SET capacity = %s WHERE channel = 'online' AND site = %s AND day = '2026-12-01'",
            WIDE,
            site,
        )


def agency_database(agency: str) -> str:
    """Return the name of an agency's deployment."""
    return f"booking-{agency}"
