"""Whether files are those of a dossier on record: for operators, and without a database for everybody."""

import sys
from collections.abc import Sequence
from pathlib import Path

from gerai_shared.deployment import deployment_of
from gerai_shared.settings import read_settings

from gerai_complaints.rules.dossier import Checked, UnreadableDossier, check
from gerai_complaints.usecases import dossiers

SAME, DIFFERENT = 0, 1


def verify(document: Path, printed: Path, others: Sequence[Path], *, expected: str | None) -> int:
    """Print the hashes of a dossier's files and whether they are those of the record; return the exit code.

    `expected` is the hash over all parts, in hexadecimal digits; without it the database is asked.
    """
    try:
        found = check(document.read_bytes(), printed.read_bytes(), [other.read_bytes() for other in others])
    except OSError as error:
        return _different(f"{error.filename}: {error.strerror}")
    except UnreadableDossier:
        return _different("These are no files of one dossier.")
    sys.stdout.write(
        f"{found.number}, version {found.version}\n"
        f"dossier.json  {found.document_digest}\n"
        f"dossier.pdf   {found.print_digest}\n"
        f"all parts     {found.digest}\n"
    )
    known = expected.strip().lower() if expected is not None else _recorded(found)
    if known is None:
        return _different("There is no such version on record.")
    if known != found.digest:
        return _different("DIFFERENT: these are not the files of the record.")
    sys.stdout.write("The same as on record.\n")
    return SAME


def _different(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return DIFFERENT


def _recorded(found: Checked) -> str | None:
    deployment = deployment_of(read_settings("complaints", needs=frozenset({"database"})))
    with deployment.database.reading() as session:
        return dossiers.recorded(session, found.number, found.version)
