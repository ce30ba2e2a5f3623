"""Overseers from outside, such as the Ombudsman (S0-8): they sign in, read what is opened, change nothing.

Their accounts have the role `overseer`. What they may ask for is said by each entrypoint, and an entrypoint
that says nothing refuses them: a new page cannot forget it.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from hashlib import sha256

from sqlalchemy.orm import Session
from werkzeug.wrappers import Request

from gerai_shared import accounts
from gerai_shared.accounts import Officer
from gerai_shared.deployment import Deployment
from gerai_shared.refusals import Refused, SignInRequired

#: How many sessions of others are remembered, so that they are not looked up at each request.
REMEMBERED = 10_000

#: Tells whose session a request carries; None without any.
TokenOf = Callable[[Request], str | None]
#: Writes down that an overseer opened a page.
Record = Callable[[Session, Officer, Request, datetime], None]


class Access(Enum):
    """What an entrypoint is for overseers: refused unless it says otherwise; on record, or of no interest."""

    REFUSED = "refused"
    ON_RECORD = "on record"
    FREE = "free"


class ReadingAccount(Refused):
    """Your account reads what is opened to overseers. This is not part of it, and nothing was changed."""

    code = "reading_account"
    status = 403


class Door:
    """Stands before every entrypoint: lets overseers to what is for them, and writes down what they open."""

    def __init__(self, deployment: Deployment, *, token_of: TokenOf, record: Record | None = None) -> None:
        self._deployment = deployment
        self._token_of = token_of
        self._record = record
        # By digest. The role of an account never changes, so whoever is no overseer stays none.
        self._others: OrderedDict[str, None] = OrderedDict()

    def __call__(self, request: Request, access: Access) -> None:
        """Refuse an overseer what is not for them. Raises ReadingAccount."""
        token = self._token_of(request)
        if not token or access is Access.FREE:
            return
        digest = sha256(token.encode()).hexdigest()
        if digest in self._others:
            return
        now = self._deployment.clock.now()
        with self._deployment.database.reading() as session:
            try:
                officer = accounts.officer_of(session, token=token, now=now)
            except SignInRequired:
                return
        if not officer.is_overseer:
            self._remember(digest)
            return
        if access is Access.REFUSED:
            raise ReadingAccount
        if self._record is not None:
            with self._deployment.database.transaction() as session:
                self._record(session, officer, request, now)

    def _remember(self, digest: str) -> None:
        self._others[digest] = None
        if len(self._others) > REMEMBERED:
            self._others.popitem(last=False)
