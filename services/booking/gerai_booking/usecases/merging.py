"""Merging what a site node did into the centre: see rules.merging for who decides."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from gerai_shared.ticket import AT_COUNTER_STATES, Actor, State, Ticket, TicketSchema
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gerai_booking.models import copying, leases, places, tickets
from gerai_booking.models.history import history, history_row
from gerai_booking.refusals import NumberNotLeased
from gerai_booking.rules.merging import Common, Decision, Outcome, agreed, heard, merge
from gerai_booking.usecases import merged_news, missed_places, no_shows
from gerai_booking.usecases.capacities import recount_day
from gerai_booking.usecases.leases import lease_of
from gerai_booking.usecases.office import Office

#: What the centre alone writes of a ticket: whose it is, for when, and in which quotas it counts.
OF_THE_CENTRE = frozenset(
    {
        *(
            "id",
            "number",
            "visit_id",
            "site",
            "service",
            "day",
            "channel",
            "created_at",
            "slot_id",
            "slot_starts_at",
        ),
        *(
            "person_hash",
            "holder_hash",
            "network_hash",
            "origin",
            "origin_district",
            "quota_channel",
            "gave_back_at",
        ),
    }
)
BUSY = frozenset(state.value for state in AT_COUNTER_STATES)
_schema = TicketSchema()


@dataclass(frozen=True, kw_only=True)
class Change:
    """A ticket as the node has it: its whole row, its lines after revision `base`, what stands beside."""

    base: int
    row: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    beside: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Return the ticket's id."""
        return str(self.row["id"])


def merge_page(
    session: Session, office: Office, node: Any, *, lease_id: str, changes: Sequence[Change], now: datetime
) -> list[dict[str, Any]]:
    """Merge a page of a node's tickets; return for each {id, sent, revision}.

    And {row, lines after its base} where it is another now than the node has it.

    A page that comes again changes nothing. Raises UnknownLease, NumberNotLeased.
    """
    found = lease_of(session, node, lease_id)
    # Tickets before the day, as whoever cancels or moves one has them.
    tickets.whole_rows(session, [change.id for change in changes], lock=True)
    places.lock_days(session, [(found.site, found.day)])
    lease = lease_of(session, node, lease_id, lock=True)
    # Anew: the same page may have been merged while the day was waited for.
    rows = tickets.whole_rows(session, [change.id for change in changes], lock=True)
    known = leases.known(session, lease.id, [change.id for change in changes])
    merging = _Merging(session=session, office=office, lease=lease, now=now)
    merges = [_judged(merging, change, rows.get(change.id), known.get(change.id)) for change in changes]
    _clear_counters(session, merges)
    for each in merges:
        merging.carry_out(each)
    common = {each.change.id: agreed(each.common, each.outcome, each.sent) for each in merges}
    leases.put_known(
        session, lease.id, [(ticket, both.revision, both.theirs) for ticket, both in common.items()]
    )
    leases.change(session, lease.id, heard_at=now)
    if lease.state not in leases.ACTIVE:
        recount_day(session, lease.site, lease.day)
    return _answers(session, merges, is_over=lease.state not in leases.ACTIVE)


@dataclass(frozen=True, kw_only=True)
class _Merge:
    change: Change
    #: The ticket at the centre before, None if it came to be at the node.
    row: Any | None
    common: Common
    outcome: Outcome

    @property
    def sent(self) -> int:
        return int(self.change.row["revision"])

    @property
    def new_lines(self) -> list[dict[str, Any]]:
        """The node's new lines as they are counted at the centre."""
        shift = self.outcome.shift
        found = [line for line in self.change.lines if line["revision"] > self.outcome.cut]
        return [{**line, "revision": line["revision"] + shift} for line in found]

    @property
    def is_the_nodes(self) -> bool:
        """Whether the node's version goes on."""
        return self.outcome.decision in {Decision.TAKEN, Decision.FLOOR}

    @property
    def is_as_sent(self) -> bool:
        """Whether the ticket is now as the node has it, count and all."""
        if self.outcome.decision is Decision.TAKEN:
            return self.outcome.shift == 0
        return self.outcome.decision is Decision.NOTHING and (
            self.outcome.revision == self.common.revision == self.common.theirs == self.sent
        )


def _judged(merging: "_Merging", change: Change, row: Any | None, known: Any | None) -> _Merge:
    if row is None:
        merging.must_be_leased(str(change.row["number"]))
    elif (row.site, row.day) != (merging.lease.site, merging.lease.day) or (
        known is None and change.base == 0
    ):
        # Of another floor, or of which neither has told the other: it cannot have come from this node.
        raise NumberNotLeased(number=row.number)
    common = Common(revision=known.revision, theirs=known.theirs) if known else Common()
    outcome = merge(
        common=common,
        centre=row.revision if row is not None else 0,
        base=change.base,
        node=[(line["revision"], line["to_state"]) for line in change.lines],
        revoked=merging.lease.state == leases.REVOKED,
    )
    return _Merge(change=change, row=row, common=heard(common, change.base), outcome=outcome)


def _clear_counters(session: Session, merges: Sequence[_Merge]) -> None:
    """Free the counters of all that are about to be written: two that changed places meet at neither."""
    busy = {state.value for state in AT_COUNTER_STATES}
    ids = [each.change.id for each in merges if each.is_the_nodes and each.row and each.row.state in busy]
    session.execute(update(tickets.tickets).where(tickets.tickets.c.id.in_(ids)).values(counter=None))


@dataclass(frozen=True, kw_only=True)
class _Merging:
    session: Session
    office: Office
    lease: Any
    now: datetime

    def must_be_leased(self, number: str) -> None:
        prefix, _, count = number.partition("-")
        first, last = json.loads(self.lease.numbers).get(prefix, (1, 0))
        if not first <= int(count) <= last:
            raise NumberNotLeased(number=number)

    def carry_out(self, each: _Merge) -> None:
        if each.outcome.decision is Decision.NOTHING:
            return
        new_lines = each.new_lines
        if each.row is not None and each.outcome.decision in {Decision.FLOOR, Decision.CENTRE}:
            self._write_down(each, new_lines)
        if each.is_the_nodes:
            result = self._take_over(each)
            copying.put_lines(self.session, each.change.id, new_lines)
            self._announce(each, new_lines, result)
        else:
            copying.put_lines(self.session, each.change.id, new_lines)
            self._lead_back(each)
        if each.row is not None:
            copying.put_beside(self.session, each.change.id, each.change.beside)

    def _take_over(self, each: _Merge) -> Ticket:
        values = copying.loaded(tickets.tickets, each.change.row) | {"revision": each.outcome.revision}
        busy = {state.value for state in AT_COUNTER_STATES}
        if self.lease.state not in leases.ACTIVE and values["state"] in busy:
            # The centre calls at this counter again: at a free one somebody finishes with them.
            values["counter"] = self._free_counter(values["counter"])
        if each.row is None:
            values |= {"site": self.lease.site, "day": self.lease.day}
            self.session.execute(insert(tickets.tickets).values(**values))
            copying.put_beside(self.session, each.change.id, each.change.beside)
            return _ticket(values, self.office)
        changed = {name: value for name, value in values.items() if name not in OF_THE_CENTRE}
        gone = {state.value for state in tickets.WITHOUT_PLACE}
        if each.row.state in gone and values["state"] not in gone:
            # It gave its places back, and somebody may have them: served as one who counts in no quota.
            changed |= {"slot_id": None, "quota_channel": None}
        elif values["state"] in gone and each.row.state not in gone:
            self._give_back(each.row)
        self._update(each.change.id, changed)
        after = _ticket({**each.row._mapping, **changed}, self.office)
        if after.state is not State.NO_SHOW:
            missed_places.take_again(self.session, after)
        return after

    def _free_counter(self, own: str | None) -> str | None:
        site = self.lease.site
        codes = [own, *(each.code for each in self.office.counters_at(site))]
        return next(
            (
                code
                for code in codes
                if code is not None
                and tickets.at_counter(self.session, site=site, counter=code, agency=self.office.code) is None
            ),
            None,
        )

    def _update(self, ticket_id: str, values: Mapping[str, Any]) -> None:
        statement = update(tickets.tickets).where(tickets.tickets.c.id == ticket_id)
        try:
            with self.session.begin_nested():
                self.session.execute(statement.values(**values))
        except IntegrityError as error:
            if not tickets.is_about_person(error):
                raise
            # Moved online while standing at the counter: the other one is the person's open ticket by now.
            self.session.execute(statement.values(**values, person_hash=None))

    def _give_back(self, row: Any) -> None:
        if row.slot_id is not None or row.quota_channel is not None:
            places.give_back(
                self.session,
                site=row.site,
                day=row.day,
                service=row.service,
                slot=row.slot_id or "",
                channel=tickets.quota_channel_of(self.session, row.id),
            )

    def _announce(self, each: _Merge, lines: Sequence[Mapping[str, Any]], result: Ticket) -> None:
        merged_news.tell(
            self.session,
            self.office,
            [SimpleNamespace(**copying.loaded(history, line)) for line in lines],
            result,
            new_number=each.change.row.get("quota_channel") is not None,
            now=self.now,
            to_holder=True,
        )
        if each.row is not None:
            no_shows.tell(self.session, self.office, _of_row(each.row, self.office), result, now=self.now)

    def _lead_back(self, each: _Merge) -> None:
        """Write the line that leads from what the node did to what the centre has."""
        assert each.row is not None
        centre = replace(_of_row(each.row, self.office), revision=each.outcome.revision)
        node = replace(
            _ticket(copying.loaded(tickets.tickets, each.change.row), self.office),
            revision=each.outcome.revision - 1,
        )
        line = history_row(node, centre, actor=Actor.SYSTEM, now=self.now)
        self.session.execute(insert(history).values(**line))
        self._update(each.change.id, {"revision": each.outcome.revision})

    def _write_down(self, each: _Merge, floor_lines: Sequence[Mapping[str, Any]]) -> None:
        assert each.row is not None
        centre = copying.lines_after(self.session, {each.change.id: each.common.revision})[each.change.id]
        node = _ticket(copying.loaded(tickets.tickets, each.change.row), self.office)
        leases.add_conflict(
            self.session,
            lease_id=self.lease.id,
            ticket_id=each.change.id,
            number=each.row.number,
            site=each.row.site,
            day=each.row.day,
            at=self.now,
            decision=each.outcome.decision.value,
            centre=json.dumps({"ticket": _schema.dump(_of_row(each.row, self.office)), "lines": centre}),
            floor=json.dumps({"ticket": _schema.dump(node), "lines": list(floor_lines)}),
        )


def _answers(session: Session, merges: Sequence[_Merge], *, is_over: bool) -> list[dict[str, Any]]:
    other = [each for each in merges if not each.is_as_sent]
    rows = tickets.whole_rows(session, [each.change.id for each in other])
    lines = copying.lines_after(session, {each.change.id: each.change.base for each in other})
    answers = []
    for each in merges:
        answer: dict[str, Any] = {"id": each.change.id, "sent": each.sent, "revision": each.outcome.revision}
        if each.change.id in rows:
            row = copying.dumped(rows[each.change.id])
            # At an ended lease's node somebody else may stand at that counter.
            row |= {"counter": None} if is_over and row["state"] in BUSY else {}
            answer |= {"row": row, "lines": lines[each.change.id]}
        answers.append(answer)
    return answers


def _of_row(row: Any, office: Office) -> Ticket:
    return tickets.ticket_of(row, office.code)


def _ticket(values: Mapping[str, Any], office: Office) -> Ticket:
    return tickets.ticket_of(SimpleNamespace(**values), office.code)
