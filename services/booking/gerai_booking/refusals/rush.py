"""Releases, the waiting room, the waiting list."""

from gerai_shared.refusals import Refused


class DayNotOpenYet(Refused):
    """The places of this day open at %(opens_at)s. Please come back then, or choose a day that is open."""

    code = "day_not_open_yet"
    status = 409


class WaitingRoomOpen(Refused):
    """Very many people want these days just now. Draw a number in the waiting room; everybody gets a turn."""

    code = "waiting_room"
    status = 429


class RoomNotOpen(Refused):
    """The waiting room gives numbers from %(opens_at)s. Please come back then."""

    code = "room_not_open"
    status = 409


class UnknownNumber(Refused):
    """This is no number of the waiting room of this place. Please draw a new one."""

    code = "unknown_number"
    status = 404


class NotYourTurn(Refused):
    """Your number has not come up yet. Please ask again in %(retry_after)s seconds."""

    code = "not_your_turn"
    status = 429


class NumberExpired(Refused):
    """Your number came up some time ago and is over. Please draw a new one."""

    code = "number_expired"
    status = 410


class TooManyNumbers(Refused):
    """Too many numbers were drawn from here. Please try again in %(retry_after)s seconds."""

    code = "too_many_numbers"
    status = 429


class ProofUsed(Refused):
    """This solution was used for a place before. Please load the page again; your device gets a new task."""

    code = "proof_used"
    status = 409


class UnknownEntry(Refused):
    """There is nothing on the waiting list at this address. Please check the link in your message."""

    code = "unknown_entry"
    status = 404


class AlreadyWaiting(Refused):
    """This person waits for this service already. Please open the link in the message about it."""

    code = "already_waiting"
    status = 409


class TooManyEntries(Refused):
    """At most %(count)s people may wait under one e-mail address or phone number.

    Please give the applicant's own address or number.
    """

    code = "too_many_entries"
    status = 409


class PlacesFree(Refused):
    """On %(day)s there are free places. Please book one, or choose days that are full."""

    code = "places_free"
    status = 409


class WaitingOver(Refused):
    """The last of these days is over or comes before the first. Please choose days from today on."""

    code = "waiting_over"


class WaitTooLong(Refused):
    """One may wait for the next %(days)s days. Please choose an earlier last day."""

    code = "wait_too_long"


class OfferOfAnother(Refused):
    """This place is kept for somebody on the waiting list, and only that person can book it.

    Please choose another hour, or give the data of whoever it is kept for.
    """

    code = "offer_of_another"
