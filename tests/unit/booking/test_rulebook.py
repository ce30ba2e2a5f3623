"""Rules laid over rules: on each day exactly the one that began last holds."""

from dataclasses import replace
from datetime import date, timedelta

from gerai_booking import agencies
from gerai_booking.rules.catalogue import ContactLimit, Coverage
from gerai_booking.rules.rulebook import laid_over, rules_in
from gerai_booking.usecases.rule_kinds import KINDS
from hypothesis import given
from hypothesis import strategies as st

FIRST = date(2026, 12, 1)
DAYS = st.integers(0, 30).map(lambda offset: FIRST + timedelta(days=offset))


@st.composite
def limits(draw: st.DrawFn) -> list[ContactLimit]:
    """Limits with first days of their own and some without a last day."""
    starts = draw(st.lists(DAYS, unique=True, max_size=5))
    return [
        ContactLimit(
            open_tickets=draw(st.integers(1, 9)),
            basis="uji",
            valid_from=start,
            # A row that ends before it begins was ended before it held.
            valid_to=draw(
                st.none() | st.integers(-1, 20).map(lambda days, start=start: start + timedelta(days))
            ),
        )
        for start in starts
    ]


def subject(_row: ContactLimit) -> str:
    return ""


@given(limits(), limits(), DAYS)
def test_on_each_day_the_row_that_began_last_holds(
    below: list[ContactLimit], above: list[ContactLimit], day: date
) -> None:
    by_start = {row.valid_from: row for row in (*below, *above)}
    holding = [row for row in by_start.values() if row.holds_on(day)]
    found = [row for row in laid_over(below, above, subject) if row.holds_on(day)]
    wanted = max(holding, key=lambda row: row.valid_from, default=None)
    assert [row.open_tickets for row in found] == ([wanted.open_tickets] if wanted else [])


@given(limits(), limits())
def test_pieces_never_overlap_and_none_ends_before_it_begins(
    below: list[ContactLimit], above: list[ContactLimit]
) -> None:
    pieces = laid_over(below, above, subject)
    for one in pieces:
        assert one.holds_on(one.valid_from)
        assert sum(other.holds_on(one.valid_from) for other in pieces) == 1


def test_rows_about_other_things_do_not_touch_each_other() -> None:
    near = Coverage(site="a", regency="36.02", basis="uji", valid_from=FIRST)
    far = replace(near, regency="36.01")
    ended = replace(near, valid_to=FIRST - timedelta(days=1))
    assert laid_over((near, far), (ended,), lambda row: row.regency) == (far,)


def test_every_kind_keeps_what_the_catalogues_say_of_it() -> None:
    seen = set()
    for name in agencies.available():
        agency = agencies.load(name, FIRST)
        for kind in KINDS.values():
            for row in getattr(agency, kind.field):
                dates = {"basis": row.basis, "valid_from": row.valid_from, "valid_to": row.valid_to}
                assert kind.row(kind.body(row), **dates) == row
                seen.add(kind.code)
    assert seen == set(KINDS)


def test_without_anything_written_down_the_catalogue_holds() -> None:
    agency = agencies.load("immigration", FIRST)
    rules = rules_in(agency)
    for service in agency.services:
        assert rules.stages_of(service.code, FIRST) == service.stages
        assert rules.every_stage_of(service.code) == service.stages
    for kind in KINDS.values():
        rows = getattr(agency, kind.field)
        assert laid_over(rows, (), kind.subject) == rows
