"""Services that tests start and stop by the thousand."""

from collections.abc import Callable
from typing import Any

from gerai_shared.bus import listener
from werkzeug.routing import Rule

STOPS_WITHIN_SECONDS = 0.05


def serve_quickly() -> None:
    """Have services of this process start and stop without what only costs a long-lived one nothing.

    Each HTTP service compiles how addresses of its routes are built, which none of ours ever does: a tenth of
    a second for the gateway's. And a service that stops waits until its listener looks up.
    """
    listener.TICK_SECONDS = STOPS_WITHIN_SECONDS
    compile_builder = Rule._compile_builder
    built: dict[object, Callable[..., Any]] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        # What a builder is made of; the rule itself it gets when it is called.
        parts = (tuple(rule._trace), append_unknown, str(rule.defaults))
        if parts not in built:
            built[parts] = compile_builder(rule, append_unknown)
        return built[parts]

    Rule._compile_builder = compile_once  # type: ignore[method-assign,assignment]
