"""Saying how a visit was: what the agency knows of it goes to the complaints service, and nothing of whom."""

from gerai_shared.ticket import State

from gerai_gateway import errands
from gerai_gateway.catalogues import Json
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import VisitNotOver

LINK, KIOSK_TICKET, KIOSK = "link", "kiosk_ticket", "kiosk"


def must_be_served(view: Json) -> Json:
    """Return the ticket of a view whose visit is over. Raises VisitNotOver."""
    ticket: Json = view["ticket"]
    if ticket["state"] != State.SERVED:
        raise VisitNotOver
    return ticket


def answer_for_ticket(mall: Mall, token: str, body: Json, *, channel: str, key: str) -> Json:
    """Say how a served visit was, with a body that SurveySchema has loaded; return the receipt.

    Raises UnknownTicket, VisitNotOver, Unavailable, and what the complaints service says no with.
    """
    ticket = must_be_served(errands.ticket(mall, token))
    facts = {name: ticket[name] for name in ("agency", "site", "service", "counter", "day")}
    asked = {**body, **facts, "ticket_id": ticket["id"], "channel": channel}
    return mall.ask("complaints", "answer_survey", asked, key=key)


def answer_at_kiosk(mall: Mall, *, site: str, agency: str, body: Json, key: str) -> Json:
    """Say how it was today, without a ticket; return the receipt. Raises Refused."""
    mall.catalogues.of(agency).site(site)
    asked = {**body, "agency": agency, "site": site, "channel": KIOSK}
    return mall.ask("complaints", "answer_survey", asked, key=key)
