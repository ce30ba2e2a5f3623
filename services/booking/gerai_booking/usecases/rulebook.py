"""The rules of an agency as they are now: the catalogue's, with what supervisors wrote down laid over them.

Read once in each transaction. What was read is kept with the office, and used again for as long as nobody has
changed a rule, which one short query tells.
"""

import json
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gerai_booking.models import dated_rules
from gerai_booking.models.applications import Application
from gerai_booking.rules.catalogue import Dated, Service
from gerai_booking.rules.rulebook import Rules, laid_over, rules_in
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.rule_kinds import KINDS

IN_SESSION = "rules"


def in_force(session: Session, office: Office) -> Rules:
    """Return the rules that this transaction goes by."""
    rules: Rules | None = session.info.get(IN_SESSION)
    if rules is None:
        revision = dated_rules.revision_of_all(session)
        known = office.known_rules
        if known is None or known[0] != revision or known[1] is not office.agency:
            known = revision, office.agency, _read(session, office)
            office.known_rules = known
        rules = session.info[IN_SESSION] = known[2]
    return rules


def forget(session: Session) -> None:
    """Have the rules read again: this transaction has changed one."""
    session.info.pop(IN_SESSION, None)


def last_known(office: Office) -> Rules:
    """Return the rules that were in force when they were read last, for when the database is away."""
    return office.known_rules[2] if office.known_rules is not None else rules_in(office.agency)


def service_of(session: Session, office: Office, application: Application) -> Service:
    """Return the service of an application with the stages that it passes through.

    These are the stages of the day on which it was opened, whatever was written down since.
    """
    opened_on = office.today(application.site, application.opened_at)
    stages = in_force(session, office).stages_of(application.service, opened_on)
    return replace(office.service(application.service), stages=stages)


def services_on(session: Session, office: Office, day: date) -> list[Service]:
    """Return the services, each with the stages of an application that is opened on a day."""
    rules = in_force(session, office)
    return [replace(each, stages=rules.stages_of(each.code, day)) for each in office.agency.services]


def services_with_every_stage(session: Session, office: Office) -> list[Service]:
    """Return the services, each with all the stages that an application of it can be in, old ones too."""
    rules = in_force(session, office)
    return [replace(each, stages=rules.every_stage_of(each.code)) for each in office.agency.services]


def row_of(found: Any) -> Dated:
    """Return what a row of the table says, in the shape of the catalogue."""
    return KINDS[found.kind].row(
        json.loads(found.body), basis=found.basis, valid_from=found.valid_from, valid_to=found.valid_to
    )


def _read(session: Session, office: Office) -> Rules:
    written: dict[str, list[Any]] = {}
    for found in dated_rules.all_rows(session):
        # A kind that a later release knows is not one that this process could follow.
        if found.kind in KINDS:
            written.setdefault(found.kind, []).append(row_of(found))
    return Rules(
        **{
            kind.field: laid_over(
                getattr(office.agency, kind.field), written.get(kind.code, ()), kind.subject
            )
            for kind in KINDS.values()
        }
    )
