"""The number of a complaint, which people read to each other. It opens nothing: the token does."""

import re

NUMBER = re.compile(r"P-[0-9]{4}-[0-9]{6,12}")


def format_number(year: int, count: int) -> str:
    """Return `P-2026-000123`: the year of receipt and the count within it."""
    return f"P-{year:04d}-{count:06d}"
