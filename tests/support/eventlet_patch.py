"""A pytest plugin, `-p tests.support.eventlet_patch`: this process is patched, as those of the services are.

It patches before any conftest or test is imported, and psycopg2 too, so that a query lets others run.
Processes without it (unit, deploy, faults, browser) stay plain: nameko's own plugin, which would patch them
all, is switched off in pyproject.toml.
"""

import eventlet
import pytest
from eventlet.support import psycopg2_patcher


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Patch once pytest has taken hold of the terminal: patched earlier, its capturing breaks."""
    eventlet.monkey_patch()
    psycopg2_patcher.make_psycopg_green()
