"""Figures of demand by district, fit to be shown: small numbers could point at somebody. Standard library."""

from collections.abc import Mapping
from dataclasses import dataclass

#: Fewer people than these are not told as a number.
LEAST_SHOWN = 5
UNKNOWN = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One district (kecamatan) and how many came from it; `count` is None where they are fewer than five."""

    district: str
    count: int | None


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Demand of a regency: rows with the most first, small ones last; `shown` adds up those that are told.

    The whole is not told where small ones are kept back: it would give them away by subtraction. `is_whole`
    says that nothing was kept back.
    """

    rows: tuple[Row, ...]
    shown: int

    @property
    def is_whole(self) -> bool:
        """Whether every number is told."""
        return all(row.count is not None for row in self.rows)


def district_of(origin: str | None, district: str | None) -> str:
    """Return the district where it lies in the regency its holder is said to come from, else UNKNOWN.

    A better word about the regency, given by an officer, goes before what the NIK says.
    """
    if origin and district and district.startswith(f"{origin}."):
        return district
    return UNKNOWN


def demand(counts: Mapping[str, int], *, least: int = LEAST_SHOWN) -> Demand:
    """Return counts by district as they may be shown."""
    told = [
        Row(district=district, count=count if count >= least else None)
        for district, count in counts.items()
        if count > 0
    ]
    rows = sorted(told, key=lambda row: (row.count is None, -(row.count or 0), row.district))
    return Demand(rows=tuple(rows), shown=sum(row.count or 0 for row in rows))
