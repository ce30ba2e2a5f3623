"""`python -m bench.backlog COUNT FIRST_PERSON`: book COUNT places by the use case alone, without the bus.

Runs with the environment of booking at immigration; reads the ids of hours, a line each, from its input.
"""

import sys
import uuid
from collections.abc import Iterator
from itertools import islice

from gerai_booking import agencies
from gerai_booking.roles import office_of
from gerai_booking.schemas import BookingSchema
from gerai_booking.usecases.applicants import applicant_of
from gerai_booking.usecases.booking import BookingRequest, book_batch
from gerai_booking.usecases.office import Office
from gerai_shared.borders import load
from gerai_shared.deployment import deployment_of
from gerai_shared.refusals import Refused
from gerai_shared.settings import read_settings

from tests.support.errand import SERVICE, person

BATCH = 200


def main(count: int, first_person: int, slots: list[str]) -> None:
    """Book, 200 places a transaction. Raises AssertionError when somebody is refused."""
    settings = read_settings("booking-immigration", needs=frozenset({"database", "secret", "sealing"}))
    deployment = deployment_of(settings)
    office = office_of(deployment, agencies.load("immigration", deployment.clock.now().date()))
    requests = _requests(office, slots, range(first_person, first_person + count))
    while batch := list(islice(requests, BATCH)):
        with deployment.database.transaction() as session:
            answers = book_batch(session, office, batch, now=deployment.clock.now())
        refused = [answer for answer in answers.values() if isinstance(answer, Refused)]
        if refused:
            raise AssertionError(f"{len(refused)} were refused, the first with {refused[0].code}")


def _requests(office: Office, slots: list[str], people: range) -> Iterator[BookingRequest]:
    purpose = office.service(SERVICE).purposes[0].code
    schema = BookingSchema()
    for number in people:
        slot = slots[number % len(slots)]
        body = {"slot_id": slot, "purpose": purpose, "language": "id", "person": person(number)}
        data = load(schema, body)
        key = str(uuid.uuid4())
        yield BookingRequest(
            key=key, fingerprint=key, slot_id=slot, hold_id=None, applicant=applicant_of(data, office)
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.stdin.read().split())
