"""Tasks for devices (ALTCHA, proof of work), set while demand is high.

Nothing is kept here: a task is signed with a key that all gateways have of the agency, and the agency
remembers which ones were used for a place. See docs/decisions/0021-proof-of-work.md.
"""

import base64
import json
import re
from datetime import datetime, timedelta
from typing import Literal

from altcha.v1 import Payload, create_challenge, extract_params, verify_solution
from gerai_shared.waiting_room import told_number

from gerai_gateway.catalogues import Catalogue, Json
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import ProofRequired

#: Numbers to try, half of them on average; docs/decisions/0021 has how long devices take.
MOST_TRIES = 20_000
#: Long enough to choose an hour at leisure.
TASK_LASTS = timedelta(minutes=30)
ALGORITHM: Literal["SHA-256"] = "SHA-256"
FIELDS = ("algorithm", "challenge", "number", "salt", "signature")
TASK = re.compile(r"[0-9a-f]{64}")


def wanted(mall: Mall, agency: str, body: Json) -> Json:
    """Count a wish for a place; return `body` as the agency takes it, the proof as the name of its task.

    While demand is high, a solved task is needed, or a number of the waiting room that has come up: who has
    it has waited, and the agency refuses numbers that are not its own. Raises UnknownAgency, Unavailable,
    ProofRequired.
    """
    told = {name: value for name, value in body.items() if name != "proof"}
    catalogue = mall.catalogues.of(agency)
    is_high = mall.demand.note(agency, now=mall.monotonic())
    if not is_high or has_waited(body.get("room_token"), now=mall.now()) or not _key(catalogue):
        return told
    task = _solved(body.get("proof") or "", key=_key(catalogue), now=mall.now())
    if task is None:
        raise ProofRequired(challenge=_task(catalogue, now=mall.now()))
    return {**told, "proof": task}


def task_for(mall: Mall, agency: str, *, room_token: str | None) -> Json | None:
    """Return the task that a page gives to its device, None while none is needed. Raises as `wanted`."""
    catalogue = mall.catalogues.of(agency)
    is_high = mall.demand.is_high(agency, now=mall.monotonic())
    if not is_high or has_waited(room_token, now=mall.now()) or not _key(catalogue):
        return None
    return _task(catalogue, now=mall.now())


def has_waited(token: str | None, *, now: datetime) -> bool:
    """Tell whether a number says that it has come up and is not over."""
    number = told_number(token) if token else None
    return number is not None and number.is_admitted(now) and not number.is_over(now)


def _key(catalogue: Catalogue) -> str:
    return str(catalogue.contents.get("proof_key", ""))


def _task(catalogue: Catalogue, *, now: datetime) -> Json:
    task = create_challenge(
        algorithm=ALGORITHM,
        max_number=MOST_TRIES,
        salt_length=12,
        hmac_key=_key(catalogue),
        salt="",
        number=None,
        expires=now + TASK_LASTS,
        params=None,
    )
    # As ALTCHA's clients read it; the library's own to_dict() writes one name differently.
    return {
        "algorithm": task.algorithm,
        "challenge": task.challenge,
        "maxnumber": task.max_number,
        "salt": task.salt,
        "signature": task.signature,
    }


def _solved(proof: str, *, key: str, now: datetime) -> str | None:
    """Return the name of the task that `proof` solves, None when it solves none of ours that still counts."""
    try:
        told = json.loads(base64.b64decode(proof, validate=True))
        payload = Payload(**{name: told[name] for name in FIELDS})
        until = int(extract_params(payload.to_dict())["expires"][0])
        is_solved, _ = verify_solution(payload, key, check_expires=False)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not is_solved or payload.algorithm != ALGORITHM or until < now.timestamp():
        return None
    return payload.challenge if TASK.fullmatch(payload.challenge) else None
