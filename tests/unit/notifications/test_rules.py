"""What is decided about messages: how long they hold, how long they wait, what a name may say."""

import unicodedata
from datetime import timedelta

import pytest
from gerai_notifications.rules import (
    CAUSES,
    LONGEST_NAME,
    LONGEST_WAIT,
    salutation,
    valid_until,
    wait_after,
)
from gerai_shared.events.catalogue import REGISTRY
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.notifications.examples import NOW, STARTS_AT

ENDS_AT = STARTS_AT + timedelta(minutes=30)


def test_every_event_that_notifications_waits_for_causes_a_message() -> None:
    awaited = {each.name for each in REGISTRY if "notifications" in each.consumers}
    # One is no news: what is held about the complaint is erased.
    assert set(CAUSES) == awaited - {"complaint.erased.v1"}


def test_a_call_holds_for_ten_minutes_from_the_moment_of_the_call() -> None:
    until = valid_until("ticket_called", happened_at=NOW, appointment_ends_at=ENDS_AT)
    assert until == NOW + timedelta(minutes=10)


@pytest.mark.parametrize("template", ["ticket_booked", "ticket_rescheduled"])
def test_a_confirmation_holds_until_its_appointment_is_over(template: str) -> None:
    assert valid_until(template, happened_at=NOW, appointment_ends_at=ENDS_AT) == ENDS_AT


@pytest.mark.parametrize("template", ["ticket_cancelled", "complaint_filed", "complaint_answered"])
def test_other_messages_never_grow_too_old(template: str) -> None:
    assert valid_until(template, happened_at=NOW, appointment_ends_at=ENDS_AT) is None


@given(attempts=st.integers(1, 1000), chance=st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_shorter_than_half_the_first_nor_beyond_the_longest_and_a_half(
    attempts: int, chance: float
) -> None:
    wait = wait_after(attempts, chance=chance)
    assert timedelta(seconds=15) <= wait <= LONGEST_WAIT * 1.5


@given(attempts=st.integers(1, 100))
def test_waits_grow_with_each_refusal(attempts: int) -> None:
    assert wait_after(attempts, chance=0.5) <= wait_after(attempts + 1, chance=0.5)


@given(st.text())
def test_a_salutation_is_one_short_line_of_letters_and_titles(name: str) -> None:
    said = salutation(name)
    assert len(said) <= LONGEST_NAME
    assert all(unicodedata.category(each)[0] in "LM" or each in " .,'’-" for each in said)


@given(st.text(alphabet="ab./:@ www\n", max_size=40))
def test_no_program_finds_a_link_in_a_salutation(name: str) -> None:
    said = salutation(name)
    assert "/" not in said
    assert "@" not in said
    assert all(not after or after[0] in " ,." for after in said.split(".")[1:])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Siti Contoh", "Siti Contoh"),
        ("  Budi \n Contoh ", "Budi Contoh"),
        ("Dr. Ani Contoh, S.H., M.H.", "Dr. Ani Contoh, S. H., M. H."),
        ("Ma'ruf Contoh-Warga", "Ma'ruf Contoh-Warga"),
        ("Menang! klik https://jahat.example/x", "Menang klik https jahat. example x"),
        ("x\r\nBcc: semua@jahat.example", "x Bcc semua jahat. example"),
        ("1234567890123456", ""),
        (None, ""),
    ],
)
def test_a_salutation_keeps_the_name_and_drops_what_could_harm(name: str | None, said: str) -> None:
    assert salutation(name) == said
