"""Work units in the making, and road maps."""

from gerai_shared.refusals import Refused


class UnknownEstablishment(Refused):
    """There is no such request to establish a service point. Please choose one from the list of requests."""

    code = "unknown_establishment"
    status = 404


class UnitComesFirst(Refused):
    """An office is opened in stages: first a work unit in %(regency)s has to be open.

    Please write down or finish the request for the work unit.
    """

    code = "unit_comes_first"
    status = 409


class StageNotNext(Refused):
    """From where this request is now it cannot go there. Please load the page again."""

    code = "stage_not_next"
    status = 409


class ItemsLacking(Refused):
    """This stage needs items of the checklist that are not accepted yet.

    Please accept first what is named beside the stages.
    """

    code = "items_lacking"
    status = 409


class ItemNotNext(Refused):
    """An item is received before it is accepted or sent back. Please load the page again."""

    code = "item_not_next"
    status = 409


class UnknownItem(Refused):
    """This request has no such item on its checklist. Please load the page again and choose one of it."""

    code = "unknown_item"
    status = 404


class DocumentMissing(Refused):
    """An item is received with a document. Please give its number, date, title and where it is kept."""

    code = "document_missing"
    status = 409


class StaffNotMixed(Refused):
    """The list of staff needs people of immigration and of the regency. Please give both numbers."""

    code = "staff_not_mixed"
    status = 409


class RequestClosed(Refused):
    """This request is open or withdrawn already: it does not change any more.

    Please write down a new request for whatever is new.
    """

    code = "request_closed"
    status = 409


class UnknownMinutes(Refused):
    """This request has no such minutes or action item. Please load the page again and choose one of it."""

    code = "unknown_minutes"
    status = 404


class ActionDone(Refused):
    """This action item is done already. Please load the page again to see what is left."""

    code = "action_done"
    status = 409


class UnknownPlannedCounter(Refused):
    """The road map of this place has no such entry. Please load the page again and choose one of it."""

    code = "unknown_planned_counter"
    status = 404


class UnknownServiceGroup(Refused):
    """This agency has no such group of services. Please choose one of the list."""

    code = "unknown_service_group"
    status = 404
