"""What is decided about a message without storage or network."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class MessageState(StrEnum):
    """Where a message is on its way."""

    CREATED = "created"
    SENDING = "sending"
    DELIVERED = "delivered"
    TEMPORARY_FAILURE = "temporary_failure"
    PERMANENT_FAILURE = "permanent_failure"
    EXPIRED = "expired"
    NO_CHANNEL = "no_channel"


#: States in which a message still waits to be handed over.
WAITING_STATES = (MessageState.CREATED, MessageState.SENDING, MessageState.TEMPORARY_FAILURE)

#: A call that comes late is worse than none: its holder would run to a counter that serves somebody else.
CALL_VALID = timedelta(minutes=10)
#: For how long a process that took a message is the only one to send it.
LEASE = timedelta(seconds=60)
#: How often a server may put one message off before it is given up: with the waits below, within half a day.
MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=2)
LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What a type of event makes us write.

    `template` names the words. `has_calendar` says that the appointment's calendar file goes along.
    """

    template: str
    has_calendar: bool = False


CAUSES = {
    "ticket.booked.v1": Cause(template="ticket_booked", has_calendar=True),
    "ticket.rescheduled.v1": Cause(template="ticket_rescheduled", has_calendar=True),
    "ticket.cancelled.v1": Cause(template="ticket_cancelled", has_calendar=True),
    "ticket.moved_by_order.v1": Cause(template="moved_by_order", has_calendar=True),
    "ticket.offered_by_order.v1": Cause(template="offered_by_order"),
    "ticket.cancelled_by_order.v1": Cause(template="cancelled_by_order", has_calendar=True),
    "ticket.restored_by_order.v1": Cause(template="restored_by_order", has_calendar=True),
    "ticket.reopened_by_order.v1": Cause(template="reopened_by_order"),
    "ticket.called.v1": Cause(template="ticket_called"),
    "waiting_list.joined.v1": Cause(template="waiting_joined"),
    "waiting_list.offered.v1": Cause(template="waiting_offered"),
    "waiting_list.lapsed.v1": Cause(template="waiting_lapsed"),
    "waiting_list.withdrawn.v1": Cause(template="waiting_withdrawn"),
    "ticket.match_changed.v1": Cause(template="ticket_match_changed"),
    "application.waiting_for_citizen.v1": Cause(template="application_waiting"),
    "application.ready.v1": Cause(template="application_ready"),
    "application.reminded.v1": Cause(template="application_reminded"),
    "application.handed_over.v1": Cause(template="application_handed_over"),
    "application.cancelled.v1": Cause(template="application_cancelled"),
    "application.corrected.v1": Cause(template="application_corrected"),
    "no_show.recorded.v1": Cause(template="no_show_recorded"),
    "no_show.withdrawn.v1": Cause(template="no_show_withdrawn"),
    "appeal.decided.v1": Cause(template="appeal_decided"),
    "outage.hit.v1": Cause(template="outage_hit"),
    "complaint.filed.v1": Cause(template="complaint_filed"),
    "complaint.answered.v1": Cause(template="complaint_answered"),
    "complaint.closed.v1": Cause(template="complaint_closed"),
    "complaint.disputed.v1": Cause(template="complaint_disputed"),
    "complaint.escalated.v1": Cause(template="complaint_escalated"),
    "complaint.incomplete.v1": Cause(template="complaint_incomplete"),
    "complaint.forwarded.v1": Cause(template="complaint_forwarded"),
    "complaint.extended.v1": Cause(template="complaint_extended"),
    "complaint.refused.v1": Cause(template="complaint_refused"),
    "complaint.urgent.v1": Cause(template="complaint_urgent"),
    "complaint.reopened.v1": Cause(template="complaint_reopened"),
    "complaint.withdrawn.v1": Cause(template="complaint_withdrawn"),
}


#: What concerns an appointment is no news once that is over.
ABOUT_APPOINTMENT = (
    "ticket_booked",
    "ticket_rescheduled",
    "ticket_match_changed",
    "moved_by_order",
    "restored_by_order",
)


COMPLAINT_ID = re.compile(r"[0-9a-f-]{36}")


def is_about_complaint(template: str) -> bool:
    """Tell whether a message is about a complaint, so that its reader may have something to add."""
    return template.startswith("complaint_")


def valid_until(
    template: str,
    *,
    happened_at: datetime,
    appointment_ends_at: datetime | None,
    offer_ends_at: datetime | None = None,
) -> datetime | None:
    """Return from when on a message must not be sent any more; None when it may always be.

    A call holds for ten minutes, a confirmation until its appointment is over, an offer until it ends.
    """
    if template == "ticket_called":
        return happened_at + CALL_VALID
    if template in ABOUT_APPOINTMENT:
        return appointment_ends_at
    if template == "waiting_offered":
        return offer_ends_at
    return None


def wait_after(attempts: int, *, chance: float) -> timedelta:
    """Return how long a message waits after its `attempts`-th refusal (from 1).

    `chance` in [0, 1) spreads messages that failed together over half to once and a half of the wait.
    """
    seconds = min(FIRST_WAIT.total_seconds() * 2 ** min(attempts - 1, 20), LONGEST_WAIT.total_seconds())
    return timedelta(seconds=seconds * (0.5 + chance))


def salutation(name: str | None) -> str:
    """Return `name` as it may stand in a message; '' when nothing of it is left.

    Whoever books may type any name and any address: a name must not become a header, a line of its
    own or a link, or the mall would send strangers' advertisements. Letters, their marks, spaces and
    the points of titles stay; a point is followed by a space, so that no program takes it for a link.
    """
    kept = "".join(
        character if unicodedata.category(character)[0] in "LM" or character in ".,'’-" else " "
        for character in unicodedata.normalize("NFC", name or "")
    )
    spaced = re.sub(r"\.(?=[^\s,])", ". ", kept)
    return " ".join(spaced.split())[:LONGEST_NAME].strip(" ,-")
