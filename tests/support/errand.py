"""A citizen and an officer who use the mall through its public interfaces, as a newcomer with curl would."""

import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

SERVICE = "passport-new"
SITE = "mpp-lebak"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back; `body` is JSON or the text."""

    status: int
    body: Any
    headers: dict[str, str]


def ask(
    method: str,
    url: str,
    body: Any = None,
    *,
    key: str | None = None,
    bearer: str | None = None,
    timeout: float = 20,
) -> Answer:
    """Send one request; an error status is an answer, too."""
    headers = {"Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if key:
        headers["Idempotency-Key"] = key
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return _answer(answer.status, answer.read(), dict(answer.headers))
    except urllib.error.HTTPError as error:
        return _answer(error.code, error.read(), dict(error.headers))


def _answer(status: int, raw: bytes, headers: dict[str, str]) -> Answer:
    try:
        return Answer(status=status, body=json.loads(raw), headers=headers)
    except ValueError:
        return Answer(status=status, body=raw.decode(errors="replace"), headers=headers)


#: What the NIKs below say; their century is not in them.
BORN = "1990-08-25"


def nik(number: int) -> str:
    """Return a synthetic NIK: a woman of Rangkasbitung, born 25 August 1990, with a serial of her own."""
    return f"3602146508{90 + number // 9999 % 10:02d}{number % 9999 + 1:04d}"


def person(number: int) -> dict[str, str]:
    """Return an applicant who does not exist."""
    return {"name": f"Warga Contoh {number}", "nik": nik(number), "email": f"warga{number}@example.org"}


@dataclass(frozen=True, kw_only=True)
class Citizen:
    """Uses the gateway at `portal`."""

    portal: str
    agency: str = "immigration"

    def slots(
        self, first: str, last: str, *, service: str = SERVICE, site: str = SITE
    ) -> list[dict[str, Any]]:
        """Return the hours with free places."""
        question = f"site={site}&service={service}&from={first}&to={last}"
        answer = ask("GET", f"{self.portal}/api/v1/agencies/{self.agency}/availability?{question}")
        assert answer.status == 200, answer
        return [slot for day in answer.body["days"] for slot in day["slots"] if slot["places"] > 0]

    def book(self, slot_id: str, number: int, *, key: str | None = None, purpose: str = "") -> Answer:
        """Book an hour for applicant `number`."""
        body = {
            "slot_id": slot_id,
            "purpose": purpose or self.purpose(),
            "language": "id",
            "person": person(number),
        }
        url = f"{self.portal}/api/v1/agencies/{self.agency}/tickets"
        return ask("POST", url, body, key=key or str(uuid.uuid4()))

    def purpose(self, service: str = SERVICE) -> str:
        """Return a purpose that the service knows."""
        answer = ask("GET", f"{self.portal}/api/v1/agencies/{self.agency}/services")
        found = next(each for each in answer.body["services"] if each["code"] == service)
        return str(found["purposes"][0]["code"])

    def ticket(self, token: str) -> Answer:
        """Look at a ticket."""
        return ask("GET", f"{self.portal}/api/v1/tickets/{token}")

    def change(
        self, token: str, verb: str, body: dict[str, Any] | None = None, *, key: str | None = None
    ) -> Answer:
        """Cancel, reschedule or check in."""
        return ask(
            "POST", f"{self.portal}/api/v1/tickets/{token}/{verb}", body or {}, key=key or str(uuid.uuid4())
        )

    def board(self, site: str = SITE) -> Answer:
        """Look at the display."""
        return ask("GET", f"{self.portal}/api/v1/sites/{site}/board")


@dataclass(frozen=True, kw_only=True)
class Officer:
    """Uses the counters at `address`."""

    address: str
    bearer: str

    @classmethod
    def sign_in(cls, address: str, password: str, username: str = "petugas") -> "Officer":
        """Sign in."""
        answer = ask("POST", f"{address}/api/v1/session", {"username": username, "password": password})
        assert answer.status == 201, answer
        return cls(address=address, bearer=answer.body["token"])

    def step(
        self, counter: str, verb: str, body: dict[str, Any] | None = None, *, key: str | None = None
    ) -> Answer:
        """Carry out a verb at `<site>.<code>`."""
        url = f"{self.address}/api/v1/counters/{counter}/{verb}"
        said = {"outcome": "completed"} if verb == "finish" else {}
        return ask("POST", url, said | (body or {}), key=key or str(uuid.uuid4()), bearer=self.bearer)

    def walk_in(self, service: str = SERVICE, site: str = SITE, *, key: str | None = None) -> Answer:
        """Give a ticket to somebody without a booking."""
        body = {"site": site, "service": service}
        return ask(
            "POST", f"{self.address}/api/v1/walk-ins", body, key=key or str(uuid.uuid4()), bearer=self.bearer
        )
