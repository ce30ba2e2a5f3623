"""The centre as a site node reaches it: over HTTP, which a bad line disturbs least."""

import json
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from gerai_shared.refusals import Refused

from gerai_booking.usecases.node_sync import CentreAway

#: A page is there within seconds, or the line is as good as cut.
PATIENCE_SECONDS = 15
FAULT = 500


class RefusedByCentre(Refused):
    """The centre refused this node: %(told)s. Please tell its operators."""

    code = "refused_by_centre"


class HttpCentre:
    """Implements usecases.node_sync.Centre at an address such as https://imigrasi.example.go.id."""

    def __init__(self, url: str, key: str) -> None:
        """Connect to nothing yet."""
        self._url = urlsplit(url)
        self._key = key

    def grant(self) -> dict[str, Any]:
        """See Centre."""
        return self._ask("")

    def changes(
        self, lease_id: str, confirmed: Sequence[tuple[str, int]], standing: str | None
    ) -> dict[str, Any]:
        """See Centre."""
        return self._ask(f"/{lease_id}/changes", {"confirmed": confirmed, "standing": standing})

    def merge(self, lease_id: str, tickets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """See Centre."""
        found: list[dict[str, Any]] = self._ask(f"/{lease_id}/merge", {"tickets": tickets})["tickets"]
        return found

    def give_back(self, lease_id: str) -> None:
        """See Centre."""
        self._ask(f"/{lease_id}/return")

    def _ask(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        connect = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        connection = connect(self._url.netloc, timeout=PATIENCE_SECONDS)
        try:
            connection.request(
                "POST",
                f"{self._url.path.rstrip('/')}/api/v1/leases{path}",
                body=json.dumps(body or {}),
                headers={"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"},
            )
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise CentreAway from error
        finally:
            connection.close()
        if response.status >= FAULT:
            raise CentreAway
        if "code" in answer and response.status >= 400:
            raise RefusedByCentre(told=answer["code"])
        found: dict[str, Any] = answer
        return found
