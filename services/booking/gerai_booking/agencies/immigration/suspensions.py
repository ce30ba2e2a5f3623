"""For what a passport may be suspended, and for how long."""

from datetime import date

from gerai_booking.rules.catalogue import SuspensionKind, Text


def suspension_kinds() -> tuple[SuspensionKind, ...]:
    """Return the kinds: falsification up to two years, negligent loss or damage six months up to two years.

    The first was announced by the Serang office (S1-6); no text of a rule was found for it.
    """
    return (
        SuspensionKind(
            code="falsification",
            name=Text(id="Data palsu", en="False data"),
            least_months=1,
            most_months=24,
            basis="Kantor Imigrasi Serang, 2018-07-11",
            valid_from=date(2018, 7, 11),
        ),
        SuspensionKind(
            code="negligent_loss",
            name=Text(id="Hilang atau rusak karena lalai", en="Negligent loss or damage"),
            least_months=6,
            most_months=24,
            basis="Permenkumham 8/2014 Pasal 41",
            valid_from=date(2014, 1, 1),
        ),
    )
