"""Structured logs, one JSON object a line, without personal data."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from gerai_shared.context import current_context, has_context

# A NIK, a phone number, an e-mail address: never written, whatever field they come in.
# As people write them, too: with spaces or dashes. Our own identifiers, hexadecimal with dashes, stay.
SIXTEEN_DIGITS = re.compile(
    r"(?<![0-9A-Za-z])\d{16}(?![0-9A-Za-z])|(?<![\w-])\d(?:[ -]?\d){15}(?![\w-])",
)
PHONE = re.compile(r"(?<![\w-])(?:\+62|62|0)[ -]?8[1-35-9](?:[ -]?\d){7,10}\b")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
TOKEN = re.compile(r"\b([a-z]+)\.[A-Za-z0-9_-]{43}\b")
PRIVATE_FIELDS = frozenset(
    (
        *("name", "full_name", "nik", "email", "phone", "address", "birth_date"),
        # What opens something, or may hold any of these.
        *("password", "sealed", "token", "body"),
    )
)


def redact(text: str) -> str:
    """Return `text` without identity numbers, phone numbers, e-mail addresses and tokens."""
    text = SIXTEEN_DIGITS.sub("[nik]", text)
    text = EMAIL.sub("[email]", text)
    text = TOKEN.sub(r"\1.[token]", text)
    return PHONE.sub("[phone]", text)


def _without_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    # What begins with an underscore is structlog's own and goes no further.
    return {key: value if key.startswith("_") else _cleaned(key, value) for key, value in event.items()}


def _cleaned(key: str, value: Any) -> Any:
    if key in PRIVATE_FIELDS:
        return "[private]"
    if isinstance(value, dict):
        return {redact(str(inner)): _cleaned(str(inner), held) for inner, held in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned("", item) for item in value]
    if value is None or isinstance(value, bool | float):
        return value
    # Whatever else would be written as its text.
    text = redact(str(value))
    return value if isinstance(value, int) and text == str(value) else text


def _with_context(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if has_context():
        context = current_context()
        event.setdefault("correlation_id", context.correlation_id)
        event.setdefault("trace_id", context.trace_id)
    return event


def configure_logs(*, level: str, deployment: str) -> None:
    """Send the logs of this process to standard error as JSON lines, those of libraries included."""

    def with_deployment(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["deployment"] = deployment
        return event

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        with_deployment,
        _with_context,
        structlog.processors.format_exc_info,
        _without_personal_data,
    ]
    structlog.configure(
        # First: most lines of the level `debug` are never written and should cost nothing.
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # These tell of every frame and every request; ours tell what matters.
    for noisy in ("amqp", "kombu", "nameko", "eventlet", "alembic", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # Every error of a worker is logged where it is answered, with less of what people typed.
    logging.getLogger("nameko.containers").setLevel(logging.CRITICAL)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
