"""Handing results over, with the register that is signed (Permenkumham 8/2014 art. 23)."""

import json
from collections.abc import Collection as Several
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.refusals import InvalidRequest
from sqlalchemy.orm import Session

from gerai_booking.models import handovers
from gerai_booking.models.applications import Application
from gerai_booking.refusals import ProofsMissing, WrongPlaceOfCollection
from gerai_booking.rules.application import MoveNotAllowed
from gerai_booking.rules.catalogue import Collection, Receiver, collection_on
from gerai_booking.rules.catalogue.stages import HANDED_OVER, READY
from gerai_booking.usecases.applications import go, load
from gerai_booking.usecases.files import step_of
from gerai_booking.usecases.office import Office

CHOOSE_RECEIVER = "Please choose who collects."
SIGN_FIRST = "Please have the register signed first."


@dataclass(frozen=True, kw_only=True)
class Collected:
    """Who collects: which kind of receiver, with what name, which proofs were shown, whether they signed."""

    receiver: str
    name: str
    proofs: Several[str]
    signed: bool


def hand_over(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    site: str,
    application_id: str,
    collected: Collected,
    revision: int | None,
    now: datetime,
) -> Application:
    """Hand a result over and write it into the register: at its place of collection, against every proof.

    Raises UnknownApplication, ApplicationChanged, WrongPlaceOfCollection, MoveNotAllowed, ProofsMissing,
    InvalidRequest.
    """
    before = load(session, application_id, site=site, revision=revision)
    if site != before.collection_site:
        raise WrongPlaceOfCollection(site=office.site(before.collection_site).name.id)
    rule = rule_of(office, before)
    if before.stage != READY or rule is None:
        raise MoveNotAllowed
    proofs = _shown(rule, collected)
    if not collected.signed:
        raise InvalidRequest(fields={"signed": [SIGN_FIRST]})
    after = go(session, office, before, HANDED_OVER, step_of(officer, None, now=now))
    handovers.add(
        session,
        {
            "application_id": after.id,
            "number": after.number,
            "service": after.service,
            "site": site,
            "day": office.today(site, now),
            "at": now,
            "receiver": collected.receiver,
            "sealed": office.sealer.seal({"name": collected.name}),
            "signed": collected.signed,
            "officer_id": officer.id,
            "officer_name": officer.name,
        },
        proofs=proofs,
    )
    return after


def rule_of(office: Office, application: Application) -> Collection | None:
    """Return the rule by which an application that is ready is handed over."""
    if application.ready_on is None:
        return None
    return collection_on(office.service(application.service), application.ready_on)


def _shown(rule: Collection, collected: Collected) -> list[str]:
    """Return the codes of the proofs that were shown. Raises InvalidRequest, ProofsMissing."""
    receiver = next((each for each in rule.receivers if each.code == collected.receiver), None)
    if receiver is None:
        raise InvalidRequest(fields={"receiver": [CHOOSE_RECEIVER]})
    missing = [proof for proof in receiver.proofs if proof.code not in collected.proofs]
    if missing:
        raise ProofsMissing(missing="; ".join(proof.text.id for proof in missing))
    return [proof.code for proof in receiver.proofs]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the register as officers see it; `receiver` is None for one that no rule has any more."""

    row: Any
    name: str
    receiver: Receiver | None


def register(session: Session, office: Office, *, site: str, day: date) -> list[Entry]:
    """Return the register of a site's day, with the names of who collected. Raises UnknownSite."""
    office.site(site)
    return [
        Entry(row=row, name=office.sealer.unseal(row.sealed)["name"], receiver=_receiver(office, row))
        for row in handovers.of_day(session, site=site, day=day)
    ]


def _receiver(office: Office, row: Any) -> Receiver | None:
    rule = collection_on(office.service(row.service), row.day)
    shown = set(json.loads(row.proofs))
    found = next((each for each in rule.receivers if each.code == row.receiver), None) if rule else None
    if found is None:
        return None
    proofs = tuple(proof for proof in found.proofs if proof.code in shown)
    return Receiver(code=found.code, name=found.name, proofs=proofs)
