"""What goes out is what CloudEvents 1.0 says: the standard's own reader takes it."""

from collections.abc import Callable

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from gerai_shared import outbox
from gerai_shared.bus.consuming import read_event
from gerai_shared.deployment import Deployment
from gerai_shared.events.envelope import CONTENT_TYPE

pytestmark = pytest.mark.parametrize("bus", ["embedded"], indirect=True)


def test_the_standards_own_reader_takes_our_events(
    deployed: Callable[..., Deployment],
    complaint: Callable[..., outbox.NewEvent],
    announce: Callable[..., None],
) -> None:
    producer = deployed("complaints")
    announce(producer, complaint("P-1", subject="case-1"))
    with producer.database.transaction() as session:
        [sent] = outbox.claim_batch(session, now=producer.clock.now(), limit=10)
    theirs, ours = JSONFormat().read(CloudEvent, sent.body), read_event(sent.body)
    assert JSONFormat.CONTENT_TYPE == CONTENT_TYPE
    assert (theirs.get_id(), theirs.get_source(), theirs.get_type()) == (ours.id, ours.source, ours.type)
    assert (theirs.get_subject(), theirs.get_time()) == ("case-1", ours.time)
    assert theirs.get_dataschema() == "urn:gerai:schema:complaint.filed.v1"
    assert theirs.get_datacontenttype() == "application/json"
    extensions = ("agency", "site", "sequence", "correlationid", "traceparent")
    told = [theirs.get_extension(name) for name in extensions]
    assert told == [ours.agency, ours.site, 1, ours.correlation_id, ours.traceparent]
    data = theirs.get_data()
    assert isinstance(data, dict)
    assert data["number"] == "P-1"
