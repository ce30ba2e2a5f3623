"""Officers at their counters, in a browser and with no bus: clicks, keys, plain forms, old screens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.counters import SITE, Counters, Open, SignIn
from tests.support.waiting import wait_until


def current(page: Page) -> Locator:
    """The number at the counter, as its page shows it."""
    return page.locator(".current__number")


def button(page: Page, name: str) -> Locator:
    """A button by its label."""
    return page.get_by_role("button", name=name)


def stop_looking(page: Page) -> None:
    """Keep a page from learning what others do."""
    page.route("**/panel", lambda route: route.abort())


def test_two_officers_who_call_at_once_get_two_people(counters: Counters, sign_in: SignIn) -> None:
    waiting = {counters.walk_in("first"), counters.walk_in("second")}
    one, two = sign_in("petugas", "1"), sign_in("petugas2", "2")
    one.bring_to_front()
    for page in (one, two):
        # Told to click without waiting for what comes of it, so that both are under way together.
        page.evaluate("document.querySelector('[data-key=n]').click()")
    for page in (one, two):
        expect(current(page)).to_be_visible()
    assert {current(one).inner_text(), current(two).inner_text()} == waiting


def test_a_visit_is_carried_through_by_keys_alone(counters: Counters, sign_in: SignIn) -> None:
    number = counters.walk_in("keys")
    page = sign_in()
    page.keyboard.press("n")
    expect(current(page)).to_have_text(number)
    expect(page.get_by_text("Dipanggil pukul 09.")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("Dipanggil 2 kali")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_text("Dilayani sejak pukul 09.")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_text("Tidak ada orang di loket ini")).to_be_visible()
    assert counters.queue()["served_today"] == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_an_officer_gives_priority_and_takes_it_back(
    counters: Counters, sign_in: SignIn, *, scripts: bool
) -> None:
    first, second = counters.walk_in("first"), counters.walk_in("second")
    page = sign_in(scripts=scripts)
    waiting = page.get_by_role("region", name="Menunggu").locator("tbody tr")
    waiting.filter(has_text=second).get_by_text("Utamakan").click()
    waiting.filter(has_text=second).get_by_role("button", name="Ibu hamil").click()
    expect(waiting.first).to_contain_text("Prioritas")
    expect(page.get_by_text("Prioritas ibu hamil: dianggap datang 60 menit lebih awal")).to_be_visible()
    assert counters.numbers("waiting") == [second, first]
    waiting.filter(has_text=second).get_by_role("button", name="Biasa").click()
    expect(waiting.first).to_contain_text(first)
    assert counters.numbers("waiting") == [first, second]


def test_the_keys_can_be_switched_off(counters: Counters, sign_in: SignIn) -> None:
    counters.walk_in("off")
    page = sign_in()
    page.get_by_label("Tombol pintas").uncheck()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("n")
    page.get_by_label("Tombol pintas").check()
    assert counters.queue()["current"] is None
    page.keyboard.press("n")
    expect(current(page)).to_be_visible()


def test_only_what_can_be_done_can_be_pressed(counters: Counters, sign_in: SignIn) -> None:
    counters.walk_in("buttons")
    page = sign_in()
    expect(button(page, "Panggil berikutnya")).to_be_enabled()
    for label in ("Mulai", "Selesai", "Panggil ulang", "Tidak hadir", "Tunda", "Urungkan"):
        expect(button(page, label)).to_be_disabled()
    expect(button(page, "Paspor anak")).to_have_count(0)
    button(page, "Panggil berikutnya").click()
    for label in ("Panggil berikutnya", "Selesai"):
        expect(button(page, label)).to_be_disabled()
    button(page, "Mulai").click()
    send_on = page.get_by_role("group").filter(has=page.get_by_text("Teruskan"))
    for label in ("Selesai", "Tunda"):
        expect(button(page, label)).to_be_enabled()
    for label in ("Paspor anak", "Perpanjangan paspor"):
        expect(send_on.get_by_role("button", name=label)).to_be_enabled()
    expect(send_on.get_by_role("button", name="Paspor baru")).to_have_count(0)
    for label in ("Mulai", "Panggil ulang", "Tidak hadir"):
        expect(button(page, label)).to_be_disabled()


def test_an_old_screen_does_nothing_to_the_next_person(counters: Counters, sign_in: SignIn) -> None:
    first, second = counters.walk_in("first"), counters.walk_in("second")
    page = sign_in()
    button(page, "Panggil berikutnya").click()
    expect(current(page)).to_have_text(first)
    stop_looking(page)
    for step in ("start", "finish", "call-next"):
        assert counters.post(f"counters/{SITE}.2/{step}", f"elsewhere-{step}").ok
    button(page, "Tidak hadir").click()
    told = page.get_by_role("status")
    expect(told).to_contain_text(
        f"Loket ini sekarang sudah menangani {second} (Petugas Satu, 1 Desember 2026"
    )
    expect(told).to_contain_text("Mohon lihat lagi; tidak ada yang diubah.")
    now = counters.queue()["current"]
    assert (now["number"], now["state"]) == (second, "called")


def test_a_change_that_the_screen_has_not_seen_is_refused(counters: Counters, sign_in: SignIn) -> None:
    number = counters.walk_in("recalled")
    page = sign_in()
    button(page, "Panggil berikutnya").click()
    expect(current(page)).to_have_text(number)
    stop_looking(page)
    assert counters.post(f"counters/{SITE}.2/recall", "elsewhere").ok
    button(page, "Tidak hadir").click()
    expect(page.get_by_role("status")).to_contain_text(f"Petugas Satu lebih cepat: {number} sudah dipanggil")
    assert counters.queue()["current"]["state"] == "called"


def test_a_call_whose_answer_is_lost_is_repeated_and_calls_one_person(
    counters: Counters, sign_in: SignIn
) -> None:
    first, second = counters.walk_in("first"), counters.walk_in("second")
    page = sign_in()
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/call-next", lose_the_first_answer)
    button(page, "Panggil berikutnya").click()
    expect(page.get_by_role("status")).to_contain_text("Belum tersimpan")
    expect(page.get_by_role("status")).to_have_text("Tersimpan.")
    expect(current(page)).to_have_text(first)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert counters.numbers("waiting") == [second]


def test_a_step_is_taken_back(counters: Counters, sign_in: SignIn) -> None:
    number = counters.walk_in("undone")
    page = sign_in()
    button(page, "Panggil berikutnya").click()
    button(page, f"Urungkan {number}").click()
    expect(page.get_by_text("Tidak ada orang di loket ini")).to_be_visible()
    # Taking back is no step: it cannot be taken back.
    expect(button(page, "Urungkan")).to_be_disabled()
    assert counters.numbers("waiting") == [number]


def test_who_waits_aside_or_came_late_returns_to_the_queue(counters: Counters, sign_in: SignIn) -> None:
    aside, late = counters.walk_in("aside"), counters.walk_in("late")
    page = sign_in()
    page.keyboard.press("n")
    expect(current(page)).to_have_text(aside)
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Ditunda")).to_be_visible()
    page.keyboard.press("n")
    expect(current(page)).to_have_text(late)
    page.keyboard.press("t")
    button(page, "Ternyata datang").click()
    button(page, "Kembali antre").click()
    expect(page.get_by_text("Berikutnya:")).to_be_visible()
    expect(button(page, "Kembali antre")).to_have_count(0)
    assert counters.numbers("waiting") == [aside, late]


def test_who_is_served_can_be_sent_on_to_another_service(counters: Counters, sign_in: SignIn) -> None:
    counters.walk_in("sent-on")
    page = sign_in()
    for key in ("n", "m"):
        page.keyboard.press(key)
        expect(button(page, "Mulai" if key == "n" else "Selesai")).to_be_enabled()
    button(page, "Paspor anak").click()
    expect(page.get_by_text("Berikutnya:")).to_be_visible()
    assert [ticket["service"] for ticket in counters.queue()["waiting"]] == ["passport-child"]


def test_who_has_booked_is_checked_in_with_one_click(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in()
    row = page.get_by_role("row").filter(has_text=counters.booked[2])
    row.get_by_role("button", name="Hadir").click()
    expect(page.get_by_role("table", name="Yang menunggu")).to_contain_text(counters.booked[2])
    assert counters.numbers("waiting") == [counters.booked[2]]
    assert counters.booked[2] not in counters.numbers("expected")


def test_a_walk_in_with_priority_gets_a_number_to_print(counters: Counters, sign_in: SignIn) -> None:
    counters.walk_in("earlier")
    page = sign_in()
    page.keyboard.press("a")
    page.get_by_label("Lansia").first.check()
    button(page, "Paspor baru").click()
    number = page.locator(".ticket__number")
    expect(number).to_be_visible()
    expect(page.locator(".ticket")).to_contain_text("0 orang untuk layanan yang sama")
    assert counters.numbers("waiting")[0] == number.inner_text()
    page.emulate_media(media="print")
    expect(number).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)


def test_the_number_of_a_booking_is_typed_as_people_say_it(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in()
    page.goto(f"{counters.address()}/arrivals")
    page.get_by_label("Nomor pada tiket").fill("a 1")
    page.keyboard.press("Enter")
    expect(page.locator(".ticket__number")).to_have_text("A-001")
    page.get_by_label("Nomor pada tiket").fill("satu")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nomor antrean bentuknya seperti A-012.")
    page.reload()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_scanned_beside_the_field_is_no_command(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in()
    page.goto(f"{counters.address()}/arrivals")
    # A scanner types within milliseconds: each of these digits is a walk-in's shortcut, and `k` leads away.
    page.evaluate(
        """keys => keys.forEach(key =>
            document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true})))""",
        list("kt/127.0.0.1/12"),
    )
    page.wait_for_timeout(300)
    expect(page.get_by_text("Belum ada nomor")).to_be_visible()
    assert counters.numbers("waiting") == []


def test_an_address_cannot_put_words_or_numbers_on_the_page(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in()
    page.goto(f"{counters.address()}/arrivals?error=Kirim+uang&number=A-999")
    expect(page.get_by_text("Belum ada nomor")).to_be_visible()
    expect(page.get_by_text("Kirim uang")).to_have_count(0)


def test_everything_works_without_scripts(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in(scripts=False)
    page.get_by_role("link", name="Kedatangan").click()
    button(page, "Paspor baru").click()
    number = page.locator(".ticket__number").inner_text()
    page.get_by_role("link", name="Kembali ke loket").click()
    button(page, "Panggil berikutnya").click()
    expect(current(page)).to_have_text(number)
    button(page, "Mulai").click()
    expect(page.get_by_text("Dilayani sejak")).to_be_visible()
    assert counters.post(f"counters/{SITE}.2/finish", "elsewhere").ok
    button(page, "Selesai").click()
    expect(page.get_by_role("alert")).to_contain_text("Tidak ada orang di loket ini.")
    page.reload()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert counters.queue()["served_today"] == 1


def test_a_plain_form_that_is_sent_twice_gives_one_number(counters: Counters, sign_in: SignIn) -> None:
    page = sign_in(scripts=False)
    page.goto(f"{counters.address()}/arrivals")
    fields = page.locator("form:has(button[name=service]) input[type=hidden]")
    form: dict[str, str | float | bool] = {"service": "passport-new"}
    form |= {str(field.get_attribute("name")): field.input_value() for field in fields.all()}
    for _attempt in range(2):
        page.request.post(f"{counters.address()}/arrivals", form=form)
    assert len(counters.numbers("waiting")) == 1


def test_who_is_no_longer_signed_in_is_led_to_the_door(counters: Counters, sign_in: SignIn) -> None:
    counters.walk_in("waiting")
    page = sign_in()
    other = page.context.new_page()
    other.goto(f"{counters.url}/counters")
    button(other, "Keluar").click()
    other.wait_for_url("**/sign-in")
    page.keyboard.press("n")
    page.wait_for_url("**/sign-in")
    page.goto(counters.address())
    assert page.url.endswith("/sign-in")
    wait_until(lambda: counters.queue()["current"] is None, message="nothing was called")


def test_a_wrong_password_is_told_without_saying_what_was_wrong(counters: Counters, open_page: Open) -> None:
    page = open_page(f"{counters.url}/sign-in")
    for username in ("petugas", "bukan-siapa-siapa"):
        page.get_by_label("Nama pengguna").fill(username)
        page.get_by_label("Kata sandi").fill("bukan-kata-sandi")
        button(page, "Masuk").click()
        expect(page.get_by_role("alert")).to_contain_text("Nama pengguna atau kata sandi salah.")
        page.goto(f"{counters.url}/sign-in")


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_every_page_passes_the_rules_of_accessibility(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]], width: int
) -> None:
    for count in range(4):
        counters.walk_in(f"many-{count}", "passport-child" if count % 2 else "passport-new")
    for count, step in enumerate(("call-next", "start", "park", "call-next", "no-show", "call-next")):
        assert counters.post(f"counters/{SITE}.2/{step}", f"step-{count}").ok
    page = sign_in(width=width)
    last = counters.walk_in("printed")
    counter = f"/counters/{SITE}/2"
    for path in (
        "/counters",
        counter,
        f"/counters/{SITE}/1",
        f"{counter}/arrivals?number={last}",
        "/sign-in",
    ):
        page.goto(f"{counters.url}{path}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("scripts", [True, False])
def test_a_supervisor_calls_one_person_and_the_audit_tells(
    counters: Counters, sign_in: SignIn, scripts: bool
) -> None:
    counters.walk_in("first")
    last = counters.walk_in("last")
    page = sign_in("penyelia", scripts=scripts)
    row = page.get_by_role("row").filter(has_text=last)
    row.get_by_role("button", name="Panggil", exact=True).click()
    expect(page.locator(".current__number")).to_have_text(last)
    # Whoever is at the counter goes first.
    expect(page.get_by_role("button", name="Panggil", exact=True)).to_have_count(0)
    page.goto(f"{counters.url}/audit")
    called = page.get_by_role("region", name="Dipanggil di luar urutan").get_by_role("row").nth(1)
    expect(called).to_contain_text(last)
    expect(called).to_contain_text("Penyelia Uji")


def test_an_officer_calls_whoever_is_next(counters: Counters, sign_in: SignIn) -> None:
    counters.walk_in("first")
    page = sign_in()
    expect(page.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
    expect(page.get_by_role("button", name="Panggil", exact=True)).to_have_count(0)


def test_a_fold_stays_open_and_keeps_what_was_chosen_while_the_queue_moves(
    counters: Counters, sign_in: SignIn, violations: Callable[[Page], list[str]]
) -> None:
    counters.walk_in("first")
    page = sign_in()
    for label in ("Panggil berikutnya", "Mulai"):
        button(page, label).click()
    expect(button(page, "Selesai")).to_be_enabled()
    page.keyboard.press("d")
    page.get_by_label("Tidak dilayani").select_option("refused")
    page.get_by_label("Alasan").fill("Paspor masih berlaku lima tahun.")
    page.get_by_label("Alasan").blur()
    second = counters.walk_in("second")
    expect(page.get_by_role("row").filter(has_text=second)).to_be_visible()
    expect(page.get_by_label("Tidak dilayani")).to_have_value("refused")
    assert violations(page) == []
    page.get_by_label("Alasan").press("Enter")
    expect(current(page)).to_have_count(0)
    # Taken back within half a minute, and finished otherwise.
    page.keyboard.press("z")
    expect(button(page, "Selesai")).to_be_enabled()


def test_who_is_sent_to_another_counter_comes_back_to_this_one(counters: Counters, sign_in: SignIn) -> None:
    number = counters.walk_in("sent")
    page = sign_in()
    for label in ("Panggil berikutnya", "Mulai"):
        button(page, label).click()
    page.locator("#field-counter").select_option("1")
    page.get_by_label("Kembali ke loket ini sesudahnya").check()
    button(page, "Teruskan").click()
    kept = page.get_by_role("region", name="Menunggu loket lain")
    expect(kept).to_contain_text(number)
    for step in ("call-next", "start", "send-back"):
        assert counters.post(f"counters/{SITE}.1/{step}", f"there-{step}").ok
    expect(kept).to_have_count(0)
    page.keyboard.press("n")
    expect(current(page)).to_have_text(number)
