"""The waiting list as people live it: a full day, a place in the list, somebody cancels, the place is booked."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Open
from tests.support.errand import BORN, nik
from tests.support.waiting import wait_until
from tests.support.whole_mall import Mall

SITE, SERVICE = "mpp-lebak", "passport-new"
WIDTHS = {"390": PHONE, "1280": DESKTOP}


def supervisor(mall: Mall, open_page: Open, size: dict[str, int]) -> Page:
    """Sign a supervisor of immigration in."""
    page = open_page(f"{mall.immigration}/sign-in", size=size)
    page.locator("#field-username").fill("penyelia")
    page.locator("#field-password").fill(mall.password)
    page.locator("form[action*='sign-in'] button[type=submit]").click()
    page.wait_for_url("**/counters")
    return page


def leave_one_place(page: Page, mall: Mall, day: str) -> None:
    """Have one place on a day."""
    page.goto(f"{mall.immigration}/plan/{SITE}")
    form = page.get_by_role("region", name="Ubah kuota")
    form.get_by_label("Untuk jalur").select_option(label="Pesan daring")
    form.get_by_label("Tempat per hari").fill("1")
    form.get_by_label("Hari pertama").fill(day)
    form.get_by_label("Hari terakhir").fill(day)
    form.get_by_label("Perintah atau aturan").fill("Surat kepala kantor")
    form.get_by_label("Alasan perubahan").fill("Hanya satu petugas hari itu")
    form.get_by_role("button", name="Masukkan ke rencana").click()
    expect(page.get_by_role("region", name="Perubahan terakhir")).to_contain_text("Hanya satu petugas")


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def join(page: Page, person: int) -> None:
    """Fill in the form of the waiting list and send it."""
    page.locator("#field-name").fill(f"Warga Contoh {person}")
    page.locator("#field-nik").fill(nik(person))
    page.locator("#field-email").fill(f"warga{person}@example.org")
    page.get_by_role("button", name="Masuk daftar tunggu").click()
    page.wait_for_url("**/w/waiting-immigration.*")


def book(page: Page, person: int) -> None:
    """Book the place that is kept, with what the form does not know yet."""
    page.get_by_role("link", name="Pesan tempat ini").click()
    page.wait_for_url("**/details/immigration.*")
    page.locator("#field-name").fill(f"Warga Contoh {person}")
    page.locator("#field-nik").fill(nik(person))
    page.locator("#field-birth_date").fill(BORN)
    page.locator("#field-email").fill(f"warga{person}@example.org")
    page.locator("#field-purpose").select_option(index=1)
    page.locator("form[action*='/details/'] button[type=submit]").first.click()


def full_day(mall: Mall, open_page: Open, size: dict[str, int], *, day: str, person: int) -> tuple[Page, str]:
    """A day whose only place is booked: the supervisor's page, and the ticket's token."""
    desk = supervisor(mall, open_page, size)
    leave_one_place(desk, mall, day)
    (slot, *_) = mall.citizen.slots(day, day, service=SERVICE)
    answer = mall.citizen.book(slot["id"], person)
    assert answer.status == 201, answer
    return desk, str(answer.body["token"])


@pytest.mark.parametrize(
    ("width", "day", "person"), [("390", "2026-12-10", 301), ("1280", "2026-12-22", 311)]
)
def test_from_a_full_day_over_the_list_to_a_ticket(
    mall: Mall, open_page: Open, violations: Any, width: str, day: str, person: int
) -> None:
    size = WIDTHS[width]
    desk, token = full_day(mall, open_page, size, day=day, person=person)
    citizen = open_page(f"{mall.portal}/book/immigration/{SERVICE}?site={SITE}&from={day}", size=size)
    found = {"hours": (violations(citizen), fits(citizen))}
    citizen.get_by_role("link", name="Masuk daftar tunggu").click()
    found["form"] = (violations(citizen), fits(citizen))
    expect(citizen.locator("#field-first_day")).to_have_value(day)
    join(citizen, person + 1)
    expect(citizen.locator("main")).to_contain_text("Giliran Anda berikutnya")
    found["waiting"] = (violations(citizen), fits(citizen))
    desk.goto(f"{mall.immigration}/waiting/{SITE}?day={day}")
    expect(desk.locator("main")).to_contain_text("Wa*** Co**** 31*" if person > 305 else "Wa*** Co**** 30*")
    found["supervisor"] = (violations(desk), fits(desk))
    assert mall.citizen.change(token, "cancel").status == 200
    citizen.reload()
    expect(citizen.locator("main")).to_contain_text("Ada tempat yang disimpan untuk Anda")
    found["offered"] = (violations(citizen), fits(citizen))
    assert mall.citizen.slots(day, day, service=SERVICE) == []
    address = citizen.url
    book(citizen, person + 1)
    citizen.wait_for_url("**/t/immigration.*")
    expect(citizen.locator("main")).to_contain_text("Tiket Anda sudah jadi")
    citizen.goto(address)
    expect(citizen.locator("main")).to_contain_text("Anda sudah mendapat tempat")
    assert {what: seen for what, seen in found.items() if seen != ([], True)} == {}


def test_a_place_is_kept_for_its_person_alone_and_goes_on_when_they_leave_without_scripts(
    mall: Mall, open_page: Open
) -> None:
    day = "2026-12-14"
    _, token = full_day(mall, open_page, DESKTOP, day=day, person=321)
    pages = []
    for person in (322, 323):
        page = open_page(f"{mall.portal}/book/immigration/{SERVICE}?site={SITE}&from={day}", scripts=False)
        page.get_by_role("link", name="Masuk daftar tunggu").click()
        join(page, person)
        pages.append(page)
    first, second = pages
    expect(second.locator("main")).to_contain_text("Ada 1 orang sebelum Anda")
    assert mall.citizen.change(token, "cancel").status == 200
    first.reload()
    address = first.url
    book(first, 324)
    expect(first.locator("#error-summary")).to_contain_text("hanya orang itu yang dapat memesannya")
    expect(first.locator("#field-email")).to_have_value("warga324@example.org")
    first.goto(address)
    first.get_by_role("button", name="Keluar dari daftar tunggu").click()
    expect(first.locator("main")).to_contain_text("Anda sudah keluar dari daftar tunggu")
    second.reload()
    expect(second.locator("main")).to_contain_text("Ada tempat yang disimpan untuk Anda")
    mailbox = open_page(mall.notifications, size=DESKTOP)

    def told() -> bool:
        mailbox.reload()
        return len(re.findall("Tempat disimpan untuk Anda sampai", mailbox.locator("main").inner_text())) >= 2

    wait_until(told)
