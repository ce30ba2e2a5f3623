"""What a mail says: who wrote it, whether a person did, and its words. Nothing of it is believed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr

from gerai_complaints.rules.mail_text import cleaned, of_html, one_line, without_quotes

#: Mails with attachments of a few photographs; the attachments are not kept.
MOST_BYTES = 10_240_000
#: At every line the standard library looks for the end of each part that it is within; it keeps every header.
MOST_BOUNDARIES = 100
MOST_HEAD_BYTES = 256_000
#: More of a text than is ever kept, and little enough to look through.
MOST_TEXT = 500_000
DEEPEST = 8
MOST_PARTS = 100
MOST_REFERENCES = 20
MOST_NAMES = 10
#: Encodings that people's mail programs use. Others, some of which take an age, are read as one of these.
ENCODING = re.compile(
    r"(utf-?8|us-ascii|ascii|iso-?8859-\d{1,2}|latin-?1|(windows-|cp)12\d\d|koi8-[ru]|gb2312|gbk|gb18030"
    r"|big5|shift[_-]jis|euc-(jp|kr)|iso-2022-jp)",
    re.IGNORECASE,
)
#: The Message-IDs of our mails about a complaint: of the message, then of the complaint.
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
OUR_MESSAGE = re.compile(rf"<{UUID}\.({UUID})@")
ANSWER_PREFIX = re.compile(r"^\s*(re|bls|balas|aw)\s*(\[\d+\])?\s*:", re.IGNORECASE)
PREFIXES = re.compile(r"^(\s*(re|bls|balas|aw|fwd?|trs)\s*(\[\d+\])?\s*:)+", re.IGNORECASE)
RECIPIENT_HEADERS = ("X-Original-To", "Delivered-To", "Envelope-To", "To", "Cc")
ROBOTS = ("mailer-daemon", "postmaster")


class UnreadableMail(Exception):
    """It is no mail that anybody could be answered for. The text is the reason's code."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail as far as it is used. `text` is what was written, without what it quotes when it is a reply.

    `not_from_a_person` says why it is none of a person's ('' when it may be one): automatic, list, bounce,
    spam. `about` are ids of complaints that it claims to answer a mail about, the nearest first. `recipients`
    are addresses in small letters, what the mail server wrote first.
    """

    message_id: str
    name: str
    address: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    attachments: tuple[str, ...]
    about: tuple[str, ...]
    not_from_a_person: str


def read_mail(raw: bytes) -> Mail:
    """Return what the bytes of an RFC 5322 message say. Raises UnreadableMail."""
    if len(raw) > MOST_BYTES:
        raise UnreadableMail("too_large")
    head = min(len(raw) if at < 0 else at for at in (raw.find(b"\n\n"), raw.find(b"\n\r\n")))
    if head > MOST_HEAD_BYTES or raw.lower().count(b"boundary") > MOST_BOUNDARIES:
        raise UnreadableMail("malformed")
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        return _read(message)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        # The standard library's reader trips over some of what strangers make up.
        raise UnreadableMail("malformed") from error


def _read(message: Message) -> Mail:
    name, address = parseaddr(_raw(message, "From"))
    if "@" not in address or not address.isascii():
        raise UnreadableMail("no_sender")
    texts, attachments = _contents(message)
    subject = one_line(_header(message, "Subject"))
    earlier = _header(message, "References").split()
    references = f"{_header(message, 'In-Reply-To')} {' '.join(reversed(earlier))}"
    text = cleaned("\n\n".join(texts))
    if references.strip() or ANSWER_PREFIX.match(subject):
        text = without_quotes(text)
    about = dict.fromkeys(OUR_MESSAGE.findall(references))
    return Mail(
        message_id=_raw(message, "Message-ID").strip(),
        name=one_line(_decoded(name)),
        address=address.strip().lower(),
        recipients=tuple(_recipients(message)),
        subject=PREFIXES.sub("", subject).strip(),
        text=text,
        attachments=tuple(attachments[:MOST_NAMES]),
        about=tuple(about)[:MOST_REFERENCES],
        not_from_a_person=_robot(message, address.lower()),
    )


def _raw(message: Message, name: str) -> str:
    """Return a header as it came, '' without one; of several the first, which the last server wrote."""
    value = message.get(name)
    return "" if value is None else str(value)[:10_000]


def _header(message: Message, name: str) -> str:
    """Return a header with its encoded words read, as far as they can be."""
    return _decoded(_raw(message, name))


def _decoded(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text


def _recipients(message: Message) -> Iterator[str]:
    for header in RECIPIENT_HEADERS:
        values = [str(each)[:10_000] for each in message.get_all(header, [])[:MOST_REFERENCES]]
        for _, address in getaddresses(values):
            if "@" in address:
                yield address.strip().lower()


def _robot(message: Message, address: str) -> str:
    """Return why nobody is to be answered, '' when somebody may have written it."""

    def says(name: str) -> str:
        return _raw(message, name).strip().lower()

    null_sender = message.get("Return-Path") is not None and says("Return-Path") in (
        "<>",
        "",
        "<mailer-daemon>",
    )
    if null_sender or message.get_content_type() == "multipart/report" or address.partition("@")[0] in ROBOTS:
        return "bounce"
    spam = (says("X-Spam-Flag"), says("X-Spam-Status"), says("X-Spam"))
    if any(value.startswith("yes") for value in spam):
        return "spam"
    if any(message.get(name) is not None for name in ("List-Id", "List-Post", "List-Unsubscribe")):
        return "list"
    if says("Precedence") in ("bulk", "junk", "list"):
        return "list"
    submitted = says("Auto-Submitted").partition(";")[0].strip()
    if submitted not in ("", "no") or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond")):
        return "automatic"
    return ""


def _contents(message: Message) -> tuple[list[str], list[str]]:
    """Return the texts that a reader would see, and the names of what is attached."""
    texts: list[str] = []
    attachments: list[str] = []
    for part in _leaves(message, 0, [0]):
        kind = part.get_content_type()
        name = one_line(_file_name(part))
        is_text = kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment"
        if is_text and not name:
            text = _text(part)
            texts.append(of_html(text) if kind == "text/html" else text)
        else:
            attachments.append(name or kind)
    return [text for text in texts if text.strip()], attachments


def _file_name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (HeaderParseError, LookupError, ValueError, TypeError):
        return ""


def _leaves(message: Message, depth: int, seen: list[int]) -> Iterator[Message]:
    """Yield the parts that hold something; of alternatives the plainest that says anything."""
    seen[0] += 1
    if depth > DEEPEST or seen[0] > MOST_PARTS:
        return
    if not message.is_multipart() or not message.get_content_type().startswith("multipart/"):
        yield message
        return
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    if message.get_content_type() == "multipart/alternative":
        plain = [part for part in parts if part.get_content_type() == "text/plain" and _text(part).strip()]
        parts = plain[:1] or parts[-1:]
    for part in parts:
        yield from _leaves(part, depth + 1, seen)


def _text(part: Message) -> str:
    """Return a part's text, whatever it says its encoding is."""
    named = str(part.get_param("charset") or "").strip("\"' ").lower()
    # The standard library would read it by that name itself, and some names it cannot bear.
    said = part["Content-Type"]
    del part["Content-Type"]
    payload = part.get_payload(decode=True)
    if said is not None:
        part["Content-Type"] = said
    content = payload[:MOST_TEXT] if isinstance(payload, bytes) else b""
    believed = [named] if ENCODING.fullmatch(named) else []
    for each in (*believed, "utf-8"):
        try:
            return content.decode(each)
        except (LookupError, UnicodeDecodeError):
            continue
    # Programs say UTF-8 or ASCII of whatever they have; other names are mostly true.
    wrong = not believed or named.startswith(("utf", "us-", "ascii"))
    return content.decode("windows-1252" if wrong else named, errors="replace")
