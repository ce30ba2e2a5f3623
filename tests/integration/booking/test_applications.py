"""Applications on both databases: from the counter to the handover, with what happens by itself."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from gerai_booking.models import applications as table
from gerai_booking.models import handovers as register
from gerai_booking.models.applications import Application
from gerai_booking.models.people import people
from gerai_booking.opening_loop import look_after
from gerai_booking.rules.checklist import NOT_CONCERNED, Checklist
from gerai_booking.schemas import BookingSchema
from gerai_booking.usecases import (
    application_views,
    applications,
    changes,
    files,
    floor,
    handing_over,
    intake,
    reminding,
)
from gerai_booking.usecases.applicants import applicant_of
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.handing_over import Collected
from gerai_shared import tables
from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.refusals import Forbidden, InvalidRequest, Refused
from gerai_shared.ticket import Ticket
from sqlalchemy import select, text

from tests.integration.booking.house import NOW, SERVICE, SITE, House
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR

POPUP, OFFICE = "popup-gorontalo", "kanim-gorontalo"
#: Saturday, 12 December 2026, 11:00 in Gorontalo: a day of the pop-up.
SATURDAY = datetime(2026, 12, 12, 3, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
NOTE = "Mohon bawa akta kelahiran yang asli"
SELF = Collected(receiver="self", name="Warga Uji 1", proofs=["payment", "identity"], signed=True)


def everything(house: House, service: str = SERVICE) -> Checklist:
    """A checklist on which nothing lacks."""
    required = house.office.service(service).requirements
    return Checklist(
        have=frozenset(each.code for each in required if each.only_for is None),
        absences={each.code: NOT_CONCERNED for each in required if each.only_for is not None},
    )


def serve_next(house: House, site: str, counter: str, *, now: datetime) -> Ticket:
    """Call whoever is next and serve them to the end."""
    desk = Desk(site=site, counter=counter, officer_id=OFFICER.id, now=now)
    house.do(floor.call_next, desk)
    house.do(floor.start, desk, revision=None)
    return house.do(floor.finish, desk, revision=None)


def served(house: House, person: int = 1, *, service: str = SERVICE, counter: str = "101") -> Ticket:
    """Somebody who booked and was served."""
    slot = house.slots(service=service)[0]
    now = NOW + A_DAY
    token = house.booked(person, slot, service=service)
    house.do(changes.check_in, token=token, now=now)
    return serve_next(house, SITE, counter, now=now)


def served_at_popup(house: House, *, checklist: Checklist | None = None) -> Ticket:
    """Somebody who came to the pop-up with a complete file and was served."""
    desk = Desk(site=POPUP, counter="1", officer_id=OFFICER.id, now=SATURDAY)
    complete = everything(house) if checklist is None else checklist
    house.do(intake.walk_in, desk, service=SERVICE, priority=False, checklist=complete)
    return serve_next(house, POPUP, "1", now=SATURDAY)


def opened(house: House, ticket: Ticket, *, now: datetime = NOW + A_DAY, **changes: Any) -> Application:
    given: dict[str, Any] = {
        "officer": OFFICER,
        "site": ticket.site,
        "ticket_id": ticket.id,
        "checklist": everything(house, ticket.service),
        "purpose": "umrah",
        "applicant": None,
        **changes,
    }
    return house.do(files.open_file, now=now, **given)


def advance(
    house: House, found: Application, *stages: str, now: datetime = NOW + A_DAY, note: str | None = None
) -> Application:
    """Go through stages on one day."""
    for stage in stages:
        found = house.do(
            applications.advance,
            officer=OFFICER,
            site=found.site,
            application_id=found.id,
            to=stage,
            note=note,
            revision=found.revision,
            now=now,
        )
    return found


TO_READY = ("paid", "interviewed", "verified", "printed", "ready")


def ready(house: House, person: int = 1, *, now: datetime = NOW + A_DAY) -> Application:
    return advance(house, opened(house, served(house, person)), *TO_READY, now=now)


def correct(
    house: House, found: Application, *, officer: Officer = OFFICER, now: datetime = NOW
) -> Application:
    why = "Salah pilih berkas, keliru menekan"
    given: dict[str, Any] = {"site": found.site, "application_id": found.id, "revision": None}
    return house.do(applications.correct, officer=officer, why=why, now=now, **given)


def hand_over(
    house: House,
    found: Application,
    collected: Collected = SELF,
    *,
    site: str = "",
    now: datetime = NOW + A_DAY,
) -> Application:
    return house.do(
        handing_over.hand_over,
        officer=OFFICER,
        site=site or found.collection_site,
        application_id=found.id,
        collected=collected,
        revision=None,
        now=now,
    )


def cancel(house: House, found: Application, *, officer: Officer = SUPERVISOR, now: datetime) -> Application:
    given: dict[str, Any] = {"site": found.site, "application_id": found.id, "revision": None}
    why = "Lewat satu bulan, tidak diambil"
    return house.do(applications.cancel_uncollected, officer=officer, why=why, now=now, **given)


def told(house: House, found: Application) -> list[str]:
    """What was announced of an application, in order."""
    subject = tables.outbox.c.subject == found.id
    query = select(tables.outbox.c.type).where(subject).order_by(tables.outbox.c.position)
    return [row.type.removeprefix("application.").removesuffix(".v1") for row in house.rows(query)]


def view(house: House, ticket: Ticket, *, now: datetime = NOW + A_DAY) -> dict[str, Any]:
    return house.ask(application_views.whole_ticket, ticket, now=now)


def code_of(run: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        run()
    return refused.value.code


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


def test_a_wrong_handover_is_struck_out_by_a_supervisor_and_can_be_made_again(house: House) -> None:
    found = hand_over(house, ready(house))
    with pytest.raises(Forbidden):
        correct(house, found)
    back = correct(house, found, officer=SUPERVISOR)
    assert (back.stage, back.closed_at, back.next_reminder_on) == ("ready", None, date(2026, 12, 9))
    hand_over(house, back)
    rows = house.rows(select(register.handovers).order_by(register.handovers.c.at, register.handovers.c.id))
    assert [row.struck_out_by for row in rows] == [SUPERVISOR.name, None]


@pytest.mark.parametrize(
    ("receiver", "proofs", "outcome"),
    [
        ("self", ["payment", "identity"], "handed_over"),
        ("self", ["payment"], "proofs_missing"),
        ("relative", ["payment", "identity"], "proofs_missing"),
        ("relative", ["payment", "family-card-copy", "identity"], "handed_over"),
        ("proxy", ["payment", "family-card-copy", "identity"], "proofs_missing"),
        ("proxy", ["payment", "power-of-attorney", "identity"], "handed_over"),
        ("neighbour", ["payment", "identity"], "invalid_request"),
    ],
)
def test_each_receiver_shows_every_proof_of_theirs(
    house: House, receiver: str, proofs: list[str], outcome: str
) -> None:
    found = ready(house)
    collected = Collected(receiver=receiver, name="Penerima Uji", proofs=proofs, signed=True)
    if outcome == "handed_over":
        assert hand_over(house, found, collected).stage == outcome
    else:
        assert code_of(lambda: hand_over(house, found, collected)) == outcome


def test_nothing_is_handed_over_without_a_signature(house: House) -> None:
    found = ready(house)
    assert code_of(lambda: hand_over(house, found, replace(SELF, signed=False))) == "invalid_request"


def test_the_register_of_a_day_opens_the_names_that_its_table_keeps_sealed(house: House) -> None:
    hand_over(house, ready(house))
    day = date(2026, 12, 2)
    with house.database.reading() as session:
        (entry,) = handing_over.register(session, house.office, site=SITE, day=day)
        assert handing_over.register(session, house.office, site=SITE, day=day - A_DAY) == []
    assert (entry.name, entry.receiver.code) == ("Warga Uji 1", "self")
    assert "Warga" not in str(tuple(entry.row))


def remind(house: House, now: datetime) -> int:
    return house.do(reminding.remind, now=now)


def test_reminders_come_on_their_four_days_and_then_no_more(house: House) -> None:
    found = ready(house)
    on = {}
    for days in range(35):
        before = told(house, found).count("reminded")
        for _twice in range(2):
            remind(house, NOW + A_DAY * (days + 1))
        if told(house, found).count("reminded") > before:
            on[days] = told(house, found).count("reminded")
    assert on == {7: 1, 14: 2, 21: 3, 28: 4}


def test_after_an_outage_one_reminder_is_told_and_the_missed_ones_are_on_record(house: House) -> None:
    found = ready(house)
    remind(house, NOW + 16 * A_DAY)
    assert told(house, found).count("reminded") == 1
    rows = house.rows(select(register.reminders).order_by(register.reminders.c.days))
    assert [(row.days, row.told) for row in rows] == [(7, False), (14, True)]


def test_what_was_collected_is_not_reminded_of(house: House) -> None:
    found = hand_over(house, ready(house))
    assert remind(house, NOW + 30 * A_DAY) == 0
    assert "reminded" not in told(house, found)


def test_the_periodic_loop_of_the_bus_reminds(house: House) -> None:
    found = ready(house)
    clock = SimpleNamespace(now=lambda: NOW + 8 * A_DAY)
    deployment: Any = SimpleNamespace(clock=clock, database=house.database, extras={"office": house.office})
    for _replica in range(2):
        look_after(deployment)
    assert told(house, found).count("reminded") == 1


def race(house: House, found: Application) -> int:
    """Let two loops remind at the same moment; return how often the citizen is told."""
    together = threading.Barrier(2)
    errors: list[BaseException] = []

    def loop() -> None:
        other = House(house.url)
        try:
            with other.database.transaction() as session:
                session.execute(text("SELECT 1"))
                together.wait(timeout=20)
                reminding.remind(session, other.office, now=NOW + 8 * A_DAY)
        except BaseException as error:  # noqa: BLE001 - told by the test below
            errors.append(error)
        finally:
            other.database.close()

    loops = [threading.Thread(target=loop) for _ in range(2)]
    for each in loops:
        each.start()
    for each in loops:
        each.join()
    assert errors == []
    return told(house, found).count("reminded")


def test_two_loops_that_race_remind_once(postgres_house: House) -> None:
    assert race(postgres_house, ready(postgres_house)) == 1


def test_without_the_lock_and_the_key_two_loops_remind_twice(
    lone_postgres_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = lone_postgres_house
    found = ready(house)
    house.change(
        text("ALTER TABLE application_reminders DROP CONSTRAINT pk_application_reminders"),
    )
    both_have_looked = threading.Barrier(2)
    looked = threading.local()

    def without_lock(session: Any, *, site: str, today: date) -> Application | None:
        where = (
            table.applications.c.collection_site == site,
            table.applications.c.next_reminder_on <= today,
        )
        row = session.execute(select(table.applications).where(*where)).one_or_none()
        if row is not None and not hasattr(looked, "once"):
            looked.once = True
            both_have_looked.wait(timeout=20)
        return table.application_of(row) if row else None

    monkeypatch.setattr(register, "claim_reminder_due", without_lock)
    assert race(house, found) == 2


def test_what_was_not_collected_for_a_month_is_cancelled_by_a_supervisor_the_day_after(house: House) -> None:
    found = ready(house)
    assert found.kept_until == date(2027, 1, 2)
    last_day, day_after = datetime(2027, 1, 2, 3, tzinfo=UTC), datetime(2027, 1, 3, 3, tzinfo=UTC)
    assert code_of(lambda: cancel(house, found, now=last_day)) == "still_kept"
    with pytest.raises(Forbidden):
        cancel(house, found, officer=OFFICER, now=day_after)
    assert house.do(reminding.end_uncollected, now=day_after) == 0
    gone = cancel(house, found, now=day_after)
    assert (gone.stage, gone.closed_at) == ("cancelled_uncollected", day_after)
    assert told(house, found)[-1] == "cancelled"
    assert code_of(lambda: hand_over(house, gone, now=day_after)) == "move_not_allowed"


def test_where_the_rule_says_so_it_is_cancelled_by_itself(house: House) -> None:
    agency = house.office.agency
    services = tuple(
        replace(each, collections=tuple(replace(row, automatic=True) for row in each.collections))
        for each in agency.services
    )
    house.office = replace(house.office, agency=replace(agency, services=services))
    found = ready(house)
    assert house.do(reminding.end_uncollected, now=datetime(2027, 1, 2, 3, tzinfo=UTC)) == 0
    day_after = datetime(2027, 1, 3, 3, tzinfo=UTC)
    assert [house.do(reminding.end_uncollected, now=day_after) for _ in range(2)] == [1, 0]
    assert told(house, found)[-1] == "cancelled"
    (step,) = house.rows(
        select(table.application_steps).where(table.application_steps.c.to_stage == "cancelled_uncollected")
    )
    assert (step.officer_id, step.note) == (None, "Permenkumham 8/2014 Pasal 23 dan 30")


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
