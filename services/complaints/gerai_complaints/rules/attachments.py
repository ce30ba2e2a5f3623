"""Files that people add to a complaint: which are taken, what they are, who may open them."""

import re
import unicodedata
from enum import StrEnum

from gerai_shared.refusals import Refused

from gerai_complaints.rules.case import OPEN_STATES, State

MEGABYTE = 1 << 20
MOST_BYTES = 5 * MEGABYTE
MOST_AT_ONCE = 5
MOST_FOR_A_CASE = 20
#: A picture of a few kilobytes may hold as many: it is refused before it is unpacked.
MOST_PIXELS = 50_000_000
#: Larger pictures are made smaller. Everything that can be read on a form can be read then, too.
LONGEST_SIDE = 4096
#: A picture is written anew, and may then be longer than it came; a message of the bus is 16 MiB at most.
MOST_BYTES_KEPT = 10 * MEGABYTE
LONGEST_NAME = 80
#: In which part at the end of a PDF its end is marked.
END_OF_PDF = 2048


class Kind(StrEnum):
    """What a file is, as a media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


class Scan(StrEnum):
    """What is known of a file's harmlessness."""

    UNSCANNED = "unscanned"
    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNABLE = "unscannable"


#: What a scanner says in the end.
VERDICTS = (Scan.CLEAN, Scan.INFECTED, Scan.UNSCANNABLE)
SUFFIXES = {Kind.JPEG: ".jpg", Kind.PNG: ".png", Kind.WEBP: ".webp", Kind.PDF: ".pdf"}


class FileEmpty(Refused):
    """The file %(file)s is empty. Please choose another one."""

    code = "file_empty"


class FileTooLarge(Refused):
    """The file %(file)s is larger than %(megabytes)s MB. Please choose a smaller one, or a photo of it."""

    code = "file_too_large"


class FileTypeNotTaken(Refused):
    """The file %(file)s is neither a photo (JPEG, PNG, WebP) nor a PDF. Please send it as one of these."""

    code = "file_type_not_taken"


class FileDamaged(Refused):
    """The file %(file)s cannot be opened, it seems to be damaged. Please choose another one."""

    code = "file_damaged"


class PictureTooLarge(Refused):
    """The picture %(file)s has too many points to be opened. Please choose a smaller one."""

    code = "picture_too_large"


class NothingChosen(Refused):
    """No file is chosen. Please choose at least one."""

    code = "no_file_chosen"


class TooManyFiles(Refused):
    """At most %(most)s files can be added at once. Please leave some out, and add them afterwards."""

    code = "too_many_files"


class CaseHoldsEnoughFiles(Refused):
    """A complaint holds at most %(most)s files. Please say in words what else there is to see."""

    code = "case_holds_enough_files"


class NothingMoreIsAdded(Refused):
    """This complaint is closed: nothing is added any more. Please file a new one and name its number."""

    code = "nothing_more_is_added"
    status = 409


class FileNotKept(Refused):
    """One of the files was not sent with anything within a day, and is gone. Please choose it again."""

    code = "file_not_kept"


class FilesAreNotTaken(Refused):
    """Files cannot be added here at present. Please send it without, and show them at the counter."""

    code = "files_are_not_taken"


class FileNotOpened(Refused):
    """This file is not opened, because it is not known to be harmless. Please ask for it in another way."""

    code = "file_not_opened"
    status = 409


def kind_of(content: bytes, *, name: str) -> Kind:
    """Return what a file is by its own bytes, whatever its name says.

    Raises FileEmpty, FileTooLarge, FileTypeNotTaken, FileDamaged (a PDF without an end).
    """
    if not content:
        raise FileEmpty(file=name)
    if len(content) > MOST_BYTES:
        raise FileTooLarge(file=name, megabytes=MOST_BYTES // MEGABYTE)
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Kind.WEBP
    if not content.startswith(b"%PDF-"):
        raise FileTypeNotTaken(file=name)
    if b"%%EOF" not in content[-END_OF_PDF:]:
        raise FileDamaged(file=name)
    return Kind.PDF


def shown_name(name: str) -> str:
    """Return a file's name without folders and characters that do not show; '' when nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(
        each for each in last if not unicodedata.category(each).startswith("C") and each not in "\u2028\u2029"
    )
    return re.sub(r"\s+", " ", seen).strip(" .")[:LONGEST_NAME].strip(" .")


def kept_name(name: str, kind: Kind) -> str:
    """Return the name under which a file is shown and saved: its ending says what it is."""
    stem, dot, ending = shown_name(name).rpartition(".")
    is_ending = dot and re.fullmatch(r"[A-Za-z0-9]{1,5}", ending)
    return (stem if is_ending and stem else shown_name(name) or "lampiran") + SUFFIXES[kind]


def may_add(state: State) -> bool:
    """Whether files are still added to a complaint in this state."""
    return state in OPEN_STATES or state in (State.ANSWERED, State.TO_COMPLETE)


def check_count(new: int, *, there: int = 0) -> None:
    """Refuse more files than are taken, `there` being how many a complaint has.

    Raises TooManyFiles, CaseHoldsEnoughFiles.
    """
    if new > MOST_AT_ONCE:
        raise TooManyFiles(most=MOST_AT_ONCE)
    if there + new > MOST_FOR_A_CASE:
        raise CaseHoldsEnoughFiles(most=MOST_FOR_A_CASE)


def scan_state(verdict: str | None, *, is_scanning: bool) -> Scan:
    """Return what is known of a file; without a verdict it waits for the scanner, if there is one."""
    if verdict is not None:
        return Scan(verdict)
    return Scan.WAITING if is_scanning else Scan.UNSCANNED


def may_open(scan: Scan) -> bool:
    """Whether a file may be opened: found clean, or in a mall without a scanner."""
    return scan in (Scan.CLEAN, Scan.UNSCANNED)
