"""The floor of a site with a node of its own: one writer of it, whatever happens at the same moment."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from gerai_booking.models import leases as table
from gerai_booking.models import places
from gerai_booking.models.history import history
from gerai_booking.models.tickets import tickets
from gerai_booking.refusals import (
    CheckInAtSite,
    LeaseTaken,
    NoLease,
    NumbersUsedUp,
    SiteIsLeased,
    UnknownNode,
)
from gerai_booking.rules.floor import Outcome
from gerai_booking.rules.leasing import BLOCK
from gerai_booking.rules.quota import WALK_IN, Bound
from gerai_booking.usecases import arrivals, changes, floor, intake, leases, node_sync, node_work
from gerai_shared.accounts import Officer, create_officer
from gerai_shared.database import Database
from gerai_shared.tables import outbox
from gerai_shared.ticket import Actor, Ticket
from sqlalchemy import delete, select, text, update

from tests.integration.booking.counter_http import CounterHttp, counter_http
from tests.integration.booking.house import NOW, SERVICE, SITE, TODAY, House
from tests.integration.booking.test_quotas import set_quota
from tests.support.waiting import wait_until

SUPERVISOR = Officer(id="penyelia", username="penyelia", name="Penyelia Uji", role="supervisor")
A_WALK_IN = {"service": SERVICE, "priority": False}


def with_key(house: House) -> str:
    return str(house.do(leases.add_node, site=SITE, name="Simpul Serang", now=NOW))


def grant(house: House, key: str) -> dict[str, Any]:
    with house.database.transaction() as session:
        return leases.grant(session, house.office, leases.node_of(session, key), now=NOW)


class OverHttp:
    """The centre as a node asks it, through the addresses of its counters; `is_away` cuts the line."""

    def __init__(self, counters: CounterHttp, key: str) -> None:
        self.counters, self.key, self.is_away = counters, key, False
        #: What happens at the node while a page is on its way; the line breaks when it says so.
        self.between: Callable[[], None] = lambda: None

    def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        if self.is_away:
            raise node_sync.CentreAway
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = self.counters.client.post(f"/api/v1/leases{path}", json=body, headers=headers)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json

    def grant(self) -> Any:
        return self.ask("", {})

    def changes(self, lease_id: str, confirmed: Sequence[Any], standing: str | None) -> Any:
        return self.ask(f"/{lease_id}/changes", {"confirmed": confirmed, "standing": standing})

    def merge(self, lease_id: str, page: Sequence[Any]) -> Any:
        answers = self.ask(f"/{lease_id}/merge", {"tickets": page})["tickets"]
        self.between()
        return answers

    def give_back(self, lease_id: str) -> None:
        self.ask(f"/{lease_id}/return", {})


@pytest.fixture
def node(postgres_house: House, sqlite_house: House) -> House:
    """A site node on SQLite; its centre is the house on PostgreSQL."""
    sqlite_house.office.node_of = SITE
    return sqlite_house


def test_the_floor_has_one_writer(house: House) -> None:
    key = with_key(house)
    before = house.do(intake.walk_in, house.desk(), **A_WALK_IN)
    bundle = grant(house, key)
    with pytest.raises(SiteIsLeased):
        house.do(intake.walk_in, house.desk(), **A_WALK_IN)
    first, last = bundle["numbers"]["A"]
    assert (first, last) == (int(before.number[2:]) + 1, int(before.number[2:]) + BLOCK)
    # Sealed anew each time, but the same.
    assert grant(house, key) | {"standing": None} == bundle | {"standing": None}
    with pytest.raises(LeaseTaken):
        grant(house, with_key(house))
    with pytest.raises(UnknownNode):
        grant(house, "not a key")


def test_online_bookings_of_a_leased_day_are_still_taken_but_nobody_checks_in_at_the_centre(
    house: House,
) -> None:
    token = house.booked(1, house.slots(TODAY)[-1])
    grant(house, with_key(house))
    other = house.booked(2, house.slots(TODAY)[-1])
    with pytest.raises(SiteIsLeased):
        house.do(changes.check_in, token=token, now=NOW, actor=Actor.OFFICER)
    with pytest.raises(CheckInAtSite):
        house.do(changes.check_in, token=token, now=NOW)
    house.do(changes.cancel, token=other, revision=None, now=NOW)


def test_a_revoked_lease_gives_the_places_back_and_the_centre_serves_on(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 3)
    grant(house, with_key(house))
    assert house.of_day(TODAY, Bound(channel=WALK_IN)).taken == 3
    (lease,) = house.rows(select(table.leases))
    with house.database.transaction() as session:
        leases.revoke(session, officer=SUPERVISOR, lease_id=lease.id, why="Terbakar", now=NOW)
    after = house.do(intake.walk_in, house.desk(), **A_WALK_IN)
    assert int(after.number[2:]) > BLOCK
    house.check()


def test_a_walk_in_under_way_is_counted_before_the_floor_goes_and_without_the_lock_there_are_two_writers(
    lone_postgres_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = lone_postgres_house
    key = with_key(house)
    set_quota(house, Bound(channel=WALK_IN), 5)
    ticket, bundle = race(house, key, monkeypatch, looks=waits_for_a_lock)
    assert bundle["numbers"]["A"][0] == int(ticket.number[2:]) + 1
    assert ["", "walk_in", 4] in bundle["places"]

    house.empty()
    house.change(delete(places.day_quotas).where(places.day_quotas.c.channel == WALK_IN))
    key = with_key(house)
    monkeypatch.setattr(places, "lock_days", without_lock(places.lock_days))
    ticket, bundle = race(house, key, monkeypatch, looks=has_a_lease)
    # The centre gave a number behind the node's, at a floor that it had just given away.
    assert int(ticket.number[2:]) == bundle["numbers"]["A"][1] + 1


def race(
    house: House, key: str, monkeypatch: pytest.MonkeyPatch, *, looks: Callable[[Database], bool]
) -> tuple[Ticket, dict[str, Any]]:
    """Begin a walk-in, have a node ask for the floor, and end the walk-in when `looks` says so."""
    reached, go_on = threading.Event(), threading.Event()
    found: dict[str, Any] = {}
    count = intake._count

    def slow(*given: Any) -> None:
        reached.set()
        go_on.wait(20)
        count(*given)

    monkeypatch.setattr(intake, "_count", slow)
    walking = threading.Thread(
        target=lambda: found.update(ticket=house.do(intake.walk_in, house.desk(), **A_WALK_IN))
    )
    asking = threading.Thread(target=lambda: found.update(bundle=grant(house, key)))
    walking.start()
    assert reached.wait(20)
    asking.start()
    wait_until(lambda: looks(house.database), timeout=20)
    go_on.set()
    walking.join(20)
    asking.join(20)
    monkeypatch.setattr(intake, "_count", count)
    return found["ticket"], found["bundle"]


def waits_for_a_lock(database: Database) -> bool:
    with database.reading() as session:
        return bool(
            session.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
                )
            )
        )


def has_a_lease(database: Database) -> bool:
    with database.reading() as session:
        return session.scalar(select(table.leases.c.id)) is not None


def without_lock(lock_days: Any) -> Any:
    def looked(session: Any, days: Any) -> Any:
        found: dict[Any, dict[Any, Any]] = {day: {} for day in days}
        for (site, day), left in found.items():
            here = (places.day_quotas.c.site == site, places.day_quotas.c.day == day)
            for row in session.execute(select(places.day_quotas).where(*here)):
                bound = Bound(row.service, row.channel)
                left[bound] = None if row.capacity is None else row.capacity - row.taken
        return found

    return looked


def test_a_node_works_while_its_centre_is_away_and_says_so(node: House, postgres_house: House) -> None:
    centre = postgres_house
    with centre.database.transaction() as session:
        create_officer(
            session, username="petugas", name="Petugas", password="kata-sandi-uji", role="officer", now=NOW
        )
    centre.booked(1, centre.slots(TODAY)[-1])
    line = OverHttp(counter_http(centre), with_key(centre))
    node_sync.round_trip(node.database, node.office, line, now=NOW)
    counters = counter_http(node)
    # The account came with the lease.
    form = {"username": "petugas", "password": "kata-sandi-uji", "form_token": counters.form_token()}
    assert counters.client.post("/sign-in", data=form).status_code == 303
    assert "Tersambung dengan pusat." in counters.get(f"/counters/{SITE}/101").text

    line.is_away = True
    with pytest.raises(node_sync.CentreAway):
        node_sync.round_trip(node.database, node.office, line, now=NOW)
    key = {"Idempotency-Key": "satu", "Accept-Language": "id"}
    given = counters.client.post("/api/v1/walk-ins", json={"site": SITE, "service": SERVICE}, headers=key)
    assert given.status_code == 201, given.text
    called = counters.client.post(
        f"/api/v1/counters/{SITE}.101/call-next", headers=key | {"Idempotency-Key": "dua"}
    )
    assert called.status_code == 200, called.text
    page = counters.get(f"/counters/{SITE}/101").text
    assert "Terputus dari pusat sejak 09.00." in page
    assert "1 perubahan menunggu; pelayanan berjalan terus." in page
    # What nobody would bring to the centre is not begun here.
    refused = counters.client.post("/outages", data={"form_token": counters.form_token()}, headers=key)
    assert refused.status_code == 409
    assert "Ini hanya dapat dilakukan di halaman instansi yang biasa" in refused.text

    line.is_away = False
    node_sync.round_trip(node.database, node.office, line, now=NOW)
    (row,) = centre.rows(select(tickets).where(tickets.c.id == called.json["ticket"]["id"]))
    assert (row.state, row.counter, row.revision) == ("called", "101", 2)
    assert "Tersambung dengan pusat." in counters.get(f"/counters/{SITE}/101").text


def test_a_supervisor_asks_the_floor_back_and_looks_after_what_both_sides_changed(
    node: House, postgres_house: House
) -> None:
    centre = postgres_house
    token = centre.booked(1, centre.slots(TODAY)[-1])
    number = centre.rows(select(tickets.c.number))[0].number
    line = OverHttp(counter_http(centre), with_key(centre))
    node_sync.round_trip(node.database, node.office, line, now=NOW)
    centre.do(changes.cancel, token=token, revision=None, now=NOW)
    serve(node, number)
    line.counters.sign_in("penyelia", name="Penyelia", role="supervisor")
    (lease,) = centre.rows(select(table.leases))
    form = {"form_token": line.counters.form_token()}
    assert line.counters.client.post(f"/leases/{lease.id}/recall", data=form).status_code == 303
    node_sync.round_trip(node.database, node.office, line, now=NOW)
    assert centre.rows(select(table.leases))[0].state == table.RETURNED
    assert centre.rows(select(tickets.c.state))[0].state == "served"
    with pytest.raises(NoLease):
        node.do(intake.walk_in, node.desk(), **A_WALK_IN)

    page = line.counters.get("/leases").text
    assert number in page
    assert "Orangnya hadir: yang terjadi di loket berlaku." in page
    (conflict,) = centre.rows(select(table.merge_conflicts))
    looked = line.counters.client.post(
        f"/leases/conflicts/{conflict.id}", data={**form, f"note-{conflict.id}": "Sudah dijelaskan"}
    )
    assert looked.status_code == 303
    after = line.counters.get("/leases").text
    assert "Tidak ada yang menunggu ditangani." in after
    assert "Sudah dijelaskan" in after
    centre.check_places()


@pytest.mark.parametrize("answer_is_lost", [False, True])
def test_the_floor_goes_on_while_a_conflict_is_decided_and_both_count_alike_afterwards(
    node: House, postgres_house: House, answer_is_lost: bool
) -> None:
    centre = postgres_house
    token = centre.booked(1, centre.slots(TODAY)[-1])
    number = centre.rows(select(tickets.c.number))[0].number
    line = OverHttp(counter_http(centre), with_key(centre))
    node_sync.round_trip(node.database, node.office, line, now=NOW)
    centre.do(changes.cancel, token=token, revision=None, now=NOW)
    node.do(arrivals.check_in_shown, node.desk(), shown=number)
    node.do(floor.call_next, node.desk())

    def meanwhile() -> None:
        line.between = lambda: None
        node.do(floor.start, node.desk(), revision=None)
        node.do(floor.finish, node.desk(), revision=None, outcome=Outcome.COMPLETED)
        if answer_is_lost:
            raise node_sync.CentreAway

    line.between = meanwhile
    if answer_is_lost:
        with pytest.raises(node_sync.CentreAway):
            node_sync.round_trip(node.database, node.office, line, now=NOW)
    node_sync.round_trip(node.database, node.office, line, now=NOW)
    whole = select(tickets.c.state, tickets.c.revision, tickets.c.slot_id, tickets.c.counter)
    lines = select(history.c.revision, history.c.from_state, history.c.to_state).order_by(history.c.revision)
    assert node.rows(whole) == centre.rows(whole)
    assert node.rows(lines) == centre.rows(lines)
    assert [line.revision for line in centre.rows(lines)] == list(range(1, 7))
    assert centre.rows(whole)[0].state == "served"
    (conflict,) = centre.rows(select(table.merge_conflicts))
    # What was leased counts as taken until the floor is back.
    with centre.database.transaction() as session:
        leases.revoke(session, officer=SUPERVISOR, lease_id=conflict.lease_id, why="Uji", now=NOW)
    centre.check_places()


def serve(house: House, number: str) -> None:
    house.do(arrivals.check_in_shown, house.desk(), shown=number)
    house.do(floor.call_next, house.desk())
    house.do(floor.start, house.desk(), revision=None)
    house.do(floor.finish, house.desk(), revision=None, outcome=Outcome.COMPLETED)


def test_a_node_gives_no_number_beyond_its_block(node: House, postgres_house: House) -> None:
    line = OverHttp(counter_http(postgres_house), with_key(postgres_house))
    node_sync.round_trip(node.database, node.office, line, now=NOW)
    node.change(update(places.series).values(last=BLOCK - 1))
    last = node.do(intake.walk_in, node.desk(), **A_WALK_IN)
    assert last.number == f"A-{BLOCK}"
    with pytest.raises(NumbersUsedUp):
        node.do(intake.walk_in, node.desk(), **A_WALK_IN)
    with node.database.reading() as session:
        (held,) = table.held_open(session)
        assert not node_work.is_all_told(session, held)


def test_a_counter_alone_on_its_database_says_quietly_what_is_delayed(sqlite_house: House) -> None:
    house = sqlite_house
    counters = counter_http(house)
    counters.sign_in("petugas", name="Petugas", role="officer")
    house.do(intake.walk_in, house.desk(now=NOW - timedelta(seconds=30)), **A_WALK_IN)
    assert "Tertunda" not in counters.get(f"/counters/{SITE}/101").text
    house.change(update(outbox).values(created_at=NOW - timedelta(minutes=12)))
    page = counters.get(f"/counters/{SITE}/101").text
    assert "Tertunda" in page
    assert "1 kabar untuk layar dan ponsel menunggu sejak 08.48." in page
