"""Shifts at a counter, for pages and as an API: open, pause, resume, close, take over, hand over."""

from typing import Any

from gerai_shared import commands
from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.http import http, json_body, json_response
from gerai_shared.ids import new_id
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.commands import idempotency_key, split_counter
from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.counter.pages import CounterPages
from gerai_booking.counter.shift_shapes import NoteSchema, ShiftSchema
from gerai_booking.refusals import AllAtOtherCounters, NobodyWaits
from gerai_booking.rules.shifts import CLOSED, REASONS
from gerai_booking.usecases import floor, leases, shifts, views
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.shifts import AtCounter

#: What can be done with a shift; resuming and calling are one step, so that no key is pressed twice.
SHIFT_VERBS = ("open", "pause", "resume", "close", "take-over", "confirm-note", "resume-and-call")
_ANY = ", ".join(f'"{verb}"' for verb in SHIFT_VERBS)


class ShiftPages(CounterPages, OfficersForms):
    """Who has a counter."""

    @http("POST", f"/api/v1/counters/<counter>/<any({_ANY}):verb>")
    def api_shift(self, request: Request, counter: str, verb: str) -> Response:
        """Carry out a step of a shift at the counter `<site>.<code>`; answers how it is afterwards."""
        site, code = split_counter(counter)
        key = idempotency_key(request)
        body = json_body(request) if request.content_length else {}
        return json_response(
            self.carry_out_shift(request, key=key, site=site, counter=code, verb=verb, body=body)
        )

    @http("POST", f"/counters/<site>/<counter>/<any({_ANY}):verb>", page=True)
    def shift_form(self, request: Request, site: str, counter: str, verb: str) -> Response:
        """Carry out a step of a shift from a form, then show the counter again."""
        self.pages.check_form(request)
        body = {name: request.form[name] for name in ShiftSchema().fields if request.form.get(name)}
        key = request.form.get("idempotency_key") or new_id()
        return self._back(
            request,
            f"/counters/{site}/{counter}",
            lambda: self.carry_out_shift(request, key=key, site=site, counter=counter, verb=verb, body=body),
        )

    @http("GET", "/counters/<site>/<counter>/hand-over", page=True)
    @at_the_door
    def hand_over_page(self, request: Request, site: str, counter: str) -> Response:
        """Show what is pending, and the form for a note to the next officer."""
        return self._hand_over(request, site, counter)

    @http("POST", "/counters/<site>/<counter>/hand-over", page=True)
    @at_the_door
    def hand_over_form(self, request: Request, site: str, counter: str) -> Response:
        """Close the counter with a note."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            shifts.close(
                session,
                self.office,
                self._desk(officer, site, counter),
                officer=officer,
                note=asked["note"],
                shift_id=_text(asked["shift_id"]),
            )

        return self.carry_out_form(
            request,
            form="note",
            schema=NoteSchema(),
            run=run,
            show=lambda **refusal: self._hand_over(request, site, counter, **refusal),
            back=f"/counters/{site}/{counter}",
        )

    def carry_out_shift(
        self, request: Request, *, key: str, site: str, counter: str, verb: str, body: Any
    ) -> dict[str, Any]:
        """Carry out a step of a shift, once for its key; return the shift, and who was called, as JSON."""
        asked = load(ShiftSchema(), body)
        now = self.deployment.clock.now()
        with self.deployment.database.transaction() as session:
            officer = self.officer(session, request)
            desk = Desk(site=site, counter=counter, officer_id=officer.id, now=now)

            def run() -> dict[str, Any]:
                answer = self._shift_step(session, desk, officer, verb, asked)
                place = {"site": site, "counter": counter}
                seen = shifts.at_counter(session, self.office, **place, officer=officer, now=now)
                return {"shift": shift_json(seen), **answer}

            return commands.once(
                session,
                scope=f"counter:{officer.id}",
                key=key,
                body=[site, counter, verb, body],
                now=now,
                run=run,
            )

    def _shift_step(
        self, session: Session, desk: Desk, officer: Officer, verb: str, asked: dict[str, Any]
    ) -> dict[str, Any]:
        office, shift_id = self.office, _text(asked["shift_id"])
        if verb == "open":
            shifts.open_counter(session, office, desk, officer=officer)
        elif verb == "take-over":
            shifts.take_over(session, office, desk, officer=officer, shift_id=shift_id, note=asked["note"])
        elif verb == "pause":
            reason = asked["reason"]
            shifts.pause(
                session,
                office,
                desk,
                officer=officer,
                reason=reason,
                minutes=asked["minutes"] or REASONS[reason],
                note=asked["note"],
                shift_id=shift_id,
            )
        elif verb == "close":
            shifts.close(session, office, desk, officer=officer, note=asked["note"], shift_id=shift_id)
        elif verb == "confirm-note":
            shifts.confirm_note(session, office, desk, officer=officer)
        else:
            shifts.resume(session, office, desk, officer=officer, shift_id=shift_id)
        if verb == "resume-and-call":
            leases.refuse_elsewhere(session, office, site=desk.site, now=desk.now)
            try:
                return {"ticket": views.dump(floor.call_next(session, office, desk))}
            except (NobodyWaits, AllAtOtherCounters):
                # The counter is open again all the same.
                return {}
        return {}

    def _desk(self, officer: Officer, site: str, counter: str) -> Desk:
        now = self.deployment.clock.now()
        return Desk(site=site, counter=counter, officer_id=officer.id, now=now)

    def _hand_over(self, request: Request, site: str, counter: str, **refusal: Any) -> Response:
        context = self._panel(request, site, counter)
        shown = {"filled": {}, "error": "", "errors": {}, "refused_form": ""} | refusal
        return self.pages.render(request, "hand_over.html", **context, **shown)


def shift_json(seen: AtCounter) -> dict[str, Any]:
    """Return the shift at a counter as JSON; without one its state is `closed`."""
    shift, note = seen.shift, seen.note
    pause = shift.pause if shift else None
    return {
        "id": shift.id if shift else None,
        "state": shift.state if shift else CLOSED,
        "officer": shift.officer_name if shift else None,
        "since": shift.since.isoformat() if shift else None,
        "reason": pause.reason if pause else None,
        "paused_until": pause.until.isoformat() if pause and pause.until else None,
        "services": list(seen.services),
        "note": {"text": note.note, "officer": note.officer_name, "at": note.closed_at.isoformat()}
        if note
        else None,
    }


def _text(value: Any) -> str | None:
    return str(value) if value else None
