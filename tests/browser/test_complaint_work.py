"""A complaint is verified, completed, refused by two and opened again; one is taken down at the counter."""

import re

import requests
from gerai_shared.accounts import session_cookie
from gerai_shared.ids import new_id
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.support.whole_mall import Mall


def filed(mall: Mall) -> tuple[str, str]:
    """File a complaint; return its number and its token."""
    answer = requests.post(
        f"{mall.portal}/api/v1/complaints",
        json={
            "classification": "complaint",
            "title": "Diminta biaya tambahan",
            "text": "Di loket dua saya diminta biaya tambahan tanpa tanda terima.",
            "agency": "immigration",
            "person": {"name": "Warga Contoh", "email": "warga@example.org"},
        },
        headers={"Idempotency-Key": new_id()},
        timeout=15,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["number"], answer.json()["token"]


def signed_in(mall: Mall, username: str) -> dict[str, str]:
    """Return the cookie of somebody who has signed in at the desk."""
    opened = requests.post(
        f"{mall.complaints}/api/v1/session",
        json={"username": username, "password": mall.password},
        timeout=15,
    )
    assert opened.status_code == 201, opened.text
    return {session_cookie("complaints"): opened.json()["token"]}


def do(desk: Page, act: str, **typed: str) -> None:
    """Fill in the form of an act, which may lie in a fold, and send it."""
    form = desk.locator(f"form[action$='/{act}']")
    if not form.is_visible():
        desk.locator("details", has=form).locator("summary").first.click()
    for name, value in typed.items():
        field = form.locator(f"#field-{act}-{name}")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button[type=submit]").first.click()
    desk.wait_for_url(f"**?done={act}")


def test_a_complaint_is_verified_completed_refused_by_two_and_opened_again(
    mall, open_page, violations
) -> None:
    number, token = filed(mall)
    desk = open_page(f"{mall.complaints}/cases/{number}", size=DESKTOP, cookies=signed_in(mall, "pengaduan"))
    do(desk, "verify")
    desk.locator("input[name=check-chronology][value=no]").check(force=True)
    do(desk, "check")
    do(desk, "ask", text="Pukul berapa, dan berapa yang diminta?")
    phone = open_page(f"{mall.portal}/c/{token}", size=PHONE, scripts=False)
    expect(phone.locator("main")).to_contain_text("Pukul berapa, dan berapa yang diminta?")
    phone.locator("textarea[name=text]").first.fill("Pukul 10, lima puluh ribu rupiah.")
    phone.locator("button[name=decision][value=complete]").click()
    expect(phone.locator("main")).to_contain_text("Sedang diperiksa")
    desk.reload()
    expect(desk.locator("main")).to_contain_text("Pukul 10, lima puluh ribu rupiah.")
    do(desk, "propose-refusal", ground="in_court", text="Perkara ini sedang diadili.")
    assert violations(desk) == []
    supervisor = open_page(
        f"{mall.complaints}/cases/{number}", size=DESKTOP, cookies=signed_in(mall, "pengawas")
    )
    do(supervisor, "decide-refusal")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("Perkara ini sedang diadili.")
    phone.locator("textarea[name=text]").fill("Perkara itu tentang hal lain.")
    phone.locator("button[name=decision][value=reopen]").click()
    expect(phone.locator("main")).to_contain_text("Dibuka kembali")
    assert violations(open_page(f"{mall.portal}/c/{token}", size=PHONE)) == []


def test_what_is_said_at_the_counter_is_taken_down_and_the_ombudsman_reads_it(
    mall, open_page, violations
) -> None:
    desk = open_page(f"{mall.complaints}/cases/new", size=PHONE, cookies=signed_in(mall, "pengaduan"))
    desk.locator("#field-title").fill("Lift rusak")
    desk.locator("#field-text").fill("Lift rusak, ibu saya naik tangga.")
    desk.locator("#field-agency").select_option("mall")
    desk.locator("button[type=submit]").last.click()
    # Whoever does not stay anonymous has a name; nothing that was typed is lost.
    expect(desk.locator("#error-summary")).to_be_visible()
    expect(desk.locator("#field-title")).to_have_value("Lift rusak")
    desk.locator("#field-name").fill("Warga Contoh")
    desk.locator("button[type=submit]").last.click()
    desk.wait_for_url("**/receipt")
    receipt = desk.locator("main").inner_text()
    number = re.search(r"P-2026-\d{6}", receipt)
    assert number is not None
    assert "/c/complaint." in receipt
    assert violations(desk) == []
    ombudsman = open_page(
        f"{mall.complaints}/cases/{number.group()}", size=DESKTOP, cookies=signed_in(mall, "ombudsman")
    )
    expect(ombudsman.locator("main")).to_contain_text("Lift rusak, ibu saya naik tangga.")
    expect(ombudsman.locator("main form")).to_have_count(0)
    assert violations(ombudsman) == []
