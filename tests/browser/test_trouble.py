"""When something goes wrong, in the whole mall: a missed visit, its appeal and the answer; an outage and a later hour."""

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.officers import hurry
from tests.browser.test_errand import NUMBER, book, sign_in
from tests.support.whole_mall import TODAY

WHY = "Anak saya mendadak sakit dan harus dirawat."
REASON = "Surat rumah sakit sudah ditunjukkan"


def test_who_missed_a_visit_says_why_reads_the_answer_and_after_an_outage_takes_a_later_hour(
    mall, open_page, violations
) -> None:
    phone = open_page(mall.portal, size=PHONE)
    book(phone, mall, person=251, day=TODAY)
    ticket = phone.url.partition("?")[0]
    number = NUMBER.search(phone.locator("main").inner_text())
    assert number is not None
    phone.locator("form[action$='/check-in'] button").click()
    officer = open_page(f"{mall.immigration}/sign-in", size=DESKTOP)
    sign_in(officer, "penyelia", mall.password)
    hurry(mall)
    officer.goto(f"{mall.immigration}/counters/mpp-lebak/1")
    officer.locator("form[data-api$='/call-next'] button").first.click()
    officer.get_by_text(number.group()).first.wait_for()
    officer.locator("form[data-api$='/no-show'] button").first.click()
    officer.get_by_role("region", name="Tidak hadir saat dipanggil").wait_for()

    phone.goto(ticket)
    assert "Belum ada akibatnya" in phone.locator("main").inner_text()
    assert violations(phone) == []
    phone.get_by_role("link", name="Saya tidak hadir karena").click()
    assert violations(phone) == []
    phone.get_by_label("Saya tidak hadir karena").fill(WHY)
    phone.get_by_role("button", name="Kirim").click()
    phone.get_by_text("Penjelasan Anda kami terima").wait_for()

    officer.goto(f"{mall.immigration}/appeals")
    officer.get_by_role("link", name=number.group()).click()
    officer.get_by_label("Tolak").check()
    officer.get_by_role("textbox", name="Alasan").fill(REASON)
    officer.get_by_role("button", name="Putuskan").click()
    officer.get_by_text("Tidak ada yang menunggu jawaban.").wait_for()
    phone.goto(ticket)
    assert REASON in phone.locator("main").inner_text()

    officer.goto(f"{mall.immigration}/outages")
    form = officer.get_by_role("region", name="Catat gangguan")
    form.get_by_label("Sejak").fill(f"{TODAY}T08:00")
    form.get_by_label("Perkiraan selesai").fill(f"{TODAY}T16:00")
    form.get_by_label("Apa yang terjadi").fill("Server pusat tidak menjawab")
    form.get_by_role("button", name="Catat").click()
    officer.get_by_text("berlangsung").first.wait_for()
    phone.goto(ticket)
    assert "Sistem kami terganggu pada jam Anda" in phone.locator("main").inner_text()
    assert violations(phone) == []
    phone.get_by_role("link", name="Pilih jam lain").click()
    phone.locator("input[name=slot_id]:not([disabled])").last.check(force=True)
    phone.locator("form[action$='/reschedule'] button[type=submit]").first.click()
    phone.get_by_text("Tiket Anda sudah dipindahkan").wait_for()
    ending = officer.get_by_role("region", name="Sudah pulih")
    ending.get_by_label("Yang dilakukan").fill("Server dinyalakan ulang")
    ending.get_by_role("button", name="Akhiri").click()
    officer.get_by_text("berakhir").first.wait_for()
