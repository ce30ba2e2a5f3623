"""What is seen of applications: by officers in lists and one by one, by its owner on the ticket's page."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from gerai_shared.ticket import State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import applications, handovers, tickets
from gerai_booking.models.applications import MOVED, UNDONE, Application
from gerai_booking.models.people import Person, person_of
from gerai_booking.refusals import UnknownApplication
from gerai_booking.rules.application import (
    Lateness,
    is_final,
    is_fulfilled,
    lateness,
    moves_of,
    next_stages,
)
from gerai_booking.rules.catalogue import Collection, Requirement, Service, Text
from gerai_booking.rules.catalogue.stages import CLOSED, HANDED_OVER, READY, SIDE_STAGES, WAITING, stage_name
from gerai_booking.usecases.applications import BY_THEIR_OWN_ACT
from gerai_booking.usecases.handing_over import rule_of
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.promises import counted_now, is_provisional
from gerai_booking.usecases.rulebook import in_force, service_of, services_on, services_with_every_stage
from gerai_booking.usecases.views import both, ticket_view

SHOWN = 200
Filter = Literal["open", "overdue", "waiting", "ready", "closed"]
FILTERS: tuple[Filter, ...] = ("open", "overdue", "waiting", "ready", "closed")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One application in a list; `kept_too_long` is not collected and over its last day."""

    application: Application
    masked_name: str
    lateness: Lateness
    kept_too_long: bool


def listing(session: Session, office: Office, *, site: str, wanted: str, now: datetime) -> list[Listed]:
    """Return the applications of a site that fit a filter or are in a stage, the nearest promise first.

    `overdue` are those whose promise has passed or passes within one working day. Raises UnknownSite.
    """
    today = office.today(site, now)
    if wanted == "overdue":
        # By the days of every office: where the site works on fewer of them, the list below is sorted out.
        last = office.calendar.add_working_days(today, 1)
        found = applications.promised_until(session, site=site, last=last, limit=SHOWN)
    else:
        stages = None if wanted in {"open", "closed"} else _stages_of(session, office, wanted)
        found = applications.at_site(
            session, site=site, stages=stages, closed=wanted == "closed", limit=SHOWN
        )
    names = applications.masked_names(session, [each.ticket_id for each in found])
    listed = [
        Listed(
            application=each,
            masked_name=names.get(each.ticket_id, ""),
            lateness=lateness(
                each.progress,
                service_of(session, office, each).stages,
                today=today,
                calendar=calendar,
            ),
            kept_too_long=_kept_too_long(each, today),
        )
        for each, calendar in counted_now(session, office, found)
    ]
    return [each for each in listed if each.lateness] if wanted == "overdue" else listed


def _stages_of(session: Session, office: Office, wanted: str) -> list[tuple[str, str]]:
    """Return the (service, stage) of a filter: all that wait for the citizen, or one of all services."""
    found: list[tuple[str, str]] = []
    for service in services_with_every_stage(session, office):
        line = [stage.code for stage in service.stages if stage.code == wanted]
        if wanted == "waiting":
            line = [*(stage.code for stage in service.stages if stage.asks), WAITING]
        elif wanted in SIDE_STAGES:
            line = [wanted]
        found += [(service.code, code) for code in line]
    return found


def _kept_too_long(application: Application, today: date) -> bool:
    return (
        application.stage == READY and application.kept_until is not None and application.kept_until < today
    )


def without_file(session: Session, office: Office, *, site: str, now: datetime) -> list[Ticket]:
    """Return who is or was served at a site today with a service that is followed, and has no file yet."""
    today = office.today(site, now)
    followed = [service.code for service in services_on(session, office, today) if service.stages]
    served = tickets.of_day(
        session,
        site=site,
        day=today,
        states=[State.SERVING, State.SERVED],
        agency=office.code,
        services=followed,
    )
    with_file = applications.with_tickets(session, [ticket.id for ticket in served])
    return [ticket for ticket in served if ticket.id not in with_file]


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One application for an officer; `next_stages` are where a step leads, `may` the acts beside them."""

    application: Application
    service: Service
    person: Person | None
    steps: list[Any]
    next_stages: list[str]
    may: frozenset[str]
    lateness: Lateness
    is_provisional: bool
    rule: Collection | None
    handover: Any | None


def detail(session: Session, office: Office, *, site: str, application_id: str, now: datetime) -> Detail:
    """Return one application of a site. Raises UnknownApplication."""
    found = applications.find(session, application_id)
    if found is None or site not in {found.site, found.collection_site}:
        raise UnknownApplication
    ((found, calendar),) = counted_now(session, office, [found])
    service = service_of(session, office, found)
    today = office.today(site, now)
    steps = applications.steps_of(session, found.id)
    open_steps = next_stages(found.progress, service.stages)
    has_handover = HANDED_OVER in {stage.code for stage in service.stages}
    may = set()
    if any(step.before and step.kind != UNDONE and step.undone_at is None for step in steps):
        may.add("correct")
    if found.stage == READY and site == found.collection_site:
        may.add("hand_over")
    if _kept_too_long(found, office.today(found.collection_site, now)):
        may.add("cancel")
    return Detail(
        application=found,
        service=service,
        person=person_of(session, found.ticket_id),
        steps=steps,
        next_stages=[code for code in open_steps if not (has_handover and code in BY_THEIR_OWN_ACT)],
        may=frozenset(may),
        lateness=lateness(found.progress, service.stages, today=today, calendar=calendar),
        is_provisional=is_provisional(found, service.stages),
        rule=rule_of(office, found),
        handover=handovers.of_application(session, found.id),
    )


def opened_from(session: Session, ticket_id: str, *, site: str) -> str | None:
    """Return the id of the application that was opened from a ticket, if it is one of this site."""
    found = applications.of_ticket(session, ticket_id)
    return found.id if found is not None and site in {found.site, found.collection_site} else None


@dataclass(frozen=True, kw_only=True)
class HandedBack:
    """A file that was handed back, with what lacked."""

    row: Any
    service: Service
    missing: list[Requirement]


def handed_back(session: Session, office: Office, *, site: str, record_id: str) -> HandedBack:
    """Return the record of a file that was handed back at a site. Raises UnknownApplication."""
    row = applications.find_incomplete(session, record_id)
    if row is None or row.site != site:
        raise UnknownApplication
    service = office.service(row.service)
    return HandedBack(row=row, service=service, missing=missing_in(service, row))


def whole_ticket(session: Session, office: Office, ticket: Ticket, *, now: datetime) -> dict[str, Any]:
    """Return everything a ticket's holder may see of it, with what became of it after the counter."""
    found = applications.of_ticket(session, ticket.id)
    handed_back = applications.last_incomplete_of(session, ticket.id) if found is None else None
    return {
        **ticket_view(session, office, ticket, now=now),
        "application": _citizens_view(session, office, found) if found else None,
        "incomplete_file": _incomplete(office, handed_back) if handed_back else None,
    }


def _citizens_view(session: Session, office: Office, application: Application) -> dict[str, Any]:
    ((application, _calendar),) = counted_now(session, office, [application])
    service = service_of(session, office, application)
    steps = applications.steps_of(session, application.id)
    progress = application.progress
    last = steps[-1]
    return {
        "stage": application.stage,
        "stage_name": both(stage_name(service.stages, application.stage)),
        "state": _state(application, service),
        "stages": list(_line(application, service, steps)),
        "moved_at": application.moved_at.isoformat(),
        "promise_on": progress.promise_on.isoformat() if progress.promise_on else None,
        "promise_provisional": is_provisional(application, service.stages),
        "promise_days": application.terms.working_days if application.terms else None,
        "promise_from": both(stage_name(service.stages, application.terms.counts_from))
        if application.terms
        else None,
        "promise_basis": application.promise_basis,
        "promise_paused": progress.stopped_since is not None
        and not is_fulfilled(application.stage, service.stages),
        "no_promise": None if application.terms else both(service.promise_note),
        "asks": both(_asked_at(application.stage, service)),
        "note": last.note if last.note and last.kind == MOVED else None,
        "collection": _collection(office, application),
    }


def _asked_at(code: str, service: Service) -> Text | None:
    return next((stage.asks for stage in service.stages if stage.code == code), None)


def _state(application: Application, service: Service) -> str:
    if application.stage in CLOSED:
        return "closed"
    if is_final(application.stage, service.stages):
        return "done"
    return {WAITING: "waiting", READY: "ready"}.get(application.stage, "open")


def _line(application: Application, service: Service, steps: list[Any]) -> Any:
    """Yield the stages in their order: done with their moment, the present one, and those to come."""
    reached = {step.to_stage: step.at for step in steps if step.kind != UNDONE and step.undone_at is None}
    at = application.progress.returns_to or application.stage
    codes = [stage.code for stage in service.stages]
    # Of what ended without a result, what was reached is told and nothing to come.
    position = (
        codes.index(at) if at in codes else max((codes.index(c) for c in reached if c in codes), default=0)
    )
    final = is_final(application.stage, service.stages)
    for place, stage in enumerate(service.stages):
        state = "done" if place < position or (place == position and final) else "pending"
        if place == position and not final:
            state = "current"
        moment = reached.get(stage.code) if place <= position else None
        yield {
            "code": stage.code,
            "name": both(stage.name),
            "state": state,
            "at": moment.isoformat() if moment else None,
        }


def _collection(office: Office, application: Application) -> dict[str, Any] | None:
    rule = rule_of(office, application)
    if rule is None and application.collection_site == application.site:
        return None
    site = office.site(application.collection_site)
    return {
        "site_name": both(site.name),
        "site_address": both(site.address),
        "until": application.kept_until.isoformat() if application.kept_until else None,
        "receivers": [
            {
                "code": receiver.code,
                "name": both(receiver.name),
                "proofs": [both(proof.text) for proof in receiver.proofs],
            }
            for receiver in (rule.receivers if rule else ())
        ],
    }


def _incomplete(office: Office, row: Any) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "why": row.why,
        "missing": [both(each.text) for each in missing_in(office.service(row.service), row)],
    }


def missing_in(service: Service, row: Any) -> list[Requirement]:
    """Return the requirements that lacked in a file that was handed back, as the catalogue has them now."""
    codes = set(json.loads(row.missing))
    return [requirement for requirement in service.requirements if requirement.code in codes]


def stage_filters(session: Session, office: Office, *, site: str) -> dict[str, dict[str, str] | None]:
    """Return the names of all stages that applications of a site can be in, by their codes."""
    here = {offer.service for offer in office.agency.offers if site in {offer.site, offer.collection_site}}
    lines = [line for line in in_force(session, office).stage_lines if line.service in here and line.stages]
    return {
        code: both(stage_name(line.stages, code))
        for line in lines
        for code in moves_of(line.stages)
        if not is_final(code, line.stages)
    }
