"""Overseers at the counters (S0-8): they read what is opened to them, on record; nothing else, and no person."""

from datetime import timedelta

import pytest
from gerai_booking.models.acts import officer_acts
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.quota import WALK_IN, Bound
from gerai_booking.usecases import appeals, outages
from gerai_shared import tables
from gerai_shared.overseers import Access
from sqlalchemy import func, select

from tests.integration.booking.counter_http import CounterHttp, counter_http
from tests.integration.booking.house import DAY, NOW, SITE, House
from tests.integration.booking.ordering import close, draft
from tests.integration.booking.test_no_shows import miss
from tests.integration.booking.test_outages import report
from tests.integration.booking.test_quotas import REASON, SUPERVISOR, beyond, emergency, set_quota

OVERSEER = {"name": "Pengawas (Ombudsman), hanya baca", "role": "overseer"}
#: All that an overseer may send: who they are, and that they leave.
SENDS = {"/sign-in", "/sign-out", "/api/v1/session"}
SAID = "Anak saya Budi Contoh dirawat"


@pytest.fixture
def http(sqlite_house: House) -> CounterHttp:
    return counter_http(sqlite_house)


@pytest.fixture
def overseer(http: CounterHttp) -> CounterHttp:
    http.sign_in("ombudsman", **OVERSEER)
    return http


def rows_of_all(house: House) -> dict[str, int]:
    """How many rows each table of the agency has, but those of sessions."""
    known = {**tickets.metadata.tables, **tables.metadata.tables}
    names = [name for name in known if not name.startswith("officer")]
    return {name: house.rows(select(func.count()).select_from(known[name]))[0][0] for name in names}


def test_s0_8_everything_that_changes_something_is_refused_to_an_overseer(overseer: CounterHttp) -> None:
    before = rows_of_all(overseer.house)
    writes = [route for route in overseer.routes() if route[0] != "GET"]
    assert len(writes) > 40
    for method, address, entrypoint in writes:
        if address in SENDS:
            assert entrypoint.overseers is Access.FREE
            continue
        form = {"form_token": overseer.form_token()}
        answer = overseer.client.open(
            address, method=method, data=form, headers={"Idempotency-Key": "key-for-tests"}
        )
        assert answer.status_code == 403, f"{method} {address}: {answer.status_code}"
        bare = overseer.client.open(address, method=method, json={})
        assert bare.status_code == 403, f"{method} {address} without a form: {bare.status_code}"
    assert rows_of_all(overseer.house) == before


def test_s0_8_the_same_forms_reach_a_supervisor(http: CounterHttp) -> None:
    http.sign_in("penyelia", name="Penyelia Uji", role="supervisor")
    statuses = {
        address: http.client.post(address, data={"form_token": http.form_token()}).status_code
        for method, address, _ in http.routes()
        if method == "POST" and address.startswith("/plan/")
    }
    assert statuses
    assert 403 not in statuses.values()


def test_s0_8_an_overseer_opens_what_says_so_and_nothing_else(overseer: CounterHttp) -> None:
    for method, address, entrypoint in overseer.routes():
        if method == "GET" and entrypoint.overseers is Access.REFUSED:
            assert overseer.get(address).status_code == 403, address
    for address in (
        "/counters",
        "/applications",
        "/appeals",
        "/sanctions",
        "/manage",
        "/outages",
        "/groups",
        "/audit",
    ):
        assert overseer.get(address).status_code == 403, address


PAGES = (
    "/oversight",
    f"/oversight/plan/{SITE}",
    "/oversight/grants",
    "/oversight/orders",
    f"/oversight/visits/{SITE}",
    f"/oversight/estimates/{SITE}",
    "/oversight/outages",
    "/rules",
    "/rules/contacts",
    "/oversight/opened",
    f"/statistics/{SITE}?period=month&by=service",
)


def test_s0_8_an_overseer_is_led_to_what_they_read_and_sees_no_form(overseer: CounterHttp) -> None:
    assert overseer.client.get("/").headers["Location"] == "/oversight"
    for path in PAGES:
        page = overseer.get(path)
        assert page.status_code == 200, path
        assert "hanya baca" in page.text
        # Leaving is all that can be sent.
        assert page.text.count('method="post"') == 1, path
        for hidden in ("/counters", "/applications", "/manage"):
            assert f'href="{hidden}"' not in page.text, path
    hub = overseer.get("/oversight").text
    for path in ("plan", "grants", "orders", "visits", "estimates", "outages", "opened"):
        assert f'href="/oversight/{path}"' in hub
    assert 'href="/statistics"' in hub


def test_s0_8_what_an_overseer_opens_is_written_down(overseer: CounterHttp) -> None:
    overseer.get("/oversight/grants?month=2026-11")
    overseer.get("/counters")
    overseer.client.get("/static/base.css")
    rows = overseer.house.rows(select(officer_acts).order_by(officer_acts.c.at, officer_acts.c.id))
    assert [(row.officer_name, row.about, row.act, row.what) for row in rows] == [
        (OVERSEER["name"], "oversight", "opened", "/oversight/grants?month=2026-11")
    ]
    assert "/oversight/grants?month=2026-11" in overseer.get("/oversight/opened").text


def test_a_supervisor_reads_the_same_without_being_written_down(http: CounterHttp) -> None:
    http.sign_in("penyelia", name="Penyelia Uji", role="supervisor")
    for path in PAGES:
        assert http.get(path).status_code == 200, path
    assert http.house.rows(select(officer_acts)) == []


@pytest.mark.parametrize("path", PAGES[:-1])
def test_an_officer_of_a_counter_does_not_oversee(http: CounterHttp, path: str) -> None:
    http.sign_in("petugas", name="Petugas Uji", role="officer")
    assert http.get(path).status_code == 403


def test_s0_8_the_plan_tells_who_changed_what_when_and_why(overseer: CounterHttp) -> None:
    set_quota(overseer.house, Bound(channel=WALK_IN), 7)
    page = overseer.get(f"/oversight/plan/{SITE}").text
    for part in (SUPERVISOR.name, "Karena sedang diuji", "7 tempat", "1 Desember 2026"):
        assert part in page


def test_s0_8_grants_are_told_by_officer_without_number_and_reason(overseer: CounterHttp) -> None:
    house = overseer.house
    set_quota(house, Bound(channel=WALK_IN), 0)
    numbers = [beyond(house).number, beyond(house).number, emergency(house).number]
    page = overseer.get("/oversight/grants").text
    for part in (SUPERVISOR.name, "Di luar kuota", "Darurat"):
        assert part in page
    lines = overseer.get("/oversight/grants.csv?month=2026-12").get_data().decode("utf-8-sig").splitlines()
    assert lines[0] == "day,time,site,service,kind,officer"
    assert len(lines) == 4
    for told in (page, "\n".join(lines)):
        assert REASON not in told
        assert not any(number in told for number in numbers)


def test_s0_8_orders_in_force_and_past_are_told_and_drafts_are_not(overseer: CounterHttp) -> None:
    house = overseer.house
    house.booked(1, house.slots(DAY)[0])
    close(house)
    draft(house, number="RANCANGAN-9")
    page = overseer.get("/oversight/orders").text
    for part in ("IMI-", "Berlaku", "&lt;5"):
        assert part in page
    assert "RANCANGAN-9" not in page
    assert "Warga" not in page
    assert "W*" not in page


def test_s0_8_missed_visits_and_appeals_are_figures_alone(overseer: CounterHttp) -> None:
    house = overseer.house
    tokens = [miss(house, person, 0)[0] for person in range(1, 7)]
    later = NOW + timedelta(days=1)
    for token in tokens:
        house.do(appeals.file, token=token, text=SAID, now=later)
    page = overseer.get(f"/oversight/visits/{SITE}").text
    row = page[page.index('id="appeals-title"') :].partition("Desember 2026")[2]
    assert [part.partition("<")[0] for part in row.split("<span>")[1:6]] == ["6", "6", "0", "0", "6"]
    assert SAID not in page
    assert "Warga" not in page


def test_s0_8_outages_are_told_with_how_long_they_lasted(overseer: CounterHttp) -> None:
    house = overseer.house
    values = {"site": SITE, "failed": "server", "expected_end_at": None, "reference": "TIK-1"}
    outage = house.do(outages.record, report(NOW), started_at=NOW - timedelta(hours=3), **values)
    house.do(outages.end, report(NOW), outage_id=outage, ended_at=NOW - timedelta(minutes=30))
    page = overseer.get("/oversight/outages").text
    for part in ("Server", "2 j 30 mnt", "TIK-1"):
        assert part in page


def test_a_session_that_ended_is_led_to_the_door(overseer: CounterHttp) -> None:
    overseer.client.post("/sign-out", data={"form_token": overseer.form_token()})
    assert overseer.get("/oversight").headers["Location"] == "/sign-in"
