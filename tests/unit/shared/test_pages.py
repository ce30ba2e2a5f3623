"""Pages of a process."""

import os
from pathlib import Path

import pytest
from gerai_shared.pages import Pages
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
