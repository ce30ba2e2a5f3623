"""Every row of the founding articles that is about booking has an acceptance test that is named by it."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1] / "integration"
NAME = re.compile(r"^def test_s(\d)_(\d+)_", re.MULTILINE)
#: By article: Serang 2021, Serang 2018, Gorontalo 2019, Serang 2020, Lebak. Rows about complaints stand elsewhere.
ROWS = {"0": (4, 5, 6, 7), "1": range(3, 11), "2": range(3, 7), "3": range(1, 7), "4": range(1, 9)}


@pytest.fixture(scope="module")
def named() -> set[tuple[str, int]]:
    """The rows after which a test is named."""
    texts = [path.read_text() for path in TESTS.rglob("test_*.py")]
    return {(article, int(row)) for text in texts for article, row in NAME.findall(text)}


@pytest.mark.parametrize("article", ROWS)
def test_each_row_has_a_test_named_by_it(article: str, named: set[tuple[str, int]]) -> None:
    assert {(article, row) for row in ROWS[article]} <= named
