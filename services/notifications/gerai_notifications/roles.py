"""The roles of this service's processes, and what each one is made of."""

from gerai_shared.deployment import Deployment
from gerai_shared.operations import OperationsService
from gerai_shared.pages import Pages
from gerai_shared.runtime import Runner
from gerai_shared.translations import add_texts_of

from gerai_notifications.channels import channel_for
from gerai_notifications.mail import sender_address
from gerai_notifications.mailbox import Mailbox
from gerai_notifications.service import Notifications, Sending, Webhooks
from gerai_notifications.writing import Writer

PACKAGE = "gerai_notifications"
#: all: everything in one process; bus: takes events and sends; mailbox: shows the demonstration's mails.
ROLES = ("all", "bus", "mailbox")
NEEDS = {
    "all": frozenset({"database", "sealing", "smtp"}),
    "bus": frozenset({"database", "sealing", "smtp"}),
    "mailbox": frozenset({"database", "sealing"}),
}


def build(deployment: Deployment, runner: Runner, role: str) -> None:
    """Add the containers of `role` to `runner`. Raises InvalidSettings for an address no channel takes."""
    settings = deployment.settings
    if role in ("all", "bus"):
        deployment.extras["channel"] = channel_for(deployment)
        deployment.extras["writer"] = Writer(
            public_url=settings.public_url,
            organizer=sender_address(settings.mail_from),
            hears_complainants=bool(settings.complaints_mail),
        )
        runner.add(Notifications, deployment, name="notifications", needs_bus=True)
        runner.add(Sending, deployment, name="notifications-sender")
        runner.add(Webhooks, deployment, name="notifications-webhooks")
    if role in ("all", "mailbox"):
        add_texts_of([PACKAGE])
        deployment.extras["pages"] = Pages(
            package=PACKAGE,
            site_name="Kotak surat peragaan",
            secure_cookies=settings.public_url.startswith("https://"),
        )
        runner.add(Mailbox, deployment, name="notifications-mailbox")
    else:
        runner.add(OperationsService, deployment, name="notifications-operations")
