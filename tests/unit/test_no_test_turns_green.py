"""No test of this stage imports a command: that makes the whole process green, and threads of later tests hang."""

import re
from pathlib import Path

IMPORT = re.compile(
    r"^\s*(?:from|import) gerai_\w+(?:\.\w+)*\.__main__\b|^\s*from gerai_\w+ import __main__", re.MULTILINE
)


def test_no_unit_test_imports_a_command_of_a_service() -> None:
    assert IMPORT.search("from gerai_complaints.__main__ import main")
    texts = {path.name: path.read_text() for path in Path(__file__).parent.rglob("*.py")}
    assert [name for name, text in texts.items() if IMPORT.search(text)] == []
