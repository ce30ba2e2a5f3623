"""Overseers at the counters and everybody at the portal look on (S0-8), in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.counters import SITE, Counters
from tests.browser.officers import PASSWORD
from tests.support.whole_mall import Mall

Open = Callable[..., Page]
READ = (
    "/oversight",
    f"/oversight/plan/{SITE}",
    "/oversight/grants",
    "/oversight/orders",
    f"/oversight/visits/{SITE}",
    f"/oversight/estimates/{SITE}",
    "/oversight/outages",
    "/oversight/opened",
)


@pytest.fixture
def overseer(counters: Counters, open_page: Open) -> Callable[..., Page]:
    """A function that signs the Ombudsman in."""

    def signed_in(*, width: int = 1280, scripts: bool = True) -> Page:
        page = open_page(f"{counters.url}/", size={"width": width, "height": 900}, scripts=scripts)
        page.get_by_label("Nama pengguna").fill("ombudsman")
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        page.wait_for_url("**/oversight")
        return page

    return signed_in


@pytest.mark.parametrize("scripts", [True, False])
def test_s0_8_an_overseer_reads_from_the_hub_and_finds_nothing_to_press(
    overseer: Callable[..., Page], *, scripts: bool
) -> None:
    page = overseer(scripts=scripts)
    expect(page.get_by_role("main")).to_contain_text("Pengawas (Ombudsman), hanya baca")
    expect(page.get_by_role("link", name="Loket", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Rencana dan kuota").click()
    expect(page.get_by_role("region", name="Kuota", exact=True)).to_contain_text("Data contoh")
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    page.get_by_role("link", name="Pengawasan").first.click()
    page.get_by_role("link", name="Yang dibuka pengawas").click()
    expect(page.get_by_role("row").filter(has_text=f"/oversight/plan/{SITE}")).to_have_count(1)


def test_s0_8_what_is_not_for_overseers_says_so(counters: Counters, overseer: Callable[..., Page]) -> None:
    page = overseer()
    answer = page.goto(f"{counters.url}/counters")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("main")).to_contain_text("Akun Anda hanya membaca apa yang dibuka bagi pengawas.")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_overseers_pass_the_rules_of_accessibility(
    counters: Counters,
    overseer: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    width: int,
) -> None:
    page = overseer(width=width)
    for path in READ:
        page.goto(f"{counters.url}{path}")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("scripts", [True, False])
def test_s0_8_everybody_finds_how_the_mall_does(mall: Mall, open_page: Open, *, scripts: bool) -> None:
    page = open_page(mall.portal, scripts=scripts)
    page.get_by_role("contentinfo").get_by_role("link", name="Kinerja mal ini").click()
    expect(page.get_by_role("heading", name="Kinerja mal ini", level=1)).to_be_visible()
    page.get_by_text("Per bulan: Mal Pelayanan Publik Lebak").first.click()
    months = page.locator("details[open]").get_by_role("row")
    expect(months.filter(has_text="Desember 2026")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="kunjungan", exact=True).click()
    assert download.value.suggested_filename.startswith("oversight-visits-")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_public_page_passes_the_rules_of_accessibility(
    mall: Mall, open_page: Open, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = open_page(f"{mall.portal}/oversight", size={"width": width, "height": 900})
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
