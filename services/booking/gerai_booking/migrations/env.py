"""Alembic's entry to this service's migrations."""

from gerai_booking.models import metadata
from gerai_shared import accounts, migrating, tables

migrating.run_environment([metadata, accounts.metadata, tables.metadata])
