"""The waiting room: drawing a number, and the door to days that many want at once."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.sealing import keyed_hash
from gerai_shared.waiting_room import NUMBER_LASTS, Number, Room, read_number, site_mark
from sqlalchemy.orm import Session

from gerai_booking.models import waiting_room as models
from gerai_booking.refusals import (
    NotYourTurn,
    NumberExpired,
    ProofUsed,
    RoomNotOpen,
    TooManyNumbers,
    UnknownNumber,
    WaitingRoomOpen,
)
from gerai_booking.rules.releases import Release
from gerai_booking.rules.waiting_room import NUMBERS_OF_A_NETWORK, Opening, room_of_release, side_room
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.releases import refuse_early, release_of

#: Rooms and used proofs are kept for this long after they mattered.
KEPT = timedelta(days=2)


def enter(
    session: Session,
    office: Office,
    *,
    site: str,
    day: date,
    holder: str | None = None,
    network: str | None = None,
    now: datetime,
) -> Number:
    """Draw a number for a day at a site; a browser that has one keeps it.

    `holder` tells browsers apart and `network` is where the request came from; both are kept as hashes.
    Raises UnknownSite, RoomNotOpen, TooManyNumbers.
    """
    opening = _opening(session, office, site, day, now)
    room = models.room_of(site, opening.opens_at, opening.pace)
    holder_hash = office.person_hash(holder) if holder else None
    network_hash = office.person_hash(network) if network else None
    over = room.admitted(now - NUMBER_LASTS)
    kept = models.number_of_holder(session, site, room, holder_hash, above=over)
    if kept is not None:
        return Number(room=room, number=kept)
    if models.count_of_network(session, site, room, network_hash, above=over) >= NUMBERS_OF_A_NETWORK:
        raise TooManyNumbers(retry_after=int(NUMBER_LASTS.total_seconds()))
    # Whoever comes late takes the number that comes up now: the pace holds for latecomers, too.
    at_least = max(room.admitted(now + opening.least_wait), 1)
    number = models.next_number(session, site, room, at_least=at_least)
    models.add_entry(session, site, room, number, holder=holder_hash, network=network_hash)
    return Number(room=room, number=number)


def token_of(office: Office, number: Number) -> str:
    """Return what the holder of a number shows."""
    return number.token(secret=office.secret, agency=office.code)


def _opening(session: Session, office: Office, site: str, day: date, now: datetime) -> Opening:
    release = release_of(session, office, site, day)
    if release is not None and now < release.room_opens_at:
        zone = ZoneInfo(office.site(site).time_zone)
        raise RoomNotOpen(opens_at=release.room_opens_at.astimezone(zone).isoformat())
    is_busy = release is not None and _is_busy(session, site, _room(site, release), now)
    return room_of_release(release, now=now, is_busy=is_busy) or side_room(now)


def _room(site: str, release: Release) -> Room:
    return models.room_of(site, release.opens_at, release.pace)


def is_crowded(session: Session, office: Office, site: str, day: date, *, now: datetime) -> bool:
    """Tell whether people still wait in the room of a day's release for their numbers to come up."""
    release = release_of(session, office, site, day)
    return release is not None and _is_busy(session, site, _room(site, release), now)


def _is_busy(session: Session, site: str, room: Room, now: datetime) -> bool:
    return models.last_number(session, site, room) > room.admitted(now)


class Door:
    """Lets people to days, within one transaction: to open ones, and in the order of their numbers."""

    def __init__(self, session: Session, office: Office, *, now: datetime) -> None:
        self._session = session
        self._office = office
        self._now = now
        self._busy: dict[tuple[str, Room], bool] = {}

    def check(self, site: str, day: date, token: str | None) -> None:
        """Let somebody with this number, or without one, to a day.

        A number that is shown has to be good even where none is needed: the gateway takes it as proof of
        having waited. Raises DayNotOpenYet, WaitingRoomOpen, UnknownNumber, NotYourTurn, NumberExpired.
        """
        refuse_early(self._session, self._office, site, day, now=self._now)
        number = self._number(site, token) if token is not None else None
        release = release_of(self._session, self._office, site, day)
        if release is None:
            return
        room = _room(site, release)
        if (site, room) not in self._busy:
            self._busy[site, room] = _is_busy(self._session, site, room, self._now)
        if self._busy[site, room] and (number is None or number.room != room):
            raise WaitingRoomOpen(site=site, day=day.isoformat())

    def _number(self, site: str, token: str) -> Number:
        number = read_number(token, secret=self._office.secret, agency=self._office.code)
        if number is None or number.room.site_mark != site_mark(site):
            raise UnknownNumber
        if not number.is_admitted(self._now):
            raise NotYourTurn(retry_after=number.pause_seconds(self._now))
        if number.is_over(self._now):
            raise NumberExpired
        return number


def proof_key(office: Office) -> str:
    """Return the key with which all gateways set and check tasks for this agency; it opens nothing else."""
    return keyed_hash(office.secret, "tasks that are solved before a place is held")


def use_proof(session: Session, proof: str | None, *, now: datetime) -> None:
    """Use a solved task up for the place of this transaction. Raises ProofUsed."""
    if proof is not None and not models.use_proofs(session, [proof], now=now):
        raise ProofUsed


def forget_old(session: Session, *, now: datetime) -> None:
    """Delete what no number and no proof needs any more; any number of replicas may."""
    models.forget(session, before=now - KEPT)


def told(number: Number) -> dict[str, Any]:
    """Return a number as JSON without its token, as an answer is remembered."""
    room = number.room
    return {"opens_at": room.opens_at.isoformat(), "pace": room.pace, "number": number.number}


def with_token(office: Office, site: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to who drew a number, with the token made anew."""
    room = models.room_of(site, datetime.fromisoformat(answer["opens_at"]), answer["pace"])
    return {"token": token_of(office, Number(room=room, number=answer["number"]))}
