"""Outages on the portal: shown with the time they are expected to end, and the way to a later hour."""

import pytest
from gerai_shared.ticket import State

from tests.unit.gateway.browsing import booked, send, text_of
from tests.unit.gateway.fake_catalogue import Json

#: The present of these tests is 09.00 at the sites.
SINCE, ENDS = "2026-11-24T01:10:00+00:00", "2026-11-24T04:00:00+00:00"


def outage(site: str | None = None, **changes: object) -> Json:
    """A server that has failed."""
    return {"site": site, "failed": "server", "started_at": SINCE, "expected_end_at": ENDS, **changes}


def tell(gateway, *outages: Json) -> None:
    """Have the immigration agency say what goes on."""
    gateway.agencies.outages = list(outages)
    gateway.mall.catalogues.refresh("immigration")
    gateway.agencies.outages = []


@pytest.mark.parametrize("path", ["/", "/sites/mpp-lebak"])
def test_home_and_site_say_what_failed_since_when_and_until_when(gateway, path) -> None:
    tell(gateway, outage())
    assert "Gangguan server sejak 08.10, perkiraan selesai 11.00" in text_of(gateway.client.get(path))
    tell(gateway, outage(expected_end_at=None))
    said = text_of(gateway.client.get(path))
    assert "Gangguan server sejak 08.10" in said
    assert "perkiraan selesai" not in said
    tell(gateway)
    assert "Gangguan" not in text_of(gateway.client.get(path))


def test_an_outage_of_one_site_is_not_told_at_another(gateway) -> None:
    tell(gateway, outage("kanim-serang"))
    assert "Gangguan" not in text_of(gateway.client.get("/sites/mpp-lebak"))
    assert "Gangguan server" in text_of(gateway.client.get("/sites/kanim-serang"))
    assert "Kantor Imigrasi" in text_of(gateway.client.get("/"))


def test_an_outage_of_days_ago_is_told_with_its_day(gateway) -> None:
    tell(gateway, outage(started_at="2026-11-23T01:10:00+00:00"))
    assert "Senin, 23 November 2026, 08.10 WIB" in text_of(gateway.client.get("/"))


def test_the_interface_tells_outages_with_their_agency(gateway) -> None:
    tell(gateway, outage())
    first, second = gateway.api("GET", "agencies").json["agencies"]
    assert first["outages"] == [outage()]
    assert second["outages"] == []


def test_a_missed_ticket_moves_to_a_later_hour_after_an_outage(gateway) -> None:
    token = booked(gateway)
    gateway.agencies.change(token, State.NO_SHOW)
    gateway.agencies.outage = {**outage(), "ended_at": ENDS}
    page = gateway.client.get(f"/t/{token}")
    assert "Sistem kami terganggu pada jam Anda" in text_of(page)
    assert f'href="/t/{token}/reschedule"' in page.text
    page = gateway.client.get(f"/t/{token}/reschedule")
    other = "mpp-lebak.passport-new.20261125T0300Z"
    moved = send(gateway, page, f"/t/{token}/reschedule", day="2026-11-25", slot_id=other)
    assert moved.status_code == 303
