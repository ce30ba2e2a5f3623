"""The estimator of the product beside simulated days: it learns, estimates, and measures itself, as an agency does."""

from dataclasses import dataclass, field
from statistics import mean

from gerai_booking.rules.estimates.arrivals import USUAL_SHARE, expected
from gerai_booking.rules.estimates.calibration import SHORTEST_TOLD, Calibration, Measured, calibrate
from gerai_booking.rules.estimates.durations import Durations, Occupation, learn, with_today
from gerai_booking.rules.estimates.simulation import (
    Interval,
    OpenCounter,
    Order,
    Snapshot,
    Stream,
    Waiting,
    simulate,
)

from tests.support.simulated_days import BREAK, OPENS, Pattern, Person, Seen, Visit, play_day

#: Of so many past days the agency calibrates.
DAYS = 14
MORNING, NOON = 8 * 3600.0, 12 * 3600.0
TWO = {"a": (480.0, 0.5, 0.6, 480.0), "b": (720.0, 0.55, 0.4, 720.0)}
THREE = {"a": (420.0, 0.5, 0.5, 420.0), "b": (780.0, 0.5, 0.3, 780.0), "c": (300.0, 0.6, 0.2, 300.0)}
SHARED = {"1": (("a", "b"), 1.0), "2": (("a", "b"), 1.0), "3": (("a",), 1.0)}
SKILLS = {"1": (("a",), 1.0), "2": (("a", "c"), 1.0), "3": (("b", "c"), 1.0), "4": (("b", "a"), 1.0)}

#: Morning rush, even, two peaks, bookings with walk-ins and people who go before others; a catalogue that says
#: half and twice the truth; an officer who takes long.
PATTERNS = (
    Pattern(
        name="morning rush",
        services=TWO,
        counters=SHARED,
        rates=((MORNING - 1800, 26), (MORNING + 3600, 14), (MORNING + 9000, 8), (13 * 3600.0, 10)),
    ),
    Pattern(name="even", services=THREE, counters=SKILLS, rates=((MORNING - 900, 24), (14 * 3600.0, 8))),
    Pattern(
        name="two peaks",
        services=TWO,
        counters=SKILLS | {"3": (("b",), 1.0)},
        rates=((MORNING - 1800, 26), (MORNING + 5400, 10), (12.5 * 3600, 28), (13.5 * 3600, 6)),
    ),
    Pattern(
        name="bookings and lanes",
        services=TWO,
        counters=SHARED,
        rates=((MORNING, 10),),
        booked=8,
        priority=0.25,
        missing=0.06,
    ),
    Pattern(
        name="catalogue says half",
        services={code: (mean, spread, share, mean / 2) for code, (mean, spread, share, _) in TWO.items()},
        counters=SHARED,
        rates=((MORNING - 1800, 18), (NOON, 9)),
    ),
    Pattern(
        name="catalogue says double",
        services={code: (mean, spread, share, mean * 2) for code, (mean, spread, share, _) in THREE.items()},
        counters=SKILLS,
        rates=((MORNING - 1800, 25), (NOON, 12)),
    ),
    Pattern(
        name="slow officer",
        services=THREE,
        counters=SKILLS | {"2": (("a", "c"), 1.9)},
        rates=((MORNING - 1800, 22), (NOON, 10)),
        officers_differ=0.3,
    ),
)


@dataclass(kw_only=True)
class Estimated:
    """One estimate and what came of it, in seconds; `fixed` is the static mean per service."""

    person: Person
    made_at: float
    simulated: Interval
    shown: Interval
    fixed: float

    @property
    def actual(self) -> float:
        """How long they waited."""
        assert self.person.called_at is not None
        return self.person.called_at - self.made_at


@dataclass(kw_only=True)
class Report:
    """How well estimates did: mean absolute errors in seconds, and the share within the interval."""

    error: float
    error_of_fixed: float
    coverage: float
    width: float
    count: int

    @property
    def ratio(self) -> float:
        """Our error as a share of the static mean's."""
        return self.error / self.error_of_fixed


def report_on(estimates: list[Estimated]) -> Report:
    """Return how well estimates did."""
    return Report(
        error=mean(abs(each.shown.mid - each.actual) for each in estimates),
        error_of_fixed=mean(abs(each.fixed - each.actual) for each in estimates),
        coverage=mean(each.shown.low <= each.actual <= each.shown.high for each in estimates),
        width=mean(each.shown.high - each.shown.low for each in estimates),
        count=len(estimates),
    )


@dataclass(kw_only=True)
class Agency:
    """What an agency has learned of its days."""

    pattern: Pattern
    most_calls: int
    #: One of so many arrivals is estimated: neighbours in a queue tell nearly the same.
    every: int = 1
    past: list[Occupation] = field(default_factory=list)
    measured: list[list[Measured]] = field(default_factory=list)
    calibration: Calibration = field(default_factory=Calibration)
    #: People who go before others, an hour and service, as past days had them.
    overtakers: dict[str, float] = field(default_factory=dict)
    priorities: list[str] = field(default_factory=list)
    days: int = 0

    def live(self, seed: int) -> list[Estimated]:
        """Live through a day; return its estimates."""
        estimates: list[Estimated] = []
        arrived = 0
        known = self._known()

        def at_check_in(seen: Seen, person: Person) -> None:
            nonlocal arrived
            arrived += 1
            if arrived % self.every == 0:
                estimates.append(self._estimate(known, seen, person))

        seen = play_day(self.pattern, seed, at_check_in)
        self._learn(seen, estimates)
        return [each for each in estimates if each.simulated.high >= SHORTEST_TOLD]

    def _known(self) -> Durations:
        configured = {code: seconds for code, (_, _, _, seconds) in self.pattern.services.items()}
        return Durations(learned=learn(self.past), configured=configured, paces={})

    def _learn(self, seen: Seen, estimates: list[Estimated]) -> None:
        self.days += 1
        self.past += [_occupation(visit) for visit in seen.visits]
        self.measured.append(
            [
                Measured(simulated=each.simulated, actual=each.actual)
                for each in estimates
                if each.simulated.high >= SHORTEST_TOLD
            ]
        )
        self.calibration = calibrate([each for day in self.measured[-DAYS:] for each in day])
        self.priorities += [each.person.service for each in estimates if each.person.rank == 1]
        self.overtakers = {
            code: self.every * self.priorities.count(code) / self.days / 7 for code in self.pattern.services
        }

    def _estimate(self, known: Durations, seen: Seen, person: Person) -> Estimated:
        snapshot = self._snapshot(seen)
        today = with_today(known, [_occupation(visit) for visit in seen.visits])
        tables: dict[tuple[str, str], tuple[float, ...]] = {}
        hour = int(max(seen.now, OPENS) // 3600)

        def table_of(service: str, counter: str) -> tuple[float, ...]:
            if (service, counter) not in tables:
                tables[service, counter] = today.table(service, hour=hour, counter=counter)
            return tables[service, counter]

        simulated = simulate(snapshot, table_of, most_calls=self.most_calls).waiting[person.id]
        ahead = sum(each.service == person.service and each.order < person.order for each in seen.waiting)
        counters = sum(person.service in services for services, _ in self.pattern.counters.values())
        return Estimated(
            person=person,
            made_at=seen.now,
            simulated=simulated,
            shown=self.calibration.stretch(simulated),
            fixed=ahead * self.pattern.services[person.service][3] / counters,
        )

    def _snapshot(self, seen: Seen) -> Snapshot:
        def order(person: Person) -> Order:
            return (person.rank, person.order_at - seen.now, person.id)

        still = [
            expected(
                service=each.service,
                order=order(each),
                booked_in=(each.booked_for or 0.0) - seen.now,
                share=USUAL_SHARE,
            )
            for each in seen.booked
        ]
        return Snapshot(
            waiting=tuple(
                Waiting(id=each.id, service=each.service, order=order(each)) for each in seen.waiting
            ),
            counters=tuple(
                _counter(seen, code, services) for code, (services, _) in self.pattern.counters.items()
            ),
            expected=tuple(each for each in still if each is not None),
            streams=tuple(
                Stream(service=code, per_hour=per_hour, rank=1) for code, per_hour in self.overtakers.items()
            ),
            pauses=((BREAK[0] - seen.now, BREAK[1] - seen.now),),
        )


def _counter(seen: Seen, code: str, services: tuple[str, ...]) -> OpenCounter:
    serving = seen.serving.get(code)
    return OpenCounter(
        code=code,
        services=services,
        serving=serving[0] if serving else None,
        elapsed=seen.now - serving[1] if serving else 0.0,
        free_in=max(OPENS - seen.now, 0.0),
    )


def _occupation(visit: Visit) -> Occupation:
    return Occupation(
        service=visit.service,
        counter=visit.counter,
        hour=int(visit.called_at // 3600),
        seconds=visit.finished_at - visit.called_at,
    )
