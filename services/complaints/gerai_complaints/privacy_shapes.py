"""What is told of an erasure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Erased:
    """When it was asked or began, when the person went, when the texts and files did; None for not yet."""

    asked_at: datetime
    person_erased_at: datetime | None
    contents_erased_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return it of a row of `erasures`."""
        return cls(
            asked_at=row.asked_at,
            person_erased_at=row.person_erased_at,
            contents_erased_at=row.contents_erased_at,
        )
