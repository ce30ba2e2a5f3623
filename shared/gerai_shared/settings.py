"""Settings: read from the environment once, as one frozen object, every problem told at once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet
from environs import EnvError, FileAwareEnv
from marshmallow import ValidationError
from marshmallow.validate import Length, OneOf, Range, Regexp

URL_OF_BUS = Regexp(r"^(amqps?://.+|embedded://.+)$", error="must be amqp://… or embedded://…")
URL_OF_DATABASE = Regexp(
    r"^(postgresql\+psycopg2://.+|sqlite:///.+)$",
    error="must be postgresql+psycopg2://… or sqlite:///… (other drivers would stop the event loop)",
)
# Links in mails and codes begin with it, and whether browsers are told to stay with https.
URL_OF_PORTAL = Regexp(
    r"^https?://[^\s/?#]+(/[^\s?#]*)?$", error="must be https://… or http://…, without a query"
)
# Which of them a mall may use, and with what in it, its channel says.
URL_OF_MAIL = Regexp(
    r"^(smtps?|mailbox)://[^\s]+$", error="must be smtp://…, smtps://… or, in demonstrations, mailbox://…"
)
BARE_MAIL_ADDRESS = Regexp(r"^([^\s@<>,+]+@[^\s@<>,]+)?$", error="must be a bare address, without a +")
ADDRESS = Regexp(r"^[^:]+:\d{1,5}$", error="must be host:port")
SHORTEST_SECRET = 32
#: Seconds by which a demonstration may shift its clock: ten years.
FARTHEST_OFFSET = 10 * 365 * 86_400


class InvalidSettings(Exception):
    """Some settings are missing or wrong; the message lists all of them."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a process of Gerai needs to know. Times in seconds."""

    deployment: str
    environment: str = "production"
    bus_url: str = "embedded://mall"
    database_url: str = ""
    http_address: str = "127.0.0.1:8000"
    public_url: str = "http://127.0.0.1:8000"
    secret_key: str = ""
    sealing_keys: tuple[str, ...] = ()
    identity_key: str = ""
    agencies: tuple[str, ...] = ()
    smtp_url: str = ""
    mail_from: str = "antrean@gerai.invalid"
    #: Where complaints come in by e-mail: a bare address, '' where they do not.
    complaints_mail: str = ""
    log_level: str = "INFO"
    clock_offset: timedelta = timedelta(0)
    drain_seconds: float = 20.0
    max_workers: int = 32
    trusted_proxies: int = 0
    body_limit: int = 65_536
    #: Of a site node: the site whose floor it carries, where its agency's centre answers, and its key there.
    node_of: str = ""
    centre_url: str = ""
    node_key: str = ""


class _Reader(FileAwareEnv):
    """Collects unreadable secret files among the other problems."""

    def _get_value(self, env_key: str, default: Any) -> Any:
        try:
            return super()._get_value(env_key, default)
        except ValueError as error:
            self._errors[env_key].append(str(error))
            return ""


def read_settings(deployment: str, *, needs: frozenset[str]) -> Settings:
    """Read the settings of `deployment`. Each variable may also be given as `NAME_FILE`, a file's path.

    `needs` are the names among database, secret, sealing, identity, agencies, smtp that this process
    cannot do without. Raises InvalidSettings with every problem in it.
    """
    env: Any = _Reader(eager=False, prefix="GERAI_", strip_whitespace=True)

    def needed(name: str, default: Any) -> dict[str, Any]:
        return {} if name in needs else {"default": default}

    def some(name: str) -> dict[str, Any]:
        return {"validate": _not_empty} if name in needs else {}

    secret = Length(min=SHORTEST_SECRET, error=f"must have at least {SHORTEST_SECRET} characters")
    secrets = {"validate": secret} if "secret" in needs else {}
    values: dict[str, Any] = {
        "environment": env.str("ENVIRONMENT", "production", validate=OneOf(["production", "demo", "test"])),
        "bus_url": env.str("BUS_URL", "embedded://mall", validate=URL_OF_BUS),
        "database_url": env.str(
            "DATABASE_URL",
            **needed("database", ""),
            **({"validate": URL_OF_DATABASE} if "database" in needs else {}),
        ),
        "http_address": env.str("HTTP_ADDRESS", "127.0.0.1:8000", validate=ADDRESS),
        "public_url": env.str("PUBLIC_URL", "http://127.0.0.1:8000", validate=URL_OF_PORTAL),
        "secret_key": env.str("SECRET_KEY", **needed("secret", ""), **secrets),
        "sealing_keys": env.list("SEALING_KEYS", **needed("sealing", []), **some("sealing")),
        "identity_key": env.str(
            "IDENTITY_KEY", **needed("identity", ""), **({"validate": secret} if "identity" in needs else {})
        ),
        "agencies": env.list("AGENCIES", **needed("agencies", []), **some("agencies")),
        "smtp_url": env.str(
            "SMTP_URL", **needed("smtp", ""), **({"validate": URL_OF_MAIL} if "smtp" in needs else {})
        ),
        "mail_from": env.str("MAIL_FROM", "antrean@gerai.invalid"),
        "complaints_mail": env.str("COMPLAINTS_MAIL", "", validate=BARE_MAIL_ADDRESS),
        "log_level": env.str("LOG_LEVEL", "INFO", validate=OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])),
        "clock_offset": env.float(
            "CLOCK_OFFSET", 0.0, validate=Range(min=-FARTHEST_OFFSET, max=FARTHEST_OFFSET)
        ),
        "drain_seconds": env.float("DRAIN_SECONDS", 20.0, validate=Range(min=0)),
        "max_workers": env.int("MAX_WORKERS", 32, validate=Range(min=1, max=1000)),
        "trusted_proxies": env.int("TRUSTED_PROXIES", 0, validate=Range(min=0, max=5)),
        "body_limit": env.int("BODY_LIMIT", 65_536, validate=Range(min=1024)),
        "node_of": env.str("NODE_OF", ""),
        "centre_url": env.str("CENTRE_URL", ""),
        "node_key": env.str("NODE_KEY", ""),
    }
    problems = _problems(env, values)
    if problems:
        raise InvalidSettings("\n".join(problems))
    values["sealing_keys"] = _entries(values["sealing_keys"])
    values["agencies"] = _entries(values["agencies"])
    values["clock_offset"] = timedelta(seconds=values["clock_offset"])
    return Settings(deployment=deployment, **values)


def _not_empty(value: str | list[str]) -> None:
    if not _entries([value] if isinstance(value, str) else value):
        raise ValidationError("must not be empty")


def _entries(listed: list[str]) -> tuple[str, ...]:
    """What stands between commas, as people write it: with spaces, with a comma at the end."""
    return tuple(entry.strip() for entry in listed if entry.strip())


def _problems(env: Any, values: dict[str, Any]) -> list[str]:
    problems = []
    try:
        env.seal()
    except EnvError as error:
        found: dict[str, list[str]] = getattr(error, "error_messages", {})
        problems = [f"{name}: {' '.join(texts)}" for name, texts in sorted(found.items())] or [str(error)]
    for key in _entries(values["sealing_keys"] or []):
        try:
            Fernet(key)
        except ValueError:
            problems.append("GERAI_SEALING_KEYS: each must be 32 bytes in base64url (see docs/operations.md)")
    if values["node_of"] and not (values["centre_url"] and values["node_key"]):
        problems.append("GERAI_NODE_OF: a site node needs GERAI_CENTRE_URL and GERAI_NODE_KEY, too")
    if values["clock_offset"] and values["environment"] == "production":
        problems.append("GERAI_CLOCK_OFFSET: the clock is not shifted in production")
    return problems
