"""The MIME form of a message."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from gerai_notifications.channels import Delivery

SENDER_NAME = "Gerai"
#: Everything in ASCII: no server on the way has to know more than the first standard.
POLICY = SMTP.clone(cte_type="7bit")


def sender_address(mail_from: str) -> str:
    """Return the bare address in the setting, which may be `Name <address>`."""
    return parseaddr(mail_from)[1]


def message_id_of(identifier: str, mail_from: str, *, about: str = "") -> str:
    """Return the Message-ID header of the message `identifier`: the same for each attempt to send it.

    `about` is the complaint that it is about: an answer refers to this header, and so finds its complaint.
    """
    name = f"{identifier}.{about}" if about else identifier
    return f"<{name}@{sender_address(mail_from).rpartition('@')[2]}>"


def compose(delivery: Delivery, *, mail_from: str) -> EmailMessage:
    """Return the mail: text and HTML as alternatives, the calendar file attached."""
    letter = delivery.letter
    name, address = parseaddr(mail_from)
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Address(display_name=name or SENDER_NAME, addr_spec=address)
    mail["To"] = Address(display_name=delivery.name, addr_spec=delivery.address)
    if delivery.reply_to:
        mail["Reply-To"] = Address(display_name=name or SENDER_NAME, addr_spec=delivery.reply_to)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(delivery.written_at)
    mail["Message-ID"] = delivery.message_id
    # RFC 3834: no absence notices in return.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    if letter.calendar is not None:
        mail.add_attachment(
            letter.calendar.text.encode(),
            maintype="text",
            subtype="calendar",
            filename=re.sub(r"[^\w.-]", "-", letter.calendar.name),
            params={"method": letter.calendar.method, "charset": "utf-8"},
        )
    # Set last: a header about content set earlier would have moved into the first part.
    mail["Content-Language"] = delivery.language
    return mail
