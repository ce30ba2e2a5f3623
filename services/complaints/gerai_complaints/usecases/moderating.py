"""A moderator at the desk looks at what the public is to read, before it does."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from gerai_shared import accounts, commands
from gerai_shared.accounts import Officer
from gerai_shared.ids import is_id
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, Moderation, PublicReport
from gerai_complaints.refusals import UnknownReport
from gerai_complaints.rules.public_reports import ChangedMeanwhile, Publication, Verdict
from gerai_complaints.shapes import Named
from gerai_complaints.usecases.cases import note
from gerai_complaints.usecases.places import names
from gerai_complaints.usecases.publishing import place_of
from gerai_complaints.usecases.reading import own_cases

PAGE_SIZE = 25
#: Nobody leafs further back; an address that somebody typed does not make the database count to the end.
MOST_PAGES = 400


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """A line of the moderators' list."""

    id: str
    number: str
    title: str
    agency: Named
    requested_at: datetime
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class ReportList:
    """One page of the moderators' list, what waits longest first; `waiting` is how many wait.

    What is decided is not counted: it grows for ever, and nobody has to do anything about it.
    """

    reports: tuple[ReportLine, ...]
    waiting: int
    page: int
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a moderator decided, and who that was."""

    at: datetime
    state: str
    officer: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class ReportToModerate:
    """What was filed beside what the public reads of it; `title` and `text` are proposed for publication."""

    id: str
    number: str
    state: str
    revision: int
    filed_title: str
    filed_text: str
    title: str
    text: str
    language: str
    agency: Named
    site: Named | None
    place: str | None
    shows_place: bool
    requested_at: datetime
    time_zone: str
    history: tuple[Decision, ...]


def reports_to_moderate(session: Session, *, officer: Officer, state: Publication, page: int) -> ReportList:
    """Return one page of the reports in a state, of the agencies that `officer` works for."""
    own = own_cases(session, officer)
    waits = _listed(func.count()).where(PublicReport.state == Publication.WAITING.value, own)
    page = min(max(page, 1), MOST_PAGES)
    order = PublicReport.requested_at if state is Publication.WAITING else PublicReport.requested_at.desc()
    rows = session.execute(
        _listed(PublicReport, Complaint)
        .where(PublicReport.state == state.value, own)
        .order_by(order, PublicReport.id)
        .limit(PAGE_SIZE + 1)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    known = names(session)
    lines = tuple(
        ReportLine(
            id=report.id,
            number=complaint.number,
            title=report.title or complaint.title,
            agency=known.agency(complaint.agency),
            requested_at=report.requested_at,
            time_zone=complaint.time_zone,
        )
        for report, complaint in rows[:PAGE_SIZE]
    )
    return ReportList(
        reports=lines,
        waiting=session.scalar(waits) or 0,
        page=page,
        has_more=len(rows) > PAGE_SIZE and page < MOST_PAGES,
    )


def report_to_moderate(session: Session, identifier: str, *, officer: Officer) -> ReportToModerate:
    """Return one report.

    Raises UnknownReport, also for what is confidential by now, was taken back, or is of another agency.
    """
    report, complaint = _find(session, identifier, officer)
    known = names(session)
    return ReportToModerate(
        id=report.id,
        number=complaint.number,
        state=report.state,
        revision=report.revision,
        filed_title=complaint.title,
        filed_text=complaint.text,
        title=report.title or complaint.title,
        text=report.text or complaint.text,
        language=complaint.language,
        agency=known.agency(complaint.agency),
        site=known.site(complaint.agency, complaint.site) if complaint.site else None,
        place=place_of(report.address, report.latitude, report.longitude) or None,
        shows_place=report.shows_place,
        requested_at=report.requested_at,
        time_zone=complaint.time_zone,
        history=_history(session, report),
    )


def moderate(
    session: Session,
    identifier: str,
    verdict: Verdict,
    *,
    revision: int,
    officer: Officer,
    key: str,
    now: datetime,
) -> None:
    """Publish a report or withhold it; `revision` is what the moderator saw, the same `key` again is one act.

    Raises UnknownReport, WithholdingReasonNeeded, ChangedMeanwhile, IdempotencyKeyReused.
    """
    decided = verdict.checked()
    report, complaint = _find(session, identifier, officer)

    def run() -> dict[str, Any]:
        session.refresh(report, with_for_update=True)
        if report.revision != revision or report.withdrawn_at is not None:
            raise ChangedMeanwhile
        _decide(session, report, complaint, decided, officer=officer, now=now)
        return {"revision": report.revision}

    body = {"officer": officer.id, "revision": revision, **asdict(decided)}
    commands.once(session, scope=f"complaints.moderate.{report.id}", key=key, body=body, now=now, run=run)


def _decide(
    session: Session,
    report: PublicReport,
    complaint: Complaint,
    decided: Verdict,
    *,
    officer: Officer,
    now: datetime,
) -> None:
    state = Publication.PUBLISHED if decided.publish else Publication.WITHHELD
    report.state, report.title, report.text = state.value, decided.title, decided.text
    report.moderated_at, report.shows_place = now, decided.place
    report.revision += 1
    session.add(
        Moderation(
            report_id=report.id,
            at=now,
            officer_id=officer.id,
            state=state.value,
            title=decided.title,
            text=decided.text,
            reason=decided.reason,
        )
    )
    note(session, complaint, kind=state.value, by="officer", officer_id=officer.id, now=now)


def _listed(*columns: Any) -> Select[Any]:
    statement: Select[Any] = select(*columns)
    return statement.join_from(PublicReport, Complaint, Complaint.id == PublicReport.complaint_id).where(
        PublicReport.agreed_at.is_not(None),
        PublicReport.withdrawn_at.is_(None),
        Complaint.confidential.is_(False),
    )


def _find(session: Session, identifier: str, officer: Officer) -> tuple[PublicReport, Complaint]:
    found = None
    if is_id(identifier):
        statement = _listed(PublicReport, Complaint).where(
            PublicReport.id == identifier, own_cases(session, officer)
        )
        found = session.execute(statement).one_or_none()
    if found is None:
        raise UnknownReport
    return found.PublicReport, found.Complaint


def _history(session: Session, report: PublicReport) -> tuple[Decision, ...]:
    officers = accounts.officers.c
    rows = session.execute(
        select(Moderation, officers.name)
        .join(accounts.officers, officers.id == Moderation.officer_id)
        .where(Moderation.report_id == report.id)
        .order_by(Moderation.id)
    )
    return tuple(
        Decision(at=each.at, state=each.state, officer=name, reason=each.reason) for each, name in rows
    )
