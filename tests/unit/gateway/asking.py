"""Asking the public interface as a client would, and what its problems look like."""

SLOT = "mpp-lebak.passport-new.20261125T0200Z"
PERSON = {"name": "Warga Contoh", "nik": "3602146508900003", "email": "warga@example.org"}
COMPLAINT = {
    "classification": "complaint",
    "title": "Menunggu terlalu lama",
    "text": "Saya menunggu dua jam tanpa penjelasan.",
    "agency": "immigration",
    "person": {"name": "Warga Contoh"},
}


def booking(**changes) -> dict:
    return {"slot_id": SLOT, "purpose": "umrah", "person": PERSON, **changes}


def booked(gateway, key: str = "key-for-tests") -> str:
    answer = gateway.api("POST", "agencies/immigration/tickets", json=booking(), key=key)
    assert answer.status_code == 201, answer.text
    return answer.json["token"]


def problem(answer) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    assert answer.json["title"]
    assert answer.json["request_id"]
    return answer.status_code, answer.json["code"]
