"""Public reports in memory, as the complaints service answers for them."""

import uuid
from datetime import datetime, timedelta
from hashlib import sha256

from gerai_complaints.refusals import InvalidApiKey, UnknownComplaint, UnknownReport
from gerai_shared.tokens import make_token

from tests.unit.gateway.fake_catalogue import SECRET, Json

API_KEY = "kunci-uji"


class FakeReports:
    """Mixin: reports by their public id, all of them published as they came."""

    now: datetime
    reports: dict[str, Json]
    complaints: dict[str, Json]

    def _report(self, payload: Json) -> Json:
        if payload["key_hash"] != sha256(API_KEY.encode()).hexdigest():
            raise InvalidApiKey
        identifier, filing = str(uuid.uuid4()), payload["filing"]
        token = make_token(secret=SECRET, realm="complaint", identifier=identifier)
        if payload["agreed"]:
            self.reports[identifier] = {
                "id": identifier,
                "is_open": True,
                "state": "received",
                "publication": "published",
                **{name: filing[name] for name in ("classification", "agency", "service", "site")},
                **{name: filing[name] for name in ("title", "text")},
                **{name: payload[name] for name in ("address", "latitude", "longitude")},
                "requested_at": self.now.isoformat(),
                "updated_at": self.now.isoformat(),
                "expected_at": (self.now + timedelta(days=20, microseconds=5)).isoformat(),
            }
        return {"id": identifier, "token": token, "due_on": "2026-12-14"}

    def _public_reports(self, payload: Json) -> Json:
        found = list(self.reports.values())
        if payload.get("ids") is not None:
            found = [each for each in found if each["id"] in payload["ids"]]
        return {"reports": found[payload["offset"] :][: payload["limit"]]}

    def _public_report(self, payload: Json) -> Json:
        if payload["id"] not in self.reports:
            raise UnknownReport
        return self.reports[payload["id"]]

    def _public_id(self, payload: Json) -> Json:
        for identifier in self.reports:
            if make_token(secret=SECRET, realm="complaint", identifier=identifier) == payload["token"]:
                return {"id": identifier}
        raise UnknownReport

    def _unpublish(self, payload: Json) -> Json:
        if payload["token"] not in self.complaints:
            raise UnknownComplaint
        tracked = self.complaints[payload["token"]]
        tracked["publication"] = None
        return tracked
