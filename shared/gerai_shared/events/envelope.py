"""The envelope: CloudEvents 1.0, structured JSON mode, with Gerai's extension attributes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

CONTENT_TYPE = "application/cloudevents+json"
SPEC_VERSION = "1.0"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One fact. `data` has the shape that its type's schema gives it.

    `sequence` counts the events of one (source, site) without gaps; it is None until the relay
    publishes the event. `subject` is the id of the record it is about; events of one subject keep
    their order.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    data: dict[str, Any]
    agency: str
    site: str
    correlation_id: str
    traceparent: str
    sequence: int | None = None

    @property
    def routing_key(self) -> str:
        """`<type>.<agency>.<site>`."""
        return routing_key(self.type, self.agency, self.site)


def routing_key(event_type: str, agency: str, site: str) -> str:
    """Return the routing key of an event; an event of no agency or site has `-` there."""
    return f"{event_type}.{agency or '-'}.{site or '-'}"


class EnvelopeSchema(Schema):
    """CloudEvents attributes; extension names are lower case letters and digits, as the standard demands."""

    class Meta:
        unknown = EXCLUDE

    specversion = fields.String(required=True, validate=validate.Equal(SPEC_VERSION))
    id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    source = fields.String(required=True, validate=validate.Length(min=1, max=100))
    type = fields.String(required=True, validate=validate.Regexp(r"^[a-z_]+\.[a-z_]+\.v\d+$"))
    subject = fields.String(required=True, validate=validate.Length(min=1, max=100))
    time = fields.AwareDateTime(required=True)
    datacontenttype = fields.String(required=True, validate=validate.Equal("application/json"))
    dataschema = fields.String(required=True)
    data = fields.Dict(keys=fields.String(), required=True)
    agency = fields.String(required=True)
    site = fields.String(required=True)
    sequence = fields.Integer(required=True, validate=validate.Range(min=1))
    correlationid = fields.String(required=True)
    traceparent = fields.String(required=True)

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Event:
        """Build the dataclass."""
        return Event(
            id=values["id"],
            source=values["source"],
            type=values["type"],
            subject=values["subject"],
            time=values["time"],
            data=values["data"],
            agency=values["agency"],
            site=values["site"],
            correlation_id=values["correlationid"],
            traceparent=values["traceparent"],
            sequence=values["sequence"],
        )


class MalformedEvent(Exception):
    """The message is not an event of ours."""


_envelope = EnvelopeSchema()


def to_wire(event: Event) -> dict[str, Any]:
    """Return the JSON object of `event`, without `sequence` when it has none yet."""
    wire: dict[str, Any] = {
        "specversion": SPEC_VERSION,
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": event.time.isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"urn:gerai:schema:{event.type}",
        "data": event.data,
        "agency": event.agency,
        "site": event.site,
        "correlationid": event.correlation_id,
        "traceparent": event.traceparent,
    }
    if event.sequence is not None:
        wire["sequence"] = event.sequence
    return wire


def from_wire(wire: object) -> Event:
    """Return the event in a JSON object; attributes we do not know are passed over. Raises MalformedEvent."""
    if not isinstance(wire, dict):
        raise MalformedEvent("an event is a JSON object")
    try:
        event = _envelope.load(wire)
    except ValidationError as error:
        raise MalformedEvent(str(error.messages)) from error
    assert isinstance(event, Event)
    return event
