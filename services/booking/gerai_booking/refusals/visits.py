"""One visit over several agencies."""

from gerai_shared.refusals import Refused


class AllAtOtherCounters(Refused):
    """Everybody who waits here is at another counter at the moment. Please call again when one of them is
    free.
    """

    code = "all_at_other_counters"
    status = 409


class NoStepHere(Refused):
    """Nothing of this visit is at this agency and place today. Please show its holder the way to the next
    step.
    """

    code = "no_step_here"
    status = 409


class UnknownNeighbour(Refused):
    """No other agency gives this service here, as far as is known.

    Please choose one of the list, or show the person the way to the information desk.
    """

    code = "unknown_neighbour"
    status = 404


class NotAtAnotherCounter(Refused):
    """No other agency's counter has this person. Please go on with the next step."""

    code = "not_at_another_counter"
    status = 409
