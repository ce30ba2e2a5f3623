"""What single people do in the middle of a fault, with a watch in hand."""

import time
from collections.abc import Callable
from functools import partial

from tests.support.errand import Answer, Officer, ask, person
from tests.support.load import Load, Record
from tests.support.mall import BreakableMall

#: A counter that the load leaves alone, and what it serves.
COUNTER, SITE, SERVICE = "kanim-serang.1", "kanim-serang", "passport-renewal"
#: What an officer may have to wait, with a machine that is busy besides.
OFFICER_SECONDS = 2.0
#: A gateway's own deadline is five seconds.
CITIZEN_SECONDS = 6.5


def timed(send: Callable[[], Answer]) -> tuple[Answer, float]:
    """Return an answer and how many seconds it took."""
    began = time.monotonic()
    answer = send()
    return answer, time.monotonic() - began


def serve_somebody(officer: Officer, record: Record) -> None:
    """Give a ticket, call, begin and finish, each within OFFICER_SECONDS."""
    key = record.key()
    answer, seconds = timed(partial(officer.walk_in, SERVICE, SITE, key=key))
    assert (answer.status, seconds < OFFICER_SECONDS) == (201, True), (answer, seconds)
    record.walked_in[key] = ("immigration", answer.body["ticket"]["id"])
    record.tell("immigration", answer.body["ticket"])
    for verb in ("call-next", "start", "finish"):
        answer, seconds = timed(partial(officer.step, COUNTER, verb, {}, key=record.key()))
        assert (answer.status, seconds < OFFICER_SECONDS) == (200, True), (verb, answer, seconds)
        record.tell("immigration", answer.body["ticket"])


def book_once(mall: BreakableMall, load: Load, agency: str = "immigration") -> tuple[Answer, float, str]:
    """Try to book, without asking again; return the answer, its seconds and the key."""
    key = load.record.key()
    slot, _is_today = load.places(agency)[0]
    body = {
        "slot_id": slot,
        "purpose": load.purposes[agency],
        "precondition_met": True,
        "person": person(next(load.numbers)),
    }
    url = f"{mall.portal}/api/v1/agencies/{agency}/tickets"
    answer, seconds = timed(lambda: ask("POST", url, body, key=key))
    if answer.status == 201:
        load.record.booked[key] = (agency, answer.body["ticket"]["id"])
        load.record.tell(agency, answer.body["ticket"])
    return answer, seconds, key


def refused_in_time(answer: Answer, seconds: float) -> bool:
    """Tell whether somebody was honestly told to come again, and soon."""
    return answer.status == 503 and int(answer.headers["Retry-After"]) > 0 and seconds < CITIZEN_SECONDS
