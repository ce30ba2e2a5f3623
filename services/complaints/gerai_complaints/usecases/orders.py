"""How an officer's order is carried out: once, on the locked complaint that they saw."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from gerai_shared import commands
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint
from gerai_complaints.rules.case import Actor, StaleRevision
from gerai_complaints.shapes import Case, Keyring, Order
from gerai_complaints.usecases.case_view import case_of, find


def carry_out(
    session: Session,
    verb: str,
    order: Order,
    run: Callable[[Complaint], None],
    *,
    keyring: Keyring,
    now: datetime,
) -> Case:
    """Run an order on its locked complaint, once a key; return the case as it is then.

    Raises UnknownComplaint, StaleRevision, IdempotencyKeyReused and what `run` raises.
    """
    # Locked before the key is claimed: a repeat waits here, and then sees what the first one made of it.
    complaint = find(session, order.number, officer=order.officer, locked=True)

    def run_locked() -> dict[str, Any]:
        if order.revision is not None and order.revision != complaint.revision:
            raise StaleRevision(revision=complaint.revision)
        run(complaint)
        session.flush()
        return {"revision": complaint.revision}

    commands.once(
        session,
        scope=f"complaints.{verb}.{complaint.id}",
        key=order.key,
        body=_body(order),
        now=now,
        run=run_locked,
    )
    return case_of(session, complaint, officer=order.officer, keyring=keyring, now=now)


def _body(order: Order) -> dict[str, Any]:
    """Return what recognises a repeat; what was not said has no name, as in orders of earlier releases."""
    said = {
        "choice": order.choice,
        "days": order.days,
        "reference": order.reference,
        "flag": order.flag,
        "checks": [list(each) for each in order.checks] or None,
    }
    return {
        "officer": order.officer.id,
        "revision": order.revision,
        "text": order.text,
        **{name: value for name, value in said.items() if value is not None},
    }


def actor_of(order: Order) -> Actor:
    """Return as whom an officer moves a complaint."""
    return Actor.SUPERVISOR if order.officer.is_supervisor else Actor.OFFICER
