"""Every row of the founding articles has an acceptance test that is named by it."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1] / "integration"
NAME = re.compile(r"^def test_((?:s\d_\d+_)+)", re.MULTILINE)
ROW = re.compile(r"s(\d)_(\d+)_")
#: By article: Serang 2021, Serang 2018, Gorontalo 2019, Serang 2020, Lebak.
ROWS = {"0": range(1, 9), "1": range(1, 11), "2": range(1, 12), "3": range(1, 7), "4": range(1, 9)}


@pytest.fixture(scope="module")
def named() -> set[tuple[str, int]]:
    """The rows after which a test is named."""
    texts = [path.read_text() for path in TESTS.rglob("test_*.py")]
    names = [name for text in texts for name in NAME.findall(text)]
    return {(article, int(row)) for name in names for article, row in ROW.findall(name)}


@pytest.mark.parametrize("article", ROWS)
def test_each_row_has_a_test_named_by_it(article: str, named: set[tuple[str, int]]) -> None:
    assert {(article, row) for row in ROWS[article]} <= named
