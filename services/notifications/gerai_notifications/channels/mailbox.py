"""The mailbox of demonstrations: mails stay here, sealed, and are read in the browser instead of sent."""

from collections.abc import Iterator
from contextlib import contextmanager

from gerai_shared.deployment import Deployment
from gerai_shared.settings import InvalidSettings

from gerai_notifications.channels import Delivery
from gerai_notifications.mail import compose
from gerai_notifications.models import put_into_mailbox
from gerai_notifications.schemas import Contact

SCHEMES = frozenset({"mailbox"})
ENVIRONMENTS = frozenset({"demo", "test"})


class MailboxChannel:
    """Puts whole mails into the table `mailbox`; a repeat of one replaces nothing and adds nothing."""

    name = "mailbox"

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def address_of(self, contact: Contact) -> str | None:
        """Return the e-mail address, as the real channel would."""
        return contact.email

    @contextmanager
    def connect(self) -> Iterator["MailboxChannel"]:
        """There is nothing to open."""
        yield self

    def hand_over(self, delivery: Delivery) -> None:
        """Keep a mail."""
        deployment = self._deployment
        mail = compose(delivery, mail_from=deployment.settings.mail_from)
        sealed = deployment.sealer.seal({"mail": mail.as_string()})
        with deployment.database.transaction() as session:
            put_into_mailbox(session, message_id=delivery.id, mail=sealed, now=deployment.clock.now())


def build(deployment: Deployment) -> MailboxChannel:
    """Return the channel. Raises InvalidSettings in production: nobody would get a mail."""
    if deployment.settings.environment not in ENVIRONMENTS:
        raise InvalidSettings(
            "GERAI_SMTP_URL: mailbox:// is for demonstrations; production sends through smtp://"
        )
    return MailboxChannel(deployment)
