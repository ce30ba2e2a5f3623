"""A form of officers that is refused: what is wrong stands above the page and leads to the fields."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.counters import SITE, Counters, SignIn

#: Address, what is typed, the first field that is wrong, and what its summary says.
REFUSED = [
    (
        f"/plan/{SITE}",
        {"quota_places": "-4", "quota_basis": "Surat kepala kantor", "quota_why": "x"},
        "quota_places",
        "Tempat per hari: Jumlah tempat antara 0 dan 10.000.",
    ),
    (
        f"/plan/{SITE}",
        {"restriction_region": "11.01", "restriction_basis": "Instruksi", "restriction_why": "Karena diuji"},
        "restriction_region",
        "Wilayah: Tidak ada lokasi layanan instansi ini di wilayah itu",
    ),
    (
        "/outages",
        {"outage_started_at": "2030-01-01T10:00", "outage_why": "Karena diuji"},
        "outage_started_at",
        "Sejak: Saat itu belum tiba",
    ),
]


@pytest.mark.parametrize(("address", "typed", "wrong", "said"), REFUSED)
def test_the_summary_has_the_focus_and_leads_to_the_field_that_is_wrong(
    counters: Counters, sign_in: SignIn, address: str, typed: dict[str, str], wrong: str, said: str
) -> None:
    page = sign_in("penyelia")
    page.goto(f"{counters.url}{address}")
    for name, value in typed.items():
        page.locator(f"#field-{name}").fill(value)
    form = page.locator("form", has=page.locator(f"#field-{wrong}"))
    form.evaluate("form => { form.noValidate = true; }")
    form.get_by_role("button").click()

    summary = page.locator("main > :first-child #error-summary")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Kesalahan: "))
    link = summary.get_by_role("link").first
    expect(link).to_contain_text(said)
    link.click()
    field = page.locator(f"#field-{wrong}")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert f"error-{wrong}" in (field.get_attribute("aria-describedby") or "").split()
    expect(page.locator(f"#error-{wrong}")).to_be_visible()
    for name, value in typed.items():
        expect(page.locator(f"#field-{name}")).to_have_value(value)
