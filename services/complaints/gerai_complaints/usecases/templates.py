"""Texts that answers begin with: supervisors keep them, officers choose one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.refusals import NotFound
from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from gerai_complaints.models import AnswerTemplate
from gerai_complaints.shapes import Case
from gerai_complaints.usecases.reading import agencies_of


@dataclass(frozen=True, kw_only=True)
class Template:
    """A text that answers begin with; without `agency` for all."""

    id: int
    agency: str | None
    language: str
    title: str
    text: str


def templates_for(session: Session, case: Case) -> list[Template]:
    """Return the texts for a case: of its agency or of all, in the language of whoever brought it."""
    if "reply" not in case.may:
        return []
    return _shown(
        session.scalars(
            select(AnswerTemplate)
            .where(
                AnswerTemplate.language == case.language,
                or_(
                    AnswerTemplate.agency.is_(None),
                    AnswerTemplate.agency == case.summary.agency.code,
                ),
            )
            .order_by(AnswerTemplate.title, AnswerTemplate.id)
        )
    )


def all_templates(session: Session, *, officer: Officer) -> list[Template]:
    """Return every text for the agencies that an officer works for, and for all."""
    own = agencies_of(session, officer)
    shown = or_(AnswerTemplate.agency.is_(None), AnswerTemplate.agency.in_(sorted(own))) if own else true()
    return _shown(
        session.scalars(select(AnswerTemplate).where(shown).order_by(AnswerTemplate.title, AnswerTemplate.id))
    )


def _shown(rows: Iterable[AnswerTemplate]) -> list[Template]:
    return [
        Template(id=row.id, agency=row.agency, language=row.language, title=row.title, text=row.text)
        for row in rows
    ]


def keep(
    session: Session, wanted: dict[str, Any], *, template_id: int | None, officer: Officer, now: datetime
) -> None:
    """Keep a text {title, text, agency, language}, a new one without `template_id`.

    Raises Forbidden for whoever is no supervisor, NotFound.
    """
    officer.must_be_supervisor()
    _must_be_theirs(session, wanted["agency"], officer)
    changed = {**wanted, "changed_by": officer.id, "changed_at": now}
    if template_id is None:
        session.add(AnswerTemplate(**changed))
        return
    template = session.get(AnswerTemplate, template_id, with_for_update=True)
    if template is None:
        raise NotFound
    _must_be_theirs(session, template.agency, officer)
    for name, value in changed.items():
        setattr(template, name, value)


def remove(session: Session, template_id: int, *, officer: Officer) -> None:
    """Remove a text; one that is gone already stays so. Raises Forbidden, NotFound."""
    officer.must_be_supervisor()
    template = session.get(AnswerTemplate, template_id)
    if template is not None:
        _must_be_theirs(session, template.agency, officer)
        session.delete(template)


def _must_be_theirs(session: Session, agency: str | None, officer: Officer) -> None:
    """Refuse texts of other agencies, and of all, to a supervisor of some. Raises NotFound."""
    own = agencies_of(session, officer)
    if own and agency not in own:
        raise NotFound
