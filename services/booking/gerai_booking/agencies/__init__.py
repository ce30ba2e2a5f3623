"""The agencies of the mall: one module each, with a function `agency(today)` that builds its catalogue."""

from datetime import date
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

from gerai_booking.rules.catalogue import Agency

SHARED_BETWEEN_AGENCIES = frozenset({"fairness", "sites"})


class UnknownAgency(LookupError):
    """No agency has this name."""


def available() -> tuple[str, ...]:
    """The names of the agencies that can be deployed, in alphabetical order."""
    return tuple(
        sorted(module.name for module in iter_modules(__path__) if module.name not in SHARED_BETWEEN_AGENCIES)
    )


def load(slug: str, today: date) -> Agency:
    """Builds the catalogue of one agency as it stands on `today`. Raises UnknownAgency."""
    if slug not in available():
        raise UnknownAgency(f"there is no agency {slug!r}; there are {', '.join(available())}")
    return cast(Agency, import_module(f"{__name__}.{slug}").agency(today))
