"""Lists that are imported, and applications after the counter."""

from gerai_shared.refusals import Refused


class ListMissing(Refused):
    """No file came with the form. Please choose the file with the list, and fill in the form again."""

    code = "list_missing"


class ListTooLarge(Refused):
    """This file is too large: at most 2 MB and 20,000 rows are taken. Please split it."""

    code = "list_too_large"


class ListUnreadable(Refused):
    """This file is no text that can be read. Please save it as CSV (UTF-8) and send it again."""

    code = "list_unreadable"


class ListWithoutColumns(Refused):
    """The first row must name the columns: nomor porsi, nik, nama, tanggal lahir. Please add them."""

    code = "list_without_columns"


class ListEmpty(Refused):
    """There is no row to take over in this file. Please look whether it is the right one."""

    code = "list_empty"


class RowsRefused(Refused):
    """Nothing was taken over: %(count)s rows have to be mended first.

    Please mend them, or choose to take the good rows only.
    """

    code = "rows_refused"


class UnknownMatch(Refused):
    """For this ticket no list is looked into, or there is no such ticket.

    Please choose one on the page of lists and differences.
    """

    code = "unknown_match"
    status = 404


class MatchMovedOn(Refused):
    """Somebody else has changed this in the meantime. Please look at it again; nothing was changed."""

    code = "match_moved_on"


class UnknownApplication(Refused):
    """There is no such file. Please look for it in the list of files."""

    code = "unknown_application"
    status = 404


class TicketNotServed(Refused):
    """A file is opened while its owner is being served, or after that.

    Please start the service at the counter first.
    """

    code = "ticket_not_served"
    status = 409


class NoApplications(Refused):
    """This service ends at the counter: there is no file to follow.

    Please finish the ticket; nothing else is needed.
    """

    code = "no_applications"
    status = 409


class ApplicationExists(Refused):
    """A file is open for this number already. Please look at the list of files."""

    code = "application_exists"
    status = 409


class IncompleteFiles(Refused):
    """The file is not complete: still missing, or without a reason: %(missing)s.

    Please tick what is there, give a reason for what may lack, or hand the papers back.
    """

    code = "incomplete_files"


class NothingMissing(Refused):
    """Everything on the checklist is there. Please open the file instead."""

    code = "nothing_missing"
    status = 409


class ApplicationChanged(Refused):
    """Somebody else changed this file in the meantime. Please look again; nothing was changed."""

    code = "application_changed"
    status = 409


class WrongPlaceOfCollection(Refused):
    """This is handed over at another place: %(site)s. Please show whoever collects the way there."""

    code = "wrong_place_of_collection"
    status = 409


class ProofsMissing(Refused):
    """Not everything that whoever collects has to show was seen.

    Please ask for it and tick it: %(missing)s.
    """

    code = "proofs_missing"


class NothingToCorrect(Refused):
    """There is no step of this file that could be taken back. Please go on from the state it is in."""

    code = "nothing_to_correct"
    status = 409


class StillKept(Refused):
    """This is kept until %(day)s and cannot be cancelled before the day after.

    Please come back to it then.
    """

    code = "still_kept"
    status = 409
