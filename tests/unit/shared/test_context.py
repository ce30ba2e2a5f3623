"""Work carries its identifiers on; what is malformed is replaced, never passed on."""

import pytest
from gerai_shared.context import current_context, has_context, new_context, working_in
from gerai_shared.ids import is_id
from hypothesis import given
from hypothesis import strategies as st

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"

hexadecimal = st.text("0123456789abcdef", min_size=32, max_size=32).filter(lambda text: text.strip("0"))


@given(hexadecimal, hexadecimal)
def test_a_trace_goes_on_under_a_new_span(trace: str, span: str) -> None:
    parent = f"00-{trace}-{span[:15]}1-01"
    context = new_context(traceparent=parent)
    assert context.trace_id == trace
    assert context.span_id != f"{span[:15]}1"
    assert new_context(traceparent=context.traceparent).trace_id == trace


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        "",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"01-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        "'; DROP TABLE tickets",
    ],
)
def test_a_malformed_trace_is_replaced(malformed: str | None) -> None:
    context = new_context(traceparent=malformed)
    assert context.trace_id != TRACE
    assert context.trace_id.strip("0")
    assert len(context.traceparent) == 55


@pytest.mark.parametrize("given_id", ["request-0001", "a" * 64, "0193a8c0-0000-7000-8000-000000000001"])
def test_a_proper_correlation_id_is_kept(given_id: str) -> None:
    assert new_context(correlation_id=given_id).correlation_id == given_id


@pytest.mark.parametrize(
    "malformed", [None, "", "short", "a" * 65, "two words", "line\nbreak", "kesalahan-é"]
)
def test_a_malformed_correlation_id_is_replaced(malformed: str | None) -> None:
    assert is_id(new_context(correlation_id=malformed).correlation_id)


def test_work_in_a_context_sees_it_and_the_outer_one_returns() -> None:
    assert not has_context()
    outer, inner = new_context(), new_context()
    with working_in(outer):
        with working_in(inner):
            assert current_context() is inner
        assert current_context() is outer
    assert not has_context()


def test_an_error_inside_ends_the_context_too() -> None:
    with pytest.raises(ValueError, match="inside"), working_in(new_context()):
        raise ValueError("inside")
    assert not has_context()


def test_work_without_a_context_gets_a_new_one_each_time() -> None:
    assert current_context() != current_context()
