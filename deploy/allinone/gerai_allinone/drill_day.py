"""A morning at a site that is cut off, in fast motion: what the floor does, and what others do online."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gerai_booking.models import leases as lease_table
from gerai_booking.models import tickets as ticket_table
from gerai_booking.rules.catalogue import Text
from gerai_booking.rules.floor import Outcome
from gerai_booking.usecases import (
    arrivals,
    changes,
    directive_runs,
    directives,
    floor,
    intake,
    node_sync,
    sending,
)
from gerai_booking.usecases.directives import Order
from gerai_booking.usecases.sending import Target
from gerai_shared.accounts import Officer
from gerai_shared.ticket import State, Ticket

from gerai_allinone.drill_sides import DAY, SITE, Line, Side, at, book

SUPERVISOR = Officer(id="penyelia", username="penyelia", name="Penyelia Latihan", role="supervisor")
CENTRAL = Officer(id="pusat", username="pusat", name="Pusat Latihan", role="central")
#: Of the services at the site, as often as people come for them.
SERVICES = (
    "passport-new",
    "passport-new",
    "passport-renewal",
    "passport-renewal",
    "passport-child",
    "stay-permit",
)
#: The service that an order closes while the site is cut off.
CLOSED = "stay-permit"
#: The service at whose counter nobody sits this morning.
UNSTAFFED = "passport-lost"
#: Booked on an ordinary morning: who booked what the order closes comes only where the drill says so.
ORDINARY = tuple(service for service in SERVICES if service != CLOSED)
#: What the floor and the centre do to the same ticket while they are apart, and whose version has to go on.
CLASHES = {
    ("served", "cancelled"): "floor",
    ("served", "moved"): "floor",
    ("checked in", "cancelled"): "centre",
    ("called in vain", "cancelled"): "centre",
}


@dataclass(kw_only=True)
class Drill:
    """Two sides and what has been done.

    `clashes` are the tickets that both changed, with whose version has to go on.
    """

    centre: Side
    node: Side
    line: Line
    chance: random.Random
    now: datetime
    persons: int = 0
    booked: list[Ticket] = field(default_factory=list)
    clashes: dict[str, str] = field(default_factory=dict)
    #: Tickets set apart for the clashes: the ordinary morning leaves them alone.
    kept: set[str] = field(default_factory=set)
    #: How often both had to talk until they agreed, and what the end showed.
    rounds: int = 0
    is_idempotent: bool = False
    is_returned: bool = False

    def talk(self) -> bool:
        """Have the node and the centre catch up; tell whether they could."""
        try:
            node_sync.round_trip(self.node.database, self.node.office, self.line, now=self.now)
        except node_sync.CentreAway:
            return False
        return True

    def catch_up(self) -> int:
        """Mend the line and talk until nothing waits; return how many rounds it took."""
        self.line.is_cut, self.line.pages_left = False, None
        rounds = 1
        while not self.talk() or self.waiting():
            rounds += 1
        return rounds

    def waiting(self) -> int:
        """Return how many tickets of the node the centre does not know as they are."""
        with self.node.database.reading() as session:
            link = node_sync.link_of(session, self.node.office, now=self.now)
        return link.waiting if link else 0

    def book_some(
        self, count: int, *, hours: range = range(24), services: Sequence[str] = ORDINARY
    ) -> list[Ticket]:
        """Have citizens book hours of the day at the centre, spread over services; full ones are left."""
        slots = [
            slot
            for slot, starts_at in self.centre.rows(
                "SELECT id, starts_at FROM slots WHERE site = :site AND day = :day ORDER BY id",
                site=SITE,
                day=str(DAY),
            )
            if (int(str(starts_at)[11:13]) + 7) % 24 in hours
        ]
        made = []
        for _ in range(count):
            self.persons += 1
            service = self.chance.choice(services)
            wanted = [slot for slot in slots if slot.split(".")[1] == service]
            ticket = book(self.centre, self.persons, self.chance.choice(wanted), now=self.now)
            if ticket is not None:
                made.append(ticket)
        self.booked += made
        return made

    # What the floor does.

    def walk_in(self) -> None:
        """Give somebody who came a number, now and then as an emergency or beyond the quota."""
        desk, service = self.node.desk("", self.now), self.chance.choice(SERVICES)
        dice = self.chance.random()
        if dice < 0.04:
            self.node.do(intake.emergency, desk, supervisor=SUPERVISOR, service=service, reason="Sakit")
        elif dice < 0.08:
            self.node.do(
                intake.over_quota, desk, supervisor=SUPERVISOR, service=service, priority=False, reason="Jauh"
            )
        else:
            self.node.do(intake.walk_in, desk, service=service, priority=dice > 0.85)

    def arrive(self, ticket: Ticket) -> None:
        """Check in somebody who has booked."""
        self.node.do(arrivals.check_in_shown, self.node.desk("", self.now), shown=ticket.number)

    def step_at(self, counter: str) -> None:
        """Do at a counter one of the things that can be done there now."""
        desk = self.node.desk(counter, self.now)
        current = self._at_counter(counter)
        dice = self.chance.random()
        if current is None:
            self.node.do(floor.call_next, desk)
        elif current.state is State.CALLED:
            verb = floor.start if dice < 0.8 else floor.no_show if dice < 0.9 else floor.recall
            self.node.do(verb, desk, revision=current.revision)
        elif dice < 0.78:
            self.node.do(floor.finish, desk, revision=current.revision, outcome=Outcome.COMPLETED)
        elif dice < 0.86:
            self.node.do(floor.park, desk, revision=current.revision, reason=self.aside())
        elif dice < 0.94:
            service = self.chance.choice([each for each in SERVICES if each != current.service])
            self.node.do(sending.transfer, desk, target=Target(service=service), revision=current.revision)
        else:
            self.node.do(floor.undo, desk)

    def _at_counter(self, counter: str) -> Ticket | None:
        with self.node.database.transaction() as session:
            return ticket_table.at_counter(session, site=SITE, counter=counter, agency=self.node.office.code)

    def _free(self, counter: str) -> None:
        """Serve whoever is at a counter to the end."""
        while (current := self._at_counter(counter)) is not None:
            desk = self.node.desk(counter, self.now)
            if current.state is State.CALLED:
                self.must(self.node.do(floor.start, desk, revision=None))
            else:
                self.must(self.node.do(floor.finish, desk, revision=None, outcome=Outcome.COMPLETED))

    def aside(self) -> str:
        """Return a reason for which somebody waits aside."""
        return self.node.office.agency.aside_reasons[0].code

    def call_back(self) -> None:
        """Put those who wait aside, or came after all, back into the queue, some of them."""
        with self.node.database.reading() as session:
            aside = ticket_table.of_day(
                session,
                site=SITE,
                day=DAY,
                states=[State.PARKED, State.NO_SHOW],
                agency=self.node.office.code,
            )
        for ticket in aside:
            if ticket.id not in self.kept and self.chance.random() < 0.3:
                self.node.do(floor.requeue, self.node.desk("1", self.now), ticket_id=ticket.id, revision=None)

    def work(self, minutes: int, arriving: Iterator[Ticket], *, each_minute: Any = None) -> None:
        """Let the floor work for some minutes: people come, every counter takes a step or two."""
        everywhere = self.node.office.counters_at(SITE)
        counters = [counter.code for counter in everywhere if UNSTAFFED not in counter.services]
        for minute in range(minutes):
            for counter in counters:
                self.step_at(counter)
            if self.chance.random() < 0.6:
                self.walk_in()
            ticket = next(arriving, None) if self.chance.random() < 0.6 else None
            if ticket is not None:
                self.arrive(ticket)
            if minute % 5 == 0:
                self.call_back()
            if each_minute is not None:
                each_minute()
            self.now += timedelta(minutes=1)

    # What both do to the same tickets while they are apart.

    def clash(self, per_kind: int) -> None:
        """Have the floor and citizens change the same tickets, each of the `CLASHES` some times."""
        kept = [ticket for ticket in self.booked if ticket.id in self.kept]
        # Nobody calls those who wait for the service without an officer before the sides have met.
        waiting = iter([ticket for ticket in kept if ticket.service == UNSTAFFED])
        others = iter([ticket for ticket in kept if ticket.service in ORDINARY])
        for (at_floor, online), winner in CLASHES.items():
            for _ in range(per_kind):
                ticket = next(waiting if at_floor == "checked in" else others, None)
                self.must(ticket)
                assert ticket is not None
                self._online(ticket, online)
                self._at_the_floor(ticket, at_floor, "8")
                self.clashes[ticket.id] = winner

    def _online(self, ticket: Ticket, what: str) -> None:
        token = self.centre.office.token(ticket.id)
        if what == "cancelled":
            self.must(self.centre.do(changes.cancel, token=token, revision=None, now=self.now))
            return
        slots = self.centre.rows(
            "SELECT id FROM slots WHERE site = :site AND day > :day AND service = :service"
            " AND taken < capacity ORDER BY id LIMIT 1",
            site=SITE,
            day=str(DAY),
            service=ticket.service,
        )
        self.must(
            self.centre.do(changes.reschedule, token=token, slot_id=slots[0][0], revision=None, now=self.now)
        )

    def _at_the_floor(self, ticket: Ticket, what: str, counter: str) -> None:
        desk = self.node.desk(counter, self.now)
        self.must(self.node.do(arrivals.check_in_shown, desk, shown=ticket.number))
        if what == "checked in":
            return
        self._free(counter)
        self.must(self.node.do(floor.call, desk, officer=SUPERVISOR, ticket_id=ticket.id, revision=None))
        if what == "called in vain":
            # They had the time to come.
            self.now += timedelta(minutes=10)
            self.must(self.node.do(floor.no_show, self.node.desk(counter, self.now), revision=None))
            return
        self.must(self.node.do(floor.start, desk, revision=None))
        self.must(self.node.do(floor.finish, desk, revision=None, outcome=Outcome.COMPLETED))

    def close_by_order(self) -> None:
        """Close a service for the day by an order of the centre; some of its holders are served meanwhile."""
        hit = [ticket for ticket in self.booked if ticket.id in self.kept and ticket.service == CLOSED]
        order = Order(
            number="LATIHAN-01",
            issuer="Direktorat Jenderal Imigrasi",
            dated=DAY,
            scope="site",
            code=SITE,
            services=frozenset({CLOSED}),
            first_day=DAY,
            last_day=DAY,
            text=Text(id="Latihan penutupan", en="A closing as an exercise"),
        )
        directive = self.centre.do(directives.draft, order, officer=CENTRAL, now=self.now)
        self.must(directive)
        self.centre.do(directives.put_in_force, directive, treatment="cancel", officer=CENTRAL, now=self.now)
        directive_runs.carry_out(self.centre.database, self.centre.office, directive, now=self.now)
        for ticket in hit[: len(hit) // 2]:
            after = self.centre.ticket(ticket.id)
            if after is not None and after.state is State.CANCELLED:
                self._at_the_floor(ticket, "served", "5")
                self.clashes[ticket.id] = "floor"

    def must(self, done: Any) -> None:
        """Stop the drill where something did not work that has to."""
        if done is None:
            refused = {**self.centre.refused, **self.node.refused}
            raise DrillBroken(f"a step of the drill was refused: {refused}")

    def lease(self) -> Any:
        """Return the node's lease of the day."""
        with self.node.database.reading() as session:
            return lease_table.held(session, site=SITE, day=DAY)


class DrillBroken(Exception):
    """A step that the drill is made of could not be made."""


__all__ = ["CLASHES", "Drill", "DrillBroken", "at"]
