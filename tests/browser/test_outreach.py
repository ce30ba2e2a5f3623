"""Outreach in a browser (S1-1, S1-2): supervisors keep the register, everybody reads, prints and reads aloud."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.counters import Counters, SignIn
from tests.support.whole_mall import Mall

Open = Callable[..., Page]
PAGES = (
    "/outreach",
    "/services/immigration/passport-new/brochure",
    "/services/immigration/passport-new/announcement",
    "/services/legal/trademark/brochure",
)
#: A4 less the margins of the sheet, in pixels of 96 to the inch.
PAPER_HEIGHT = 1055
PAPER_WIDTH = 726


def panel(page: Page, name: str) -> Locator:
    """A part of the page."""
    return page.get_by_role("region", name=name, exact=True)


def write_down(page: Page, counters: Counters, day: str = "2026-12-20") -> None:
    """Write a talk on the radio down."""
    page.goto(f"{counters.url}/outreach")
    form = panel(page, "Catat kegiatan")
    form.get_by_label("Kegiatan", exact=True).fill("Bincang paspor")
    form.get_by_label("Hari pertama").fill(day)
    form.get_by_label("Saluran").select_option(label="Siaran radio")
    form.get_by_label("Tempat").fill("Studio")
    form.get_by_label("Kabupaten atau kota").select_option(label="Kabupaten Pandeglang")
    form.get_by_label("Paspor baru").check()
    form.get_by_label("Paspor anak").check()


@pytest.mark.parametrize("scripts", [True, False])
def test_s1_2_an_event_on_the_radio_is_planned_with_its_station(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = sign_in("penyelia", scripts=scripts)
    write_down(page, counters)
    form = panel(page, "Catat kegiatan")
    form.get_by_role("button", name="Simpan kegiatan").click()
    # Refused, and shown as it was filled in.
    expect(form).to_contain_text("Mohon sebutkan stasiun radionya.")
    expect(form.get_by_label("Paspor anak")).to_be_checked()
    form.get_by_label("Stasiun radio").fill("Radio publik Banten")
    form.get_by_role("button", name="Simpan kegiatan").click()
    row = panel(page, "Kegiatan yang akan datang").get_by_role("row").filter(has_text="Bincang paspor")
    for part in (
        "20 Des 2026",
        "Siaran radio: Radio publik Banten",
        "Kabupaten Pandeglang",
        "Paspor baru, Paspor anak",
        "Penyelia Uji",
    ):
        expect(row).to_contain_text(part)


def test_s2_7_a_held_event_is_reported_and_counts_against_the_target(
    counters: Counters, sign_in: SignIn
) -> None:
    page = sign_in("penyelia")
    write_down(page, counters, "2026-11-20")
    panel(page, "Catat kegiatan").get_by_label("Stasiun radio").fill("Radio daerah")
    panel(page, "Catat kegiatan").get_by_role("button", name="Simpan kegiatan").click()
    form = panel(page, "Sasaran setahun")
    form.get_by_label("Jumlah kegiatan").fill("15")
    form.get_by_label("Perintah atau aturan").fill("Rencana kerja")
    form.get_by_label("Alasan").fill("Ditingkatkan tahun ini")
    form.get_by_role("button", name="Tetapkan sasaran").click()
    form = panel(page, "Hasil kegiatan")
    form.get_by_label("Orang yang dijangkau").fill("240")
    form.get_by_label("Alasan").fill("Menurut laporan stasiun")
    form.get_by_role("button", name="Simpan laporan").click()
    expect(panel(page, "Kegiatan yang sudah lewat").get_by_role("row").last).to_contain_text("240")
    year = panel(page, "Kegiatan per tahun").get_by_role("row").filter(has_text="2026")
    expect(year.get_by_role("cell")).to_have_text(["12", "1", "15", "2"])


def test_s1_1_everybody_reads_where_the_agencies_come_next(mall: Mall, open_page: Open) -> None:
    page = open_page(f"{mall.portal}/services/immigration/passport-new", scripts=False)
    page.get_by_role("contentinfo").get_by_role("link", name="Sosialisasi dan brosur").click()
    coming = page.get_by_role("table", name="Kegiatan yang akan datang").get_by_role("row")
    expect(coming.filter(has_text="Sosialisasi di pasar").first).to_contain_text("Kabupaten Lebak")
    page.get_by_role("link", name=re.compile("Brosur untuk dicetak.*Paspor hilang")).click()
    expect(page.get_by_role("heading", name="Paspor hilang", level=1)).to_be_visible()


@pytest.mark.parametrize("service", ["passport-new", "passport-lost", "passport-child"])
def test_s1_2_a_brochure_is_one_sheet_of_paper_without_the_website_around_it(
    mall: Mall, open_page: Open, service: str
) -> None:
    page = open_page(f"{mall.portal}/services/immigration/passport-new")
    page.get_by_role("link", name="Brosur untuk dicetak").click()
    page.goto(f"{mall.portal}/services/immigration/{service}/brochure")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER_WIDTH, "height": PAPER_HEIGHT})
    for around in ("banner", "contentinfo"):
        expect(page.get_by_role(around).first).to_be_hidden()
    expect(page.get_by_role("button", name="Cetak")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollHeight") <= PAPER_HEIGHT
    code = page.get_by_role("img", name="Kode QR menuju")
    assert code.evaluate("image => image.complete && image.naturalWidth > 0")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_outreach_pass_the_rules_of_accessibility(
    counters: Counters,
    sign_in: SignIn,
    mall: Mall,
    open_page: Open,
    violations: Callable[[Page], list[str]],
    width: int,
) -> None:
    page = sign_in("penyelia", width=width)
    write_down(page, counters)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    public = open_page(f"{mall.portal}/outreach", size={"width": width, "height": 900})
    for path in PAGES:
        public.goto(f"{mall.portal}{path}")
        assert violations(public) == [], path
        assert public.evaluate("document.documentElement.scrollWidth") <= width, path
