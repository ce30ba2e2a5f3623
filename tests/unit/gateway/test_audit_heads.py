"""The published heads of the complaints' audit: for everybody, kept for some minutes, honest about their age."""

from gerai_gateway.kept import FRESH

from tests.unit.gateway.browsing import text_of


def test_anybody_reads_the_heads_and_can_take_them_along(gateway) -> None:
    told = gateway.api("GET", "audit-heads").json
    (head,) = told["heads"]
    assert (head["day"], head["position"], head["count"], head["hash"]) == (
        "2026-11-24",
        4120,
        120,
        "ab" * 32,
    )
    assert told["is_old"] is False
    page = gateway.client.get("/audit-heads")
    assert page.status_code == 200
    for part in ("Segel catatan pengaduan", "Selasa, 24 November 2026", "ab" * 32):
        assert part in text_of(page)
    assert 'href="/api/v1/audit-heads"' in page.text
    assert 'href="/audit-heads"' in gateway.client.get("/oversight").text


def test_complaints_is_asked_once_in_some_minutes_and_an_older_answer_says_so(gateway) -> None:
    for _ in range(3):
        gateway.api("GET", "audit-heads")
    assert gateway.agencies.count("audit_heads") == 1
    gateway.agencies.away.add("complaints")
    gateway.agencies.now += FRESH
    told = gateway.api("GET", "audit-heads").json
    assert (told["is_old"], len(told["heads"])) == (True, 1)
    assert "Segel ini per Selasa, 24 November 2026" in text_of(gateway.client.get("/audit-heads"))


def test_heads_that_were_never_told_are_unavailable(gateway) -> None:
    gateway.agencies.away.add("complaints")
    answer = gateway.api("GET", "audit-heads")
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert gateway.client.get("/audit-heads").status_code == 503
