"""Making a process green: eventlet's patch, before anything else is imported.

This module imports eventlet alone. kombu and others keep what they find at their import: a `sleep`
taken before the patch would stop every green thread of the process while it lasts.
"""

import eventlet
from eventlet.support import psycopg2_patcher


def make_green() -> None:
    """Patch the standard library and psycopg2 for eventlet; the first thing a process does."""
    eventlet.monkey_patch()
    psycopg2_patcher.make_psycopg_green()
