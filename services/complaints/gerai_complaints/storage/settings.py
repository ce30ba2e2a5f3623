"""Where attachments are kept and who scans them, out of the environment."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from environs import EnvError, FileAwareEnv
from gerai_shared.settings import InvalidSettings
from marshmallow.validate import Regexp

from gerai_complaints.storage.scanning import ClamdScanner, CommandScanner, Scanner
from gerai_complaints.storage.stores import FolderStore, Run, Store

URL = Regexp(
    r"^(|file:///.+|s3\+https?://[^/?#]+/[a-z0-9][a-z0-9.-]{1,62})\Z",
    error="must be file:///folder, s3+https://host/bucket or s3+http://host/bucket",
)
SCANNER = Regexp(
    r"^(|clamd://[^/?#:]+:\d{1,5}|clamd:///.+|command:\S.*)\Z",
    error="must be clamd://host:port, clamd:///path/of/its/socket or command:a program with its arguments",
)


@dataclass(frozen=True, kw_only=True)
class StorageSettings:
    """`url` is where contents are kept, '' for nowhere: then no files are taken. `scanner` '' is none."""

    url: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = ""
    scanner: str = ""


def read_storage() -> StorageSettings:
    """Read GERAI_ATTACHMENTS_STORE, _REGION, _ACCESS_KEY and _SECRET_KEY, and GERAI_SCANNER.

    Raises InvalidSettings.
    """
    env = FileAwareEnv(eager=False, prefix="GERAI_", strip_whitespace=True)
    url = env.str("ATTACHMENTS_STORE", "", validate=URL)
    region = env.str("ATTACHMENTS_REGION", StorageSettings.region)
    access_key = env.str("ATTACHMENTS_ACCESS_KEY", "")
    secret_key = env.str("ATTACHMENTS_SECRET_KEY", "")
    scanner = env.str("SCANNER", "", validate=SCANNER)
    problems = []
    try:
        env.seal()
    except EnvError as error:
        found: dict[str, list[str]] = getattr(error, "error_messages", {})
        problems = [f"{name}: {' '.join(texts)}" for name, texts in sorted(found.items())] or [str(error)]
    if (url or "").startswith("s3+") and not (access_key and secret_key):
        problems.append(
            "GERAI_ATTACHMENTS_STORE: such a store needs GERAI_ATTACHMENTS_ACCESS_KEY and"
            " GERAI_ATTACHMENTS_SECRET_KEY, too"
        )
    if problems:
        raise InvalidSettings("\n".join(problems))
    return StorageSettings(
        url=url,
        region=region or StorageSettings.region,
        access_key=access_key,
        secret_key=secret_key,
        scanner=scanner,
    )


def store_of(settings: StorageSettings, *, run: Run) -> Store | None:
    """Return where contents are kept, None for nowhere; `run` runs what waits for a disk."""
    if not settings.url:
        return None
    if settings.url.startswith("file://"):
        return FolderStore(Path(settings.url.removeprefix("file://")), run=run)
    from gerai_complaints.storage.s3 import S3Store  # noqa: PLC0415 - slow to import, seldom wanted

    parts = urlsplit(settings.url)
    return S3Store(
        endpoint=parts.netloc,
        secure=parts.scheme == "s3+https",
        bucket=parts.path.strip("/"),
        region=settings.region,
        access_key=settings.access_key,
        secret_key=settings.secret_key,
    )


def scanner_of(settings: StorageSettings) -> Scanner | None:
    """Return who scans, None for nobody."""
    kind, _, rest = settings.scanner.partition(":")
    if kind == "command":
        return CommandScanner(shlex.split(rest))
    if kind == "clamd":
        return ClamdScanner(re.sub(r"^//", "", rest))
    return None
