"""A round of a site node's talk with the centre: what it did goes there, what the centre did comes here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gerai_shared.database import Database
from sqlalchemy.orm import Session

from gerai_booking.models import leases
from gerai_booking.usecases import node_work
from gerai_booking.usecases.office import Office

#: More pages than a day has, so that a side that never comes to an end is left for the next round.
MOST_PAGES = 1000


class CentreAway(Exception):
    """The centre does not answer: the network is cut, or it is down."""


class Centre(Protocol):
    """The four calls that a node makes. Each may raise CentreAway, or what the centre refuses."""

    def grant(self) -> dict[str, Any]:
        """Ask for today's floor: see usecases.leases.grant."""

    def changes(
        self, lease_id: str, confirmed: Sequence[tuple[str, int]], standing: str | None
    ) -> dict[str, Any]:
        """Ask for what the centre changed: see usecases.leases.changes."""

    def merge(self, lease_id: str, tickets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Tell what changed here: see usecases.merging.merge_page."""

    def give_back(self, lease_id: str) -> None:
        """Give the floor back: see usecases.leases.give_back."""


def round_trip(database: Database, office: Office, centre: Centre, *, now: datetime) -> None:
    """Ask for today's lease if there is none, then catch up in both directions for each that is not over.

    Cut off at any point, the next round goes on from there. Raises CentreAway, after having written down
    since when, and what the centre refuses.
    """
    assert office.node_of is not None
    troubles: list[Exception] = []
    with database.reading() as session:
        today = leases.held(session, site=office.node_of, day=office.today(office.node_of, now))
    if today is None:
        try:
            bundle = centre.grant()
            with database.transaction() as session:
                node_work.take_in(session, office, bundle, now=now)
        except Exception as error:  # noqa: BLE001 - on a closed day, too, earlier floors are given back
            troubles.append(error)
    with database.reading() as session:
        held = leases.held_open(session)
        # Who stood at a counter when a day ended is finished with on a later one.
        ended = [each for each in leases.held_over(session) if leases.count_apart(session, each)]
    for work, lease in [(_push, each) for each in ended] + [(_catch_up, each) for each in held]:
        try:
            work(database, office, centre, lease, now=now)
        except Exception as error:  # noqa: BLE001 - one day's trouble keeps no other from being served
            troubles.append(error)
    if any(isinstance(each, CentreAway) for each in troubles):
        with database.transaction() as session:
            for lease in leases.held_open(session):
                if lease.cut_off_since is None:
                    leases.change_held(session, lease.id, cut_off_since=now)
    if troubles:
        raise troubles[0]


def _catch_up(database: Database, office: Office, centre: Centre, lease: Any, *, now: datetime) -> None:
    _push(database, office, centre, lease, now=now)
    state = _pull(database, office, centre, lease, now=now)
    with database.transaction() as session:
        leases.change_held(session, lease.id, heard_at=now, cut_off_since=None)
        if lease.state == leases.COPYING:
            leases.change_held(session, lease.id, state=leases.HELD)
        is_past = lease.day < office.today(lease.site, now)
        if state != leases.GRANTED or is_past:
            node_work.begin_return(session, lease)
    if state != leases.GRANTED or is_past:
        # Once more: a last step may have been made until the state was written.
        _push(database, office, centre, lease, now=now)
        with database.reading() as session:
            if not node_work.is_all_told(session, lease):
                return
        centre.give_back(lease.id)
        with database.transaction() as session:
            leases.change_held(session, lease.id, state=leases.OVER)


def _push(database: Database, office: Office, centre: Centre, lease: Any, *, now: datetime) -> None:
    for _ in range(MOST_PAGES):
        with database.reading() as session:
            page = node_work.outgoing(session, lease)
        if not page:
            return
        answers = centre.merge(lease.id, page)
        with database.transaction() as session:
            node_work.hear_merged(session, office, lease, answers, now=now)


def _pull(database: Database, office: Office, centre: Centre, lease: Any, *, now: datetime) -> str:
    """Take over what the centre changed; return the lease's state there."""
    confirmed: list[tuple[str, int]] = []
    state = leases.GRANTED
    for _ in range(MOST_PAGES):
        with database.reading() as session:
            held = leases.held(session, site=lease.site, day=lease.day)
        answer = centre.changes(lease.id, confirmed, held.standing if held else None)
        with database.transaction() as session:
            confirmed = node_work.hear_changes(session, office, lease, answer, now=now)
        state = answer["state"]
        if not confirmed:
            break
    return state


@dataclass(frozen=True, kw_only=True)
class Link:
    """How a node and the centre stand: since when they are cut off, if they are; what waits to be told."""

    cut_off_since: datetime | None
    waiting: int
    state: str


def link_of(session: Session, office: Office, *, now: datetime) -> Link | None:
    """Return how this node stands to the centre; None for what is no node, or has no lease yet."""
    if office.node_of is None:
        return None
    held = leases.held(session, site=office.node_of, day=office.today(office.node_of, now))
    if held is None:
        return None
    waiting = leases.count_apart(session, held)
    return Link(cut_off_since=held.cut_off_since, waiting=waiting, state=held.state)
