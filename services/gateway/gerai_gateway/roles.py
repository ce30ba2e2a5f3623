"""Which containers make up the gateway."""

from dataclasses import replace

from gerai_shared.deployment import Deployment
from gerai_shared.pages import Pages
from gerai_shared.runtime import Runner
from gerai_shared.translations import add_texts_of

from gerai_gateway.limits import read_limits
from gerai_gateway.service import GatewayService
from gerai_gateway.speech.settings import read_speech
from gerai_gateway.speech.shelf import Shelf
from gerai_gateway.speech.studio import Studio

ROLES = ("all",)
MOST_BYTES_OF_PAGES = 50 * 1024 * 1024
#: A worker here holds nothing but its own stack while it waits for an agency: hundreds are cheap, and
#: a rush of citizens must not be turned away while their bookings travel together.
WORKERS_AT_LEAST = 400


def build(deployment: Deployment, runner: Runner, role: str = "all") -> None:
    """Add the gateway's container to `runner`. Raises InvalidSettings for settings that cannot be read.

    `role` is always `all`: the gateway has no parts that could run apart.
    """
    if role not in ROLES:
        raise ValueError(f"the gateway has no role {role!r}")
    add_texts_of(["gerai_gateway"])
    settings = deployment.settings
    deployment.settings = replace(settings, max_workers=max(settings.max_workers, WORKERS_AT_LEAST))
    deployment.extras["limits"] = read_limits()
    speech = read_speech()
    deployment.extras["studio"] = Studio(settings=speech, shelf=Shelf(speech.folder))
    # Pages of kiosks have a studio of their own: however many are read, no call waits for them.
    pages = speech.folder / "pages" if speech.folder is not None else None
    deployment.extras["reading_studio"] = Studio(
        settings=speech, shelf=Shelf(pages, most_bytes=MOST_BYTES_OF_PAGES)
    )
    deployment.extras["pages"] = Pages(
        package="gerai_gateway",
        site_name="Mal Pelayanan Publik",
        secure_cookies=settings.public_url.startswith("https://"),
        defaults={"home_url": "/", "complaint_url": "/c/new"},
    )
    runner.add(GatewayService, deployment, name=deployment.name, needs_bus=True)
