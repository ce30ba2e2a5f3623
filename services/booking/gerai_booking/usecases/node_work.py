"""The node's side of a lease: taking it in, what it has to tell, what it hears."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from gerai_booking.models import copying, leases, places, tickets
from gerai_booking.models.history import history
from gerai_booking.rules.quota import Bound
from gerai_booking.usecases import merged_news
from gerai_booking.usecases.leases import PAGE, told
from gerai_booking.usecases.merging import OF_THE_CENTRE
from gerai_booking.usecases.office import Office

#: What a node does not have of tickets that came from the centre: they count in the centre's quotas, and who
#: may book how often is the centre's question.
NOT_HERE = {
    "quota_channel": None,
    "gave_back_at": None,
    "person_hash": None,
    "holder_hash": None,
    "network_hash": None,
}


def take_in(session: Session, office: Office, bundle: Mapping[str, Any], *, now: datetime) -> None:
    """Begin to work under a lease, with what `usecases.leases.grant` returned; again changes nothing."""
    lease, site = bundle["lease"], bundle["lease"]["site"]
    day = date.fromisoformat(lease["day"])
    if leases.held(session, site=site, day=day) is not None:
        return
    leases.hold(
        session,
        id=lease["id"],
        site=site,
        day=day,
        state=leases.COPYING,
        standing=None,
        taken_in_at=now,
        heard_at=now,
    )
    session.execute(
        insert(places.series),
        [
            {"site": site, "day": day, "prefix": prefix, "last": first - 1, "until": last}
            for prefix, (first, last) in bundle["numbers"].items()
        ],
    )
    rows = {Bound(service, channel): (count, 0, 0) for service, channel, count in bundle["places"]}
    places.set_capacities(session, site=site, day=day, rows=rows)
    _put_standing(session, office, lease["id"], bundle["standing"])


def _put_standing(session: Session, office: Office, lease_id: str, standing: Mapping[str, str]) -> None:
    copying.put_standing(session, json.loads(office.sealer.unseal(standing["sealed"])["rows"]))
    leases.change_held(session, lease_id, standing=standing["digest"])


def outgoing(session: Session, lease: Any) -> list[dict[str, Any]]:
    """Return the next page of tickets that the centre does not have as this node has them, empty for none.

    Who is at a counter comes last, and all of them together: whoever was there before has left by then.
    """
    found = leases.apart(session, lease, at_counter=False, limit=PAGE)
    if len(found) < PAGE:
        found += leases.apart(session, lease, at_counter=True)
    return told(session, lease, found)


def hear_merged(
    session: Session, office: Office, lease: Any, answers: Sequence[Mapping[str, Any]], *, now: datetime
) -> None:
    """Write down what the centre made of a page: see usecases.merging.merge_page.

    What happened here since the page was sent stands, counted on behind the centre's lines.
    """
    rows = tickets.whole_rows(session, [answer["id"] for answer in answers], lock=True)
    known = leases.known(session, lease.id, rows)
    for answer in answers:
        row, sent, revision = rows[answer["id"]], answer["sent"], answer["revision"]
        base = known[row.id].revision if row.id in known else 0
        if revision < base:
            # An answer that was overtaken by a later one.
            continue
        if "row" in answer:
            _count_on(session, row, base=base, sent=sent, revision=revision)
            copying.put_lines(session, row.id, answer["lines"])
            _take_over(session, row, answer["row"], moved=row.revision - sent)
            if row.revision == sent:
                _tell(session, office, answer["lines"][-1:], row.id, now)
    leases.put_known(
        session, lease.id, [(each["id"], each["revision"], each["revision"]) for each in answers]
    )


def _count_on(session: Session, row: Any, *, base: int, sent: int, revision: int) -> None:
    """Make room for the centre's lines up to `revision`: they hold those that were sent."""
    of_ticket = history.c.ticket_id == row.id
    session.execute(delete(history).where(of_ticket, history.c.revision > base, history.c.revision <= sent))
    later = session.scalars(
        select(history.c.revision)
        .where(of_ticket, history.c.revision > sent)
        .order_by(history.c.revision.desc())
    ).all()
    moved = update(history).where(of_ticket, history.c.revision == bindparam("old"))
    for old in later:
        session.execute(moved.values(revision=old + revision - sent), {"old": old})


def _take_over(session: Session, row: Any, centre: Mapping[str, Any], *, moved: int) -> None:
    """Have a ticket as the centre has it; what the floor did since, `moved` steps, goes on from there."""
    values = copying.loaded(tickets.tickets, centre)
    values = {name: value for name, value in values.items() if name not in NOT_HERE}
    if moved:
        values = {name: value for name, value in values.items() if name in OF_THE_CENTRE}
        values["revision"] = centre["revision"] + moved
    session.execute(update(tickets.tickets).where(tickets.tickets.c.id == row.id).values(**values))


def hear_changes(
    session: Session, office: Office, lease: Any, answer: Mapping[str, Any], *, now: datetime
) -> list[tuple[str, int]]:
    """Write down a page of the centre's changes; return what is to be confirmed as (ticket, revision).

    A ticket that has changed here too is left to the merge.
    """
    if "standing" in answer:
        _put_standing(session, office, lease.id, answer["standing"])
    ids = [change["row"]["id"] for change in answer["tickets"]]
    rows = tickets.whole_rows(session, ids, lock=True)
    known = leases.known(session, lease.id, ids)
    confirmed = []
    for change in answer["tickets"]:
        ticket, revision = change["row"]["id"], change["row"]["revision"]
        row, base = rows.get(ticket), known[ticket].revision if ticket in known else 0
        if row is not None and row.revision != base:
            continue
        if revision > base:
            _write(session, office, change, row, base=base, now=now)
        confirmed.append((ticket, max(revision, base)))
    leases.put_known(session, lease.id, [(ticket, at, at) for ticket, at in confirmed])
    return confirmed


def _write(
    session: Session, office: Office, change: Mapping[str, Any], row: Any | None, *, base: int, now: datetime
) -> None:
    lines = [line for line in change["lines"] if line["revision"] > base]
    if row is None:
        values = copying.loaded(tickets.tickets, change["row"]) | NOT_HERE
        session.execute(insert(tickets.tickets).values(**values))
    else:
        _take_over(session, row, change["row"], moved=0)
    copying.put_lines(session, change["row"]["id"], lines)
    copying.put_beside(session, change["row"]["id"], change["beside"])
    _tell(session, office, lines, change["row"]["id"], now)


def _tell(
    session: Session, office: Office, lines: Sequence[Mapping[str, Any]], ticket_id: str, now: datetime
) -> None:
    """Tell the site's own boards; holders hear from the centre."""
    ticket = tickets.find(session, ticket_id, agency=office.code)
    if ticket is not None and lines:
        steps = [SimpleNamespace(**copying.loaded(history, line)) for line in lines]
        merged_news.tell(session, office, steps, ticket, new_number=False, now=now, to_holder=False)


def begin_return(session: Session, lease: Any) -> None:
    """Stop serving under a lease: what is merged from now on is the last of it."""
    leases.change_held(session, lease.id, state=leases.RETURNING)


def is_all_told(session: Session, lease: Any) -> bool:
    """Tell whether the centre has everything of a lease."""
    return leases.count_apart(session, lease) == 0
