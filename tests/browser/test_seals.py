"""The Ombudsman reads the complaints desk on record (S0-8), and everybody the seals of its record."""

from collections.abc import Callable

import requests
from playwright.sync_api import Page, expect

from tests.support.whole_mall import Mall

Open = Callable[..., Page]
FIELDS = {
    "classification": "complaint",
    "title": "Kursi roda tidak tersedia",
    "text": "Di pintu masuk tidak ada kursi roda yang dapat dipinjam.",
    "agency": "mall",
    "anonymous": True,
    "confidential": True,
    "person": {},
}


def fits(page: Page, violations: Callable[[Page], list[str]]) -> None:
    """Refuse what is wrong for a reader with a telephone, or with a screen reader."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert violations(page) == [], page.url


def test_s0_8_an_overseer_reads_a_confidential_case_and_everybody_the_seals(
    mall: Mall, open_page: Open, violations: Callable[[Page], list[str]]
) -> None:
    filed = requests.post(
        f"{mall.portal}/api/v1/complaints", json=FIELDS, headers={"Idempotency-Key": "kursi-roda"}, timeout=15
    )
    assert filed.status_code == 201, filed.text
    number = filed.json()["number"]
    page = open_page(f"{mall.complaints}/cases", size={"width": 1280, "height": 900})
    page.get_by_label("Nama pengguna").fill("ombudsman")
    page.get_by_label("Kata sandi").fill(mall.password)
    page.get_by_role("button", name="Masuk").click()
    page.goto(f"{mall.complaints}/cases?number={number}")
    page.get_by_role("link", name=number).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FIELDS["title"])
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    page.get_by_role("link", name="Pengawas luar").click()
    expect(page.get_by_role("row").filter(has_text=f"/cases/{number}")).to_have_count(1)
    fits(page, violations)
    page.goto(f"{mall.portal}/audit-heads")
    expect(page.get_by_role("heading", level=1)).to_have_text("Segel catatan pengaduan")
    expect(page.get_by_role("row")).not_to_have_count(0)
    fits(page, violations)
