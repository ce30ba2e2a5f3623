"""Forms by which officers change what the agency keeps: carried out once, shown again when refused."""

from collections.abc import Callable
from typing import Any

from gerai_shared import commands
from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.ids import new_id
from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.translations import language_of, translate
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.commands import Signed
from gerai_booking.counter.doors import see

#: Carries out a form: in the session of one transaction, for an officer, with what its schema loaded.
Run = Callable[[Session, Officer, dict[str, Any]], object]
#: Shows the page of a form again, with the variables of its refusal.
Show = Callable[..., Response]

#: What a file is sent as; no schema has it.
FILE = "file"
OF_A_LIST = (
    "list_missing",
    "list_too_large",
    "list_unreadable",
    "list_without_columns",
    "list_empty",
    "list_broken",
    "rows_refused",
)
#: Fields that a refusal is about, where the form has one of them; the first that it has.
FIELDS_OF_CODE: dict[str, tuple[str, ...]] = {
    "plan_in_the_past": ("valid_from", "first_day", "day", "target_on", "year"),
    "not_booked_online": ("service",),
    "unknown_quota": ("quota",),
    "quota_over": ("quota",),
    "unknown_regime": ("regime",),
    "no_site_in_region": ("region",),
    "unknown_restriction": ("restriction",),
    "restriction_over": ("restriction",),
    "scope_without_sites": ("scope",),
    "people_outside_hours": ("opens",),
    "no_whole_hour": ("opens",),
    "group_too_large": ("wanted",),
    "wrong_length": ("months",),
    "outage_not_begun": ("started_at", "ended_at"),
    "outage_without_time": ("ended_at", "expected_end_at"),
    "unknown_outage": ("outage",),
    "outage_over": ("outage",),
    "document_missing": ("number",),
    "staff_not_mixed": ("regional_staff",),
    "unit_comes_first": ("kind",),
    "stage_not_next": ("stage",),
    "items_lacking": ("stage",),
    "item_not_next": ("item",),
    "unknown_item": ("item",),
    "unknown_minutes": ("minutes", "action"),
    "action_done": ("action",),
    "unknown_planned_counter": ("entry",),
    "unknown_service_group": ("group",),
    "rule_from_tomorrow": ("valid_from",),
    "rule_over": ("rule",),
    "unknown_rule": ("rule",),
    "nobody_would_serve": ("services",),
    "unknown_officer": ("officer",),
    "route_overlaps": ("regencies",),
    "unknown_kind_of_suspension": ("kind",),
    "printer_address_wrong": ("address",),
    "printer_address_missing": ("address",),
    "unknown_printer": ("printer",),
    **dict.fromkeys(OF_A_LIST, (FILE,)),
}


class OfficersForms(Signed):
    """What pages with forms share. A page has several: fields are named after their form (`quota_why`)."""

    def carry_out_form(
        self,
        request: Request,
        *,
        form: str,
        schema: Schema,
        run: Run,
        show: Show,
        back: str,
        also: object = None,
        private: frozenset[str] = frozenset(),
    ) -> Response:
        """Carry out a form once for its key, then lead to `back`; refused, show it as it was filled in.

        What was ticked several times is read with spaces between; `also` is what is sent beside the fields,
        such as the digest of a file: a repeat has to repeat it, too. Of fields named `private` no digest is
        kept that could be guessed.

        `show` is called with status, refused_form, filled, error and errors (by the name of the field).
        """
        self.pages.check_form(request)
        filled = {name: " ".join(request.form.getlist(f"{form}_{name}")) for name in schema.fields}
        try:
            kept = {
                name: self.office.person_hash(value) if name in private else value
                for name, value in filled.items()
            }
            self._once(request, [back, form, kept, also], load(schema, filled), run)
        except Refused as refused:
            return show(
                status=refused.status,
                refused_form=form,
                filled=filled,
                error=translate(refused, language_of(request)),
                errors=self._errors(request, form, schema, refused),
            )
        return see(back)

    def _once(
        self,
        request: Request,
        body: list[object],
        asked: dict[str, Any],
        run: Run,
    ) -> None:
        with self.deployment.database.transaction() as session:
            officer = self.officer(session, request)

            def once() -> dict[str, Any]:
                run(session, officer, asked)
                return {}

            commands.once(
                session,
                scope=f"form:{officer.id}",
                key=request.form.get("idempotency_key") or new_id(),
                body=body,
                now=self.deployment.clock.now(),
                run=once,
            )

    def _errors(self, request: Request, form: str, schema: Schema, refused: Refused) -> dict[str, str]:
        """Return what is wrong with each field of a refused form; nothing when it is about none of them."""
        if not isinstance(refused, InvalidRequest):
            known = {*schema.fields, FILE}
            about = [name for name in FIELDS_OF_CODE.get(refused.code, ()) if name in known][:1]
            return {f"{form}_{name}": translate(refused, language_of(request)) for name in about}
        wrong = refused.details["fields"]
        return {f"{form}_{name}": self.pages.text(request, texts[0]) for name, texts in wrong.items()}
