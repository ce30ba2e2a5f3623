"""Complaints: who brought them, what happened with them, how far they climbed, their numbers."""

from datetime import date, datetime
from enum import StrEnum

from gerai_shared import accounts
from gerai_shared.database import CountingKey
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base
from gerai_complaints.rules.case import OPEN_STATES, Classification, State
from gerai_complaints.rules.ladder import LADDER


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(each.value) for each in values)})"


def _while_set(column: str) -> Index:
    is_set = text(f"{column} IS NOT NULL")
    return Index(f"ix_complaints_{column}", column, postgresql_where=is_set, sqlite_where=is_set)


_IS_OPEN = ", ".join(repr(state.value) for state in State if state in OPEN_STATES)
_NO_CLOCK = text(f"climbs_at IS NULL AND climbed < {len(LADDER)} AND state IN ({_IS_OPEN})")
_NO_END = text(f"lapses_at IS NULL AND state = '{State.ANSWERED.value}'")


class Complaint(Base):
    """One complaint. Who brought it stands in `complaint_people`, apart.

    `received_on`, `due_on` are days of the site's calendar, `time_zone` is the site's. `due_at` is when
    `due_on` is over. Both move when the answer is disputed, with the day on which the time began
    (`period_begins`), and by the working days for which the clock stood still in this time (`paused_days`) or
    that a supervisor added to it (`extended_days`). `climbed` is how many rungs of rules.ladder are reached
    in this time, all of them at its end; `climbs_at` is when the next one is, null when nobody waits for an
    answer or there is none; `level` is the highest that was ever reached. What a release before the ladder
    wrote has no clock yet. `lapses_at` is when it ends by itself for want of a word from the citizen.

    `closed_at` is when it came to an end, whatever kind of end; null again when it is opened anew.

    The columns `ticket_*` are the facts of the visit as the agency told them; `link_at` is when it is asked
    for them next, null when there is nothing to ask.
    """

    __tablename__ = "complaints"
    __table_args__ = (
        CheckConstraint(_one_of("classification", Classification), name="classification"),
        CheckConstraint(_one_of("state", State), name="state"),
        Index("ix_complaints_state_due_on", "state", "due_on"),
        Index("ix_complaints_assigned_to_due_on", "assigned_to", "due_on"),
        Index("ix_complaints_agency_state_due_on", "agency", "state", "due_on"),
        # What is told of a site: its last months, and what is open however long.
        Index("ix_complaints_site_state_received_on", "site", "state", "received_on"),
        # What the clock looks for: few rows, however many complaints there are.
        _while_set("climbs_at"),
        _while_set("lapses_at"),
        _while_set("closed_at"),
        # What a release before the clock left without one: none, once the clock has adopted them.
        Index("ix_complaints_without_clock", "id", postgresql_where=_NO_CLOCK, sqlite_where=_NO_CLOCK),
        Index("ix_complaints_without_end", "id", postgresql_where=_NO_END, sqlite_where=_NO_END),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    classification: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(150))
    text: Mapped[str] = mapped_column(Text)
    agency: Mapped[str] = mapped_column(String(40))
    site: Mapped[str | None] = mapped_column(String(60))
    service: Mapped[str | None] = mapped_column(String(60))
    occurred_on: Mapped[date | None]
    anonymous: Mapped[bool] = mapped_column(Boolean)
    confidential: Mapped[bool] = mapped_column(Boolean)
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(Integer)
    received_at: Mapped[datetime] = mapped_column(index=True)
    received_on: Mapped[date]
    time_zone: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(20), server_default="web")
    received_by: Mapped[str | None] = mapped_column(ForeignKey(accounts.officers.c.id))
    assigned_to: Mapped[str | None] = mapped_column(ForeignKey(accounts.officers.c.id))
    joined_to: Mapped[str | None] = mapped_column(ForeignKey("complaints.id"), index=True)
    urgent_at: Mapped[datetime | None]
    is_oversight: Mapped[bool] = mapped_column(Boolean, server_default=false())
    maladministration: Mapped[str | None] = mapped_column(String(30))
    breached_rule: Mapped[str | None] = mapped_column(String(300))
    ombudsman_number: Mapped[str | None] = mapped_column(String(60))
    due_on: Mapped[date]
    working_days: Mapped[int] = mapped_column(Integer)
    due_basis: Mapped[str] = mapped_column(Text)
    verify_by: Mapped[date | None]
    follow_up_by: Mapped[date | None]
    paused_days: Mapped[int] = mapped_column(Integer, server_default="0")
    extended_days: Mapped[int] = mapped_column(Integer, server_default="0")
    lapses_at: Mapped[datetime | None]
    period_begins: Mapped[date | None]
    due_at: Mapped[datetime | None]
    climbed: Mapped[int] = mapped_column(Integer, server_default="0")
    climbs_at: Mapped[datetime | None]
    level: Mapped[str | None] = mapped_column(String(20))
    taken_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    disputed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    ticket_id: Mapped[str | None] = mapped_column(String(36), index=True)
    ticket_number: Mapped[str | None] = mapped_column(String(10))
    ticket_agency: Mapped[str | None] = mapped_column(String(40))
    ticket_site: Mapped[str | None] = mapped_column(String(60))
    ticket_service: Mapped[str | None] = mapped_column(String(60))
    ticket_counter: Mapped[str | None] = mapped_column(String(60))
    ticket_day: Mapped[date | None]
    ticket_waited_minutes: Mapped[int | None] = mapped_column(Integer)
    link_at: Mapped[datetime | None] = mapped_column(index=True)
    link_attempts: Mapped[int] = mapped_column(Integer)


class Person(Base):
    """Who brought a complaint; everything personal is here and nowhere else, so that it can be erased.

    `contact` is the sealed object {name, email, phone}, its name null when the complaint is anonymous;
    `reachable` says whether it holds an address for news. `proxy` is the sealed object {principal, relation,
    has_power_of_attorney} when somebody acts for the person who was harmed. `ticket_token` is the sealed
    reference of a ticket whose facts are still to be asked for.
    """

    __tablename__ = "complaint_people"

    complaint_id: Mapped[str] = mapped_column(
        ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True
    )
    contact: Mapped[str] = mapped_column(Text)
    reachable: Mapped[bool] = mapped_column(Boolean)
    proxy: Mapped[str | None] = mapped_column(Text)
    ticket_token: Mapped[str | None] = mapped_column(Text)


class Entry(Base):
    """One thing that happened with a complaint. `by` is citizen, officer or system.

    `text` is what was said; of the kind `due`, a new due date, the day in ISO 8601.
    """

    __tablename__ = "complaint_entries"

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(10))
    officer_id: Mapped[str | None] = mapped_column(ForeignKey(accounts.officers.c.id))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(Text)


class Escalation(Base):
    """A rung of the ladder that a complaint reached in one of its times to answer: once, says the key."""

    __tablename__ = "escalations"

    complaint_id: Mapped[str] = mapped_column(
        ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True
    )
    period_begins: Mapped[date] = mapped_column(primary_key=True)
    rung: Mapped[str] = mapped_column(String(20), primary_key=True)
    level: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]


class NumberCounter(Base):
    """The last number given out in a year."""

    __tablename__ = "number_counters"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)
