"""Who asks at a counter, and what they may tell it: shared by pages and API."""

from collections.abc import Callable
from typing import Any

from gerai_shared import accounts, commands
from gerai_shared.borders import load
from gerai_shared.pages import Pages
from gerai_shared.refusals import IdempotencyKeyMissing, Refused
from gerai_shared.ticket import StaleRevision, Ticket
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking import schemas
from gerai_booking.refusals import UnknownCounter
from gerai_booking.rules.checklist import Checklist
from gerai_booking.rules.quota import EMERGENCY, OVER_QUOTA
from gerai_booking.usecases import (
    arrivals,
    floor,
    intake,
    leases,
    meanwhile,
    queue,
    sending,
    sending_on,
    shifts,
    views,
    visits,
)
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office

#: What a counter can be told to do, beside those that name a ticket, a service or nobody.
STEPS: dict[str, Callable[..., Ticket]] = {
    "recall": floor.recall,
    "start": floor.start,
    "no-show": floor.no_show,
    "park-until-free": visits.park_until_free,
    "send-back": sending.send_back,
}
#: By these an officer begins to work at a counter, wherever they worked before.
CALLS = frozenset(("call", "call-next"))
VERBS = ", ".join(
    f'"{verb}"'
    for verb in (
        "add-service",
        "call",
        "call-next",
        "finish",
        *STEPS,
        "park",
        "requeue",
        "send-on",
        "set-priority",
        "transfer",
        "undo",
    )
)
#: What a form of a verb may say, beside its key.
WORDS_OF_A_STEP = (
    "revision",
    "ticket_id",
    "service",
    "priority",
    "ground",
    "outcome",
    "reason",
    "place",
    "counter",
    "officer",
    "comes_back",
    "to",
)
LONGEST_KEY = 100


def token_of(request: Request, cookie: str) -> str | None:
    """Return the session token of a request: from `Authorization: Bearer`, else from the cookie."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return bearer or request.cookies.get(cookie)


class Signed:
    """Who asks, and what commands they give; shared by pages and API."""

    deployment: Any

    @property
    def office(self) -> Office:
        """What the use cases work with."""
        office: Office = self.deployment.extras["office"]
        return office

    @property
    def pages(self) -> Pages:
        """The templates."""
        pages: Pages = self.deployment.extras["pages"]
        return pages

    @property
    def session_cookie(self) -> str:
        """The name of this deployment's session cookie."""
        return accounts.session_cookie(self.deployment.name)

    def officer(self, session: Session, request: Request) -> accounts.Officer:
        """Return who is signed in: by cookie, or by `Authorization: Bearer`. Raises SignInRequired."""
        token = token_of(request, self.session_cookie)
        return accounts.officer_of(session, token=token, now=self.deployment.clock.now())

    def sign_in(self, username: str, password: str) -> tuple[str, accounts.Officer]:
        """Return a new session. Raises WrongCredentials, TooManyAttempts."""
        with self.deployment.database.transaction() as session:
            outcome = accounts.sign_in(
                session, username=username, password=password, now=self.deployment.clock.now()
            )
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def with_session_cookie(self, response: Response, token: str) -> Response:
        """Return the answer that signs a browser in."""
        response.set_cookie(
            self.session_cookie,
            token,
            httponly=True,
            samesite="Strict",
            secure=self.deployment.settings.environment == "production",
            max_age=int(accounts.SESSION_LIFE.total_seconds()),
        )
        return response

    def carry_out(self, request: Request, *, key: str, site: str, counter: str, verb: str, body: Any) -> Any:
        """Carry out one verb at a counter, once for its key; return the ticket as JSON."""
        asked = load(schemas.StepSchema(), body)
        now = self.deployment.clock.now()
        try:
            with self.deployment.database.transaction() as session:
                officer = self.officer(session, request)
                desk = Desk(site=site, counter=counter, officer_id=officer.id, now=now)

                def run() -> dict[str, Any]:
                    shifts.at_work(session, self.office, desk, officer=officer, calls=verb in CALLS)
                    return {"ticket": views.dump(self._step(session, desk, officer, verb, asked))}

                return commands.once(
                    session,
                    scope=f"counter:{officer.id}",
                    key=key,
                    body=[site, counter, verb, body],
                    now=now,
                    run=run,
                )
        except (StaleRevision, queue.CounterMovedOn) as refusal:
            raise self._with_who(refusal, site, counter, asked["ticket_id"]) from refusal

    def _with_who(self, refusal: Refused, site: str, counter: str, ticket_id: Any) -> Refused:
        """Return the refusal of an old screen with who was faster: its transaction is over."""
        with self.deployment.database.reading() as session:
            if isinstance(refusal, queue.CounterMovedOn):
                return meanwhile.moved_on(session, self.office, refusal, site=site, counter=counter)
            if ticket_id is None:
                return refusal
            return meanwhile.changed_meanwhile(session, self.office, refusal, ticket_id=str(ticket_id))

    def _step(
        self, session: Session, desk: Desk, officer: accounts.Officer, verb: str, asked: dict[str, Any]
    ) -> Ticket:
        office, revision = self.office, asked["revision"]
        leases.refuse_elsewhere(session, office, site=desk.site, now=desk.now)
        ticket_id = str(asked["ticket_id"]) if asked["ticket_id"] else None
        if verb == "call-next":
            return floor.call_next(session, office, desk)
        if verb == "call":
            return floor.call(
                session, office, desk, officer=officer, ticket_id=ticket_id or "", revision=revision
            )
        if verb == "requeue":
            return floor.requeue(
                session,
                office,
                desk,
                ticket_id=ticket_id or "",
                revision=revision,
                place=asked["place"],
                by_supervisor=officer.is_supervisor,
            )
        if verb == "set-priority":
            return floor.set_priority(
                session,
                office,
                desk,
                ticket_id=ticket_id or "",
                priority=asked["priority"],
                ground=asked["ground"],
                revision=revision,
            )
        place = {"site": desk.site, "counter": desk.counter}
        if verb == "undo":
            queue.require_undoable(
                session, office, **place, now=desk.now, ticket_id=ticket_id, revision=revision
            )
            return floor.undo(session, office, desk)
        if ticket_id is not None:
            queue.require_current(session, office, **place, ticket_id=ticket_id)
        return self._step_with_current(session, desk, verb, asked)

    def _step_with_current(self, session: Session, desk: Desk, verb: str, asked: dict[str, Any]) -> Ticket:
        office, revision = self.office, asked["revision"]
        if verb == "finish":
            said = {"outcome": asked["outcome"], "reason": asked["reason"]}
            return floor.finish(session, office, desk, revision=revision, **said)
        if verb == "park":
            return floor.park(session, office, desk, revision=revision, reason=asked["reason"])
        if verb == "add-service":
            return sending.add_service(
                session, office, desk, service=asked["service"] or "", revision=revision
            )
        if verb == "transfer":
            target = sending.Target(
                **{name: asked[name] for name in ("service", "counter", "officer", "comes_back")}
            )
            return sending.transfer(session, office, desk, target=target, revision=revision)
        if verb == "send-on":
            going = {"to": asked["to"] or "", "comes_back": asked["comes_back"]}
            return sending_on.send_on(session, office, desk, **going, revision=revision)
        return STEPS[verb](session, office, desk, revision=revision)

    def take_walk_in(self, request: Request, *, key: str, body: Any) -> dict[str, Any]:
        """Give a ticket to somebody without a booking, once for its key."""
        asked = load(schemas.WalkInSchema(), body)

        def run(session: Session, desk: Desk, officer: accounts.Officer) -> Ticket:
            service, priority, reason = asked["service"], asked["priority"], asked["reason"] or ""
            checklist = Checklist(have=frozenset(asked["checked"]), absences=asked["absences"])
            given = {
                "supervisor": officer,
                "service": service,
                "reason": reason,
                "checklist": checklist,
            }
            with_ground = {"priority": priority, "ground": asked["ground"]}
            if asked["beyond"] == EMERGENCY:
                return intake.emergency(session, self.office, desk, **given)
            if asked["beyond"] == OVER_QUOTA:
                return intake.over_quota(session, self.office, desk, **with_ground, **given)
            return intake.walk_in(
                session, self.office, desk, service=service, checklist=checklist, **with_ground
            )

        return self._at_site(request, key=key, site=asked["site"], body=["walk-in", body], run=run)

    def take_arrival(self, request: Request, *, key: str, body: Any) -> dict[str, Any]:
        """Check somebody in by the number or the code on their ticket, once for its key."""
        asked = load(schemas.ArrivalSchema(), body)
        return self._at_site(
            request,
            key=key,
            site=asked["site"],
            body=["check-in", body],
            run=lambda session, desk, _officer: arrivals.check_in_shown(
                session, self.office, desk, shown=asked["number"]
            ),
        )

    def _at_site(
        self,
        request: Request,
        *,
        key: str,
        site: str,
        body: Any,
        run: Callable[[Session, Desk, accounts.Officer], Ticket],
    ) -> dict[str, Any]:
        now = self.deployment.clock.now()
        with self.deployment.database.transaction() as session:
            officer = self.officer(session, request)
            desk = Desk(site=site, counter="", officer_id=officer.id, now=now)
            return commands.once(
                session,
                scope=f"counter:{officer.id}",
                key=key,
                body=body,
                now=now,
                run=lambda: {"ticket": views.dump(run(session, desk, officer))},
            )


def idempotency_key(request: Request) -> str:
    """Return the key of a write. Raises IdempotencyKeyMissing."""
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise IdempotencyKeyMissing
    return key


def split_counter(counter: str) -> tuple[str, str]:
    """Return (site, code) of `<site>.<code>`. Raises UnknownCounter."""
    site, dot, code = counter.rpartition(".")
    if not dot or not site or not code:
        raise UnknownCounter
    return site, code
