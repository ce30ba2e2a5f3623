"""Whatever is booked, given and planned in whatever order: no quota of the stack is exceeded but on record."""

from datetime import date, timedelta
from typing import Any

from gerai_booking.models import grants, plan
from gerai_booking.models.places import day_quotas
from gerai_booking.rules.quota import ALL, EMERGENCY, GROUP, ONLINE, OVER_QUOTA, PRIORITY, WALK_IN, Bound
from gerai_booking.usecases import changes, groups, holding, intake
from gerai_booking.usecases import plan as planning
from gerai_shared.refusals import Refused
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.integration.booking.house import DAY, NOW, SERVICE, SITE, TODAY, House, outcome
from tests.integration.booking.test_groups import allotted, named, row
from tests.integration.booking.test_quotas import CHANGE, REASON, SUPERVISOR

SERVICES = (SERVICE, "passport-lost")
BOUNDS = [
    Bound(service, channel)
    for service in (ALL, SERVICE)
    for channel in (ALL, ONLINE, WALK_IN, PRIORITY, EMERGENCY, GROUP)
]
service = st.sampled_from(SERVICES)
happenings = st.one_of(
    st.tuples(st.just("book"), st.integers(1, 9)),
    st.tuples(st.just("hold")),
    st.tuples(st.just("cancel"), st.integers(0, 9)),
    st.tuples(st.just("move"), st.integers(0, 9)),
    st.tuples(st.just("allot"), st.integers(1, 4)),
    st.tuples(st.just("name"), st.integers(0, 3), st.integers(1, 9)),
    st.tuples(st.just("give back"), st.integers(0, 3)),
    st.tuples(st.just("walk in"), service, st.booleans()),
    st.tuples(st.just("give beyond"), service, st.booleans()),
    st.tuples(st.just("emergency"), service),
    st.tuples(st.just("plan"), st.sampled_from([*BOUNDS, Bound(channel=OVER_QUOTA)]), st.integers(0, 4)),
    st.tuples(st.just("restrict"), st.sampled_from(["1", "2", "3", "4"])),
    st.tuples(st.just("lift")),
)


def where(row: Any) -> tuple[str, date, Bound]:
    """The site, the day and the quota of a row."""
    return row.site, row.day, Bound(row.service, row.channel)


def beyond(rows: list[Any]) -> dict[tuple[str, date, Bound], int]:
    """How far each quota is exceeded."""
    return {where(row): 0 if row.capacity is None else max(row.taken - row.capacity, 0) for row in rows}


class Day:
    """A day at a site: citizens who book and come, a supervisor who gives and plans."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.tokens: list[str] = []
        self.groups: list[str] = []
        self.restriction = ""
        self.keys = 0

    def act(self, name: str, *arguments: object) -> None:
        """Let one thing happen; a refusal changes nothing, and only who may goes beyond a quota."""
        before, given = self.house.rows(select(day_quotas)), self.given()
        try:
            getattr(self, name.replace(" ", "_"))(*arguments)
        except Refused:
            assert self.house.rows(select(day_quotas)) == before
        after = self.house.rows(select(day_quotas))
        if name in {"plan", "restrict", "lift"}:
            taken = {where(row): row.taken for row in before}
            assert all(taken.get(where(row), row.taken) == row.taken for row in after)
            return
        grown = {place: count - beyond(before)[place] for place, count in beyond(after).items()}
        if any(growth > 0 for growth in grown.values()):
            assert name == "give beyond"
            assert max(grown.values()) == 1 == self.given() - given

    def given(self) -> int:
        """How many places beyond a quota are on record."""
        return sum(row.kind == OVER_QUOTA for row in self.house.rows(select(grants.grants)))

    def book(self, person: int) -> None:
        self.keys += 1
        request = self.house.request(person, self.house.slots(TODAY)[3], key=f"key-{self.keys:06d}")
        (answer,) = self.house.book(request)
        if outcome(answer) == "booked":
            assert isinstance(answer, dict)
            self.tokens.append(answer["token"])

    def hold(self) -> None:
        held = self.house.do(holding.hold, slot_id=self.house.slots(TODAY)[3], now=NOW)
        self.tokens.append(self.house.office.token(held.id))

    def cancel(self, number: int) -> None:
        if self.tokens:
            token = self.tokens[number % len(self.tokens)]
            self.house.do(changes.cancel, token=token, revision=None, now=NOW)

    def move(self, number: int) -> None:
        if self.tokens:
            token, slot = self.tokens[number % len(self.tokens)], self.house.slots(DAY)[3]
            new = self.house.do(changes.reschedule, token=token, slot_id=slot, revision=None, now=NOW)
            self.tokens.append(self.house.office.token(new.id))

    def allot(self, wanted: int) -> None:
        dates = {"first_day": TODAY, "last_day": DAY, "returns_on": TODAY}
        self.groups.append(allotted(self.house, wanted, most_an_hour=2, **dates))

    def name(self, number: int, person: int) -> None:
        if self.groups:
            group = self.groups[number % len(self.groups)]
            if named(self.house, group, row(self.house, person)).named:
                members = self.house.ask(groups.view, site=SITE, group_id=group).members
                self.tokens += [token for _, token in members if token not in self.tokens]

    def give_back(self, number: int) -> None:
        if self.groups:
            group = self.groups[number % len(self.groups)]
            self.house.do(groups.give_back, CHANGE, group_id=group)

    def walk_in(self, code: str, priority: bool) -> None:
        self.house.do(intake.walk_in, self.house.desk(), service=code, priority=priority)

    def give_beyond(self, code: str, priority: bool) -> None:
        given = {"supervisor": SUPERVISOR, "service": code, "priority": priority, "reason": REASON}
        self.house.do(intake.over_quota, self.house.desk(), **given)

    def emergency(self, code: str) -> None:
        given = {"supervisor": SUPERVISOR, "service": code, "reason": REASON}
        self.house.do(intake.emergency, self.house.desk(), **given)

    def plan(self, bound: Bound, places: int) -> None:
        dates = {"valid_from": TODAY, "valid_to": TODAY + timedelta(days=1)}
        wanted = {"site": SITE, "bound": bound, "places_a_day": places, "basis": "Uji", **dates}
        self.house.do(planning.set_quota, CHANGE, **wanted)

    def restrict(self, level: str) -> None:
        wanted = {"name": "PPKM", "level": level, "region": "36", "basis": "Uji"}
        dates = {"valid_from": TODAY, "valid_to": None}
        self.restriction = self.house.do(planning.restrict, CHANGE, **wanted, **dates)

    def lift(self) -> None:
        self.house.do(planning.lift, CHANGE, restriction_id=self.restriction)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(happenings, min_size=5, max_size=25))
def test_no_quota_of_the_stack_is_exceeded_but_on_record(
    house: House, what: list[tuple[str, object]]
) -> None:
    house.empty()
    house.change(
        delete(plan.restrictions),
        delete(plan.plan_changes),
        delete(plan.quotas).where(plan.quotas.c.valid_from == TODAY),
    )
    day = Day(house)
    day.plan(Bound(channel=OVER_QUOTA), 2)
    day.allot(3)
    for happening in what:
        day.act(*happening)
        house.check_places()
    house.check()
