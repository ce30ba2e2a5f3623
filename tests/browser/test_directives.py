"""The centre closes offices and opens them again, supervisors look on and keep the calendar; in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.counters import SITE, Counters, SignIn

NUMBER = "IMI-0001.GR.01.01"
REASON = "Kantor ditutup karena banjir"
SECRET_PASSAGE = "document.querySelectorAll('form').forEach((form) => (form.noValidate = true))"


def orders(page: Page, counters: Counters) -> Page:
    """Open the page of orders."""
    page.goto(f"{counters.url}/directives")
    return page


def write_down(page: Page, *, first: str = "2026-12-01", last: str = "2026-12-01") -> None:
    """Fill in an order that closes the mall, and send it."""
    form = page.get_by_role("region", name="Catat perintah")
    form.get_by_label("Nomor perintah").fill(NUMBER)
    form.get_by_label("Penerbit").fill("Direktorat Jenderal Imigrasi")
    form.get_by_label("Cakupan").select_option(label="Mal Pelayanan Publik Lebak")
    form.get_by_label("Hari pertama").fill(first)
    form.get_by_label("Hari terakhir").fill(last)
    form.get_by_label("Alasan penutupan, dalam bahasa Indonesia").fill(REASON)
    form.get_by_role("button", name="Lihat siapa yang terkena").click()
    page.wait_for_url("**/directives/*")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_centre_sees_whom_an_order_hits_closes_and_undoes_it(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    page = orders(sign_in("pusat", scripts=scripts), counters)
    write_down(page)
    hit = page.get_by_role("region", name="Siapa yang terkena")
    expect(hit.get_by_role("row").filter(has_text="Paspor baru").first).to_contain_text("5")
    hit.get_by_text("Nomor dan jam").first.click()
    expect(hit.get_by_role("row").filter(has_text="A-001")).to_contain_text("Wa*** Uj* 1*")
    page.get_by_label("Pindahkan ke jam kosong pertama").check()
    page.get_by_role("button", name="Tutup dengan perintah ini").click()
    expect(page.get_by_text("Berlaku", exact=True)).to_be_visible()
    done = page.get_by_role("region", name="Tindak lanjut bagi yang sudah memesan")
    expect(done.get_by_role("row").filter(has_text="A-001")).to_contain_text("Rab, 2 Des, 08.00")
    refused = counters.post("walk-ins", "closed", site=SITE, service="passport-new")
    assert (refused.status_code, refused.json()["code"]) == (409, "closed_by_order")
    assert NUMBER in refused.text
    undoing = page.get_by_role("region", name="Cabut perintah")
    undoing.get_by_label("Alasan").fill("Banjir sudah surut")
    undoing.get_by_role("button", name="Cabut perintah ini").click()
    expect(done.get_by_role("row").filter(has_text="A-001")).to_contain_text("Diberi tahu sudah dibuka")
    expect(page.get_by_role("region", name="Isi perintah")).to_contain_text("Banjir sudah surut")
    assert counters.walk_in("open") != ""


def test_a_supervisor_looks_at_orders_and_gives_none_and_an_officer_sees_none(
    counters: Counters, sign_in: SignIn
) -> None:
    write_down(orders(sign_in("pusat"), counters))
    supervisor = sign_in("penyelia")
    supervisor.get_by_role("link", name="Kelola").click()
    supervisor.get_by_role("link", name="Perintah penutupan").click()
    supervisor.get_by_role("link", name=NUMBER).click()
    expect(supervisor.get_by_role("region", name="Siapa yang terkena")).to_be_visible()
    expect(supervisor.get_by_role("button", name="Tutup dengan perintah ini")).to_have_count(0)
    expect(orders(supervisor, counters).get_by_role("button", name="Lihat siapa yang terkena")).to_have_count(
        0
    )
    answer = sign_in().goto(f"{counters.url}/directives")
    assert answer is not None
    assert answer.status == 403


def test_the_centre_finds_its_orders_and_not_the_plan(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in("pusat")
    page.get_by_role("link", name="Kelola").click()
    expect(page.get_by_role("link", name="Perintah penutupan")).to_be_visible()
    expect(page.get_by_role("link", name="Rencana tempat")).to_have_count(0)


def test_a_refused_order_keeps_what_was_typed_and_says_what_is_wrong(
    counters: Counters, sign_in: SignIn
) -> None:
    page = orders(sign_in("pusat"), counters)
    page.evaluate(SECRET_PASSAGE)
    form = page.get_by_role("region", name="Catat perintah")
    form.get_by_label("Nomor perintah").fill(NUMBER)
    form.get_by_label("Penerbit").fill("P")
    form.get_by_label("Paspor baru").check()
    form.get_by_role("button", name="Lihat siapa yang terkena").click()
    expect(form.get_by_text("Mohon sebutkan kantor penerbit perintah.")).to_be_visible()
    expect(form.get_by_label("Nomor perintah")).to_have_value(NUMBER)
    expect(form.get_by_label("Paspor baru")).to_be_checked()


def test_a_supervisor_opens_a_saturday_and_cannot_leave_out_who_has_booked(
    counters: Counters, sign_in: SignIn
) -> None:
    page = sign_in("penyelia")
    page.goto(f"{counters.url}/calendar/{SITE}")
    days = page.get_by_role("region", name="Hari-hari mendatang")
    # Weeks are folded but for the first; what is unlike others in them is told.
    days.locator("summary").filter(has_text="21–27 Des 2026").click()
    expect(days.get_by_role("row").filter(has_text="25 Desember 2026")).to_contain_text("Hari Raya Natal")

    def open_day(day: str, opens: str, closes: str) -> None:
        form = page.get_by_role("region", name="Buka hari, atau ubah jamnya")
        form.get_by_label("Hari", exact=True).fill(day)
        form.get_by_label("Buka", exact=True).fill(opens)
        form.get_by_label("Tutup", exact=True).fill(closes)
        form.get_by_label("Perintah atau aturan").fill("Surat bupati 12/2026")
        form.get_by_label("Alasan perubahan").fill("Antrean menjelang libur")
        form.get_by_role("button", name="Buka pada jam ini").click()

    open_day("2026-12-05", "08:00", "12:00")
    saturday = days.get_by_role("row").filter(has_text="Sabtu, 5 Desember 2026")
    expect(saturday).to_contain_text("08.00–12.00")
    expect(saturday).to_contain_text("Surat bupati 12/2026")
    expect(page.get_by_role("region", name="Perubahan terakhir")).to_contain_text("Penyelia Uji")
    open_day("2026-12-01", "13:00", "15:00")
    expect(page.get_by_role("alert")).to_contain_text("Jam ini meninggalkan 5 orang yang sudah memesan")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_orders_and_of_the_calendar_pass_the_rules_of_accessibility(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    page = orders(sign_in("pusat", width=width), counters)
    write_down(page)
    one = page.url
    looks = [one, f"{counters.url}/directives", f"{counters.url}/manage"]
    for address in looks:
        page.goto(address)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.goto(one)
    page.get_by_label("Biarkan mereka memilih jam lain").check()
    page.get_by_role("button", name="Tutup dengan perintah ini").click()
    expect(page.get_by_role("region", name="Tindak lanjut bagi yang sudah memesan")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    supervisor = sign_in("penyelia", width=width)
    for address in (f"{counters.url}/calendar/{SITE}", f"{counters.url}/plan/{SITE}"):
        supervisor.goto(address)
        assert violations(supervisor) == []
        assert supervisor.evaluate("document.documentElement.scrollWidth") <= width, address
