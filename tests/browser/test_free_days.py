"""The free days of a whole place, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

SIZES = [{"width": width, "height": 900} for width in (390, 1280, 1920)]


@pytest.mark.parametrize("scripts", [True, False])
def test_whoever_can_come_on_any_day_finds_one_and_its_hours(mall, open_page, scripts) -> None:
    phone = open_page(f"{mall.portal}/sites/mpp-lebak", size=PHONE, scripts=scripts)
    phone.get_by_role("link", name="Hari kosong terdekat setiap layanan").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Hari kosong")
    service = phone.get_by_role("row").filter(has_text="Paspor baru")
    day = service.get_by_role("listitem").first.get_by_role("link")
    shown = day.inner_text()
    day.click()
    expect(phone.get_by_role("group", name=re.compile(re.escape(shown.split(",")[0]))).first).to_be_visible()
    assert phone.locator("input[name=slot_id]:not([disabled])").count() > 0


@pytest.mark.parametrize("size", SIZES, ids=[str(size["width"]) for size in SIZES])
def test_the_free_days_pass_the_rules_of_accessibility(mall, open_page, violations, size) -> None:
    page = open_page(f"{mall.portal}/sites/mpp-lebak/free-days", size=size)
    assert page.get_by_role("table").count() == 2
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
