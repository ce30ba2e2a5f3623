"""The waiting list, told to the right agency: the same for the interface and for the portal's forms."""

from gerai_shared.tokens import realm_of

from gerai_gateway.catalogues import Json
from gerai_gateway.errands import TOKEN, deployment_of_agency
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownEntry

#: What stands before an agency's short name in tokens of the waiting list.
REALM = "waiting-"


def is_token(text: str) -> bool:
    """Tell whether this looks like a token of the waiting list."""
    return text.startswith(REALM) and TOKEN.fullmatch(text) is not None


def deployment_of_entry(mall: Mall, token: str) -> str:
    """Return whom to ask about a place in the list. Raises UnknownEntry for what is no token of ours."""
    agency = realm_of(token).removeprefix(REALM)
    if not is_token(token) or agency not in mall.catalogues.agencies:
        raise UnknownEntry
    return f"booking-{agency}"


def join(mall: Mall, agency: str, body: Json, *, key: str) -> Json:
    """Put somebody on the list with a body that JoinSchema has found good; return the entry.

    Raises Refused.
    """
    deployment = deployment_of_agency(mall, agency)
    mall.catalogues.of(agency).offer(body["site"], body["service"])
    person = body["person"]
    mall.limiter.admit_identity(person.get("nik") or person["passport_number"])
    return _with_url(mall, mall.ask(deployment, "join_waiting_list", body, key=key))


def entry(mall: Mall, token: str) -> Json:
    """Return everything that somebody on the list may see. Raises UnknownEntry, Unavailable."""
    found = mall.ask(deployment_of_entry(mall, token), "waiting_list_entry", {"token": token})
    return _with_url(mall, found)


def leave(mall: Mall, token: str, *, key: str) -> Json:
    """Take somebody from the list; return the entry. Raises UnknownEntry, Unavailable."""
    found = mall.ask(deployment_of_entry(mall, token), "leave_waiting_list", {"token": token}, key=key)
    return _with_url(mall, found)


def _with_url(mall: Mall, found: Json) -> Json:
    return {**found, "url": f"{mall.public_url}/w/{found['token']}"}
