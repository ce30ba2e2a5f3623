"""Groups for supervisors: places for an institution, its list of names, and what goes back to the public."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gerai_shared import commands
from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.http import http
from gerai_shared.ids import new_id
from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.translations import language_of, translate
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter import group_shapes as shapes
from gerai_booking.counter.doors import at_the_door, see
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.rules.groups import COLUMNS, MOST_LINES, Line, ListBroken, read_list
from gerai_booking.usecases import groups, views
from gerai_booking.usecases.applicants import applicant_of
from gerai_booking.usecases.groups import NotWhole, Outcome, Row
from gerai_booking.usecases.plan import Change

Work = Callable[[Session, Change, dict[str, Any]], object]
Report = dict[str, Any]


class GroupPages(OfficersForms):
    """Places that institutions have together."""

    @http("GET", "/groups", page=True)
    @at_the_door
    def groups_start(self, request: Request) -> Response:
        """Lead to the groups of the first site."""
        with self.deployment.database.reading() as session:
            self.officer(session, request).must_be_supervisor()
        return see(f"/groups/{self.office.agency.sites[0].code}")

    @http("GET", "/groups/<site>", page=True)
    @at_the_door
    def groups_page(self, request: Request, site: str) -> Response:
        """Show the groups of a site."""
        return self._show_groups(request, site)

    @http("POST", "/groups/<site>", page=True)
    @at_the_door
    def group_form(self, request: Request, site: str) -> Response:
        """Take places for an institution."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            groups.allot(session, self.office, change, site=site, **asked)

        show = partial(self._show_groups, request, site)
        return self._change_group(request, "group", shapes.GroupSchema(), run, show, f"/groups/{site}")

    @http("GET", "/groups/<site>/<group_id>", page=True)
    @at_the_door
    def group_page(self, request: Request, site: str, group_id: str) -> Response:
        """Show a group with its list of numbers, to print."""
        return self._show_group(request, site, group_id)

    @http("POST", "/groups/<site>/<group_id>/return", page=True)
    @at_the_door
    def group_return_form(self, request: Request, site: str, group_id: str) -> Response:
        """Give places without a name back to the public."""

        def run(session: Session, change: Change, _asked: dict[str, Any]) -> None:
            groups.give_back(session, self.office, change, group_id=group_id)

        show = partial(self._show_group, request, site, group_id)
        back = f"/groups/{site}/{group_id}"
        return self._change_group(request, "return", shapes.ReturnSchema(), run, show, back)

    @http("POST", "/groups/<site>/<group_id>/names", page=True)
    @at_the_door
    def group_names_form(self, request: Request, site: str, group_id: str) -> Response:
        """Take a list of names: a report says of each refused line what to do."""
        self.pages.check_form(request)
        show = partial(self._show_group, request, site, group_id)
        try:
            asked = load(shapes.ListSchema(), {"take": request.form.get("names_take", "")})
            report = self._take_list(
                request, site, group_id, _text_of(request), whole=asked["take"] == shapes.ALL_LINES
            )
        except NotWhole as refused:
            report = {**self._group_report(request, refused.outcome), "named": 0}
        except Refused as refused:
            return show(
                status=refused.status,
                refused_form="names",
                filled={"take": request.form.get("names_take", "")},
                error=translate(refused, language_of(request)),
                errors=self._errors(request, "names", shapes.ListSchema(), refused),
            )
        return show(status=422 if report["refused"] else 200, report=report)

    def _take_list(self, request: Request, site: str, group_id: str, content: str, *, whole: bool) -> Report:
        """Give places to the lines of a list, once for its key; the report names nobody."""
        lines = read_list(content)
        now = self.deployment.clock.now()
        with self.deployment.database.transaction() as session:
            officer = self.officer(session, request)
            change = Change(officer=officer, why="", now=now)

            def once() -> Report:
                found = groups.view(session, self.office, site=site, group_id=group_id)
                rows, refused = self._rows(lines, found.group.purpose)
                outcome = groups.name_places(
                    session, self.office, change, group_id=group_id, rows=rows, refused=refused, whole=whole
                )
                return self._group_report(request, outcome)

            return commands.once(
                session,
                scope=f"form:{officer.id}",
                key=request.form.get("idempotency_key") or new_id(),
                body=[group_id, content, whole],
                now=now,
                run=once,
            )

    def _rows(self, lines: list[Line], purpose: str | None) -> tuple[list[Row], list[tuple[int, Refused]]]:
        rows: list[Row] = []
        refused: list[tuple[int, Refused]] = []
        for line in lines:
            try:
                person = load(shapes.LineSchema(), dict(line.values))
            except InvalidRequest as refusal:
                refused.append((line.number, refusal))
                continue
            reference, hour = person.pop("reference"), person.pop("hour")
            data = {
                "person": person,
                "language": "id",
                "priority": False,
                "purpose": purpose,
                "precondition_met": True,
            }
            applicant = applicant_of(data, self.office)
            rows.append(Row(line=line.number, reference=reference, applicant=applicant, hour=hour))
        return rows, refused

    def _group_report(self, request: Request, outcome: Outcome) -> Report:
        """Return what to say of a list: line, column, and what to do, in the reader's language."""
        told: list[dict[str, Any]] = []
        for line, refusal in outcome.refused:
            if isinstance(refusal, InvalidRequest):
                for column, messages in refusal.details["fields"].items():
                    text = self.pages.text(request, messages[0])
                    told.append({"line": line, "column": _column(request, column), "text": text})
            else:
                told.append({"line": line, "column": "–", "text": translate(refusal, language_of(request))})
        return {"named": outcome.named, "refused": told}

    def _change_group(
        self,
        request: Request,
        form: str,
        schema: Schema,
        run: Work,
        show: Callable[..., Response],
        back: str,
    ) -> Response:
        def change(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            why, now = asked.pop("why"), self.deployment.clock.now()
            run(session, Change(officer=officer, why=why, now=now), asked)

        return self.carry_out_form(request, form=form, schema=schema, run=change, show=show, back=back)

    def _show_groups(self, request: Request, site: str, **refusal: Any) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.must_be_supervisor()
            found = groups.at_site(session, self.office, site=site)
        offered = [
            self.office.service(offer.service) for offer in self.office.agency.offers if offer.site == site
        ]
        return self.pages.render(
            request,
            "groups.html",
            officer=officer,
            site=self.office.site(site),
            sites=self.office.agency.sites,
            found=found,
            offered=offered,
            service_names={each.code: views.both(each.name) for each in offered},
            today=self.office.today(site, now).isoformat(),
            **{"filled": {}, "error": "", "errors": {}, "refused_form": ""} | refusal,
        )

    def _show_group(self, request: Request, site: str, group_id: str, **refusal: Any) -> Response:
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.must_be_supervisor()
            seen = groups.view(session, self.office, site=site, group_id=group_id)
        place = self.office.site(site)
        return self.pages.render(
            request,
            "group.html",
            officer=officer,
            site=place,
            seen=seen,
            service=self.office.service(seen.group.service),
            portal=self.deployment.settings.public_url.rstrip("/"),
            columns=", ".join(_column(request, name) for name in COLUMNS),
            most=MOST_LINES,
            time_zone=place.time_zone,
            **{"filled": {}, "error": "", "errors": {}, "refused_form": "", "report": None} | refusal,
        )


def _column(request: Request, name: str) -> str:
    """Return what a column of a list is called in the reader's language; as it is when it is none of ours."""
    names = COLUMNS.get(name, (name,))
    return names[-1] if language_of(request) == "id" else names[0]


def _text_of(request: Request) -> str:
    """Return the text of the uploaded file. Raises ListBroken."""
    file = request.files.get("names_file")
    try:
        return file.read().decode() if file is not None else ""
    except UnicodeDecodeError as error:
        raise ListBroken(most=MOST_LINES) from error
