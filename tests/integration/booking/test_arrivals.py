"""Checking in at the counter: by the number people say, or by the code on their ticket."""

from datetime import timedelta

import pytest
from gerai_booking.models.history import history
from gerai_booking.schemas import ArrivalSchema
from gerai_booking.usecases import arrivals
from gerai_shared.borders import load
from gerai_shared.refusals import Refused
from gerai_shared.ticket import Actor, State, Ticket
from gerai_shared.tokens import make_token
from sqlalchemy import select

from tests.integration.booking.house import NEXT_DAY, NOW, SITE, House

#: On DAY, an hour before the site opens.
EIGHT = NOW + timedelta(days=1, hours=-1)
ADDRESS = "https://antrean.example/t/"


def show(house: House, shown: str, *, site: str = SITE) -> Ticket:
    """What a counter does with what was typed or scanned."""
    asked = load(ArrivalSchema(), {"site": site, "number": shown})
    return house.do(arrivals.check_in_shown, house.desk("", now=EIGHT), shown=asked["number"])


def test_an_officer_checks_in_by_the_number_of_the_day(house: House) -> None:
    token = house.booked(1, house.slots()[3])
    with pytest.raises(Refused, match="unknown_ticket"):
        show(house, "A-002")
    with pytest.raises(Refused, match="unknown_ticket"):
        house.do(arrivals.check_in_shown, house.desk("", now=NOW), shown="A-001")
    ticket = show(house, "a1")
    assert (ticket.id, ticket.state) == (house.office.ticket_id(token), State.CHECKED_IN)
    house.check()


@pytest.mark.parametrize("shape", ["{}", f"{ADDRESS}{{}}", f" {ADDRESS}{{}}?new=1\n", f"{ADDRESS}{{}}/"])
def test_what_a_scanner_types_checks_in_as_the_number_does_with_the_officer_as_actor(
    house: House, shape: str
) -> None:
    token = house.booked(1, house.slots()[3])
    ticket = show(house, shape.format(token))
    assert (ticket.number, ticket.state) == ("A-001", State.CHECKED_IN)
    last = house.rows(select(history).order_by(history.c.position.desc()).limit(1))[0]
    assert (last.actor, last.officer_id) == (Actor.OFFICER.value, "officer")
    assert show(house, token) == ticket, "again changes nothing"
    house.check()


def test_a_strangers_code_is_of_no_ticket(house: House) -> None:
    token = house.booked(1, house.slots()[3])
    stranger = make_token(secret="s" * 40, realm="immigration", identifier=house.office.ticket_id(token))
    with pytest.raises(Refused, match="unknown_ticket"):
        show(house, stranger)
    with pytest.raises(Refused, match="unknown_ticket"):
        show(house, token[:-1] + ("A" if token[-1] != "A" else "B"))
    house.check()


@pytest.mark.parametrize("realm", ["legal", "complaint"])
def test_a_code_of_another_agency_says_so(house: House, realm: str) -> None:
    with pytest.raises(Refused, match="ticket_of_another_agency"):
        show(house, f"{ADDRESS}{realm}.{'A' * 43}")


def test_a_ticket_for_another_place_names_it(house: House) -> None:
    token = house.booked(1, house.slots(site="mpp-lebak")[3])
    with pytest.raises(Refused, match="ticket_of_another_site") as refused:
        show(house, token)
    assert refused.value.details == {"site": "Mal Pelayanan Publik Lebak"}
    house.check()


def test_a_ticket_for_another_day_is_told_so(house: House) -> None:
    token = house.booked(1, house.slots(NEXT_DAY)[0])
    with pytest.raises(Refused, match="wrong_day"):
        show(house, token)
    house.check()
