"""The centre's side of a lease: the floor of a site and day is given to a node there, and comes back."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.accounts import Officer
from sqlalchemy.orm import Session

from gerai_booking.models import copying, leases, places, plan, tickets
from gerai_booking.refusals import (
    LeaseTaken,
    NoLease,
    NothingToLease,
    SiteIsLeased,
    UnknownConflict,
    UnknownLease,
    UnknownNode,
)
from gerai_booking.rules.leasing import BLOCK, places_for_the_floor
from gerai_booking.rules.quota import Bound
from gerai_booking.usecases.capacities import recount_day, rules_of
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import calendar_of
from gerai_booking.usecases.planning import open_day

#: How many tickets travel together: with their history some 3 KB each.
PAGE = 100


def refuse_elsewhere(session: Session, office: Office, *, site: str, now: datetime) -> None:
    """Refuse what happens on a floor that another deployment has today: the site's node, or the centre.

    Whoever gives numbers asks after having locked the day, as whoever grants a lease does. Other steps may
    be under way at that moment: the node hears of them as of any change of the centre. Raises SiteIsLeased,
    NoLease.
    """
    day = office.today(site, now)
    if office.node_of is None:
        if leases.active(session, site=site, day=day) is not None:
            raise SiteIsLeased
        return
    held = leases.held(session, site=site, day=day) if site == office.node_of else None
    if held is None or held.state != leases.HELD:
        raise NoLease


def is_elsewhere(session: Session, office: Office, *, site: str, now: datetime) -> bool:
    """Tell whether another deployment has a site's floor today."""
    try:
        refuse_elsewhere(session, office, site=site, now=now)
    except (SiteIsLeased, NoLease):
        return True
    return False


def add_node(session: Session, office: Office, *, site: str, name: str, now: datetime) -> str:
    """Let a node ask for leases of a site; return its key, which is told this once. Raises UnknownSite."""
    key = secrets.token_urlsafe(32)
    leases.add_node(session, site=office.site(site).code, name=name, key_hash=_digest(key), now=now)
    return key


def node_of(session: Session, key: str) -> Any:
    """Return the node with this key. Raises UnknownNode."""
    found = leases.node_with(session, _digest(key))
    if found is None:
        raise UnknownNode
    return found


def grant(session: Session, office: Office, node: Any, *, now: datetime) -> dict[str, Any]:
    """Give today's floor of a node's site to it; return what the node begins with. Again changes nothing.

    {lease: {id, site, day}, numbers: {prefix: [first, last]}, places: [[service, channel, places or null]],
    standing}; tickets come by `changes`. Raises UnknownSite, LeaseTaken, NothingToLease.
    """
    site, day = node.site, office.today(node.site, now)
    left = _locked(session, office, site, day)
    lease = leases.active(session, site=site, day=day)
    if lease is not None and lease.node_id != node.id:
        raise LeaseTaken(node=lease.node_name)
    if lease is None:
        lease = _new_lease(session, office, node, day, left, now=now)
    return {
        "lease": {"id": lease.id, "site": site, "day": day.isoformat()},
        "numbers": json.loads(lease.numbers),
        "places": json.loads(lease.places),
        "standing": _standing(session, office, known=None),
    }


def _locked(session: Session, office: Office, site: str, day: date) -> dict[Bound, int | None]:
    """Lock a day, opened now if it is to be; return what it has left."""
    place = office.site(site)
    left = places.lock_days(session, [(site, day)])[site, day]
    if Bound() not in left:
        if calendar_of(session, office, place, first=day, last=day).closed_because(day) is not None:
            raise NothingToLease
        plan.lock(session, [site])
        open_day(session, office, place, day, rules_of(session, office, place))
        left = places.lock_days(session, [(site, day)])[site, day]
    return left


def _new_lease(
    session: Session, office: Office, node: Any, day: date, left: dict[Bound, int | None], *, now: datetime
) -> Any:
    site = node.site
    given = places_for_the_floor(left)
    taken = {(site, day, bound): count for bound, count in given.items() if count}
    places.take(session, of_days=taken, of_slots={})
    prefixes = sorted(
        {office.service(each.service).prefix for each in office.agency.offers if each.site == site}
    )
    blocks = places.next_numbers(session, {(site, day, prefix): BLOCK for prefix in prefixes})
    lease = leases.add(
        session,
        node_id=node.id,
        node_name=node.name,
        site=site,
        day=day,
        numbers=json.dumps(
            {prefix: [block[0], block[-1]] for (_, _, prefix), block in sorted(blocks.items())}
        ),
        places=json.dumps([[*bound, count] for bound, count in sorted(given.items())]),
        granted_at=now,
        heard_at=now,
    )
    return leases.find(session, lease)


def changes(
    session: Session,
    office: Office,
    node: Any,
    *,
    lease_id: str,
    confirmed: Sequence[tuple[str, int]],
    standing: str | None,
    now: datetime,
) -> dict[str, Any]:
    """Return up to a page of tickets that the node does not have as the centre has them.

    `confirmed` are (ticket, revision) that the node has written, `standing` the digest of what it goes by
    beside tickets: {state, tickets, more, standing}, the last one only when it is another by now. Raises
    UnknownLease.
    """
    lease = lease_of(session, node, lease_id, lock=True)
    known = leases.known(session, lease.id, [ticket for ticket, _ in confirmed])
    news = (
        (ticket, at, at) for ticket, at in confirmed if ticket not in known or at > known[ticket].revision
    )
    leases.put_known(session, lease.id, news)
    leases.change(session, lease.id, heard_at=now)
    answer: dict[str, Any] = {"state": lease.state, "tickets": [], "more": False}
    if lease.state not in leases.ACTIVE:
        return answer
    found = leases.apart(session, lease, limit=PAGE + 1)
    answer["more"] = len(found) > PAGE
    answer["tickets"] = told(session, lease, found[:PAGE])
    fresh = _standing(session, office, known=standing)
    return answer if fresh is None else {**answer, "standing": fresh}


def told(session: Session, lease: Any, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return tickets as they travel: {base, row, lines after the base, beside}.

    `base` is the revision up to which the other side has each of them.
    """
    known = leases.known(session, lease.id, ids)
    base = {ticket: known[ticket].revision if ticket in known else 0 for ticket in ids}
    rows = tickets.whole_rows(session, ids)
    lines = copying.lines_after(session, base)
    beside = copying.beside(session, ids)
    return [
        {
            "base": base[ticket],
            "row": copying.dumped(rows[ticket]),
            "lines": lines[ticket],
            "beside": beside[ticket],
        }
        for ticket in ids
    ]


def lease_of(session: Session, node: Any, lease_id: str, *, lock: bool = False) -> Any:
    """Return a lease of this node. Raises UnknownLease."""
    lease = leases.find(session, lease_id, lock=lock)
    if lease is None or lease.node_id != node.id:
        raise UnknownLease
    return lease


def give_back(
    session: Session, _office: Office, node: Any, *, lease_id: str, now: datetime
) -> dict[str, Any]:
    """Take the floor back from a node that has merged everything; again changes nothing.

    Raises UnknownLease.
    """
    lease_of(session, node, lease_id)
    return {"state": _end(session, lease_id, leases.RETURNED, by=node.name, why=None, now=now)}


def recall(session: Session, *, officer: Officer, lease_id: str) -> None:
    """Ask a node for its lease: it gives it back as soon as it hears and has merged.

    Raises Forbidden, UnknownLease.
    """
    officer.must_be_supervisor()
    lease = leases.find(session, lease_id, lock=True)
    if lease is None or lease.state not in leases.ACTIVE:
        raise UnknownLease
    leases.change(session, lease.id, state=leases.RECALLED)


def revoke(session: Session, *, officer: Officer, lease_id: str, why: str, now: datetime) -> None:
    """End the lease of a node that is lost: the centre serves on with what was merged last.

    Its numbers stay unused. What the node merges later holds only where the centre did nothing.
    Raises Forbidden, UnknownLease.
    """
    officer.must_be_supervisor()
    _end(session, lease_id, leases.REVOKED, by=officer.name, why=why, now=now)


def _end(session: Session, lease_id: str, state: str, *, by: str, why: str | None, now: datetime) -> str:
    found = leases.find(session, lease_id)
    if found is None:
        raise UnknownLease
    places.lock_days(session, [(found.site, found.day)])
    lease = leases.find(session, lease_id, lock=True)
    assert lease is not None
    if lease.state not in leases.ACTIVE:
        return str(lease.state)
    leases.change(session, lease.id, state=state, ended_at=now, ended_by=by, why=why)
    recount_day(session, lease.site, lease.day)
    return state


def handle_conflict(
    session: Session, *, officer: Officer, conflict_id: str, note: str, now: datetime
) -> None:
    """Write down that a supervisor has looked after a conflict. Raises Forbidden, UnknownConflict."""
    officer.must_be_supervisor()
    if not leases.handle(session, conflict_id, by=officer.name, note=note, now=now):
        raise UnknownConflict


def _standing(session: Session, office: Office, *, known: str | None) -> dict[str, str] | None:
    """Return what a node goes by beside tickets, as {digest, sealed}; None when it has that already."""
    found = json.dumps(copying.standing(session), sort_keys=True)
    digest = hashlib.sha256(found.encode()).hexdigest()
    # Among it are the officers' password hashes: whoever listens or stores this learns nothing.
    return None if digest == known else {"digest": digest, "sealed": office.sealer.seal({"rows": found})}


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
