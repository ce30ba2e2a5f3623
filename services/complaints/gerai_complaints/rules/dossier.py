"""The dossier that the Ombudsman gets of a complaint: whose name stands in it, and what its hashes say."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from gerai_shared.refusals import Refused

FORMAT = "gerai.dossier"
#: Grows when something is renamed or left out; what is added leaves it as it is.
FORMAT_VERSION = 1
#: The two parts that every dossier has.
DOCUMENT, PRINT = "dossier.json", "dossier.pdf"
PART_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
#: Kinds of entries that the dossier itself leaves in the history: they make no dossier out of date.
OWN_ENTRIES = ("dossier", "dossier_taken")


class Reason(StrEnum):
    """Why a dossier is made."""

    LADDER = "ladder"
    RAPID_RESPONSE = "rapid_response"
    ASKED = "asked"


class Identity(StrEnum):
    """What a dossier says of who complained."""

    NAMED = "named"
    #: They asked for confidence, and have not agreed that the Ombudsman learns who they are.
    WITHHELD = "withheld"
    ANONYMOUS = "anonymous"


class DossierUpToDate(Refused):
    """Nothing has happened with this case since its newest dossier. Please use the one that there is."""

    code = "dossier_up_to_date"
    status = 409


class UnreadableDossier(Exception):
    """A file is not the JSON of a dossier."""


def identity_of(*, anonymous: bool, confidential: bool, agreed: bool) -> Identity:
    """Return what may be said of who complained.

    Whoever stays anonymous agrees to nothing: their name is not asked for. `agreed` is their own word, after
    they had asked for confidence.
    """
    if anonymous:
        return Identity.ANONYMOUS
    return Identity.WITHHELD if confidential and not agreed else Identity.NAMED


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of a dossier; `name` as in PART_NAME."""

    name: str
    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes, in hexadecimal digits."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What the files of a dossier say: their hashes, and the one over all parts."""

    number: str
    version: int
    document_digest: str
    print_digest: str
    digest: str


def canonical(document: Any) -> bytes:
    """Return a JSON value as bytes that do not depend on the order of its keys: sorted, UTF-8, two spaces."""
    return (json.dumps(document, sort_keys=True, ensure_ascii=False, indent=2) + "\n").encode()


def digest_over(parts: Iterable[tuple[str, str]]) -> str:
    """Return the SHA-256 over a dossier's (name, SHA-256) pairs, in whatever order they come.

    It is taken over `[["a.json","…"],["b.pdf","…"]]`: JSON without spaces, ordered by name. Raises ValueError
    when two parts have one name.
    """
    listed = sorted(parts)
    if len({name for name, _ in listed}) < len(listed):
        raise ValueError("two parts of one name")
    return sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest()


def check(document: bytes, printed: bytes, others: Iterable[bytes] = ()) -> Checked:
    """Compute the hashes of a dossier anew from its files; the JSON says those of its `others`.

    Raises UnreadableDossier when the JSON is none of a dossier, or one of the others is none of its parts.
    """
    try:
        said = json.loads(document)
        if said["format"] != FORMAT or said["format_version"] != FORMAT_VERSION:
            raise UnreadableDossier
        number, version = str(said["number"]), int(said["version"])
        listed = [(str(each["name"]), str(each["sha256"])) for each in said["parts"]]
        known = {digest for _, digest in listed}
        if any(sha256(content).hexdigest() not in known for content in others):
            raise UnreadableDossier
        own = ((DOCUMENT, sha256(document).hexdigest()), (PRINT, sha256(printed).hexdigest()))
        digest = digest_over((*own, *listed))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableDossier from error
    return Checked(
        number=number,
        version=version,
        document_digest=own[0][1],
        print_digest=own[1][1],
        digest=digest,
    )
