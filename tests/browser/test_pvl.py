"""PVL on the spot in a browser: a tablet without network keeps who was received, and sends each exactly once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from gerai_shared.accounts import session_cookie
from playwright.sync_api import Page, Route, expect

from tests.support.whole_mall import TODAY, Mall

Open = Callable[..., Page]
TABLET = {"width": 820, "height": 1180}
COOKIE = session_cookie("complaints")
#: What stands in the tablet's database, as far as a script can read it.
KEPT = """async () => {
    const opened = await new Promise((resolve, reject) => {
        const request = indexedDB.open("gerai-pvl");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const all = (store) => new Promise((resolve) => {
        opened.transaction(store).objectStore(store).getAll().onsuccess = (event) => resolve(event.target.result);
    });
    const [records, own] = [await all("records"), await all("own")];
    opened.close();
    const key = own.find((each) => each instanceof CryptoKey);
    const bytes = records.map((each) => String.fromCharCode(...new Uint8Array(each.sealed.data))).join("");
    return { records: records.length, text: JSON.stringify(records) + bytes, extractable: key.extractable };
}"""


def signed_in(mall: Mall, username: str = "pengawas") -> str:
    """Sign somebody in at the desk; return the token of the session, which is the browser's cookie, too."""
    credentials = {"username": username, "password": mall.password}
    answer = requests.post(f"{mall.complaints}/api/v1/session", json=credentials, timeout=15)
    token: str = answer.json()["token"]
    return token


@pytest.fixture
def desk(mall: Mall, open_page: Open) -> Page:
    """The desk on a tablet, on the page of a new event of today, at which the supervisor receives people."""
    cookies = {COOKIE: signed_in(mall)}
    page = open_page(f"{mall.complaints}/pvl/new", size=TABLET, cookies=cookies)
    page.get_by_label("Hari pertama").fill(TODAY)
    page.get_by_label("Instansi tuan rumah").select_option("immigration")
    page.get_by_label("Tempat lain").fill("Balai desa Contoh")
    page.get_by_label("Kabupaten atau kota").fill("Kabupaten Lebak")
    page.get_by_label("Kepala Keasistenan PVL").select_option(label="Pengawas Pengaduan")
    page.get_by_role("button", name="Simpan kegiatan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Balai desa Contoh, Kabupaten Lebak")
    return page


def receive(page: Page, title: str, *, name: str = "Siti Contoh") -> None:
    """Fill the form in for a complaint and save it."""
    page.get_by_label("Perihal").fill(title)
    page.get_by_label("Apa yang terjadi, atau yang ditanyakan").fill("Antre dua jam.")
    page.get_by_label("Nama", exact=True).fill(name)
    page.get_by_label("Pelapor setuju").check()
    page.get_by_role("button", name="Simpan dan kirim").click()


def received(mall: Mall, token: str, event: str) -> int:
    """How many complaints the desk has of an event."""
    answer = requests.get(f"{mall.complaints}{event}", cookies={COOKIE: token}, timeout=15)
    found = re.search(r"(\d+) pengaduan", answer.text)
    assert found is not None
    return int(found[1])


def test_a_tablet_without_network_keeps_two_people_and_sends_each_exactly_once(
    mall: Mall, desk: Page, violations: Callable[[Page], list[str]]
) -> None:
    page, event = desk, desk.url.removeprefix(mall.complaints)
    token = next(each["value"] for each in page.context.cookies() if each["name"] == COOKIE)
    page.get_by_role("link", name="Terima warga").click()
    expect(page.get_by_text("sudah dapat dipakai tanpa jaringan")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Tidak tersambung ke meja pengaduan.")).to_be_visible()
    receive(page, "Tanpa jaringan satu")
    expect(page.get_by_text("1 menunggu dikirim")).to_be_visible()
    receive(page, "Tanpa jaringan dua")
    expect(page.get_by_text("2 menunggu dikirim")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 menunggu dikirim")).to_be_visible()
    kept = page.evaluate(KEPT)
    assert (kept["records"], kept["extractable"]) == (2, False)
    assert "Siti" not in kept["text"]
    assert violations(page) == []
    # Nobody signs out, while somebody's record is here alone.
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_text("Mohon kirim dahulu")).to_be_visible()
    # The server writes the first one down, and its answer is lost on the way.
    lost: list[Any] = []

    def lose_first(route: Route) -> None:
        if lost:
            return route.fallback()
        lost.append(route.fetch().status)
        return route.abort()

    page.route("**/intake", lose_first)
    page.context.set_offline(False)
    page.get_by_role("button", name="Kirim sekarang").click()
    expect(page.get_by_text("Tidak ada yang menunggu dikirim")).to_be_visible()
    assert lost == [201]
    expect(page.get_by_role("heading", name="Tanda terima", exact=True)).to_have_count(2)
    expect(page.get_by_role("img", name="Kode QR").first).to_be_visible()
    assert received(mall, token, event) == 2
    assert page.evaluate(KEPT)["records"] == 0
    assert violations(page) == []
    # Now there is nothing to lose, and nothing of anybody stays behind.
    page.get_by_role("button", name="Keluar").click()
    expect(page).to_have_url(f"{mall.complaints}/sign-in")
    assert page.evaluate("async () => [await caches.keys(), await indexedDB.databases()]") == [[], []]


def test_what_is_refused_stays_to_be_mended_and_signing_in_again_loses_nothing(
    mall: Mall, desk: Page
) -> None:
    page, event = desk, desk.url.removeprefix(mall.complaints)
    page.get_by_role("link", name="Terima warga").click()
    page.get_by_label("Telepon").fill("12")
    receive(page, "Nomor telepon salah")
    expect(page.get_by_text("Perlu diperbaiki", exact=True)).to_be_visible()
    page.get_by_role("button", name="Perbaiki").click()
    expect(page.get_by_role("link", name="Telepon: Ini bukan nomor telepon.")).to_be_visible()
    expect(page.get_by_label("Perihal")).to_have_value("Nomor telepon salah")
    # Somebody has signed the tablet out meanwhile.
    token = next(each["value"] for each in page.context.cookies() if each["name"] == COOKIE)
    requests.delete(f"{mall.complaints}/api/v1/session", cookies={COOKIE: token}, timeout=15)
    page.get_by_label("Telepon").fill("0812 3456 7890")
    page.get_by_role("button", name="Simpan dan kirim").click()
    page.get_by_role("link", name="Masuk").click()
    page.get_by_label("Nama pengguna").fill("pengawas")
    page.get_by_label("Kata sandi").fill(mall.password)
    page.get_by_role("button", name="Masuk").click()
    expect(page).to_have_url(f"{mall.complaints}{event}/intake")
    expect(page.get_by_role("heading", name="Tanda terima", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sudah diserahkan").click()
    page.reload()
    expect(page.get_by_text("Tidak ada yang menunggu dikirim")).to_be_visible()
    expect(page.get_by_role("heading", name="Tanda terima", exact=True)).to_have_count(0)


def test_the_pages_of_pvl_pass_the_rules_of_accessibility(
    mall: Mall, desk: Page, open_page: Open, violations: Callable[[Page], list[str]]
) -> None:
    event = desk.url.removeprefix(mall.complaints)
    public = open_page(f"{mall.portal}/pvl", scripts=False)
    expect(public.get_by_role("heading", name="Ombudsman hadir di Balai desa Contoh").first).to_be_visible()
    pages = [mall.complaints + path for path in ("/pvl", "/pvl/places", "/pvl/new", "/agreements", event)]
    desk.set_viewport_size({"width": 1280, "height": 900})
    for address in (*pages, f"{mall.portal}/pvl"):
        desk.goto(address)
        assert violations(desk) == [], address
        desk.set_viewport_size({"width": 390, "height": 900})
        assert desk.evaluate("document.documentElement.scrollWidth") <= 390, address
        desk.set_viewport_size({"width": 1280, "height": 900})
