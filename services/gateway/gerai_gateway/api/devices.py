"""Devices that say that they are there."""

from gerai_shared.borders import load
from gerai_shared.http import json_body, json_response
from gerai_shared.refusals import InvalidRequest, Unavailable
from werkzeug.wrappers import Request, Response

from gerai_gateway import devices
from gerai_gateway.entrypoints import Operation, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownDevice
from gerai_gateway.schemas.devices import DeviceStateSchema, HeardSchema

TAG = "Devices"
HEARTBEAT_SECONDS = 30
_state = DeviceStateSchema()


class DevicesApi:
    """Mixin: heartbeats of kiosks and displays."""

    mall: Mall

    @public(
        "POST",
        "/api/v1/devices/heartbeat",
        operation=Operation(
            summary="A kiosk or display says that it is there; its key comes as a bearer token",
            tag=TAG,
            body=DeviceStateSchema,
            answer=HeardSchema,
            refusals=(UnknownDevice, InvalidRequest, Unavailable),
            is_keyed=False,
        ),
    )
    def api_device_heartbeat(self, request: Request) -> Response:
        """Take a heartbeat: the newest counts, so that a repeat does no harm."""
        devices.seen(self.mall, devices.key_of(request), load(_state, json_body(request)))
        return json_response({"next_in_seconds": HEARTBEAT_SECONDS})
