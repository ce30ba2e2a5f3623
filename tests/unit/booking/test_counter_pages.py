"""The counters are put together of many pages: none of them hides a page of another."""

from collections import Counter

from gerai_booking.counter.commands import Signed
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.counter.service import CounterService

SHARED = {Signed, OfficersForms, object}


def test_no_page_bears_the_name_of_another_one() -> None:
    parts = [part for part in CounterService.__mro__[1:] if part not in SHARED]
    assert len(parts) > 10
    names = Counter(name for part in parts for name in vars(part) if not name.startswith("__"))
    assert [name for name, times in names.items() if times > 1] == []
