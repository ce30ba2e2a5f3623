"""An agency at whose counters nobody waits for a second call or an absence."""

from dataclasses import replace

from gerai_booking.rules.catalogue import Agency


def hurried(agency: Agency) -> Agency:
    """Return an agency whose rules of the floor let calls and absences follow each other at once."""
    rules = tuple(replace(rule, recall_seconds=0, absent_seconds=0) for rule in agency.floor_rules)
    return replace(agency, floor_rules=rules)
