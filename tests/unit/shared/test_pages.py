"""Pages of a process."""

import os
from pathlib import Path

import pytest
from gerai_shared.pages import Pages, date_span, month_span
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request


def test_a_page_stays_as_it_was_when_its_process_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release that is installed over a running one must not be half in force."""
    template = tmp_path / "gerai_example" / "templates" / "page.html"
    template.parent.mkdir(parents=True)
    (tmp_path / "gerai_example" / "__init__.py").touch()
    template.write_text("before")
    monkeypatch.syspath_prepend(tmp_path)
    pages = Pages(package="gerai_example", site_name="Example", secure_cookies=False)
    request = Request(EnvironBuilder().get_environ())
    assert pages.render(request, "page.html").get_data(as_text=True) == "before"
    template.write_text("after")
    os.utime(template, (0, 0))
    assert pages.render(request, "page.html").get_data(as_text=True) == "before"


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("2026-01", "2026-12", "Januari–Desember 2026"),
        ("2026-12", "2026-12", "Desember 2026"),
    ],
)
def test_months_are_named_together(first: str, last: str, name: str) -> None:
    assert month_span(first, last, language="id") == name


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("2026-12-07", "2026-12-13", "7–13 Des 2026"),
        ("2026-12-07", "2026-12-07", "7 Des 2026"),
    ],
)
def test_days_are_named_together(first: str, last: str, name: str) -> None:
    assert date_span(first, last, language="id") == name
