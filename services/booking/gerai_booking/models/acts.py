"""What officers did and answer for: looked up, decided, lifted, called out of turn; never altered."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import Column, Index, Integer, String, Table, Text, cast, insert, select
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import tickets

#: `about` is what kind of thing (sanction, appeal, outage, queue, counter), `about_id` which one, none for a
#: search; `what` is a masked identity or another detail that names nobody.
officer_acts = Table(
    "officer_acts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", AwareDateTime, nullable=False),
    Column("officer_id", String(36), nullable=False),
    Column("officer_name", String(100), nullable=False),
    Column("about", String(20), nullable=False),
    Column("about_id", String(36), nullable=True),
    Column("act", String(20), nullable=False),
    Column("what", String(100), nullable=True),
    Column("why", Text, nullable=True),
    Index("ix_officer_acts_about_at", "about", "at"),
    Index("ix_officer_acts_about_id", "about_id"),
)


#: Of who was called although others were before them: `about_id` is the ticket, `what` how many they were.
QUEUE, CALLED_OUT_OF_TURN = "queue", "called_out_of_turn"
#: Of what supervisors changed at counters: `what` is `<site>.<counter>`, or whose services were changed.
COUNTER = "counter"


def record(
    session: Session,
    *,
    officer_id: str,
    officer_name: str,
    about: str,
    act: str,
    now: datetime,
    about_id: str | None = None,
    what: str | None = None,
    why: str | None = None,
) -> None:
    """Write down what an officer did."""
    session.execute(
        insert(officer_acts).values(
            id=new_id(),
            at=now,
            officer_id=officer_id,
            officer_name=officer_name,
            about=about,
            about_id=about_id,
            act=act,
            what=what,
            why=why,
        )
    )


def newest(session: Session, *, about: str, limit: int) -> list[Any]:
    """Return the last acts about one kind of thing, the newest first."""
    query = select(officer_acts).where(officer_acts.c.about == about)
    order = (officer_acts.c.at.desc(), officer_acts.c.id.desc())
    return list(session.execute(query.order_by(*order).limit(limit)))


def about_what(session: Session, *, about: str, what: str, limit: int) -> list[Any]:
    """Return the last acts about one thing that is named by `what`, the newest first."""
    query = select(officer_acts).where(officer_acts.c.about == about, officer_acts.c.what == what)
    order = (officer_acts.c.at.desc(), officer_acts.c.id.desc())
    return list(session.execute(query.order_by(*order).limit(limit)))


def called_out_of_turn(session: Session, *, first: date, last: date) -> list[Any]:
    """Return who was called out of turn on these days, the newest first.

    Rows of (at, officer_id, officer_name, passed_over, number, site, service).
    """
    query = (
        select(
            officer_acts.c.at,
            officer_acts.c.officer_id,
            officer_acts.c.officer_name,
            cast(officer_acts.c.what, Integer).label("passed_over"),
            tickets.c.number,
            tickets.c.site,
            tickets.c.service,
        )
        .join(tickets, tickets.c.id == officer_acts.c.about_id)
        .where(
            officer_acts.c.about == QUEUE,
            officer_acts.c.act == CALLED_OUT_OF_TURN,
            tickets.c.day.between(first, last),
        )
    )
    return list(session.execute(query.order_by(officer_acts.c.at.desc(), officer_acts.c.id.desc())))


def about(session: Session, ids: Iterable[str]) -> list[Any]:
    """Return every act about these things, the newest first."""
    query = select(officer_acts).where(officer_acts.c.about_id.in_(list(ids)))
    return list(session.execute(query.order_by(officer_acts.c.at.desc(), officer_acts.c.id.desc())))
