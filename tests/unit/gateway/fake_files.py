"""The files of complaints that `fake_agencies` keeps, looked at by the rules of the real ones."""

import base64

from gerai_complaints.refusals import UnknownComplaint
from gerai_complaints.rules.attachments import FileNotKept, kept_name, kind_of
from gerai_shared.ids import new_id
from gerai_shared.refusals import NotFound
from gerai_shared.tokens import make_token

from tests.unit.gateway.fake_catalogue import SECRET, Json


class FakeFiles:
    """Mixin: `uploaded` are files by their reference, with their `content`."""

    uploaded: dict[str, Json]
    complaints: dict[str, Json]

    def _upload(self, payload: Json) -> Json:
        content = base64.b64decode(payload["content"])
        kind = kind_of(content, name=payload["name"])
        reference = make_token(secret=SECRET, realm="attachment", identifier=new_id())
        told = {"name": kept_name(payload["name"], kind), "kind": kind.value, "size": len(content)}
        self.uploaded[reference] = {**told, "content": payload["content"]}
        return {"reference": reference, **told}

    def attach(self, token: str, references: list[str]) -> Json:
        """Add files to a complaint."""
        if token not in self.complaints:
            raise UnknownComplaint
        complaint = self.complaints[token]
        files = complaint.setdefault("attachments", [])
        for reference in references:
            if reference not in self.uploaded:
                raise FileNotKept
            file = {name: self.uploaded[reference][name] for name in ("name", "kind", "size")}
            files.append(
                {
                    "id": new_id(),
                    **file,
                    "at": complaint["received_at"],
                    "by": "citizen",
                    "scan": "unscanned",
                    "may_open": True,
                }
            )
        complaint["may_add_files"] = True
        return {"attachments": files, "may_add_files": True}

    def _add_files(self, payload: Json) -> Json:
        return self.attach(payload["token"], payload["attachments"])

    def _open_file(self, payload: Json) -> Json:
        if payload["token"] not in self.complaints:
            raise UnknownComplaint
        for file in self.complaints[payload["token"]].get("attachments", []):
            if file["id"] == payload["id"]:
                (kept,) = [each for each in self.uploaded.values() if each["name"] == file["name"]]
                return {name: kept[name] for name in ("name", "kind", "content")}
        raise NotFound
