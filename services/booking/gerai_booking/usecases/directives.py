"""Orders of the centre that close offices (S3-4): written down, looked at, put in force, undone.

What they do to tickets is in usecases.treating. An order holds from the moment it is in force, whatever is
left to do: its hours cannot be booked, held or walked into any more.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.ticket import State
from sqlalchemy.orm import Session

from gerai_booking.models import directives, groups
from gerai_booking.refusals import DirectiveOver, DirectiveUndone, ScopeWithoutSites, UnknownDirective
from gerai_booking.rules.catalogue import Site, Text
from gerai_booking.rules.directives import DRAFT, IN_FORCE, OFFER_LASTS, UNDOING, UNDONE, Directive
from gerai_booking.rules.visits import BOOKABLE_DAYS
from gerai_booking.usecases.availability import availability
from gerai_booking.usecases.office import Office

LISTED = 50


@dataclass(frozen=True, kw_only=True)
class Order:
    """What an order says; `text` tells citizens why. See rules.directives.Directive."""

    number: str
    issuer: str
    dated: date
    scope: str
    code: str
    services: frozenset[str]
    first_day: date
    last_day: date
    text: Text


def draft(session: Session, office: Office, order: Order, *, officer: Officer, now: datetime) -> str:
    """Write an order down, without effect yet; return its id.

    Raises Forbidden, ScopeWithoutSites, DirectiveOver.
    """
    officer.must_be_central()
    row = {
        "number": order.number,
        "issuer": order.issuer,
        "dated": order.dated,
        "scope": order.scope,
        "code": order.code,
        "services": " ".join(sorted(order.services)),
        "first_day": order.first_day,
        "last_day": order.last_day,
        "text_id": order.text.id,
        "text_en": order.text.en,
        "state": DRAFT,
        "drafted_by": officer.name,
        "drafted_at": now,
    }
    directive_id = directives.add(session, row)
    _refuse_without_effect(office, directives.of_row(directives.find(session, directive_id)), now=now)
    return directive_id


def sites_of(office: Office, directive: Directive) -> list[Site]:
    """Return this agency's sites that an order reaches, in order of their codes."""
    reached = [site for site in office.agency.sites if directive.reaches(site.code, site.regency_code)]
    return sorted(reached, key=lambda site: site.code)


def _refuse_without_effect(office: Office, directive: Directive, *, now: datetime) -> None:
    reached = sites_of(office, directive)
    if not reached:
        raise ScopeWithoutSites
    if all(directive.last_day < office.today(site.code, now) for site in reached):
        raise DirectiveOver


def find(session: Session, directive_id: str, *, lock: bool = False) -> Any:
    """Return the row of an order. Raises UnknownDirective."""
    found = directives.find(session, directive_id, lock=lock)
    if found is None:
        raise UnknownDirective
    return found


@dataclass(frozen=True, kw_only=True)
class Group:
    """Who is hit at a site on a day for a service: bookings, and places that are held for some minutes.

    `unnamed` are places of institutions that have no name yet: nobody is told of them, the institution is to
    be called.
    """

    site: str
    day: date
    service: str
    booked: int
    held: int
    unnamed: int


@dataclass(frozen=True, kw_only=True)
class Move:
    """How many bookings of a service are hit at a site, and how many places there are after the closure."""

    site: str
    service: str
    booked: int
    free: int

    @property
    def movable(self) -> int:
        """How many could be moved, if nobody else books meanwhile."""
        return min(self.booked, self.free)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an order would do now. `tickets` are rows with `masked_name`; places are counted up to `until`."""

    groups: list[Group]
    moves: list[Move]
    tickets: list[Any]
    until: date


def preview(session: Session, office: Office, directive: Directive, *, now: datetime) -> Preview:
    """Return whom an order hits, without changing anything.

    Places that several services share are counted for each of them: some who could be moved may not be.
    """
    sites = [site.code for site in sites_of(office, directive)]
    found = directives.hit(session, directive, sites=sites, after=now)
    found = [row for row in found if row.held_until is None or row.held_until > now]
    unnamed = _unnamed(session, directive, sites, now=now)
    keys = sorted({(row.site, row.day, row.service) for row in found} | set(unnamed))
    counts = Counter((row.site, row.day, row.service, row.state) for row in found)
    booked = Counter((row.site, row.service) for row in found if row.state == State.BOOKED.value)
    first = max(directive.last_day + timedelta(days=1), now.date())
    last = first + timedelta(days=BOOKABLE_DAYS)
    return Preview(
        groups=[
            Group(
                site=site,
                day=day,
                service=service,
                booked=counts[site, day, service, State.BOOKED.value],
                held=counts[site, day, service, State.HELD.value],
                unnamed=unnamed.get((site, day, service), 0),
            )
            for site, day, service in keys
        ],
        moves=[
            Move(
                site=site,
                service=service,
                booked=count,
                free=_free(session, office, site, service, first, last, now),
            )
            for (site, service), count in sorted(booked.items())
        ],
        tickets=[row for row in found if row.state == State.BOOKED.value],
        until=last,
    )


def _unnamed(
    session: Session, directive: Directive, sites: list[str], *, now: datetime
) -> dict[tuple[str, date, str], int]:
    first, last = directive.first_day, directive.last_day
    found = groups.unnamed_between(session, sites=sites, first=first, last=last, after=now)
    return {
        (site, day, service): count
        for (site, day, service), count in found.items()
        if directive.closes(service, day)
    }


def _free(
    session: Session, office: Office, site: str, service: str, first: date, last: date, now: datetime
) -> int:
    found = availability(session, office, site=site, service=service, first=first, last=last, now=now)
    return sum(day["places"] for day in found["days"])


def put_in_force(
    session: Session, office: Office, directive_id: str, *, treatment: str, officer: Officer, now: datetime
) -> None:
    """Put an order in force; done again, nothing changes. What it does to tickets comes after the commit.

    Raises Forbidden, UnknownDirective, DirectiveUndone, DirectiveOver.
    """
    officer.must_be_central()
    found = find(session, directive_id, lock=True)
    if found.state == IN_FORCE:
        return
    if found.state != DRAFT:
        raise DirectiveUndone
    _refuse_without_effect(office, directives.of_row(found), now=now)
    directives.change(
        session,
        directive_id,
        state=IN_FORCE,
        treatment=treatment,
        choose_until=found.last_day + OFFER_LASTS,
        applied_by=officer.name,
        applied_at=now,
    )


def begin_undoing(session: Session, directive_id: str, *, why: str, officer: Officer, now: datetime) -> None:
    """Undo an order; a draft is thrown away. Its hours are given back after the commit, then they open.

    Raises Forbidden, UnknownDirective, DirectiveUndone.
    """
    officer.must_be_central()
    found = find(session, directive_id, lock=True)
    if found.state in {UNDOING, UNDONE}:
        raise DirectiveUndone
    state = UNDONE if found.state == DRAFT else UNDOING
    directives.change(
        session, directive_id, state=state, undone_by=officer.name, undone_at=now, undone_why=why
    )


@dataclass(frozen=True, kw_only=True)
class Story:
    """An order with what it would do (a draft) or did; `left` is how many tickets are still to be treated."""

    row: Any
    directive: Directive
    sites: list[Site]
    preview: Preview | None
    treated: list[Any]
    left: int


def story(session: Session, office: Office, directive_id: str, *, now: datetime) -> Story:
    """Return everything about an order. Raises UnknownDirective."""
    row = find(session, directive_id)
    directive = directives.of_row(row)
    return Story(
        row=row,
        directive=directive,
        sites=sites_of(office, directive),
        preview=preview(session, office, directive, now=now) if row.state == DRAFT else None,
        treated=directives.treated_by(session, directive_id),
        left=_left(session, office, row, directive),
    )


def _left(session: Session, office: Office, row: Any, directive: Directive) -> int:
    if row.state == UNDOING:
        return len(directives.not_restored(session, row.id))
    if row.state != IN_FORCE:
        return 0
    sites = [site.code for site in sites_of(office, directive)]
    found = directives.hit(session, directive, sites=sites, after=row.applied_at)
    return sum(each.state == State.BOOKED.value for each in found)


def recent(session: Session) -> list[Any]:
    """Return the rows of the last orders, the newest first."""
    return directives.recent(session, limit=LISTED)
