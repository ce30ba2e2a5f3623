"""Who may have a service by age. Standard library only."""

from datetime import date

#: From this age, or once married, somebody applies as an adult (Permenkumham 18/2022 art. 2A and the
#: requirements for children under 17).
ADULT_AGE = 17


def age_on(birth_date: date, day: date) -> int:
    """Return the age in completed years; whoever was born on 29 February has the birthday on 1 March."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)


def counts_as_adult(birth_date: date, *, married: bool, day: date) -> bool:
    """Tell whether somebody applies as an adult on a day."""
    return married or age_on(birth_date, day) >= ADULT_AGE
