"""What is said when a number is called."""

import re

import pytest
from gerai_gateway.rules.calling_out import LANGUAGES, WAYS, Announcement, english_number, sentence


def call(number: str = "A-012", counter: str = "Loket 3", *, times_called: int = 1) -> Announcement:
    names = {"id": counter, "en": counter.replace("Loket", "Counter")} if counter else {}
    return Announcement(number=number, counters=names, times_called=times_called)


@pytest.mark.parametrize(
    ("announced", "language", "digits", "said"),
    [
        (call(), "id", "single", "Nomor antrean A nol satu dua, silakan menuju loket tiga."),
        (call(), "id", "number", "Nomor antrean A dua belas, silakan menuju loket tiga."),
        (
            call(times_called=2),
            "id",
            "single",
            "Panggilan kedua untuk nomor antrean A nol satu dua, silakan menuju loket tiga.",
        ),
        (
            call("B-107", "Loket 12", times_called=3),
            "id",
            "number",
            "Panggilan ketiga untuk nomor antrean B seratus tujuh, silakan menuju loket dua belas.",
        ),
        (call("HK7"), "id", "single", "Nomor antrean H K tujuh, silakan menuju loket tiga."),
        (
            call(counter="Ruang 2B"),
            "id",
            "single",
            "Nomor antrean A nol satu dua, silakan menuju ruang dua B.",
        ),
        (call(counter=""), "id", "number", "Nomor antrean A dua belas, silakan menuju petugas."),
        (call("B-107"), "en", "single", "Queue number B one zero seven, please go to counter three."),
        (call("B-107"), "en", "number", "Queue number B one hundred seven, please go to counter three."),
        (
            call("B-020", times_called=2),
            "en",
            "number",
            "Second call for queue number B twenty, please go to counter three.",
        ),
        (
            call("B-020", times_called=12),
            "en",
            "number",
            "Another call for queue number B twenty, please go to counter three.",
        ),
        (call(counter=""), "en", "number", "Queue number eigh twelve, please go to an officer."),
    ],
)
def test_a_call_is_said_as_people_say_it(announced, language, digits, said) -> None:
    assert sentence(announced, language=language, digits=digits) == said


@pytest.mark.parametrize("digits", WAYS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_reaches_the_voice_that_it_could_take_for_an_order(language, digits) -> None:
    hostile = call("A[[_:]]-01;2\n", "<speak> Loket [[3]] -w /tmp/x `id` \x00 100%")
    said = sentence(hostile, language=language, digits=digits)
    assert re.fullmatch(r"[A-Za-z ,.]+", said)


def test_a_name_without_end_is_not_spoken_without_end() -> None:
    said = sentence(call("9" * 500, "8" * 500), language="id", digits="single")
    assert len(said) < 500


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (20, "twenty"),
        (99, "ninety nine"),
        (100, "one hundred"),
        (999, "nine hundred ninety nine"),
        (1001, "one thousand one"),
        (2_000_000, "two million"),
    ],
)
def test_english_numbers(value, words) -> None:
    assert english_number(value) == words
