"""What the complaints service says no with, beside the refusals that stand next to their rule."""

from gerai_shared.refusals import Refused


class UnknownComplaint(Refused):
    """There is no complaint with this reference. Please check that the whole address was copied."""

    code = "unknown_complaint"
    status = 404


class UnknownAgency(Refused):
    """There is no such agency in this mall. Please choose one of the list."""

    code = "unknown_agency"
    status = 422
