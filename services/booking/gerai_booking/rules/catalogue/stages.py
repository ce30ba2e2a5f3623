"""The stages that every service shares, and what contradicts itself in those of a catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from re import fullmatch
from typing import TYPE_CHECKING

from gerai_booking.rules.catalogue.shapes import Service, Stage, Text

if TYPE_CHECKING:
    from gerai_booking.rules.catalogue.agency import Agency

#: The result waits to be collected; after it comes HANDED_OVER and nothing else.
READY, HANDED_OVER = "ready", "handed_over"
#: Beside the line of every service: something is missing that only the applicant can bring.
WAITING = "waiting_for_citizen"
REJECTED, WITHDRAWN, UNCOLLECTED = "rejected", "withdrawn", "cancelled_uncollected"
#: Ends that are not the result that was asked for.
CLOSED = (REJECTED, WITHDRAWN, UNCOLLECTED)

SIDE_STAGES = {
    WAITING: Text(id="Menunggu pemohon", en="Waiting for the applicant"),
    REJECTED: Text(id="Ditolak", en="Rejected"),
    WITHDRAWN: Text(id="Ditarik kembali", en="Withdrawn"),
    UNCOLLECTED: Text(id="Dibatalkan karena tidak diambil", en="Cancelled, not collected"),
}


def stage_name(stages: Iterable[Stage], code: str) -> Text:
    """Return what one of these stages is called; of one that is not among them, its code."""
    found = {stage.code: stage.name for stage in stages} | SIDE_STAGES
    return found.get(code, Text(id=code, en=code))


def stage_problems(agency: Agency) -> Iterator[str]:
    """Each contradiction in the stages of an agency's services, as one English sentence for its author."""
    for service in agency.services:
        codes = [stage.code for stage in service.stages]
        yield from _line_problems(service, codes)
        yield from _promise_problems(service, codes)
        yield from _collection_problems(service, codes)
    sites = {site.code for site in agency.sites}
    yield from (
        f"{offer.service} at {offer.site}: the place of collection {offer.collection_site} is unknown"
        for offer in agency.offers
        if offer.collection_site is not None and offer.collection_site not in sites
    )
    yield from (
        f"{offer.service} at {offer.site}: a place of collection needs both its words and its site"
        for offer in agency.offers
        if (offer.collection is None) != (offer.collection_site is None)
    )


def _line_problems(service: Service, codes: list[str]) -> Iterator[str]:
    if len(set(codes)) != len(codes):
        yield f"{service.code}: a stage occurs twice"
    for code in codes:
        if not fullmatch(r"[a-z]+(_[a-z]+)*", code):
            yield f"{service.code}: stage {code!r} is not made of small letters and single underscores"
        if code in SIDE_STAGES:
            yield f"{service.code}: {code} stands beside the line of every service, not in it"
    for stage in service.stages:
        if (stage.waits_for_citizen and stage.code != READY) != (stage.asks is not None):
            yield f"{service.code}: {stage.code} waits for the citizen and does not say what for"
    if len(codes) == 1:
        yield f"{service.code}: an application that has one stage has nowhere to go"
    if (READY in codes or HANDED_OVER in codes) and codes[-2:] != [READY, HANDED_OVER]:
        yield f"{service.code}: what is ready is handed over at the end, and only that"


def _promise_problems(service: Service, codes: list[str]) -> Iterator[str]:
    before_the_result = codes[: codes.index(READY)] if READY in codes else codes[:-1]
    for promise in service.promises:
        if codes and promise.counts_from_stage not in before_the_result:
            yield f"{service.code}: a promise counts from {promise.counts_from_stage!r}, no stage of it"


def _collection_problems(service: Service, codes: list[str]) -> Iterator[str]:
    if bool(service.collections) != (READY in codes):
        yield f"{service.code}: what is ready needs a rule of collection, and nothing else does"
    rows = sorted(service.collections, key=lambda rule: rule.valid_from)
    for earlier, later in pairwise(rows):
        if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
            yield f"{service.code}: two rules of collection hold on {later.valid_from:%Y-%m-%d}"
    for rule in rows:
        if rule.months is not None and rule.days is not None:
            yield f"{service.code}: results are kept for months or for days, not both"
        if not rule.receivers or any(not receiver.proofs for receiver in rule.receivers):
            yield f"{service.code}: whoever collects has to show something"
        if list(rule.reminders) != sorted(set(rule.reminders)) or any(days < 1 for days in rule.reminders):
            yield f"{service.code}: reminders come on different days, in their order"
