"""The sub-command `gerai simulate`, and the same as `python -m gerai_allinone.simulate`."""

import argparse
import json
import os
import secrets
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from gerai_allinone.plan import Ports
from gerai_allinone.simulate import summary
from gerai_allinone.simulate.client import Door, NotLoopback, Traffic, Unexpected, Unreachable
from gerai_allinone.simulate.day import EARLY_DOOR, plan_day
from gerai_allinone.simulate.house import House, sign_in
from gerai_allinone.simulate.ledger import Ledger
from gerai_allinone.simulate.officers import OfficerAtCounter
from gerai_allinone.simulate.screen import Screen
from gerai_allinone.simulate.site import CannotBegin, look_at
from gerai_allinone.simulate.stage import SECONDS_A_MINUTE, Clock, LeapingClock, PacedClock, Stage
from gerai_allinone.simulate.visitors import Visitors, free_hours

EXIT_OK, EXIT_FAILED, EXIT_CANNOT_BEGIN = 0, 1, 2
#: Officers serve whoever came before closing, but not longer than this, in minutes of the day.
OVERTIME = 180.0
#: Who books, comes and cancels shares so many threads; each counter has one more.
VISITOR_THREADS = 6
#: How long a mall that just starts is waited for, in seconds.
BEGIN_PATIENCE = 5.0
#: An officer without work looks at the screen no more often than this, in seconds.
LOOK_SECONDS, LOOK_MINUTES = 0.2, 1.0
#: The same where no time passes, in minutes of the day.
LEAP_MINUTES = 10.0
WIDE = 160
MOST_PEOPLE = 5_000
FOLDERS = (Path(".run/mall"), Path(".run/topology"))
PASSWORD = "GERAI_DEMO_PASSWORD"  # noqa: S105 - the name of a setting
EPILOG = """\
The mall's own clock is not touched. So what the mall writes down is true and small: who waits half an hour
of the day at --speed 60 has waited half a minute in its statistics, and all of the day's people came within
minutes. Bookings are for hours that are still free today by the mall's clock, spread over the day in their
order. The summary has both: minutes of the simulated day, and seconds of the mall's clock.

It writes into the mall that it is pointed at: use it with a mall for trying out, on this machine alone.
Ctrl-C ends it with a summary. Exit codes: 0 good, 1 the mall answered what it should not, 2 it cannot begin.
"""


def add(commands: Any) -> None:
    """Add the sub-command to the parser of `gerai`."""
    parser = commands.add_parser("simulate", help="let people and officers use a mall that runs here")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    day = actions.add_parser(
        "day",
        help="a whole day at a site, compressed",
        description="Drive a whole day at a site through the public interfaces of a running mall.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_options(day)
    day.set_defaults(run=run_day)


def main(arguments: list[str] | None = None) -> int:
    """Run `simulate` by itself; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gerai_allinone")
    add(parser.add_subparsers(required=True, metavar="COMMAND"))
    options = parser.parse_args(["simulate", *(arguments or [])])
    code: int = options.run(options)
    return code


def _add_options(day: argparse.ArgumentParser) -> None:
    ports = Ports()
    day.add_argument("--site", default="mpp-lebak", help="where (default: %(default)s)")
    day.add_argument(
        "--speed", type=_speed, default=60.0, help="minutes of the day in a minute (default: %(default)g)"
    )
    day.add_argument("--seed", type=int, default=1, help="the same seed makes the same day (default: 1)")
    day.add_argument(
        "--people", type=_people, help="how many come or book (default: what the counters can serve)"
    )
    day.add_argument(
        "--minutes",
        type=float,
        help="end after so many real minutes (default: when everybody is done)",
    )
    day.add_argument(
        "--leap",
        action="store_true",
        help="let no time pass but for the mall's answers (--speed is nothing then)",
    )
    day.add_argument(
        "--leave-counters", default="", metavar="CODES", help="counters left to people, such as 1,3"
    )
    day.add_argument(
        "--gateway",
        default=f"http://127.0.0.1:{ports.gateway}",
        help="an address of this machine (default: %(default)s)",
    )
    day.add_argument(
        "--counters",
        type=_addresses,
        default=f"immigration=http://127.0.0.1:{ports.immigration},legal=http://127.0.0.1:{ports.legal}",
        help="where each agency's counters answer, on this machine (default: %(default)s)",
    )
    day.add_argument(
        "--officers",
        default="petugas,petugas2,petugas3",
        metavar="NAMES",
        help="who signs in, one for each counter; unknown ones are left out (default: %(default)s)",
    )
    day.add_argument(
        "--password-file",
        type=Path,
        help=f"their password (default: ${PASSWORD}, or what `make run` and `make up` made up here)",
    )


def _speed(text: str) -> float:
    speed = float(text)
    if not 1 <= speed <= 3600:
        raise argparse.ArgumentTypeError("between 1 and 3600")
    return speed


def _people(text: str) -> int:
    people = int(text)
    if not 1 <= people <= MOST_PEOPLE:
        raise argparse.ArgumentTypeError(f"between 1 and {MOST_PEOPLE}")
    return people


def _addresses(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair]
    if not pairs or not all(name and address for name, _, address in pairs):
        raise argparse.ArgumentTypeError("agency=address, with commas between several")
    return {name.strip(): address.strip() for name, _, address in pairs}


def passwords(options: argparse.Namespace, env: Mapping[str, str]) -> list[str]:
    """Return the passwords to be tried: of the file, of the environment, or of malls that run from here.

    Raises CannotBegin.
    """
    try:
        if options.password_file:
            return [options.password_file.read_text().strip()]
        if env.get(f"{PASSWORD}_FILE"):
            return [Path(env[f"{PASSWORD}_FILE"]).read_text().strip()]
        if env.get(PASSWORD):
            return [env[PASSWORD]]
        kept = [folder / "secrets.json" for folder in FOLDERS if (folder / "secrets.json").exists()]
        found = [str(json.loads(file.read_text())["demo_password"]) for file in kept]
    except (OSError, ValueError, KeyError) as error:
        raise CannotBegin(f"no password can be read: {error}") from error
    if not found:
        raise CannotBegin(f"no password is known: give --password-file or {PASSWORD}")
    return found


def run_day(options: argparse.Namespace) -> int:
    """Simulate a day; return the exit code."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)  # a file or a pipe: lines are not cut to fit a screen
    traffic = Traffic()
    try:
        with ExitStack() as stack:
            return _run(options, console, traffic, stack)
    except KeyboardInterrupt:
        console.print("Ended before there was anything to tell.")
        return EXIT_OK
    except (CannotBegin, NotLoopback) as error:
        return _refuse(console, EXIT_CANNOT_BEGIN, f"It cannot begin: {error}")
    except Unreachable as error:
        return _refuse(console, EXIT_CANNOT_BEGIN, f"The mall cannot be reached: {error}")


def _run(options: argparse.Namespace, console: Console, traffic: Traffic, stack: ExitStack) -> int:
    left = [code for code in options.leave_counters.split(",") if code]
    house = prepare(options, os.environ, traffic, stack)
    screen = Screen(console, house, traffic)
    house.stage.watch = screen
    told = f"{len(house.day.visits)} people, seed {options.seed}, {house.site.day} in the mall"
    console.print(f"A day at {house.site.code}: {told}. Ctrl-C ends it.", highlight=False)
    try:
        with screen.shown():
            is_whole = let_pass(house, minutes=options.minutes)
        checked = summary.check(house, left=left)
    except (Unexpected, Unreachable) as error:
        house.ledger.problem(str(error))
        is_whole, checked = False, summary.unchecked(house, "the mall does not answer")
    summary.show(console, house, checked, is_whole=is_whole, requests=traffic.requests)
    return EXIT_FAILED if house.ledger.problems or checked.wrong else EXIT_OK


def prepare(options: argparse.Namespace, env: Mapping[str, str], traffic: Traffic, stack: ExitStack) -> House:
    """Ask the mall what there is, sign in, plan the day; `stack` ends what was begun for it.

    Raises CannotBegin, NotLoopback, Unreachable.
    """
    site = look_at(
        _opened(stack, Door(options.gateway, patience=BEGIN_PATIENCE)), options.site, wanted=options.counters
    )
    gateway = _opened(stack, Door(options.gateway, traffic=traffic))
    doors = {
        agency: _opened(stack, Door(options.counters[agency], traffic=traffic)) for agency in site.counters
    }
    tried = passwords(options, env)
    bearers = {agency: sign_in(door, options.officers.split(","), tried) for agency, door in doors.items()}
    try:
        day = plan_day(options.seed, site.hours, site.agencies(), people=options.people)
    except ValueError as error:
        raise CannotBegin(str(error)) from error
    begins = day.hours.opens - 2 * EARLY_DOOR
    clock: Clock = LeapingClock(begins) if options.leap else PacedClock(begins, options.speed)
    threads = VISITOR_THREADS + sum(map(len, site.counters.values()))
    stage = Stage(clock=clock, executor=stack.enter_context(ThreadPoolExecutor(threads)))
    house = House(
        gateway=gateway,
        counters=doors,
        bearers=bearers,
        site=site,
        day=day,
        ledger=Ledger(),
        stage=stage,
        idle=LEAP_MINUTES if options.leap else _idle(options.speed),
    )
    visitors = Visitors(house=house, run=secrets.token_hex(3), free=free_hours(gateway, site))
    visitors.prepare()
    open_counters(house, left=options.leave_counters.split(","))
    return house


def _idle(speed: float) -> float:
    return max(LOOK_MINUTES, LOOK_SECONDS * speed / SECONDS_A_MINUTE)


def _opened(stack: ExitStack, door: Door) -> Door:
    stack.callback(door.close)
    return door


def open_counters(house: House, *, left: Sequence[str]) -> None:
    """Put an officer at each counter but for those that are `left` to people. Raises CannotBegin."""
    known = {code for codes in house.site.counters.values() for code in codes}
    if unknown := sorted({code for code in left if code} - known):
        raise CannotBegin(f"{house.site.code} has no counter {', '.join(unknown)}")
    for agency, codes in house.site.counters.items():
        for code in codes:
            if code not in left:
                officer = OfficerAtCounter(house=house, agency=agency, counter=code)
                house.stage.at(house.day.hours.opens, officer.act)


def let_pass(house: House, *, minutes: float | None = None) -> bool:
    """Let the day pass, or so many minutes of this clock; return whether it was whole.

    Ctrl-C ends it. Raises Unexpected, Unreachable.
    """
    alarm = threading.Timer(minutes * SECONDS_A_MINUTE, house.stage.is_ending.set) if minutes else None
    if alarm is not None:
        alarm.daemon = True
        alarm.start()
    try:
        return house.stage.run(ends=house.day.hours.closes + OVERTIME)
    except KeyboardInterrupt:
        return False
    finally:
        if alarm is not None:
            alarm.cancel()


def _refuse(console: Console, code: int, text: str) -> int:
    console.print(text, style="red", highlight=False, markup=False)
    return code
