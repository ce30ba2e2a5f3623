"""What agencies tell each other: every one of them hears it, and of visits nothing but facts."""

from gerai_shared.bus.topology import describe, events_queue
from gerai_shared.events.catalogue import AGENCIES, REGISTRY

BETWEEN = [event_type for event_type in REGISTRY if event_type.consumers == AGENCIES]


def test_every_agency_has_a_queue_for_what_the_others_tell() -> None:
    bindings = {queue.name: queue.bindings for queue in describe(["immigration", "legal"]).queues}
    wanted = {(event_type.exchange, f"{event_type.name}.#") for event_type in BETWEEN}
    assert len(wanted) == 4
    for agency in ("immigration", "legal"):
        assert set(bindings[events_queue(f"booking-{agency}")]) == wanted


def test_a_lone_agency_has_its_queue_so_that_nothing_waits_for_ever_to_be_taken() -> None:
    queues = {queue.name for queue in describe(["legal"]).queues}
    assert events_queue("booking-legal") in queues


def test_a_step_is_told_without_what_it_is_for() -> None:
    told = set(REGISTRY["visit.step_changed.v1"].schema().fields)
    assert told == {"visit_id", "ticket_id", "number", "site", "day", "fact", "arrived_at", "revision"}
