"""Displays tell each call once, in order; display and phone survive a restart of their server."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, TELEVISION
from tests.browser.officers import hurry
from tests.browser.test_portal import fits
from tests.support.servers import free_ports
from tests.support.waiting import wait_until
from tests.support.whole_mall import TODAY, running_mall

CHILD = "passport-child"
A_MINUTE_LATER = "2026-12-01T09:06+07:00"
NINE = datetime(2026, 12, 1, 2, tzinfo=UTC)
PATIENCE = 30_000
RECORD = """() => {
  window.told = [];
  document.addEventListener("gerai:announced", ({ detail }) =>
    told.push([detail.number, detail.times_called, detail.how]));
}"""
COUNT_VIBRATIONS = "() => { window.vibrations = 0; navigator.vibrate = () => (window.vibrations += 1); }"


def told(page: Page, count: int) -> list[list[object]]:
    """What a display has announced, once these are so many."""
    page.wait_for_function("count => told.length >= count", arg=count, timeout=PATIENCE)
    return page.evaluate("told")


@pytest.mark.timeout(240)  # it opens two malls
def test_no_call_is_missed_or_told_twice_when_the_server_starts_again(
    tmp_path, open_page, violations
) -> None:
    ports = free_ports(5)
    with running_mall(tmp_path, ports=ports) as mall:
        hurry(mall)
        officer = mall.officer()
        first, second = (officer.walk_in(CHILD).body["ticket"]["number"] for _ in range(2))
        citizen = mall.citizen
        slot = citizen.slots(TODAY, TODAY, service=CHILD)[0]
        token = citizen.book(slot["id"], 401, purpose=citizen.purpose(CHILD)).body["token"]
        assert citizen.change(token, "check-in").status == 200
        display = open_page(f"{mall.portal}/display/mpp-lebak", size=TELEVISION)
        phone = open_page(f"{mall.portal}/t/{token}", size=PHONE)
        display.evaluate(RECORD)
        phone.evaluate(COUNT_VIBRATIONS)
        allow = display.get_by_role("button", name="Nyalakan suara")
        assert violations(display) == []
        allow.click()
        expect(allow).to_be_hidden()
        assert officer.step("mpp-lebak.2", "call-next").body["ticket"]["number"] == first
        assert told(display, 1) == [[first, 1, "voice"]]
        display.keyboard.press("m")
        expect(display.get_by_role("button", name="Bisukan")).to_have_attribute("aria-pressed", "true")
        for verb in ("start", "finish"):
            assert officer.step("mpp-lebak.2", verb).status == 200
        assert officer.step("mpp-lebak.2", "call-next").body["ticket"]["number"] == second

    expect(display.get_by_text("Tidak ada kabar sejak")).to_be_visible()
    expect(display.locator(".call-now__number")).to_have_text(second)
    expect(phone.locator("[data-live-status='connected']")).to_have_count(0)

    with running_mall(tmp_path, ports=ports, clock=A_MINUTE_LATER) as mall:
        officer = mall.officer()
        for verb in ("start", "finish"):
            assert officer.step("mpp-lebak.2", verb).status == 200
        third = officer.step("mpp-lebak.2", "call-next").body["ticket"]["number"]
        assert told(display, 3)[1:] == [[second, 1, "silent"], [third, 1, "silent"]]
        expect(display.get_by_text("Tidak ada kabar sejak")).to_be_hidden()
        called = phone.get_by_role("dialog")
        expect(called).to_contain_text(third, timeout=PATIENCE)
        expect(called).to_contain_text("Silakan ke Loket 2")
        assert violations(phone) == []
        phone.get_by_role("button", name="Sudah saya lihat").click()
        expect(called).to_be_hidden()
        assert officer.step("mpp-lebak.2", "recall").status == 200
        expect(called).to_contain_text("Panggilan ke-2")
        assert phone.evaluate("vibrations") == 2
        assert told(display, 4)[3] == [third, 2, "silent"]
        display.reload()
        display.evaluate(RECORD)
        assert officer.step("mpp-lebak.2", "start").status == 200
        expect(called).to_be_hidden()
        assert officer.walk_in(CHILD).status == 201
        expect(display.locator(".next > li")).to_have_count(1)
        assert display.evaluate("told") == []


def a_call(
    name: str, *, second: int, times_called: int = 1, agency: str = "immigration"
) -> dict[str, object]:
    """A call of the board, so many seconds after nine."""
    return {
        "call_id": f"{name}:{second}:{times_called}",
        "number": name,
        "counter": "1",
        "counter_name": "Loket 1 Prioritas Lansia",
        "agency": agency,
        "agency_name": "Layanan Hukum dan Hak Asasi Manusia Kantor Wilayah Banten",
        "called_at": (NINE + timedelta(seconds=second)).isoformat(),
        "times_called": times_called,
    }


def a_board(sequence: int, *calls: dict[str, object], silent: str = "") -> bytes:
    """An event with these calls, the newest first, three minutes after nine."""
    board = {
        "sequence": sequence,
        "now": (NINE + timedelta(minutes=3)).isoformat(),
        "calls": calls,
        "counters": [
            {
                "agency": "legal",
                "agency_name": "Hukum",
                "counter": str(count),
                "counter_name": f"Loket {count}",
                "number": None,
            }
            for count in range(30)
        ],
        "next": [],
        "waiting": [
            {"agency": agency, "agency_name": agency, "waiting": 0, "is_live": agency != silent}
            for agency in ("immigration", "legal")
        ],
        "notices": ["Satu.", "Dua."],
    }
    return f"event: board\ndata: {json.dumps(board)}\n\n".encode()


def test_a_display_tells_new_calls_in_their_order_shows_old_ones_and_rings_without_a_voice(
    mall, open_page
) -> None:
    page = open_page(f"{mall.portal}/display/mpp-lebak?voice=off", size=TELEVISION)
    old, early, late = (
        a_call(name, second=second) for name, second in (("O-1", 30), ("E-1", 100), ("L-1", 110))
    )
    legal = a_call("H-1", second=105, agency="legal")
    again = a_call("E-1", second=120, times_called=2)
    boards = [a_board(1), a_board(2, late, legal, early, old), a_board(3, again, late, old, silent="legal")]
    opened: list[int] = []

    def stream(route: Route) -> None:
        """The same three boards at each connection: the second one has nothing new."""
        opened.append(len(opened))
        route.fulfill(body=b"retry: 300\n\n" + b"".join(boards), content_type="text/event-stream")

    page.route("**/board/stream*", stream)
    page.route("**/speech.wav*", lambda route: route.fulfill(status=503, json={"code": "voice_missing"}))
    page.add_init_script(f"addEventListener('DOMContentLoaded', {RECORD})")
    page.goto(f"{mall.portal}/display/mpp-lebak")
    in_order = [["E-1", 1, "silent"], ["H-1", 1, "silent"], ["L-1", 1, "silent"], ["E-1", 2, "silent"]]
    assert told(page, 4) == in_order
    wait_until(lambda: page.evaluate("told.length") == 4 and len(opened) > 1)
    assert page.evaluate("told") == in_order
    shown = page.locator(".call-now__number, .call__number").all_inner_texts()
    assert shown == ["E-1", "L-1", "H-1", "O-1"]
    expect(page.locator(".call-now[data-flash]")).to_contain_text("Panggilan ke-2")
    assert fits(page)
    assert page.locator(".at-counter").count() == 10
    expect(page.locator("[data-board-page='counters']")).to_have_text("1/3")

    page.get_by_role("button", name="Nyalakan suara").click()
    boards.append(a_board(4, a_call("N-1", second=170), again, late, old))
    assert told(page, 5)[4] == ["N-1", 1, "bell"]
    expect(page.get_by_text("Panggilan hanya berbunyi bel")).to_be_visible()
