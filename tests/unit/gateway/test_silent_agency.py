"""One agency is silent and many ask for it: they are told so at once, and everything else goes on."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import eventlet
import pytest
from eventlet.event import Event
from gerai_gateway.limiting import SHARE_OF_WORKERS, SILENT_AFTER_SECONDS, Waits
from gerai_shared.refusals import NotFound, Refused, Unavailable
from werkzeug.test import TestResponse

from tests.unit.gateway.conftest import Gateway
from tests.unit.gateway.test_interface import DAYS, booking

TOKEN = "immigration." + "A" * 43
BOOKING = {"json": booking()}


@pytest.fixture
def silence(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Immigration takes every request and answers none, until the event is sent."""
    over, answer = Event(), gateway.agencies._answer

    def silent(deployment: str, *asked) -> dict:
        if deployment == "booking-immigration":
            over.wait()
            raise Unavailable(retry_after=5)
        return answer(deployment, *asked)

    monkeypatch.setattr(gateway.agencies, "_answer", silent)
    # It has been silent for long enough before anybody asks.
    monkeypatch.setattr(gateway.mall.waits, "silent_after", 0.0)
    yield over
    if not over.ready():
        over.send(None)
    gateway.settle()


def crowd(gateway: Gateway, ask: Callable[[int], TestResponse]) -> list[TestResponse]:
    """As many as there are workers ask at once; return the answers that have come."""
    answers: list[TestResponse] = []
    for number in range(gateway.container.max_workers):
        eventlet.spawn(lambda number=number: answers.append(ask(number)))
    gateway.settle()
    return answers


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", f"tickets/{TOKEN}", {}),
        ("POST", f"tickets/{TOKEN}/cancel", {}),
        ("GET", "agencies/immigration/availability", {"query_string": DAYS}),
        ("POST", "agencies/immigration/tickets", BOOKING),
    ],
)
def test_a_silent_agency_holds_a_share_of_the_workers_and_the_others_answer(
    gateway, silence, method, path, options
) -> None:
    share = gateway.container.max_workers // SHARE_OF_WORKERS
    gateway.mall.limiter.admit_identity = lambda _identity: None
    answers = crowd(gateway, lambda n: gateway.api(method, path, key=f"key-000{n}", **options))
    assert len(answers) == gateway.container.max_workers - share
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json["code"] for answer in answers} == {"unavailable"}
    assert {answer.headers["Retry-After"] for answer in answers} == {"5"}
    assert gateway.client.get("/").status_code == 200
    other = {**DAYS, "service": "trademark"}
    assert gateway.api("GET", "agencies/legal/availability", query_string=other).status_code == 200
    assert gateway.api("GET", "agencies/immigration/services").status_code == 200


def test_once_the_silence_is_over_everybody_is_served_again(gateway, silence) -> None:
    answers = crowd(gateway, lambda _: gateway.api("GET", f"tickets/{TOKEN}"))
    silence.send(None)
    gateway.settle()
    assert len(answers) == gateway.container.max_workers
    assert not +gateway.mall.waits.by_deployment


def test_an_agency_that_never_told_anything_holds_no_more(gateway, silence) -> None:
    gateway.mall.catalogues._known.clear()
    share = gateway.container.max_workers // SHARE_OF_WORKERS
    answers = crowd(gateway, lambda _: gateway.api("GET", "agencies/immigration/services"))
    assert [answer.status_code for answer in answers] == [503] * (gateway.container.max_workers - share)


class Watch:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    """A clock at nought."""
    return Watch()


@pytest.fixture
def waits(watch: Watch) -> Waits:
    """Two may wait for a silent deployment."""
    return Waits(most=2, monotonic=watch)


@pytest.mark.parametrize("answer", [None, NotFound()])
def test_however_many_wait_for_an_agency_that_answers(
    waits: Waits, watch: Watch, answer: Refused | None
) -> None:
    with ExitStack() as waiting:
        for _ in range(50):
            waiting.enter_context(waits.place("booking-immigration"))
            watch.now += SILENT_AFTER_SECONDS / 2
            with suppress(NotFound), waits.place("booking-immigration"):
                if answer is not None:
                    raise answer
    assert not +waits.by_deployment


def test_an_agency_is_silent_when_nothing_was_heard_of_it_for_a_while(waits: Waits, watch: Watch) -> None:
    with ExitStack() as waiting:
        for _ in range(2):
            waiting.enter_context(waits.place("booking-immigration"))
        watch.now += SILENT_AFTER_SECONDS * 0.9
        with suppress(Unavailable), waits.place("booking-immigration"):
            # That it cannot work now is not what anybody waited for.
            raise Unavailable(retry_after=5)
        watch.now += SILENT_AFTER_SECONDS * 0.2
        with pytest.raises(Unavailable), waits.place("booking-immigration"):
            pass
        with waits.place("booking-legal"):
            pass
    with waits.place("booking-immigration"):
        pass


def test_when_all_are_silent_some_workers_stay_free(waits: Waits, watch: Watch) -> None:
    with ExitStack() as waiting:
        for number in range(4):
            waiting.enter_context(waits.place(f"agency-{number}"))
        watch.now += SILENT_AFTER_SECONDS
        for number in range(4):
            with pytest.raises(Unavailable), waits.place(f"agency-{number}"):
                pass
        with waits.place("an agency that was not asked yet"):
            pass
