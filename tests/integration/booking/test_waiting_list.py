"""The waiting list: places of full days go to who waits for them, one after the other, and to nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gerai_booking.models.freed import freed_places
from gerai_booking.models.places import slots
from gerai_booking.refusals import UnknownEntry
from gerai_booking.rules.quota import ONLINE, Bound
from gerai_booking.rules.waiting_list import ENTRIES_OF_A_CONTACT, OFFER_LASTS
from gerai_booking.usecases import changes, holding, offer_runs, waiting_list
from gerai_booking.usecases.availability import availability
from gerai_booking.usecases.offers import MOST_BESIDE
from gerai_booking.usecases.views import load_ticket
from gerai_shared import tables
from gerai_shared.refusals import Refused
from gerai_shared.ticket import State
from sqlalchemy import Update, select, update

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House, outcome
from tests.integration.booking.test_quotas import set_quota
from tests.integration.booking.waiting import entry, join, look_after, seen, states, told

LAPSED = NOW + OFFER_LASTS


def fill(house: House, *, places: int = 1) -> list[str]:
    """Leave a day with so few places, take them all; their tickets."""
    house.shrink(day=DAY, places=places)
    return [house.booked(number, house.slots()[number]) for number in range(1, places + 1)]


def cancel(house: House, token: str, *, now: datetime = NOW) -> None:
    house.do(changes.cancel, token=token, revision=None, now=now)


def take_up(house: House, person: int, token: str, *, now: datetime = NOW) -> str:
    """Have somebody book the place that is offered to whoever has this token."""
    offer = seen(house, token, now=now)["offer"]
    assert offer is not None
    (answer,) = house.book(house.request(person, offer["hold_token"], service=SERVICE), now=now)
    return outcome(answer)


def book(house: House, person: int, *, now: datetime = NOW) -> str:
    return outcome(house.book(house.request(person, house.slots()[1]), now=now)[0])


def test_s1_4_who_finds_the_day_full_waits_and_gets_the_next_place_and_nobody_else_does(house: House) -> None:
    (booked,) = fill(house)
    first, second = join(house, 11), join(house, 12)
    assert [seen(house, token)["ahead"] for token in (first, second)] == [0, 1]
    cancel(house, booked)
    assert states(house, [first, second]) == ["offered", "waiting"]
    assert book(house, 13) == "day_full"
    house.check()
    assert take_up(house, 11, first) == "booked"
    assert states(house, [first, second]) == ["taken", "waiting"]
    ticket = house.ask(load_ticket, seen(house, first)["ticket_token"])
    assert (ticket.state, ticket.day) == (State.BOOKED, DAY)
    assert told(house, first) == ["waiting_list.joined.v1", "waiting_list.offered.v1"]
    house.check()


def test_pain_10_an_offer_cannot_be_passed_on(house: House) -> None:
    (booked,) = fill(house)
    token = join(house, 11)
    cancel(house, booked)
    assert take_up(house, 12, token) == "offer_of_another"
    assert take_up(house, 11, token) == "booked"
    house.check()


def test_an_offer_that_is_let_pass_goes_to_the_next_and_then_to_everybody_at_once(house: House) -> None:
    (booked,) = fill(house)
    first, second = join(house, 11), join(house, 12)
    cancel(house, booked)
    assert states(house, [first, second], now=LAPSED) == ["lapsed", "waiting"]
    assert book(house, 13, now=LAPSED) == "day_full"
    look_after(house, now=LAPSED)
    assert states(house, [first, second], now=LAPSED) == ["lapsed", "offered"]
    assert told(house, first)[-1] == "waiting_list.lapsed.v1"
    assert entry(house, first).contact is None
    later = LAPSED + OFFER_LASTS
    assert house.rows(select(freed_places)) == []
    assert book(house, 13, now=later) == "booked"
    look_after(house, now=later)
    assert states(house, [second], now=later) == ["lapsed"]
    house.check()


def test_somebody_who_wants_a_lapsed_place_finds_it_offered_to_the_next(house: House) -> None:
    (booked,) = fill(house)
    first = join(house, 11)
    cancel(house, booked)
    second = join(house, 12)
    with pytest.raises(Refused, match="day_full"):
        house.do(holding.hold, slot_id=house.slots()[1], now=LAPSED)
    look_after(house, now=LAPSED)
    assert states(house, [first, second], now=LAPSED) == ["lapsed", "offered"]
    house.check()


def test_the_offer_keeps_to_the_days_the_service_and_the_order(house: House) -> None:
    booked = fill(house, places=3)
    other_day = fill_next_day(house)
    other_service = join(house, 12, service="passport-renewal")
    third, fourth = join(house, 13), join(house, 14)
    cancel(house, booked[0])
    # The hour's service does not matter: the day was full, and each service has hours of its own.
    assert states(house, [other_day, other_service, third, fourth]) == [
        "waiting",
        "offered",
        "waiting",
        "waiting",
    ]
    cancel(house, booked[1])
    assert states(house, [other_day, other_service, third, fourth]) == [
        "waiting",
        "offered",
        "offered",
        "waiting",
    ]
    house.check()


def fill_next_day(house: House) -> str:
    """Fill the next day; the token of somebody who waits for it alone."""
    house.shrink(day=NEXT_DAY, places=1)
    house.booked(9, house.slots(NEXT_DAY)[0])
    return join(house, 11, first=NEXT_DAY)


def test_places_freed_by_moving_and_by_holds_go_to_who_waits(house: House) -> None:
    first, second = fill(house, places=2)
    moved, given_up = join(house, 11), join(house, 12)
    house.do(changes.reschedule, token=first, slot_id=house.slots(NEXT_DAY)[0], revision=None, now=NOW)
    assert states(house, [moved, given_up]) == ["offered", "waiting"]
    hold = seen(house, moved)["offer"]["hold_token"]
    house.do(changes.cancel, token=hold, revision=None, now=NOW)
    assert states(house, [moved, given_up]) == ["left", "offered"]
    assert second
    house.check()


def test_an_expired_hold_goes_to_who_waits_and_is_not_shown_to_others(house: House) -> None:
    house.shrink(day=DAY, places=1)
    house.do(holding.hold, slot_id=house.slots()[0], now=NOW)
    token = join(house, 11)
    later = NOW + timedelta(minutes=11)
    found = house.ask(availability, site=SITE, service=SERVICE, first=DAY, last=DAY, now=later)
    assert found["days"][0]["places"] == 0
    look_after(house, now=later)
    assert states(house, [token], now=later) == ["offered"]
    house.check()


def test_changing_the_hour_of_a_hold_within_a_full_day_loses_no_place_to_who_waits(house: House) -> None:
    house.shrink(day=DAY, places=1)
    one, other = house.slots()[:2]
    before = house.do(holding.hold, slot_id=one, holder="browser", now=NOW)
    token = join(house, 11)
    held = house.do(
        holding.hold, slot_id=other, holder="browser", replaces=house.office.token(before.id), now=NOW
    )
    assert (held.state, states(house, [token])) == (State.HELD, ["waiting"])
    house.check()


def test_places_that_are_added_go_to_who_waits_at_the_next_look(house: House) -> None:
    fill(house)
    tokens = [join(house, number) for number in (11, 12, 13)]
    set_quota(house, Bound(channel=ONLINE), 3)
    look_after(house)
    assert states(house, tokens) == ["offered", "offered", "waiting"]
    house.check()


def test_nothing_is_offered_that_begins_too_soon(house: House) -> None:
    """At half past ten only the hours from one o'clock on leave time to decide and to come."""
    now = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)
    house.shrink(day=TODAY, places=2)
    soon, later = house.slots(TODAY)[3], house.slots(TODAY)[4]
    booked = [house.booked(1, soon), house.booked(2, later)]
    house.shrink(day=TODAY, per_slot=1)
    house.change(*close_other_hours(house, {soon, later}))
    token = join(house, 11, first=TODAY)
    cancel(house, booked[0], now=now)
    assert states(house, [token], now=now) == ["waiting"]
    cancel(house, booked[1], now=now)
    offer = seen(house, token, now=now)["offer"]
    assert offer["slot_starts_at"] == "2026-12-01T06:00:00+00:00"
    assert offer["held_until"] == "2026-12-01T05:00:00+00:00"
    house.check()


def close_other_hours(house: House, kept: set[str]) -> list[Update]:
    return [update(slots).where(slots.c.day == TODAY, slots.c.id.not_in(kept)).values(capacity=0)]


def test_one_person_waits_once_and_not_beside_an_open_ticket(house: House) -> None:
    fill(house)
    join(house, 11)
    for person, code in ((11, "already_waiting"), (1, "open_ticket_exists")):
        with pytest.raises(Refused, match=code):
            join(house, person, email="another@example.org")
    house.check()


def test_a_contact_has_a_bounded_number_of_people_who_wait(house: House) -> None:
    fill(house)
    for number in range(ENTRIES_OF_A_CONTACT):
        join(house, 20 + number, email="Family@example.org", phone="081234567890")
    for contact in ({"email": "family@example.org"}, {"email": "x@example.org", "phone": "0812-3456-7890"}):
        with pytest.raises(Refused, match="too_many_entries"):
            join(house, 40, **contact)
    join(house, 40)


def test_nobody_waits_for_days_with_free_places_or_that_are_over(house: House) -> None:
    fill(house)
    with pytest.raises(Refused, match="places_free") as refused:
        join(house, 11, last=NEXT_DAY)
    assert refused.value.details["day"] == NEXT_DAY.isoformat()
    yesterday = TODAY - timedelta(days=1)
    for first, last, code in (
        (yesterday, yesterday, "waiting_over"),
        (NEXT_DAY, DAY, "waiting_over"),
        (DAY, DAY + timedelta(days=90), "wait_too_long"),
    ):
        with pytest.raises(Refused, match=code):
            join(house, 11, first=first, last=last)
    with pytest.raises(Refused, match="unknown_service"):
        join(house, 11, service="haircut")
    with pytest.raises(Refused, match="wrong_citizenship"):
        join(house, 11, service="stay-permit")


def test_who_books_otherwise_is_let_go_from_the_list(house: House) -> None:
    (booked,) = fill(house)
    first, second = join(house, 11), join(house, 12)
    house.booked(11, house.slots(NEXT_DAY)[0])
    assert states(house, [first]) == ["taken"]
    cancel(house, booked)
    assert states(house, [first, second]) == ["taken", "offered"]
    house.check()


def test_whoever_waits_with_somebody_elses_number_never_comes_by_their_ticket(house: House) -> None:
    fill(house)
    mallory = join(house, 11)
    house.booked(11, house.slots(NEXT_DAY)[0])
    assert seen(house, mallory)["ticket_token"] is None


def test_an_offer_of_somebody_who_booked_elsewhere_goes_on_and_nobody_else_can_use_it(house: House) -> None:
    (booked,) = fill(house)
    first, second = join(house, 11), join(house, 12)
    cancel(house, booked)
    hold = seen(house, first)["offer"]["hold_token"]
    house.booked(11, house.slots(NEXT_DAY)[0])
    (answer,) = house.book(house.request(13, hold, service=SERVICE))
    assert outcome(answer) in {"hold_expired", "offer_of_another"}
    look_after(house)
    assert states(house, [first, second]) == ["taken", "offered"]
    house.check()


def test_who_leaves_makes_way_and_again_changes_nothing(house: House) -> None:
    (booked,) = fill(house)
    first, second, third = (join(house, number) for number in (11, 12, 13))
    house.do(waiting_list.leave, token=first, now=NOW)
    cancel(house, booked)
    assert states(house, [first, second, third]) == ["left", "offered", "waiting"]
    for _ in range(2):
        house.do(waiting_list.leave, token=second, now=NOW)
        assert states(house, [first, second, third]) == ["left", "left", "offered"]
    join(house, 11)
    house.check()


def test_the_waiting_ends_with_its_last_day(house: House) -> None:
    fill(house)
    token = join(house, 11)
    after = NOW + timedelta(days=2)
    assert states(house, [token], now=after) == ["over"]
    look_after(house, now=after)
    assert entry(house, token).state == "over"


def test_a_token_of_a_ticket_opens_no_place_in_the_list_nor_the_other_way_round(house: House) -> None:
    (booked,) = fill(house)
    token = join(house, 11)
    for wrong in (booked, token[:-1] + ("A" if token[-1] != "A" else "B")):
        with pytest.raises(UnknownEntry):
            seen(house, wrong)
    with pytest.raises(Refused, match="unknown_ticket"):
        house.ask(load_ticket, token)


def test_nothing_personal_stands_in_the_list(house: House) -> None:
    fill(house)
    row = entry(house, join(house, 11, phone="081234567890"))
    stored = " ".join(str(value) for value in row)
    for secret in ("Warga Uji 11", "warga11@example.org", "3602146508900011", "81234567890"):
        assert secret not in stored
    assert house.office.sealer.unseal(row.contact)["email"] == "warga11@example.org"


def test_a_supervisor_sees_who_waits_with_masked_names_and_counts(house: House) -> None:
    (booked,) = fill(house)
    join(house, 11)
    join(house, 12)
    cancel(house, booked)
    found = house.ask(waiting_list.overview, site=SITE, day=DAY, days=14, now=NOW)
    assert dict(found.counts) == {(SERVICE, "offered"): 1, (SERVICE, "waiting"): 1}
    assert [row.masked_name for row in found.entries] == ["Wa*** Uj* 11*", "Wa*** Uj* 12*"]
    assert house.ask(waiting_list.overview, site=SITE, day=NEXT_DAY, days=14, now=NOW).entries == []


def ended_holds(house: House, places: int, waiting: int) -> list[str]:
    """A day whose places are all under holds that have run out by LAPSED, and who waits for it."""
    house.shrink(day=DAY, places=places)
    hours = house.slots()
    for number in range(places):
        house.do(holding.hold, slot_id=hours[number % len(hours)], now=NOW)
    return [join(house, 11 + number) for number in range(waiting)]


def offers_of(house: House) -> int:
    rows = house.rows(select(tables.outbox.c.type))
    return sum(row.type == "waiting_list.offered.v1" for row in rows)


def test_who_asks_for_a_full_day_pays_for_few_offers_and_overtakes_nobody(house: House) -> None:
    tokens = ended_holds(house, 12, 12)
    assert book(house, 40, now=LAPSED) == "day_full"
    assert offers_of(house) == MOST_BESIDE
    assert states(house, tokens, now=LAPSED) == ["offered"] * MOST_BESIDE + ["waiting"] * 7
    offer_runs.make_offers(house.database, house.office, now=LAPSED)
    assert states(house, tokens, now=LAPSED) == ["offered"] * 12
    house.check()


def test_with_nobody_waiting_all_who_ask_at_once_get_what_ran_out(house: House) -> None:
    ended_holds(house, 12, 0)
    slot = house.slots()[0]
    answers = house.book(*(house.request(person, slot) for person in range(21, 33)), now=LAPSED)
    assert [outcome(answer) for answer in answers] == ["booked"] * 12
    house.check()


def test_the_loop_offers_in_small_transactions_and_goes_on_where_it_broke_off(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = ended_holds(house, 7, 7)
    monkeypatch.setitem(waiting_list.make_offers.__kwdefaults__, "most", 2)
    offer, made = waiting_list.offer_day, []

    def breaks_off_at_the_third(*args: Any, **kwargs: Any) -> int:
        made.append(offer(*args, **kwargs))
        if len(made) == 3:
            raise RuntimeError
        return made[-1]

    monkeypatch.setattr(waiting_list, "offer_day", breaks_off_at_the_third)
    offer_runs.make_offers(house.database, house.office, now=LAPSED)
    assert made == [2, 2, 2]
    assert states(house, tokens, now=LAPSED) == ["offered"] * 4 + ["waiting"] * 3
    house.check()
    offer_runs.make_offers(house.database, house.office, now=LAPSED)
    assert states(house, tokens, now=LAPSED) == ["offered"] * 7
    assert offers_of(house) == 7
    house.check()


def test_places_of_a_service_nobody_first_in_line_wants_reach_whoever_wants_them(house: House) -> None:
    """More wait for the first service than one look at the list returns; the other's place is not forgotten."""
    house.shrink(day=DAY, places=2)
    other = house.slots(service="passport-renewal")[0]
    booked = [house.booked(1, house.slots()[0]), house.booked(2, other)]
    first = [join(house, 11 + number) for number in range(MOST_BESIDE + 1)]
    renewal = join(house, 31, service="passport-renewal")
    house.change(
        update(slots).where(slots.c.day == DAY, slots.c.service == SERVICE).values(capacity=slots.c.taken)
    )
    for token in booked:
        cancel(house, token)
    assert states(house, [*first, renewal]) == ["offered", *["waiting"] * MOST_BESIDE, "offered"]
    house.check()
