"""Lists that applicants are compared with, for supervisors, and the comparison of one ticket, for all."""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from eventlet import sleep
from gerai_shared.accounts import Officer
from gerai_shared.http import http
from gerai_shared.refusals import Refused
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.counter.matching_shapes import DecisionSchema, ImportSchema
from gerai_booking.refusals import ListMissing
from gerai_booking.rules.lists import MOST_BYTES, Reading
from gerai_booking.rules.matching import DECIDED, MatchState
from gerai_booking.usecases import match_runs, matching, views

#: The file, and some room for the fields beside it.
BODY_LIMIT = MOST_BYTES + 65_536
#: Sealing twenty thousand entries takes its time.
IMPORT_SECONDS = 120.0
PROBLEMS_SHOWN = 50
SEE_OTHER = 303

#: What a page shows of a form that was not refused.
NOT_REFUSED: dict[str, Any] = {"filled": {}, "error": "", "errors": {}, "refused_form": ""}


class MatchingPages(OfficersForms):
    """What stands on a list, beside what applicants say of themselves."""

    @http("GET", "/matching", page=True)
    @at_the_door
    def matching_page(self, request: Request) -> Response:
        """Show the lists, and who has to be looked at."""
        return self._matching(request)

    @http("POST", "/matching/import", page=True, body_limit=BODY_LIMIT, seconds=IMPORT_SECONDS)
    @at_the_door
    def import_form(self, request: Request) -> Response:
        """Take a list over, or say row by row why not."""
        with self.deployment.database.reading() as session:
            self.officer(session, request).must_be_supervisor()
        self.pages.check_form(request)
        sent = request.files.get("import_file")
        content = sent.read() if sent is not None else b""
        reading = self._rows_of(content)

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            if isinstance(reading, Refused):
                raise reading
            wanted = matching.Import(
                officer=officer,
                source=asked["source"],
                as_of=asked["as_of"],
                purposes=asked["purposes"].split(),
                why=asked["why"],
                only_good=asked["rows"] == "good",
                now=self.deployment.clock.now(),
            )
            matching.import_list(session, self.office, wanted, reading, breathe=breathe())

        problems = (
            [] if isinstance(reading, Refused) else [(each.row, each.code) for each in reading.problems]
        )
        answer = self.carry_out_form(
            request,
            form="import",
            schema=ImportSchema(),
            run=run,
            show=partial(self._matching, request, problems=problems),
            back="/matching",
            also=hashlib.sha256(content).hexdigest(),
        )
        if answer.status_code == SEE_OTHER:
            now = self.deployment.clock.now()
            match_runs.carry_on(self.deployment.database, self.office, now=now, breathe=breathe())
        return answer

    def _rows_of(self, content: bytes) -> Reading | Refused:
        if not content:
            return ListMissing()
        try:
            return matching.read(content, breathe=breathe())
        except Refused as refusal:
            return refusal

    @http("GET", "/matching/<ticket_id>", page=True)
    @at_the_door
    def sheet_page(self, request: Request, ticket_id: str) -> Response:
        """Show a ticket's holder beside the list."""
        return self._sheet(request, ticket_id)

    @http("POST", "/matching/<ticket_id>", page=True)
    @at_the_door
    def match_decision_form(self, request: Request, ticket_id: str) -> Response:
        """Write down what an officer has decided about a difference."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            matching.decide(
                session,
                self.office,
                officer=officer,
                ticket_id=ticket_id,
                seen=asked["seen"].value,
                state=MatchState(asked["state"]),
                note=asked["note"],
                now=self.deployment.clock.now(),
            )

        show = partial(self._sheet, request, ticket_id)
        return self.carry_out_form(
            request, form="match", schema=DecisionSchema(), run=run, show=show, back=f"/matching/{ticket_id}"
        )

    def _matching(
        self, request: Request, *, problems: Sequence[tuple[int, str]] = (), **refusal: Any
    ) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.must_be_supervisor()
            seen = matching.overview(session, self.office, now=now)
        first = self.office.agency.sites[0]
        return self.pages.render(
            request,
            "matching.html",
            officer=officer,
            **NOT_REFUSED | refusal,
            seen=seen,
            imports=[(row, json.loads(row.purposes), json.loads(row.problems)) for row in seen.imports],
            waiting=[(row, json.loads(row.differences)) for row in seen.waiting],
            problems=problems,
            shown=PROBLEMS_SHOWN,
            purposes={
                purpose.code: views.both(purpose.label)
                for service in self.office.agency.services
                for purpose in service.purposes
            },
            service_names={service.code: views.both(service.name) for service in self.office.agency.services},
            site_names={site.code: site.name for site in self.office.agency.sites},
            today=self.office.today(first.code, now).isoformat(),
            time_zone=first.time_zone,
        )

    def _sheet(self, request: Request, ticket_id: str, **refusal: Any) -> Response:
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            sheet = matching.sheet(session, self.office, ticket_id)
        site = self.office.site(sheet.ticket.site)
        return self.pages.render(
            request,
            "match.html",
            officer=officer,
            **NOT_REFUSED | refusal,
            sheet=sheet,
            decided=[state.value for state in DECIDED],
            service_name=views.both(self.office.service(sheet.ticket.service).name),
            site=site,
            time_zone=site.time_zone,
        )


def breathe() -> Callable[[], None]:
    """Return what gives everybody else in this process a turn."""
    return partial(sleep, 0)
