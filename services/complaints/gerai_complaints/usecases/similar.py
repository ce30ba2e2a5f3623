"""Open complaints that may be about the same thing, for an officer who can join them."""

from gerai_shared.accounts import Officer
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint
from gerai_complaints.rules.case import OPEN_STATES
from gerai_complaints.rules.similarity import ALIKE, likeness, words
from gerai_complaints.shapes import Case
from gerai_complaints.usecases.reading import own_cases, readable

#: So many of the newest of the same agency are compared, so many of the likeliest shown.
COMPARED, SHOWN = 200, 5


def similar_cases(session: Session, case: Case, *, officer: Officer) -> list[tuple[str, str]]:
    """Return (number, title) of open cases of the same agency that share words, the likeliest first.

    Only those that `officer` may read, and none that is joined to another one already.
    """
    if "join" not in case.may:
        return []
    newest = session.scalars(
        select(Complaint)
        .where(
            own_cases(session, officer),
            Complaint.agency == case.summary.agency.code,
            Complaint.state.in_([state.value for state in OPEN_STATES]),
            Complaint.joined_to.is_(None),
            Complaint.number != case.summary.number,
        )
        .order_by(Complaint.due_on.desc())
        .limit(COMPARED)
    ).all()
    read = readable(session, newest, officer)
    own = words(f"{case.summary.title} {case.text}")
    likely = [
        (likeness(own, words(f"{each.title} {each.text}")), each.number, each.title)
        for each in newest
        if each.id in read
    ]
    alike = sorted((each for each in likely if each[0] >= ALIKE), reverse=True)
    return [(number, title) for _, number, title in alike[:SHOWN]]
