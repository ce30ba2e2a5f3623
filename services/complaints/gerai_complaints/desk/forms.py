"""How a form of the desk's registers is carried out; refused, it is shown again as it was filled in."""

from collections.abc import Callable
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.refusals import Refused
from marshmallow import Schema, fields
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk.base import DeskBase, see_other
from gerai_complaints.models import Agency
from gerai_complaints.schemas.fields import checked_key
from gerai_complaints.shapes import Named
from gerai_complaints.usecases.places import Names

#: Carries out a form in one transaction, with what its schema loaded and its key; returns where to go then.
Run = Callable[[Session, Officer, Any, str], str]
#: Shows the page of a form again, with the refusal and what was typed.
Show = Callable[[Officer, Refused, dict[str, Any]], Response]
#: What has a page of its own: nothing to mend in a form.
NOT_FOUND, FORBIDDEN = 404, 403


class DeskForms(DeskBase):
    """Base of pages with forms."""

    def _carry_out(self, request: Request, schema: Schema, run: Run, show: Show) -> Response:
        self._pages.check_form(request)
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        typed = _typed(request, schema)
        try:
            key = checked_key(request.form.get("idempotency_key"))
            with self.deployment.database.transaction() as session:
                target = run(session, officer, load(schema, typed), key)
        except Refused as refusal:
            if refusal.status in (NOT_FOUND, FORBIDDEN):
                raise
            return show(officer, refusal, typed)
        return see_other(target)

    def _agencies(self, session: Session, known: Names) -> list[Named]:
        """Return the agencies of the mall by name, as far as this service has heard of them."""
        told = session.scalars(select(Agency.code))
        codes = set(self.deployment.settings.agencies) or set(told)
        return sorted((known.agency(code) for code in codes), key=lambda each: each.called("id"))


def _typed(request: Request, schema: Schema) -> dict[str, Any]:
    return {
        name: request.form.getlist(name) if isinstance(field, fields.List) else request.form.get(name, "")
        for name, field in schema.fields.items()
    }
