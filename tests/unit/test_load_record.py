"""What the scenarios of the fault tests share, and what each answers for alone."""

from tests.support.load import Record


def test_a_scenario_is_not_blamed_for_what_went_wrong_before_it() -> None:
    record = Record(surprises=["500"], given_up=["key"], slowest=20.0, booked={"key": ("legal", "ticket")})
    record.begin()
    assert (record.surprises, record.given_up, record.slowest) == ([], [], 0.0)
    assert record.has_given_up
    assert record.booked


def test_a_problem_is_told_once() -> None:
    record = Record()
    assert record.news(["a ticket is lost"]) == ["a ticket is lost"]
    assert record.news(["a ticket is lost", "another one"]) == ["another one"]
