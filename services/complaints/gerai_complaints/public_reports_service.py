"""Public reports on the bus: what the gateway's Open311 interface asks."""

from typing import Any

from gerai_shared.borders import is_storable, load
from gerai_shared.bus.rpc import Request, rpc
from gerai_shared.deployment import Deployment

from gerai_complaints.keyring import keyring_of
from gerai_complaints.refusals import UnknownComplaint, UnknownReport
from gerai_complaints.schemas.complaints import TrackedSchema, TrackSchema
from gerai_complaints.schemas.fields import checked_key
from gerai_complaints.schemas.public_reports import (
    PublicViewSchema,
    ReportedSchema,
    ReportIdSchema,
    ReportSchema,
    SearchSchema,
)
from gerai_complaints.usecases import following, public_reports, publishing


class PublicReportRequests:
    """Mixin: programs report, the public reads, and who brought a complaint takes it back."""

    deployment: Deployment

    @rpc
    def report(self, request: Request) -> dict[str, Any]:
        """Receive what a program reports; answers public id, the citizen's token and the due date."""
        wanted = load(ReportSchema(), request.payload)
        # Without a key a repeat is recognised by its contents.
        key = checked_key(request.idempotency_key) if request.idempotency_key else None
        body = {name: value for name, value in request.payload.items() if name != "key_hash"}
        with self.deployment.database.transaction() as session:
            reported = public_reports.report(
                session,
                wanted["filing"],
                wish=wanted["wish"],
                key_hash=wanted["key_hash"],
                key=key,
                body=body,
                agencies=self.deployment.settings.agencies,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )
        dumped: dict[str, Any] = ReportedSchema().dump(reported)
        return dumped

    @rpc
    def public_reports(self, request: Request) -> dict[str, Any]:
        """Answer the listed reports that fit, the newest first."""
        search = load(SearchSchema(), request.payload)
        with self.deployment.database.reading() as session:
            found = public_reports.find_reports(session, search)
        return {"reports": PublicViewSchema(many=True).dump(found)}

    @rpc
    def public_report(self, request: Request) -> dict[str, Any]:
        """Answer one listed report."""
        if not is_storable(request.payload.get("id")):
            raise UnknownReport
        identifier = load(ReportIdSchema(), request.payload)["id"]
        with self.deployment.database.reading() as session:
            found = public_reports.public_report(session, identifier)
        dumped: dict[str, Any] = PublicViewSchema().dump(found)
        return dumped

    @rpc
    def public_id(self, request: Request) -> dict[str, Any]:
        """Answer the public id of the complaint that a token opens."""
        with self.deployment.database.reading() as session:
            found = public_reports.id_of_token(
                session, _token(request.payload), keyring=keyring_of(self.deployment)
            )
        return {"id": found}

    @rpc
    def unpublish(self, request: Request) -> dict[str, Any]:
        """End that the public may read a complaint, at its sender's wish; answers as `track` does."""
        token, keyring = _token(request.payload), keyring_of(self.deployment)
        now = self.deployment.clock.now()
        with self.deployment.database.transaction() as session:
            publishing.take_back(session, following.find(session, token, keyring=keyring), now=now)
            tracked = following.track(session, token, keyring=keyring, now=now)
        dumped: dict[str, Any] = TrackedSchema().dump(tracked)
        return dumped


def _token(payload: dict[str, Any]) -> str:
    if not is_storable(payload.get("token")):
        raise UnknownComplaint
    token: str = load(TrackSchema(), payload)["token"]
    return token
