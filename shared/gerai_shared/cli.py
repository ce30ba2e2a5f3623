"""The command `gerai`: the bus's topology, parked messages, officers' accounts."""

import argparse
import hashlib
import json
import os
import shlex
import subprocess
import sys
from datetime import timedelta
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from amqp.exceptions import AMQPError
from kombu.exceptions import OperationalError
from rich.console import Console
from sqlalchemy.exc import OperationalError as DatabaseError

from gerai_shared import inbox, officers_cli
from gerai_shared.bus import topology
from gerai_shared.bus.connection import connection_to
from gerai_shared.bus.embedded import PARKING_QUEUE
from gerai_shared.clock import Clock
from gerai_shared.database import Database
from gerai_shared.logs import redact

EXIT_OK, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
#: The users of the broker beside those of the agencies.
OTHER_DEPLOYMENTS = ("complaints", "notifications", "gateway")
#: What a message of the parking queue keeps when it is sent back.
KEPT_PROPERTIES = ("message_id", "correlation_id", "type", "reply_to", "app_id")
#: Where other distributions that are installed here name what adds their commands (docs/decisions/0037).
OTHER_COMMANDS = "gerai.commands"
#: Stands for every parked message where an id is asked for.
EVERY = "all"
console = Console()


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code: 0 done, 1 not done, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except OperationalError as error:
        sys.stderr.write(f"gerai: the broker does not answer: {error}\n")
        return EXIT_FAILED
    except DatabaseError as error:
        sys.stderr.write(f"gerai: the database does not answer as it should: {redact(str(error.orig))}\n")
        return EXIT_FAILED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gerai", description="Operate a Gerai mall.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_topology(commands)
    _add_parked(commands)
    officers_cli.add(commands, database_url=_from_environment("GERAI_DATABASE_URL"))
    for offered in entry_points(group=OTHER_COMMANDS):
        add = _loaded(offered)
        if add is not None:
            add(commands)
    return parser


def _loaded(offered: EntryPoint) -> Any | None:
    """Return what adds another distribution's commands; None for one that is announced and not there.

    Half an installation must not keep an operator from the commands that are.
    """
    try:
        return offered.load()
    except ModuleNotFoundError as error:
        if error.name != offered.module.partition(".")[0]:
            raise
        return None


def _from_environment(name: str) -> str | None:
    """Return a setting, given by itself or as the path of a file that holds it."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name)
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        sys.stderr.write(f"gerai: {name}_FILE: {error}\n")
        raise SystemExit(EXIT_USAGE) from error


def _add_topology(commands: Any) -> None:
    parser = commands.add_parser("topology", help="declare or show exchanges, queues and policies")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    show = actions.add_parser("show", help="print what a mall's broker has to have, as JSON")
    show.set_defaults(run=_show_topology)
    apply = actions.add_parser(
        "apply", help="declare it; run this before anything publishes, and after each upgrade"
    )
    apply.add_argument(
        "--bus-url", default=_from_environment("GERAI_BUS_URL"), help="default: $GERAI_BUS_URL"
    )
    apply.set_defaults(run=_apply_topology)
    policies = actions.add_parser(
        "policies", help="print what rabbitmqctl has to be told of policies, or tell it"
    )
    policies.set_defaults(run=_set_policies)
    permissions = actions.add_parser("permissions", help="the same for what each deployment's user may do")
    permissions.add_argument(
        "--users", help="comma separated deployments; each one's user has its name (default: all of the mall)"
    )
    permissions.set_defaults(run=_set_permissions)
    for each in (apply, policies, permissions):
        each.add_argument("--rabbitmqctl", help="the command to run; without it lines are printed to be run")
        each.add_argument("--vhost", default="/", help="virtual host (default: /)")
    for each in (show, apply, policies, permissions):
        each.add_argument(
            "--agencies",
            default=os.environ.get("GERAI_AGENCIES", "immigration,legal"),
            help="comma separated (default: $GERAI_AGENCIES or immigration,legal)",
        )


def _topology(options: argparse.Namespace) -> topology.Topology:
    return topology.describe(_names(options.agencies))


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


def _show_topology(options: argparse.Namespace) -> int:
    described = _topology(options)
    console.print_json(
        json.dumps(
            {
                "exchanges": [{"name": name, "type": kind} for name, kind in described.exchanges],
                "queues": [
                    {"name": q.name, "quorum": q.quorum, "bindings": [list(b) for b in q.bindings]}
                    for q in described.queues
                ],
                "policies": [
                    {"name": name, "pattern": pattern, "definition": definition}
                    for name, pattern, definition in described.policies
                ],
            }
        )
    )
    return EXIT_OK


def _apply_topology(options: argparse.Namespace) -> int:
    if not options.bus_url:
        sys.stderr.write("gerai: --bus-url or GERAI_BUS_URL is needed\n")
        return EXIT_USAGE
    described = _topology(options)
    with connection_to(options.bus_url) as connection:
        topology.apply(described, connection)
    console.print(f"{len(described.exchanges)} exchanges and {len(described.queues)} queues are declared")
    if not options.rabbitmqctl:
        console.print("the policies are the administrator's to set: gerai topology policies")
        return EXIT_OK
    return _set_policies(options)


def _set_policies(options: argparse.Namespace) -> int:
    return _administer(topology.policy_commands(_topology(options), options.vhost), options.rabbitmqctl)


def _set_permissions(options: argparse.Namespace) -> int:
    everybody = [*(f"booking-{agency}" for agency in _names(options.agencies)), *OTHER_DEPLOYMENTS]
    users = _names(options.users) if options.users else everybody
    return _administer(topology.permission_commands(users, options.vhost), options.rabbitmqctl)


def _administer(commands: list[list[str]], rabbitmqctl: str | None) -> int:
    """Have rabbitmqctl carry out `commands`; without one print its arguments as a shell reads them."""
    for command in commands:
        if not rabbitmqctl:
            sys.stdout.write(f"{shlex.join(command)}\n")
            continue
        done = subprocess.run([*shlex.split(rabbitmqctl), *command], check=False, stdout=subprocess.DEVNULL)
        if done.returncode:
            return EXIT_FAILED
    return EXIT_OK


def _add_parked(commands: Any) -> None:
    parser = commands.add_parser("parked", help="messages that could not be handled")
    parser.add_argument(
        "--database-url",
        default=_from_environment("GERAI_DATABASE_URL"),
        help="the deployment's database (default: $GERAI_DATABASE_URL)",
    )
    parser.add_argument(
        "--bus-url",
        help="look into the broker's parking queue instead: rejected requests, and what killed its consumers",
    )
    parser.add_argument(
        "--broker", action="store_true", help="the same on the broker whose address is $GERAI_BUS_URL"
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list them, the newest first, and say how many there are")
    listing.add_argument("--limit", type=int, default=100, help="how many at most (default: %(default)s)")
    listing.set_defaults(run=_list_parked)
    for name, text in (
        ("show", "show one with its contents"),
        ("replay", "try one again now, or every one with 'all'"),
        ("drop", "delete one for good"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("id", help="its id, as `list` shows it")
        action.set_defaults(run=_act_on_parked, action=name)


def _list_parked(options: argparse.Namespace) -> int:
    # Plain lines: ids are copied from here, and a table would cut them to the terminal's width.
    total, listed = _parked(options)
    for message in listed:
        sys.stdout.write(
            f"{message['id']}  {message['consumer']}  {message['type'] or '-'}  "
            f"attempts {message['attempts']}  last {message['last_failed_at']}\n"
            f"    {' '.join(redact(message['reason']).split())[:200]}\n"
        )
    sys.stdout.write(f"{len(listed)} of {total} parked\n")
    return EXIT_OK


def _parked(options: argparse.Namespace) -> tuple[int, list[dict[str, Any]]]:
    """Return how many are parked, and what `list` tells of the newest."""
    if bus_url := _broker(options):
        found = _parked_on_broker(bus_url)
        return len(found), found[: options.limit]
    with _database(options).reading() as session:
        total = inbox.count_failed(session)[inbox.PARKED]
        return total, [_described(m) for m in inbox.list_parked(session, limit=options.limit)]


def _find_parked(options: argparse.Namespace) -> dict[str, Any] | None:
    if bus_url := _broker(options):
        return next((m for m in _parked_on_broker(bus_url) if m["id"] == options.id), None)
    with _database(options).reading() as session:
        found = inbox.find_failed(session, options.id)
        return _described(found) if found is not None else None


def _described(message: inbox.FailedMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "consumer": message.consumer,
        "type": message.type,
        "attempts": message.attempts,
        "last_failed_at": message.last_failed_at.isoformat(timespec="seconds"),
        "reason": message.reason,
        "raw": message.raw,
    }


def _broker(options: argparse.Namespace) -> str | None:
    """Return the address of the broker to look at, None for the database."""
    if not options.broker or options.bus_url:
        found: str | None = options.bus_url
        return found
    if url := _from_environment("GERAI_BUS_URL"):
        return url
    sys.stderr.write("gerai: GERAI_BUS_URL is needed\n")
    raise SystemExit(EXIT_USAGE)


def _parked_on_broker(url: str) -> list[dict[str, Any]]:
    """Look at the parking queue; closing the connection puts everything back."""
    found: list[dict[str, Any]] = []
    with connection_to(url) as connection:
        channel = _reading_channel(connection)
        while (message := channel.basic_get(PARKING_QUEUE, no_ack=False)) is not None:
            headers = dict(message.headers or {})
            found.append(
                {
                    "id": _id_on_broker(message),
                    "consumer": str(headers.get("x-first-death-queue", "-")),
                    "type": str(headers.get("method") or "-"),
                    "attempts": len(headers.get("x-death", [])),
                    "last_failed_at": "-",
                    "reason": str(headers.get("x-first-death-reason", "rejected")),
                    "raw": _body(message),
                }
            )
    return found


def _act_on_parked(options: argparse.Namespace) -> int:
    if options.action == "show":
        return _show_parked(options)
    if bus_url := _broker(options):
        return _take_from_broker(options, bus_url)
    with _database(options).transaction() as session:
        if options.action == "drop":
            return EXIT_OK if inbox.drop(session, options.id) else _unknown(options.id)
        now = Clock(offset=timedelta(seconds=float(os.environ.get("GERAI_CLOCK_OFFSET", "0")))).now()
        done = inbox.replay(session, None if options.id == EVERY else options.id, now=now)
    console.print(f"{done} will be tried again now")
    return EXIT_OK if done or options.id == EVERY else _unknown(options.id)


def _show_parked(options: argparse.Namespace) -> int:
    message = _find_parked(options)
    if message is None:
        return _unknown(options.id)
    raw = message.pop("raw").decode(errors="backslashreplace")
    message["reason"] = redact(message["reason"])
    console.print_json(json.dumps(message))
    console.print(redact(raw), markup=False)
    return EXIT_OK


def _take_from_broker(options: argparse.Namespace, bus_url: str) -> int:
    """Drop one message of the parking queue, or send it back to the queue that it came from, or all."""
    every = options.action == "replay" and options.id == EVERY
    found = sent = 0
    with connection_to(bus_url) as connection:
        channel = _reading_channel(connection)
        # No more than there are now: what fails again at once is parked behind them.
        for _ in range(channel.queue_declare(PARKING_QUEUE, passive=True).message_count):
            message = channel.basic_get(PARKING_QUEUE, no_ack=False)
            if message is None or not (every or options.id == _id_on_broker(message)):
                continue
            found += 1
            if options.action == "drop" or _send_back(channel, message):
                channel.basic_ack(message.delivery_tag)
                sent += 1
            if not every:
                break
    if every:
        console.print(f"{sent} will be tried again now")
    if not found and not every:
        return _unknown(options.id)
    return EXIT_OK if sent == found else EXIT_FAILED


def _send_back(channel: Any, message: Any) -> bool:
    """Send a parked message to the queue that it came from; False when it does not say which."""
    headers, properties = message.headers or {}, message.properties
    queue = headers.get("x-first-death-queue", "")
    if not queue:
        sys.stderr.write("gerai: it does not say which queue it came from; it stays\n")
        return False
    again = channel.prepare_message(
        _body(message),
        content_type=getattr(message, "content_type", None),
        content_encoding=getattr(message, "content_encoding", None),
        headers={k: v for k, v in headers.items() if not str(k).startswith("x-")},
        properties={k: properties[k] for k in KEPT_PROPERTIES if k in properties},
    )
    # Confirmed and mandatory: only what a queue has again may leave the parking queue.
    try:
        channel.basic_publish_confirm(again, exchange="", routing_key=queue, mandatory=True)
    except AMQPError:
        sys.stderr.write(f"gerai: the broker has no queue {queue} that would take it; it stays\n")
        return False
    return True


def _reading_channel(connection: Any) -> Any:
    channel = connection.channel()
    # Bodies as they came: what is sent back has to be what was parked.
    channel.auto_decode = False
    return channel


def _id_on_broker(message: Any) -> str:
    """Return what names a message here: its own id, or a print of its contents when it has none."""
    own = message.properties.get("message_id") or message.properties.get("correlation_id")
    return str(own or hashlib.sha256(_body(message)).hexdigest()[:16])


def _body(message: Any) -> bytes:
    """Return what a message holds, as it came; the driver gives text when nothing came."""
    body = message.body
    return body.encode() if isinstance(body, str) else bytes(body)


def _database(options: argparse.Namespace) -> Database:
    if not options.database_url:
        sys.stderr.write("gerai: --database-url or GERAI_DATABASE_URL is needed\n")
        raise SystemExit(EXIT_USAGE)
    return Database(options.database_url, pool_size=1)


def _unknown(message_id: str) -> int:
    sys.stderr.write(f"gerai: no parked message {message_id}\n")
    return EXIT_FAILED


if __name__ == "__main__":
    raise SystemExit(main())
