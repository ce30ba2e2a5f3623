"""What the interface answers on release day has the shape that its document says."""

from typing import Any

import pytest
from gerai_gateway import openapi
from gerai_gateway.limits import Limits
from gerai_gateway.service import GatewayService

from tests.contract.test_openapi import PERSON, SLOT, complaints_of
from tests.unit.gateway.conftest import make_gateway
from tests.unit.gateway.test_rush import RELEASE, drawn, genuine, with_release


@pytest.fixture
def gateway():
    made = make_gateway(Limits(writes=100_000, reads=100_000, rush=1))
    yield made
    made.mall.boards.close()
    made.settle()


def test_answers_of_a_rush_have_the_shape_that_the_document_says(gateway) -> None:
    document = openapi.document(GatewayService, public_url="http://localhost")
    wrong: list[str] = []

    def ask(method: str, path: str, template: str, status: int, **options: Any) -> None:
        answer = gateway.api(method, path, **options)
        assert answer.status_code == status, answer.text
        wrong.extend(complaints_of(document, f"/api/v1/{template}", method, answer))

    with_release(gateway)
    token, code = drawn(gateway)["token"], genuine(gateway)
    room = "agencies/{agency}/waiting-room"
    ask("GET", "agencies/immigration/services", "agencies/{agency}/services", 200)
    body = {"site": RELEASE["site"], "day": RELEASE["first"]}
    ask("POST", "agencies/immigration/waiting-room", room, 201, json=body, key="key-of-room")
    ask("GET", f"waiting-room/{token}", "waiting-room/{token}", 200)
    ask("GET", "waiting-room/x", "waiting-room/{token}", 404)
    ask("GET", f"checks/{code}", "checks/{code}", 200)
    ask("GET", "checks/x", "checks/{code}", 404)
    ask("POST", "agencies/immigration/holds", "agencies/{agency}/holds", 428, json={"slot_id": SLOT})
    booking = {"slot_id": SLOT, "purpose": "umrah", "person": PERSON}
    ask("POST", "agencies/immigration/tickets", "agencies/{agency}/tickets", 428, json=booking)
    assert wrong == []
