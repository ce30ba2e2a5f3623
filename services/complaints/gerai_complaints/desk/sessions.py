"""Who is signed in at the desk."""

from typing import Any

from gerai_shared import accounts
from gerai_shared.accounts import SESSION_LIFE, Officer, WrongCredentials
from gerai_shared.borders import load
from gerai_shared.deployment import Deployment
from gerai_shared.refusals import InvalidRequest, Refused
from werkzeug.wrappers import Request, Response

from gerai_complaints.schemas.desk import SignInSchema

BEARER = "Bearer "
SESSION_COOKIE = accounts.session_cookie("complaints")


def token_of(request: Request) -> str | None:
    """Return the session token of a request: from the Authorization header, else from the cookie."""
    header = request.headers.get("Authorization", "")
    if header.startswith(BEARER):
        return header.removeprefix(BEARER).strip()
    return request.cookies.get(SESSION_COOKIE)


def officer_of(deployment: Deployment, request: Request) -> Officer:
    """Return who asks. Raises SignInRequired."""
    with deployment.database.reading() as session:
        return accounts.officer_of(session, token=token_of(request), now=deployment.clock.now())


def sign_in(deployment: Deployment, data: dict[str, Any]) -> tuple[str, Officer]:
    """Open a session for {username, password}. Raises WrongCredentials, TooManyAttempts."""
    try:
        wanted = load(SignInSchema(), data)
    except InvalidRequest as refusal:
        raise WrongCredentials from refusal
    with deployment.database.transaction() as session:
        answer = accounts.sign_in(
            session, username=wanted["username"], password=wanted["password"], now=deployment.clock.now()
        )
    if isinstance(answer, Refused):
        raise answer
    return answer


def sign_out(deployment: Deployment, request: Request) -> None:
    """Close the session of a request, if it has one."""
    token = token_of(request)
    if token:
        with deployment.database.transaction() as session:
            accounts.sign_out(session, token=token)


def set_session(response: Response, token: str, *, secure: bool) -> None:
    """Give the browser its session."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=secure,
    )


def clear_session(response: Response) -> None:
    """Take the browser's session away."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Strict")
