"""Lists as offices send them: what is read, which rows are refused and why, and what is no list at all."""

from datetime import date

import pytest
from gerai_booking.rules import lists
from gerai_booking.rules.lists import Reading, UnreadableList, read_list
from hypothesis import given
from hypothesis import strategies as st

HEAD = "nomor porsi,nik,nama,tanggal lahir"
GOOD = "3600001,3602146508900003,Siti Contoh,1990-08-25"


def read(*lines: str, head: str = HEAD) -> Reading:
    return read_list("\n".join([head, *lines]).encode())


def problems(*lines: str) -> list[tuple[int, str]]:
    return [(each.row, each.code) for each in read(*lines).problems]


def test_a_good_row_is_read_field_by_field() -> None:
    (row,) = read(GOOD).rows
    assert (row.reference, row.nik, row.name) == ("3600001", "3602146508900003", "Siti Contoh")
    assert row.birth_date == date(1990, 8, 25)


def test_printing_a_row_shows_nobody() -> None:
    (row,) = read(GOOD).rows
    assert repr(row) == "Listed(…)"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_spreadsheets_of_every_kind_are_read(encoding: str, delimiter: str, end: str) -> None:
    text = end.join([HEAD, GOOD, "", ",,,"]).replace(",", delimiter)
    assert len(read_list(text.encode(encoding)).rows) == 1


@pytest.mark.parametrize("written", ["1990-08-25", "25-08-1990", "25/08/1990", "25.08.1990"])
def test_dates_are_read_as_people_write_them(written: str) -> None:
    (row,) = read(f"3600001,3602146508900003,Siti Contoh,{written}").rows
    assert row.birth_date == date(1990, 8, 25)


def test_columns_stand_in_any_order_with_others_between_them() -> None:
    (row,) = read("Siti,Lebak,25-08-1990,7,3602146508900003", head="NAMA,Alamat,Tgl Lahir,Nomor,NIK").rows
    assert (row.name, row.reference) == ("Siti", "7")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",3602146508900003,Siti,1990-08-25", "no_reference"),
        (f"{'9' * 61},3602146508900003,Siti,1990-08-25", "no_reference"),
        ("7,3602146508900003,,1990-08-25", "no_name"),
        ("7,3.60215E+15,Siti,1990-08-25", "bad_nik"),
        ("7,3602149908900003,Siti,1990-08-25", "bad_nik"),
        ("7,3602146508900003,Siti,1990-02-30", "bad_birth_date"),
        ("7,3602146508900003,Siti,", "bad_birth_date"),
        ("7,3602146508900003,Siti", "wrong_columns"),
        ("3600001,3602146508900004,Siti,1990-08-25", "reference_twice"),
        ("7,3602146508900003,Siti,1990-08-25", "nik_twice"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_what_is_wrong(row: str, code: str) -> None:
    assert problems(GOOD, row) == [(3, code)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no_columns"),
        (b"nik,nama\n", "no_columns"),
        (b"nik,nik,nama,nomor,tanggal lahir\n", "no_columns"),
        (HEAD.encode(), "no_rows"),
        (b"\xff\xfe\x00broken", "no_text"),
        (b"PK\x03\x04\x00\x00", "no_text"),
        (HEAD.encode() + b"\n" + b"x" * lists.MOST_BYTES, "too_large"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableList) as refused:
        read_list(content)
    assert refused.value.reason == reason


def test_more_rows_than_are_taken_are_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_ROWS", 1)
    with pytest.raises(UnreadableList) as refused:
        read(GOOD, GOOD)
    assert refused.value.reason == "too_many_rows"


def test_others_get_a_turn_while_a_long_list_is_read() -> None:
    turns: list[None] = []
    rows = [f"{count},36021465089{count:05d},Siti Contoh,1990-08-25" for count in range(1, 1001)]
    read_list("\n".join([HEAD, *rows]).encode(), breathe=lambda: turns.append(None))
    assert len(turns) == 1000 // lists.ROWS_AT_ONCE


@given(st.binary(max_size=300))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    for start in (b"", HEAD.encode() + b"\n"):
        try:
            found = read_list(start + content)
        except UnreadableList:
            continue
        assert found.rows or found.problems
