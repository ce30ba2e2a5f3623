"""Applications on both databases: from the counter to the result, with every step on record."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from gerai_booking.models import applications as table
from gerai_booking.models.people import people
from gerai_booking.schemas import BookingSchema
from gerai_booking.usecases import (
    application_views,
    files,
    intake,
)
from gerai_booking.usecases.applicants import applicant_of
from gerai_shared import tables
from gerai_shared.borders import load
from gerai_shared.refusals import InvalidRequest, Refused
from sqlalchemy import select

from tests.integration.booking.applying import (
    A_DAY,
    NOTE,
    OFFICE,
    POPUP,
    SATURDAY,
    TO_READY,
    advance,
    code_of,
    correct,
    everything,
    hand_over,
    opened,
    ready,
    served,
    served_at_popup,
    told,
    view,
)
from tests.integration.booking.house import NOW, SERVICE, SITE, House
from tests.integration.booking.test_quotas import OFFICER


def test_s2_6_the_popup_serves_complete_files_only_and_the_passport_is_collected_at_the_office(
    house: House,
) -> None:
    """S2-6: only complete files are taken; ready in three working days; collected at the office."""
    incomplete = replace(everything(house), have=frozenset({"identity-card"}))
    with pytest.raises(Refused) as refused:
        served_at_popup(house, checklist=incomplete)
    assert refused.value.code == "incomplete_files"
    assert "Kartu Keluarga" in refused.value.details["missing"]
    ticket = served_at_popup(house)
    found = opened(house, ticket, now=SATURDAY)
    assert (found.site, found.collection_site) == (POPUP, OFFICE)
    found = advance(house, found, "paid", now=SATURDAY)
    # Paid on Saturday: Monday, Tuesday, Wednesday.
    assert found.progress.promise_on == date(2026, 12, 16)
    wednesday = SATURDAY + 4 * A_DAY
    found = advance(house, found, *TO_READY[1:], now=wednesday)
    assert code_of(lambda: hand_over(house, found, site=POPUP, now=wednesday)) == "wrong_place_of_collection"
    assert hand_over(house, found, now=wednesday).stage == "handed_over"
    shown = view(house, ticket, now=wednesday)["application"]
    assert shown["collection"]["site_name"]["id"] == "Kantor Imigrasi Gorontalo"


def test_s3_6_a_complete_file_with_a_clear_purpose_is_promised_in_four_working_days(house: House) -> None:
    """S3-6: complete and with a clear purpose, done in at most four days; the clock starts only then."""
    ticket = served(house)
    lacking = replace(everything(house), have=frozenset())
    assert code_of(lambda: opened(house, ticket, checklist=lacking)) == "incomplete_files"
    found = opened(house, ticket)
    assert found.progress.promise_on is None
    found = advance(house, found, "paid", "interviewed")
    # Interviewed on Wednesday 2 December: Thursday, Friday, Monday, Tuesday.
    assert found.progress.promise_on == date(2026, 12, 8)
    found = advance(house, found, "waiting_for_citizen", note=NOTE)
    found = advance(house, found, "interviewed", now=NOW + 3 * A_DAY)
    assert found.progress.promise_on == date(2026, 12, 10)
    assert found.promise_basis == "Permenkumham 8/2014 Pasal 22"


def test_a_file_without_a_purpose_is_not_complete(house: House) -> None:
    ticket = served_at_popup(house)
    with pytest.raises(InvalidRequest) as refused:
        opened(house, ticket, now=SATURDAY, purpose=None)
    assert "purpose" in refused.value.details["fields"]


def test_a_file_is_opened_once_and_only_for_who_was_served(house: House) -> None:
    waiting = house.do(intake.walk_in, house.desk(), service=SERVICE, priority=False)
    assert code_of(lambda: opened(house, waiting)) == "ticket_not_served"
    assert code_of(lambda: opened(house, replace(waiting, site="mpp-lebak"))) == "unknown_ticket"
    ticket = served(house)
    opened(house, ticket)
    assert code_of(lambda: opened(house, ticket)) == "application_exists"


def test_a_walk_in_may_leave_name_and_address_so_that_they_can_be_told(house: House) -> None:
    ticket = served_at_popup(house)
    data = {"slot_id": "none-at-all", "purpose": "umrah", "person": house.person(7)}
    applicant = applicant_of(load(BookingSchema(), data), house.office)
    opened(house, ticket, now=SATURDAY, applicant=applicant)
    (row,) = house.rows(select(people).where(people.c.ticket_id == ticket.id))
    assert house.office.sealer.unseal(row.contact)["email"] == "warga7@example.org"
    assert "3602" not in str(house.rows(select(table.applications))[0])


def test_without_a_promise_the_citizen_reads_why(house: House) -> None:
    ticket = served(house, service="passport-lost", counter="4")
    found = advance(house, opened(house, ticket), "examined", "approved", "paid", "interviewed")
    assert found.progress.promise_on is None
    assert "Pasal 22" in view(house, ticket)["application"]["no_promise"]["id"]


def test_an_incomplete_file_is_handed_back_on_record_and_its_owner_gets_the_list(house: House) -> None:
    ticket = served(house)
    lacking = replace(everything(house), have=frozenset({"identity-card"}))
    given: dict[str, Any] = {"officer": OFFICER, "site": SITE, "service": SERVICE, "ticket_id": ticket.id}
    why = "Kartu keluarga tertinggal di rumah"
    house.do(files.turn_away, checklist=lacking, why=why, now=NOW, **given)
    (row,) = house.rows(select(table.incomplete_files))
    assert json.loads(row.missing) == ["family-card", "proof-of-birth"]
    assert (row.officer_name, row.why) == (OFFICER.name, why)
    shown = view(house, ticket)
    assert shown["application"] is None
    assert [text["en"] for text in shown["incomplete_file"]["missing"]] == [
        "Your family card (KK)",
        "One document about your birth",
    ]
    refusal = code_of(
        lambda: house.do(files.turn_away, checklist=everything(house), why=why, now=NOW, **given)
    )
    assert refusal == "nothing_missing"
    opened(house, ticket)
    assert view(house, ticket)["incomplete_file"] is None


def test_every_step_is_kept_with_who_and_announced_to_whom_it_concerns(house: House) -> None:
    found = hand_over(house, ready(house))
    steps = house.rows(select(table.application_steps).order_by(table.application_steps.c.revision))
    assert [step.to_stage for step in steps] == ["file_complete", *TO_READY, "handed_over"]
    assert {step.officer_name for step in steps} == {OFFICER.name}
    assert told(house, found) == [*["advanced"] * 5, "ready", "handed_over"]
    row = house.rows(select(tables.outbox).where(tables.outbox.c.type == "application.ready.v1"))[0]
    assert row.stream == "immigration/-"
    assert "Warga" not in row.body


def test_no_stage_is_skipped_and_ends_have_their_own_act(house: House) -> None:
    found = opened(house, served(house))
    for stage in ("interviewed", "ready", "handed_over", "cancelled_uncollected", "nowhere"):
        assert code_of(lambda stage=stage: advance(house, found, stage, note=NOTE)) == "move_not_allowed"
    assert code_of(lambda: hand_over(house, found)) == "move_not_allowed"
    at_the_end = advance(house, found, *TO_READY)
    assert code_of(lambda: advance(house, at_the_end, "handed_over")) == "move_not_allowed"


@pytest.mark.parametrize("stage", ["waiting_for_citizen", "rejected", "withdrawn"])
def test_what_a_citizen_has_to_understand_needs_words(house: House, stage: str) -> None:
    ticket = served(house)
    found = opened(house, ticket)
    assert code_of(lambda: advance(house, found, stage, note="singkat")) == "invalid_request"
    found = advance(house, found, stage, note=NOTE)
    assert view(house, ticket)["application"]["note"] == NOTE
    assert told(house, found)[-1] in {"waiting_for_citizen", "cancelled"}


def test_who_looked_at_an_older_state_changes_nothing(house: House) -> None:
    found = opened(house, served(house))
    advance(house, found, "paid")
    assert code_of(lambda: advance(house, found, "paid")) == "application_changed"


def test_a_wrong_step_is_taken_back_with_its_clock_and_stays_on_record(house: House) -> None:
    interviewed = advance(house, opened(house, served(house)), "paid", "interviewed")
    wrong = advance(house, interviewed, "waiting_for_citizen", note=NOTE)
    back = correct(house, wrong, now=NOW + 5 * A_DAY)
    assert back.progress == interviewed.progress
    assert told(house, back)[-1] == "corrected"
    before = correct(house, back, now=NOW + 5 * A_DAY)
    assert (before.stage, before.progress.promise_on) == ("paid", None)
    assert told(house, back)[-1] == "advanced"
    first = correct(house, before)
    assert code_of(lambda: correct(house, first)) == "nothing_to_correct"
    kinds = [row.kind for row in house.rows(select(table.application_steps))]
    assert sorted(kinds) == ["moved"] * 3 + ["opened"] + ["undone"] * 3


def listed(house: House, wanted: str, *, now: datetime, site: str = SITE) -> list[tuple[str, str]]:
    found = house.ask(application_views.listing, site=site, wanted=wanted, now=now)
    return [(each.application.number, each.lateness) for each in found]


def test_the_overdue_come_first_to_pass_and_what_waits_or_is_ready_is_not_among_them(house: House) -> None:
    late = advance(house, opened(house, served(house, 1)), "paid", "interviewed")
    soon = advance(house, opened(house, served(house, 2)), "paid", "interviewed", now=NOW + 2 * A_DAY)
    waiting = advance(house, opened(house, served(house, 3)), "paid", "interviewed")
    advance(house, waiting, "waiting_for_citizen", note=NOTE)
    ready(house, 4)
    on = datetime(2026, 12, 9, 3, tzinfo=UTC)
    assert listed(house, "overdue", now=on) == [(late.number, "late"), (soon.number, "soon")]
    unpaid = opened(house, served(house, 5))
    assert {number for number, _ in listed(house, "waiting", now=on)} == {waiting.number, unpaid.number}
    assert [number for number, _ in listed(house, "file_complete", now=on)] == [unpaid.number]
    assert len(listed(house, "open", now=on)) == 5
    assert len(listed(house, "ready", now=on)) == 1
    assert listed(house, "open", now=on, site="mpp-lebak") == []


def test_whoever_was_served_and_has_no_file_yet_is_listed(house: House) -> None:
    ticket = served(house)

    def without() -> list[str]:
        found = house.ask(application_views.without_file, site=SITE, now=NOW + A_DAY)
        return [each.number for each in found]

    assert without() == [ticket.number]
    opened(house, ticket)
    assert without() == []


def test_the_citizen_reads_every_stage_with_its_moment_and_what_to_bring(house: House) -> None:
    ticket = served(house)
    assert view(house, ticket)["application"] is None
    found = advance(house, opened(house, ticket), "paid", "interviewed")
    shown = view(house, ticket)["application"]
    assert [(stage["code"], stage["state"]) for stage in shown["stages"]] == [
        ("file_complete", "done"),
        ("paid", "done"),
        ("interviewed", "current"),
        ("verified", "pending"),
        ("printed", "pending"),
        ("ready", "pending"),
        ("handed_over", "pending"),
    ]
    assert (shown["promise_on"], shown["promise_days"]) == ("2026-12-08", 4)
    found = advance(house, found, *TO_READY[2:])
    shown = view(house, ticket)["application"]
    assert (shown["state"], shown["collection"]["until"]) == ("ready", "2027-01-02")
    bring = {
        each["code"]: [proof["en"] for proof in each["proofs"]] for each in shown["collection"]["receivers"]
    }
    assert bring["proxy"][1] == "The power of attorney"
    hand_over(house, found)
    assert {stage["state"] for stage in view(house, ticket)["application"]["stages"]} == {"done"}
    house.check_places()
