"""The roles of an agency's processes."""

import pytest
from cryptography.fernet import Fernet
from gerai_booking import agencies, roles
from gerai_shared.deployment import deployment_of
from gerai_shared.runtime import Runner
from gerai_shared.settings import Settings

from tests.unit.gateway.fake_catalogue import TODAY


@pytest.mark.parametrize(("given", "has"), [(8, roles.OFFICERS_AT_ONCE), (600, 600)])
def test_officers_who_click_at_once_wait_their_turn_however_few_workers_are_set(given: int, has: int) -> None:
    """Whoever finds no worker free is told to come back, in the middle of the morning."""
    settings = Settings(
        deployment="booking-immigration",
        environment="test",
        database_url="sqlite://",
        http_address="127.0.0.1:1",
        secret_key="s" * 40,
        identity_key="i" * 40,
        sealing_keys=(Fernet.generate_key().decode(),),
        max_workers=given,
    )
    runner = Runner()
    roles.build(deployment_of(settings), runner, "counter", agency=agencies.load("immigration", TODAY))
    assert runner.service_map["booking-immigration-counter"].max_workers == has
