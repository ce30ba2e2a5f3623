"""The commands `python -m gerai_notifications webhooks ...`: who is told, and what became of it."""

import argparse
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from gerai_shared.deployment import Deployment
from gerai_shared.logs import redact
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gerai_notifications.webhooks import models, rules, usecases
from gerai_notifications.webhooks.rules import DeliveryState, UnusableUrl
from gerai_notifications.webhooks.usecases import NotDone

NEEDS = frozenset({"database", "sealing"})
EXIT_OK, EXIT_FAILED = 0, 1
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
#: Stands for every parked delivery where an id is asked for.
EVERY = "all"
MOST_LISTED = 200
LONGEST_OVERLAP_DAYS = 30

Action = Callable[[Session, argparse.Namespace, Deployment], str | None]


def add(parser: argparse.ArgumentParser) -> None:
    """Add the actions and their arguments to the parser of `webhooks`."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    adding = _named(actions, "add", "tell another system, and show its secret once", _add)
    adding.add_argument("--url", required=True, help="where to POST to; https:// alone in production")
    adding.add_argument(
        "--events",
        required=True,
        nargs="+",
        metavar="TYPE",
        help="types of events: ticket.called.v1, 'complaint.*', or '*'",
    )
    adding.add_argument("--agency", help="only events of this agency, by its code")
    listing = actions.add_parser("list", help="list the subscriptions and what waits for them")
    listing.set_defaults(action=_list)
    rotating = _named(actions, "rotate", "give a new secret; for a while both sign", _rotate)
    rotating.add_argument(
        "--overlap-days",
        type=_days,
        default=rules.OVERLAP.days,
        help=f"for how long the old secret signs, too (default: {rules.OVERLAP.days}; 0: it is out)",
    )
    _named(actions, "pause", "send nothing until resumed; what happens meanwhile waits", _pause)
    _named(actions, "resume", "send again, at once", _resume)
    _named(actions, "remove", "forget a subscription and all its deliveries", _remove)
    showing = actions.add_parser("deliveries", help="list deliveries, the newest first")
    showing.add_argument("name", nargs="?", help="of this subscription alone")
    showing.add_argument("--state", choices=[each.value for each in DeliveryState])
    showing.add_argument("--limit", type=int, default=30, help=f"at most {MOST_LISTED}")
    showing.set_defaults(action=_deliveries)
    replaying = _named(actions, "replay", "send anew, with all attempts", _replay)
    replaying.add_argument("delivery", help="a delivery's id, or 'all': everything that is parked")


def _named(actions: Any, name: str, text: str, action: Action) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=text)
    parser.add_argument("name", help="the subscription's name")
    parser.set_defaults(action=action)
    return parser


def _days(text: str) -> int:
    days = int(text)
    if not 0 <= days <= LONGEST_OVERLAP_DAYS:
        raise argparse.ArgumentTypeError(f"between 0 and {LONGEST_OVERLAP_DAYS}")
    return days


def run(deployment: Deployment, options: argparse.Namespace) -> int:
    """Carry out one action and tell of it; return the exit code: 0 done, 1 not done."""
    try:
        with deployment.database.transaction() as session:
            told = options.action(session, options, deployment)
    except (NotDone, UnusableUrl) as reason:
        sys.stderr.write(f"gerai: {reason}\n")
        return EXIT_FAILED
    except DBAPIError as error:
        sys.stderr.write(f"gerai: the database does not answer as it should: {redact(str(error.orig))}\n")
        return EXIT_FAILED
    finally:
        deployment.database.close()
    if told:
        sys.stdout.write(f"{told}\n")
    return EXIT_OK


def _add(session: Session, options: argparse.Namespace, deployment: Deployment) -> str:
    if not NAME.fullmatch(options.name):
        raise NotDone("a name has at most 100 small letters, digits, and . _ - between them")
    secret = usecases.subscribe(
        session,
        name=options.name,
        url=options.url,
        event_types=options.events,
        agency=options.agency,
        sealer=deployment.sealer,
        production=deployment.settings.environment == "production",
        now=deployment.clock.now(),
    )
    return f"{options.name} is told from now on. Its secret, shown this once:\n{secret}"


def _list(session: Session, _options: argparse.Namespace, _deployment: Deployment) -> None:
    table = Table("name", "state", "url", "events", "agency", "under way", "parked", "delivered")
    counted = models.counts(session)
    for each in models.subscriptions(session):
        under_way = sum(counted.get((each.id, state), 0) for state in rules.UNDER_WAY)
        state = f"{each.state}: {each.paused_because}" if each.paused_because else each.state
        if each.failures:
            state += f", {each.failures} failures in a row"
        numbers = [under_way, *(counted.get((each.id, state), 0) for state in ("parked", "delivered"))]
        table.add_row(each.name, state, each.url, each.event_types, each.agency or "all", *map(str, numbers))
    Console().print(table)


def _rotate(session: Session, options: argparse.Namespace, deployment: Deployment) -> str:
    secret = usecases.rotate(
        session,
        options.name,
        sealer=deployment.sealer,
        overlap=timedelta(days=options.overlap_days),
        now=deployment.clock.now(),
    )
    return f"{options.name} has a new secret, shown this once:\n{secret}"


def _pause(session: Session, options: argparse.Namespace, _deployment: Deployment) -> str:
    usecases.pause(session, options.name, reason="by an operator")
    return f"{options.name} is paused; what happens meanwhile waits {rules.WORTH_SENDING.days} days"


def _resume(session: Session, options: argparse.Namespace, deployment: Deployment) -> str:
    usecases.resume(session, options.name, now=deployment.clock.now())
    return f"{options.name} is sent to again"


def _remove(session: Session, options: argparse.Namespace, _deployment: Deployment) -> str:
    usecases.remove(session, options.name)
    return f"{options.name} is told of nothing any more"


def _deliveries(session: Session, options: argparse.Namespace, _deployment: Deployment) -> None:
    subscription_id = None
    if options.name is not None:
        found = models.find_subscription(session, options.name)
        if found is None:
            raise NotDone(f"there is no subscription {options.name}")
        subscription_id = found.id
    table = Table("id", "subscription", "event", "webhook-id", "state", "attempts", "next attempt", "why")
    limit = max(1, min(options.limit, MOST_LISTED))
    rows = models.deliveries(session, subscription_id=subscription_id, state=options.state, limit=limit)
    for each, name in rows:
        following = f"{each.next_attempt_at:%Y-%m-%d %H:%M:%S}" if each.next_attempt_at else ""
        table.add_row(
            str(each.id),
            name,
            each.event_type,
            each.event_id,
            each.state,
            str(each.attempts),
            following,
            each.last_error or "",
        )
    Console().print(table)


def _replay(session: Session, options: argparse.Namespace, deployment: Deployment) -> str:
    wanted = options.delivery
    if wanted != EVERY and not (wanted.isascii() and wanted.isdigit()):
        raise NotDone("a delivery's id is a number, as `deliveries` lists it")
    count = usecases.replay(
        session,
        options.name,
        delivery_id=None if wanted == EVERY else int(wanted),
        now=deployment.clock.now(),
    )
    if count == 0 and wanted != EVERY:
        raise NotDone(f"{options.name} has no delivery {wanted} that could be sent anew")
    return f"{count} sent anew"
