"""Files of the national platform (SP4N-LAPOR!): their columns, words and cells.

The platform publishes no format of a file: the columns carry the names of its form, those that it does not
have (number, state, dates, what is added here) follow.
"""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime

from gerai_complaints.rules.case import Classification

NUMBER = "nomor_laporan"
COLUMNS = (
    NUMBER,
    "klasifikasi",
    "judul",
    "isi",
    "tanggal_kejadian",
    "lokasi_kejadian",
    "instansi_tujuan",
    "kategori",
    "lampiran",
    "latitude",
    "longitude",
    "anonim",
    "rahasia",
    "status",
    "tanggal_laporan",
)
#: What a file cannot do without.
NEEDED = (NUMBER, "klasifikasi", "judul", "isi", "instansi_tujuan")
#: What the export adds of ours, and who brought it, which is written only when asked for.
OWN = ("nomor_gerai", "batas_jawaban", "tanggal_jawaban", "tanggal_selesai")
CONTACTS = ("nama", "email", "telepon")
CLASSIFICATIONS = {
    "pengaduan": Classification.COMPLAINT,
    "permintaan informasi": Classification.INFORMATION,
    "aspirasi": Classification.ASPIRATION,
}
#: How the platform calls what is over: nobody is owed an answer any more.
FINISHED = frozenset({"selesai", "ditutup", "ditolak", "diarsipkan", "dibatalkan"})
YES, NO = frozenset({"ya", "y", "yes", "true", "1"}), frozenset({"", "tidak", "t", "no", "n", "false", "0"})
DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
#: With these a spreadsheet takes a cell for a formula.
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n")
GUARD = "'"
PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class BadCell(ValueError):
    """A cell that cannot be used: its column, and why."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(f"{column}: {why}")
        self.column, self.why = column, why


def column_of(header: str) -> str:
    """Return a header as columns are called here: small letters, words joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", header.strip().lower()).strip("_")


def classification_of(text: str) -> Classification:
    """Return what a report is. Raises BadCell."""
    found = CLASSIFICATIONS.get(" ".join(text.lower().replace("_", " ").split()))
    if found is None:
        raise BadCell("klasifikasi", f"one of {', '.join(CLASSIFICATIONS)} is needed, not {text!r}")
    return found


def flag_of(column: str, text: str) -> bool:
    """Return a yes or no; an empty cell is no. Raises BadCell."""
    word = text.strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise BadCell(column, f"Ya or Tidak is needed, not {text!r}")


def day_of(column: str, text: str) -> date | None:
    """Return a day written 2026-12-31 or 31/12/2026, a time may follow; None of an empty cell.

    Raises BadCell.
    """
    if not text:
        return None
    first = text.split(maxsplit=1)[0]
    try:
        if match := DAY_FIRST.fullmatch(first):
            return date(int(match[3]), int(match[2]), int(match[1]))
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise BadCell(column, f"a day like 2026-12-31 or 31/12/2026 is needed, not {text!r}") from None


def degrees_of(column: str, text: str, *, most: float) -> float | None:
    """Return a coordinate of WGS84, None of an empty cell. Raises BadCell."""
    if not text:
        return None
    try:
        degrees = float(text.replace(",", "."))
    except ValueError:
        degrees = math.nan
    if not abs(degrees) <= most:
        raise BadCell(column, f"degrees are needed, not {text!r}")
    return degrees


def is_finished(status: str) -> bool:
    """Tell whether the platform has done with a report."""
    return status.strip().lower() in FINISHED


def code_of_agency(name: str, mapping: Mapping[str, str]) -> str:
    """Return the code of an agency of the mall by what the platform calls it. Raises BadCell."""
    code = mapping.get(folded(name))
    if code is None:
        raise BadCell("instansi_tujuan", f"no agency of this mall is known as {name!r}")
    return code


def folded(name: str) -> str:
    """Return a name as names are compared: without regard to capitals and spaces."""
    return " ".join(name.casefold().split())


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay as they are."""
    risky = text.lstrip(GUARD).lstrip(" ").startswith(TRIGGERS)
    return GUARD + text if risky and not PLAIN_NUMBER.fullmatch(text) else text


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if cell.startswith(GUARD) and guarded(cell[1:]) == cell else cell
