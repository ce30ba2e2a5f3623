"""Who may book what: age, the police report of a loss, and a NIK that says another day of birth."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from gerai_booking.models.people import people
from gerai_booking.usecases import changes, floor, queue, views
from gerai_shared.refusals import InvalidRequest, Refused
from sqlalchemy import select

from tests.integration.booking.house import DAY, NOW, REPORT, SITE, House, outcome
from tests.integration.booking.test_floor import EIGHT

ADULT, CHILD = "passport-new", "passport-child"
#: 17 on 2 December 2026, the DAY of the visit; and a day later.
JUST_17, NOT_YET_17 = "2009-12-02", "2009-12-03"


def asked(house: House, service: str, *, born: str | None = None, **body: Any) -> Any:
    """Book for a citizen who was born on a day; the answer."""
    person: dict[str, Any] = house.person(1)
    if born:
        person |= {"birth_date": born, "nik": nik(date.fromisoformat(born))}
    person |= body.pop("person", {})
    place = house.slots(service=service)[0]
    (answer,) = house.book(house.request(1, place, person=person, **body))
    return answer


def nik(born: date) -> str:
    """A NIK that nobody has, of a man who was born on this day."""
    return f"360214{born:%d%m%y}0003"


@pytest.mark.parametrize(
    ("service", "born", "married", "code"),
    [
        (ADULT, JUST_17, False, "booked"),
        (ADULT, NOT_YET_17, False, "too_young"),
        (ADULT, NOT_YET_17, True, "booked"),
        (CHILD, NOT_YET_17, False, "booked"),
        (CHILD, JUST_17, False, "too_old"),
        (CHILD, NOT_YET_17, True, "too_old"),
    ],
)
def test_the_age_on_the_day_of_the_visit_decides(
    house: House, service: str, born: str, married: bool, code: str
) -> None:
    answer = asked(house, service, born=born, person={"married": married})
    assert outcome(answer) == code
    house.check()


@pytest.mark.parametrize(
    ("service", "born", "married", "years", "code"),
    [
        (ADULT, JUST_17, False, 10, "booked"),
        (ADULT, NOT_YET_17, True, 10, "booked"),
        (ADULT, JUST_17, False, 5, "booked"),
        (CHILD, NOT_YET_17, False, 5, "booked"),
        (CHILD, NOT_YET_17, False, 10, "validity_not_allowed"),
        ("passport-lost", NOT_YET_17, False, 10, "validity_not_allowed"),
        ("passport-lost", NOT_YET_17, True, 10, "booked"),
        ("passport-lost", NOT_YET_17, False, 5, "booked"),
        ("passport-lost", JUST_17, False, 10, "booked"),
        ("passport-lost", None, False, 10, "booked"),
    ],
)
def test_ten_years_of_validity_are_for_those_of_17_or_married(
    house: House, service: str, born: str | None, married: bool, years: int, code: str
) -> None:
    answer = asked(house, service, born=born, person={"married": married}, validity_years=years)
    assert outcome(answer) == code
    house.check()


def test_a_service_without_years_of_validity_says_so(house: House) -> None:
    applicant = house.request(1, house.slots()[0], validity_years=5).applicant
    bare = replace(house.office.service(ADULT), validities=())
    with pytest.raises(InvalidRequest) as refused:
        applicant.check_for(bare, day=DAY, now=NOW)
    assert set(refused.value.details["fields"]) == {"validity_years"}


def test_the_officer_sees_which_validity_is_wanted_after_a_move_too(house: House) -> None:
    answer = asked(house, ADULT, born=JUST_17, validity_years=10)
    moved = house.do(
        changes.reschedule, token=answer["token"], slot_id=house.slots()[1], revision=None, now=NOW
    )
    house.do(changes.check_in, token=house.office.token(moved.id), now=EIGHT)
    house.do(floor.call_next, house.desk("2", now=EIGHT))
    seen = house.ask(queue.counter_queue, site=SITE, counter="2", now=EIGHT)
    assert seen.person is not None
    assert seen.person.validity_years == 10


def test_who_tells_no_age_is_looked_at_by_the_officer(house: House) -> None:
    assert outcome(asked(house, CHILD)) == "booked"


def test_a_lost_passport_needs_its_police_report_before_a_place_is_taken(house: House) -> None:
    without = asked(house, "passport-lost", police_report=None)
    assert isinstance(without, InvalidRequest)
    assert set(without.details["fields"]) == {"police_report.number"}
    future = asked(house, "passport-lost", police_report=REPORT | {"date": "2026-12-02"})
    assert isinstance(future, InvalidRequest)
    assert set(future.details["fields"]) == {"police_report.date"}
    assert house.taken_of_day(DAY) == 0
    assert outcome(asked(house, "passport-lost", key="again")) == "booked"
    house.check()


def test_the_officer_sees_the_police_report_of_who_is_at_the_counter_and_no_list_does(house: House) -> None:
    answer = asked(house, "passport-lost")
    house.do(changes.check_in, token=answer["token"], now=EIGHT)
    called = house.do(floor.call_next, house.desk("4", now=EIGHT))
    seen = house.ask(queue.counter_queue, site=SITE, counter="4", now=EIGHT)
    assert seen.police_report == REPORT
    assert called.id == house.office.ticket_id(answer["token"])
    (row,) = house.rows(select(people))
    assert not any(text in str(tuple(row)) for text in REPORT.values())


@pytest.mark.parametrize(
    ("born", "sex", "note"),
    [
        ("1990-08-25", None, None),
        ("1990-08-26", None, "birth_date_differs"),
        (None, None, None),
        ("1990-08-25", "female", None),
        (None, "male", "sex_differs"),
        ("1990-08-26", "female", "birth_date_differs"),
        ("1990-08-26", "male", "birth_date_differs sex_differs"),
    ],
)
def test_a_nik_that_says_something_else_warns_and_keeps_the_place(
    house: House, born: str | None, sex: str | None, note: str | None
) -> None:
    told = {"nik": "3602146508900003", "birth_date": born, "sex": sex}
    person = {name: value for name, value in told.items() if value}
    answer = asked(house, ADULT, person=person)
    assert outcome(answer) == "booked"
    ticket = house.ask(views.load_ticket, answer["token"])
    assert house.ask(views.ticket_view, ticket, now=NOW)["identity_note"] == note
    moved = house.do(
        changes.reschedule, token=answer["token"], slot_id=house.slots()[4], revision=None, now=NOW
    )
    assert house.ask(views.ticket_view, moved, now=NOW)["identity_note"] == note


def test_the_sex_is_compared_and_not_kept(house: House) -> None:
    answer = asked(house, ADULT, person={"nik": "3602146508900003", "sex": "male"})
    ticket = house.ask(views.load_ticket, answer["token"])
    kept = house.office.sealer.unseal(house.rows(select(people))[0].sealed)
    assert "sex" not in kept
    assert house.ask(views.ticket_view, ticket, now=NOW)["identity_note"] == "sex_differs"


def test_a_sex_that_is_neither_is_no_answer(house: House) -> None:
    with pytest.raises(InvalidRequest) as refused:
        asked(house, ADULT, person={"sex": "x"})
    assert set(refused.value.details["fields"]) == {"person.sex"}


def test_a_bad_applicant_spoils_nobody_elses_booking(house: House) -> None:
    slot = house.slots(service="passport-lost")[0]
    requests = [
        house.request(1, slot),
        house.request(2, slot, police_report=None),
        house.request(3, slot),
    ]
    assert [outcome(answer) for answer in house.book(*requests)] == ["booked", "invalid_request", "booked"]
    assert not any(isinstance(answer, Refused) for answer in house.book(requests[0]))
    house.check()
