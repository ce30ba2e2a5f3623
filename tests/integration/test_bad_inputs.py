"""What citizens get wrong, from HTTP to the engine's database: each has its own answer, in both languages, and
nothing is changed by it.
"""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.errand import person
from tests.support.whole_mall import running_mall

BOOK, HOLD = "agencies/immigration/tickets", "agencies/immigration/holds"
PLACE = "mpp-lebak.passport-new"
#: Hours in UTC: over already, free, and three that the tests fill or close.
PAST, FREE, OTHER = f"{PLACE}.20261201T0100Z", f"{PLACE}.20261202T0200Z", f"{PLACE}.20261202T0300Z"
FULL, ON_FULL_DAY, CLOSED = (
    f"{PLACE}.20261202T0700Z",
    f"{PLACE}.20261203T0200Z",
    f"{PLACE}.20261205T0200Z",
)
BEFORE = "2026-12-01 01:00:00.000000"
LANGUAGES = ("id", "en")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request of a citizen."""

    method: str
    path: str
    body: Any = None
    key: str | None = None


@dataclass(kw_only=True)
class Scene:
    """A running mall, and the engine's database behind its back."""

    portal: str
    database: Path
    people: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    keys: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def key(self) -> str:
        return f"key-{next(self.keys):06d}"

    def send(self, asked: Asked, language: str = "id") -> requests.Response:
        headers = {"Accept-Language": language, **({"Idempotency-Key": asked.key} if asked.key else {})}
        address = f"{self.portal}/api/v1/{asked.path}"
        return requests.request(asked.method, address, json=asked.body, headers=headers, timeout=20)

    def booking(self, slot: str = FREE, *, key: str | None = None, **changes: Any) -> Asked:
        who = {**person(next(self.people)), **changes.pop("person", {})}
        body = {"slot_id": slot, "purpose": "holiday", "person": who, **changes}
        return Asked(method="POST", path=BOOK, body=body, key=key or self.key())

    def done(self, asked: Asked) -> dict[str, Any]:
        answer = self.send(asked)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    def booked(self) -> str:
        return str(self.done(self.booking())["token"])

    def change(self, token: str, verb: str, **body: Any) -> Asked:
        return Asked(method="POST", path=f"tickets/{token}/{verb}", body=body, key=self.key())

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database, timeout=10)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def rows(self) -> list[list[tuple[Any, ...]]]:
        return [
            self.sql("SELECT * FROM tickets ORDER BY id"),
            self.sql("SELECT site, day, service, taken FROM day_quotas ORDER BY site, day, service"),
            self.sql("SELECT id, taken FROM slots ORDER BY id"),
            self.sql("SELECT event_id FROM outbox ORDER BY position"),
        ]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("mall")
    with running_mall(folder) as mall:
        scene = Scene(portal=mall.portal, database=folder / "booking-immigration.sqlite")
        scene.sql("UPDATE slots SET capacity = 0 WHERE id = ?", FULL)
        scene.sql("UPDATE day_quotas SET capacity = 0 WHERE site = 'mpp-lebak' AND day = '2026-12-03'")
        yield scene


def a_hold_that_ran_out(scene: Scene) -> Asked:
    held = scene.done(Asked(method="POST", path=HOLD, body={"slot_id": FREE}, key=scene.key()))
    scene.sql("UPDATE tickets SET held_until = ? WHERE id = ?", BEFORE, held["ticket"]["id"])
    asked = scene.booking(hold_token=held["token"])
    del asked.body["slot_id"]
    return asked


def a_key_with_other_contents(scene: Scene) -> Asked:
    first = scene.booking()
    scene.done(first)
    return scene.booking(OTHER, key=first.key)


def a_ticket_whose_hour_has_begun(scene: Scene) -> Asked:
    token = scene.booked()
    ticket = scene.done(Asked(method="GET", path=f"tickets/{token}"))["ticket"]
    scene.sql("UPDATE tickets SET slot_starts_at = ? WHERE id = ?", BEFORE, ticket["id"])
    return scene.change(token, "cancel")


def somebody_twice(scene: Scene) -> Asked:
    first = scene.booking()
    scene.done(first)
    return scene.booking(OTHER, person=first.body["person"])


def a_strangers_token(scene: Scene) -> Asked:
    token = scene.booked()
    return scene.change(token[:-1] + ("A" if token[-1] != "A" else "B"), "cancel")


def availability(site: str = "mpp-lebak", service: str = "passport-new", first: str = "2026-12-02") -> Asked:
    question = f"site={site}&service={service}&from={first}&to=2026-12-02"
    return Asked(method="GET", path=f"agencies/immigration/availability?{question}")


Row = tuple[Callable[[Scene], Asked], int, str]
ROWS: dict[str, Row] = {
    "an hour that is over": (lambda s: s.booking(PAST), 409, "slot_past"),
    "an hour that is full": (lambda s: s.booking(FULL), 409, "slot_full"),
    "a day that is full": (lambda s: s.booking(ON_FULL_DAY), 409, "day_full"),
    "a day that is closed": (lambda s: s.booking(CLOSED), 409, "slot_closed"),
    "an hour that is none": (lambda s: s.booking(f"{PLACE}.20261202T0130Z"), 404, "unknown_slot"),
    "no slot at all": (lambda s: s.booking("tomorrow morning"), 422, "invalid_request"),
    "a move to a full hour": (
        lambda s: s.change(s.booked(), "reschedule", slot_id=FULL),
        409,
        "slot_full",
    ),
    "a hold of a full hour": (
        lambda s: Asked(method="POST", path=HOLD, body={"slot_id": FULL}, key=s.key()),
        409,
        "slot_full",
    ),
    "an agency that is none": (
        lambda s: replace(s.booking(), path="agencies/police/tickets"),
        404,
        "unknown_agency",
    ),
    "a place that is none": (lambda _: availability(site="nowhere"), 404, "unknown_site"),
    "a service that is none": (lambda _: availability(service="haircut"), 404, "unknown_service"),
    "a day that is none": (lambda _: availability(first="2026-02-30"), 422, "invalid_request"),
    "a hold that ran out": (a_hold_that_ran_out, 410, "hold_expired"),
    "a change of what was seen long ago": (
        lambda s: s.change(s.booked(), "cancel", revision=99),
        409,
        "stale_revision",
    ),
    "a change when the hour has begun": (a_ticket_whose_hour_has_begun, 409, "too_late_to_change"),
    "a check-in a day early": (lambda s: s.change(s.booked(), "check-in"), 409, "wrong_day"),
    "a key used for something else": (a_key_with_other_contents, 409, "idempotency_key_reused"),
    "a write without a key": (
        lambda s: Asked(method="POST", path=BOOK, body=s.booking().body),
        400,
        "idempotency_key_missing",
    ),
    "a second ticket": (somebody_twice, 409, "open_ticket_exists"),
    "a stranger's token": (a_strangers_token, 404, "unknown_ticket"),
    "an unknown field": (lambda s: s.booking(nickname="Budi"), 422, "invalid_request"),
    "a wrong type": (lambda s: s.booking(priority="yes"), 422, "invalid_request"),
    "an impossible birthday": (
        lambda s: s.booking(person={"birth_date": "1990-02-30"}),
        422,
        "invalid_request",
    ),
    "a NIK of no province": (lambda s: s.booking(person={"nik": "0002146508900001"}), 422, "invalid_request"),
    "a body that is none": (
        lambda s: Asked(method="POST", path=BOOK, body=["x"], key=s.key()),
        400,
        "unreadable_body",
    ),
    "a body too large": (lambda s: s.booking(person={"name": "x" * 70_000}), 413, "body_too_large"),
    "a wrong method": (lambda s: Asked(method="PUT", path=BOOK, key=s.key()), 405, "method_not_allowed"),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_what_is_wrong_is_said_in_both_languages_and_changes_nothing(scene: Scene, row: Row) -> None:
    prepare, status, code = row
    asked = prepare(scene)
    before = scene.rows()
    answers = [scene.send(asked, language) for language in LANGUAGES]
    said = [answer.json() for answer in answers]
    assert [(answer.status_code, each["code"]) for answer, each in zip(answers, said, strict=True)] == [
        (status, code)
    ] * 2
    assert [answer.headers["Content-Language"] for answer in answers] == list(LANGUAGES)
    assert said[0]["title"] != said[1]["title"]
    assert all(each["title"] for each in said)
    if code == "invalid_request":
        texts = [each["details"]["fields"] for each in said]
        assert texts[0].keys() == texts[1].keys()
        assert all(texts[0][path] != texts[1][path] for path in texts[0])
    assert scene.rows() == before
