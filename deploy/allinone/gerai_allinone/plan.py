"""What belongs to a mall on one machine: deployments, ports, secrets, and what time it is there."""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from gerai_shared.workdays import WorkCalendar

AGENCIES = ("immigration", "legal")
MALL_ZONE = ZoneInfo("Asia/Jakarta")
MORNING = time(9, 5)
OPEN_FROM, OPEN_UNTIL = time(8, 0), time(14, 0)


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where each part of the mall answers."""

    gateway: int = 8000
    immigration: int = 8101
    legal: int = 8102
    complaints: int = 8103
    notifications: int = 8104

    @classmethod
    def parse(cls, text: str) -> "Ports":
        """Return the ports in `8000,8101,8102,8103,8104`. Raises ValueError."""
        numbers = [int(part) for part in text.split(",")]
        names = list(cls.__dataclass_fields__)
        if len(numbers) != len(names) or not all(0 < number < 65_536 for number in numbers):
            raise ValueError(f"five ports are needed, for {', '.join(names)}")
        return cls(**dict(zip(names, numbers, strict=True)))


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """Made up at the first start and kept in the data folder, readable by its owner alone."""

    secret_key: str
    sealing_key: str
    identity_key: str
    demo_password: str

    @classmethod
    def of(cls, folder: Path) -> "Secrets":
        """Return the secrets of a data folder, made now if it has none."""
        file = folder / "secrets.json"
        if file.exists():
            return cls(**json.loads(file.read_text()))
        made = cls(
            secret_key=secrets.token_urlsafe(48),
            sealing_key=Fernet.generate_key().decode(),
            identity_key=secrets.token_urlsafe(48),
            # Handed to commands as an argument: one that begins with a dash would be taken for an option.
            demo_password=secrets.token_hex(9),
        )
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(made)))
        return made


def clock_offset(folder: Path, *, now: datetime) -> timedelta:
    """Return by how much the demonstration's clock is ahead.

    A real mall is closed at night and on holidays; a newcomer should be able to try the whole errand
    at any hour. Within opening hours the clock is right; otherwise it shows the morning of the next
    working day. It is kept in the data folder and never goes back, because the data would not.
    """
    file = folder / "clock.json"
    kept = timedelta(seconds=json.loads(file.read_text())["offset"]) if file.exists() else timedelta(0)
    offset = kept if _is_open(now + kept) else _next_morning(now + kept) - now
    file.write_text(json.dumps({"offset": offset.total_seconds()}))
    return offset


def _is_open(moment: datetime) -> bool:
    local = moment.astimezone(MALL_ZONE)
    return WorkCalendar().is_working_day(local.date()) and OPEN_FROM <= local.time() < OPEN_UNTIL


def _next_morning(moment: datetime) -> datetime:
    local = moment.astimezone(MALL_ZONE)
    day = local.date()
    if not WorkCalendar().is_working_day(day) or local.time() >= OPEN_FROM:
        day = WorkCalendar().add_working_days(day, 1)
    return datetime.combine(day, MORNING, MALL_ZONE).astimezone(UTC)
