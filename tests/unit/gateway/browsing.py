"""Going through the portal without any script."""

import re
from html import unescape

BOOK = "/book/immigration/passport-new"
SLOT = "mpp-lebak.passport-new.20261125T0200Z"
TYPED = {
    "name": "Warga Contoh",
    "nik": "3602 1465 0890 0003",
    "birth_date": "1990-08-25",
    "email": "warga@example.org",
    "phone": "0812 3456 7890",
    "purpose": "umrah",
    "priority": "1",
}


def text_of(answer) -> str:
    """What a reader sees: the page without tags, in one line."""
    body = re.sub(r"(?s)<(script|style|template).*?</\1>", " ", answer.text).replace("<wbr>", "")
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def field(answer, name: str) -> str:
    """The value of a form's field, as the browser would send it."""
    found = re.search(rf'<input[^>]*\bname="{name}"[^>]*>', answer.text)
    assert found is not None, f"no field {name}"
    value = re.search(r'\bvalue="([^"]*)"', found.group())
    return unescape(value.group(1)) if value else ""


def send(gateway, page, address: str, *, environ_base: dict[str, str] | None = None, **fields: str):
    """Send the form of a page, with the hidden fields it was given."""
    hidden = {name: field(page, name) for name in ("form_token", "idempotency_key")}
    return gateway.client.post(address, data={**hidden, **fields}, environ_base=environ_base)


def held(gateway) -> str:
    """Choose an hour; the address of the form for the details is returned."""
    page = gateway.client.get(f"{BOOK}?site=mpp-lebak&day=2026-11-25")
    answer = send(gateway, page, BOOK, site="mpp-lebak", day="2026-11-25", slot_id=SLOT)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def booked(gateway) -> str:
    """Book; the token is returned."""
    address = held(gateway)
    answer = send(gateway, gateway.client.get(address), address, **TYPED)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"]).removeprefix("/t/").removesuffix("?new=1")
