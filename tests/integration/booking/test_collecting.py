"""Handing results over, reminding of them and ending them uncollected, on both databases."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from gerai_booking.models import applications as table
from gerai_booking.models import handovers as register
from gerai_booking.models.applications import Application
from gerai_booking.opening_loop import look_after
from gerai_booking.usecases import (
    handing_over,
    reminding,
)
from gerai_booking.usecases.handing_over import Collected
from gerai_shared.refusals import Forbidden
from sqlalchemy import select, text

from tests.integration.booking.applying import (
    A_DAY,
    SELF,
    cancel,
    code_of,
    correct,
    hand_over,
    ready,
    told,
)
from tests.integration.booking.house import NOW, SITE, House
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR


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
