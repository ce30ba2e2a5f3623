"""Lists and differences on both databases: imports, comparing, corrections, and what is kept of them."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from gerai_booking.models.matching import (
    list_entries,
    list_imports,
    list_purposes,
    match_changes,
    ticket_matches,
)
from gerai_booking.refusals import (
    ListEmpty,
    ListTooLarge,
    ListUnreadable,
    ListWithoutColumns,
    MatchMovedOn,
    RowsRefused,
    UnknownMatch,
)
from gerai_booking.rules.lists import MOST_BYTES
from gerai_booking.rules.matching import MatchState
from gerai_booking.usecases import (
    changes,
    floor,
    intake,
    match_runs,
    matching,
    queue,
    sending,
    views,
)
from gerai_booking.usecases.matching import Import
from gerai_shared import tables
from gerai_shared.accounts import Officer
from gerai_shared.ids import new_id
from gerai_shared.refusals import Forbidden, InvalidRequest, Refused
from gerai_shared.ticket import State, TooLateToChange
from sqlalchemy import func, select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SITE, TODAY, House
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR

SOURCE = "Siskohat uji"
HEAD = "nomor porsi,nik,nama,tanggal lahir"
BORN = {"birth_date": "1990-08-25"}


def row(person: int, name: str | None = None, *, born: str = "1990-08-25", reference: str = "") -> str:
    """A line about a citizen of the house."""
    nik = House.person(None, person)["nik"]  # type: ignore[arg-type]
    return f"{reference or 3600000 + person},{nik},{name or f'Warga Uji {person}'},{born}"


def take_over(
    house: House, *lines: str, officer: Officer = SUPERVISOR, only_good: bool = False, **changes: Any
) -> str:
    """Take a list over, and compare everybody with it."""
    wanted = Import(
        **{
            "officer": officer,
            "source": SOURCE,
            "as_of": TODAY,
            "purposes": ["hajj"],
            "why": "Surat kementerian 7",
            "only_good": only_good,
            "now": NOW,
            **changes,
        }
    )
    import_id = put_in(house, wanted, *lines)
    compare(house)
    return import_id


def put_in(house: House, wanted: Import, *lines: str) -> str:
    """Take a list over, with nobody compared yet."""
    return house.do(matching.import_list, wanted, matching.read("\n".join([HEAD, *lines]).encode()))


def compare(house: House) -> None:
    """Do what the page does after an import, and the service every few minutes."""
    match_runs.carry_on(house.database, house.office, now=NOW)


def pilgrim(house: House, person: int, name: str | None = None, /, **body: Any) -> str:
    """Book for a pilgrim; the token."""
    who = house.person(person) | BORN | ({"name": name} if name else {})
    return house.booked(person, house.slots()[0], purpose="hajj", **{"person": who, **body})


def match_of(house: House, token: str) -> Any:
    """What is kept of how somebody compares."""
    found = house.rows(
        select(ticket_matches).where(ticket_matches.c.ticket_id == house.office.ticket_id(token))
    )
    return found[0] if found else None


def state_of(house: House, token: str) -> str | None:
    found = match_of(house, token)
    return found.state if found else None


def view_of(house: House, token: str, *, now: Any = NOW) -> dict[str, Any]:
    ticket = house.ask(views.load_ticket, token)
    return house.ask(views.ticket_view, ticket, now=now)


def decide(house: House, token: str, state: str, *, seen: str, note: str = "Surat dilihat di loket") -> None:
    house.do(
        matching.decide,
        officer=OFFICER,
        ticket_id=house.office.ticket_id(token),
        seen=seen,
        state=MatchState(state),
        note=note,
        now=NOW,
    )


def test_s1_5_who_differs_is_booked_and_told_which_field_differs(house: House) -> None:
    take_over(house, row(1), row(2, "Warga Uju 2", born="1980-08-25"))
    same, other, unknown = pilgrim(house, 1), pilgrim(house, 2), pilgrim(house, 3)
    assert [state_of(house, token) for token in (same, other, unknown)] == [
        "matches",
        "differs",
        "not_listed",
    ]
    told = view_of(house, other)["match"]
    assert told["source"] == SOURCE
    assert {(each["field"], each["size"], each["reason"]) for each in told["differences"]} == {
        ("name", "small", "one_letter"),
        ("birth_date", "large", "year"),
    }
    assert house.announced(other) == ["ticket.booked.v1", "ticket.match_changed.v1"]
    assert house.announced(same) == house.announced(unknown) == ["ticket.booked.v1"]
    house.check_places()


def test_s1_5_while_it_is_corrected_the_place_is_kept_until_the_day_is_over(house: House) -> None:
    take_over(house, row(1, "Warga Uju 1"))
    token = pilgrim(house, 1)
    begun = house.ask(views.load_ticket, token).slot_starts_at + timedelta(hours=1)
    move: dict[str, Any] = {"token": token, "slot_id": house.slots(NEXT_DAY)[0], "revision": None}
    with pytest.raises(TooLateToChange):
        house.do(changes.reschedule, **move, now=begun)
    assert view_of(house, token, now=begun)["can"]["reschedule"] is False
    decide(house, token, "being_corrected", seen="differs")
    assert view_of(house, token, now=begun)["can"]["reschedule"] is True
    assert house.announced(token)[-1] == "ticket.match_changed.v1"
    new = house.do(changes.reschedule, **move, now=begun)
    assert new.day == NEXT_DAY
    # The new ticket goes on where the old one was.
    assert state_of(house, house.office.token(new.id)) == "being_corrected"
    sheet = house.ask(matching.sheet, new.id)
    assert [(change.after, change.officer_name) for change in sheet.changes] == [
        ("differs", None),
        ("being_corrected", OFFICER.name),
    ]
    house.check_places()


def test_s1_5_when_its_day_is_over_a_ticket_is_late_for_everybody(house: House) -> None:
    take_over(house, row(1, "Warga Uju 1"))
    token = pilgrim(house, 1)
    decide(house, token, "being_corrected", seen="differs")
    # Midnight in Serang is five in the afternoon in UTC.
    midnight = NOW.replace(day=DAY.day, hour=17, minute=0)
    move: dict[str, Any] = {"token": token, "slot_id": house.slots(NEXT_DAY)[0], "revision": None}
    with pytest.raises(TooLateToChange):
        house.do(changes.reschedule, **move, now=midnight)
    assert house.do(changes.reschedule, **move, now=midnight - timedelta(seconds=1)).day == NEXT_DAY


def test_s1_5_a_corrected_list_ends_the_correction_by_itself(house: House) -> None:
    take_over(house, row(1, "Warga Uju 1"))
    token = pilgrim(house, 1)
    decide(house, token, "being_corrected", seen="differs")
    take_over(house, row(1), now=NOW + timedelta(minutes=1))
    assert state_of(house, token) == "corrected"
    assert house.announced(token).count("ticket.match_changed.v1") == 3


def test_whoever_booked_before_the_list_came_is_compared_when_it_comes(house: House) -> None:
    differs, matches, holiday = pilgrim(house, 1), pilgrim(house, 2), house.booked(3, house.slots()[0])
    take_over(house, row(1, "Warga Uju 1"), row(2), row(3, "Orang Lain"))
    assert [state_of(house, each) for each in (differs, matches, holiday)] == ["differs", "matches", None]
    assert house.announced(differs)[-1] == "ticket.match_changed.v1"
    assert view_of(house, holiday)["match"] is None


def test_taken_over_again_a_list_replaces_by_number_and_tells_only_what_changed(house: House) -> None:
    token = pilgrim(house, 1)
    take_over(house, row(1, "Warga Uju 1"), row(2))
    take_over(house, row(1, "Warga Uju 1"), row(3), now=NOW + timedelta(minutes=1))
    assert house.announced(token).count("ticket.match_changed.v1") == 1
    first, second = house.rows(select(list_imports).order_by(list_imports.c.at))
    assert (first.added, first.replaced) == (2, 0)
    assert (second.added, second.replaced) == (1, 1)
    assert len(house.rows(select(list_entries))) == 3


def test_an_import_is_kept_with_who_when_and_why(house: House) -> None:
    import_id = take_over(house, row(1), "bad,row,of,cells", only_good=True, purposes=["hajj", "umrah"])
    (kept,) = house.rows(select(list_imports))
    assert (kept.id, kept.officer_name, kept.at, kept.why) == (
        import_id,
        SUPERVISOR.name,
        NOW,
        "Surat kementerian 7",
    )
    assert json.loads(kept.problems) == [[3, "bad_nik"]]
    assert {found.purpose for found in house.rows(select(list_purposes))} == {"hajj", "umrah"}


def test_one_bad_row_refuses_all_unless_the_good_ones_are_wanted(house: House) -> None:
    with pytest.raises(RowsRefused) as refused:
        take_over(house, row(1), "7,1,Siti,1990-08-25")
    assert refused.value.details == {"count": 1}
    assert [house.rows(select(table)) for table in (list_entries, list_imports, list_purposes)] == [
        [],
        [],
        [],
    ]
    take_over(house, row(1), "7,1,Siti,1990-08-25", only_good=True)
    assert len(house.rows(select(list_entries))) == 1
    with pytest.raises(ListEmpty):
        take_over(house, "7,1,Siti,1990-08-25", only_good=True)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"x" * (MOST_BYTES + 1), ListTooLarge),
        (b"\xff\xfe", ListUnreadable),
        (b"nik,nama", ListWithoutColumns),
        (HEAD.encode(), ListEmpty),
    ],
)
def test_a_broken_file_is_refused_before_anything_is_touched(content: bytes, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        matching.read(content)


def test_only_supervisors_take_lists_over_and_only_for_purposes_there_are(house: House) -> None:
    with pytest.raises(Forbidden):
        take_over(house, row(1), officer=OFFICER)
    with pytest.raises(InvalidRequest) as refused:
        take_over(house, row(1), purposes=["hajj", "moon"])
    assert "purposes" in refused.value.details["fields"]
    assert house.rows(select(list_entries)) == []


def test_nothing_personal_stands_in_a_column_or_an_event(house: House) -> None:
    take_over(house, row(1, "Rahasia Sekali"))
    pilgrim(house, 1)
    nik = house.person(1)["nik"]
    everything = [
        str(found)
        for table in (list_entries, list_imports, ticket_matches, match_changes, tables.outbox)
        for found in house.rows(select(table))
    ]
    assert everything
    assert not [text for text in everything if nik in text or "Rahasia" in text or "Warga Uji 1" in text]


def test_a_decision_is_kept_with_who_when_and_why(house: House) -> None:
    take_over(house, row(1, "Warga Uju 1"))
    token = pilgrim(house, 1)
    decide(house, token, "corrected", seen="differs", note="Akta kelahiran diperlihatkan")
    last = house.ask(matching.sheet, house.office.ticket_id(token)).changes[-1]
    assert (last.before, last.after, last.officer_name, last.at, last.note) == (
        "differs",
        "corrected",
        OFFICER.name,
        NOW,
        "Akta kelahiran diperlihatkan",
    )
    # The list still says the old name: what the officer has seen goes before it.
    take_over(house, row(1, "Warga Uju 1"), now=NOW + timedelta(minutes=1))
    assert state_of(house, token) == "corrected"


def test_two_officers_do_not_decide_over_each_other(house: House) -> None:
    take_over(house, row(1, "Warga Uju 1"))
    token = pilgrim(house, 1)
    decide(house, token, "being_corrected", seen="differs")
    with pytest.raises(MatchMovedOn):
        decide(house, token, "corrected", seen="differs")
    assert state_of(house, token) == "being_corrected"


def test_the_sheet_marks_the_letters_that_differ(house: House) -> None:
    take_over(house, row(1, "Warga Uju 1"))
    sheet = house.ask(matching.sheet, house.office.ticket_id(pilgrim(house, 1)))
    name = sheet.sides["name"]
    assert [piece.text for piece in name.listed if piece.differs] == ["u"]
    assert [piece.text for piece in name.told if piece.differs] == ["i"]
    assert sheet.match.reference == "3600001"


def test_the_sheet_of_somebody_who_is_not_listed_marks_nothing(house: House) -> None:
    take_over(house, row(1))
    sheet = house.ask(matching.sheet, house.office.ticket_id(pilgrim(house, 2)))
    assert [piece.differs for side in sheet.sides.values() for piece in [*side.told, *side.listed]] == [
        False,
        False,
    ]


def test_a_ticket_without_a_list_has_no_sheet(house: House) -> None:
    token = house.booked(1, house.slots()[0])
    for ticket_id in (house.office.ticket_id(token), new_id(), "no-such-ticket", "\0"):
        with pytest.raises(UnknownMatch):
            house.ask(matching.sheet, ticket_id)


def test_supervisors_see_who_has_to_be_looked_at(house: House) -> None:
    take_over(house, row(1, "Warga Uju 1"), row(2))
    differs, matches, gone = pilgrim(house, 1), pilgrim(house, 2), pilgrim(house, 3)
    house.do(changes.cancel, token=gone, revision=None, now=NOW)
    seen = house.ask(matching.overview, now=NOW)
    assert [found.id for found in seen.waiting] == [house.office.ticket_id(differs)]
    assert state_of(house, matches) == "matches"
    assert len(seen.imports) == 1


def test_the_officer_at_the_counter_sees_how_somebody_compares(house: House) -> None:
    take_over(house, row(1, "Warga Uju 1"))
    token = pilgrim(house, 1, urgent=True)
    ticket = house.ask(views.load_ticket, token)
    assert ticket.slot_starts_at is not None
    house.do(changes.check_in, token=token, now=ticket.slot_starts_at)
    desk = house.desk(now=ticket.slot_starts_at)
    called = house.do(floor.call_next, desk)
    seen = house.ask(queue.counter_queue, site=SITE, counter="101", now=desk.now)
    assert (seen.match, seen.person and seen.person.urgent) == ("differs", True)
    house.do(floor.start, desk, revision=None)
    sent_on = house.do(
        sending.transfer, desk, target=sending.Target(service="passport-renewal"), revision=None
    )
    assert called.state is State.CALLED
    assert state_of(house, house.office.token(sent_on.id)) == "differs"


def test_who_walks_in_is_compared_with_nothing(house: House) -> None:
    take_over(house, row(1))
    house.do(intake.walk_in, house.desk(), service="passport-new", priority=False)
    assert house.rows(select(func.count()).select_from(ticket_matches))[0][0] == 0


def test_of_two_entries_about_one_person_the_newer_one_counts(house: House) -> None:
    take_over(house, row(1, "Warga Uju 1", reference="1"))
    take_over(house, row(1, reference="2"), now=NOW + timedelta(minutes=1))
    assert state_of(house, pilgrim(house, 1)) == "matches"


def test_a_purpose_is_compared_with_the_list_that_claimed_it_last(house: House) -> None:
    take_over(house, row(1, "Warga Uju 1"))
    take_over(house, row(1), source="Daftar lain", now=NOW + timedelta(minutes=1))
    token = pilgrim(house, 1)
    assert (state_of(house, token), match_of(house, token).source) == ("matches", "Daftar lain")


def test_a_name_alone_is_compared_where_no_birth_date_was_told(house: House) -> None:
    take_over(house, row(1, born=date(1950, 1, 1).isoformat()))
    token = pilgrim(house, 1, person=house.person(1))
    assert [each["field"] for each in view_of(house, token)["match"]["differences"]] == ["name"]
    assert state_of(house, token) == "matches"
