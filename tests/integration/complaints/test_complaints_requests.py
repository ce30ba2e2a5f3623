"""What the gateway asks: file, track, decide; each once, whatever is repeated; and what others are told."""

import base64
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import eventlet
import pytest
from gerai_complaints.models import Base, Complaint, Entry, Person
from gerai_complaints.service import Complaints
from gerai_shared import accounts, tables
from gerai_shared.bus.rpc import Rpcs
from gerai_shared.ids import new_id
from gerai_shared.migrating import differences, upgrade
from gerai_shared.refusals import RemoteRefusal, Unavailable
from gerai_shared.tokens import make_token
from sqlalchemy import func, select, text

from tests.integration.complaints.conftest import FACTS, TICKET_ID, TICKET_TOKEN, Mall, request
from tests.support.waiting import wait_until


def count(mall: Mall, table: Any = Complaint) -> int:
    with mall.deployment.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def refusal_of(
    mall: Mall, method: str, payload: dict[str, Any], *, key: str | None = "kunci-uji"
) -> RemoteRefusal:
    with pytest.raises(RemoteRefusal) as refusal:
        mall.ask(method, payload, key=key)
    return refusal.value


def answer(mall: Mall, number: str, *, revision: int = 1, text: str = "Sudah diperbaiki.") -> None:
    with mall.desk() as desk:
        sent = desk.post(
            f"{mall.base_url}/api/v1/cases/{number}/reply",
            json={"revision": revision, "text": text},
            headers={"Idempotency-Key": new_id()},
            timeout=10,
        )
    assert sent.status_code == 200, sent.text


def test_a_complaint_gets_a_number_and_a_due_date_in_working_days(mall: Mall) -> None:
    filed = mall.file()
    assert filed["number"] == "P-2026-000001"
    assert (filed["due_on"], filed["working_days"], filed["state"]) == ("2026-12-11", 14, "received")
    assert filed["received_at"] == "2026-11-23T03:00:00+00:00"
    assert filed["token"].startswith("complaint.")
    assert mall.file(classification="information")["due_on"] == "2026-11-30"
    assert mall.file(classification="aspiration")["number"] == "P-2026-000003"


def possible(tracked: dict[str, Any]) -> set[str]:
    """Return what the holder can do now."""
    return {name for name, is_possible in tracked["can"].items() if is_possible}


def test_s2_2_the_holder_follows_it_to_its_end(mall: Mall) -> None:
    filed = mall.file(ticket_facts=FACTS)
    tracked = mall.ask("track", {"token": filed["token"]})
    assert tracked["state"] == "received"
    assert (tracked["ticket_number"], tracked["thread"], tracked["overdue"]) == ("A-031", [], False)
    assert possible(tracked) == {"withdraw"}
    answer(mall, filed["number"])
    tracked = mall.ask("track", {"token": filed["token"]})
    assert [(turn["by"], turn["text"]) for turn in tracked["thread"]] == [("officer", "Sudah diperbaiki.")]
    assert possible(tracked) == {"accept", "dispute"}
    disputed = mall.ask(
        "decide", {"token": filed["token"], "decision": "dispute", "text": "Belum."}, key="keberatan-1"
    )
    assert (disputed["state"], disputed["thread"][-1]["by"]) == ("disputed", "citizen")
    answer(mall, filed["number"], revision=3, text="Kini sudah.")
    closed = mall.ask("decide", {"token": filed["token"], "decision": "accept", "text": None}, key="terima-1")
    assert (closed["state"], len(closed["thread"])) == ("accepted", 3)
    assert possible(closed) == {"reopen"}


def test_the_same_key_files_once_and_gives_the_same_receipt(mall: Mall) -> None:
    first = mall.file(key="kunci-satu")
    mall.pass_time(hours=1)
    assert mall.file(key="kunci-satu") == first
    assert count(mall) == 1
    assert refusal_of(mall, "file", request(title="Lain"), key="kunci-satu").code == "idempotency_key_reused"


def test_the_same_key_gives_the_same_receipt_whatever_the_agency_says_of_the_visit(mall: Mall) -> None:
    sent: dict[str, Any] = {"key": "kunci-satu", "agency": "legal", "ticket_token": TICKET_TOKEN}
    first = mall.file(**sent)
    for facts in (FACTS, {**FACTS, "counter": "5"}):
        assert mall.file(**sent, ticket_facts=facts) == first
    assert count(mall) == 1


def test_what_is_no_agency_of_the_mall_is_not_complained_about_unless_the_visit_tells_better(
    mall: Mall,
) -> None:
    mall.deployment.settings = replace(mall.deployment.settings, agencies=("immigration", "legal"))
    wrong: dict[str, Any] = {"agency": "police", "ticket_token": TICKET_TOKEN}
    refused = refusal_of(mall, "file", request(**wrong))
    assert (refused.code, refused.status) == ("unknown_agency", 422)
    first = mall.file(key="kunci-satu", **wrong, ticket_facts=FACTS)
    assert mall.file(key="kunci-satu", **wrong) == first


def test_where_it_happened_is_what_the_visit_says(mall: Mall) -> None:
    token = mall.file(agency="police", site=None, ticket_token=TICKET_TOKEN, ticket_facts=FACTS)["token"]
    tracked = mall.ask("track", {"token": token})
    assert (tracked["agency"], tracked["site"]) == ("immigration", "mpp-lebak")
    assert link_state(mall) == ("A-031", None, 0, None)


def test_two_identical_requests_at_once_file_one_complaint(mall: Mall) -> None:
    racing = [eventlet.spawn(mall.file, key="kunci-balapan") for _ in range(8)]
    receipts = [each.wait() for each in racing]
    assert all(receipt == receipts[0] for receipt in receipts)
    assert count(mall) == 1
    # The control: with a key each, the same requests are that many complaints.
    racing = [eventlet.spawn(mall.file) for _ in range(8)]
    numbers = {each.wait()["number"] for each in racing}
    assert numbers == {f"P-2026-{each:06d}" for each in range(2, 10)}


def test_what_is_decided_twice_is_decided_once(mall: Mall) -> None:
    filed = mall.file()
    answer(mall, filed["number"])
    dispute = {"token": filed["token"], "decision": "dispute", "text": "Belum."}
    racing = [eventlet.spawn(mall.ask, "decide", dispute, key="keberatan") for _ in range(4)]
    assert {each.wait()["state"] for each in racing} == {"disputed"}
    assert len(mall.ask("track", {"token": filed["token"]})["thread"]) == 2
    assert mall.wait_for("complaint.disputed.v1").data["previous_state"] == "answered"


def test_only_an_answer_can_be_accepted_or_disputed(mall: Mall) -> None:
    token = mall.file()["token"]
    for decision in ("accept", "dispute"):
        refusal = refusal_of(mall, "decide", {"token": token, "decision": decision, "text": "Teks."})
        assert (refusal.code, refusal.status) == ("transition_not_allowed", 409)
    answer(mall, "P-2026-000001")
    refusal = refusal_of(mall, "decide", {"token": token, "decision": "dispute"})
    assert (refusal.code, refusal.status) == ("dispute_needs_text", 422)
    assert mall.ask("track", {"token": token})["state"] == "answered"


def test_a_strangers_token_opens_nothing_and_every_wrong_one_gets_the_same_answer(mall: Mall) -> None:
    filed = mall.file()
    secret = mall.deployment.settings.secret_key
    with mall.deployment.database.reading() as session:
        identifier = session.scalars(select(Complaint.id)).one()
    raw = base64.urlsafe_b64encode(b"1" + b"\0" * 31).decode()
    wrong = [
        "",
        "complaint",
        "complaint.",
        "complaint.!!!",
        filed["number"],
        filed["token"][:-1],
        filed["token"].replace("complaint.", "immigration."),
        "\ud800." + raw,
        "complaint.\x00",
        "a" * 10_000,
        make_token(secret="x" * 40, realm="complaint", identifier=identifier),
        make_token(secret=secret, realm="immigration", identifier=identifier),
        make_token(secret=secret, realm="complaint", identifier=new_id()),
    ]
    refusals = [refusal_of(mall, "track", {"token": token}) for token in wrong]
    assert {(each.code, each.status, str(each.details)) for each in refusals} == {
        ("unknown_complaint", 404, "{}")
    }
    decisions = [
        refusal_of(mall, "decide", {"token": token, "decision": "accept"}, key=new_id()) for token in wrong
    ]
    assert {each.code for each in decisions} == {"unknown_complaint"}


def test_what_cannot_be_used_is_refused_at_its_field_and_nothing_is_kept(mall: Mall) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "occurred_on": {"occurred_on": "2026-11-24"},
        "title": {"title": "a" * 151},
        "text": {"text": "a\x00b"},
        "person.phone": {"person": {"name": "A", "phone": "1"}},
        "ticket_facts.number": {"ticket_facts": {**FACTS, "number": "31"}},
        "unknown": {"unknown": 1},
    }
    for field, changes in wrong.items():
        refusal = refusal_of(mall, "file", request(**changes))
        assert (refusal.code, list(refusal.details["fields"])) == ("invalid_request", [field])
    assert count(mall) == count(mall, tables.commands) == count(mall, tables.outbox) == 0


def test_a_change_without_a_key_is_refused(mall: Mall) -> None:
    assert refusal_of(mall, "file", request(), key=None).code == "idempotency_key_missing"
    assert refusal_of(mall, "decide", {"token": "x", "decision": "accept"}, key=None).status == 400


def test_the_day_of_receipt_is_the_sites_own(mall: Mall) -> None:
    mall.open_agency()
    mall.file()
    ask_agencies(mall)
    # Half past eleven at night in Lebak is half past midnight in Gorontalo.
    mall.pass_time(hours=13, minutes=30)
    assert mall.file(site="mpp-lebak")["due_on"] == "2026-12-11"
    assert mall.file(site="popup", occurred_on="2026-11-24")["due_on"] == "2026-12-14"


def test_a_local_closure_moves_the_due_date(mall: Mall) -> None:
    with mall.deployment.database.transaction() as session:
        for site, day, working in (("mpp-lebak", "2026-12-01", False), ("", "2026-12-05", True)):
            session.execute(
                text("INSERT INTO day_exceptions VALUES (:site, :day, :working, 'uji')"),
                {"site": site, "day": day, "working": working},
            )
    assert mall.file()["due_on"] == "2026-12-11"
    assert mall.file(site=None)["due_on"] == "2026-12-10"


def test_it_is_overdue_from_the_day_after_the_due_date(mall: Mall) -> None:
    token = mall.file()["token"]
    mall.pass_time(days=18)
    assert mall.ask("track", {"token": token})["overdue"] is False
    mall.pass_time(days=1)
    assert mall.ask("track", {"token": token})["overdue"] is True


def test_a_dispute_begins_a_period_as_long_as_the_first(mall: Mall) -> None:
    filed = mall.file()
    answer(mall, filed["number"])
    mall.pass_time(days=21)
    dispute = {"token": filed["token"], "decision": "dispute", "text": "Belum."}
    disputed = mall.ask("decide", dispute, key="keberatan")
    assert (disputed["due_on"], disputed["overdue"]) == ("2027-01-07", False)
    assert [turn["by"] for turn in disputed["thread"]] == ["officer", "citizen"]
    assert mall.wait_for("complaint.disputed.v1").data["due_on"] == date(2027, 1, 7)
    with mall.deployment.database.reading() as session:
        kept = session.execute(select(Entry.kind, Entry.text).where(Entry.by == "system")).all()
    assert kept == [("due", "2027-01-07")]
    mall.pass_time(days=25)
    assert mall.ask("track", {"token": filed["token"]})["overdue"] is True


def test_acceptance_moves_no_due_date(mall: Mall) -> None:
    filed = mall.file()
    answer(mall, filed["number"])
    mall.pass_time(days=21)
    closed = mall.ask("decide", {"token": filed["token"], "decision": "accept"}, key="terima")
    assert closed["due_on"] == filed["due_on"]


def test_an_anonymous_complaint_keeps_no_name_and_tells_nobody_any(mall: Mall) -> None:
    mall.file(anonymous=True)
    event = mall.wait_for("complaint.filed.v1")
    told = mall.keyring.sealer.unseal(event.data["recipient"])
    assert (told["name"], told["email"]) == ("", "siti@contoh.example")
    with mall.deployment.database.reading() as session:
        kept = mall.keyring.sealer.unseal(session.scalars(select(Person.contact)).one())
    assert kept == {"name": None, "email": "siti@contoh.example", "phone": "+6281234567890"}


def test_the_mall_itself_is_complained_about_like_an_agency(mall: Mall) -> None:
    filed = mall.file(agency="mall", service=None)
    event = mall.wait_for("complaint.filed.v1")
    assert (event.agency, event.site, filed["due_on"]) == ("mall", "mpp-lebak", "2026-12-11")


def test_news_travel_sealed_and_reach_who_wants_them_once(mall: Mall) -> None:
    filed = mall.file(key="kunci", ticket_facts=FACTS)
    mall.file(key="kunci", ticket_facts=FACTS)
    event = mall.wait_for("complaint.filed.v1")
    opened = mall.keyring.sealer.unseal(event.data["recipient"])
    assert opened == {
        "name": "Siti Contoh",
        "email": "siti@contoh.example",
        "phone": "+6281234567890",
        "language": "id",
    }
    assert mall.keyring.sealer.unseal(event.data["sealed_token"]) == {"token": filed["token"]}
    assert (event.source, event.agency, event.site, event.sequence) == (
        "complaints",
        "immigration",
        "mpp-lebak",
        1,
    )
    assert (event.data["number"], str(event.data["ticket_id"])) == (filed["number"], TICKET_ID)
    with mall.deployment.database.reading() as session:
        wire = session.scalars(select(tables.outbox.c.body)).one()
        kept = session.scalars(select(Person.contact)).one()
        answers = session.scalars(select(tables.commands.c.response)).one()
    for private in ("Siti", "siti@", "81234567890", filed["token"]):
        assert private not in wire
        assert private not in kept
        assert private not in answers


def test_nobody_is_told_who_left_no_address(mall: Mall) -> None:
    mall.file(person={"name": "Siti Contoh"})
    assert mall.wait_for("complaint.filed.v1").data["recipient"] is None


class SilentAgencies:
    """Agencies that do not answer."""

    connected = True

    def call(self, *_: Any) -> dict[str, Any]:
        """Wait in vain."""
        raise Unavailable(retry_after=5)


def ask_agencies(mall: Mall, agencies: Any = None) -> None:
    """Do what the timer does, now."""
    service: Any = Complaints()
    service.deployment = mall.deployment
    of_service = mall.runner.service_map["complaints"].dependencies
    service.agencies = agencies or next(each for each in of_service if isinstance(each, Rpcs))
    wait_until(lambda: service.agencies.connected)
    service.ask_agencies()


def link_state(mall: Mall) -> tuple[Any, ...]:
    with mall.deployment.database.reading() as session:
        columns = (Complaint.ticket_number, Complaint.link_at, Complaint.link_attempts, Person.ticket_token)
        return tuple(session.execute(select(*columns).join(Person)).one())


def test_facts_that_could_not_be_had_are_asked_for_until_the_agency_answers(mall: Mall) -> None:
    filed = mall.file(ticket_token=TICKET_TOKEN)
    with mall.deployment.database.reading() as session:
        assert TICKET_TOKEN not in (session.scalars(select(Person.ticket_token)).one() or TICKET_TOKEN)
    mall.open_agency()
    ask_agencies(mall)
    number, link_at, attempts, token = link_state(mall)
    assert (number, link_at, attempts, token) == ("A-031", None, 1, None)
    assert mall.ask("track", {"token": filed["token"]})["ticket_number"] == "A-031"
    ask_agencies(mall)
    assert link_state(mall)[2] == 1


def test_a_silent_agency_is_asked_again_later_and_given_up_after_days(mall: Mall) -> None:
    mall.file(ticket_token=TICKET_TOKEN)
    waits = []
    for _ in range(3):
        ask_agencies(mall, SilentAgencies())
        ask_agencies(mall, SilentAgencies())
        number, link_at, _, token = link_state(mall)
        assert number is None
        assert token is not None
        waits.append(link_at - mall.deployment.clock.now())
        mall.pass_time(seconds=waits[-1].total_seconds())
    assert waits == [timedelta(seconds=seconds) for seconds in (30, 60, 120)]
    mall.pass_time(days=4)
    ask_agencies(mall, SilentAgencies())
    assert link_state(mall) == (None, None, 4, None)
    with mall.deployment.database.reading() as session:
        assert session.scalars(select(Entry.kind)).all() == ["not_linked"]


def test_a_ticket_that_its_agency_does_not_know_is_asked_for_once(mall: Mall) -> None:
    mall.file(ticket_token="immigration." + "b" * 43)
    mall.open_agency()
    ask_agencies(mall)
    assert link_state(mall) == (None, None, 1, None)


def test_migrations_and_models_agree(database_url: str) -> None:
    upgrade(database_url, "gerai_complaints")
    assert differences(database_url, [Base.metadata, tables.metadata, accounts.metadata]) == []
