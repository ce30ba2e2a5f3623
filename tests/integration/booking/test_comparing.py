"""Comparing many with a list: in small transactions, and in few statements."""

from typing import Any

import pytest
from gerai_booking.models import matching as model
from gerai_booking.models.matching import list_imports, match_changes
from gerai_booking.models.people import people
from gerai_booking.usecases import comparing, rulebook
from sqlalchemy import func, select

from tests.integration.booking.house import House, statements
from tests.integration.booking.test_data_match import BORN, compare, pilgrim, row, state_of, take_over


def test_comparing_goes_on_where_it_broke_off_and_tells_everybody_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing.compare_again, "__kwdefaults__", {"limit": 2})
    tokens = [pilgrim(house, person) for person in range(1, 6)]
    write, seen = model.set_compared, []

    def breaks_off_at_the_second(*args: Any, **kwargs: Any) -> None:
        write(*args, **kwargs)
        seen.append(kwargs["to"])
        if len(seen) == 2:
            raise RuntimeError

    monkeypatch.setattr(model, "set_compared", breaks_off_at_the_second)
    take_over(house, *(row(person, f"Warga Uju {person}") for person in range(1, 6)))
    # The second transaction had no effect, the first one stays.
    assert [state_of(house, token) for token in tokens] == ["differs", "differs", None, None, None]
    compare(house)
    compare(house)
    assert [state_of(house, token) for token in tokens] == ["differs"] * 5
    assert {house.announced(token).count("ticket.match_changed.v1") for token in tokens} == {1}
    assert house.rows(select(list_imports.c.compared_to))[0].compared_to is None
    house.check_places()


def test_what_cannot_be_opened_of_one_person_stops_nobody_else(house: House) -> None:
    tokens = [pilgrim(house, person) for person in (1, 2)]
    house.change(
        people.update().where(people.c.ticket_id == house.office.ticket_id(tokens[0])).values(sealed="?")
    )
    take_over(house, row(1), row(2))
    assert [state_of(house, token) for token in tokens] == [None, "matches"]


def test_comparing_a_batch_costs_as_many_statements_as_comparing_one(house: House) -> None:
    take_over(house, *(row(person, f"Warga Uju {person}") for person in range(1, 9)))

    def cost(*people: int) -> int:
        requests = [
            house.request(each, house.slots()[0], purpose="hajj", person=house.person(each) | BORN)
            for each in people
        ]
        with statements(house.database) as asked:
            house.book(*requests)
        return len(asked)

    # The rules are read by whoever books first.
    house.ask(rulebook.in_force)
    assert cost(1) == cost(2, 3, 4)
    assert house.rows(select(func.count()).select_from(match_changes))[0][0] == 4
