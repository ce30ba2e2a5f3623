"""Making services known."""

from gerai_shared.refusals import Refused


class UnknownEvent(Refused):
    """There is no such event. Please look at the list again."""

    code = "unknown_event"
    status = 404


class EventOver(Refused):
    """This event was called off. Please write a new one down."""

    code = "event_over"
    status = 409


class NobodyReachedYet(Refused):
    """This event is still to come: nobody has been reached by it yet. Please report it when it is over."""

    code = "nobody_reached_yet"
    status = 409


class UnknownRegency(Refused):
    """There is no regency or city with this code. Please choose one of the list."""

    code = "unknown_regency"
