"""How much one asker may ask. Generous: a whole mall, or a whole mobile network, may share one address."""

from dataclasses import dataclass

from environs import EnvError, FileAwareEnv
from gerai_shared.settings import InvalidSettings
from marshmallow.validate import Range

WRITES_PER_MINUTE = 300
READS_FOR_ONE_WRITE = 10
WISHES_FOR_ONE_WRITE = 2


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is allowed in a minute, and how many may listen.

    `writes`, `reads` and `uploads` of files are for one address, `identity_writes` for one person,
    `client_writes` for one program that reports; `listeners` to live streams are counted in all and for one
    address. From `rush` wishes for places of one agency on, devices have to solve a task.
    """

    writes: int = WRITES_PER_MINUTE
    reads: int = WRITES_PER_MINUTE * READS_FOR_ONE_WRITE
    identity_writes: int = 20
    uploads: int = 60
    client_writes: int = 60
    rush: int = WRITES_PER_MINUTE * WISHES_FOR_ONE_WRITE
    listeners: int = 2_000
    listeners_per_address: int = 500


def read_limits() -> Limits:
    """Read the limits from the environment.

    GERAI_RATE_LIMIT_PER_MINUTE (writes; ten times as many reads), GERAI_LISTENERS, and GERAI_RUSH_PER_MINUTE,
    which is twice the writes when it is not set.

    Raises InvalidSettings.
    """
    env = FileAwareEnv(eager=False, prefix="GERAI_", strip_whitespace=True)
    writes = env.int("RATE_LIMIT_PER_MINUTE", WRITES_PER_MINUTE, validate=Range(min=1))
    listeners = env.int("LISTENERS", Limits.listeners, validate=Range(min=1))
    rush = env.int("RUSH_PER_MINUTE", (writes or 1) * WISHES_FOR_ONE_WRITE, validate=Range(min=1))
    try:
        env.seal()
    except EnvError as error:
        found: dict[str, list[str]] = getattr(error, "error_messages", {})
        problems = [f"{name}: {' '.join(texts)}" for name, texts in sorted(found.items())]
        raise InvalidSettings("\n".join(problems) or str(error)) from error
    return Limits(writes=writes, reads=writes * READS_FOR_ONE_WRITE, listeners=listeners, rush=rush)
