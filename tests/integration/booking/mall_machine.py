"""A site under everything that may happen to its places: see test_quota_invariants.

Citizens book, hold, wait and move; officers give numbers; supervisors plan, restrict, open days, shift hours
and allot groups; the centre closes and opens again; time passes, and what runs by itself runs.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from gerai_booking.models import groups as group_tables
from gerai_booking.models.directives import directives as directive_table
from gerai_booking.models.places import slots
from gerai_booking.models.tickets import tickets
from gerai_booking.models.waiting_list import waiting_list as entries
from gerai_booking.opening_loop import PARTS, open_days
from gerai_booking.rules.catalogue import Break, WeeklyHours
from gerai_booking.rules.directives import TREATMENTS
from gerai_booking.rules.quota import ALL, CHANNELS, OVER_QUOTA, Bound
from gerai_booking.usecases import (
    calendar,
    changes,
    directive_runs,
    directives,
    groups,
    holding,
    intake,
    planning,
    slot_quotas,
    treating,
    waiting_list,
)
from gerai_booking.usecases import plan as planned
from gerai_booking.usecases.plan import Change
from gerai_shared.refusals import Refused
from gerai_shared.ticket import Actor
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import delete, select

from tests.integration.booking import place_laws
from tests.integration.booking.house import NOW, OPEN_DAYS, SERVICE, SITE, House
from tests.integration.booking.ordering import CENTRE, WHY_UNDONE, directive_of, order
from tests.integration.booking.test_groups import row as line
from tests.integration.booking.test_quotas import REASON, SUPERVISOR
from tests.integration.booking.waiting import join, seen

#: Places of the hours and of online bookings at the beginning: few enough to be full soon.
AN_HOUR, ONLINE_PLACES, BEYOND_PLACES = 2, 3, 2
MOST_NIGHTS = 2
ALL_DAY, MORNING, SPLIT = ((8, 16, ()), (9, 12, ()), (8, 15, ((10, 12),)))
SERVICES = (SERVICE, "passport-lost")
#: Every day and a Saturday that a supervisor may open; today's hours may be over.
offsets = st.integers(0, 4)
people = st.integers(1, 9)
which = st.integers(0, 30)
hours = st.integers(2, 4)
services = st.sampled_from(SERVICES)
counts = st.integers(0, 4)
bounds = st.builds(Bound, st.sampled_from([ALL, SERVICE]), st.sampled_from(CHANNELS)).filter(
    lambda bound: bound != Bound(SERVICE, OVER_QUOTA)
)


def a_row(found: Sequence[Any], number: int) -> Any:
    """One of these; where there is none, nothing happens."""
    if not found:
        raise Nothing
    return found[number % len(found)]


class Nothing(Exception):
    """There is nobody to whom this could happen."""


class Mall(RuleBasedStateMachine):
    """One site on a fresh database; `fresh` gives a house as it was when it was opened."""

    def __init__(self, fresh: Callable[[], House]) -> None:
        super().__init__()
        self.house = fresh()
        # Few hours, which the law looks at after each step; and nothing by chance but what is drawn.
        agency = self.house.office.agency
        offers = tuple(each for each in agency.offers if each.site == SITE and each.service in SERVICES)
        agency = replace(agency, offers=offers)
        self.house.office = replace(self.house.office, agency=agency, chance=lambda: 0.5)
        elsewhere = (slots.c.site != SITE) | slots.c.service.not_in(SERVICES)
        self.house.change(delete(slots).where(elsewhere))
        self.now, self.keys, self.nights = NOW, 0, 0
        self.ledger = place_laws.read(self.house)

    def teardown(self) -> None:
        try:
            self.house.check()
            place_laws.check_shown(self.house, site=SITE, first=self.day(-1), last=self.day(6), now=self.now)
        finally:
            self.house.database.close()

    def act(self, happening: Callable[[], object], *, beyond: bool = False) -> None:
        """Let one thing happen, and look at the laws; a refusal is an answer, too, and takes nothing."""
        before, refused = self.ledger, False
        try:
            happening()
        except Nothing:
            return
        except Refused:
            refused = True
        self.ledger = after = place_laws.read(self.house)
        if refused:
            assert (after.quotas, after.unnamed, after.plan_changes) == (
                before.quotas,
                before.unnamed,
                before.plan_changes,
            )
        place_laws.check_between(self.house, before, after, beyond=beyond)
        place_laws.check_now(self.house, after)

    # Where and when.

    @property
    def change(self) -> Change:
        return Change(officer=SUPERVISOR, why="Karena sedang diuji", now=self.now)

    def day(self, offset: int) -> date:
        return self.house.office.today(SITE, self.now) + timedelta(days=offset)

    def slot(self, offset: int, hour: int, service: str = SERVICE) -> str:
        found = self.house.slots(self.day(offset), service=service)
        return str(a_row(found, hour))

    def ticket(self, number: int, *states: str) -> str:
        query = select(tickets.c.id).where(tickets.c.state.in_(states))
        order_of = (tickets.c.site, tickets.c.day, tickets.c.number)
        return self.house.office.token(a_row(self.house.rows(query.order_by(*order_of)), number).id)

    def entry(self, number: int) -> str:
        query = select(entries.c.id).order_by(entries.c.created_at, entries.c.id)
        return self.house.office.entry_token(a_row(self.house.rows(query), number).id)

    def group(self, number: int) -> str:
        table = group_tables.groups
        return str(a_row(self.house.rows(select(table.c.id).order_by(table.c.created_at)), number).id)

    # The beginning.

    @initialize()
    def few_places(self) -> None:
        self.plan_for(Bound(channel="online"), ONLINE_PLACES, 0, None)
        self.plan_for(Bound(channel=OVER_QUOTA), BEYOND_PLACES, 0, None)
        self.places_of_hours(SERVICE, AN_HOUR, 0)

    # Citizens.

    @rule(person=people, offset=offsets, hour=hours, service=services)
    def book(self, person: int, offset: int, hour: int, service: str) -> None:
        self.act(lambda: self.try_to_book(person, self.slot(offset, hour, service)))

    def try_to_book(self, person: int, place: str, service: str | None = None) -> None:
        self.keys += 1
        request = self.house.request(person, place, key=f"key-{self.keys:06d}", service=service)
        (answer,) = self.house.book(request, now=self.now)
        if isinstance(answer, Refused):
            raise answer

    @rule(offset=offsets, hour=hours)
    def hold(self, offset: int, hour: int) -> None:
        self.act(lambda: self.house.do(holding.hold, slot_id=self.slot(offset, hour), now=self.now))

    @rule(person=people, number=which)
    def book_what_is_held(self, person: int, number: int) -> None:
        self.act(lambda: self.try_to_book(person, self.ticket(number, "held"), SERVICE))

    @rule(number=which)
    def cancel(self, number: int) -> None:
        def happening() -> None:
            token = self.ticket(number, "booked", "held")
            self.house.do(changes.cancel, token=token, revision=None, now=self.now)

        self.act(happening)

    @rule(number=which, offset=offsets, hour=hours)
    def move(self, number: int, offset: int, hour: int) -> None:
        def happening() -> None:
            asked = {"slot_id": self.slot(offset, hour), "revision": None, "now": self.now}
            self.house.do(changes.reschedule, token=self.ticket(number, "booked"), **asked)

        self.act(happening)

    @rule(number=which)
    def come(self, number: int) -> None:
        def happening() -> None:
            token = self.ticket(number, "booked")
            self.house.do(changes.check_in, token=token, now=self.now, actor=Actor.OFFICER)

        self.act(happening)

    # The waiting list.

    @rule(person=people, offset=offsets, longer=st.booleans())
    def join(self, person: int, offset: int, longer: bool) -> None:
        first, last = self.day(offset), self.day(offset + longer)
        self.act(lambda: join(self.house, person, first=first, last=last, now=self.now))

    @rule(person=people, number=which)
    def take_up(self, person: int, number: int) -> None:
        def happening() -> None:
            offer = seen(self.house, self.entry(number), now=self.now)["offer"]
            if offer is not None:
                self.try_to_book(person, offer["hold_token"], SERVICE)

        self.act(happening)

    @rule(number=which)
    def leave(self, number: int) -> None:
        self.act(lambda: self.house.do(waiting_list.leave, token=self.entry(number), now=self.now))

    # Officers.

    @rule(service=services, priority=st.booleans())
    def walk_in(self, service: str, priority: bool) -> None:
        asked = {"service": service, "priority": priority}
        self.act(lambda: self.house.do(intake.walk_in, self.house.desk(now=self.now), **asked))

    @rule(service=services, priority=st.booleans())
    def give_beyond(self, service: str, priority: bool) -> None:
        asked = {"supervisor": SUPERVISOR, "service": service, "priority": priority, "reason": REASON}
        self.act(
            lambda: self.house.do(intake.over_quota, self.house.desk(now=self.now), **asked), beyond=True
        )

    @rule(service=services)
    def emergency(self, service: str) -> None:
        asked = {"supervisor": SUPERVISOR, "service": service, "reason": REASON}
        self.act(lambda: self.house.do(intake.emergency, self.house.desk(now=self.now), **asked))

    # Supervisors: the plan.

    @rule(bound=bounds, places=counts, offset=offsets, days=st.sampled_from([0, 1, None]))
    def plan_for(self, bound: Bound, places: int, offset: int, days: int | None) -> None:
        last = None if days is None else self.day(offset + days)
        asked = {"site": SITE, "bound": bound, "places_a_day": places, "basis": "Uji"}
        dates = {"valid_from": self.day(offset), "valid_to": last}
        self.act(lambda: self.house.do(planned.set_quota, self.change, **asked, **dates))

    @rule(bound=bounds, offset=offsets)
    def end_quota(self, bound: Bound, offset: int) -> None:
        asked = {"site": SITE, "bound": bound, "valid_from": self.day(offset)}
        self.act(lambda: self.house.do(planned.end_quota, self.change, **asked))

    @rule(service=services, places=counts, offset=offsets)
    def places_of_hours(self, service: str, places: int, offset: int) -> None:
        asked = {"site": SITE, "service": service, "places_an_hour": places, "basis": "Uji"}
        dates = {"valid_from": self.day(offset), "valid_to": None}
        self.act(lambda: self.house.do(slot_quotas.set_places, self.change, **asked, **dates))

    @rule(level=st.sampled_from("1234"), days=st.sampled_from([0, 2, None]))
    def restrict(self, level: str, days: int | None) -> None:
        asked = {"name": "PPKM", "level": level, "region": "36", "basis": "Uji"}
        dates = {"valid_from": self.day(0), "valid_to": None if days is None else self.day(days)}
        self.act(lambda: self.house.do(planned.restrict, self.change, **asked, **dates))

    @rule(number=which)
    def lift(self, number: int) -> None:
        def happening() -> None:
            table = planned.plan.restrictions
            found = a_row(self.house.rows(select(table).order_by(table.c.valid_from, table.c.level)), number)
            self.house.do(planned.lift, self.change, restriction_id=found.id)

        self.act(happening)

    # Supervisors: hours, breaks, extra days, groups.

    @rule(offset=offsets, shape=st.sampled_from([ALL_DAY, MORNING, SPLIT]))
    def set_hours(self, offset: int, shape: tuple[int, int, tuple[tuple[int, int], ...]]) -> None:
        opens, closes, pauses = shape
        breaks = tuple(Break(starts=time(first), ends=time(last)) for first, last in pauses)
        wanted = WeeklyHours(weekday=0, opens=time(opens), closes=time(closes), breaks=breaks)
        asked = {"site": SITE, "day": self.day(offset), "hours": wanted, "basis": "Uji"}
        self.act(lambda: self.house.do(calendar.set_hours, self.change, **asked))

    @rule(wanted=st.integers(1, 4), offset=offsets, longer=st.booleans())
    def allot(self, wanted: int, offset: int, longer: bool) -> None:
        asked = {
            "site": SITE,
            "service": SERVICE,
            "institution": "Kantor urusan haji",
            "contact": "Sekretariat",
            "purpose": self.house.office.service(SERVICE).purposes[0].code,
            "first_day": self.day(offset),
            "last_day": self.day(offset + longer),
            "wanted": wanted,
            "most_an_hour": 2,
            "returns_on": self.day(offset),
            "basis": "Uji",
        }
        self.act(lambda: self.house.do(groups.allot, self.change, **asked))

    @rule(number=which, person=people)
    def name(self, number: int, person: int) -> None:
        def happening() -> None:
            rows = [line(self.house, person)]
            group = self.group(number)
            self.house.do(groups.name_places, self.change, group_id=group, rows=rows, whole=False)

        self.act(happening)

    @rule(number=which)
    def give_back(self, number: int) -> None:
        self.act(lambda: self.house.do(groups.give_back, self.change, group_id=self.group(number)))

    # The centre.

    @rule(
        offset=offsets,
        days=st.integers(0, 2),
        treatment=st.sampled_from(TREATMENTS),
        of_service=st.booleans(),
        steps=st.integers(0, 9),
    )
    def close(self, offset: int, days: int, treatment: str, of_service: bool, steps: int) -> None:
        """Put an order in force and carry it out for some of those it hits; the rest comes by itself."""
        house = self.house
        closed = {"services": frozenset({SERVICE} if of_service else ())}
        dates = {"first_day": self.day(offset), "last_day": self.day(offset + days)}
        directive = house.do(directives.draft, order(**closed, **dates), officer=CENTRE, now=self.now)
        in_force = {"treatment": treatment, "officer": CENTRE, "now": self.now}
        self.act(lambda: house.do(directives.put_in_force, directive, **in_force))
        hit = house.ask(treating.tickets_to_treat, directive_of(house, directive), since=self.now)
        for ticket_id in hit[:steps]:
            self.act(lambda each=ticket_id: house.do(treating.treat, directive, each, now=self.now))

    @rule(number=which, whole=st.booleans())
    def undo(self, number: int, whole: bool) -> None:
        table, house = directive_table, self.house
        query = select(table.c.id).where(table.c.state == "in_force")

        def happening() -> None:
            directive = a_row(house.rows(query.order_by(table.c.drafted_at, table.c.id)), number).id
            with house.database.transaction() as session:
                directives.begin_undoing(session, directive, why=WHY_UNDONE, officer=CENTRE, now=self.now)
            if whole:
                directive_runs.carry_out(house.database, house.office, directive, now=self.now)

        self.act(happening)

    # Time.

    @rule(minutes=st.sampled_from([1, 11, 45]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.nights < MOST_NIGHTS)
    @rule()
    def night(self) -> None:
        """A day later at nine: the days before are over."""
        self.nights += 1
        self.now = NOW + timedelta(days=self.nights)
        self.run_by_itself()

    @rule()
    def run_by_itself(self) -> None:
        def happening() -> None:
            # Some days are enough.
            self.house.do(planning.open_days, now=self.now, days=OPEN_DAYS)
            for part in PARTS:
                if part is not open_days:
                    part(self.house.database, self.house.office, self.now)

        self.act(happening)
