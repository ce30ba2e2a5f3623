"""How weekdays are written. Standard library and own rules only."""

from collections.abc import Iterable

from gerai_booking.rules.catalogue import EVERY_WEEKDAY, Text

NAMES = (
    Text(id="Senin", en="Monday"),
    Text(id="Selasa", en="Tuesday"),
    Text(id="Rabu", en="Wednesday"),
    Text(id="Kamis", en="Thursday"),
    Text(id="Jumat", en="Friday"),
    Text(id="Sabtu", en="Saturday"),
    Text(id="Minggu", en="Sunday"),
)


def names_of(weekdays: Iterable[int]) -> Text:
    """Return the names of weekdays (0 is Monday) in their order, with commas between them."""
    chosen = [NAMES[day] for day in EVERY_WEEKDAY if day in set(weekdays)]
    return Text(id=", ".join(day.id for day in chosen), en=", ".join(day.en for day in chosen))
