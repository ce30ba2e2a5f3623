"""Work units in the making, and road maps."""

from gerai_shared.refusals import Refused


class UnknownEstablishment(Refused):
    """There is no such request to establish a service point."""

    code = "unknown_establishment"
    status = 404


class UnitComesFirst(Refused):
    """An office is opened in stages: first a work unit in %(regency)s has to be open."""

    code = "unit_comes_first"
    status = 409


class StageNotNext(Refused):
    """From where this request is now it cannot go there. Please load the page again."""

    code = "stage_not_next"
    status = 409


class ItemsLacking(Refused):
    """This stage needs items of the checklist that are not accepted yet: they are named beside the stages."""

    code = "items_lacking"
    status = 409


class ItemNotNext(Refused):
    """An item is received before it is accepted or sent back. Please load the page again."""

    code = "item_not_next"
    status = 409


class UnknownItem(Refused):
    """This request has no such item on its checklist."""

    code = "unknown_item"
    status = 404


class DocumentMissing(Refused):
    """An item is received with a document: please give its number, date, title and where it is kept."""

    code = "document_missing"
    status = 409


class StaffNotMixed(Refused):
    """The list of staff needs people of immigration and of the regency: please give both numbers."""

    code = "staff_not_mixed"
    status = 409


class RequestClosed(Refused):
    """This request is open or withdrawn already: it does not change any more."""

    code = "request_closed"
    status = 409


class UnknownMinutes(Refused):
    """This request has no such minutes or action item."""

    code = "unknown_minutes"
    status = 404


class ActionDone(Refused):
    """This action item is done already."""

    code = "action_done"
    status = 409


class UnknownPlannedCounter(Refused):
    """The road map of this place has no such entry."""

    code = "unknown_planned_counter"
    status = 404


class UnknownServiceGroup(Refused):
    """This agency has no such group of services."""

    code = "unknown_service_group"
    status = 404
