"""Services that tests start and stop by the thousand."""

import inspect
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

from gerai_shared.bus import listener
from nameko import extensions
from werkzeug.routing import Rule

STOPS_WITHIN_SECONDS = 0.05


def serve_quickly() -> None:
    """Have services of this process start and stop without what only costs a long-lived one nothing.

    Each HTTP service compiles how addresses of its routes are built, which none of ours ever does: a tenth of
    a second for the gateway's. nameko looks twice at each attribute of each entrypoint for extensions, of
    which it has hardly any. And a service that stops waits until its listener looks up.
    """
    listener.TICK_SECONDS = STOPS_WITHIN_SECONDS
    extensions.inspect = SimpleNamespace(
        getmembers=extensions_of,
        getcallargs=inspect.getcallargs,  # all that nameko asks it there
    )
    compile_builder = Rule._compile_builder
    built: dict[object, Callable[..., Any]] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        # What a builder is made of; the rule itself it gets when it is called.
        parts = (tuple(rule._trace), append_unknown, str(rule.defaults))
        if parts not in built:
            built[parts] = compile_builder(rule, append_unknown)
        return built[parts]

    Rule._compile_builder = compile_once  # type: ignore[method-assign,assignment]


def extensions_of(extension: extensions.Extension, wanted: Callable[[Any], bool]) -> list[tuple[str, Any]]:
    """Do what `inspect.getmembers` does, looking only where an extension can be: names and values, by name."""
    names = sorted(vars(extension).keys() | _promising(type(extension)))
    return [(name, value) for name in names if wanted(value := getattr(extension, name, None))]


@cache
def _promising(kind: type) -> frozenset[str]:
    """Attributes of a class that are an extension, or say what they are only when they are read."""
    found = {name: inspect.getattr_static(kind, name, None) for name in dir(kind)}
    return frozenset(
        name
        for name, value in found.items()
        if isinstance(value, (extensions.Extension, property)) or inspect.isgetsetdescriptor(value)
    )
