"""Free places, kept for moments: thousands look at the same days before one of them books.

An answer is thrown away when an event tells that something changed at its site, and after a few seconds
in any case, because hours pass and holds run out. Under a rush it is asked for anew at most a few times
a second; whoever books is served by the agency itself, so that an old answer can oversell nothing.
"""

import json
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from eventlet.event import Event
from gerai_shared.refusals import Refused, from_wire, to_wire

from gerai_gateway.catalogues import Ask, Json
from gerai_gateway.limiting import Waits

FRESH_SECONDS = 5.0
#: How long an agency may take.
ANSWER_SECONDS = 5.0
#: Under a rush an answer may be this old although places were taken since.
SHORTEST_SECONDS = 0.25
MOST_ANSWERS = 500


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which days of which service where, or of all there; days as YYYY-MM-DD, both included."""

    agency: str
    site: str
    service: str | None = None
    first: str
    last: str

    @property
    def method(self) -> str:
        """What the agency is asked."""
        return "site_availability" if self.service is None else "availability"

    @property
    def payload(self) -> Json:
        """What it is asked with."""
        service = {} if self.service is None else {"service": self.service}
        return {"site": self.site, **service, "from": self.first, "to": self.last}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the agency said, as JSON ready to be sent, and as values."""

    body: bytes
    values: Json


@dataclass(kw_only=True)
class _Kept:
    answer: Answer
    asked_at: float
    is_outdated: bool = False


@dataclass(kw_only=True)
class Availability:
    """Answers of the agencies by question."""

    ask: Ask
    waits: Waits
    monotonic: Callable[[], float] = time.monotonic
    _kept: OrderedDict[Question, _Kept] = field(default_factory=OrderedDict)
    _by_place: dict[tuple[str, str], set[Question]] = field(default_factory=dict)
    _under_way: dict[Question, Event] = field(default_factory=dict)
    _changes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def of(self, question: Question, *, deadline: float = ANSWER_SECONDS) -> Answer:
        """Return the answer to a question, asked once for all who have it at this moment. Raises Refused."""
        kept = self._kept.get(question)
        if kept is not None:
            age = self.monotonic() - kept.asked_at
            if age < (SHORTEST_SECONDS if kept.is_outdated else FRESH_SECONDS):
                return kept.answer
        with self.waits.place(f"booking-{question.agency}"):
            under_way = self._under_way.get(question)
            if under_way is None:
                return self._fetch(question, deadline)
            outcome: Answer | Json = under_way.wait()
        if isinstance(outcome, Answer):
            return outcome
        raise from_wire(outcome)

    def outdate(self, agency: str, site: str) -> None:
        """Something was taken or given back at a site."""
        self._changes[agency, site] += 1
        for question in self._by_place.get((agency, site), ()):
            self._kept[question].is_outdated = True

    def forget_all(self) -> None:
        """Events may have passed unseen."""
        self._kept.clear()
        self._by_place.clear()

    def _fetch(self, question: Question, deadline: float) -> Answer:
        event = self._under_way[question] = Event()
        try:
            answer = self._ask(question, deadline)
            event.send(answer)
        except Refused as refusal:
            event.send(to_wire(refusal))
            raise
        except BaseException as error:
            event.send_exception(type(error))
            raise
        finally:
            del self._under_way[question]
        return answer

    def _ask(self, question: Question, deadline: float) -> Answer:
        place = (question.agency, question.site)
        asked_at, changes = self.monotonic(), self._changes[place]
        values = self.ask(f"booking-{question.agency}", question.method, question.payload, deadline=deadline)
        body = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        answer = Answer(body=body, values=values)
        # What changed while the answer was on its way may not be in it.
        is_outdated = self._changes[place] != changes
        self._kept[question] = _Kept(answer=answer, asked_at=asked_at, is_outdated=is_outdated)
        self._kept.move_to_end(question)
        self._by_place.setdefault(place, set()).add(question)
        if len(self._kept) > MOST_ANSWERS:
            oldest, _ = self._kept.popitem(last=False)
            self._by_place[oldest.agency, oldest.site].discard(oldest)
        return answer
