"""Rules of what the public reads, and of the cells of the national platform's files."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from gerai_complaints.rules.case import State
from gerai_complaints.rules.national import (
    TRIGGERS,
    BadCell,
    classification_of,
    code_of_agency,
    column_of,
    day_of,
    degrees_of,
    flag_of,
    guarded,
    is_finished,
    unguarded,
)
from gerai_complaints.rules.public_reports import (
    REPEATED_WITHIN,
    Verdict,
    WithholdingReasonNeeded,
    content_hash,
    is_open,
    last_change,
    time_slice,
)
from hypothesis import given
from hypothesis import strategies as st

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.text("'=-+@ \t1.a")


@given(cells)
def test_a_guarded_cell_is_no_formula_and_comes_back_as_it_was(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    is_number = cell.startswith("-") and cell[1:].replace(".", "", 1).isdigit()
    assert not cell.startswith(TRIGGERS) or is_number


@given(st.lists(cells, min_size=1))
def test_guarded_cells_survive_a_file(texts: list[str]) -> None:
    file = StringIO(newline="")
    csv.writer(file).writerow([guarded(text) for text in texts])
    (read,) = csv.reader(StringIO(file.getvalue(), newline=""))
    assert [unguarded(cell) for cell in read] == texts


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", None),
        ("2026-11-20", date(2026, 11, 20)),
        ("20/11/2026", date(2026, 11, 20)),
        ("5-3-2026 08:30", date(2026, 3, 5)),
        ("2026-11-20 08:30:00", date(2026, 11, 20)),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: date | None) -> None:
    assert day_of("tanggal_kejadian", text) == day


@pytest.mark.parametrize(
    "read",
    [
        lambda: day_of("x", "31/02/2026"),
        lambda: day_of("x", "kemarin"),
        lambda: degrees_of("x", "91", most=90),
        lambda: degrees_of("x", "nan", most=90),
        lambda: flag_of("x", "mungkin"),
        lambda: classification_of("Pujian"),
        lambda: code_of_agency("Dinas Jalan", {"imigrasi": "immigration"}),
    ],
)
def test_a_cell_that_cannot_be_used_says_so(read) -> None:
    with pytest.raises(BadCell):
        read()


def test_words_of_the_platform_are_read_whatever_their_form() -> None:
    assert classification_of("PERMINTAAN_INFORMASI") == "information"
    assert column_of(" Instansi Tujuan ") == "instansi_tujuan"
    assert code_of_agency(" kantor  IMIGRASI ", {"kantor imigrasi": "immigration"}) == "immigration"
    assert degrees_of("latitude", "-6,36", most=90) == -6.36
    assert [flag_of("anonim", word) for word in ("Ya", "", "TIDAK")] == [True, False, False]
    assert is_finished(" Selesai ")
    assert not is_finished("Sedang diproses")


def test_a_verdict_keeps_what_belongs_to_it() -> None:
    assert Verdict(publish=True, title="J", text="T", reason="R").checked().reason is None
    assert Verdict(publish=False, title="J", text="T", reason="R").checked().text is None
    with pytest.raises(WithholdingReasonNeeded):
        Verdict(publish=False, title="J", text="T").checked()


def test_who_is_owed_an_answer_reads_open() -> None:
    closed = {state for state in State if not is_open(state)}
    assert {State.ANSWERED, State.CLOSED} <= closed
    assert is_open(State.DISPUTED)


def test_contents_are_the_same_whatever_their_order_and_another_program_is_another() -> None:
    assert content_hash("a", {"x": 1, "y": 2}) == content_hash("a", {"y": 2, "x": 1})
    assert content_hash("a", {"x": 1}) != content_hash("b", {"x": 1})


def test_moments() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert last_change(None, now, now - timedelta(days=1)) == now
    assert last_change(None) is None
    assert time_slice(now + REPEATED_WITHIN) == time_slice(now) + 1
