"""What the bench makes of an officer's clicks."""

from bench.measures.display import CLICKS, WARM_UP, counted


def test_the_first_calls_are_not_counted() -> None:
    """A process that was just started is slow at first, and is not what is measured."""
    seconds = iter([9.0] * WARM_UP + [0.01 * number for number in range(CLICKS, 0, -1)])
    figures = counted(lambda: next(seconds))
    assert len(figures) == CLICKS
    assert figures == sorted(figures)
    assert figures[-1] == 0.01 * CLICKS
