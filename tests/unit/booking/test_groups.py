"""Places of groups keep to hours and days, and a list of names is read whole or not at all."""

from datetime import date, timedelta

import pytest
from gerai_booking.rules.groups import MOST_LINES, Hour, ListBroken, read_list, spread
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2026, 12, 2)
HOURS = st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 30)), max_size=12).map(
    lambda pairs: [
        Hour(slot=f"slot-{place}", day=DAY + timedelta(days=offset), left=left)
        for place, (offset, left) in enumerate(sorted(pairs, key=lambda pair: pair[0]))
    ]
)
LEFT = st.fixed_dictionaries({DAY + timedelta(days=n): st.none() | st.integers(0, 40) for n in range(4)})


@given(st.integers(1, 200), HOURS, LEFT, st.integers(1, 20))
def test_group_places_never_exceed_hours_days_or_what_was_wanted(wanted, hours, left, most) -> None:
    found = spread(wanted, hours, left, most_an_hour=most)
    by_slot = {hour.slot: hour for hour in hours}
    assert sum(found.values()) <= wanted
    assert all(0 < count <= min(by_slot[slot].left, most) for slot, count in found.items())
    for day, of_day in left.items():
        taken = sum(count for slot, count in found.items() if by_slot[slot].day == day)
        assert of_day is None or taken <= of_day


@given(st.integers(1, 200), HOURS, LEFT, st.integers(1, 20))
def test_nothing_that_could_be_had_is_left_out(wanted, hours, left, most) -> None:
    found = spread(wanted, hours, left, most_an_hour=most)
    could = 0
    for day, of_day in left.items():
        rooms = sum(max(min(hour.left, most), 0) for hour in hours if hour.day == day)
        could += rooms if of_day is None else min(rooms, of_day)
    assert sum(found.values()) == min(wanted, could)


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_list_is_read_with_either_separator_and_with_indonesian_headings(separator: str, mark: str) -> None:
    text = mark + "\r\n".join(
        separator.join(cells)
        for cells in (
            ["Referensi", "NIK", "Nama", "Tanggal lahir"],
            ["H-1", "3602146508900001", "Warga Uji", ""],
            ["", "", "", ""],
            ["H-2", "3602146508900002", "Warga Dua", "1990-08-25"],
        )
    )
    first, second = read_list(text)
    assert (first.number, dict(first.values)) == (
        2,
        {"reference": "H-1", "nik": "3602146508900001", "name": "Warga Uji"},
    )
    assert (second.number, second.values["birth_date"]) == (4, "1990-08-25")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "reference,name",
        "reference,nik\nH-1,1",
        "reference,name,shoe size\nH-1,Warga,42",
        "reference,name,name\nH-1,Warga,Uji",
        "reference,name\nH-1,Warga,too,many",
        'reference,name\nH-1,"never closed',
        "reference,name\n" + "H-1,Warga\n" * (MOST_LINES + 1),
    ],
)
def test_a_broken_list_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(ListBroken):
        read_list(text)
