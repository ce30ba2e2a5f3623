"""The road map in a browser: supervisors plan it, and everybody reads it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.counters import SITE, Counters, SignIn
from tests.support.whole_mall import Mall

Open = Callable[..., Page]
WHY = "Gedung belum selesai"


def panel(page: Page, name: str) -> Locator:
    """A part of the page."""
    return page.get_by_role("region", name=name, exact=True)


def plan_counter(page: Page, counters: Counters) -> None:
    """Put counters for stay permits on the road map."""
    page.goto(f"{counters.url}/road-map/{SITE}")
    form = panel(page, "Rencanakan loket")
    form.get_by_label("Layanan").select_option(label="Izin tinggal")
    form.get_by_label("Dibuka paling lambat").fill("2027-03-01")
    form.get_by_label("Penanggung jawab tugas").fill("Kepala Kantor Imigrasi")
    form.get_by_label("Perintah atau aturan").fill("Peta jalan mal")
    form.get_by_label("Alasan").fill("Banyak warga asing di selatan")
    form.get_by_role("button", name="Masukkan ke peta jalan").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_counter_is_planned_and_postponed_with_a_reason(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = sign_in("penyelia", scripts=scripts)
    plan_counter(page, counters)
    entries = panel(page, "Loket yang direncanakan")
    expect(entries.get_by_role("row").filter(has_text="Izin tinggal")).to_contain_text("1 Maret 2027")
    form = panel(page, "Ubah rencana loket")
    form.get_by_label("Status").select_option(label="Ditunda")
    form.get_by_label("Dibuka paling lambat").fill("2027-06-01")
    form.get_by_label("Alasan").fill(WHY)
    form.get_by_role("button", name="Simpan perubahan").click()
    row = entries.get_by_role("row").filter(has_text="Izin tinggal")
    for part in ("1 Juni 2027", "Ditunda", WHY, "Kepala Kantor Imigrasi"):
        expect(row).to_contain_text(part)


def test_everybody_reads_what_opens_when(mall: Mall, open_page: Open) -> None:
    page = open_page(f"{mall.portal}/sites/{SITE}", size={"width": 1280, "height": 900})
    page.get_by_role("link", name="Loket mana dibuka kapan").click()
    expect(page.get_by_role("heading", name="Peta jalan")).to_be_visible()
    main = page.get_by_role("main")
    for part in ("Paspor", "Kekayaan intelektual", "Administrasi hukum umum", "Sudah dibuka"):
        expect(main).to_contain_text(part)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_road_map_passes_the_rules_of_accessibility(
    counters: Counters,
    sign_in: SignIn,
    mall: Mall,
    open_page: Open,
    violations: Callable[[Page], list[str]],
    width: int,
) -> None:
    page = sign_in("penyelia", width=width)
    plan_counter(page, counters)
    public = open_page(f"{mall.portal}/sites/{SITE}/road-map", size={"width": width, "height": 900})
    for each in (page, public):
        assert violations(each) == []
        assert each.evaluate("document.documentElement.scrollWidth") <= width
