"""The letters about applications: what is missing, where to collect, what was wrong."""

from typing import Any

import pytest
from gerai_notifications.rules import CAUSES
from gerai_notifications.writing import Letter, Writer
from gerai_shared.events.envelope import Event

from tests.unit.notifications.examples import application_event

LETTERS = sorted(cause for cause in CAUSES if cause.startswith("application."))


def letter(event_type: str, **changes: Any) -> Letter:
    event: Event = application_event(event_type, **changes)
    writer = Writer(public_url="https://antrean.example/", organizer="antrean@gerai.example")
    return writer.write(event, name="Contoh Warga", token="immigration.tok")


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("event_type", LETTERS)
def test_each_letter_names_service_and_number_and_leads_to_the_ticket(event_type: str, language: str) -> None:
    written = letter(event_type, language=language)
    service = {"id": "Paspor baru", "en": "New passport"}[language]
    assert "A-012" in written.subject
    assert service in written.subject
    for text in (written.text, written.html):
        assert "https://antrean.example/t/immigration.tok" in text
    assert written.calendar is None


@pytest.mark.parametrize("event_type", ["application.ready.v1", "application.reminded.v1"])
def test_where_and_until_when_to_collect_is_told(event_type: str) -> None:
    text = letter(event_type).text
    assert "Diambil di: Kantor Imigrasi Contoh" in text
    assert "Paling lambat: Jumat, 1 Januari 2027" in text
    assert "dibatalkan" in text


def test_what_is_kept_for_ever_threatens_with_nothing() -> None:
    assert "dibatalkan" not in letter("application.ready.v1", kept_until=None).text


def test_what_was_not_collected_is_explained_apart_from_a_rejection() -> None:
    uncollected = letter("application.cancelled.v1", stage="cancelled_uncollected").text
    rejected = letter("application.cancelled.v1", stage="rejected").text
    assert "tidak diambil pada waktunya" in uncollected
    assert "mengadu" in rejected


def test_a_handover_tells_what_to_do_if_a_stranger_collected() -> None:
    assert "mohon segera mengadu" in letter("application.handed_over.v1").text
