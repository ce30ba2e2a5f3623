"""What overseers from outside (S0-8) opened at the desk: for them, and for supervisors."""

from datetime import datetime

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from gerai_shared.overseers import Access
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk.base import DeskBase
from gerai_complaints.usecases import overseeing
from gerai_complaints.usecases.places import DEFAULT_TIME_ZONE


def record_opened(session: Session, officer: Officer, request: Request, now: datetime) -> None:
    """Write down the address that an overseer opened, with what it asks for."""
    address = request.full_path if request.query_string else request.path
    number: str = request.path_values.get("number", "")  # type: ignore[attr-defined]
    overseeing.record_look(session, officer, address=address, number=number, now=now)


class OversightPages(DeskBase):
    """The log of what overseers opened."""

    @http("GET", "/oversight/opened", page=True, overseers=Access.ON_RECORD)
    def opened(self, request: Request) -> Response:
        """Show which pages overseers opened when."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        with self.deployment.database.reading() as session:
            looks = overseeing.looks(session, officer=officer)
        return self._render(request, "looks.html", officer=officer, looks=looks, time_zone=DEFAULT_TIME_ZONE)
