"""What is written for people: links lead somewhere, decisions are short and numbered."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text())
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_why_what_and_what_follows(decision: Path) -> None:
    text = decision.read_text()
    assert text.startswith(f"# {int(decision.name[:4])}. ")
    assert text.index("\n\n**Decision.**") < text.index("\n\n**So**")
    assert len(text.split()) < 250


def test_the_picture_has_words_for_those_who_do_not_see_it() -> None:
    picture = ET.parse(ROOT / "docs" / "architecture.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert picture.findtext(f"{space}title")
    assert picture.findtext(f"{space}desc")


def test_the_readme_shows_every_picture_that_is_kept() -> None:
    kept = {path.name for path in (ROOT / "docs" / "screenshots").iterdir()}
    assert set(re.findall(r"docs/screenshots/([\w.-]+)", (ROOT / "README.md").read_text())) == kept


def test_the_readme_gives_the_addresses_and_officers_of_the_first_run() -> None:
    readme = (ROOT / "README.md").read_text()
    code = (ROOT / "deploy" / "allinone" / "gerai_allinone" / "__main__.py").read_text()
    for port in (8000, 8101, 8102, 8103, 8104):
        assert f"http://127.0.0.1:{port}/" in readme
    for officer in ("petugas", "penyelia", "pengaduan", "pengawas"):
        assert f"`{officer}`" in readme
        assert officer in code


def test_the_readme_names_targets_that_make_knows() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):.*##", (ROOT / "Makefile").read_text()))
    named = set(re.findall(r"(?m)^make ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert named
    assert named <= targets
