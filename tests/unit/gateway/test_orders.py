"""What the portal says of orders of the centre, and of services that are given on some weekdays."""

from dataclasses import replace

import pytest
from gerai_gateway.portal.shapes import noted_days

from tests.unit.gateway.browsing import booked, text_of

ORDER = {
    "number": "IMI-0001",
    "issuer": "Direktorat Jenderal Imigrasi",
    "text": {"id": "Kantor ditutup karena banjir", "en": "The office is closed because of a flood"},
}


def directive(treatment: str, *, undone: bool = False) -> dict:
    return {**ORDER, "treatment": treatment, "choose_until": "2026-12-24", "undone": undone}


@pytest.mark.parametrize(
    ("treatment", "undone", "said"),
    [
        ("move", False, "Ini jam baru Anda."),
        ("move", True, "Hari yang ditutup dibuka kembali."),
    ],
)
def test_a_ticket_says_which_order_moved_it_and_that_it_was_withdrawn(
    gateway, treatment, undone, said
) -> None:
    token = booked(gateway)
    gateway.agencies.directive = directive(treatment, undone=undone)
    seen = text_of(gateway.client.get(f"/t/{token}"))
    assert "IMI-0001" in seen
    assert "Kantor ditutup karena banjir" in seen
    assert said in seen
    english = text_of(gateway.client.get(f"/t/{token}?lang=en"))
    assert "The office is closed because of a flood" in english


def test_a_ticket_without_an_hour_asks_for_one_and_says_until_when(gateway) -> None:
    token = booked(gateway)
    found = next(iter(gateway.agencies.tickets.values()))
    gateway.agencies.tickets[found.id] = replace(found, slot_id=None, slot_starts_at=None)
    gateway.agencies.directive = directive("offer")
    page = gateway.client.get(f"/t/{token}")
    assert "Mohon pilih jam baru sampai Kamis, 24 Desember 2026." in text_of(page)
    assert f"/t/{token}/reschedule" in page.text
    choosing = text_of(gateway.client.get(f"/t/{token}/reschedule"))
    assert "Jam Anda ditutup atas perintah." in choosing


def test_an_order_and_a_rule_about_weekdays_are_said_once_and_each_holiday_by_itself() -> None:
    def day(number: int, reason: str, order: dict | None = None) -> dict:
        return {"day": f"2026-12-{number:02d}", "reason": reason, "note": {"id": "x"}, "directive": order}

    days = [
        day(1, "closed_by_order", ORDER),
        day(2, "closed_by_order", ORDER),
        day(3, "not_on_this_weekday"),
        day(4, "not_on_this_weekday"),
        day(24, "holiday"),
        day(25, "holiday"),
        {"day": "2026-12-26", "reason": None, "note": None, "directive": None},
    ]
    assert [each["day"][-2:] for each in noted_days(days)] == ["01", "03", "24", "25"]


def test_the_page_of_a_service_names_the_weekdays_on_which_it_is_given(gateway) -> None:
    assert "Hanya pada: Selasa, Kamis" in text_of(gateway.client.get("/services/legal/fiduciary"))
    assert "Hanya pada" not in text_of(gateway.client.get("/services/legal/trademark"))
