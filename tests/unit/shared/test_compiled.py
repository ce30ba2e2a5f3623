"""Templates are compiled once a process, and never taken for others."""

from gerai_shared.compiled import CompiledTemplates
from jinja2 import DictLoader, Environment


def environment(kept: CompiledTemplates, text: str) -> Environment:
    return Environment(loader=DictLoader({"page.html": text}), autoescape=True, bytecode_cache=kept)


def test_a_second_environment_takes_what_the_first_compiled() -> None:
    kept = CompiledTemplates()
    first = environment(kept, "Loket {{ counter }}").get_template("page.html")
    second = environment(kept, "Loket {{ counter }}").get_template("page.html")
    assert first.render(counter=1) == second.render(counter=1) == "Loket 1"
    assert first.root_render_func.__code__ is second.root_render_func.__code__


def test_a_template_that_says_something_else_is_compiled_anew() -> None:
    kept = CompiledTemplates()
    assert environment(kept, "Loket {{ counter }}").get_template("page.html").render(counter=1) == "Loket 1"
    assert environment(kept, "Meja {{ counter }}").get_template("page.html").render(counter=1) == "Meja 1"


def test_what_one_kind_of_environment_compiled_is_not_seen_by_another() -> None:
    """Filters of constants are worked out by the compiler."""
    told: list[str] = []
    for kept in (CompiledTemplates(), CompiledTemplates()):
        each = environment(kept, "{{ 'text'|said }}")
        each.filters["said"] = [str.upper, str.title][len(told)]
        told.append(each.get_template("page.html").render())
    assert told == ["TEXT", "Text"]
