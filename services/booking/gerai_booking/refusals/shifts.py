"""Who has a counter, whether it pauses, and what is served there."""

from gerai_shared.refusals import Refused


class CounterTaken(Refused):
    """%(officer)s has this counter open. Take it over first, or choose another counter."""

    code = "counter_taken"
    status = 409


class ShiftChanged(Refused):
    """This counter has changed hands since your screen was shown: %(officer)s has it now.

    Please look again; nothing was changed.
    """

    code = "shift_changed"
    status = 409


class CounterNotOpen(Refused):
    """Nobody has this counter open. Please open it first."""

    code = "counter_not_open"
    status = 409


class CounterPaused(Refused):
    """This counter pauses, and calls nobody meanwhile. Please resume first, then call."""

    code = "counter_paused"
    status = 409


class NothingToServe(Refused):
    """You may serve none of the services of this counter.

    Please choose another counter, or ask your supervisor to change what you serve.
    """

    code = "nothing_to_serve"
    status = 409


class NobodyWouldServe(Refused):
    """Nobody would serve this at the site any more: %(services)s.

    Choose another counter for it first, or confirm that nobody is to serve it.
    """

    code = "nobody_would_serve"
    status = 409


class UnknownOfficer(Refused):
    """There is no such officer at the counters. Please choose one from the list."""

    code = "unknown_officer"
    status = 404
