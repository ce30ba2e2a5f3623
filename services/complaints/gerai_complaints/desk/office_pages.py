"""Supervisors look after the desk: texts that answers begin with, who works for which agency."""

import re

from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.http import http
from gerai_shared.refusals import InvalidRequest, NotFound, Refused
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk.base import DeskBase, see_other
from gerai_complaints.schemas.acts import TemplateSchema
from gerai_complaints.schemas.fields import LONGEST_TEXT
from gerai_complaints.usecases import desk_staff, templates
from gerai_complaints.usecases.places import THE_MALL, names

#: What a template's id may look like.
KNOWN_ID = re.compile(r"[0-9]{1,15}")


class OfficePages(DeskBase):
    """Mixin: templates of answers, staff."""

    @http("GET", "/templates", page=True)
    def templates_page(self, request: Request) -> Response:
        """Show the texts; `?edit=` one of them in the form."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        return self._templates(request, officer, wished=request.args.get("edit", type=int))

    @http("POST", "/templates", page=True)
    def keep_template(self, request: Request) -> Response:
        """Keep a text, or remove it."""
        self._pages.check_form(request)
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        form = request.form.to_dict()
        template_id = int(form["id"]) if KNOWN_ID.fullmatch(form.get("id", "")) else None
        if form.get("id") and template_id is None:
            raise NotFound
        try:
            with self.deployment.database.transaction() as session:
                if "remove" in form and template_id is not None:
                    templates.remove(session, template_id, officer=officer)
                else:
                    wanted = load(
                        TemplateSchema(), {key: form.get(key, "") for key in TemplateSchema().fields}
                    )
                    templates.keep(
                        session,
                        wanted,
                        template_id=template_id,
                        officer=officer,
                        now=self.deployment.clock.now(),
                    )
        except Refused as refusal:
            return self._templates(request, officer, wished=template_id, typed=form, refusal=refusal)
        return see_other("/templates")

    @http("GET", "/staff", page=True)
    def staff_page(self, request: Request) -> Response:
        """Show who works for which agencies."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        officer.must_be_supervisor()
        with self.deployment.database.reading() as session:
            known, members = names(session), desk_staff.members(session)
        return self._render(
            request,
            "staff.html",
            officer=officer,
            members=members,
            agencies=[known.agency(code) for code in self._codes],
        )

    @http("POST", "/staff", page=True)
    def set_agencies(self, request: Request) -> Response:
        """Say for which agencies somebody works."""
        self._pages.check_form(request)
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        chosen = frozenset(request.form.getlist("agencies"))
        if chosen - set(self._codes):
            # None of those that are known would mean all of them.
            raise InvalidRequest(fields={"agencies": ["Please choose one of these."]})
        with self.deployment.database.transaction() as session:
            desk_staff.set_agencies(session, request.form.get("username", ""), chosen, officer=officer)
        return see_other("/staff")

    @property
    def _codes(self) -> tuple[str, ...]:
        return (*self.deployment.settings.agencies, THE_MALL.code)

    def _templates(
        self,
        request: Request,
        officer: Officer,
        *,
        wished: int | None,
        typed: dict[str, str] | None = None,
        refusal: Refused | None = None,
    ) -> Response:
        officer.must_be_supervisor()
        with self.deployment.database.reading() as session:
            known, texts = names(session), templates.all_templates(session, officer=officer)
        return self._render(
            request,
            "templates.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            texts=texts,
            chosen=next((each for each in texts if each.id == wished), None),
            typed=typed or {},
            agencies=[known.agency(code) for code in self._codes],
            longest_text=LONGEST_TEXT,
            **self._told(request, refusal),
        )
