"""Numbers on paper: each once however often somebody asks, whatever the printer does in between."""

import threading
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from gerai_booking import device_loop, printers
from gerai_booking.models.print_jobs import print_jobs as jobs
from gerai_booking.refusals.devices import CopiesUsedUp, NotYetPrinted
from gerai_booking.rules.devices import Condition, Printer
from gerai_booking.usecases import kiosk, printing
from gerai_shared.ids import new_id
from gerai_shared.ticket import Ticket
from sqlalchemy import select, text

from tests.integration.booking.house import SERVICE, SITE, House
from tests.integration.booking.test_floor import EIGHT, MINUTE
from tests.support.thermal_printer import COVER_OPEN, OFFLINE, PAPER_LOW, PAPER_OUT, thermal_printer

BESIDE = new_id()


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONNECT_SECONDS", "ANSWER_SECONDS", "PRINT_SECONDS"):
        monkeypatch.setattr(printers, name, 0.3)


@pytest.fixture
def printer() -> Any:
    with thermal_printer() as found:
        yield found


def at(found: Any, *, paper_mm: int = 80) -> Printer:
    return Printer(id=BESIDE, host=found.address[0], port=found.address[1], paper_mm=paper_mm)


def take_number(house: House, found: Any, *, language: str = "id", paper_mm: int = 80) -> Ticket:
    return house.do(
        kiosk.walk_in,
        site=SITE,
        service=SERVICE,
        need="none",
        printer=at(found, paper_mm=paper_mm),
        language=language,
        now=EIGHT,
    )


def ask_again(house: House, ticket: Ticket, found: Any, *, now: datetime = EIGHT) -> None:
    code, token = house.office.check_code(ticket.id), house.office.token(ticket.id)
    house.do(kiosk.print_ticket, code=code, token=token, printer=at(found), language="id", now=now)


def deployment(house: House, *, now: datetime = EIGHT) -> Any:
    return SimpleNamespace(
        database=house.database,
        extras={"office": house.office},
        clock=SimpleNamespace(now=lambda: now),
        settings=SimpleNamespace(public_url="https://gerai.example/"),
    )


def print_all(house: House, found: Any, *, now: datetime = EIGHT) -> Condition | None:
    device_loop.waiting_printers(deployment(house, now=now))
    return device_loop.print_at(deployment(house, now=now), found.address)


def told(house: House, ticket: Ticket) -> tuple[str, str | None]:
    found = house.ask(kiosk.view, code=house.office.check_code(ticket.id))["print"]
    return found["state"], found["error"]


def test_a_number_comes_out_once_with_all_that_its_holder_needs(house: House, printer: Any) -> None:
    ticket = take_number(house, printer)
    assert told(house, ticket) == ("waiting", None)
    assert print_all(house, printer) is None
    assert print_all(house, printer) is None
    (paper,) = printer.tickets
    assert told(house, ticket) == ("printed", None)
    for words in (ticket.number, "Nomor antrean Anda", "Orang sebelum Anda: 0", "08.00 WIB", "Serang"):
        assert words.encode() in paper
    assert f"https://gerai.example/t/{house.office.token(ticket.id)}".encode() in paper
    assert b"SALINAN" not in paper


def test_paper_of_58_millimetres_and_english_have_shorter_lines_and_other_words(
    sqlite_house: House, printer: Any
) -> None:
    take_number(sqlite_house, printer, language="en", paper_mm=58)
    print_all(sqlite_house, printer)
    (paper,) = printer.tickets
    assert b"Your number" in paper
    lines = [line for line in paper.decode("latin-1").split("\n") if line.isprintable()]
    assert max(map(len, lines)) <= printers.COLUMNS[58]


def test_asked_thrice_it_is_printed_once_and_afterwards_copies_are_counted(
    house: House, printer: Any
) -> None:
    ticket = take_number(house, printer)
    wish = {"language": "id", "with_code": True, "now": EIGHT}
    for _ in range(3):
        with house.database.transaction() as session:
            printing.have_printed(session, ticket, at(printer), **wish)
        with pytest.raises(NotYetPrinted):
            ask_again(house, ticket, printer)
    print_all(house, printer)
    for copy in range(1, printing.MOST_COPIES + 1):
        ask_again(house, ticket, printer)
        print_all(house, printer)
        assert f"SALINAN {copy}".encode() in printer.tickets[-1]
    with pytest.raises(CopiesUsedUp):
        ask_again(house, ticket, printer)
    assert len(printer.tickets) == 1 + printing.MOST_COPIES


def test_two_processes_print_each_number_once_and_in_order(postgres_house: House) -> None:
    with thermal_printer(at_once=2) as found:
        numbers = [take_number(postgres_house, found).number for _ in range(6)]
        together([lambda: print_all(postgres_house, found)] * 2)
        print_all(postgres_house, found)
        assert [number_on(paper, numbers) for paper in found.tickets] == numbers


def test_without_the_claim_both_processes_print_the_same_number(
    lone_postgres_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: who looks first and writes down afterwards prints twice."""
    house = lone_postgres_house
    house.change(text("DROP INDEX uq_print_jobs_printing"))
    both_have_looked = threading.Barrier(2)

    def look(session: Any, *_: Any, **__: Any) -> Any:
        first = session.execute(select(jobs).where(jobs.c.state == "waiting").limit(1)).one_or_none()
        if first is not None:
            both_have_looked.wait(5)
        return first

    monkeypatch.setattr("gerai_booking.models.print_jobs.claim_first", look)
    monkeypatch.setattr(
        "gerai_booking.models.print_jobs.finish",
        lambda session, job, *_, **__: session.execute(
            jobs.update().where(jobs.c.id == job).values(state="printed")
        ),
    )
    with thermal_printer(at_once=2) as found:
        take_number(house, found)
        together([lambda: device_loop.print_at(deployment(house), found.address)] * 2)
        assert len(found.tickets) == 2


@pytest.mark.parametrize(
    ("sensor", "state", "expected"),
    [
        ("paper", PAPER_OUT, Condition.PAPER_OUT),
        ("itself", OFFLINE, Condition.OFFLINE),
        ("is_silent", True, Condition.GONE),
    ],
)
def test_a_printer_that_cannot_print_is_sent_nothing_and_goes_on_by_itself(
    sqlite_house: House, printer: Any, sensor: str, state: Any, expected: Condition
) -> None:
    before = getattr(printer, sensor)
    setattr(printer, sensor, state)
    ticket = take_number(sqlite_house, printer)
    assert print_all(sqlite_house, printer) is expected
    assert told(sqlite_house, ticket) == ("waiting", expected.value)
    assert printer.received == 0
    setattr(printer, sensor, before)
    assert print_all(sqlite_house, printer) is None
    assert told(sqlite_house, ticket) == ("printed", None)
    assert len(printer.tickets) == 1


def test_an_open_cover_is_told_from_other_reasons(sqlite_house: House, printer: Any) -> None:
    printer.itself, printer.why_offline = OFFLINE, COVER_OPEN
    take_number(sqlite_house, printer)
    assert print_all(sqlite_house, printer) is Condition.COVER_OPEN


def test_paper_that_is_nearly_out_is_used_up(sqlite_house: House, printer: Any) -> None:
    printer.paper = PAPER_LOW
    take_number(sqlite_house, printer)
    assert print_all(sqlite_house, printer) is None
    assert len(printer.tickets) == 1


def test_a_printer_that_is_switched_off_leaves_its_numbers_waiting_and_after_minutes_lets_them_go(
    house: House, printer: Any
) -> None:
    ticket = take_number(house, printer)
    printer.close()
    assert print_all(house, printer) is Condition.GONE
    assert told(house, ticket) == ("waiting", "gone")
    assert print_all(house, printer, now=EIGHT + 5 * MINUTE) is Condition.GONE
    assert told(house, ticket)[0] == "waiting"
    device_loop.waiting_printers(deployment(house, now=EIGHT + 5 * MINUTE + timedelta(seconds=1)))
    assert told(house, ticket)[0] == "cancelled"


@pytest.mark.parametrize("received", [1, 100])
def test_a_printer_that_dies_over_a_number_leaves_it_unsure_and_is_not_sent_it_again(
    house: House, printer: Any, received: int
) -> None:
    ticket = take_number(house, printer)
    printer.dies_after = received
    print_all(house, printer)
    assert told(house, ticket) == ("unsure", "no_answer")
    printer.dies_after = None
    print_all(house, printer)
    assert printer.tickets == []
    ask_again(house, ticket, printer)
    print_all(house, printer)
    assert told(house, ticket) == ("printed", None)
    assert b"SALINAN 1" in printer.tickets[0]


def test_a_roll_that_ends_within_a_number_leaves_it_unsure(sqlite_house: House, printer: Any) -> None:
    printer.ends = True
    ticket = take_number(sqlite_house, printer)
    print_all(sqlite_house, printer)
    assert told(sqlite_house, ticket) == ("unsure", "paper_out")


def test_a_process_that_dies_while_printing_leaves_it_unsure_and_the_next_number_follows(
    house: House, printer: Any
) -> None:
    first = take_number(house, printer)
    assert house.do(printing.claim, printer.address, now=EIGHT) is not None
    second = take_number(house, printer)
    print_all(house, printer)
    # Whoever has the first may still be at it.
    assert (told(house, first)[0], told(house, second)[0]) == ("printing", "waiting")
    print_all(house, printer, now=EIGHT + MINUTE + timedelta(seconds=1))
    assert (told(house, first), told(house, second)[0]) == (("unsure", "cut_off"), "printed")
    assert len(printer.tickets) == 1


def test_who_has_the_number_alone_gets_no_code_that_opens_its_page(sqlite_house: House, printer: Any) -> None:
    house = sqlite_house
    ticket = house.do(
        kiosk.walk_in, site=SITE, service=SERVICE, need="none", printer=None, language="id", now=EIGHT
    )
    code = house.office.check_code(ticket.id)
    house.do(kiosk.print_ticket, code=code, token=None, printer=at(printer), language="id", now=EIGHT)
    print_all(house, printer)
    assert ticket.number.encode() in printer.tickets[0]
    assert b"/t/" not in printer.tickets[0]


def together(works: list[Any]) -> None:
    """Run several works at once, each in a thread."""
    failed: list[Exception] = []

    def run(work: Any) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told to the test
            failed.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def number_on(paper: bytes, numbers: list[str]) -> str:
    return next(number for number in numbers if number.encode() in paper)
