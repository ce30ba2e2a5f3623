"""A kiosk in a browser: by keyboard alone, in two languages, with a printer that is a listening socket."""

import re
from collections.abc import Callable

import requests
from playwright.sync_api import Locator, Page, expect

from tests.support.thermal_printer import PAPER_OUT, thermal_printer
from tests.support.waiting import wait_until
from tests.support.whole_mall import Mall

SITE = "mpp-lebak"
UPRIGHT = {"width": 1080, "height": 1920}
LYING = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SMALL = """[...document.querySelectorAll(".kiosk-head a, .kiosk-head button, .kiosk a, .kiosk button, .kiosk input, .kiosk-foot a")]
  .filter((each) => each.offsetParent && each.type !== "hidden" && each.getBoundingClientRect().height < 63.5)
  .map((each) => each.outerHTML)"""


class Supervisor:
    """Adds devices on the page of the counters."""

    def __init__(self, url: str, password: str, *, site: str = SITE) -> None:
        self.url, self.site = url, site
        self.session = requests.Session()
        self.session.post(
            f"{url}/api/v1/session", json={"username": "penyelia", "password": password}, timeout=15
        ).raise_for_status()

    def add(self, kind: str, name: str, **fields: str) -> str:
        """Add a device; return the page that answers."""
        page = self.session.get(f"{self.url}/devices", timeout=15).text
        form_token = re.search(r'name="form_token" value="([^"]+)"', page).group(1)
        fields = {"kind": kind, "name": name, "site": self.site, **fields}
        body = {f"device_{field}": value for field, value in fields.items()}
        key = {"form_token": form_token, "idempotency_key": f"add-{name}"}
        answer = self.session.post(f"{self.url}/devices", data=key | body, timeout=15)
        assert answer.status_code == 200, answer.text
        return answer.text

    def kiosk_with(self, address: tuple[str, int]) -> str:
        """Add a printer and a kiosk that prints on it; return the kiosk's key."""
        name = f"Pencetak {address[1]}"
        page = self.add("printer", name, address=f"{address[0]}:{address[1]}", paper_mm="80")
        printer = re.search(rf'<option value="([0-9a-f-]{{36}})">{name}<', page).group(1)
        return self.kiosk(f"Anjungan {address[1]}", printer=printer)

    def kiosk(self, name: str, **fields: str) -> str:
        """Add a kiosk; return its key."""
        page = self.add("kiosk", name, **fields)
        return re.search(r"\?key=([\w.-]+)", page).group(1)


def control(page: Page, name: str) -> Locator:
    """Return a link or button that is there by now."""
    found = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name))
    expect(found).to_be_visible()
    return found


def press(page: Page, name: str) -> None:
    """Go to a link or button by the keyboard, and press it."""
    wanted = control(page, name)
    for _ in range(20):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way by keyboard to {name}")


def test_a_number_by_keyboard_alone_and_without_paper_it_is_shown(
    mall: Mall, open_page: Callable[..., Page], violations: Callable[[Page], list[str]]
) -> None:
    with thermal_printer() as printer:
        key = Supervisor(mall.immigration, mall.password).kiosk_with(printer.address)
        page = open_page(f"{mall.portal}/kiosk/{SITE}?key={key}", size=UPRIGHT, language="en-US")
        expect(page.get_by_role("heading", name="Selamat datang")).to_be_visible()
        assert "key" not in page.url
        press(page, "English")
        for step in ("I have no number yet", "Immigration", "New passport", "I am pregnant"):
            control(page, step)
            assert page.evaluate(SMALL) == []
            press(page, step)
            if step == "New passport":
                control(page, "I am pregnant")
                assert violations(page) == []
        expect(page.get_by_text("Please take your number from the printer")).to_be_visible()
        number = page.locator(".kiosk-number__figure").inner_text()
        assert violations(page) == []
        (paper,) = printer.tickets
        for words in (number, "Your number", "Priority"):
            assert words.encode() in paper
        printer.paper = PAPER_OUT
        press(page, "Nothing came out: print again")
        expect(page.get_by_text("The paper has run out")).to_be_visible()
        page.set_viewport_size(PHONE)
        page.wait_for_function("document.documentElement.scrollWidth <= 390")
        page.get_by_role("link", name="Done", exact=True).click()
        expect(page.get_by_role("heading", name="Selamat datang")).to_be_visible()


def test_two_errands_at_two_agencies_are_one_number(
    mall: Mall, open_page: Callable[..., Page], violations: Callable[[Page], list[str]]
) -> None:
    key = Supervisor(mall.immigration, mall.password).kiosk("Anjungan kunjungan")
    page = open_page(f"{mall.portal}/kiosk/{SITE}?key={key}", size=PHONE)
    for step in ("belum punya nomor", "Imigrasi", "Perpanjangan paspor", "60 tahun"):
        control(page, step).click()
    number = page.locator(".kiosk-number__figure").inner_text()
    for step, then in (("urusan lain", "more"), ("Layanan Hukum", "legal"), ("Hak cipta", "copyright")):
        control(page, step).click()
        page.wait_for_url(f"**/{then}")
        assert violations(page) == []
    control(page, "Ya, saya juga menunggu").click()
    expect(
        page.get_by_role("listitem")
        .filter(has_text="sebelum Anda")
        .or_(page.get_by_role("listitem").filter(has_text="Giliran Anda"))
    ).to_have_count(2)
    assert page.locator(".kiosk-number__figure").inner_text() == number
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with page.expect_response(re.compile(r"/speech/.+\.wav")) as heard:
        page.get_by_role("button", name="Bacakan").click()
    assert heard.value.status in {200, 206}
    # The code on the screen is that of the whole visit: its page shows both.
    token = re.search(r"/visits/([^/]+)/qr.svg", page.content()).group(1)
    phone = open_page(f"{mall.portal}/visits/{token}", size=PHONE)
    expect(phone.get_by_role("heading", level=2)).to_have_text(
        ["Perpanjangan paspor", "Hak cipta", re.compile("Satu nomor")]
    )


def test_a_touch_while_the_server_is_away_is_carried_out_when_it_is_back(
    mall: Mall, open_page: Callable[..., Page]
) -> None:
    with thermal_printer() as printer:
        key = Supervisor(mall.immigration, mall.password).kiosk_with(printer.address)
        page = open_page(f"{mall.portal}/kiosk/{SITE}?key={key}", size=LYING)
        page.goto(f"{mall.portal}/kiosk/{SITE}/number/immigration/passport-new")
        page.route("**/healthz", lambda route: route.abort())
        page.get_by_role("button", name="ambil nomor").click()
        expect(page.get_by_role("dialog", name="sedang menyambung kembali")).to_be_visible()
        page.unroute("**/healthz")
        page.wait_for_url("**/ticket")
        wait_until(lambda: len(printer.tickets) == 1)


def test_the_page_of_devices_passes_the_rules_of_accessibility(
    mall: Mall, open_page: Callable[..., Page], violations: Callable[[Page], list[str]]
) -> None:
    supervisor = Supervisor(mall.immigration, mall.password)
    supervisor.add("display", "Layar aula")
    cookies = {cookie.name: str(cookie.value) for cookie in supervisor.session.cookies}
    page = open_page(f"{mall.immigration}/devices", size=PHONE, cookies=cookies)
    expect(page.get_by_role("region", name="Semua perangkat")).to_contain_text("Belum tersambung")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
