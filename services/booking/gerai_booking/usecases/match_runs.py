"""Comparing everybody anew after a list was taken over, some in each transaction.

May be interrupted anywhere and run again, also twice at once.
"""

from collections.abc import Callable
from datetime import datetime

from gerai_shared.database import Database

from gerai_booking.models import matching
from gerai_booking.usecases.apart import apart
from gerai_booking.usecases.comparing import compare_again
from gerai_booking.usecases.office import Office


def _go_on() -> None:
    return


def carry_on(
    database: Database, office: Office, *, now: datetime, breathe: Callable[[], None] = _go_on
) -> None:
    """Compare whoever is still to be compared after any import; `breathe` is called between transactions."""
    with database.reading() as session:
        pending = matching.to_compare(session)
    for import_id in pending:
        with apart("compare_list", import_id):
            compared = True
            while compared:
                breathe()
                with database.transaction() as session:
                    compared = compare_again(session, office, import_id=import_id, now=now) > 0
