"""What is decided about webhooks: signatures, addresses, waits, and what may leave the mall."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from gerai_notifications.rules import CAUSES
from gerai_notifications.webhooks import rules
from gerai_shared.events.catalogue import REGISTRY
from gerai_shared.events.envelope import to_wire
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.unit.notifications.examples import complaint_event, contact, ticket_event, waiting_event

OLD, NEW = rules.secret_of(b"o" * 32), rules.secret_of(b"n" * 32)
BODY = '{"type":"complaint.filed.v1","name":"Pengaduan №1"}'.encode()


def headers(secrets: list[str], *, at: datetime | None = None, body: bytes = BODY) -> dict[str, str]:
    timestamp = int((at or datetime.now(UTC)).timestamp())
    return {
        "webhook-id": "01936c2e",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": rules.signatures(secrets, message_id="01936c2e", timestamp=timestamp, body=body),
    }


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_while_secrets_change_receivers_with_either_of_them_verify(secret: str) -> None:
    assert Webhook(secret).verify(BODY, headers([NEW, OLD])) == json.loads(BODY)


@pytest.mark.parametrize("changed", ["body", "id", "timestamp", "secret", "old"])
def test_what_was_tampered_with_or_is_old_is_not_believed(changed: str) -> None:
    sent, body = headers([OLD]), BODY
    if changed == "body":
        body = BODY.replace(b"filed", b"ended")
    elif changed == "id":
        sent["webhook-id"] = "01936c2f"
    elif changed == "timestamp":
        sent["webhook-timestamp"] = str(int(sent["webhook-timestamp"]) + 1)
    elif changed == "secret":
        sent = headers([NEW])
    else:
        sent = headers([OLD], at=datetime.now(UTC) - timedelta(minutes=6))
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(body, sent)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("203.0.114.7", True),
        ("2606:4700::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:203.0.114.7", True),
        ("64:ff9b::10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("nonsense", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(address: str, public: bool) -> None:
    assert rules.is_public(address) is public


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/",
        "https:///hook",
        "https://user:pass@example.org/",
        "https://example.org/#part",
        "https://example.org:99999/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://example.org/a b",
        "https://example.org/\n",
        "https://contoh.example/é",
        "https://example.org/" + "a" * 2_000,
    ],
)
def test_addresses_that_are_not_sent_to_in_production(url: str) -> None:
    with pytest.raises(rules.UnusableUrl):
        rules.check_url(url, production=True)


def test_plain_http_to_the_own_machine_is_for_trying_out_alone() -> None:
    rules.check_url("http://127.0.0.1:8080/hook?key=1", production=False)
    rules.check_url("https://example.org:8443/hook?key=1", production=True)


def test_attempts_spread_over_some_days_and_then_end() -> None:
    waits = [rules.wait_after(attempt, chance=0.5) for attempt in range(1, rules.MOST_ATTEMPTS)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=10)
    assert timedelta(days=3) < sum(waits, timedelta()) < timedelta(days=4) < rules.WORTH_SENDING
    now = datetime(2026, 11, 23, tzinfo=UTC)
    later = now + timedelta(days=1)
    assert not rules.is_given_up(rules.MOST_ATTEMPTS - 1, expires_at=later, now=now)
    assert rules.is_given_up(rules.MOST_ATTEMPTS, expires_at=later, now=now)
    assert rules.is_given_up(1, expires_at=now, now=now)
    assert rules.wait_after(10_000, chance=0.999) < timedelta(hours=15)


def test_a_receiver_that_fails_rests_longer_each_time_and_as_long_as_it_asks() -> None:
    rests = [rules.rest_after(failures, chance=0.0) for failures in range(1, 20)]
    assert rests == sorted(rests)
    assert rests[-1] == rules.LONGEST_REST / 2
    assert rules.rest_after(1, chance=0.0, asked=120) == timedelta(minutes=2)
    assert rules.rest_after(1, chance=0.0, asked=1e12) == rules.LONGEST_REST_ASKED


def test_patterns_name_a_type_a_family_or_everything() -> None:
    assert rules.matches(["complaint.*"], "complaint.filed.v1")
    assert rules.matches(["ticket.called.v1", "*"], "complaint.filed.v1")
    assert not rules.matches(["complaint.*", "ticket.called.v1"], "ticket.booked.v1")
    assert rules.unheard(["complaint.*", "complaint.filed.v9", "weather.*", "*"], CAUSES) == [
        "complaint.filed.v9",
        "weather.*",
    ]


def test_nothing_sealed_and_nothing_about_a_person_leaves() -> None:
    for event in (
        complaint_event(recipient=contact()),
        ticket_event(recipient=contact()),
        waiting_event(recipient=contact()),
    ):
        wire = to_wire(replace(event, data=REGISTRY.dump(event.type, event.data)))
        assert "gAAAA" in json.dumps(wire)
        sent = rules.shown({**wire, "data": {**wire["data"], "holder": "Contoh Warga"}})
        assert not {"recipient", "sealed_token", "language", "holder"} & sent["data"].keys()
        assert not {"correlationid", "traceparent"} & sent.keys()
        assert "gAAAA" not in json.dumps(sent)
        assert sent["id"] == event.id
        assert "lane" not in sent["data"].get("ticket", {})


def test_what_is_shown_exists_and_a_family_that_nobody_looked_at_shows_nothing() -> None:
    for family, names in rules.SHOWN.items():
        fields = {
            name
            for event_type in CAUSES
            if event_type.startswith(f"{family}.")
            for name in REGISTRY[event_type].schema().fields
        }
        assert names <= fields, family
    wire = to_wire(complaint_event())
    assert rules.shown({**wire, "type": "survey.sent.v1"})["data"] == {}
